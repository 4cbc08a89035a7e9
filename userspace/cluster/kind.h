/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/kind.h - what the entries of a plan are.
 *
 * Submitting, following, counting of attempts and what a node has to have are the
 * same for all of them. To have another command's guests run by a cluster takes a
 * row here, or its guests as "boots".
 */
#ifndef LAB_KIND_H
#define LAB_KIND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct lab_cluster_plan;
struct lab_need;
struct lab_task;

struct lab_cluster_kind {
	const char *name; /* "kind" of plan.json */
	/* What --attach has to have to try again what broke, or "". */
	const char *anew;
	/* Its entries are guests: a node needs what boots, and QEMU. */
	bool guests;
	/* What plan.json says of its entries. 0, or an exit code after a message. */
	int (*read)(struct lab_cluster_plan *plan);
	/* Which of plan->need[] an entry has. Those of an array have the same one. */
	size_t (*need)(const struct lab_cluster_plan *plan, uint64_t entry);
	/* What a message calls an entry: malloc()ed. */
	char *(*title)(const struct lab_cluster_plan *plan, uint64_t entry);
	/* On a node: does an entry and publishes what came of it. An exit code. */
	int (*run)(struct lab_task *task);
	/* Whether a file of results/ is whole. */
	bool (*is_result)(const json_t *result);
	/* Prints what came of an entry whose result is there. */
	void (*show)(const struct lab_cluster_plan *plan, uint64_t entry);
	/* When all entries are done or given up. An exit code. */
	int (*finish)(const struct lab_cluster_plan *plan);
};

extern const struct lab_cluster_kind lab_cluster_runs; /* of labyrinth lab */
extern const struct lab_cluster_kind lab_cluster_boots; /* cluster/boots.h */
extern const struct lab_cluster_kind lab_cluster_builds; /* cluster/builds.h */

/* Of a plan, NULL when there is no such kind. */
const struct lab_cluster_kind *lab_cluster_kind_of(const json_t *plan);

#endif /* LAB_KIND_H */
