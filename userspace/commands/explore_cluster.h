/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/explore_cluster.h - an exploration whose guests a cluster runs. */
#ifndef LAB_EXPLORE_CLUSTER_H
#define LAB_EXPLORE_CLUSTER_H

#include "cluster/boots.h"
#include "cluster_option.h"
#include "explore/explore.h"

struct lab_explore_cluster {
	const struct lab_cluster_option *option;
	const struct lab_exploration *ex;
	struct lab_cluster_session session;
	struct lab_elsewhere elsewhere; /* to be the exploration's */
};

/*
 * Of an exploration that is prepared, with the command line that it is of. With
 * --plan it only prints what would be booted. 0, or an exit code after a message.
 */
int lab_explore_cluster_open(struct lab_explore_cluster *cluster,
			     const struct lab_cluster_option *option,
			     const struct lab_exploration *ex, int argc,
			     char **argv);
void lab_explore_cluster_close(struct lab_explore_cluster *cluster);

#endif /* LAB_EXPLORE_CLUSTER_H */
