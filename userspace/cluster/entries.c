// SPDX-License-Identifier: GPL-2.0-only
/* cluster/entries.c - see cluster/entries.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "entries.h"
#include "cluster_plan.h"

/* As long as the text of --array becomes. */
#define TASKS_MAX 4000

#define TRIES_COUNTED (UINT8_MAX / LAB_ENTRY_SUBMITTED)

void lab_entries_init(struct lab_entries *entries, uint64_t count)
{
	*entries = (struct lab_entries){ .count = count };
	entries->entry = xcheck(calloc(count + 1, 1));
}

void lab_entries_free(struct lab_entries *entries)
{
	free(entries->entry);
	free(entries->job);
	*entries = (struct lab_entries){};
}

/* ---- jobs ------------------------------------------------------------------ */

static void count_one(struct lab_entries *entries, uint64_t entry,
		      unsigned char now)
{
	if (entry >= entries->count)
		return;
	if (lab_entry_tries(entries->entry[entry]) < TRIES_COUNTED)
		entries->entry[entry] += LAB_ENTRY_SUBMITTED;
	entries->entry[entry] |= now;
}

/* "0-9,12,14-15", after a base; now: what else they are. */
static void count_tasks(struct lab_entries *entries, uint64_t base,
			const char *tasks, unsigned char now)
{
	uint64_t first, last;
	char *end;

	while (*tasks) {
		first = strtoull(tasks, &end, 10);
		last = *end == '-' ? strtoull(end + 1, &end, 10) : first;
		if (end == tasks || last < first ||
		    last - first > entries->count)
			return;
		for (; first <= last; first++)
			count_one(entries, base + first, now);
		tasks = *end == ',' ? end + 1 : "";
	}
}

static void count_again(struct lab_entries *entries)
{
	uint64_t i;

	for (i = 0; i < entries->count; i++) {
		entries->given_up -= !!(entries->entry[i] & LAB_ENTRY_GIVEN_UP);
		entries->entry[i] &= (LAB_ENTRY_SUBMITTED - 1) &
				     ~LAB_ENTRY_GIVEN_UP;
	}
}

static void add_number(struct lab_entries *entries, uint64_t job)
{
	entries->job = xgrow(entries->job, entries->njobs);
	entries->job[entries->njobs++] = job;
}

static void take_line(struct lab_entries *entries, const char *line,
		      unsigned char now)
{
	uint64_t job, base;
	int at = 0;

	if (!strcmp(line, "again")) {
		count_again(entries);
	} else if (sscanf(line, "%" SCNu64 " %" SCNu64 " %n", &job, &base,
			  &at) == 2 &&
		   at) {
		add_number(entries, job);
		count_tasks(entries, base, line + at, now);
	}
}

bool lab_entries_read_jobs(struct lab_entries *entries, const char *out)
{
	char *path = lab_cluster_path(out, "jobs"), *line = NULL;
	FILE *from = fopen(path, "re");
	const int err = errno;
	size_t room = 0;
	ssize_t n;

	while (from && (n = getline(&line, &room, from)) > 0) {
		if (line[n - 1] != '\n')
			break;
		line[n - 1] = '\0';
		take_line(entries, line, 0);
	}
	if (from)
		fclose(from);
	else if (err != ENOENT)
		fprintf(stderr, "labyrinth: cannot read %s: %s\n", path,
			strerror(err));
	free(line);
	free(path);
	return from || err == ENOENT;
}

/* In one write(2), after the end of what somebody who was killed had begun. */
static int add_line(const char *out, const char *line)
{
	char *path = lab_cluster_path(out, "jobs");
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	const off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	char last = '\n', *text;
	int err = fd < 0 ? -errno : 0;
	ssize_t n;

	if (size > 0 && pread(fd, &last, 1, size - 1) != 1)
		err = -EIO;
	text = xasprintf("%s%s\n", last == '\n' ? "" : "\n", line);
	n = strlen(text);
	if (!err && write(fd, text, n) != n)
		err = errno ? -errno : -ENOSPC;
	if (!err && fsync(fd))
		err = -errno;
	if (fd >= 0)
		close(fd);
	free(text);
	free(path);
	return err;
}

int lab_entries_add_job(struct lab_entries *entries, const char *out,
			uint64_t job, uint64_t base, const char *tasks)
{
	char *line = xasprintf("%" PRIu64 " %" PRIu64 " %s", job, base, tasks);
	const int err = add_line(out, line);

	/* It is submitted, whatever becomes of the file. */
	take_line(entries, line, LAB_ENTRY_HELD);
	free(line);
	return err;
}

int lab_entries_begin_anew(struct lab_entries *entries, const char *out)
{
	count_again(entries);
	return add_line(out, "again");
}

/* ---- results --------------------------------------------------------------- */

/* "12.json" and nothing else: what is being written has another name. */
static bool result_of(const char *name, uint64_t *entry)
{
	char *end;

	if (*name < '0' || *name > '9')
		return false;
	*entry = strtoull(name, &end, 10);
	return !strcmp(end, ".json");
}

void lab_entries_read_results(struct lab_entries *entries, const char *out,
			      void (*fresh)(void *arg, uint64_t entry),
			      void *arg)
{
	char *path = lab_cluster_path(out, "results");
	DIR *folder = opendir(path);
	struct dirent *file;
	uint64_t entry;

	while (folder && (file = readdir(folder))) {
		if (!result_of(file->d_name, &entry) ||
		    entry >= entries->count ||
		    entries->entry[entry] & LAB_ENTRY_DONE)
			continue;
		/* One that was given up may have come to an end after all. */
		entries->given_up -=
			!!(entries->entry[entry] & LAB_ENTRY_GIVEN_UP);
		entries->entry[entry] &= ~LAB_ENTRY_GIVEN_UP;
		entries->entry[entry] |= LAB_ENTRY_DONE;
		entries->done++;
		fresh(arg, entry);
	}
	if (folder)
		closedir(folder);
	free(path);
}

/* ---- what Slurm has -------------------------------------------------------- */

void lab_entries_look(struct lab_entries *entries)
{
	uint64_t i;

	for (i = 0; i < entries->count; i++)
		if (!(entries->entry[i] & LAB_ENTRY_HELD))
			entries->entry[i] |= LAB_ENTRY_MISSED;
		else
			entries->entry[i] &= ~(LAB_ENTRY_HELD | LAB_ENTRY_RUNS |
					       LAB_ENTRY_MISSED);
	entries->running = 0;
	entries->waiting = 0;
	entries->reason[0] = '\0';
}

void lab_entries_see(struct lab_entries *entries, uint64_t entry, bool runs,
		     const char *reason)
{
	if (entry >= entries->count)
		return;
	entries->entry[entry] &= ~LAB_ENTRY_MISSED;
	entries->entry[entry] |= LAB_ENTRY_HELD | (runs ? LAB_ENTRY_RUNS : 0);
	entries->running += runs;
	entries->waiting += !runs;
	if (!runs)
		snprintf(entries->reason, sizeof(entries->reason), "%s",
			 reason);
}

void lab_entries_not_told(struct lab_entries *entries)
{
	uint64_t i;

	for (i = 0; i < entries->count; i++)
		if (lab_entry_tries(entries->entry[i]))
			entries->entry[i] |= LAB_ENTRY_HELD;
}

bool lab_entry_is_wanted(const struct lab_entries *entries, uint64_t entry)
{
	const unsigned char one = entries->entry[entry];

	if (one & (LAB_ENTRY_DONE | LAB_ENTRY_HELD | LAB_ENTRY_GIVEN_UP))
		return false;
	return !lab_entry_tries(one) || one & LAB_ENTRY_MISSED;
}

bool lab_entries_any_wanted(const struct lab_entries *entries)
{
	uint64_t i;

	for (i = 0; i < entries->count; i++)
		if (lab_entry_is_wanted(entries, i))
			return true;
	return false;
}

void lab_entry_give_up(struct lab_entries *entries, uint64_t entry)
{
	entries->given_up += !(entries->entry[entry] & LAB_ENTRY_GIVEN_UP);
	entries->entry[entry] |= LAB_ENTRY_GIVEN_UP;
}

/* ---- arrays ---------------------------------------------------------------- */

static void add_range(char *tasks, uint64_t first, uint64_t last)
{
	const size_t n = strlen(tasks);
	char *comma = n ? "," : "";

	if (first == last)
		sprintf(tasks + n, "%s%" PRIu64, comma, first);
	else
		sprintf(tasks + n, "%s%" PRIu64 "-%" PRIu64, comma, first,
			last);
}

char *lab_entries_tasks(const struct lab_entries *entries, uint64_t first,
			uint64_t end, uint64_t array_max, uint64_t *base,
			uint64_t *next, bool (*skip)(void *arg, uint64_t entry),
			void *arg)
{
	char *tasks = xcheck(calloc(1, TASKS_MAX + 64));
	uint64_t i, begun = end;
	bool takes;

	*base = end;
	for (i = first; i < end; i++) {
		takes = lab_entry_is_wanted(entries, i) &&
			!(skip && skip(arg, i));
		if (takes && *base == end)
			*base = i;
		if (takes && begun == end)
			begun = i;
		if (*base < end && i - *base >= array_max) {
			takes = false;
			break;
		}
		if (takes || begun == end)
			continue;
		add_range(tasks, begun - *base, i - 1 - *base);
		begun = end;
		if (strlen(tasks) > TASKS_MAX)
			break;
	}
	if (begun < i)
		add_range(tasks, begun - *base, i - 1 - *base);
	*next = i;
	return tasks;
}
