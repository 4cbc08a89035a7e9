// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_test.c - pages and exports: complete, and harmless whatever the
 * words in results say.
 */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "export/export.h"
#include "export/slug.h"
#include "kselftest_harness.h"
#include "synthetic.h"

static char *page_of(const struct lab_run *runs, size_t n)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	int err = lab_page_write(runs, n, NULL, NULL, to);

	fclose(to);
	if (!err)
		return text;
	free(text);
	return NULL;
}

static struct lab_run run_of(const struct synthetic *synthetic)
{
	return (struct lab_run){ .results = synthetic_run(synthetic),
				 .fingerprint = "0123456789abcdef" };
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text += strlen(what);
	}
	return n;
}

TEST(a_page_has_every_section_and_figure)
{
	static const char *const sections[] = { "top",	 "verdicts", "success",
						"cliff", "latency",  "log",
						"again" };
	const struct synthetic synthetic = SYNTHETIC;
	struct lab_run run = run_of(&synthetic);
	char *page = page_of(&run, 1), id[32];
	size_t i;

	ASSERT_NE(NULL, page);
	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		snprintf(id, sizeof(id), "id=\"%s\"", sections[i]);
		EXPECT_EQ(1, count(page, id));
	}
	/* A cliff and two latencies, each with a name for who cannot see it. */
	EXPECT_EQ(3, count(page, "role=\"img\" aria-label=\"S"));
	EXPECT_EQ(3, count(page, "</svg>"));
	EXPECT_NE(NULL, strstr(page, "lost at 5/16, kept from 6/16"));
	EXPECT_NE(NULL, strstr(page, "</html>"));
	EXPECT_EQ(NULL, strstr(page, "http-equiv"));
	EXPECT_EQ(0, count(page, " src="));
	free(page);
	json_decref(run.results);
}

TEST(victims_have_a_table_and_stay_words)
{
	const struct synthetic synthetic = SYNTHETIC;
	struct lab_run run = run_of(&synthetic);
	char *page = page_of(&run, 1);

	EXPECT_EQ(0, count(page, "id=\"victims\""));
	free(page);
	json_object_set_new(
		json_array_get(json_object_get(run.results, "cells"), 0),
		"victim",
		json_pack("{s:s, s:i, s:i, s:i, s:i, s:s, s:i, s:i, s:s}",
			  "name", "veth+vlan", "asked", 4711, "done", 4700,
			  "wrong", 0, "errors", 2, "detail", "", "passes", 9,
			  "stuck", 1, "trouble", "it loses <all>"));
	page = page_of(&run, 1);
	EXPECT_EQ(1, count(page, "id=\"victims\""));
	EXPECT_EQ(
		1,
		count(page,
		      "<td>veth+vlan</td><td class=\"num\">4711</td><td class=\"num\">4700</td><td class=\"num\">11</td>"));
	EXPECT_EQ(1, count(page, "<td>no: it loses &lt;all&gt;</td></tr>"));
	free(page);
	json_decref(run.results);
}

TEST(two_runs_stand_side_by_side)
{
	struct synthetic synthetic = SYNTHETIC;
	struct lab_run run[2] = { run_of(&synthetic) };
	char *page;

	synthetic.cliff = 9;
	run[1] = run_of(&synthetic);
	page = page_of(run, 2);
	ASSERT_NE(NULL, page);
	EXPECT_NE(NULL, strstr(page, "lost at 5/16, kept from 6/16"));
	EXPECT_NE(NULL, strstr(page, "lost at 8/16, kept from 9/16"));
	EXPECT_NE(NULL, strstr(page, "order 0 B"));
	free(page);
	json_decref(run[0].results);
	json_decref(run[1].results);
}

/* The project's own limits: 2 MB, and 3 s on an idle machine. */
TEST(a_large_run_makes_a_page_of_bounded_size)
{
	struct synthetic synthetic = SYNTHETIC;
	struct lab_run run;
	char *page;

	synthetic.cells = 5000;
	run = run_of(&synthetic);
	page = page_of(&run, 1);
	ASSERT_NE(NULL, page);
	EXPECT_GT(2000000, strlen(page));
	free(page);
	json_decref(run.results);
}

/* Results may come from anybody: words stay words, in HTML and for gnuplot. */
static const char evil[] = "<script>`touch evil`$(x)\"'&\n#";

static void make_evil(json_t *results)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(results, "cells"), i, one) {
		json_object_set_new(one, "phase", json_string(evil));
		json_object_set_new(one, "context", json_string(evil));
	}
	json_array_foreach(json_object_get(results, "verdicts"), i, one) {
		json_object_set_new(one, "name", json_string(evil));
		json_object_set_new(one, "found", json_string(evil));
	}
	json_object_set_new(json_object_get(results, "scenario"), "name",
			    json_string(evil));
	json_object_set_new(json_object_get(results, "kernel"), "release",
			    json_string(evil));
}

TEST(words_in_results_do_no_harm)
{
	const struct synthetic synthetic = SYNTHETIC;
	struct lab_run run = run_of(&synthetic);
	char *text, *page;
	size_t size, i;
	FILE *f;

	make_evil(run.results);
	page = page_of(&run, 1);
	ASSERT_NE(NULL, page);
	EXPECT_EQ(NULL, strstr(page, "<script"));
	EXPECT_NE(NULL, strstr(page, "&lt;script&gt;"));
	free(page);
	for (i = 0; lab_exports[i]; i++) {
		f = open_memstream(&text, &size);
		lab_exports[i]->write(
			&(struct lab_exported){ .results = run.results }, f);
		fclose(f);
		if (!strcmp(lab_exports[i]->name, "junit"))
			EXPECT_EQ(NULL, strstr(text, "<script"));
		if (!strcmp(lab_exports[i]->name, "lava"))
			EXPECT_EQ(NULL, strpbrk(text, "`$();&<>\"'"));
		free(text);
	}
	json_decref(run.results);
}

TEST(slugs_keep_apart_what_differs)
{
	static const char *const words[][2] = {
		{ "scarce: each exhausted > 0", "scarce-each-exhausted-gt-0" },
		{ "scarce: each exhausted >= 0", "scarce-each-exhausted-ge-0" },
		{ "a[b=1]: each success == 100%",
		  "a-b-1-each-success-eq-100-pct" },
		{ "  ", "" },
		{ "a.b", "a-b" },
	};
	char slug[64];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		lab_slug(words[i][0], slug, sizeof(slug));
		EXPECT_STREQ(words[i][1], slug);
	}
	lab_slug("0123456789", slug, 5);
	EXPECT_STREQ("0123", slug);
}

TEST(a_percentage_is_whole_only_when_it_is)
{
	char text[16];

	lab_percent(999999, 1000000, text);
	EXPECT_STREQ(">99.99 %", text);
	lab_percent(1000000, 1000000, text);
	EXPECT_STREQ("100 %", text);
	lab_percent(1, 1000000, text);
	EXPECT_STREQ("<0.01 %", text);
	lab_percent(0, 1000000, text);
	EXPECT_STREQ("0 %", text);
	lab_percent(0, 0, text);
	EXPECT_STREQ("–", text);
	lab_percent(99949, 100000, text);
	EXPECT_STREQ("99.9 %", text);
}

/* Somebody else's cells may be nested or hold nothing at all. */
TEST(results_without_anything_make_a_page)
{
	struct lab_run run = {
		.results = json_loads(
			"{\"verdict\": \"broken\", \"cells\": [{}, null, 7]}",
			0, NULL)
	};
	char *page = page_of(&run, 1);

	ASSERT_NE(NULL, page);
	EXPECT_NE(NULL, strstr(page, "nothing is said of the kernel"));
	free(page);
	json_decref(run.results);
}

TEST_HARNESS_MAIN
