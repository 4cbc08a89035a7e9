/* SPDX-License-Identifier: GPL-2.0-only */
/* cluster/submit.h - what of a plan is to be submitted, and to which nodes. */
#ifndef LAB_SUBMIT_H
#define LAB_SUBMIT_H

#include "entries.h"
#include "cluster_plan.h"

/*
 * Submits all wanted entries in as few arrays as there may be, those that broke
 * without the nodes on which they did; gives up, after a message, those that
 * broke LAB_TRIES_MAX times. 0; -EAGAIN when Slurm does not answer; -EBUSY when it
 * refuses what is left, after its message unless quiet; -ENODEV after a message
 * when no node can run the plan.
 */
int lab_cluster_submit(const struct lab_cluster_plan *plan,
		       struct lab_entries *entries, bool quiet);

/*
 * Has tasks that wait not start on nodes that were found to be unfit since known
 * of them were known. How many there are now.
 */
size_t lab_cluster_exclude_unfit(const struct lab_cluster_plan *plan,
				 const struct lab_entries *entries,
				 size_t known);

/* Whether the partition has nodes. 0, or an exit code after a message. */
int lab_cluster_check_partition(const char *partition);

#endif /* LAB_SUBMIT_H */
