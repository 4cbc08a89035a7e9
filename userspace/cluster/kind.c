// SPDX-License-Identifier: GPL-2.0-only
/* cluster/kind.c - see cluster/kind.h. */
#include "kind.h"
#include "lib/json.h"

static const struct lab_cluster_kind *const kinds[] = { &lab_cluster_runs,
							&lab_cluster_boots,
							&lab_cluster_builds };

/* Plans of before there were kinds are of runs. */
const struct lab_cluster_kind *lab_cluster_kind_of(const json_t *plan)
{
	size_t i;

	if (!json_object_get(plan, "kind"))
		return &lab_cluster_runs;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (lab_is(plan, "kind", kinds[i]->name))
			return kinds[i];
	return NULL;
}
