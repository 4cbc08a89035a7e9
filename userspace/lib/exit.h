/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/exit.h - exit codes of the program, which are also what a verdict becomes. */
#ifndef LAB_EXIT_H
#define LAB_EXIT_H

enum lab_exit {
	LAB_PASS = 0, /* or: no difference */
	LAB_FAIL = 1, /* or: a regression */
	LAB_USAGE = 2, /* bad input */
	LAB_HARNESS = 3, /* the harness broke: nothing is said of the kernel */
	LAB_SKIP = 4,
};

/*
 * The graver of two exit codes, in the order LAB_HARNESS, LAB_USAGE, LAB_FAIL,
 * LAB_PASS, LAB_SKIP.
 */
int lab_exit_graver(int a, int b);

#endif /* LAB_EXIT_H */
