// SPDX-License-Identifier: GPL-2.0-only
/* lab/booted.c - see lab/booted.h. */
#include "booted.h"
#include "lib/json.h"

bool lab_run_booted(const struct lab_run *run)
{
	return !run->host || lab_is(run->results, "ending", "ended") ||
	       json_object_get(run->host, "seconds_to_first_shot");
}
