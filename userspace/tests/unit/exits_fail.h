/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit/exits_fail.h - included into each unit test, by tests.mk.
 *
 * kselftest_harness.h takes the exit code 3 of a test for one that has passed
 * unexpectedly, and that is how the program's own code ends without memory, or
 * with JSON that could not be made.
 */
#ifndef LAB_EXITS_FAIL_H
#define LAB_EXITS_FAIL_H

#include "lib/alloc.h"
#include "lib/exit.h"

__attribute__((constructor)) static void lab_exits_fail(void)
{
	lab_out_of_memory = LAB_FAIL;
}

#endif /* LAB_EXITS_FAIL_H */
