/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/boots.h - entries that are guests with what they are asked for, whose
 * records come back: for commands that decide by what came of some guests which
 * others are to be booted.
 *
 *	boots.c     asked for by a command, which waits for them
 *	boot_task.c one of them on a node
 *
 * Each has a number in boots/. What is asked for again after the command was
 * killed is known by its content and not done again. What one process asks for
 * twice is done twice.
 */
#ifndef LAB_BOOTS_H
#define LAB_BOOTS_H

#include "cluster_plan.h"

/* A guest: its machine, of a plain shape, and a request without its program. */
struct lab_cluster_boot {
	const struct lab_machine *machine;
	const json_t *request;
};

struct lab_cluster_session {
	struct lab_cluster_plan plan;
	bool detach; /* boots are submitted, and not waited for */
	bool anew; /* those that were given up are tried again, once */
	/* The SHA-256 of each boot, and whether this process asked for it. */
	char (*hex)[LAB_FINGERPRINT];
	bool *asked;
	int lock;
};

/*
 * Opens the folder of->out for boots of a bundle, an emulator and a mode, which has
 * them already or gets a plan. carried: see lab_bundle_make(); file: what guests get
 * as their program, or NULL. 0, or an exit code after a message: LAB_USAGE when the
 * folder has a plan of something else.
 */
int lab_cluster_session_open(struct lab_cluster_session *session,
			     const struct lab_plan *of,
			     const struct lab_cluster_where *where,
			     const char *carried, const void *file,
			     size_t size);
void lab_cluster_session_close(struct lab_cluster_session *session);

/*
 * Has n boots done. result[i] becomes what came of one, new; or NULL when there is
 * nothing: the harness broke too often, or with detach it is not done yet. 0, or
 * an exit code after a message, with which no result is given. A result has
 * "ending", of lab_boot_endings, "why", "seconds", "records" and, of a guest that
 * died, "console", the end of it.
 */
int lab_cluster_boots_do(struct lab_cluster_session *session,
			 const struct lab_cluster_boot *boot, size_t n,
			 json_t **result);

/* By enum lab_ending, NULL where nothing is said of the kernel. */
extern const char *const lab_boot_endings[LAB_UNFIT + 1];

/* Of boot_task.c, for the kind's row. */
int lab_cluster_boot_task(struct lab_task *task);
bool lab_cluster_is_boot(const json_t *result);

#endif /* LAB_BOOTS_H */
