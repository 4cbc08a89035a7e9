// SPDX-License-Identifier: GPL-2.0-only
/* cluster/print.c - a plan as lines of text; see cluster/cluster_plan.h. */
#include <inttypes.h>
#include <stdio.h>

#include "lib/exit.h"
#include "bundle.h"
#include "cluster_plan.h"

#define HEX_SHOWN 12 /* digits: enough to tell bundles apart */

static void print_runs(const struct lab_plan *plan, const char *hex,
		       const struct lab_scenario *scenario,
		       const struct lab_need *need)
{
	uint64_t i;

	for (i = 0; i < plan->seeds; i++)
		printf("%.*s  %-22s %8" PRIu64 " %7" PRIu64 " %8.0f  %s\n",
		       HEX_SHOWN, hex, scenario->name, plan->seed + i,
		       need->memory, need->seconds, need->from);
}

static void print_sum(const struct lab_plan *plan, double seconds,
		      uint64_t memory, unsigned int minutes)
{
	const uint64_t runs = plan->nscenarios * plan->seeds;

	printf("\n%" PRIu64
	       " %s of %s, QEMU %s: %.0f s expected one after the other; "
	       "at most %" PRIu64 " MiB and %u min each\n",
	       runs, runs == 1 ? "run" : "runs", plan->kernel,
	       plan->qemu.version, seconds, memory, minutes);
}

int lab_cluster_plan_print(const struct lab_plan *plan)
{
	char hex[LAB_FINGERPRINT];
	unsigned int minutes = 0;
	struct lab_need need;
	uint64_t memory = 0;
	double seconds = 0;
	size_t i;

	if (!lab_bundle_fingerprint(&plan->bundle, lab_plan_program(plan), hex))
		return LAB_HARNESS;
	printf("%-*s  %-22s %8s %7s %8s  %s\n", HEX_SHOWN, "bundle", "scenario",
	       "seed", "MiB", "seconds", "expected from");
	for (i = 0; i < plan->nscenarios; i++) {
		need = lab_need_of(plan, plan->scenarios[i]);
		print_runs(plan, hex, plan->scenarios[i], &need);
		seconds += need.seconds * plan->seeds;
		if (need.memory > memory)
			memory = need.memory;
		if (need.minutes > minutes)
			minutes = need.minutes;
	}
	print_sum(plan, seconds, memory, minutes);
	return LAB_PASS;
}
