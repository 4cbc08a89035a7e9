/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/attempts.h - entries that were begun and have no results, and nodes that
 * cannot run any.
 *
 * attempts/ENTRY.JOB.RESTART is written by a task when it begins, again when the
 * harness broke, and is removed when there is a result: what is left is of tasks
 * that run, that broke, and that were killed. Nodes are excluded by it.
 */
#ifndef LAB_ATTEMPTS_H
#define LAB_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_attempt {
	uint64_t entry, job;
	unsigned int restart; /* how often Slurm had started it anew */
	char node[256];
	bool unfit; /* it is the node that cannot run this plan */
	char why[400]; /* "": it did not say; killed, or it runs */
};

/* Writes its file. 0 or a negative errno. */
int lab_attempt_write(const char *out, const struct lab_attempt *attempt);
void lab_attempt_remove(const char *out, const struct lab_attempt *attempt);

struct lab_attempts {
	struct lab_attempt *attempt;
	size_t count;
};

/* All that are there now. */
void lab_attempts_read(struct lab_attempts *attempts, const char *out);
void lab_attempts_free(struct lab_attempts *attempts);

/* Removes those that say why, and what is known of unfit nodes. */
void lab_attempts_forget(const char *out);

struct lab_unfit {
	char **node;
	char **why;
	size_t count;
};

/* Writes that a node cannot run this plan. 0 or a negative errno. */
int lab_unfit_write(const char *out, const char *node, const char *why);
void lab_unfit_read(struct lab_unfit *unfit, const char *out);
void lab_unfit_free(struct lab_unfit *unfit);
bool lab_unfit_has(const struct lab_unfit *unfit, const char *node);

#endif /* LAB_ATTEMPTS_H */
