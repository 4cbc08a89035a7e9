/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit/scenario_text.h - scenarios as texts, and every word that is printed about
 * wrong ones: the message is what their author has to go by.
 *
 * The injectors and pressures are those of stubs.c.
 */
#ifndef LAB_SCENARIO_TEXT_H
#define LAB_SCENARIO_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/scenario.h"
#include "capture.h"
#include "kselftest_harness.h"

#define CLAIM "[scenario]\nclaim = c\n"
#define EXPECT "expect = total ok > 0\n"
#define PHASE "[phase a]\n" EXPECT

/* Of the tables in stubs.c. */
#define NO_KEY_OF_FAIL_PAGE_ALLOC \
	"allowed: probability, interval, times, space, verbose, delay, min-order\n"

#define PHASE_KEYS                                                                      \
	"allowed: like, context, api, order, gfp, node, cpu, shots, hold, burst, "      \
	"pattern, free-first, floor, interval, turns, bind, reserve, oracles, events, " \
	"look, timeline, min-free, log, inject, schedule, pressure, victim, expect, "   \
	"inject.KEY, pressure.KEY, victim.KEY\n"

static inline struct lab_scenario *parse(const char *text)
{
	return lab_scenario_parse("t", "t.ini", text);
}

/*
 * What is said when a reader of scenarios is given that, or that it took it for
 * a good one; malloc()ed.
 */
static inline char *said_by(struct lab_scenario *(*read)(const char *given),
			    const char *given)
{
	struct lab_scenario *scenario;
	struct capture capture = {};
	char *errors;

	capture_start(&capture, &stderr);
	scenario = read(given);
	errors = capture_end(&capture);
	if (!scenario)
		return errors;
	lab_scenario_free(scenario);
	free(errors);
	return strdup("it was accepted");
}

#define EXPECT_READ_ERRORS(read, given, expected)      \
	do {                                           \
		char *__errors = said_by(read, given); \
		EXPECT_STREQ(expected, __errors);      \
		free(__errors);                        \
	} while (0)

#define EXPECT_ERRORS(text, expected) EXPECT_READ_ERRORS(parse, text, expected)

/* An error of a line that is put after a claim and a phase's head: line 5. */
#define EXPECT_LINE_ERROR(line, expected) \
	EXPECT_ERRORS(CLAIM PHASE line "\n", "t.ini:5: " expected)

#define ASSERT_PARSED(scenario, text)                \
	struct lab_scenario *scenario = parse(text); \
	ASSERT_NE(NULL, scenario)

/* A text with "KEY = 1 2 3 ... n" at its end. */
static inline char *with_list(const char *text, const char *key, int n)
{
	struct capture capture = {};
	FILE *stream = NULL;
	int i;

	capture_start(&capture, &stream);
	fprintf(stream, "%s%s =", text, key);
	for (i = 1; i <= n; i++)
		fprintf(stream, "%s%d", i % 20 ? " " : "\n ", i);
	fputc('\n', stream);
	return capture_end(&capture);
}

#endif /* LAB_SCENARIO_TEXT_H */
