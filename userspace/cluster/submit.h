/* SPDX-License-Identifier: GPL-2.0-only */
/* cluster/submit.h - what of a plan is to be submitted, and to which nodes. */
#ifndef LAB_SUBMIT_H
#define LAB_SUBMIT_H

#include "entries.h"
#include "plan.h"

/*
 * Submits all wanted entries in as few arrays as there may be, those that broke
 * without the nodes on which they did; gives up, after a message, those that
 * broke LAB_TRIES_MAX times. 0; -EAGAIN when Slurm does not take them now, and
 * then some may be left; -ENODEV after a message when no node can run the plan.
 */
int lab_cluster_submit(const struct lab_cluster_plan *plan,
		       struct lab_entries *entries);

#endif /* LAB_SUBMIT_H */
