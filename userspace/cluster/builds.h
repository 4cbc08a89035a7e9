/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/builds.h - an entry that is the build of a kernel.
 *
 * A plan of its own, in OUT/.cluster/build: it comes before that of the guests, which
 * are known by the content of what was built. The node that does it needs what
 * building takes, this installation, and the cache of kernels by the same path.
 */
#ifndef LAB_BUILDS_H
#define LAB_BUILDS_H

#include "cluster_plan.h"

/*
 * Has the plan's kernel built by a job with so many CPUs, and waits for it. 0; LAB_FAIL
 * when it did not build on the node, which may lack something; else an exit code
 * after a message.
 */
int lab_cluster_build(const struct lab_plan *plan,
		      const struct lab_cluster_where *where, unsigned int cpus,
		      const char *log);

#endif /* LAB_BUILDS_H */
