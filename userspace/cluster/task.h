/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/task.h - one entry, run on a node.
 *
 * The guest works in a folder of the node. What came of it gets the name
 * results/N.json, unless one is there: with that the entry is done, whoever dies
 * after it. The folder of a run is copied to incoming/ of the plan before that, and
 * last gets its name in OUT; where the task died before, who follows the plan does
 * it.
 */
#ifndef LAB_TASK_H
#define LAB_TASK_H

#include <jansson.h>
#include <stdint.h>

#include "attempts.h"
#include "cluster_plan.h"

/* Names another folder for copies of bundles, and for guests while they run. */
#define LAB_NODE_CACHE_ENV "LABYRINTH_NODE_CACHE"

struct lab_task {
	struct lab_cluster_plan
		*plan; /* whose lab has bundle and QEMU of the node */
	struct lab_attempt attempt;
	char cache[2048]; /* of this node */
	char work[4096]; /* where the guest runs */
	int lock; /* of it */
	int bundle_lock; /* of the node's copy of what boots; -1: none */
};

/* For kinds: the entry says nothing of the kernel, and why. LAB_HARNESS. */
__attribute__((format(printf, 2, 3))) int
lab_task_broke(struct lab_task *task, const char *format, ...);
/* No entry of this plan can be run on this node, and none is to be tried. */
__attribute__((format(printf, 2, 3))) int
lab_task_unfit(struct lab_task *task, const char *format, ...);
/* It was ended from outside: whoever did it knows why. LAB_HARNESS. */
int lab_task_ended(struct lab_task *task);
/*
 * Writes its result, unless another attempt was first: -EEXIST then, or another
 * negative errno.
 */
int lab_task_claim(struct lab_task *task, json_t *result);

/*
 * Ends an attempt that claimed its entry. err: what came of that; that another
 * attempt was first is as good. 0, or the exit code of a task that broke.
 */
int lab_task_settle(struct lab_task *task, int err);

/* Runs an entry. Its exit code; LAB_HARNESS: it is to be run elsewhere. */
int lab_cluster_task(struct lab_cluster_plan *plan, uint64_t entry);

/*
 * Gives the run of a result its name in OUT, if it has not got it. May be called
 * by several at a time. 0, or a negative errno when the run is at neither place.
 */
int lab_cluster_place(const char *out, const json_t *result);

/* The result of an entry, new; NULL when there is none that is whole. */
json_t *lab_cluster_result(const struct lab_cluster_plan *plan, uint64_t entry);

#endif /* LAB_TASK_H */
