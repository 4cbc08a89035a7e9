/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/bisect_cluster.h - a bisection whose runs a cluster does. */
#ifndef LAB_BISECT_CLUSTER_H
#define LAB_BISECT_CLUSTER_H

#include "bisect/bisect.h"
#include "cluster_option.h"

struct lab_bisect_cluster {
	const struct lab_cluster_option *option;
	struct lab_bisect *bisect;
	char folder[4096]; /* the bisection's, absolute */
	bool anew; /* what was given up is tried again, once */
	struct lab_bisect_elsewhere elsewhere; /* to be the bisection's */
};

/*
 * Has the runs of a bisection done by a cluster, and writes what --attach needs.
 * 0, or an exit code after a message.
 */
int lab_bisect_cluster_open(struct lab_bisect_cluster *cluster,
			    const struct lab_cluster_option *option,
			    struct lab_bisect *bisect);

/* Prints a line for each run of a kernel, and how many kernels there may be. */
int lab_bisect_cluster_print(struct lab_bisect *bisect);

#endif /* LAB_BISECT_CLUSTER_H */
