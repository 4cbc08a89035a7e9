// SPDX-License-Identifier: GPL-2.0-only
/* explore/plan.c - which occurrences of which sites are to fail. */
#include <stdio.h>

#include "explore.h"
#include "lib/json.h"

/* Many times longer than a receive ring of 256 buffers takes to run empty. */
#define STARVE_NS 2000000000ll

const char *const lab_occurrence_names[] = { "first", "few", "all", NULL };

static void add_fault(json_t *faults, const json_t *site, const char *kind,
		      uint64_t first, uint64_t count, uint64_t duration)
{
	json_array_append_new(faults,
			      json_pack("{s:O, s:s, s:I, s:I, s:I}", "site",
					json_object_get(site, "id"), "kind",
					kind, "first", (json_int_t)first,
					"count", (json_int_t)count, "duration",
					(json_int_t)duration));
}

/* The first, second, middle and last of n occurrences, each once. */
static void add_few(json_t *faults, const json_t *site, uint64_t n)
{
	add_fault(faults, site, "once", 1, 1, 0);
	if (n > 1)
		add_fault(faults, site, "once", 2, 1, 0);
	if (n > 4)
		add_fault(faults, site, "once", (n + 1) / 2, 1, 0);
	if (n > 2)
		add_fault(faults, site, "once", n, 1, 0);
}

json_t *lab_plan_faults(const json_t *sites, enum lab_occurrences which,
			bool starve)
{
	json_t *faults = json_array(), *site;
	uint64_t n, at;
	size_t i;

	json_array_foreach(sites, i, site) {
		n = lab_number(site, "occurrences");
		if (which == LAB_FEW)
			add_few(faults, site, n);
		else
			for (at = 1; at <= (which == LAB_ALL ? n : 1); at++)
				add_fault(faults, site, "once", at, 1, 0);
	}
	json_array_foreach(sites, i, site)
		if (starve)
			add_fault(faults, site, "starve", 1, 0, STARVE_NS);
	return faults;
}
