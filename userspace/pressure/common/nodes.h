/* SPDX-License-Identifier: GPL-2.0-only */
/* pressure/common/nodes.h - the nodes that a pressure acts on. */
#ifndef LAB_NODES_H
#define LAB_NODES_H

#include "sys/device.h"
#include "pressure/pressure.h"

/*
 * For a pressure's probe(): does the kernel have memory policies? 0, or a
 * negative errno and the reason.
 */
int lab_probe_numa(const char **why);

/*
 * Binds future allocations of this process to one node. 0 or a negative errno.
 */
int lab_bind_memory(unsigned int node);

int lab_look_at_zones(struct lab_zones *zones);

/*
 * 0, or -ENODEV when these settings name a node ("node = 1") that the machine has
 * not, or that has no memory: no pressure can act on it, and no kernel is at fault.
 */
int lab_check_node(const struct lab_setting *settings);

/*
 * Calls start_on() for each node that has memory, in order, until one fails. 0
 * or its error.
 */
int lab_start_on_nodes(int (*start_on)(unsigned int node,
				       const struct lab_setting *settings,
				       uint64_t seed),
		       const struct lab_setting *settings, uint64_t seed);

#endif /* LAB_NODES_H */
