// SPDX-License-Identifier: GPL-2.0-only
/*
 * expect_test.c - expectations: their words, and what they make of
 * counts.
 *
 * Bounds of the binomial distribution are compared with values that were
 * computed in exact rational arithmetic, and for many trials with 40 digits.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "scenario/binomial.h"
#include "scenario/expect.h"
#include "capture.h"
#include "kselftest_harness.h"

static const char *words_of(const char *text)
{
	static char words[256];
	struct lab_expect expect;

	if (lab_expect_parse(text, &expect, words, sizeof(words)))
		return words;
	snprintf(words, sizeof(words), "%s", expect.words);
	lab_expect_free(&expect);
	return words;
}

/* "yes: " or "no: " and why. */
static const char *verdict(const char *text, const struct lab_counts *counts,
			   double probability)
{
	static char words[512];
	struct lab_expect expect;
	char why[256];
	bool holds;

	if (lab_expect_parse(text, &expect, words, sizeof(words)))
		return words;
	holds = lab_expect_holds(&expect, counts, probability, why,
				 sizeof(why));
	snprintf(words, sizeof(words), "%s: %s", holds ? "yes" : "no", why);
	lab_expect_free(&expect);
	return words;
}

static bool holds(const char *text, const struct lab_counts *counts)
{
	return !strncmp(verdict(text, counts, 0), "yes", 3);
}

TEST(canonical_words)
{
	EXPECT_STREQ("each success == 100%", words_of("each success == 100%"));
	EXPECT_STREQ("each success == 100%",
		     words_of("  each\tsuccess  ==  100.00% "));
	EXPECT_STREQ("total success >= 99.9%",
		     words_of("total success >= 99.90%"));
	EXPECT_STREQ("total injection < 0.1%",
		     words_of("total injection < 1e-1%"));
	EXPECT_STREQ("each success != 33.333333333333%",
		     words_of("each success != 33.333333333333%"));
	EXPECT_STREQ("total exhausted > 0", words_of("total exhausted > 0"));
	EXPECT_STREQ("total ok <= 9007199254740992",
		     words_of("total ok <= 9007199254740992"));
	EXPECT_STREQ("total attempts == 1000000",
		     words_of("total attempts == 1000000"));
	EXPECT_STREQ("each injected binomial 1e-6",
		     words_of("each injected binomial 1e-6"));
	EXPECT_STREQ("each injected binomial 1e-6",
		     words_of("each injected binomial 0.000001"));
	EXPECT_STREQ("each injected binomial 1e-12",
		     words_of("each injected binomial 1E-12"));
	EXPECT_STREQ("each injected binomial 0.05",
		     words_of("each injected binomial .05"));
}

TEST(every_metric_and_operator)
{
	static const char *const metrics[] = {
		"attempts", "ok",	    "injected",	  "exhausted",
		"refused",  "unattributed", "violations", "held",
	};
	static const char *const operators[] = { "==", "!=", "<",
						 "<=", ">",  ">=" };
	char text[64];
	size_t i, j;

	for (i = 0; i < sizeof(metrics) / sizeof(*metrics); i++) {
		for (j = 0; j < sizeof(operators) / sizeof(*operators); j++) {
			snprintf(text, sizeof(text), "each %s %s 7", metrics[i],
				 operators[j]);
			EXPECT_STREQ(text, words_of(text));
		}
	}
}

TEST(parsed_fields)
{
	struct lab_expect expect;
	char why[64];

	ASSERT_EQ(0, lab_expect_parse("total success >= 12.5%", &expect, why,
				      sizeof(why)));
	EXPECT_EQ(LAB_TOTAL, expect.scope);
	EXPECT_EQ(LAB_GE, expect.op);
	EXPECT_EQ(12.5, expect.value);
	lab_expect_free(&expect);
	ASSERT_EQ(0, lab_expect_parse("each injected binomial 1e-6", &expect,
				      why, sizeof(why)));
	EXPECT_EQ(LAB_EACH, expect.scope);
	EXPECT_EQ(LAB_BINOMIAL, expect.op);
	EXPECT_EQ(1e-6, expect.value);
	lab_expect_free(&expect);
	EXPECT_EQ(NULL, expect.words);
	EXPECT_EQ(-EINVAL, lab_expect_parse("each", &expect, why, sizeof(why)));
	EXPECT_EQ(NULL, expect.words);
}

#define SHAPE \
	"; allowed: SCOPE METRIC OPERATOR VALUE, as in \"each success == 100%\""

TEST(wrong_shapes)
{
	EXPECT_STREQ("\"\"" SHAPE, words_of(""));
	EXPECT_STREQ("\"success == 100%\"" SHAPE, words_of("success == 100%"));
	EXPECT_STREQ("\"each success==100%\"" SHAPE,
		     words_of("each success==100%"));
	EXPECT_STREQ("\"each success == 100 %\"" SHAPE,
		     words_of("each success == 100 %"));
}

TEST(wrong_words)
{
	EXPECT_STREQ("\"eech\", did you mean \"each\"?; allowed: each, total",
		     words_of("eech ok == 1"));
#define METRICS                                                          \
	"\"sucess\", did you mean \"success\"?; allowed: attempts, ok, " \
	"injected, exhausted, refused, unattributed, violations, held, " \
	"success, injection, "
	EXPECT_EQ(0, strncmp(METRICS, words_of("each sucess == 1%"),
			     strlen(METRICS)));
	EXPECT_STREQ("\"~\"; allowed: ==, !=, <, <=, >, >=, binomial",
		     words_of("each ok ~ 1"));
	EXPECT_STREQ("\"=\", did you mean \"==\"?; allowed: ==, !=, <, <=, >, "
		     ">=, binomial",
		     words_of("each ok = 1"));
	EXPECT_STREQ("\"binomial\" of ok; allowed: of injected only",
		     words_of("each ok binomial 1e-6"));
	EXPECT_STREQ("\"binomial\" of injection; allowed: of injected only",
		     words_of("each injection binomial 1e-6"));
}

TEST(wrong_counts)
{
#define COUNT "; allowed: a whole number, as ok is a count and no rate"
	EXPECT_STREQ("\"1%\"" COUNT, words_of("each ok == 1%"));
	EXPECT_STREQ("\"1.5\"" COUNT, words_of("each ok == 1.5"));
	EXPECT_STREQ("\"-1\"" COUNT, words_of("each ok == -1"));
	EXPECT_STREQ("\"1e3\"" COUNT, words_of("each ok == 1e3"));
	EXPECT_STREQ("\"9007199254740993\"" COUNT,
		     words_of("each ok == 9007199254740993"));
	EXPECT_STREQ("\"99999999999999999999\"" COUNT,
		     words_of("each ok == 99999999999999999999"));
}

TEST(wrong_rates)
{
#define RATE "; allowed: 0% to 100%, with the %, as success is a rate"
	EXPECT_STREQ("\"100\"" RATE, words_of("each success == 100"));
	EXPECT_STREQ("\"%\"" RATE, words_of("each success == %"));
	EXPECT_STREQ("\"101%\"" RATE, words_of("each success == 101%"));
	EXPECT_STREQ("\"-1%\"" RATE, words_of("each success == -1%"));
	EXPECT_STREQ("\"nan%\"" RATE, words_of("each success == nan%"));
	EXPECT_STREQ("\"inf%\"" RATE, words_of("each success == inf%"));
	EXPECT_STREQ("\"0x1%\"" RATE, words_of("each success == 0x1%"));
	EXPECT_STREQ("\"1e%\"" RATE, words_of("each success == 1e%"));
	EXPECT_STREQ("\"1%%\"" RATE, words_of("each success == 1%%"));
}

TEST(wrong_steps)
{
#define STEP                                                               \
	"; allowed: 0/16 to 320/16, as cliff is in sixteenths of the min " \
	"watermark"
	EXPECT_STREQ("\"6\"" STEP, words_of("each cliff == 6"));
	EXPECT_STREQ("\"6/8\"" STEP, words_of("each cliff == 6/8"));
	EXPECT_STREQ("\"/16\"" STEP, words_of("each cliff == /16"));
	EXPECT_STREQ("\"-1/16\"" STEP, words_of("each cliff == -1/16"));
	EXPECT_STREQ("\"321/16\"" STEP, words_of("each cliff == 321/16"));
	EXPECT_STREQ("\"37%\"" STEP, words_of("each cliff == 37%"));
	EXPECT_STREQ("each cliff == 6/16", words_of("each  cliff == 06/16"));
}

TEST(wrong_alphas)
{
#define ALPHA "; allowed: a chance of a false alarm between 0 and 1, as in 1e-6"
	EXPECT_STREQ("\"0\"" ALPHA, words_of("each injected binomial 0"));
	EXPECT_STREQ("\"1\"" ALPHA, words_of("each injected binomial 1"));
	EXPECT_STREQ("\"-0.1\"" ALPHA, words_of("each injected binomial -0.1"));
	EXPECT_STREQ("\"5%\"" ALPHA, words_of("each injected binomial 5%"));
	EXPECT_STREQ("\"1e-999\"" ALPHA,
		     words_of("each injected binomial 1e-999"));
}

TEST(messages_fit_where_they_must)
{
	struct lab_expect expect;
	char why[8] = "#######";

	EXPECT_EQ(-EINVAL, lab_expect_parse("each nonsense == 1", &expect, why,
					    sizeof(why)));
	EXPECT_STREQ("\"nonsen", why);
}

static const struct lab_counts counts = {
	.attempts = 1100,
	.ok = 992,
	.injected = 50,
	.exhausted = 8,
	.refused = 50,
	.unattributed = 2,
	.violations = 3,
	.held = 4,
};

TEST(operators)
{
	EXPECT_TRUE(holds("each ok == 992", &counts));
	EXPECT_FALSE(holds("each ok == 991", &counts));
	EXPECT_TRUE(holds("each ok != 991", &counts));
	EXPECT_FALSE(holds("each ok != 992", &counts));
	EXPECT_TRUE(holds("each ok < 993", &counts));
	EXPECT_FALSE(holds("each ok < 992", &counts));
	EXPECT_TRUE(holds("each ok <= 992", &counts));
	EXPECT_FALSE(holds("each ok <= 991", &counts));
	EXPECT_TRUE(holds("each ok > 991", &counts));
	EXPECT_FALSE(holds("each ok > 992", &counts));
	EXPECT_TRUE(holds("each ok >= 992", &counts));
	EXPECT_FALSE(holds("each ok >= 993", &counts));
}

TEST(counts_of_each_kind)
{
	EXPECT_STREQ("yes: attempts was 1100",
		     verdict("total attempts == 1100", &counts, 0));
	EXPECT_STREQ("no: injected was 50 (of 1100)",
		     verdict("each injected == 0", &counts, 0));
	EXPECT_STREQ("yes: exhausted was 8 (of 1100)",
		     verdict("each exhausted == 8", &counts, 0));
	EXPECT_STREQ("yes: refused was 50 (of 1100)",
		     verdict("each refused == 50", &counts, 0));
	EXPECT_STREQ("yes: unattributed was 2 (of 1100)",
		     verdict("each unattributed == 2", &counts, 0));
	EXPECT_STREQ("yes: violations was 3 (of 1100)",
		     verdict("each violations == 3", &counts, 0));
	EXPECT_STREQ("yes: held was 4 (of 1100)",
		     verdict("each held == 4", &counts, 0));
}

TEST(rates)
{
	EXPECT_STREQ("no: success was 99.2 % (992 of 1000)",
		     verdict("each success == 100%", &counts, 0));
	EXPECT_STREQ("yes: success was 99.2 % (992 of 1000)",
		     verdict("each success >= 99.2%", &counts, 0));
	EXPECT_STREQ("no: success was 99.2 % (992 of 1000)",
		     verdict("each success > 99.2%", &counts, 0));
	EXPECT_STREQ("no: injection was 4.762 % (50 of 1050)",
		     verdict("each injection > 5%", &counts, 0));
}

/* Whatever can be written with a few decimals is met exactly. */
TEST(rates_are_exact)
{
	struct lab_counts many = {};
	char text[64];
	int i;

	for (i = 0; i <= 10000; i++) {
		many.ok = (uint64_t)i * 109951162;
		many.exhausted = 10000ull * 109951162 - many.ok;
		snprintf(text, sizeof(text), "each success == %d.%02d%%",
			 i / 100, i % 100);
		ASSERT_TRUE(holds(text, &many));
	}
}

TEST(rates_are_not_rounded_to_what_was_asked)
{
	struct lab_counts most = { .ok = (1ull << 40) - 1, .exhausted = 1 };
	struct lab_counts few = { .ok = 1, .exhausted = (1ull << 40) - 1 };
	struct lab_counts some = { .ok = 99900001, .exhausted = 99999 };

	EXPECT_STREQ("no: success was 99.9999999999 % (1099511627775 of "
		     "1099511627776)",
		     verdict("each success == 100%", &most, 0));
	EXPECT_STREQ("no: success was 9.095e-11 % (1 of 1099511627776)",
		     verdict("each success == 0%", &few, 0));
	EXPECT_STREQ("yes: success was 99.900001 % (99900001 of 100000000)",
		     verdict("each success > 99.9%", &some, 0));
}

TEST(nothing_happened)
{
	const struct lab_counts none = {};
	const struct lab_counts refused = { .attempts = 9, .refused = 9 };
	const struct lab_counts injected = { .attempts = 9, .injected = 9 };

	EXPECT_STREQ("no: success is not known: ok + exhausted was 0 "
		     "(attempts 0, refused 0)",
		     verdict("each success >= 0%", &none, 0));
	EXPECT_STREQ("no: success is not known: ok + exhausted was 0 "
		     "(attempts 9, refused 9)",
		     verdict("each success != 50%", &refused, 0));
	EXPECT_STREQ("no: success is not known: ok + exhausted was 0 "
		     "(attempts 9, refused 0)",
		     verdict("each success >= 0%", &injected, 0));
	EXPECT_STREQ("no: injection is not known: attempts - refused was 0 "
		     "(attempts 9, refused 9)",
		     verdict("each injection >= 0%", &refused, 0));
	EXPECT_STREQ("yes: injection was 100 % (9 of 9)",
		     verdict("each injection == 100%", &injected, 0));
	EXPECT_STREQ("no: injected has no distribution: attempts - refused "
		     "was 0 (attempts 9, refused 9)",
		     verdict("each injected binomial 1e-6", &refused, 0.5));
	EXPECT_STREQ("yes: ok was 0 (of 0)", verdict("each ok == 0", &none, 0));
}

TEST(more_refused_than_fired)
{
	const struct lab_counts odd = { .attempts = 1, .refused = 2 };

	EXPECT_FALSE(holds("each injection >= 0%", &odd));
}

/* The quantiles at alpha / 2 and 1 - alpha / 2, by exact arithmetic. */
static const struct bounds {
	uint64_t trials;
	double p, alpha;
	uint64_t low, high;
} bounds[] = {
	{ 1, 0.5, 0.1, 0, 1 },
	{ 10, 0.5, 0.05, 2, 8 },
	{ 100, 0.1, 1e-6, 0, 27 },
	{ 500, 0.99, 1e-6, 481, 500 },
	{ 1000, 0.01, 1e-6, 0, 29 },
	{ 1000, 0.1, 1e-3, 70, 132 },
	{ 2000, 0.5, 1e-9, 864, 1136 },
	{ 1000, 0, 1e-6, 0, 0 },
	{ 1000, 1, 1e-6, 1000, 1000 },
	{ 1ull << 32, 0.01, 1e-6, 42917780, 42981574 },
	{ 1ull << 40, 0.01, 1e-6, 10994605927, 10995626636 },
};

#define BOUNDS (sizeof(bounds) / sizeof(*bounds))

TEST(binomial_quantiles)
{
	size_t i;

	for (i = 0; i < BOUNDS; i++) {
		const struct bounds *b = &bounds[i];

		EXPECT_EQ(b->low,
			  lab_binomial_quantile(b->trials, b->p, b->alpha / 2));
		EXPECT_EQ(b->high, lab_binomial_quantile_upper(b->trials, b->p,
							       b->alpha / 2));
	}
}

TEST(binomial_verdicts)
{
	struct lab_counts at = { .refused = 5 };
	char text[64];
	size_t i;

	for (i = 0; i < BOUNDS; i++) {
		const struct bounds *b = &bounds[i];

		at.attempts = b->trials + at.refused;
		snprintf(text, sizeof(text), "each injected binomial %g",
			 b->alpha);
		at.injected = b->low;
		EXPECT_EQ('y', verdict(text, &at, b->p)[0]);
		at.injected = b->high;
		EXPECT_EQ('y', verdict(text, &at, b->p)[0]);
		at.injected = b->high + 1;
		EXPECT_EQ('n', verdict(text, &at, b->p)[0]);
		at.injected = b->low - 1;
		EXPECT_EQ('n', verdict(text, &at, b->p)[0]);
	}
}

TEST(binomial_words)
{
	const struct lab_counts few = { .attempts = 1000, .injected = 69 };

	EXPECT_STREQ("no: injected was 69 of 1000; at 10 % chance 70 to 132 "
		     "are expected but for 0.001",
		     verdict("each injected binomial 1e-3", &few, 0.1));
	EXPECT_STREQ("yes: injected was 69 of 1000; at 10 % chance 57 to 149 "
		     "are expected but for 1e-6",
		     verdict("each injected binomial 1e-6", &few, 0.1));
}

/* Where GSL can, the two must agree; it promises about ten digits. */
TEST(binomial_tails_agree_with_gsl)
{
	static const double chances[] = { 1e-6, 0.01, 0.1, 0.5, 0.9, 0.999 };
	unsigned int n, k, i;

	for (n = 1; n < 3000; n = n * 2 + 1) {
		for (i = 0; i < 6; i++) {
			for (k = 0; k <= n; k += 1 + n / 50) {
				double p = chances[i];
				double lower = gsl_cdf_binomial_P(k, p, n);
				double upper = gsl_cdf_binomial_Q(k, p, n);

				ASSERT_TRUE(fabs(lab_binomial_lower(n, p, k) -
						 lower) <=
					    1e-10 * lower + 1e-290);
				ASSERT_TRUE(
					fabs(lab_binomial_upper(n, p, k + 1) -
					     upper) <= 1e-10 * upper + 1e-290);
			}
		}
	}
}

TEST(binomial_tails_are_exact)
{
	EXPECT_TRUE(fabs(lab_binomial_lower(10, 0.5, 2) - 0.0546875) < 1e-16);
	EXPECT_TRUE(
		fabs(lab_binomial_lower(1000, 0.01, 3) / 0.01007265477201438 -
		     1) < 1e-13);
	EXPECT_TRUE(
		fabs(lab_binomial_upper(100, 0.1, 30) / 2.445112239390966e-08 -
		     1) < 1e-13);
	EXPECT_TRUE(
		fabs(lab_binomial_lower(4380, 0.7, 3094) / 0.8262541107745115 -
		     1) < 1e-13);
	EXPECT_EQ(1, lab_binomial_lower(10, 0.5, 10));
	EXPECT_EQ(1, lab_binomial_upper(10, 0.5, 0));
	EXPECT_EQ(0, lab_binomial_upper(10, 0.5, 11));
}

TEST(metrics_are_printed)
{
	struct capture capture = {};
	char *text;

	capture_start(&capture, &stdout);
	lab_expect_print();
	text = capture_end(&capture);
	EXPECT_NE(NULL, strstr(text, "  total                asked of the"));
	EXPECT_NE(NULL,
		  strstr(text, "  success              ok of ok + exhausted"));
	EXPECT_NE(NULL, strstr(text, "  binomial "));
	free(text);
}

TEST_HARNESS_MAIN
