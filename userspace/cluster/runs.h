/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/runs.h - entries that are runs: a scenario with a seed.
 *
 *	runs.c     what a plan says of them
 *	run_task.c one of them on a node
 *	collect.c  what came of them
 *	runs_do.c  those that a command asks for, to decide by them
 */
#ifndef LAB_RUNS_H
#define LAB_RUNS_H

#include "cluster_plan.h"

static inline size_t lab_entry_scenario(const struct lab_cluster_plan *plan,
					uint64_t entry)
{
	return entry / plan->lab.seeds;
}

static inline uint64_t lab_entry_seed(const struct lab_cluster_plan *plan,
				      uint64_t entry)
{
	return plan->lab.seed + entry % plan->lab.seeds;
}

/*
 * lab_jobs_run() of a plan whose bundle and QEMU are there, on a cluster: has its
 * folder's runs done, or goes on with them, and tells plan->stored of each. With
 * detach they are only submitted; *left: some are not done yet. anew: see
 * follow.h.
 */
int lab_cluster_runs_do(const struct lab_plan *plan,
			const struct lab_cluster_where *where, bool detach,
			bool anew, bool *left);

/* Kind's functions of the other files. */
int lab_cluster_run_task(struct lab_task *task);
bool lab_cluster_is_run(const json_t *result);

#endif /* LAB_RUNS_H */
