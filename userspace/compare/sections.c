// SPDX-License-Identifier: GPL-2.0-only
/* compare/sections.c - see compare/sections.h. */
#include <math.h>
#include <string.h>

#include "sections.h"

const struct lab_finding_section lab_finding_sections[] = {
	{ "worse", LAB_WORSE, false, 40 },
	{ "better", LAB_BETTER, false, 20 },
	{ "not comparable", LAB_NOT_COMPARABLE, false, 20 },
	{ "cannot tell", LAB_CANNOT_TELL, false, 10 },
	{ "different, but by less than the threshold", LAB_SAME, true, 10 },
	{},
};

bool lab_finding_section_has(const struct lab_finding_section *section,
			     const struct lab_finding *finding)
{
	return finding->judgement == section->judgement &&
	       (!section->real || finding->real);
}

size_t lab_finding_section_count(const struct lab_comparison *comparison,
				 const struct lab_finding_section *section)
{
	size_t i, count = 0;

	for (i = 0; i < comparison->rows; i++)
		count += lab_finding_section_has(section, &comparison->row[i]);
	return count;
}

const struct lab_finding *
lab_finding_section_next(const struct lab_comparison *comparison,
			 const struct lab_finding_section *section, bool all,
			 struct lab_finding_cursor *shown)
{
	while (shown->at < comparison->rows &&
	       (all || shown->count < section->most)) {
		const struct lab_finding *finding =
			&comparison->row[shown->at++];

		if (!lab_finding_section_has(section, finding))
			continue;
		shown->count++;
		return finding;
	}
	return NULL;
}

/* Whether an earlier finding has the same context. */
static bool named_before(const struct lab_comparison *comparison, size_t end)
{
	const struct lab_finding *finding = &comparison->row[end];
	size_t i;

	for (i = 0; i < end; i++)
		if (comparison->row[i].judgement == finding->judgement &&
		    !strcmp(comparison->row[i].context, finding->context))
			return true;
	return false;
}

void lab_contexts_words(const struct lab_comparison *comparison,
			enum lab_judgement judgement, char *words, size_t size)
{
	size_t i, n = 0;

	words[0] = '\0';
	for (i = 0; i < comparison->rows; i++) {
		const struct lab_finding *finding = &comparison->row[i];

		if (finding->judgement != judgement || !*finding->context ||
		    named_before(comparison, i) || n >= size)
			continue;
		n += snprintf(words + n, size - n, "%s%s", n ? ", " : "",
			      finding->context);
	}
}

void lab_counts_words(const struct lab_comparison *comparison, char *words,
		      size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < LAB_JUDGEMENTS && n < size; i++)
		n += snprintf(words + n, size - n, "%s%zu %s", n ? ", " : "",
			      comparison->count[i], lab_judgement_words[i]);
}

static void profile_words(const struct lab_comparison *comparison, char *words,
			  size_t size)
{
	char contexts[300];

	lab_contexts_words(comparison, LAB_WORSE, contexts, sizeof(contexts));
	if (comparison->count[LAB_WORSE])
		snprintf(words, size, "the profile is not met%s%s",
			 *contexts ? " in " : "", contexts);
	else
		snprintf(words, size, "the profile is met");
}

/* The largest change for the worse that a group may have, over all groups. */
static double most_hidden(const struct lab_comparison *comparison,
			  enum lab_quantity quantity, size_t *groups)
{
	double most = 0;
	size_t i;

	for (i = 0; i < comparison->rows; i++) {
		const struct lab_finding *f = &comparison->row[i];

		if (!f->cells || f->quantity != quantity ||
		    f->judgement != LAB_CANNOT_TELL)
			continue;
		++*groups;
		most = fmax(most, quantity == LAB_RATE ? -f->change.low :
							 f->change.high);
	}
	return most;
}

static size_t one_hidden_words(const struct lab_comparison *comparison,
			       enum lab_quantity quantity, char *words,
			       size_t size)
{
	size_t groups = 0;
	const double most = most_hidden(comparison, quantity, &groups);
	const char *what = quantity == LAB_RATE ? "points of success" :
						  "% of latency";

	if (!groups)
		return 0;
	if (most >= (quantity == LAB_RATE ? 1 : 10))
		return snprintf(words, size, "; any number of %s", what);
	return snprintf(words, size, "; up to %.1f %s", 100 * most, what);
}

/*
 * What was not found may exist nevertheless: how large it may be. Groups only:
 * there are too many single cells for the worst bound to be useful.
 */
static void hidden_words(const struct lab_comparison *comparison, char *words,
			 size_t size)
{
	size_t n;

	words[0] = '\0';
	n = one_hidden_words(comparison, LAB_RATE, words, size);
	if (n < size)
		n += one_hidden_words(comparison, LAB_LATENCY, words + n,
				      size - n);
	if (n && n < size)
		snprintf(words + n, size - n, " worse in a group could hide");
}

/*
 * "success of pages, order 0: all ..."; for changes that are not of single
 * contexts.
 */
static void worse_words(const struct lab_comparison *comparison, char *words,
			size_t size)
{
	const struct lab_finding *first = comparison->row;

	lab_contexts_words(comparison, LAB_WORSE, words, size);
	if (!*words && first->cells)
		snprintf(words, size, "%s of %s", first->metric, first->where);
}

void lab_sum_words(const struct lab_comparison *comparison, char *words,
		   size_t size)
{
	char contexts[300], hidden[120];

	hidden_words(comparison, hidden, sizeof(hidden));
	if (comparison->profile) {
		profile_words(comparison, words, size);
		return;
	}
	switch (lab_judgement(comparison)) {
	case LAB_WORSE:
		worse_words(comparison, contexts, sizeof(contexts));
		snprintf(words, size, "B is worse%s%s", *contexts ? " in " : "",
			 contexts);
		break;
	case LAB_BETTER:
		lab_contexts_words(comparison, LAB_BETTER, contexts,
				   sizeof(contexts));
		snprintf(
			words, size,
			"B is better%s%s, and worse in nothing that could be told%s",
			*contexts ? " in " : "", contexts, hidden);
		break;
	case LAB_CANNOT_TELL:
		snprintf(words, size,
			 "no difference was found, and not all could be told%s",
			 hidden);
		break;
	case LAB_NOT_COMPARABLE:
		snprintf(words, size,
			 comparison->count[LAB_SAME] ?
				 "no difference in what could be compared" :
				 "nothing could be compared");
		break;
	default:
		snprintf(words, size, "no difference");
	}
}

void lab_set_words(const struct lab_comparison *comparison, enum lab_side side,
		   char *words, size_t size)
{
	const struct lab_set *set = &comparison->set[side];

	if (comparison->profile && side == LAB_A) {
		snprintf(words, size, "what the profile asks for");
		return;
	}
	snprintf(words, size, "%s, build %.12s, %zu run%s",
		 set->release ? set->release : "unknown kernel",
		 set->build_id ? set->build_id : "unknown", set->runs,
		 set->runs == 1 ? "" : "s");
}

void lab_value_words(const struct lab_finding *f, enum lab_side side,
		     char *words, size_t size)
{
	const double value = f->value[side];

	if (f->quantity == LAB_RATE)
		snprintf(words, size, "%.2f %%", 100 * value);
	else if (f->quantity == LAB_STEP)
		lab_cliff_words(value, words, size);
	else if (f->quantity == LAB_RUNS)
		snprintf(words, size, "%g of %zu", value, f->seeds[side]);
	else
		snprintf(words, size, "%.0f", value);
}

/* One end of an interval, which may be infinite. */
static void end_words(double end, char *words, size_t size)
{
	if (fabs(end) >= 10)
		snprintf(words, size, "%s", end > 0 ? "any" : "-any");
	else
		snprintf(words, size, "%+.1f", 100 * end);
}

void lab_change_words(const struct lab_finding *f, char *words, size_t size)
{
	char low[24], high[24];

	words[0] = '\0';
	if (f->quantity == LAB_STEP)
		snprintf(words, size, "%+g steps [%+g, %+g]", f->change.value,
			 f->change.low, f->change.high);
	if (f->quantity != LAB_RATE && f->quantity != LAB_LATENCY)
		return;
	end_words(f->change.low, low, sizeof(low));
	end_words(f->change.high, high, sizeof(high));
	snprintf(words, size, "%+.1f %s [%s, %s]", 100 * f->change.value,
		 f->quantity == LAB_RATE ? "points" : "%", low, high);
}

/* For rates near 0 or 1, for which percentage points say little. */
static size_t odds_words(const struct lab_finding *f, char *words, size_t size)
{
	const double away = f->odds.value > 0 ? f->odds.low : f->odds.high;
	const bool seen = f->odds.low > 0 || f->odds.high < 0;

	if (f->quantity != LAB_RATE || f->cells || !f->real || !seen)
		return 0;
	return snprintf(
		words, size,
		"; the odds of failing are %.2g times what they were, at %s %.2g",
		exp(f->odds.value), away > 0 ? "least" : "most", exp(away));
}

/*
 * Which change could have been found, and how many more seeds would be needed.
 */
static size_t detectable_words(const struct lab_finding *f, char *words,
			       size_t size)
{
	const char *unit = f->quantity == LAB_RATE ? "points" : "%";
	size_t n = 0;

	if (f->judgement != LAB_CANNOT_TELL || f->quantity < LAB_RATE)
		return 0;
	/* What is compared exactly does not need more seeds. */
	if (f->kind == LAB_EXACTLY)
		return 0;
	if (f->detectable > 0 && f->detectable < 1)
		n += snprintf(words, size,
			      "; found 9 times in 10: a change of %.1f %s",
			      100 * f->detectable, unit);
	else
		n += snprintf(words, size,
			      "; too few seeds to find any change");
	if (f->more && n < size)
		n += snprintf(words + n, size - n,
			      ", of %.1f %s with %s%zu more seeds on each side",
			      100 * f->effect, unit,
			      f->more >= LAB_MANY_SEEDS ? "over " : "",
			      f->more);
	return n < size ? n : size;
}

void lab_basis_words(const struct lab_finding *f, char *words, size_t size)
{
	size_t n = 0;

	words[0] = '\0';
	if ((f->kind == LAB_CHAOTIC || f->cells) && f->quantity != LAB_RUNS)
		n += snprintf(words, size, "%zu and %zu seeds", f->seeds[LAB_A],
			      f->seeds[LAB_B]);
	if (!isnan(f->p) && n < size)
		n += snprintf(words + n, size - n, "%sp %.2g", n ? ", " : "",
			      f->p);
	if (n < size)
		n += odds_words(f, words + n, size - n);
	if (n < size)
		n += detectable_words(f, words + n, size - n);
	if (f->words && n < size)
		snprintf(words + n, size - n, "; %s", f->words);
	if (!strncmp(words, "; ", 2))
		memmove(words, words + 2, strlen(words + 2) + 1);
}
