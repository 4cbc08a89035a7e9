/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/task.h - one entry, run on a node.
 *
 * The guest works in a folder of the node. Its run is copied to incoming/ of the
 * plan, then its result gets the name results/N.json, unless one is there: with
 * that the entry is done, whoever dies after it. Last, the run gets its name in
 * OUT; where the task died before that, who follows the plan does it.
 */
#ifndef LAB_TASK_H
#define LAB_TASK_H

#include <jansson.h>
#include <stdint.h>

#include "cluster_plan.h"

/* Names another folder for copies of bundles, and for guests while they run. */
#define LAB_NODE_CACHE_ENV "LABYRINTH_NODE_CACHE"

/* Runs an entry. Its exit code; LAB_HARNESS: it is to be run elsewhere. */
int lab_cluster_task(struct lab_cluster_plan *plan, uint64_t entry);

/*
 * Gives the run of a result its name in OUT, if it has not got it. May be called
 * by several at a time. 0, or a negative errno when the run is at neither place.
 */
int lab_cluster_place(const char *out, const json_t *result);

/* The result of an entry, new; NULL when there is none that is whole. */
json_t *lab_cluster_result(const char *out, uint64_t entry);

#endif /* LAB_TASK_H */
