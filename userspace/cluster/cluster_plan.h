/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/cluster_plan.h - runs that a cluster is to do, in files.
 *
 * An entry is a scenario with a seed; its number is that of the scenario times
 * the number of seeds, plus that of the seed. All that is known of a plan and of
 * what came of it is in OUT/.cluster, a folder that every node sees by the same
 * path:
 *
 *	plan.json	what is to be run, on what; written last, by renaming, so
 *			that a plan which is there is whole
 *	bundles/HEX/	what boots: cluster/bundle.h
 *	program/	this program, as an installation
 *	scenarios/N/	the texts of a scenario, as guests have them
 *	known/N		lists of known issues
 *	task.sh		what Slurm starts
 *	jobs		a line for each array that was submitted
 *	attempts/	a file for each entry that was begun and has no results
 *	unfit/		a file for each node that cannot run entries
 *	incoming/	folders of runs that are copied from a node
 *	results/N.json	what came of entry N; of several attempts the first one
 *	log/		what tasks print
 */
#ifndef LAB_CLUSTER_PLAN_H
#define LAB_CLUSTER_PLAN_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/jobs.h"
#include "need.h"

#define LAB_CLUSTER_FOLDER ".cluster"
#define LAB_CLUSTER_PLAN_SCHEMA "labyrinth-cluster/1"

/* Where and how it is to run, by the command line. */
struct lab_cluster_where {
	const char *partition, *account; /* NULL: the cluster's default */
	uint64_t nodes_max; /* 0: any number */
	char *const *known; /* files of --known */
	size_t nknown;
};

struct lab_cluster_plan {
	char out[4096]; /* absolute */
	json_t *json; /* plan.json */
	struct lab_plan lab; /* without bundle and QEMU */
	struct lab_known known;
	struct lab_need *need; /* of each scenario */
	uint64_t entries;
};

/*
 * Prints a line for each run of a plan whose bundle and QEMU are there. 0 or an
 * exit code after a message. Nothing is written, and no cluster is needed.
 */
int lab_cluster_plan_print(const struct lab_plan *plan);

/*
 * Writes the folder of a plan. 0 or an exit code after a message; LAB_USAGE when
 * plan->out has one already.
 */
int lab_cluster_plan_write(const struct lab_plan *plan,
			   const struct lab_cluster_where *where);

/* Makes the folder free for another plan, if no job of this one was submitted. */
void lab_cluster_plan_withdraw(const char *out);

/* Reads it. 0 or an exit code after a message. */
int lab_cluster_plan_read(struct lab_cluster_plan *plan, const char *out);
void lab_cluster_plan_free(struct lab_cluster_plan *plan);

/* OUT/.cluster/... : malloc()ed. */
__attribute__((format(printf, 2, 3))) char *
lab_cluster_path(const char *out, const char *format, ...);

static inline size_t lab_entry_scenario(const struct lab_cluster_plan *plan,
					uint64_t entry)
{
	return entry / plan->lab.seeds;
}

static inline uint64_t lab_entry_seed(const struct lab_cluster_plan *plan,
				      uint64_t entry)
{
	return plan->lab.seed + entry % plan->lab.seeds;
}

#endif /* LAB_CLUSTER_PLAN_H */
