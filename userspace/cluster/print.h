/* SPDX-License-Identifier: GPL-2.0-only */
/* cluster/print.h - the lines of --plan, one for each guest. */
#ifndef LAB_PRINT_H
#define LAB_PRINT_H

#include "need.h"

/* Of all lines that were printed. */
struct lab_plan_sum {
	const char *what; /* a line is: a run, a boot */
	uint64_t lines, memory;
	unsigned int minutes;
	double seconds;
};

/* name and number: the headings of two columns. */
void lab_plan_print_head(const char *name, const char *number);
/* hex: of the bundle. */
void lab_plan_print_line(struct lab_plan_sum *sum, const char *hex,
			 const char *name, uint64_t number,
			 const struct lab_need *need);
void lab_plan_print_sum(const struct lab_plan_sum *sum, const char *kernel,
			const char *qemu);

#endif /* LAB_PRINT_H */
