// SPDX-License-Identifier: GPL-2.0-only
/*
 * known_test.c - lists of known issues: what is refused, which failures they
 * explain, and which they must not.
 */
#include "capture.h"
#include "export/export.h"
#include "kselftest_harness.h"
#include "lib/json.h"
#include "results/known.h"

#define HEAD "[issue cap]\nwhat = the reserve is too large\n"
#define WHERE "scenario = cap*\nverdict = small: each highatomic_share <= 2%\n"
#define KERNELS "kernels = 5.10-6.7\n"
#define END "link = https://example.org/cap\nuntil = 2026-12-31\n"
#define LIST HEAD WHERE KERNELS END

#define TODAY "2026-11-27"

/* What is said of a list that must be refused. */
#define EXPECT_REFUSED(words, text)                                            \
	do {                                                                   \
		struct lab_known __known = {};                                 \
                                                                               \
		EXPECT_SAID(words, lab_known_parse(&__known, "t.list", text)); \
		lab_known_free(&__known);                                      \
	} while (0)

TEST(faults_have_file_and_line)
{
	EXPECT_REFUSED("t.list:1: [issue]; headings are [issue NAME]",
		       "[issue]\nwhat = x\n");
	EXPECT_REFUSED("t.list:3: unknown key \"scenarioo\"",
		       HEAD "scenarioo = cap\n");
	EXPECT_REFUSED("t.list:1: [issue cap] has no \"link\"",
		       HEAD WHERE KERNELS "until = never\n");
	EXPECT_REFUSED("t.list:1: [issue cap] has no \"until\"",
		       HEAD WHERE KERNELS "link = https://example.org/\n");
	EXPECT_REFUSED("t.list:5: kernels: \"6.x\"; allowed: 6.1",
		       HEAD WHERE "kernels = 6.x\n" END);
	EXPECT_REFUSED("t.list:5: kernels: \"6.7-5.10\"",
		       HEAD WHERE "kernels = 6.7-5.10\n" END);
	EXPECT_REFUSED("t.list:5: kernels: \"build:ab\"",
		       HEAD WHERE "kernels = 6.1 build:ab\n" END);
	EXPECT_REFUSED("t.list:7: until: \"2026-02\"", HEAD WHERE KERNELS
		       "link = https://example.org/\nuntil = 2026-02\n");
	EXPECT_REFUSED("t.list:7: until: \"2026-02-30\"", HEAD WHERE KERNELS
		       "link = https://example.org/\nuntil = 2026-02-30\n");
	EXPECT_REFUSED("t.list:6: link: \"nowhere\"",
		       HEAD WHERE KERNELS "link = nowhere\nuntil = never\n");
	/* It becomes a link of a page. */
	EXPECT_REFUSED("t.list:6: link: \"javascript://%0aalert(1)\"",
		       HEAD WHERE KERNELS
		       "link = javascript://%0aalert(1)\nuntil = never\n");
	EXPECT_REFUSED("t.list:6: link: \"https://\"",
		       HEAD WHERE KERNELS "link = https://\nuntil = never\n");
	EXPECT_REFUSED("t.list:8: log: \"(\" is no extended regular expression",
		       LIST "log = (\n");
	EXPECT_REFUSED("t.list:8: there is an issue \"cap\" already",
		       LIST LIST);
	EXPECT_REFUSED("t.list:1: what: belongs to no section", "what = x\n");
}

/* A run with two cells, whose shares of the highatomic reserve are given. */
static json_t *run_of(const char *release, int task, int softirq,
		      const char *panic)
{
	json_t *cells = json_array(), *findings = json_array();
	static const char *const contexts[] = { "task", "softirq" };
	const int share[] = { task, softirq };
	size_t i;

	for (i = 0; i < 2; i++)
		json_array_append_new(
			cells,
			json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:i, s:{s:i, "
				  "s:i}}",
				  "phase", "small", "context", contexts[i],
				  "api", "pages", "order", 1, "gfp",
				  "GFP_ATOMIC", "node", "any", "attempts", 10,
				  "highatomic", "share", share[i], "share_of",
				  100));
	if (panic)
		json_array_append_new(findings,
				      json_pack("{s:s, s:s, s:[s]}", "kind",
						"warning", "class", "failure",
						"text", panic));
	return json_pack(
		"{s:s, s:{s:s, s:s}, s:{s:s}, s:o, s:[{s:s, s:{}}], s:{s:o}, "
		"s:[{s:s, s:s, s:s, s:s, s:s}, {s:s, s:s, s:s, s:s, s:s}]}",
		"verdict", task > 2 || softirq > 2 || panic ? "fail" : "pass",
		"kernel", "release", release, "build_id", "0123456789abcdef",
		"scenario", "name", "cap-small", "cells", cells, "phases",
		"name", "small", "inject", "log", "findings", findings,
		"verdicts", "kind", "expectation", "name",
		"small: each highatomic_share <= 2%", "claim",
		"each highatomic_share <= 2%", "verdict",
		task > 2 || softirq > 2 ? "fail" : "pass", "found", "much",
		"kind", "oracle", "name", "log", "claim", "c", "verdict",
		panic ? "fail" : "pass", "found", "it does");
}

/* Marks it by a list; takes the results. */
static json_t *mark(json_t *results, const char *list)
{
	struct lab_known known = {};
	json_t *marked;

	if (!lab_known_parse(&known, "t.list", list))
		abort();
	marked = lab_known_mark(results, &known, TODAY);
	lab_known_free(&known);
	json_decref(results);
	return marked;
}

static bool all_known(json_t *results, const char *list)
{
	json_t *marked = mark(results, list);
	const bool all = lab_known_all(marked);

	json_decref(marked);
	return all;
}

TEST(what_is_known_is_explained)
{
	EXPECT_TRUE(all_known(run_of("6.1.192", 8, 0, NULL), LIST));
	EXPECT_TRUE(all_known(run_of("5.10.1-x", 8, 8, NULL), LIST));
	EXPECT_TRUE(all_known(run_of("6.7", 8, 0, NULL), LIST));
	EXPECT_TRUE(all_known(run_of("6.12.1", 8, 0, NULL),
			      HEAD WHERE "kernels = 6.1 build:01234567\n" END));
	/* The day that is named is the last. */
	EXPECT_TRUE(all_known(run_of("6.1", 8, 0, NULL), HEAD WHERE KERNELS
			      "link = https://e.org/\nuntil = " TODAY "\n"));
}

TEST(what_is_not_known_counts)
{
	EXPECT_FALSE(all_known(run_of("6.8", 8, 0, NULL), LIST));
	EXPECT_FALSE(all_known(run_of("5.9.9", 8, 0, NULL), LIST));
	EXPECT_FALSE(all_known(run_of("nonsense", 8, 0, NULL), LIST));
	/* Another verdict of the run failed as well. */
	EXPECT_FALSE(all_known(run_of("6.1", 8, 0, "WARNING: x"), LIST));
	/* It passed: there is nothing to be known. */
	EXPECT_FALSE(all_known(run_of("6.1", 0, 0, NULL), LIST));
	EXPECT_FALSE(all_known(run_of("6.1", 8, 0, NULL), HEAD KERNELS END
			       "scenario = other\nverdict = *\n"));
}

static bool known_version(const char *release, const char *words,
			  const char *kernels)
{
	json_t *results = run_of(release, 8, 0, NULL);
	char list[400];

	json_object_set_new(json_object_get(results, "kernel"), "version",
			    json_string(words));
	snprintf(list, sizeof(list), "%skernels = %s\n", HEAD WHERE END,
		 kernels);
	return all_known(results, list);
}

#define DEBIAN "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-20)"

TEST(a_distribution_counts_by_itself)
{
	/* Debian's 6.1.0-56-amd64 is 6.1.192, and no 6.1.0. */
	EXPECT_TRUE(known_version("6.1.0-56-amd64", DEBIAN, "6.1.192"));
	EXPECT_TRUE(known_version("6.1.0-56-amd64", DEBIAN, "6.1"));
	EXPECT_FALSE(known_version("6.1.0-56-amd64", DEBIAN, "6.1.0-6.1.50"));
	/* Elsewhere the patch level is not known: all of them have to be. */
	EXPECT_TRUE(known_version("6.8.0-45-generic", "#45-Ubuntu", "6.8"));
	EXPECT_TRUE(
		known_version("6.8.0-45-generic", "#45-Ubuntu", "5.10-6.8"));
	EXPECT_FALSE(known_version("6.8.0-45-generic", "#45-Ubuntu",
				   "6.8.0-6.8.10"));
	EXPECT_FALSE(
		known_version("6.8.0-45-generic", "Debian 6.9.1-1", "6.9.1"));
	/* These are what they are called. */
	EXPECT_TRUE(known_version("6.13.0-rc4", "", "6.13.0"));
	EXPECT_TRUE(known_version("6.12.118+deb13-amd64", "Debian 6.12.118-1",
				  "6.12.118"));
}

TEST(cells_have_to_match_all)
{
	const char *list = LIST "cell = small: task, *, order 1, *\n";

	EXPECT_TRUE(all_known(run_of("6.1", 8, 0, NULL), list));
	EXPECT_FALSE(all_known(run_of("6.1", 8, 8, NULL), list));
	EXPECT_FALSE(all_known(run_of("6.1", 0, 8, NULL), list));
}

TEST(the_log_has_to_match)
{
	const char *list = HEAD KERNELS END "scenario = *\nverdict = *\n"
					    "log = WARNING: .*page_alloc\n";

	EXPECT_TRUE(
		all_known(run_of("6.1", 8, 0, "WARNING: at page_alloc"), list));
	EXPECT_FALSE(all_known(run_of("6.1", 8, 0, "WARNING: at slub"), list));
	/* A failure without anything in the log is another one. */
	EXPECT_FALSE(all_known(run_of("6.1", 8, 0, NULL), list));
}

TEST(one_that_is_past_counts_again)
{
	const char *past = HEAD WHERE KERNELS
		"link = https://e.org/\nuntil = 2026-11-26\n";
	json_t *marked = mark(run_of("6.1", 8, 0, NULL), past);
	const json_t *verdict =
		json_array_get(json_object_get(marked, "verdicts"), 0);

	EXPECT_FALSE(lab_known_all(marked));
	EXPECT_EQ(NULL, lab_known_of(verdict));
	EXPECT_STREQ("2026-11-26",
		     lab_text(json_object_get(verdict, "known"), "expired"));
	json_decref(marked);
}

TEST(one_that_does_not_occur_is_told_of)
{
	json_t *marked = mark(run_of("6.1", 0, 0, NULL), LIST);
	const json_t *absent = json_object_get(marked, "known_absent");

	ASSERT_EQ(1, json_array_size(absent));
	EXPECT_STREQ("cap", lab_text(json_array_get(absent, 0), "issue"));
	json_decref(marked);
	marked = mark(run_of("6.8", 0, 0, NULL), LIST);
	EXPECT_EQ(0, json_array_size(json_object_get(marked, "known_absent")));
	json_decref(marked);
}

static char *export_of(const json_t *results, const char *name)
{
	size_t size, i = 0;
	char *text;
	FILE *f = open_memstream(&text, &size);

	while (strcmp(lab_exports[i]->name, name) != 0)
		i++;
	lab_exports[i]->write(&(struct lab_exported){ .results = results }, f);
	fclose(f);
	return text;
}

#define EXPECT_EXPORTED(format, words)                              \
	do {                                                        \
		char *__text = export_of(marked, format);           \
                                                                    \
		EXPECT_NE(NULL, strstr(__text, words))              \
		{                                                   \
			TH_LOG("'%s' is not in %s", words, __text); \
		}                                                   \
		free(__text);                                       \
	} while (0)

TEST(exports_tell_of_it)
{
	json_t *marked = mark(run_of("6.1", 8, 0, NULL), LIST);

	EXPECT_EXPORTED("ktap",
			"ok 1 small: each highatomic_share <= 2% # XFAIL "
			"https://example.org/cap\n");
	EXPECT_EXPORTED("ktap", "\nok 1 cap-small # XFAIL");
	EXPECT_EXPORTED("junit", "failures=\"0\" errors=\"0\" skipped=\"1\"");
	EXPECT_EXPORTED("junit", "<skipped message=\"known issue: "
				 "https://example.org/cap\">");
	EXPECT_EXPORTED("kcidb", "\"report_url\": \"https://example.org/cap\"");
	EXPECT_EXPORTED("kcidb", "\"present\": true");
	EXPECT_EXPORTED("summary", "  KNOWN small: each");
	EXPECT_EXPORTED("summary", "1 failed (1 known)");
	json_decref(marked);
	marked = mark(run_of("6.1", 0, 0, NULL), LIST);
	EXPECT_EXPORTED("kcidb", "\"present\": false");
	EXPECT_EXPORTED("summary", "the known issue cap did not occur");
	json_decref(marked);
}

TEST_HARNESS_MAIN
