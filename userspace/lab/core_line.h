/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/core_line.h - the line that says where a core is and how it is read. */
#ifndef LAB_CORE_LINE_H
#define LAB_CORE_LINE_H

#include <stdio.h>

struct lab_plan;
struct lab_vmcore;

/*
 * Prints where the core in a folder is, or why there is none though there should
 * be; nothing when there is nothing to say.
 */
void lab_core_print(const struct lab_plan *plan, const struct lab_vmcore *core,
		    const char *folder, FILE *to);

#endif /* LAB_CORE_LINE_H */
