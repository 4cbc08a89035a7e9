/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/cluster_plan.h - guests that a cluster is to run, in files.
 *
 * What an entry is, its kind says. Of runs it is a scenario with a seed; its number
 * is that of the scenario times the number of seeds, plus that of the seed. Of
 * boots it is a guest with what it is asked for, in the order in which they were
 * asked for. All that is known of a plan and of what came of it is in
 * OUT/.cluster, a folder that every node sees by the same path:
 *
 *	plan.json	what is to be run, on what; written last, by renaming, so
 *			that a plan which is there is whole
 *	command.json	a command line, where plans are in other folders
 *	bundles/HEX/	what boots: cluster/bundle.h
 *	program/	this program, as an installation
 *	scenarios/N/	the texts of a scenario, as guests have them
 *	known/N		lists of known issues
 *	boots/N.json	a guest and what it is asked for; of a plan of boots
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
#include <sys/types.h>

#include "lab/jobs.h"
#include "lib/sha256.h"
#include "kind.h"
#include "need.h"

#define LAB_CLUSTER_FOLDER ".cluster"
#define LAB_CLUSTER_PLAN_SCHEMA "labyrinth-cluster/1"

/* Where and how it is to run, by the command line. */
struct lab_cluster_where {
	const char *partition, *account; /* NULL: the cluster's default */
	uint64_t nodes_max; /* 0: any number */
	const char *attach; /* the folder of --attach, or NULL: plan->out */
	char *const *known; /* files of --known */
	size_t nknown;
};

struct lab_cluster_plan {
	char out[4096]; /* absolute */
	json_t *json; /* plan.json */
	struct lab_plan lab; /* without bundle and QEMU */
	struct lab_known known;
	const struct lab_cluster_kind *kind;
	struct lab_need *need; /* see kind->need() */
	uint64_t entries;

	/* Of boots only: */
	size_t needs; /* how many there are */
	size_t *need_of; /* of each entry */
	/* Of each entry: others are not done; NULL: all are. */
	const bool *wanted;
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

/*
 * Makes the folder of a plan with all but the plan itself and its entries: its real
 * path in out, the SHA-256 of what boots in hex. program: see lab_plan_program().
 * 0 or an exit code after a message; LAB_USAGE when it has a plan already.
 */
int lab_cluster_folder_make(const struct lab_plan *plan, const char *program,
			    char out[4096], char hex[LAB_FINGERPRINT]);
/* What plan.json has of every kind: new. */
json_t *lab_cluster_plan_base(const struct lab_plan *plan,
			      const struct lab_cluster_where *where,
			      const struct lab_cluster_kind *kind,
			      const char *program, const char *hex);
/* The command line of a plan, and the folder where it was given: new. */
json_t *lab_cluster_command_json(const struct lab_plan *plan);
/* Whether a folder has a plan. */
bool lab_cluster_has_plan(const char *out);
/* Writes plan.json, and with it the plan is there. Takes ownership of json. */
int lab_cluster_plan_put(const char *out, json_t *json);
/* Of cluster/plan_folder.c: both take ownership of the path that is written. */
int lab_cluster_put_file(const char *from, char *to, mode_t mode);
int lab_cluster_put_text(char *to, const char *text);

/* Makes the folder free for another plan, if no job of this one was submitted. */
void lab_cluster_plan_withdraw(const char *out);

/* Reads it. 0 or an exit code after a message. */
int lab_cluster_plan_read(struct lab_cluster_plan *plan, const char *out);
/*
 * Whether a plan that is there is for the same partition, account and number of nodes.
 * False after a message.
 */
bool lab_cluster_is_where(const struct lab_cluster_plan *plan,
			  const struct lab_cluster_where *where);
/* The command that goes on with a plan, as it is typed: malloc()ed. */
char *lab_cluster_again(const struct lab_cluster_plan *plan);
/* What a plan's file has that it cannot have: LAB_USAGE, after a message. */
int lab_cluster_plan_complain(const char *out, const char *what);
void lab_cluster_need_read(struct lab_need *need, const json_t *json);
void lab_cluster_plan_free(struct lab_cluster_plan *plan);

/* OUT/.cluster/... : malloc()ed. */
__attribute__((format(printf, 2, 3))) char *
lab_cluster_path(const char *out, const char *format, ...);

#endif /* LAB_CLUSTER_PLAN_H */
