/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/cluster_option.h - the options that have guests run by a cluster. */
#ifndef LAB_CLUSTER_OPTION_H
#define LAB_CLUSTER_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "cluster/cluster_plan.h"
#include "lab/jobs.h"

/* What getopt_long() returns for them. */
enum lab_cluster_option_code {
	LAB_OPTION_ON = 256,
	LAB_OPTION_PARTITION,
	LAB_OPTION_ACCOUNT,
	LAB_OPTION_NODES_MAX,
	LAB_OPTION_BUILD_CPUS,
	LAB_OPTION_PLAN,
	LAB_OPTION_DETACH,
	LAB_OPTION_ATTACH,
	LAB_OPTION_ENTRY,
};

#define LAB_CLUSTER_OPTIONS                                                 \
	{ "on", required_argument, NULL, LAB_OPTION_ON },                   \
		{ "partition", required_argument, NULL,                     \
		  LAB_OPTION_PARTITION },                                   \
		{ "account", required_argument, NULL, LAB_OPTION_ACCOUNT }, \
		{ "nodes-max", required_argument, NULL,                     \
		  LAB_OPTION_NODES_MAX },                                   \
		{ "build-cpus", required_argument, NULL,                    \
		  LAB_OPTION_BUILD_CPUS },                                  \
		{ "plan", no_argument, NULL, LAB_OPTION_PLAN },             \
		{ "detach", no_argument, NULL, LAB_OPTION_DETACH },         \
	{                                                                   \
		"attach", required_argument, NULL, LAB_OPTION_ATTACH        \
	}
/* Of lab alone, as which each task is started, whatever it is of. */
#define LAB_CLUSTER_TASK_OPTIONS                                   \
	{                                                          \
		"entry", required_argument, NULL, LAB_OPTION_ENTRY \
	}

/* What --help says of them, where guests follow from what came of others. */
#define LAB_CLUSTER_HELP                                                                       \
	"  --on slurm   guests are jobs of a cluster, which nodes run that have --out by\n"    \
	"               the same path as this machine; takes --out; see labyrinth-lab(1)\n"    \
	"  --plan       of it: prints a line for each guest that is known to be needed, and\n" \
	"               runs nothing\n"                                                        \
	"  --partition P, --account A\n"                                                       \
	"               of it: not the cluster's default\n"                                    \
	"  --nodes-max N\n"                                                                    \
	"               of it: guests are on not more than so many nodes\n"                    \
	"  --build-cpus N\n"                                                                   \
	"               of it: kernels are built by a job with so many CPUs, and not here\n"   \
	"  --detach     of it: submits what is known to be needed, and does not wait\n"        \
	"  --attach DIR goes on with the command line whose folder is DIR: what is done is\n"  \
	"               not done again, and what it leads to is submitted\n"

/* The names that --on takes. */
extern const char *const lab_cluster_names[]; /* ended by NULL */

struct lab_cluster_option {
	const char *on; /* NULL: on this machine */
	const char *partition, *account; /* NULL: the cluster's default */
	uint64_t nodes_max; /* 0: any number */
	uint64_t build_cpus; /* of a job that builds kernels; 0: built here */
	bool plan, detach;
	const char *attach; /* a folder, or NULL */
	bool entry_given;
	uint64_t entry;
};

/* True when the option is one of these and good; false after a message if not. */
bool lab_cluster_option_take(struct lab_cluster_option *option, int code,
			     const char *text);

/*
 * Whether they go together with one another and with the rest of a command line, of
 * which other is an option that is not for a cluster, or NULL. False after a
 * message.
 */
bool lab_cluster_option_check(const struct lab_cluster_option *option,
			      bool out_given, const char *other);

/* Where guests are to run, but for known issues. */
struct lab_cluster_where
lab_cluster_option_where(const struct lab_cluster_option *option);

/*
 * Has a plan's kernel built by a job, if that is asked for and it is not built. 0 or an
 * exit code after a message; what does not build there is built here once more.
 */
int lab_cluster_option_build(const struct lab_cluster_option *option,
			     const struct lab_plan *plan);

/*
 * Does what they say with a plan whose bundle and QEMU are there; files are those
 * of --known. An exit code.
 */
int lab_cluster_option_run(const struct lab_cluster_option *option,
			   const struct lab_plan *plan, char *const *files,
			   size_t nfiles);

/*
 * Runs the command line again that a folder's plan is of, from the folder in which
 * it was given: what is done by then is not done again. main is that of the command,
 * called name. An exit code; LAB_USAGE when the plan is of another command.
 */
int lab_cluster_option_again(const char *attach, const char *name,
			     int (*main)(int argc, char **argv));

/* Takes up the folder of --attach again, of runs. An exit code. */
int lab_cluster_option_attach(const struct lab_cluster_option *option,
			      bool resume);

#endif /* LAB_CLUSTER_OPTION_H */
