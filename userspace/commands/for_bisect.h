/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * commands/for_bisect.h - the exit codes that git bisect run wants, of a lab.
 *
 * Bad input and a harness that broke must not be 1 to 127: git would take each
 * commit from then on for a bad one.
 */
#ifndef LAB_FOR_BISECT_H
#define LAB_FOR_BISECT_H

#include <stdbool.h>

#include "lab/jobs.h"

enum lab_git_code {
	LAB_GIT_GOOD = 0,
	LAB_GIT_BAD = 1,
	LAB_GIT_SKIP = 125, /* this commit cannot be tested */
	LAB_GIT_STOP = 128, /* and the exit code of labyrinth is added */
};

struct lab_for_bisect {
	bool on;
	bool built; /* the kernel was */
	bool not_booted; /* one of the guests at least */
};

/*
 * Whether the option is among the arguments, which need not be ones that are
 * good: whatever is wrong with the others has to be said in codes for git.
 */
bool lab_for_bisect_asked(int argc, char **argv);

/* Looks at a run that was stored: for struct lab_plan, stored. */
void lab_for_bisect_look(void *for_bisect, const char *path);

/* What git is to be told in place of an exit code of enum lab_exit. */
int lab_for_bisect_code(const struct lab_for_bisect *for_bisect, int code);

#endif /* LAB_FOR_BISECT_H */
