// SPDX-License-Identifier: GPL-2.0-only
/* sys/vmstat.c - see sys/vmstat.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmstat.h"

/* The sum of all lines whose name begins with that: "allocstall_normal 3". */
static int64_t sum(const char *text, const char *name)
{
	const size_t length = strlen(name);
	int64_t total = 0;

	for (; text && *text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, name, length))
			total += strtoll(text + strcspn(text, " \n"), NULL, 10);
	}
	return total;
}

int lab_vmstat_read(struct lab_vmstat *vmstat)
{
	static char text[32 << 10];
	size_t n = 0;
	ssize_t got;
	int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (n < sizeof(text) - 1 &&
	       (got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	close(fd);
	text[n] = '\0';
	vmstat->allocated = sum(text, "pgalloc_");
	vmstat->stalls = sum(text, "allocstall_") + sum(text, "compact_stall ");
	vmstat->kswapd = sum(text, "pageoutrun ");
	vmstat->ooms = sum(text, "oom_kill ");
	return n ? 0 : -EIO;
}
