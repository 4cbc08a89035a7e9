/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/shape.h - the machine that [guest] asks for. */
#ifndef LAB_SHAPE_H
#define LAB_SHAPE_H

#include "scenario.h"

#define LAB_MAX_DISTANCES (LAB_MAX_GUEST_NODES * LAB_MAX_GUEST_NODES)

/* A list of numbers. Those beyond its size are counted but not stored. */
struct lab_list {
	uint64_t number[LAB_MAX_DISTANCES];
	size_t count;
};

/* What the fields of [guest] were set to. */
struct lab_guest_fields {
	struct lab_list cpus, memory, distance;
	uint64_t nodes, deadline;
	struct lab_boot_options boot;
};

/*
 * Checks that the fields fit together, and makes the machine. 0, or -EINVAL
 * with the key that does not fit and why.
 */
int lab_shape_make(const struct lab_guest_fields *fields,
		   struct lab_shape *shape, const char **key, char *why,
		   size_t size);

/*
 * A machine whose nodes have the same memory in bytes, with its CPUs spread
 * over them and default distances.
 */
struct lab_shape lab_shape_plain(unsigned int nodes, unsigned int cpus,
				 uint64_t memory);

/* Bytes of all nodes; 0 for a shape that was refused. */
uint64_t lab_shape_memory(const struct lab_shape *shape);

#endif /* LAB_SHAPE_H */
