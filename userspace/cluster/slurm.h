/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/slurm.h - what is asked of Slurm, by its command line tools.
 *
 * All that can fail because the controller does not answer returns false, and is
 * to be tried again later.
 */
#ifndef LAB_SLURM_H
#define LAB_SLURM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False after a message that names the packages, when a tool is not there. */
bool lab_slurm_is_there(void);

/* How large the index of an array's task may be, plus 1. */
bool lab_slurm_array_max(uint64_t *max);

/* An array of tasks that ask for the same. */
struct lab_slurm_array {
	const char *name; /* of the job */
	const char *script;
	const char *log; /* a folder */
	const char *tasks; /* as --array takes it */
	uint64_t base; /* argument of the script, and comment of the job */
	const char *partition, *account; /* NULL: the default */
	const char *exclude; /* nodes, parted by commas; "": none */
	uint64_t memory; /* MiB */
	unsigned int cpus, minutes;
};

/*
 * Submits it: its number in job. False when Slurm refuses it, after its message
 * unless quiet.
 */
bool lab_slurm_submit(const struct lab_slurm_array *array, bool quiet,
		      uint64_t *job);

/* A task of a job that has not ended. */
struct lab_slurm_task {
	uint64_t base, index;
	bool runs; /* else it waits */
	char reason[64]; /* that it waits for */
};

/* Calls each() for all tasks of jobs of that name. */
bool lab_slurm_tasks(const char *name,
		     void (*each)(void *arg, const struct lab_slurm_task *task),
		     void *arg);

/* Ends all jobs of that name. False when Slurm does not answer. */
bool lab_slurm_cancel(const char *name);

/*
 * Calls each() for the nodes of a partition, NULL being the default one: usable
 * are those that are up, idle those that nobody uses.
 */
bool lab_slurm_nodes(const char *partition,
		     void (*each)(void *arg, const char *node, bool usable,
				  bool idle),
		     void *arg);

/* Has waiting tasks of a job not start on these nodes. */
bool lab_slurm_exclude(uint64_t job, const char *nodes);

#endif /* LAB_SLURM_H */
