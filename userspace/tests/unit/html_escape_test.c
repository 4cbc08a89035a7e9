// SPDX-License-Identifier: GPL-2.0-only
/* html_escape_test.c - text of others is harmless in every page, by one escaper. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/sections.h"
#include "lib/html_escape.h"
#include "kselftest_harness.h"

/* Nothing of these may reach a page as it is. */
#define HOSTILE "<b>&\"'\x01\x1b[2J"
#define HARMLESS "&lt;b&gt;&amp;&quot;&#39;??[2J"

TEST(text_is_escaped)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	lab_html_write(to, HOSTILE " a\tb\nc");
	lab_html_printf(to, "%s", HOSTILE);
	fclose(to);
	EXPECT_STREQ(HARMLESS " a\tb\nc" HARMLESS, text);
	free(text);
}

TEST(so_it_is_in_a_comparison)
{
	struct lab_finding finding = {
		.judgement = LAB_WORSE,
		.scenario = "s",
		.where = HOSTILE,
		.unit = "",
		.context = "task",
		.metric = "m",
	};
	struct lab_comparison comparison = { .row = &finding, .rows = 1 };
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	lab_findings_html(&comparison, true, 2, to);
	fclose(to);
	EXPECT_NE(NULL, strstr(text, HARMLESS))
	{
		TH_LOG("%s", text);
	}
	EXPECT_EQ(NULL, strpbrk(text, "\x01\x1b"));
	free(text);
}

TEST_HARNESS_MAIN
