// SPDX-License-Identifier: GPL-2.0-only
/* compare/groups.c - see compare/groups.h. */
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/alloc.h"
#include "groups.h"

/* A group that is being built. */
struct growing {
	struct lab_finding_group group;
	double *change;
	const char **context; /* names, each once */
};

static bool same_group(const struct lab_finding *a, const struct lab_finding *b)
{
	return a->order == b->order && a->quantity == b->quantity &&
	       !strcmp(a->metric, b->metric) && !strcmp(a->api, b->api) &&
	       !strcmp(a->scenario, b->scenario);
}

static struct growing *find_group(struct growing *all, size_t count,
				  const struct lab_finding *finding)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (same_group(all[i].group.first, finding))
			return &all[i];
	return NULL;
}

static void add_context(struct growing *to, const char *context)
{
	size_t i;

	for (i = 0; i < to->group.contexts; i++)
		if (!strcmp(to->context[i], context))
			return;
	to->context = xgrow(to->context, to->group.contexts);
	to->context[to->group.contexts++] = context;
}

static void add_finding(struct growing *to, const struct lab_finding *finding)
{
	const size_t at = to->group.findings;

	if (!(at & (at + 1)))
		to->change = xcheck(reallocarray(to->change, 2 * (at + 1),
						 sizeof(*to->change)));
	to->change[to->group.findings++] = finding->change.value;
	add_context(to, finding->context);
}

static struct lab_finding_group end_group(struct growing *growing)
{
	struct lab_finding_group *group = &growing->group;

	gsl_sort(growing->change, 1, group->findings);
	group->low = growing->change[0];
	group->high = growing->change[group->findings - 1];
	group->middle = gsl_stats_median_from_sorted_data(growing->change, 1,
							  group->findings);
	free(growing->change);
	free(growing->context);
	return *group;
}

struct lab_finding_group *
lab_group_findings(const struct lab_comparison *comparison,
		   const struct lab_finding_section *section, size_t *count)
{
	struct growing *growing = NULL, *one;
	struct lab_finding_group *groups;
	size_t i;

	*count = 0;
	/*
	 * Findings are sorted, the worst first; so groups are sorted by their
	 * first finding.
	 */
	for (i = 0; i < comparison->rows; i++) {
		const struct lab_finding *finding = &comparison->row[i];

		if (!finding->api || !lab_finding_section_has(section, finding))
			continue;
		one = find_group(growing, *count, finding);
		if (!one) {
			growing = xgrow(growing, *count);
			one = &growing[(*count)++];
			*one = (struct growing){ .group.first = finding };
		}
		add_finding(one, finding);
	}
	groups = xcheck(calloc(*count + 1, sizeof(*groups)));
	for (i = 0; i < *count; i++)
		groups[i] = end_group(&growing[i]);
	free(growing);
	return groups;
}

/* ": +75.7 % (+68.6 to +86.6)"; "" for plain numbers. */
static void change_words(const struct lab_finding_group *group, char *words,
			 size_t size)
{
	const bool steps = group->first->quantity == LAB_STEP;
	const double scale = steps ? 1 : 100;
	const char *unit = "%";

	words[0] = '\0';
	if (group->first->quantity == LAB_NUMBER)
		return;
	if (steps)
		unit = "steps";
	else if (group->first->quantity == LAB_RATE)
		unit = "points";
	if (group->findings == 1)
		snprintf(words, size, ": %+.1f %s", scale * group->middle,
			 unit);
	else
		snprintf(words, size, ": %+.1f %s (%+.1f to %+.1f)",
			 scale * group->middle, unit, scale * group->low,
			 scale * group->high);
}

void lab_group_words(const struct lab_comparison *comparison,
		     const struct lab_finding_group *group, char *words,
		     size_t size)
{
	const struct lab_finding *f = group->first;
	char change[80];

	change_words(group, change, sizeof(change));
	snprintf(words, size,
		 "%s%s%s of %s, order %u%s in %zu cell%s, %zu context%s",
		 comparison->scenarios > 1 ? f->scenario : "",
		 comparison->scenarios > 1 ? ": " : "", f->metric, f->api,
		 f->order, change, group->findings,
		 group->findings == 1 ? "" : "s", group->contexts,
		 group->contexts == 1 ? "" : "s");
}

size_t lab_write_groups(const struct lab_comparison *comparison,
			const struct lab_finding_section *section,
			void (*write)(void *to, const char *words, size_t i),
			void *to)
{
	size_t i, count;
	struct lab_finding_group *groups =
		lab_group_findings(comparison, section, &count);
	char words[300];

	for (i = 0; i < count; i++) {
		lab_group_words(comparison, &groups[i], words, sizeof(words));
		write(to, words, i);
	}
	free(groups);
	return count;
}
