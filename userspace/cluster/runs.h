/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/runs.h - entries that are runs: a scenario with a seed.
 *
 *	runs.c     what a plan says of them
 *	run_task.c one of them on a node
 *	collect.c  what came of them
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

/* Kind's functions of the other files. */
int lab_cluster_run_task(struct lab_task *task);
bool lab_cluster_is_run(const json_t *result);

#endif /* LAB_RUNS_H */
