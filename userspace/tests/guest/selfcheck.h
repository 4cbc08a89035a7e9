/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest/selfcheck.h - what a kernel that checks itself has to say.
 *
 * For programs in guests: whatever the kernel complained of since
 * selfcheck_start() is printed by selfcheck_findings() and counted. On a kernel
 * that does not check itself there is only the log to read.
 */
#ifndef LAB_SELFCHECK_H
#define LAB_SELFCHECK_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/* Failed allocations and OOM kills come with traces, and are no complaint. */
static const char *const complaints[] = {
	"BUG: ",
	"WARNING: ",
	"KASAN: ",
	"ODEBUG: ",
	"INFO: possible ",
	"INFO: inconsistent ",
	"INFO: task ",
	"INFO: rcu",
	"Oops: ",
	"general protection fault",
	"suspicious RCU usage",
};

static int selfcheck_log = -1;

static inline bool selfcheck_tell(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool told;

	if (fd < 0)
		return false;
	told = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return told;
}

static inline void selfcheck_start(void)
{
	selfcheck_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (selfcheck_log >= 0)
		lseek(selfcheck_log, 0, SEEK_END);
	selfcheck_tell(KMEMLEAK, "clear");
}

static inline bool selfcheck_complains(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
		if (strstr(line, complaints[i]))
			return true;
	return false;
}

/* A record a read; what was overwritten meanwhile cannot be vouched for. */
static inline unsigned int selfcheck_read_log(void)
{
	unsigned int found = 0;
	char record[8192];
	ssize_t n;

	if (selfcheck_log < 0) {
		puts("selfcheck: the kernel's log cannot be read");
		return 1;
	}
	for (;;) {
		n = read(selfcheck_log, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE) {
			puts("selfcheck: lines of the log were lost");
			found++;
			continue;
		}
		if (n <= 0)
			return found;
		record[n] = '\0';
		if (!selfcheck_complains(record))
			continue;
		printf("selfcheck: %s", record);
		found++;
	}
}

/* It turns itself off at its first complaint, or when it runs out of room. */
static inline unsigned int selfcheck_lockdep(void)
{
	FILE *f = fopen("/proc/lockdep_stats", "re");
	char line[200];
	int on = 1;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " debug_locks: %d", &on) == 1)
			break;
	fclose(f);
	if (!on)
		puts("selfcheck: lockdep has turned itself off");
	return !on;
}

/* An object counts as lost when two scans have not found it. */
static inline unsigned int selfcheck_leaks(void)
{
	unsigned int found = 0;
	char line[400];
	FILE *f;

	if (!selfcheck_tell(KMEMLEAK, "scan") ||
	    !selfcheck_tell(KMEMLEAK, "scan"))
		return 0;
	/* Objects younger than five seconds are given the benefit of doubt. */
	sleep(6);
	selfcheck_tell(KMEMLEAK, "scan");
	f = fopen(KMEMLEAK, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		found += !strncmp(line, "unreferenced object", 19);
		printf("selfcheck: %s", line);
	}
	fclose(f);
	return found;
}

static inline unsigned int selfcheck_findings(void)
{
	return selfcheck_leaks() + selfcheck_lockdep() + selfcheck_read_log();
}

/* What this kernel checks, in a word each. */
static inline void selfcheck_print(void)
{
	static const struct {
		const char *path, *name;
	} checks[] = {
		{ "/proc/lockdep_stats", "lockdep" },
		{ KMEMLEAK, "kmemleak" },
		{ "/sys/kernel/debug/debug_objects", "debug-objects" },
		{ "/sys/kernel/debug/kcov", "kcov" },
	};
	size_t i;

	printf("selfcheck:");
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!access(checks[i].path, F_OK))
			printf(" %s", checks[i].name);
	printf(" log\n");
}

#endif /* LAB_SELFCHECK_H */
