// SPDX-License-Identifier: GPL-2.0-only
/* cluster/print.c - a plan as lines of text; see cluster/print.h. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/exit.h"
#include "bundle.h"
#include "cluster_plan.h"
#include "print.h"

#define HEX_SHOWN 12 /* digits: enough to tell bundles apart */

void lab_plan_print_head(const char *name, const char *number)
{
	printf("%-*s  %-22s %8s %7s %8s  %s\n", HEX_SHOWN, "bundle", name,
	       number, "MiB", "seconds", "expected from");
}

void lab_plan_print_line(struct lab_plan_sum *sum, const char *hex,
			 const char *name, uint64_t number,
			 const struct lab_need *need)
{
	printf("%-*.*s  %-22s %8" PRIu64 " %7" PRIu64 " %8.0f  %s\n", HEX_SHOWN,
	       HEX_SHOWN, hex, name, number, need->memory, need->seconds,
	       need->from);
	sum->lines++;
	sum->seconds += need->seconds;
	if (need->memory > sum->memory)
		sum->memory = need->memory;
	if (need->minutes > sum->minutes)
		sum->minutes = need->minutes;
}

void lab_plan_print_sum(const struct lab_plan_sum *sum, const char *kernel,
			const char *qemu)
{
	printf("\n%" PRIu64
	       " %s%s of %s, QEMU %s: %.0f s expected one after the other; "
	       "at most %" PRIu64 " MiB and %u min each\n",
	       sum->lines, sum->what, sum->lines == 1 ? "" : "s", kernel, qemu,
	       sum->seconds, sum->memory, sum->minutes);
}

int lab_cluster_plan_print(const struct lab_plan *plan)
{
	struct lab_plan_sum sum = { .what = "run" };
	char hex[LAB_FINGERPRINT];
	struct lab_need need;
	uint64_t seed;
	size_t i;

	if (!lab_bundle_fingerprint(&plan->bundle, lab_plan_program(plan), hex))
		return LAB_HARNESS;
	lab_plan_print_head("scenario", "seed");
	for (i = 0; i < plan->nscenarios; i++) {
		need = lab_need_of(plan, plan->scenarios[i]);
		for (seed = 0; seed < plan->seeds; seed++)
			lab_plan_print_line(&sum, hex, plan->scenarios[i]->name,
					    plan->seed + seed, &need);
	}
	lab_plan_print_sum(&sum, plan->kernel, plan->qemu.version);
	return LAB_PASS;
}
