// SPDX-License-Identifier: GPL-2.0-only
/* compare/groups.c - see compare/groups.h. */
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/alloc.h"
#include "groups.h"

/* A roll while it grows. */
struct growing {
	struct lab_roll roll;
	double *change;
	const char **context; /* each once */
};

static bool same_roll(const struct lab_finding *a, const struct lab_finding *b)
{
	return a->order == b->order && a->quantity == b->quantity &&
	       !strcmp(a->metric, b->metric) && !strcmp(a->api, b->api) &&
	       !strcmp(a->scenario, b->scenario);
}

static struct growing *find_roll(struct growing *all, size_t count,
				 const struct lab_finding *finding)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (same_roll(all[i].roll.first, finding))
			return &all[i];
	return NULL;
}

static void add_context(struct growing *to, const char *context)
{
	size_t i;

	for (i = 0; i < to->roll.contexts; i++)
		if (!strcmp(to->context[i], context))
			return;
	to->context = must_grow(to->context, to->roll.contexts);
	to->context[to->roll.contexts++] = context;
}

static void add_finding(struct growing *to, const struct lab_finding *finding)
{
	const size_t at = to->roll.findings;

	if (!(at & (at + 1)))
		to->change = must(reallocarray(to->change, 2 * (at + 1),
					       sizeof(*to->change)));
	to->change[to->roll.findings++] = finding->change.value;
	add_context(to, finding->context);
}

static struct lab_roll end_roll(struct growing *growing)
{
	struct lab_roll *roll = &growing->roll;

	gsl_sort(growing->change, 1, roll->findings);
	roll->low = growing->change[0];
	roll->high = growing->change[roll->findings - 1];
	roll->middle = gsl_stats_median_from_sorted_data(growing->change, 1,
							 roll->findings);
	free(growing->change);
	free(growing->context);
	return *roll;
}

struct lab_roll *lab_rolls(const struct lab_comparison *comparison,
			   const struct lab_showing *section, size_t *count)
{
	struct growing *growing = NULL, *one;
	struct lab_roll *rolls;
	size_t i;

	*count = 0;
	/* Findings come the gravest first, and so do rolls by their first. */
	for (i = 0; i < comparison->rows; i++) {
		const struct lab_finding *finding = &comparison->row[i];

		if (!finding->api || !lab_showing_has(section, finding))
			continue;
		one = find_roll(growing, *count, finding);
		if (!one) {
			growing = must_grow(growing, *count);
			one = &growing[(*count)++];
			*one = (struct growing){ .roll.first = finding };
		}
		add_finding(one, finding);
	}
	rolls = must(calloc(*count + 1, sizeof(*rolls)));
	for (i = 0; i < *count; i++)
		rolls[i] = end_roll(&growing[i]);
	free(growing);
	return rolls;
}

/* ": +75.7 % (+68.6 to +86.6)"; of plain numbers there is no change in words. */
static void change_words(const struct lab_roll *roll, char *words, size_t size)
{
	const bool steps = roll->first->quantity == LAB_STEP;
	const double scale = steps ? 1 : 100;
	const char *unit = "%";

	words[0] = '\0';
	if (roll->first->quantity == LAB_NUMBER)
		return;
	if (steps)
		unit = "steps";
	else if (roll->first->quantity == LAB_RATE)
		unit = "points";
	if (roll->findings == 1)
		snprintf(words, size, ": %+.1f %s", scale * roll->middle, unit);
	else
		snprintf(words, size, ": %+.1f %s (%+.1f to %+.1f)",
			 scale * roll->middle, unit, scale * roll->low,
			 scale * roll->high);
}

void lab_roll_words(const struct lab_comparison *comparison,
		    const struct lab_roll *roll, char *words, size_t size)
{
	const struct lab_finding *f = roll->first;
	char change[80];

	change_words(roll, change, sizeof(change));
	snprintf(words, size,
		 "%s%s%s of %s, order %u%s in %zu cell%s, %zu context%s",
		 comparison->scenarios > 1 ? f->scenario : "",
		 comparison->scenarios > 1 ? ": " : "", f->metric, f->api,
		 f->order, change, roll->findings,
		 roll->findings == 1 ? "" : "s", roll->contexts,
		 roll->contexts == 1 ? "" : "s");
}
