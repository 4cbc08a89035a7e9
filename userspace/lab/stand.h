/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/stand.h - a run once more, up to a shot, and a debugger there.
 *
 * The guest is told before it starts which shot it is (struct lab_stand), in memory
 * that it reads in every run: what it executes until then does not depend on it. It
 * stops by one breakpoint that nothing reaches before (lab_stand_here(),
 * module/shot.c), because a guest that stops and goes on is not the same again:
 * QEMU then gives its CPUs other time slices. symbols.c knows the address.
 *
 * All that the guest has written until then is compared with the results of the run.
 */
#ifndef LAB_STAND_H
#define LAB_STAND_H

#include "journal/channel.h"
#include "jobs.h"

struct lab_point {
	struct lab_stand stand;
	const char *path; /* of the run's results */
	const json_t *results; /* these */
	bool mi; /* gdb's machine interface */
};

/* Numbers that results count from 0. */
unsigned int lab_point_part(const struct lab_point *point);
uint64_t lab_point_shot(const struct lab_point *point);

/*
 * Runs the plan's only scenario with this seed up to the point, and gdb there, until
 * gdb ends. LAB_PASS, or another exit code after a message: LAB_FAIL when the run was
 * not the same.
 */
int lab_stand(const struct lab_plan *plan, uint64_t seed,
	      const struct lab_point *point);

#endif /* LAB_STAND_H */
