// SPDX-License-Identifier: GPL-2.0-only
/* table_test.c - the verdicts of many runs, in order, each with why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/summary_table.h"
#include "kselftest_harness.h"

#define RESULTS                                            \
	"{\"scenario\": {\"name\": \"%s\"}, \"seed\": %d," \
	" \"verdict\": \"%s\", \"verdicts\": [%s]}"
#define HELD "{\"verdict\": \"pass\"}"
#define SKIPPED "{\"verdict\": \"skip\"}"
#define BROKEN(name) \
	"{\"verdict\": \"fail\", \"name\": \"" name "\", \"found\": \"f\"}"

static json_t *row(const char *name, int seed, const char *verdict,
		   const char *verdicts)
{
	char text[1024];
	json_t *results, *one;

	snprintf(text, sizeof(text), RESULTS, name, seed, verdict, verdicts);
	results = json_loads(text, 0, NULL);
	one = lab_table_row(results, 1.25);
	json_decref(results);
	return one;
}

TEST(rows_are_in_order_and_say_why)
{
	json_t *rows[] = {
		row("b", 1, "pass", HELD ", " HELD ", " SKIPPED),
		row("a", 10, "skip", SKIPPED),
		NULL, /* ended before it had results */
		row("a", 9, "fail",
		    HELD ", " BROKEN("p") ", " BROKEN("q") ", " BROKEN(
			    "r") ", " BROKEN("s")),
	};
	const size_t n = sizeof(rows) / sizeof(*rows);
	char *text;
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	ASSERT_NE(NULL, f);
	lab_table_print(rows, n, f);
	fclose(f);
	EXPECT_STREQ(
		"  scenario                seed  verdict   held failed skipped  seconds\n"
		"  a                          9  fail         1      4       0      1.2\n"
		"      p: f\n"
		"      q: f\n"
		"      r: f\n"
		"      and 1 more\n"
		"  a                         10  skip         0      0       1      1.2\n"
		"  b                          1  pass         2      0       1      1.2\n",
		text);
	free(text);
	for (i = 0; i < n; i++)
		json_decref(rows[i]);
}

TEST_HARNESS_MAIN
