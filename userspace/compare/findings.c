// SPDX-License-Identifier: GPL-2.0-only
/* compare/findings.c - findings, and the order in which they are printed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "judge.h"

const char *const lab_judgement_words[] = {
	[LAB_WORSE] = "worse",
	[LAB_BETTER] = "better",
	[LAB_CANNOT_TELL] = "cannot tell",
	[LAB_NOT_COMPARABLE] = "not comparable",
	[LAB_SAME] = "same",
};

const char *const lab_kind_words[] = {
	[LAB_EXACTLY] = "exact",
	[LAB_CONDITIONAL] = "conditional",
	[LAB_CHAOTIC] = "chaotic",
};

void lab_compare_keep(struct lab_comparison *comparison, char *text)
{
	comparison->kept = xgrow(comparison->kept, comparison->nkept);
	comparison->kept[comparison->nkept++] = text;
}

void lab_finding_add(struct lab_comparison *comparison,
		     const struct lab_finding *finding)
{
	const size_t at = comparison->rows;

	if (!(at & (at + 1)))
		comparison->row =
			xcheck(reallocarray(comparison->row, 2 * (at + 1),
					    sizeof(*comparison->row)));
	comparison->row[at] = *finding;
	comparison->rows++;
}

struct lab_finding lab_finding_of_cell(const struct lab_scenario_pair *scenario,
				       const struct lab_cell_pair *cell,
				       const char *metric)
{
	const struct lab_conditions *a = &scenario->conditions[LAB_A];

	return (struct lab_finding){
		.metric = metric,
		.scenario = scenario->name,
		.where = cell->where,
		.context = cell->context,
		.api = cell->api,
		.order = cell->order,
		.unit = *a->unit ? a->unit : scenario->conditions[LAB_B].unit,
		.seeds = { cell->side[LAB_A].count, cell->side[LAB_B].count },
		.p = NAN,
		.judgement = LAB_SAME,
	};
}

/*
 * The worst first; then the most important quantity, then the largest change.
 */
static int by_gravity(const void *a, const void *b)
{
	const struct lab_finding *x = a, *y = b;
	const double left = fabs(x->change.value);
	const double right = fabs(y->change.value);

	if (x->judgement != y->judgement)
		return (int)x->judgement - (int)y->judgement;
	if (x->quantity != y->quantity)
		return (int)x->quantity - (int)y->quantity;
	if (left != right)
		return left < right ? 1 : -1;
	return strcmp(x->where, y->where);
}

void lab_findings_sort(struct lab_comparison *comparison)
{
	size_t i;

	qsort(comparison->row, comparison->rows, sizeof(*comparison->row),
	      by_gravity);
	for (i = 0; i < comparison->rows; i++)
		comparison->count[comparison->row[i].judgement]++;
}

enum lab_judgement lab_judgement(const struct lab_comparison *comparison)
{
	return comparison->rows ? comparison->row[0].judgement :
				  LAB_NOT_COMPARABLE;
}
