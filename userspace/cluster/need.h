/* SPDX-License-Identifier: GPL-2.0-only */
/* cluster/need.h - what a run asks of a node: memory, CPUs and time. */
#ifndef LAB_NEED_H
#define LAB_NEED_H

#include <stdint.h>

struct lab_plan;
struct lab_scenario;
struct lab_machine;

struct lab_need {
	uint64_t memory; /* MiB, at most */
	unsigned int cpus;
	unsigned int minutes; /* at most: the lab ends a guest before that */
	double seconds; /* expected */
	/* Where that is from: "earlier runs", "takes", or "deadline". */
	const char *from;
};

/*
 * Of a plan whose bundle and QEMU are there. Earlier runs are those of the same
 * scenario, kernel and mode in plan->out and in the folder that --out defaults to:
 * their median counts, whichever machine they ran on.
 */
struct lab_need lab_need_of(const struct lab_plan *plan,
			    const struct lab_scenario *scenario);

/* Of any guest: memory, CPUs and minutes. */
struct lab_need lab_need_of_machine(const struct lab_machine *machine);

#endif /* LAB_NEED_H */
