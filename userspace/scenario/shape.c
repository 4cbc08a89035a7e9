// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/shape.c - see scenario/shape.h.
 *
 * "cpus" with one number is the total, spread over the nodes; "memory" with one
 * number is that of each node. With one number for each node it is that of the
 * node, where 0 is allowed: a node without CPUs or without memory.
 */
#include "shape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "lib/option_value.h"
#include "lib/words.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

#define CPUS_MAX 64
#define MEMORY_MIN (64 * MIB)

/* As in the SLIT of ACPI, and as the kernel checks them (slit_valid()). */
#define DISTANCE_LOCAL 10

#define KEY(kind, low, high)                                        \
	{                                                           \
		.type = LAB_KEY_##kind, .min = (low), .max = (high) \
	}

static const struct lab_key cpus_key = KEY(NUMBER, 1, CPUS_MAX);
static const struct lab_key cpus_of_key = KEY(NUMBER, 0, CPUS_MAX);
static const struct lab_key memory_key = KEY(BYTES, MEMORY_MIN, 64 * GIB);
static const struct lab_key memory_of_key = KEY(BYTES, 0, 64 * GIB);
static const struct lab_key distance_key = KEY(NUMBER, DISTANCE_LOCAL, 254);

/* A list whose numbers are those of @each, or a single one of @only. */
static int set_list(struct lab_list *list, const struct lab_key *only,
		    const struct lab_key *each, const char *value, char *why,
		    size_t size)
{
	struct lab_words words;
	uint64_t number;
	int ret = 0;
	size_t i;

	list->count = 0;
	lab_words_split(value, &words);
	if (words.count < 2)
		ret = lab_key_parse(only, value, &list->number[0], why, size);
	for (i = 0; words.count > 1 && i < words.count && !ret; i++) {
		ret = lab_key_parse(each, words.word[i], &number, why, size);
		if (i < LAB_MAX_DISTANCES)
			list->number[i] = number;
	}
	list->count = words.count;
	lab_words_free(&words);
	return ret;
}

static int set_cpus(void *target, const char *value, char *why, size_t size)
{
	struct lab_guest_fields *fields = target;

	return set_list(&fields->cpus, &cpus_key, &cpus_of_key, value, why,
			size);
}

static int set_memory(void *target, const char *value, char *why, size_t size)
{
	struct lab_guest_fields *fields = target;

	return set_list(&fields->memory, &memory_key, &memory_of_key, value,
			why, size);
}

static int set_distance(void *target, const char *value, char *why, size_t size)
{
	struct lab_guest_fields *fields = target;

	return set_list(&fields->distance, &distance_key, &distance_key, value,
			why, size);
}

static int set_append(void *target, const char *value, char *why, size_t size)
{
	struct lab_guest_fields *fields = target;

	return lab_boot_append(&fields->boot, value, why, size);
}

static int set_cpu(void *target, const char *value, char *why, size_t size)
{
	struct lab_guest_fields *fields = target;

	return lab_boot_cpu(&fields->boot, value, why, size);
}

static int set_machine(void *target, const char *value, char *why, size_t size)
{
	struct lab_guest_fields *fields = target;

	return lab_boot_machine(&fields->boot, value, why, size);
}

#define GUEST_NUMBER(field, kind, low, high)                               \
	.number = { #field, LAB_KEY_##kind, .min = (low), .max = (high) }, \
	.offset = offsetof(struct lab_guest_fields, field)

const struct lab_field lab_guest_fields[] = {
	{ "cpus", "1 to 64, or one a node", "2",
	  "CPUs, spread over the nodes; or those of each node, 0 for none",
	  .set = set_cpus },
	{ "nodes", NULL, "2", "NUMA nodes",
	  GUEST_NUMBER(nodes, NUMBER, 1, LAB_MAX_GUEST_NODES) },
	{ "memory", "64M to 64G, or one a node", "256M",
	  "bytes in each node; or in one after the other, 0 for none",
	  .set = set_memory },
	{ "distance", "10 to 254, nodes * nodes", NULL,
	  "from each node to each, a row a node as numactl -H prints them; else 10 and 20",
	  .set = set_distance },
	{ "deadline", NULL, "120s", "guest time after which a run has failed",
	  GUEST_NUMBER(deadline, SECONDS, 1, LAB_DEADLINE_MAX) },
	{ "append", "parameters", NULL,
	  "added to the kernel's command line; what the lab itself decides is refused",
	  .set = set_append },
	{ "cpu", "a model, properties", NULL,
	  "the CPU, as QEMU's -cpu takes it; else qemu64, in KVM mode host",
	  .set = set_cpu },
	{ "machine", "a board, properties", NULL,
	  "the board, as QEMU's -machine takes it; else q35",
	  .set = set_machine },
	{},
};

/* One number, or one of each node. */
static int check_count(const struct lab_list *list, unsigned int nodes,
		       char *why, size_t size)
{
	if (list->count == 1 || list->count == nodes)
		return 0;
	snprintf(why, size,
		 "%zu numbers for %u nodes; allowed: one, or one a node",
		 list->count, nodes);
	return -EINVAL;
}

static void spread_cpus(struct lab_shape *shape, unsigned int cpus)
{
	unsigned int node;

	for (node = 0; node < shape->nodes; node++)
		shape->node[node].cpus = (node + 1) * cpus / shape->nodes -
					 node * cpus / shape->nodes;
	shape->cpus = cpus;
}

static int make_cpus(const struct lab_list *list, struct lab_shape *shape,
		     char *why, size_t size)
{
	unsigned int node;

	if (check_count(list, shape->nodes, why, size))
		return -EINVAL;
	if (list->count == 1 && shape->nodes > 1) {
		spread_cpus(shape, list->number[0]);
		return 0;
	}
	for (node = 0; node < shape->nodes; node++) {
		shape->node[node].cpus = list->number[node];
		shape->cpus += list->number[node];
	}
	if (shape->cpus && shape->cpus <= CPUS_MAX)
		return 0;
	snprintf(why, size, "%u CPUs in all; allowed: 1 to %d", shape->cpus,
		 CPUS_MAX);
	return -EINVAL;
}

static int make_memory(const struct lab_list *list, struct lab_shape *shape,
		       char *why, size_t size)
{
	uint64_t bytes, all = 0;
	unsigned int node;

	if (check_count(list, shape->nodes, why, size))
		return -EINVAL;
	for (node = 0; node < shape->nodes; node++) {
		bytes = list->number[list->count > 1 ? node : 0];
		all += bytes;
		shape->node[node].memory = bytes;
		if (bytes && (bytes < MEMORY_MIN || bytes % MIB)) {
			snprintf(
				why, size,
				"node %u has %" PRIu64
				" bytes; allowed: 0, or whole megabytes from 64M",
				node, bytes);
			return -EINVAL;
		}
		if (!bytes && !shape->node[node].cpus) {
			snprintf(
				why, size,
				"node %u has neither memory nor CPUs; allowed: with one of them",
				node);
			return -EINVAL;
		}
	}
	if (all)
		return 0;
	snprintf(why, size, "no node has any; allowed: with one that has");
	return -EINVAL;
}

static int make_distance(const struct lab_list *list, struct lab_shape *shape,
			 char *why, size_t size)
{
	const unsigned int nodes = shape->nodes;
	unsigned int from, to, number;

	if (!list->count)
		return 0;
	if (list->count != nodes * nodes) {
		snprintf(why, size,
			 "%zu numbers; allowed: %u, a row of %u for each node",
			 list->count, nodes * nodes, nodes);
		return -EINVAL;
	}
	for (from = 0; from < nodes; from++) {
		for (to = 0; to < nodes; to++) {
			number = list->number[from * nodes + to];
			shape->node[from].distance[to] = number;
			if ((from == to) == (number == DISTANCE_LOCAL))
				continue;
			snprintf(
				why, size,
				"%u from node %u to %u; allowed: %d to itself, more to others",
				number, from, to, DISTANCE_LOCAL);
			return -EINVAL;
		}
	}
	shape->distant = true;
	return 0;
}

int lab_shape_make(const struct lab_guest_fields *fields,
		   struct lab_shape *shape, const char **key, char *why,
		   size_t size)
{
	*shape = (struct lab_shape){ .nodes = fields->nodes };
	*key = "cpus";
	if (make_cpus(&fields->cpus, shape, why, size))
		return -EINVAL;
	*key = "memory";
	if (make_memory(&fields->memory, shape, why, size))
		return -EINVAL;
	*key = "distance";
	return make_distance(&fields->distance, shape, why, size);
}

struct lab_shape lab_shape_plain(unsigned int nodes, unsigned int cpus,
				 uint64_t memory)
{
	struct lab_shape shape = { .nodes = nodes };
	unsigned int node;

	spread_cpus(&shape, cpus);
	for (node = 0; node < nodes; node++)
		shape.node[node].memory = memory;
	return shape;
}

uint64_t lab_shape_memory(const struct lab_shape *shape)
{
	uint64_t memory = 0;
	unsigned int node;

	/* A number of nodes that was refused is looked at nevertheless. */
	for (node = 0; node < shape->nodes && node < LAB_MAX_GUEST_NODES;
	     node++)
		memory += shape->node[node].memory;
	return memory;
}
