/* SPDX-License-Identifier: GPL-2.0-only */
/* cluster/follow.h - has a plan done by Slurm, and shows what comes of it. */
#ifndef LAB_FOLLOW_H
#define LAB_FOLLOW_H

#include "cluster_plan.h"

/*
 * Locks a file of a plan until it is closed: two who follow a plan would submit
 * what is missing twice. A descriptor, or a negative errno after a message.
 */
int lab_cluster_lock(const struct lab_cluster_plan *plan, const char *name);

/*
 * Submits what of the plan is not done and not submitted, follows it until all
 * entries are done or given up, and prints what a local run prints. SIGINT and
 * SIGTERM end its jobs; SIGHUP leaves them. With detach it returns when all is
 * submitted; with anew entries that were given up are tried again. An exit code.
 */
int lab_cluster_follow(const struct lab_cluster_plan *plan, bool detach,
		       bool anew);

#endif /* LAB_FOLLOW_H */
