// SPDX-License-Identifier: GPL-2.0-only
/*
 * expect.c - what must hold of a phase, and whether it did.
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
#include "must.h"
#include "words.h"

#define COUNT_MAX (1ull << 53) /* the last that a double tells from the next */

/*
 * @count: the number itself, or what a rate is a part of
 * @whole: for rates only, what it is a rate of
 * @of:    for rates only, the whole in words
 */
struct lab_metric {
	const char *name;
	const char *help;
	uint64_t (*count)(const struct lab_counts *counts);
	uint64_t (*whole)(const struct lab_counts *counts);
	const char *of;
};

#define COUNT(field)                                                   \
	static uint64_t count_##field(const struct lab_counts *counts) \
	{                                                              \
		return counts->field;                                  \
	}

COUNT(attempts)
COUNT(ok)
COUNT(injected)
COUNT(exhausted)
COUNT(refused)
COUNT(unattributed)
COUNT(violations)
COUNT(held)

static uint64_t whole_answered(const struct lab_counts *counts)
{
	return counts->ok + counts->exhausted;
}

static uint64_t whole_fired(const struct lab_counts *counts)
{
	if (counts->attempts < counts->refused)
		return 0;
	return counts->attempts - counts->refused;
}

/* clang-format off */
#define COUNTED(metric, meaning) \
	{ .name = #metric, .help = (meaning), .count = count_##metric }
/* clang-format on */

static const struct lab_metric metrics[] = {
	COUNTED(attempts, "shots fired"),
	COUNTED(ok, "shots that got their page"),
	COUNTED(injected, "shots that the injector failed"),
	COUNTED(exhausted, "shots that the kernel had no page for"),
	COUNTED(refused, "shots that were not legal or not supported there"),
	COUNTED(unattributed, "exhausted shots that may have been injected"),
	COUNTED(violations, "pages that an oracle objected to"),
	COUNTED(held, "blocks that were not given back at the end"),
	{
		.name = "success",
		.help = "percent: ok of ok + exhausted",
		.count = count_ok,
		.whole = whole_answered,
		.of = "ok + exhausted",
	},
	{
		.name = "injection",
		.help = "percent: injected of attempts - refused",
		.count = count_injected,
		.whole = whole_fired,
		.of = "attempts - refused",
	},
};

#define METRICS (sizeof(metrics) / sizeof(*metrics))

static const char *const scope_names[] = { "each", "total", NULL };
static const char *const scope_help[] = { "asked of every cell of the phase",
					  "asked of the sum over its cells" };
static const char *const operator_names[] = { "==", "!=", "<",	      "<=",
					      ">",  ">=", "binomial", NULL };

static bool is_rate(const struct lab_metric *metric)
{
	return metric->whole;
}

/* "1e-06" is what printf() makes of what people write as "1e-6". */
static void trim_exponent(char *text)
{
	char *exponent = strchr(text, 'e');
	char *digits = exponent ? exponent + 2 : NULL;

	if (digits && digits[0] == '0')
		memmove(digits, digits + 1, strlen(digits));
}

/* A short text that reads back as the same number. */
static void shortest(double value, char *text, size_t size)
{
	int digits;

	/* Fewer than three would make "1e+02" of a hundred. */
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
	const char *names[METRICS + 1] = {};
	size_t i;

	for (i = 0; i < METRICS; i++) {
		names[i] = metrics[i].name;
		if (!strcmp(word, names[i]))
			expect->metric = &metrics[i];
	}
	return expect->metric ? 0 : lab_name_unknown(names, word, why, size);
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

/* strtod() would take "inf", "nan" and hexadecimals as well. */
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
	return parse_count(word, expect, why, size);
}

static char *canonical(const struct lab_expect *expect)
{
	char value[32];

	shortest(expect->value, value, sizeof(value));
	if (expect->op != LAB_BINOMIAL && !is_rate(expect->metric))
		snprintf(value, sizeof(value), "%.0f", expect->value);
	return must_printf("%s %s %s %s%s", scope_names[expect->scope],
			   expect->metric->name, operator_names[expect->op],
			   value, is_rate(expect->metric) ? "%" : "");
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
	if (strcmp(expect->metric->name, "attempts") != 0)
		snprintf(why + strlen(why), size - strlen(why), " (of %llu)",
			 (unsigned long long)counts->attempts);
	return compare(expect->op, (double)count, expect->value);
}

static int sign(double difference)
{
	return (difference > 0) - (difference < 0);
}

/* Few digits, but as many as tell the rate from 0, 100 and what was asked. */
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

static bool binomial_holds(const struct lab_expect *expect,
			   const struct lab_counts *counts, double probability,
			   char *why, size_t size)
{
	uint64_t trials = whole_fired(counts), low, high;
	char alpha[32];

	if (!trials) {
		snprintf(
			why, size,
			"injected has no distribution: attempts - refused was 0 (attempts %llu, refused %llu)",
			(unsigned long long)counts->attempts,
			(unsigned long long)counts->refused);
		return false;
	}
	low = lab_binomial_quantile(trials, probability, expect->value / 2);
	high = lab_binomial_quantile_upper(trials, probability,
					   expect->value / 2);
	shortest(expect->value, alpha, sizeof(alpha));
	snprintf(
		why, size,
		"injected was %llu of %llu; at %g %% chance %llu to %llu are expected but for %s",
		(unsigned long long)counts->injected,
		(unsigned long long)trials, 100 * probability,
		(unsigned long long)low, (unsigned long long)high, alpha);
	return counts->injected >= low && counts->injected <= high;
}

bool lab_expect_holds(const struct lab_expect *expect,
		      const struct lab_counts *counts, double probability,
		      char *why, size_t size)
{
	if (expect->op == LAB_BINOMIAL)
		return binomial_holds(expect, counts, probability, why, size);
	if (is_rate(expect->metric))
		return rate_holds(expect, counts, why, size);
	return count_holds(expect, counts, why, size);
}

void lab_expect_print(void)
{
	size_t i;

	printf("expect = SCOPE METRIC OPERATOR VALUE\n");
	for (i = 0; scope_names[i]; i++)
		printf("  %-12s  %s\n", scope_names[i], scope_help[i]);
	for (i = 0; i < METRICS; i++)
		printf("  %-12s  %s\n", metrics[i].name, metrics[i].help);
	printf("  == != < <= > >=  VALUE is a whole number; for a percent, N%%\n");
	printf("  binomial        of injected: the count is between the VALUE/2 and 1 - VALUE/2\n"
	       "                  quantiles of what the injector's probability makes of\n"
	       "                  attempts - refused; VALUE is the chance of a false alarm\n");
}
