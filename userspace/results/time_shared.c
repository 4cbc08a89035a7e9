// SPDX-License-Identifier: GPL-2.0-only
/* results/time_shared.c - see results/time_shared.h. */
#include "lib/json.h"
#include "time_shared.h"

/* Older results do not say how many CPUs fired a cell: assume all of them. */
bool lab_time_shared(const json_t *cell, const json_t *machine)
{
	const json_t *given = json_object_get(cell, "cpus");
	const uint64_t cpus = given ? (uint64_t)json_integer_value(given) :
				      lab_number(machine, "cpus");

	return cpus > 1 && (lab_is(machine, "mode", "deterministic") ||
			    lab_is(machine, "mode", "fast"));
}
