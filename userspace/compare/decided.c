// SPDX-License-Identifier: GPL-2.0-only
/* compare/decided.c - see compare/decided.h. */
#include <math.h>

#include "decided.h"
#include "judge.h"

double lab_alpha_at_look(double alpha, unsigned int look)
{
	const double n = look ? look : 1;

	return alpha / (n * (n + 1));
}

static bool has_groups(const struct lab_comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->rows; i++)
		if (comparison->row[i].cells)
			return true;
	return false;
}

/* Whether more seeds could change what is said of the finding. */
static bool is_open(const struct lab_finding *f, bool groups, double effect)
{
	if (f->judgement != LAB_CANNOT_TELL || isnan(f->p) ||
	    f->quantity < LAB_RATE || (groups && !f->cells))
		return false;
	return !(f->detectable > 0 && f->detectable <= effect);
}

enum lab_decision lab_compare_decided(const struct lab_comparison *comparison,
				      double effect, size_t most, size_t *seeds)
{
	const bool groups = has_groups(comparison);
	size_t i, needed;

	*seeds = 0;
	if (comparison->count[LAB_WORSE] || comparison->count[LAB_BETTER])
		return LAB_DECIDED;
	for (i = 0; i < comparison->rows; i++) {
		const struct lab_finding *f = &comparison->row[i];

		if (!is_open(f, groups, effect))
			continue;
		needed = lab_finding_seeds_for(comparison, f, effect);
		*seeds = needed > *seeds ? needed : *seeds;
	}
	if (!*seeds)
		return LAB_DECIDED;
	return *seeds > most ? LAB_UNDECIDABLE : LAB_UNDECIDED;
}
