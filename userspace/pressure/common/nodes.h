/* SPDX-License-Identifier: GPL-2.0-only */
/* pressure/common/nodes.h - where memory comes from, and code runs. */
#ifndef LAB_NODES_H
#define LAB_NODES_H

#include "sys/device.h"
#include "pressure/pressure.h"

/* As a pressure's probe(): whether there are memory policies. */
int lab_probe_numa(const char **why);

/* From here on this process takes memory of that node and of no other. */
int lab_bind_memory(unsigned int node);

int lab_look_at_zones(struct lab_zones *zones);

/* Starts on each node that has memory, from the first on; stops at an error. */
int lab_start_on_nodes(int (*start_on)(unsigned int node,
				       const struct lab_setting *settings,
				       uint64_t seed),
		       const struct lab_setting *settings, uint64_t seed);

#endif /* LAB_NODES_H */
