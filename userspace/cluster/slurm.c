// SPDX-License-Identifier: GPL-2.0-only
/* cluster/slurm.c - see cluster/slurm.h. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "slurm.h"

static const char *const tools[] = { "sbatch", "squeue", "sinfo", "scontrol",
				     "scancel" };

bool lab_slurm_is_there(void)
{
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (!lab_program_path(tools[i], path, sizeof(path)))
			continue;
		fprintf(stderr,
			"labyrinth: %s is not there: --on slurm is for machines from which jobs of Slurm are submitted, which takes the Debian packages slurm-client and munge, and the slurm.conf and munge.key of the cluster\n",
			tools[i]);
		return false;
	}
	return true;
}

/*
 * Calls line() for each line that a tool prints. With quiet its messages are not
 * shown: those of a controller that does not answer would come every few seconds.
 */
static bool each_line(char *const argv[], bool quiet,
		      void (*line)(void *arg, char *text), void *arg)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct lab_process process;
	char *text = NULL;
	size_t room = 0;
	bool good;

	good = !lab_process_start(&process, argv, -1, quiet ? null : -1);
	if (good) {
		while (getline(&text, &room, process.from) >= 0) {
			text[strcspn(text, "\n")] = '\0';
			line(arg, text);
		}
		good = !lab_process_end(&process);
	}
	free(text);
	close(null);
	return good;
}

static void take_array_max(void *arg, char *text)
{
	if (!strncmp(text, "MaxArraySize", 12) && strchr(text, '='))
		*(uint64_t *)arg = strtoull(strchr(text, '=') + 1, NULL, 10);
}

bool lab_slurm_array_max(uint64_t *max)
{
	char *argv[] = { "scontrol", "show", "config", NULL };

	*max = 0;
	return each_line(argv, true, take_array_max, max) && *max;
}

static void take_job(void *arg, char *text)
{
	/* "12" or "12;cluster" */
	*(uint64_t *)arg = strtoull(text, NULL, 10);
}

/* A name of a file as --output takes it: "%%" is a percent sign. */
static char *file_pattern(const char *folder, const char *pattern)
{
	char *all = NULL;
	size_t size;
	FILE *to = xcheck(open_memstream(&all, &size));

	for (; *folder; folder++)
		fprintf(to, "%c%s", *folder, *folder == '%' ? "%" : "");
	fprintf(to, "/%s", pattern);
	if (fclose(to))
		xcheck(NULL);
	return all;
}

bool lab_slurm_submit(const struct lab_slurm_array *array, bool quiet,
		      uint64_t *job)
{
	char *argv[24] = { "sbatch", "--parsable", "--requeue", "--nodes=1",
			   "--ntasks=1" };
	char *output = file_pattern(array->log, "%A_%a");
	size_t n = 5, i, own = n;
	bool good;

	argv[n++] = xasprintf("--job-name=%s", array->name);
	argv[n++] = xasprintf("--comment=%" PRIu64, array->base);
	argv[n++] = xasprintf("--array=%s", array->tasks);
	argv[n++] = xasprintf("--output=%s", output);
	argv[n++] = xasprintf("--chdir=%s", array->log);
	argv[n++] = xasprintf("--mem=%" PRIu64 "M", array->memory);
	argv[n++] = xasprintf("--cpus-per-task=%u", array->cpus);
	argv[n++] = xasprintf("--time=%u", array->minutes);
	if (array->partition)
		argv[n++] = xasprintf("--partition=%s", array->partition);
	if (array->account)
		argv[n++] = xasprintf("--account=%s", array->account);
	if (*array->exclude)
		argv[n++] = xasprintf("--exclude=%s", array->exclude);
	argv[n++] = xstrdup("--open-mode=append");
	argv[n++] = xstrdup(array->script);
	argv[n++] = xasprintf("%" PRIu64, array->base);
	*job = 0;
	good = each_line(argv, quiet, take_job, job) && *job;
	for (i = own; i < n; i++)
		free(argv[i]);
	free(output);
	return good;
}

struct tasks {
	void (*each)(void *arg, const struct lab_slurm_task *task);
	void *arg;
};

/* BASE|INDEX|STATE|REASON, of which the index is "N/A" in what is no array. */
static void take_task(void *arg, char *text)
{
	const struct tasks *tasks = arg;
	struct lab_slurm_task task = {};
	char state[32] = "";

	if (sscanf(text, "%" SCNu64 "|%" SCNu64 "|%31[^|]|%63[^\n]", &task.base,
		   &task.index, state, task.reason) < 3)
		return;
	task.runs = strcmp(state, "PENDING") != 0;
	tasks->each(tasks->arg, &task);
}

bool lab_slurm_tasks(const char *name,
		     void (*each)(void *arg, const struct lab_slurm_task *task),
		     void *arg)
{
	struct tasks tasks = { .each = each, .arg = arg };
	char *only = xasprintf("--name=%s", name);
	char *argv[] = { "squeue", "--noheader",	   "--array",
			 only,	   "--format=%k|%K|%T|%r", NULL };
	const bool good = each_line(argv, true, take_task, &tasks);

	free(only);
	return good;
}

static void drop_line(void *arg, char *text)
{
	(void)arg;
	(void)text;
}

/* Without numbers of jobs, of which those that ended would be called an error. */
bool lab_slurm_cancel(const char *name)
{
	char *only = xasprintf("--name=%s", name);
	char *argv[] = { "scancel", only, NULL };
	/* Of no name are all jobs that there are. */
	const bool good = *name && each_line(argv, true, drop_line, NULL);

	free(only);
	return good;
}

struct nodes {
	bool only_default;
	void (*each)(void *arg, const char *node, bool usable, bool idle);
	void *arg;
};

/*
 * PARTITION|NODE|STATE. The default partition is marked by a star, and a node
 * that does not answer too.
 */
static void take_node(void *arg, char *text)
{
	static const char *const up[] = { "idle", "mixed", "allocated",
					  "completing" };
	const struct nodes *nodes = arg;
	char *partition = strsep(&text, "|"), *node = strsep(&text, "|");
	const char *state = text;
	bool usable = false;
	size_t i;

	if (!node || !state || (nodes->only_default && !strchr(partition, '*')))
		return;
	for (i = 0; i < sizeof(up) / sizeof(up[0]); i++)
		usable |= !strncmp(state, up[i], strlen(up[i])) &&
			  !strchr(state, '*');
	nodes->each(nodes->arg, node, usable, !strncmp(state, "idle", 4));
}

bool lab_slurm_nodes(const char *partition,
		     void (*each)(void *arg, const char *node, bool usable,
				  bool idle),
		     void *arg)
{
	struct nodes nodes = { .only_default = !partition,
			       .each = each,
			       .arg = arg };
	char *only = xasprintf("--partition=%s", partition ?: "");
	char *argv[] = { "sinfo",
			 "--noheader",
			 "--Node",
			 "--format=%P|%N|%T",
			 partition ? only : NULL,
			 NULL };
	const bool good = each_line(argv, true, take_node, &nodes);

	free(only);
	return good;
}

bool lab_slurm_exclude(uint64_t job, const char *nodes)
{
	char *which = xasprintf("JobId=%" PRIu64, job);
	char *what = xasprintf("ExcNodeList=%s", nodes);
	char *argv[] = { "scontrol", "update", which, what, NULL };
	const bool good = each_line(argv, true, drop_line, NULL);

	free(what);
	free(which);
	return good;
}
