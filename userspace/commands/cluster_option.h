/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/cluster_option.h - the options of lab that have runs done by a cluster. */
#ifndef LAB_CLUSTER_OPTION_H
#define LAB_CLUSTER_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/jobs.h"

/* What getopt_long() returns for them. */
enum lab_cluster_option_code {
	LAB_OPTION_ON = 256,
	LAB_OPTION_PARTITION,
	LAB_OPTION_ACCOUNT,
	LAB_OPTION_NODES_MAX,
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
		{ "plan", no_argument, NULL, LAB_OPTION_PLAN },             \
		{ "detach", no_argument, NULL, LAB_OPTION_DETACH },         \
		{ "attach", required_argument, NULL, LAB_OPTION_ATTACH },   \
	{                                                                   \
		"entry", required_argument, NULL, LAB_OPTION_ENTRY          \
	}

/* The names that --on takes. */
extern const char *const lab_cluster_names[]; /* ended by NULL */

struct lab_cluster_option {
	const char *on; /* NULL: on this machine */
	const char *partition, *account; /* NULL: the cluster's default */
	uint64_t nodes_max; /* 0: any number */
	bool plan, detach;
	const char *attach; /* a folder, or NULL */
	bool entry_given;
	uint64_t entry;
};

/* True when the option is one of these and good; false after a message if not. */
bool lab_cluster_option_take(struct lab_cluster_option *option, int code,
			     const char *text);

/*
 * Whether they go together with one another and with a plan, of which other is
 * another option that is not for a cluster, or NULL. False after a message.
 */
bool lab_cluster_option_check(const struct lab_cluster_option *option,
			      const struct lab_plan *plan, bool out_given,
			      const char *other);

/*
 * Does what they say with a plan whose bundle and QEMU are there; files are those
 * of --known. An exit code.
 */
int lab_cluster_option_run(const struct lab_cluster_option *option,
			   const struct lab_plan *plan, char *const *files,
			   size_t nfiles);

/* Takes up the folder of --attach again. An exit code. */
int lab_cluster_option_attach(const struct lab_cluster_option *option,
			      bool resume);

#endif /* LAB_CLUSTER_OPTION_H */
