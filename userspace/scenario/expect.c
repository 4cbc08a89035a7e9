// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/expect.c - what must hold of a phase, and whether it did.
 *
 * Comparing doubles is exact here: counts stay far below 2^53, and a rate is
 * one correctly rounded division, so that it equals the percentage that was
 * written exactly when the fraction does. Texts take as many digits as they
 * need to say the same: 9999999 of 10000000 is never printed as 100 %.
 */
#include "expect.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binomial.h"
#include "lib/alloc.h"
#include "lib/words.h"

#define COUNT_MAX \
	(1ull << 53) /* the largest count that a double represents exactly */

#define STEPS_MAX LAB_CLIFF_TOP
#define METRICS_MAX 64

static const char *const scope_names[] = { "each", "total", NULL };
static const char *const scope_help[] = { "asked of every cell of the phase",
					  "asked of the sum over its cells" };
static const char *const operator_names[] = { "==", "!=", "<",	      "<=",
					      ">",  ">=", "binomial", NULL };

static bool is_rate(const struct lab_metric *metric)
{
	return metric->unit == LAB_UNIT_RATE;
}

static bool is_step(const struct lab_metric *metric)
{
	return metric->unit == LAB_UNIT_STEP;
}

/* printf() prints "1e-06": make it "1e-6". */
static void trim_exponent(char *text)
{
	char *exponent = strchr(text, 'e');
	char *digits = exponent ? exponent + 2 : NULL;

	if (digits && digits[0] == '0')
		memmove(digits, digits + 1, strlen(digits));
}

/* The shortest text that reads back as the same number. */
static void shortest(double value, char *text, size_t size)
{
	int digits;

	/* With fewer than three digits 100 would become "1e+02". */
	for (digits = 3; digits <= DBL_DECIMAL_DIG; digits++) {
		snprintf(text, size, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	trim_exponent(text);
}

static int parse_scope(const char *word, struct lab_expect *expect, char *why,
		       size_t size)
{
	int i = lab_name_find(scope_names, word);

	if (i < 0)
		return lab_name_unknown(scope_names, word, why, size);
	expect->scope = i;
	return 0;
}

static int parse_metric(const char *word, struct lab_expect *expect, char *why,
			size_t size)
{
	const char *names[METRICS_MAX] = {};
	size_t i;

	expect->metric = lab_metric_find(word);
	if (expect->metric)
		return 0;
	for (i = 0; i < METRICS_MAX - 1 && lab_metrics[i].name; i++)
		names[i] = lab_metrics[i].name;
	return lab_name_unknown(names, word, why, size);
}

static int parse_operator(const char *word, struct lab_expect *expect,
			  char *why, size_t size)
{
	int i = lab_name_find(operator_names, word);

	if (i < 0)
		return lab_name_unknown(operator_names, word, why, size);
	expect->op = i;
	if (expect->op != LAB_BINOMIAL ||
	    !strcmp(expect->metric->name, "injected"))
		return 0;
	snprintf(why, size, "\"binomial\" of %s; allowed: of injected only",
		 expect->metric->name);
	return -EINVAL;
}

static int parse_count(const char *word, struct lab_expect *expect, char *why,
		       size_t size)
{
	uint64_t number;

	if (lab_digits(word, &number) || number > COUNT_MAX) {
		snprintf(
			why, size,
			"\"%s\"; allowed: a whole number, as %s is a count and no rate",
			word, expect->metric->name);
		return -EINVAL;
	}
	expect->value = (double)number;
	return 0;
}

/*
 * Checked first, because strtod() also accepts "inf", "nan" and hexadecimal
 * numbers.
 */
static int parse_double(const char *word, size_t length, double *value)
{
	char *end;

	if (!length || strspn(word, "0123456789.eE-+") < length)
		return -EINVAL;
	*value = strtod(word, &end);
	return end == word + length ? 0 : -EINVAL;
}

static int parse_rate(const char *word, struct lab_expect *expect, char *why,
		      size_t size)
{
	size_t length = strlen(word);

	if (length && word[length - 1] == '%' &&
	    !parse_double(word, length - 1, &expect->value) &&
	    expect->value >= 0 && expect->value <= 100)
		return 0;
	snprintf(why, size,
		 "\"%s\"; allowed: 0%% to 100%%, with the %%, as %s is a rate",
		 word, expect->metric->name);
	return -EINVAL;
}

/* "6/16" of min. */
static int parse_step(const char *word, struct lab_expect *expect, char *why,
		      size_t size)
{
	char *copy = xstrdup(word), *slash = strchr(copy, '/');
	uint64_t step = 0;
	int ret = -EINVAL;

	if (slash && !strcmp(slash, "/16")) {
		*slash = '\0';
		ret = lab_digits(copy, &step);
	}
	free(copy);
	if (!ret && step <= STEPS_MAX) {
		expect->value = (double)step;
		return 0;
	}
	snprintf(
		why, size,
		"\"%s\"; allowed: 0/16 to %d/16, as %s is in sixteenths of the min watermark",
		word, STEPS_MAX, expect->metric->name);
	return -EINVAL;
}

static int parse_alpha(const char *word, struct lab_expect *expect, char *why,
		       size_t size)
{
	if (!parse_double(word, strlen(word), &expect->value) &&
	    expect->value > 0 && expect->value < 1)
		return 0;
	snprintf(
		why, size,
		"\"%s\"; allowed: a chance of a false alarm between 0 and 1, as in 1e-6",
		word);
	return -EINVAL;
}

static int parse_value(const char *word, struct lab_expect *expect, char *why,
		       size_t size)
{
	if (expect->op == LAB_BINOMIAL)
		return parse_alpha(word, expect, why, size);
	if (is_rate(expect->metric))
		return parse_rate(word, expect, why, size);
	if (is_step(expect->metric))
		return parse_step(word, expect, why, size);
	return parse_count(word, expect, why, size);
}

static char *canonical(const struct lab_expect *expect)
{
	char value[32];

	shortest(expect->value, value, sizeof(value));
	if (expect->op != LAB_BINOMIAL && !is_rate(expect->metric))
		snprintf(value, sizeof(value), "%.0f", expect->value);
	return xasprintf("%s %s %s %s%s", scope_names[expect->scope],
			 expect->metric->name, operator_names[expect->op],
			 value,
			 is_rate(expect->metric) ? "%" :
			 is_step(expect->metric) ? "/16" :
						   "");
}

static int parse_words(char *const *word, struct lab_expect *expect, char *why,
		       size_t size)
{
	if (parse_scope(word[0], expect, why, size) ||
	    parse_metric(word[1], expect, why, size) ||
	    parse_operator(word[2], expect, why, size) ||
	    parse_value(word[3], expect, why, size))
		return -EINVAL;
	expect->words = canonical(expect);
	return 0;
}

int lab_expect_parse(const char *text, struct lab_expect *expect, char *why,
		     size_t size)
{
	struct lab_words words;
	int ret = -EINVAL;

	*expect = (struct lab_expect){};
	lab_words_split(text, &words);
	if (words.count == 4)
		ret = parse_words(words.word, expect, why, size);
	else
		snprintf(
			why, size,
			"\"%s\"; allowed: SCOPE METRIC OPERATOR VALUE, as in \"each success == 100%%\"",
			text);
	lab_words_free(&words);
	return ret;
}

void lab_expect_free(struct lab_expect *expect)
{
	free(expect->words);
	*expect = (struct lab_expect){};
}

static bool compare(enum lab_operator op, double found, double value)
{
	switch (op) {
	case LAB_EQ:
		return found == value;
	case LAB_NE:
		return found != value;
	case LAB_LT:
		return found < value;
	case LAB_LE:
		return found <= value;
	case LAB_GT:
		return found > value;
	case LAB_GE:
		return found >= value;
	default:
		return false;
	}
}

static bool count_holds(const struct lab_expect *expect,
			const struct lab_counts *counts, char *why, size_t size)
{
	uint64_t count = expect->metric->count(counts);

	snprintf(why, size, "%s was %llu", expect->metric->name,
		 (unsigned long long)count);
	if (expect->metric->unit == LAB_UNIT_SHOTS)
		snprintf(why + strlen(why), size - strlen(why), " (of %llu)",
			 (unsigned long long)counts->attempts);
	return compare(expect->op, (double)count, expect->value);
}

static bool step_holds(const struct lab_expect *expect,
		       const struct lab_counts *counts, char *why, size_t size)
{
	const uint64_t step = expect->metric->count(counts);

	if (step == LAB_NOT_KNOWN) {
		snprintf(
			why, size,
			"%s is not known: ok was %llu, exhausted %llu, and no such step was met",
			expect->metric->name, (unsigned long long)counts->ok,
			(unsigned long long)counts->exhausted);
		if (counts->apart)
			snprintf(
				why + strlen(why), size - strlen(why),
				"; of %llu shots the preferred zone tells nothing: another one served them, or state_unknown in results.json says why",
				(unsigned long long)counts->apart);
		return false;
	}
	snprintf(why, size, "%s was %llu/16 of min", expect->metric->name,
		 (unsigned long long)step);
	return compare(expect->op, (double)step, expect->value);
}

/* A lower cliff than the one that was found would do. */
static bool lower_does(const struct lab_expect *expect, uint64_t from,
		       uint64_t cliff)
{
	const double value = expect->value;

	if (expect->op == LAB_EQ)
		return value >= (double)from && value < (double)cliff;
	return from < cliff && compare(expect->op, (double)from, value);
}

/*
 * No shot met the steps right below the cliff, which may as well be at one of
 * them: small zones have steps of few pages, of which shots pass several by.
 */
static bool cliff_between(const struct lab_expect *expect,
			  const struct lab_counts *counts, char *why,
			  size_t size)
{
	const uint64_t cliff = expect->metric->count(counts);
	const uint64_t from = lab_counts_cliff_from(counts);

	if (strcmp(expect->metric->name, "cliff") || cliff == LAB_NOT_KNOWN ||
	    compare(expect->op, (double)cliff, expect->value) ||
	    !lower_does(expect, from, cliff))
		return false;
	snprintf(
		why, size,
		"cliff cannot be told: it is from %llu/16 to %llu/16 of min, and no shot was between",
		(unsigned long long)from, (unsigned long long)cliff);
	return true;
}

bool lab_expect_decided(const struct lab_expect *expect,
			const struct lab_counts *counts, char *why, size_t size)
{
	/* Who fails at the very step does not contradict "at least that step". */
	const bool least = expect->op == LAB_GE || expect->op == LAB_GT;
	const double from = expect->value + least;
	const uint64_t highest = lab_counts_shallowest(counts);

	if (is_step(expect->metric) && cliff_between(expect, counts, why, size))
		return false;
	if (!is_step(expect->metric) || counts->ok ||
	    expect->metric->count(counts) != LAB_NOT_KNOWN ||
	    highest == LAB_NOT_KNOWN || (double)highest >= from)
		return true;
	snprintf(
		why, size,
		"%s cannot be told: none of %llu shots met more than %llu/16 of min",
		expect->metric->name, (unsigned long long)counts->attempts,
		(unsigned long long)highest + 1);
	return false;
}

static int sign(double difference)
{
	return (difference > 0) - (difference < 0);
}

/*
 * As few digits as tell the rate from 0, from 100 and from the value asked for.
 */
static void rate_text(double rate, double asked, char *text, size_t size)
{
	int digits;

	for (digits = 4; digits <= DBL_DECIMAL_DIG; digits++) {
		double shown;

		snprintf(text, size, "%.*g", digits, rate);
		shown = strtod(text, NULL);
		if (sign(shown - asked) == sign(rate - asked) &&
		    sign(shown - 100) == sign(rate - 100) &&
		    sign(shown) == sign(rate))
			return;
	}
}

static bool rate_holds(const struct lab_expect *expect,
		       const struct lab_counts *counts, char *why, size_t size)
{
	uint64_t part = expect->metric->count(counts);
	uint64_t whole = expect->metric->whole(counts);
	char text[32];
	double rate;

	if (!whole) {
		snprintf(
			why, size,
			"%s is not known: %s was 0 (attempts %llu, refused %llu)",
			expect->metric->name, expect->metric->of,
			(unsigned long long)counts->attempts,
			(unsigned long long)counts->refused);
		return false;
	}
	rate = 100.0 * (double)part / (double)whole;
	rate_text(rate, expect->value, text, sizeof(text));
	snprintf(why, size, "%s was %s %% (%llu of %llu)", expect->metric->name,
		 text, (unsigned long long)part, (unsigned long long)whole);
	return compare(expect->op, rate, expect->value);
}

/*
 * Does the count of one level hold? alpha is the probability of a false alarm.
 */
static bool level_holds(const struct lab_at_level *level, double alpha,
			char *why, size_t size)
{
	const double probability = (double)level->probability / 10000;
	const uint64_t low =
		lab_binomial_quantile(level->trials, probability, alpha / 2);
	const uint64_t high = lab_binomial_quantile_upper(
		level->trials, probability, alpha / 2);
	char text[32];

	shortest(alpha, text, sizeof(text));
	snprintf(
		why, size,
		"injected was %llu of %llu; at %g %% chance %llu to %llu are expected but for %s",
		(unsigned long long)level->injected,
		(unsigned long long)level->trials, 100 * probability,
		(unsigned long long)low, (unsigned long long)high, text);
	return level->injected >= low && level->injected <= high;
}

/*
 * Each level is tested at a share of alpha, so that all of them together have
 * alpha.
 */
static bool schedule_holds(const struct lab_expect *expect,
			   const struct lab_counts *counts, char *why,
			   size_t size)
{
	unsigned int i;

	for (i = 0; i < counts->nlevels; i++)
		if (!level_holds(&counts->level[i],
				 expect->value / counts->nlevels, why, size))
			return false;
	snprintf(why, size, "injected was as expected at each of %u levels",
		 counts->nlevels);
	return true;
}

static bool binomial_holds(const struct lab_expect *expect,
			   const struct lab_counts *counts, double probability,
			   char *why, size_t size)
{
	const struct lab_at_level level = {
		.probability = (uint64_t)lround(probability * 10000),
		.trials = lab_counts_fired(counts),
		.injected = counts->injected,
	};

	if (!level.trials) {
		snprintf(
			why, size,
			"injected has no distribution: attempts - refused was 0 (attempts %llu, refused %llu)",
			(unsigned long long)counts->attempts,
			(unsigned long long)counts->refused);
		return false;
	}
	if (counts->nlevels)
		return schedule_holds(expect, counts, why, size);
	return level_holds(&level, expect->value, why, size);
}

bool lab_expect_holds(const struct lab_expect *expect,
		      const struct lab_counts *counts, double probability,
		      char *why, size_t size)
{
	if (expect->op == LAB_BINOMIAL)
		return binomial_holds(expect, counts, probability, why, size);
	if (is_rate(expect->metric))
		return rate_holds(expect, counts, why, size);
	if (is_step(expect->metric))
		return step_holds(expect, counts, why, size);
	return count_holds(expect, counts, why, size);
}

void lab_expect_print(void)
{
	size_t i;

	printf("expect = SCOPE METRIC OPERATOR VALUE\n");
	for (i = 0; scope_names[i]; i++)
		printf("  %-19s  %s\n", scope_names[i], scope_help[i]);
	for (i = 0; lab_metrics[i].name; i++)
		printf("  %-19s  %s\n", lab_metrics[i].name,
		       lab_metrics[i].help);
	printf("  == != < <= > >=      VALUE is a whole number; for a percent, N%%; "
	       "for sixteenths\n"
	       "                       of the min watermark, N/16\n");
	printf("  binomial             of injected: the count is between the VALUE/2 and\n"
	       "                       1 - VALUE/2 quantiles of what the injector's probability\n"
	       "                       makes of attempts - refused; VALUE is the chance of a\n"
	       "                       false alarm\n");
}
