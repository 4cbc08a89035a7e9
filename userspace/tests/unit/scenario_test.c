// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario_test.c - scenario files, right and wrong.
 *
 * Wrong ones are compared with every word that is printed about them: the
 * message is what their author has to go by.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <labyrinth.h>

#include "inject/inject.h"
#include "lib/option_value.h"
#include "pressure/pressure.h"
#include "scenario/scenario.h"
#include "lib/words.h"
#include "capture.h"
#include "kselftest_harness.h"

#define CLAIM "[scenario]\nclaim = c\n"
#define EXPECT "expect = total ok > 0\n"
#define PHASE "[phase a]\n" EXPECT

/* Of the tables in stubs.c. */
#define NO_KEY_OF_FAIL_PAGE_ALLOC \
	"allowed: probability, interval, times, space, verbose, delay, min-order\n"

#define PHASE_KEYS                                                                  \
	"allowed: like, context, api, order, gfp, node, cpu, shots, hold, burst, "  \
	"pattern, victim, floor, interval, turns, bind, reserve, oracles, events, " \
	"timeline, min-free, log, inject, schedule, pressure, expect, inject.KEY, " \
	"pressure.KEY\n"

static struct lab_scenario *parse(const char *text)
{
	return lab_scenario_parse("t", "t.ini", text);
}

/* What is said about a text, or that it was taken for a good one. */
static char *errors_of(const char *text)
{
	struct lab_scenario *scenario;
	struct capture capture = {};
	char *errors;

	capture_start(&capture, &stderr);
	scenario = parse(text);
	errors = capture_end(&capture);
	if (!scenario)
		return errors;
	lab_scenario_free(scenario);
	free(errors);
	return strdup("it was accepted");
}

#define EXPECT_ERRORS(text, expected)             \
	do {                                      \
		char *__errors = errors_of(text); \
		EXPECT_STREQ(expected, __errors); \
		free(__errors);                   \
	} while (0)

/* An error of a line that is put after a claim and a phase's head: line 5. */
#define EXPECT_LINE_ERROR(line, expected) \
	EXPECT_ERRORS(CLAIM PHASE line "\n", "t.ini:5: " expected)

#define ASSERT_PARSED(scenario, text)                \
	struct lab_scenario *scenario = parse(text); \
	ASSERT_NE(NULL, scenario)

TEST(defaults)
{
	ASSERT_PARSED(s, CLAIM PHASE);
	struct lab_phase *phase = &s->phases[0];

	EXPECT_STREQ("t", s->name);
	EXPECT_STREQ("c", s->claim);
	EXPECT_EQ(2, s->shape.cpus);
	EXPECT_EQ(2, s->shape.nodes);
	EXPECT_EQ(256ull << 20, s->shape.node[s->shape.nodes - 1].memory);
	EXPECT_EQ(120, s->deadline);
	ASSERT_EQ(1, s->nphases);
	EXPECT_STREQ("a", phase->name);
	EXPECT_STREQ("t.ini", phase->file);
	EXPECT_EQ(3, phase->line);
	EXPECT_EQ((1ull << LAB_CTX_COUNT) - 1, phase->contexts);
	EXPECT_EQ(1ull << LAB_API_PAGES, phase->apis);
	EXPECT_EQ(1, phase->orders);
	ASSERT_EQ(1, phase->ngfps);
	EXPECT_EQ(LAB_GFP_ATOMIC, phase->gfps[0].base);
	EXPECT_EQ(LAB_GFP_MOD(NOWARN), phase->gfps[0].mods);
	EXPECT_STREQ("GFP_ATOMIC|__GFP_NOWARN", phase->gfps[0].words);
	ASSERT_EQ(1, phase->nnodes);
	EXPECT_EQ(LAB_NODE_ANY, phase->nodes[0]);
	EXPECT_EQ(0, phase->cpus);
	EXPECT_EQ(1000, phase->shots);
	EXPECT_EQ(0, phase->hold);
	EXPECT_EQ(16, phase->burst);
	EXPECT_STREQ("none", phase->injector->name);
	EXPECT_STREQ("none", phase->press[0].pressure->name);
	EXPECT_EQ(NULL, phase->inject[0].key);
	EXPECT_EQ(NULL, phase->press[0].settings[0].key);
	ASSERT_EQ(1, phase->nexpects);
	EXPECT_STREQ("total ok > 0", phase->expects[0].words);
	EXPECT_STREQ("t.ini", phase->expects[0].file);
	EXPECT_EQ(4, phase->expects[0].line);
	lab_scenario_free(s);
}

TEST(everything_set)
{
	ASSERT_PARSED(s,
		      "# comment\n; comment\n\n"
		      "[guest]\ncpus = 64\nnodes=16\nmemory: 64G\n"
		      "deadline = 30m\n" CLAIM "[phase a-1]\n"
		      "context = hardirq_hrtimer task\n"
		      "api = all\n"
		      "order = 0-2 5\t15\n"
		      "gfp = GFP_NOWAIT __GFP_ZERO|GFP_ATOMIC|__GFP_HIGH\n"
		      "node = 3-4 any 0\n"
		      "cpu = 0-1 63\n"
		      "shots = 4294967296\n"
		      "hold = 1048576\n"
		      "burst = 256\n"
		      "pressure = anon\n" EXPECT "pressure.target = 1.2 min\n");
	struct lab_phase *phase = &s->phases[0];

	EXPECT_EQ(64, s->shape.cpus);
	EXPECT_EQ(16, s->shape.nodes);
	EXPECT_EQ(64ull << 30, s->shape.node[s->shape.nodes - 1].memory);
	EXPECT_EQ(1800, s->deadline);
	EXPECT_STREQ("a-1", phase->name);
	EXPECT_EQ(11, phase->line);
	EXPECT_EQ(1ull << LAB_CTX_HARDIRQ_HRTIMER | 1ull << LAB_CTX_TASK,
		  phase->contexts);
	EXPECT_EQ(0x8027, phase->orders);
	ASSERT_EQ(2, phase->ngfps);
	EXPECT_STREQ("GFP_NOWAIT", phase->gfps[0].words);
	EXPECT_STREQ("GFP_ATOMIC|__GFP_HIGH|__GFP_ZERO", phase->gfps[1].words);
	ASSERT_EQ(4, phase->nnodes);
	EXPECT_EQ(3, phase->nodes[0]);
	EXPECT_EQ(4, phase->nodes[1]);
	EXPECT_EQ(LAB_NODE_ANY, phase->nodes[2]);
	EXPECT_EQ(0, phase->nodes[3]);
	EXPECT_EQ(1ull << 63 | 3, phase->cpus);
	EXPECT_EQ(1ull << 32, phase->shots);
	EXPECT_EQ(1 << 20, phase->hold);
	EXPECT_EQ(256, phase->burst);
	EXPECT_STREQ("anon", phase->press[0].pressure->name);
	EXPECT_EQ(1200, lab_setting_get(phase->press[0].settings, "target"));
	lab_scenario_free(s);
}

TEST(the_least_of_everything)
{
	ASSERT_PARSED(s, CLAIM "[guest]\ncpus=1\nnodes=1\nmemory=64M\n"
			       "deadline=1\n" PHASE
			       "cpu = 0\nnode = 0\nshots=1\nhold=0\nburst=1\n");

	EXPECT_EQ(1, s->shape.cpus);
	EXPECT_EQ(1, s->shape.nodes);
	EXPECT_EQ(64ull << 20, s->shape.node[s->shape.nodes - 1].memory);
	EXPECT_EQ(1, s->deadline);
	EXPECT_EQ(1, s->phases[0].cpus);
	EXPECT_EQ(1, s->phases[0].shots);
	EXPECT_EQ(1, s->phases[0].burst);
	lab_scenario_free(s);
}

TEST(the_text_is_kept)
{
	const char *text = CLAIM PHASE;

	ASSERT_PARSED(s, text);

	ASSERT_EQ(1, s->nsources);
	EXPECT_STREQ("t.ini", s->sources[0].path);
	EXPECT_STREQ("t", s->sources[0].name);
	EXPECT_STREQ(text, s->sources[0].text);
	lab_scenario_free(s);
}

TEST(byte_order_mark_and_carriage_returns)
{
	ASSERT_PARSED(s, "\xef\xbb\xbf[scenario]\r\nclaim = c\r\n"
			 "[ phase\t a ] # comment\r\nexpect = total ok > 0");

	EXPECT_STREQ("c", s->claim);
	EXPECT_STREQ("a", s->phases[0].name);
	lab_scenario_free(s);
}

TEST(values_go_on_in_indented_lines)
{
	ASSERT_PARSED(s,
		      "[scenario]\nclaim = one\n  two\n# comment\n\n\tthree\n"
		      "[phase a]\norder = 0\n 2\n"
		      "expect = total ok > 0\n  total ok > 1\n\n"
		      "  total ok > 2\n");

	EXPECT_STREQ("one two three", s->claim);
	EXPECT_EQ(5, s->phases[0].orders);
	ASSERT_EQ(3, s->phases[0].nexpects);
	EXPECT_STREQ("total ok > 1", s->phases[0].expects[1].words);
	EXPECT_EQ(11, s->phases[0].expects[1].line);
	EXPECT_STREQ("total ok > 2", s->phases[0].expects[2].words);
	EXPECT_EQ(13, s->phases[0].expects[2].line);
	lab_scenario_free(s);
}

TEST(a_comment_may_follow_a_semicolon)
{
	ASSERT_PARSED(s, "[scenario]\nclaim = c ; not this\n" PHASE);

	EXPECT_STREQ("c", s->claim);
	lab_scenario_free(s);
}

TEST(defaults_of_phases)
{
	ASSERT_PARSED(s, CLAIM "[phase early]\n" EXPECT
			       "[phase *]\norder = 1\nshots = 7\n"
			       "expect = each held == 0\n"
			       "[phase a]\n"
			       "[phase b]\nshots = 8\n" EXPECT
			       "[phase *]\nshots = 9\n" EXPECT "[phase c]\n");

	ASSERT_EQ(4, s->nphases);
	EXPECT_EQ(1, s->phases[0].orders);
	EXPECT_EQ(2, s->phases[1].orders);
	EXPECT_EQ(7, s->phases[1].shots);
	ASSERT_EQ(1, s->phases[1].nexpects);
	EXPECT_EQ(2, s->phases[2].orders);
	EXPECT_EQ(8, s->phases[2].shots);
	ASSERT_EQ(2, s->phases[2].nexpects);
	EXPECT_STREQ("each held == 0", s->phases[2].expects[0].words);
	EXPECT_EQ(8, s->phases[2].expects[0].line);
	EXPECT_STREQ("total ok > 0", s->phases[2].expects[1].words);
	EXPECT_EQ(12, s->phases[2].expects[1].line);
	EXPECT_EQ(1, s->phases[3].orders);
	EXPECT_EQ(9, s->phases[3].shots);
	lab_scenario_free(s);
}

TEST(defaults_of_settings)
{
	ASSERT_PARSED(s, CLAIM "[phase *]\ninject.probability = 10\n"
			       "inject = fail_page_alloc\n" EXPECT "[phase a]\n"
			       "[phase b]\ninject.probability = 20\n"
			       "[phase c]\ninject = none\n"
			       "[phase d]\ninject = fail_page_alloc\n");

	ASSERT_EQ(4, s->nphases);
	EXPECT_EQ(10, lab_setting_get(s->phases[0].inject, "probability"));
	EXPECT_EQ(20, lab_setting_get(s->phases[1].inject, "probability"));
	EXPECT_STREQ("none", s->phases[2].injector->name);
	EXPECT_EQ(NULL, s->phases[2].inject[0].key);
	EXPECT_EQ(10, lab_setting_get(s->phases[3].inject, "probability"));
	lab_scenario_free(s);
}

TEST(settings)
{
	ASSERT_PARSED(s, CLAIM PHASE "inject.times = -1\ninject.space = 4K\n"
				     "inject.verbose = YES\ninject.delay = 2m\n"
				     "inject = fail_page_alloc\n");
	const struct lab_setting *inject = s->phases[0].inject;

	EXPECT_STREQ("probability", inject[0].key->name);
	EXPECT_FALSE(inject[0].given);
	EXPECT_EQ(0, inject[0].number);
	EXPECT_FALSE(inject[1].given);
	EXPECT_EQ(1, inject[1].number);
	EXPECT_TRUE(inject[2].given);
	EXPECT_EQ(UINT64_MAX, inject[2].number);
	EXPECT_EQ(4096, lab_setting_get(inject, "space"));
	EXPECT_EQ(1, lab_setting_get(inject, "verbose"));
	EXPECT_EQ(120, lab_setting_get(inject, "delay"));
	EXPECT_EQ(NULL, inject[7].key);
	lab_scenario_free(s);
}

TEST(sweeps_make_the_cross_product)
{
	static const char *const names[] = {
		"a[probability=1,interval=2,target=0.5min]",
		"a[probability=1,interval=2,target=1.25min]",
		"a[probability=1,interval=3,target=0.5min]",
		"a[probability=1,interval=3,target=1.25min]",
		"a[probability=010,interval=2,target=0.5min]",
		"a[probability=010,interval=2,target=1.25min]",
		"a[probability=010,interval=3,target=0.5min]",
		"a[probability=010,interval=3,target=1.25min]",
		"b",
	};
	ASSERT_PARSED(s, CLAIM PHASE "inject = fail_page_alloc\n"
				     "inject.interval = 2 3\n"
				     "inject.probability = 1 010\n"
				     "inject.times = 5\n"
				     "pressure.target = 0.5 min 1.25min\n"
				     "pressure = anon\n"
				     "[phase b]\ninject = fail_page_alloc\n"
				     "inject.probability = 9\n" EXPECT);
	size_t i;

	ASSERT_EQ(9, s->nphases);
	for (i = 0; i < 9; i++)
		EXPECT_STREQ(names[i], s->phases[i].name);
	for (i = 0; i < 8; i++) {
		struct lab_phase *phase = &s->phases[i];

		EXPECT_EQ(i < 4 ? 1 : 10,
			  lab_setting_get(phase->inject, "probability"));
		EXPECT_EQ(i & 2 ? 3 : 2,
			  lab_setting_get(phase->inject, "interval"));
		EXPECT_EQ(5, lab_setting_get(phase->inject, "times"));
		EXPECT_EQ(i & 1 ? 1250 : 500,
			  lab_setting_get(phase->press[0].settings, "target"));
		EXPECT_EQ(3, phase->line);
		EXPECT_EQ(1, phase->nexpects);
	}
	EXPECT_EQ(9, lab_setting_get(s->phases[8].inject, "probability"));
	lab_scenario_free(s);
}

/* A text with "KEY = 1 2 3 ... n" at its end. */
static char *with_list(const char *text, const char *key, int n)
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

TEST(a_thousand_phases_and_no_more)
{
	const char *head = CLAIM "[phase z]\n" EXPECT PHASE
				 "inject = fail_page_alloc\n";
	char *text = with_list(head, "inject.interval", 999);
	struct lab_scenario *s = parse(text);

	ASSERT_NE(NULL, s);
	EXPECT_EQ(1000, s->nphases);
	EXPECT_STREQ("a[interval=999]", s->phases[999].name);
	lab_scenario_free(s);
	free(text);

	text = with_list(head, "inject.interval", 1000);
	EXPECT_ERRORS(text, "t.ini:5: [phase a]: too many phases, sweeps "
			    "spread out; at most 1000 in a scenario\n");
	free(text);
}

TEST(as_many_sweeps_as_fit_in_a_number_are_refused)
{
	char *one = with_list(CLAIM PHASE "inject = fail_page_alloc\n",
			      "inject.interval", 5000);
	char *both = with_list(one, "inject.probability", 100);

	EXPECT_ERRORS(both, "t.ini:3: [phase a]: too many phases, sweeps "
			    "spread out; at most 1000 in a scenario\n");
	free(both);
	free(one);
}

TEST(gfp_words_make_a_round_trip)
{
	uint32_t base, mods;
	char why[256];

	for (base = 0; base < LAB_GFP_BASE_COUNT; base++) {
		for (mods = 0; mods <= LAB_GFP_MODS_ALL; mods++) {
			char *words = lab_gfp_words(base, mods);
			struct lab_gfp gfp;

			ASSERT_EQ(0,
				  lab_gfp_parse(words, &gfp, why, sizeof(why)));
			ASSERT_EQ(base, gfp.base);
			ASSERT_EQ(mods, gfp.mods);
			ASSERT_STREQ(words, gfp.words);
			free(gfp.words);
			free(words);
		}
	}
}

TEST(thisnode_with_nodes)
{
	ASSERT_PARSED(s, CLAIM PHASE "gfp = GFP_ATOMIC|__GFP_THISNODE\n"
				     "node = 0 1\n");

	EXPECT_EQ(LAB_GFP_MOD(THISNODE), s->phases[0].gfps[0].mods);
	lab_scenario_free(s);
}

TEST(suggestions)
{
	static const char *const names[] = { "task", "spinlock", "softirq",
					     "hardirq", NULL };

	EXPECT_STREQ("task", lab_name_suggest(names, "tsk"));
	EXPECT_STREQ("task", lab_name_suggest(names, "tsak"));
	EXPECT_STREQ("softirq", lab_name_suggest(names, "softrq"));
	EXPECT_STREQ("hardirq", lab_name_suggest(names, "hard_irq"));
	EXPECT_EQ(NULL, lab_name_suggest(names, "nmi"));
	EXPECT_EQ(NULL, lab_name_suggest(names, ""));
}

static uint64_t key_number(enum lab_key_type type, const char *text)
{
	const struct lab_key key = { "k", type, 0, UINT64_MAX, 0, false, "" };
	uint64_t number;
	char why[128];

	if (lab_key_parse(&key, text, &number, why, sizeof(why)))
		return 666;
	return number;
}

TEST(numbers_of_keys)
{
	EXPECT_EQ(0, key_number(LAB_KEY_NUMBER, "0"));
	EXPECT_EQ(7, key_number(LAB_KEY_NUMBER, "007"));
	EXPECT_EQ(UINT64_MAX,
		  key_number(LAB_KEY_NUMBER, "18446744073709551615"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "18446744073709551616"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "99999999999999999999999"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, ""));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "-1"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "+1"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "0x10"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "1e3"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "1.5"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "1K"));
	EXPECT_EQ(UINT64_MAX, key_number(LAB_KEY_SIGNED, "-1"));
	EXPECT_EQ(666, key_number(LAB_KEY_SIGNED, "-2"));
	EXPECT_EQ(1, key_number(LAB_KEY_BOOL, "Y"));
	EXPECT_EQ(1, key_number(LAB_KEY_BOOL, "yes"));
	EXPECT_EQ(1, key_number(LAB_KEY_BOOL, "1"));
	EXPECT_EQ(0, key_number(LAB_KEY_BOOL, "n"));
	EXPECT_EQ(0, key_number(LAB_KEY_BOOL, "No"));
	EXPECT_EQ(0, key_number(LAB_KEY_BOOL, "0"));
	EXPECT_EQ(666, key_number(LAB_KEY_BOOL, "true"));
	EXPECT_EQ(1024, key_number(LAB_KEY_BYTES, "1024"));
	EXPECT_EQ(4096, key_number(LAB_KEY_BYTES, "4K"));
	EXPECT_EQ(3ull << 20, key_number(LAB_KEY_BYTES, "3M"));
	EXPECT_EQ(1ull << 40, key_number(LAB_KEY_BYTES, "1T"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "16777216T"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "4k"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "K"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "1.5K"));
	EXPECT_EQ(90, key_number(LAB_KEY_SECONDS, "90"));
	EXPECT_EQ(90, key_number(LAB_KEY_SECONDS, "90s"));
	EXPECT_EQ(120, key_number(LAB_KEY_SECONDS, "2m"));
	EXPECT_EQ(3600, key_number(LAB_KEY_SECONDS, "1h"));
	EXPECT_EQ(1200, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.2 min"));
	EXPECT_EQ(1000, key_number(LAB_KEY_PERMILLE_OF_MIN, "1min"));
	EXPECT_EQ(1, key_number(LAB_KEY_PERMILLE_OF_MIN, "0.001min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "0.0001min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, ".5min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.2.3min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.2"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "min"));
}

static const char *key_text(enum lab_key_type type, uint64_t number)
{
	const struct lab_key key = { "k", type, 0, UINT64_MAX, 0, false, "" };
	static char text[LAB_KEY_TEXT];

	lab_key_value(&key, number, text, sizeof(text));
	return text;
}

TEST(texts_of_keys)
{
	EXPECT_STREQ("0", key_text(LAB_KEY_NUMBER, 0));
	EXPECT_STREQ("1000", key_text(LAB_KEY_NUMBER, 1000));
	EXPECT_STREQ("-1", key_text(LAB_KEY_SIGNED, UINT64_MAX));
	EXPECT_STREQ("Y", key_text(LAB_KEY_BOOL, 1));
	EXPECT_STREQ("N", key_text(LAB_KEY_BOOL, 0));
	EXPECT_STREQ("0", key_text(LAB_KEY_BYTES, 0));
	EXPECT_STREQ("4097", key_text(LAB_KEY_BYTES, 4097));
	EXPECT_STREQ("4K", key_text(LAB_KEY_BYTES, 4096));
	EXPECT_STREQ("256M", key_text(LAB_KEY_BYTES, 256 << 20));
	EXPECT_STREQ("90s", key_text(LAB_KEY_SECONDS, 90));
	EXPECT_STREQ("2m", key_text(LAB_KEY_SECONDS, 120));
	EXPECT_STREQ("1min", key_text(LAB_KEY_PERMILLE_OF_MIN, 1000));
	EXPECT_STREQ("1.25min", key_text(LAB_KEY_PERMILLE_OF_MIN, 1250));
	EXPECT_STREQ("0.001min", key_text(LAB_KEY_PERMILLE_OF_MIN, 1));
	EXPECT_STREQ("0min", key_text(LAB_KEY_PERMILLE_OF_MIN, 0));
	EXPECT_STREQ("20min", key_text(LAB_KEY_PERMILLE_OF_MIN, 20000));
}

/*
 * Wrong shapes.
 */
TEST(an_empty_file)
{
	EXPECT_ERRORS("", "t.ini:1: [scenario]: is missing; it has to say "
			  "claim = ...\n");
	EXPECT_ERRORS("\n# nothing\n", "t.ini:1: [scenario]: is missing; it "
				       "has to say claim = ...\n");
}

TEST(no_phase)
{
	const char *error = "t.ini:1: [phase]: there is none; at least one is "
			    "needed, here or in an include\n";

	EXPECT_ERRORS(CLAIM, error);
	EXPECT_ERRORS(CLAIM "[phase *]\n" EXPECT, error);
}

TEST(no_claim)
{
	EXPECT_ERRORS(PHASE "[scenario]\n",
		      "t.ini:3: [scenario]: has no claim; say in a sentence "
		      "what must hold\n");
	EXPECT_ERRORS("[scenario]\nclaim =\n" PHASE,
		      "t.ini:1: [scenario]: has no claim; say in a sentence "
		      "what must hold\n"
		      "t.ini:2: claim: nothing; some text is needed\n");
}

TEST(no_expectation)
{
	EXPECT_ERRORS(CLAIM "[phase a]\n[phase b]\n" EXPECT "[phase c]\n",
		      "t.ini:3: [phase a]: nothing is expected; at least one "
		      "\"expect = ...\" is needed\n"
		      "t.ini:6: [phase c]: nothing is expected; at least one "
		      "\"expect = ...\" is needed\n");
}

TEST(unknown_sections)
{
	EXPECT_ERRORS(CLAIM PHASE "[guset]\nx = 1\n[Phase b]\n[phase]\n[]\n",
		      "t.ini:5: [guset]: unknown section \"guset\", did you "
		      "mean \"guest\"?; allowed: scenario, guest, phase NAME, "
		      "phase *\n"
		      "t.ini:7: [Phase b]: unknown section \"Phase b\", did "
		      "you mean \"phase *\"?; allowed: scenario, guest, phase "
		      "NAME, phase *\n"
		      "t.ini:8: [phase]: has no name; allowed: [phase NAME], "
		      "or [phase *] for defaults\n"
		      "t.ini:9: []: unknown section \"\"; allowed: scenario, "
		      "guest, phase NAME, phase *\n");
}

TEST(sections_twice)
{
	EXPECT_ERRORS(CLAIM "[guest]\ncpus = 1\n[guest]\n" CLAIM PHASE,
		      "t.ini:5: [guest]: is there already, in line 3\n"
		      "t.ini:6: [scenario]: is there already, in line 1\n");
}

TEST(names_of_phases)
{
	EXPECT_ERRORS(CLAIM "[phase A]\n" EXPECT "[phase b c]\n" EXPECT
			    "[phase d_e]\n" EXPECT,
		      "t.ini:3: [phase A]: \"A\" is no name; allowed: a-z, "
		      "0-9 and -\n"
		      "t.ini:5: [phase b c]: \"b c\" is no name; allowed: "
		      "a-z, 0-9 and -\n"
		      "t.ini:7: [phase d_e]: \"d_e\" is no name; allowed: "
		      "a-z, 0-9 and -\n");
}

TEST(phases_twice)
{
	EXPECT_ERRORS(CLAIM PHASE "[phase ab]\n" EXPECT PHASE,
		      "t.ini:7: [phase a]: the name is taken, in t.ini:3; "
		      "allowed: names that are unique over the scenario\n");
	/* Spread out it has another name, but it is the same phase. */
	EXPECT_ERRORS(CLAIM PHASE "inject = fail_page_alloc\n"
				  "inject.interval = 1 2\n" PHASE,
		      "t.ini:7: [phase a]: the name is taken, in t.ini:3; "
		      "allowed: names that are unique over the scenario\n");
}

TEST(keys_outside_of_sections)
{
	EXPECT_ERRORS("claim = c\n" CLAIM PHASE,
		      "t.ini:1: claim: belongs to no section; headings are "
		      "[scenario], [guest] and [phase NAME]\n");
}

TEST(keys_twice)
{
	EXPECT_ERRORS(CLAIM PHASE "order = 1\norder = 2\n 3\n",
		      "t.ini:6: order: is set already, in line 5\n");
	EXPECT_ERRORS("[scenario]\nclaim = c\nclaim = d\n" PHASE,
		      "t.ini:3: claim: is set already, in line 2\n");
	EXPECT_ERRORS(CLAIM "[phase *]\nshots = 1\nshots = 1\n" PHASE,
		      "t.ini:5: shots: is set already, in line 4\n");
}

TEST(unknown_keys)
{
	EXPECT_LINE_ERROR("contex = task",
			  "contex: unknown key \"contex\", did you mean "
			  "\"context\"?; " PHASE_KEYS);
	EXPECT_LINE_ERROR(
		"injekt.interval = 1",
		"injekt.interval: unknown key \"injekt.interval\"; " PHASE_KEYS);
	EXPECT_ERRORS("[scenario]\nclaim = c\nincludes = x\n" PHASE,
		      "t.ini:3: includes: unknown key \"includes\", did you "
		      "mean \"include\"?; allowed: claim, include, inherit, "
		      "regressions, takes, by-name\n");
	EXPECT_ERRORS(CLAIM "[guest]\ncpu = 1\n" PHASE,
		      "t.ini:4: cpu: unknown key \"cpu\", did you mean "
		      "\"cpus\"?; allowed: cpus, nodes, memory, "
		      "distance, deadline\n");
}

TEST(lines_that_are_nothing)
{
	EXPECT_ERRORS(CLAIM PHASE "what is this\n  and this\n= 3\n[b\n",
		      "t.ini:5: neither a [section] nor KEY = VALUE nor a # "
		      "comment\n"
		      "t.ini:7: a value without a key; KEY = VALUE\n"
		      "t.ini:8: a heading has no ']'\n");
	EXPECT_ERRORS(CLAIM PHASE "[phase b] c\nd = e\n  [phase f]\n g\n",
		      "t.ini:5: something follows the ']' of a heading\n"
		      "t.ini:7: a heading is indented; it must start its "
		      "line\n");
	EXPECT_ERRORS("  claim = c\n" CLAIM PHASE,
		      "t.ini:1: the line is indented, but there is no key "
		      "above that it could go on with\n");
	EXPECT_ERRORS("[scenario]\n  claim = c\n" PHASE,
		      "t.ini:1: [scenario]: has no claim; say in a sentence "
		      "what must hold\n"
		      "t.ini:2: the line is indented, but there is no key "
		      "above that it could go on with\n");
}

TEST(characters_that_are_no_text)
{
	EXPECT_LINE_ERROR("order = \x1b[31m1",
			  "a control character; this is no text file\n");
	EXPECT_LINE_ERROR("order = 1\r2",
			  "a control character; this is no text file\n");
}

/* "claim = xxx" of so many characters. */
static char *claim_of(int length)
{
	char *text;

	if (asprintf(&text, "[scenario]\nclaim = %0*d\n" PHASE,
		     length - (int)strlen("claim = "), 0) < 0)
		abort();
	return text;
}

TEST(long_lines)
{
	char *text = claim_of(197);
	struct lab_scenario *s = parse(text);

	ASSERT_NE(NULL, s);
	EXPECT_EQ(197 - strlen("claim = "), strlen(s->claim));
	lab_scenario_free(s);
	free(text);

	text = claim_of(198);
	EXPECT_ERRORS(text,
		      "t.ini:1: [scenario]: has no claim; say in a sentence "
		      "what must hold\n"
		      "t.ini:2: the line is too long; at most 197 characters, "
		      "but values go on in lines that begin with a blank\n");
	free(text);
}

TEST(a_line_that_goes_on_from_a_wrong_one)
{
	EXPECT_ERRORS(CLAIM PHASE "order = 1\n\x01\n 2\nshots = 1\n",
		      "t.ini:6: a control character; this is no text file\n");
	EXPECT_ERRORS(CLAIM PHASE "ordr = 1\n 2\n",
		      "t.ini:5: ordr: unknown key \"ordr\", did you mean "
		      "\"order\"?; " PHASE_KEYS);
}

TEST(long_headings)
{
	EXPECT_ERRORS(CLAIM "[phase a23456789b123456789c123456789d123456789"
			    "e123]\n" EXPECT
			    "[phase a23456789b123456789c123456789d123456789"
			    "e1234]\n" EXPECT,
		      "t.ini:5: a heading is too long; at most 49 "
		      "characters\n");
}

TEST(too_many_keys)
{
	struct capture capture = {};
	FILE *stream = NULL;
	char *text;
	int i;

	capture_start(&capture, &stream);
	fputs(CLAIM "[phase a]\n", stream);
	for (i = 0; i < 65; i++)
		fputs(EXPECT, stream);
	text = capture_end(&capture);
	EXPECT_ERRORS(text, "t.ini:68: expect: too many; at most 64 in a "
			    "phase\n");
	free(text);
}

TEST(far_too_many_keys)
{
	struct capture capture = {};
	FILE *stream = NULL;
	char *text, *errors;
	int i;

	capture_start(&capture, &stream);
	fputs(CLAIM "[phase a]\n", stream);
	for (i = 0; i < 1001; i++)
		fprintf(stream, "key%d = 1\n", i);
	text = capture_end(&capture);
	errors = errors_of(text);
	EXPECT_NE(NULL, strstr(errors, "t.ini:1004: key1000: too many keys in "
				       "one section\n"));
	free(errors);
	free(text);
}

TEST(at_most_twenty_errors)
{
	char text[1024] = CLAIM PHASE;
	char *errors, *line, *rest;
	int i, lines = 0;

	for (i = 0; i < 30; i++)
		sprintf(text + strlen(text), "bad%d = 1\n", i);
	errors = errors_of(text);
	rest = errors;
	while ((line = strsep(&rest, "\n")) && *line)
		if (!strncmp(line, "t.ini:", 6) && atoi(line + 6) == 5 + lines)
			lines++;
		else
			EXPECT_STREQ("there is more; these are the first 20",
				     line);
	EXPECT_EQ(20, lines);
	free(errors);
}

TEST(errors_come_in_the_order_of_lines)
{
	EXPECT_ERRORS("[phase a]\nhold = -1\nexpect = x\norder = 16\n"
		      "zzzzzz = 1\n" CLAIM "bad line\n[guest]\nnodes = 0\n",
		      "t.ini:2: hold: \"-1\"; allowed: 0 to 1048576\n"
		      "t.ini:3: expect: \"x\"; allowed: SCOPE METRIC OPERATOR "
		      "VALUE, as in \"each success == 100%\"\n"
		      "t.ini:4: order: \"16\"; allowed: numbers and ranges "
		      "from 0 to 15, as in \"0-2 5\"\n"
		      "t.ini:5: zzzzzz: unknown key \"zzzzzz\"; " PHASE_KEYS
		      "t.ini:8: neither a [section] nor KEY = VALUE nor a # "
		      "comment\n"
		      "t.ini:10: nodes: \"0\"; allowed: 1 to 16\n");
}

/*
 * Wrong values.
 */
TEST(wrong_guests)
{
	EXPECT_ERRORS(CLAIM PHASE "[guest]\ncpus = 65\nnodes = 17\n"
				  "memory = 63M\ndeadline = 2h\n",
		      "t.ini:6: cpus: \"65\"; allowed: 1 to 64\n"
		      "t.ini:7: nodes: \"17\"; allowed: 1 to 16\n"
		      "t.ini:8: memory: \"63M\"; allowed: 64M to 64G\n"
		      "t.ini:9: deadline: \"2h\"; allowed: 1s to 30m\n");
	EXPECT_ERRORS(CLAIM PHASE "[guest]\ncpus = two\nnodes =\n"
				  "memory = 65G\ndeadline = 0\n",
		      "t.ini:6: cpus: \"two\"; allowed: 1 to 64\n"
		      "t.ini:7: nodes: \"\"; allowed: 1 to 16\n"
		      "t.ini:8: memory: \"65G\"; allowed: 64M to 64G\n"
		      "t.ini:9: deadline: \"0\"; allowed: 1s to 30m\n");
}

TEST(guests_of_all_shapes)
{
	ASSERT_PARSED(s, CLAIM
		      "[guest]\ncpus = 3 0 1\nnodes = 3\n"
		      "memory = 512M 128M 0\n"
		      "distance = 10 21 31\n 22 10 17\n 254 11 10\n" PHASE);
	const struct lab_shape *shape = &s->shape;

	EXPECT_EQ(3, shape->nodes);
	EXPECT_EQ(4, shape->cpus);
	EXPECT_EQ(3, shape->node[0].cpus);
	EXPECT_EQ(0, shape->node[1].cpus);
	EXPECT_EQ(1, shape->node[2].cpus);
	EXPECT_EQ(512ull << 20, shape->node[0].memory);
	EXPECT_EQ(128ull << 20, shape->node[1].memory);
	EXPECT_EQ(0, shape->node[2].memory);
	EXPECT_TRUE(shape->distant);
	EXPECT_EQ(31, shape->node[0].distance[2]);
	EXPECT_EQ(22, shape->node[1].distance[0]);
	EXPECT_EQ(254, shape->node[2].distance[0]);
	lab_scenario_free(s);
}

TEST(cpus_are_spread)
{
	ASSERT_PARSED(s, CLAIM "[guest]\ncpus = 5\nnodes = 3\n" PHASE);

	EXPECT_EQ(5, s->shape.cpus);
	EXPECT_EQ(1, s->shape.node[0].cpus);
	EXPECT_EQ(2, s->shape.node[1].cpus);
	EXPECT_EQ(2, s->shape.node[2].cpus);
	EXPECT_FALSE(s->shape.distant);
	lab_scenario_free(s);
}

#define EXPECT_GUEST_ERROR(lines, expected) \
	EXPECT_ERRORS(CLAIM "[guest]\n" lines "\n" PHASE, "t.ini:4: " expected)

TEST(guests_that_cannot_be)
{
	EXPECT_GUEST_ERROR("cpus = 1 2 3",
			   "cpus: 3 numbers for 2 nodes; allowed: one, or one "
			   "a node\n");
	EXPECT_GUEST_ERROR("cpus = 0 0",
			   "cpus: 0 CPUs in all; allowed: 1 to 64\n");
	EXPECT_GUEST_ERROR("cpus = 60 5",
			   "cpus: 65 CPUs in all; allowed: 1 to 64\n");
	EXPECT_GUEST_ERROR("cpus = 1 65", "cpus: \"65\"; allowed: 0 to 64\n");
	EXPECT_GUEST_ERROR("memory = 64M 64M 64M",
			   "memory: 3 numbers for 2 nodes; allowed: one, or "
			   "one a node\n");
	EXPECT_GUEST_ERROR("memory = 0 0",
			   "memory: no node has any; allowed: with one that "
			   "has\n");
	EXPECT_GUEST_ERROR("memory = 64M 63M",
			   "memory: node 1 has 66060288 bytes; allowed: 0, or "
			   "whole megabytes from 64M\n");
	EXPECT_GUEST_ERROR("memory = 0 64M\ncpus = 0 1",
			   "memory: node 0 has neither memory nor CPUs; "
			   "allowed: with one of them\n");
	EXPECT_GUEST_ERROR("distance = 10 20 20",
			   "distance: 3 numbers; allowed: 4, a row of 2 for "
			   "each node\n");
	EXPECT_GUEST_ERROR("distance = 10 20 20 11",
			   "distance: 11 from node 1 to 1; allowed: 10 to "
			   "itself, more to others\n");
	EXPECT_GUEST_ERROR("distance = 10 10 20 10",
			   "distance: 10 from node 0 to 1; allowed: 10 to "
			   "itself, more to others\n");
	EXPECT_GUEST_ERROR("distance = 10 9 20 10",
			   "distance: \"9\"; allowed: 10 to 254\n");
}

/* Longer than any machine has nodes for: counted, and not kept. */
TEST(guests_with_endless_lists)
{
	char *text = with_list(CLAIM PHASE "[guest]\n", "cpus", 64);
	char *errors = errors_of(text);

	EXPECT_STREQ("t.ini:6: cpus: 64 numbers for 2 nodes; allowed: one, or "
		     "one a node\n",
		     errors);
	free(errors);
	free(text);
}

#define CONTEXTS \
	"allowed: task, preempt_off, irqs_off, bh_off, rcu, spin_lock, spin_lock_bh, spin_lock_irqsave, raw_spin_lock, rwlock, irq_thread, softirq_tasklet, softirq_timer, softirq_hrtimer, softirq_work, hardirq_hrtimer, hardirq_work, hardirq_ipi, nmi, nested\n"
#define APIS \
	"allowed: pages, get_free_pages, exact, bulk, kmalloc, kmem_cache, page_frag, mempool, nolock\n"

TEST(wrong_contexts)
{
	EXPECT_LINE_ERROR("context = task nmy",
			  "context: \"nmy\", did you mean \"nmi\"?; " CONTEXTS);
	EXPECT_LINE_ERROR("context = all task", "context: \"all\"; " CONTEXTS);
	EXPECT_LINE_ERROR("context = quark_*",
			  "context: \"quark_*\"; " CONTEXTS);
	EXPECT_LINE_ERROR("context = task softirq_tasklet task",
			  "context: \"task\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("context =",
			  "context: nothing; at least one value is needed\n");
	EXPECT_LINE_ERROR("api = page",
			  "api: \"page\", did you mean \"pages\"?; " APIS);
}

TEST(names_match)
{
	ASSERT_PARSED(s, CLAIM PHASE "context = softirq_* task\n"
				     "oracles = *e\n");

	EXPECT_EQ(1ull << LAB_CTX_TASK | 1ull << LAB_CTX_SOFTIRQ_TASKLET |
			  1ull << LAB_CTX_SOFTIRQ_TIMER |
			  1ull << LAB_CTX_SOFTIRQ_HRTIMER |
			  1ull << LAB_CTX_SOFTIRQ_WORK,
		  s->phases[0].contexts);
	EXPECT_EQ(1ull << LAB_ORACLE_NODE | 1ull << LAB_ORACLE_STATE |
			  1ull << LAB_ORACLE_EXCLUSIVE,
		  s->phases[0].oracles);
	lab_scenario_free(s);
}

TEST(how_shots_are_fired)
{
	ASSERT_PARSED(s, CLAIM PHASE "pattern = exhaust\nhold = 9\n"
				     "victim = random\n"
				     "oracles = none\nevents = 65536\n"
				     "reserve = 4096\nfloor = 4M\n"
				     "interval = 20us\ntimeline = 256\n"
				     "turns = in-turn\n");
	const struct lab_phase *phase = &s->phases[0];

	EXPECT_EQ(LAB_PATTERN_EXHAUST, phase->pattern);
	EXPECT_EQ(LAB_VICTIM_RANDOM, phase->victim);
	EXPECT_EQ(0, phase->oracles);
	EXPECT_EQ(65536, phase->events);
	EXPECT_EQ(4096, phase->reserve);
	EXPECT_EQ(4 << 20, phase->floor);
	EXPECT_EQ(20000, phase->interval);
	EXPECT_EQ(256, phase->timeline);
	EXPECT_TRUE(phase->in_turn);
	lab_scenario_free(s);

	ASSERT_PARSED(preset, CLAIM PHASE);
	phase = &preset->phases[0];
	EXPECT_EQ(LAB_PATTERN_RING, phase->pattern);
	EXPECT_EQ(LAB_VICTIM_OLDEST, phase->victim);
	EXPECT_EQ(LAB_ORACLES_ALL, phase->oracles);
	EXPECT_EQ(0, phase->events);
	EXPECT_EQ(16, phase->reserve);
	EXPECT_EQ(0, phase->floor);
	EXPECT_EQ(0, phase->interval);
	EXPECT_EQ(0, phase->timeline);
	EXPECT_FALSE(phase->in_turn);
	lab_scenario_free(preset);
}

TEST(how_shots_are_not_fired)
{
	EXPECT_LINE_ERROR(
		"pattern = rings",
		"pattern: \"rings\", did you mean \"ring\"?; allowed: ring, fill, exhaust, refill\n");
	EXPECT_LINE_ERROR(
		"victim = first",
		"victim: \"first\"; allowed: oldest, newest, random\n");
	EXPECT_LINE_ERROR("turns = both",
			  "turns: \"both\"; allowed: together, in-turn\n");
	EXPECT_LINE_ERROR("interval = 2s",
			  "interval: \"2s\"; allowed: 0 to 1s\n");
	EXPECT_LINE_ERROR("interval = 2 min",
			  "interval: \"2 min\"; allowed: 0 to 1s\n");
	EXPECT_LINE_ERROR("reserve = 0",
			  "reserve: \"0\"; allowed: 1 to 4096\n");
	EXPECT_LINE_ERROR("events = 65537",
			  "events: \"65537\"; allowed: 0 to 65536\n");
	EXPECT_LINE_ERROR(
		"pattern = fill",
		"pattern: \"fill\" in phase \"a\", which has hold = 0; allowed: where blocks are kept\n");
	EXPECT_LINE_ERROR(
		"pattern = refill\nhold = 8\nburst = 16",
		"pattern: \"refill\" in phase \"a\", which has hold = 8 and burst = 16; allowed: with at most as many in a burst as are kept\n");
}

TEST(wrong_orders)
{
#define ORDERS "; allowed: numbers and ranges from 0 to 15, as in \"0-2 5\"\n"
	EXPECT_LINE_ERROR("order = 16", "order: \"16\"" ORDERS);
	EXPECT_LINE_ERROR("order = 3-1", "order: \"3-1\"" ORDERS);
	EXPECT_LINE_ERROR("order = 0-16", "order: \"0-16\"" ORDERS);
	EXPECT_LINE_ERROR("order = -1", "order: \"-1\"" ORDERS);
	EXPECT_LINE_ERROR("order = 1-", "order: \"1-\"" ORDERS);
	EXPECT_LINE_ERROR("order = 1-2-3", "order: \"1-2-3\"" ORDERS);
	EXPECT_LINE_ERROR("order = 1,2", "order: \"1,2\"" ORDERS);
	EXPECT_LINE_ERROR("order = 0 - 3", "order: \"-\"" ORDERS);
	EXPECT_LINE_ERROR("order = 18446744073709551616",
			  "order: \"18446744073709551616\"" ORDERS);
	EXPECT_LINE_ERROR("order = 0-3 2",
			  "order: \"2\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("order =",
			  "order: nothing; at least one value is needed\n");
}

#define GFP_WORDS                                                         \
	"allowed: GFP_ATOMIC, GFP_NOWAIT, __GFP_HIGH, __GFP_NOMEMALLOC, " \
	"__GFP_THISNODE, __GFP_ZERO, __GFP_COMP, __GFP_DMA32, __GFP_NOWARN, __GFP_MEMALLOC\n"
#define ONE_BASE "; allowed: exactly one of GFP_*, then |__GFP_*\n"

TEST(wrong_gfps)
{
	EXPECT_LINE_ERROR(
		"gfp = GFP_ATOMC",
		"gfp: \"GFP_ATOMC\", did you mean \"GFP_ATOMIC\"?; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = GFP_KERNEL",
			  "gfp: \"GFP_KERNEL\"; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|", "gfp: \"\"; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC | __GFP_ZERO",
			  "gfp: \"\"; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = __GFP_ZERO",
			  "gfp: \"__GFP_ZERO\" has no base" ONE_BASE);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|GFP_NOWAIT",
			  "gfp: \"GFP_ATOMIC|GFP_NOWAIT\" has more than one "
			  "base" ONE_BASE);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|__GFP_ZERO|__GFP_ZERO",
			  "gfp: \"__GFP_ZERO\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|__GFP_ZERO __GFP_ZERO|GFP_ATOMIC",
			  "gfp: \"__GFP_ZERO|GFP_ATOMIC\" is named twice; "
			  "once is enough\n");
	EXPECT_LINE_ERROR("gfp =",
			  "gfp: nothing; at least one value is needed\n");
}

TEST(thisnode_without_a_node)
{
	EXPECT_LINE_ERROR("gfp = GFP_NOWAIT GFP_ATOMIC|__GFP_THISNODE",
			  "gfp: \"GFP_ATOMIC|__GFP_THISNODE\" in phase \"a\", "
			  "which has node = any; allowed: with nodes that are "
			  "named\n");
	/* Defaults are only wrong where they meet. */
	EXPECT_ERRORS(CLAIM "[phase *]\ngfp = GFP_ATOMIC|__GFP_THISNODE\n"
			    "[phase ok]\nnode = 0\n" EXPECT PHASE
			    "node = 0 any\n[phase b]\n" EXPECT,
		      "t.ini:4: gfp: \"GFP_ATOMIC|__GFP_THISNODE\" in phase "
		      "\"a\", which has node = any; allowed: with nodes that "
		      "are named\n");
}

TEST(wrong_nodes)
{
#define NODES "; allowed: any, numbers and ranges from 0 to 63\n"
	EXPECT_LINE_ERROR("node = 64", "node: \"64\"" NODES);
	EXPECT_LINE_ERROR("node = all", "node: \"all\"" NODES);
	EXPECT_LINE_ERROR("node = any any",
			  "node: \"any\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("node = 0-1 1",
			  "node: \"1\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("node =",
			  "node: nothing; at least one value is needed\n");
	EXPECT_LINE_ERROR("node = any 1-2",
			  "node: phase \"a\" asks for node 2, but the [guest] "
			  "has 0 to 1\n");
}

TEST(wrong_cpus)
{
#define CPUS "; allowed: numbers and ranges from 0 to 63, as in \"0-2 5\"\n"
	EXPECT_LINE_ERROR("cpu = 64", "cpu: \"64\"" CPUS);
	EXPECT_LINE_ERROR("cpu = all 1", "cpu: \"all\"" CPUS);
	EXPECT_LINE_ERROR("cpu = 1 0-1",
			  "cpu: \"0-1\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("cpu = 1-5",
			  "cpu: phase \"a\" asks for CPU 5, but the [guest] "
			  "has 0 to 1\n");
}

TEST(wrong_guests_do_not_make_wrong_phases)
{
	EXPECT_ERRORS(CLAIM "[guest]\ncpus = 65\n" PHASE "cpu = 5\nnode = 3\n",
		      "t.ini:4: cpus: \"65\"; allowed: 1 to 64\n");
}

TEST(wrong_numbers)
{
	EXPECT_LINE_ERROR("shots = 0",
			  "shots: \"0\"; allowed: 1 to 4294967296\n");
	EXPECT_LINE_ERROR("shots = 4294967297",
			  "shots: \"4294967297\"; allowed: 1 to 4294967296\n");
	EXPECT_LINE_ERROR("shots = 1 2",
			  "shots: \"1 2\"; allowed: 1 to 4294967296\n");
	EXPECT_LINE_ERROR("hold = 1048577",
			  "hold: \"1048577\"; allowed: 0 to 1048576\n");
	EXPECT_LINE_ERROR("burst = 257", "burst: \"257\"; allowed: 1 to 256\n");
	EXPECT_LINE_ERROR("burst = 0", "burst: \"0\"; allowed: 1 to 256\n");
}

TEST(wrong_injectors)
{
	EXPECT_LINE_ERROR("inject = fail_page_aloc\ninject.interval = 1",
			  "inject: \"fail_page_aloc\", did you mean "
			  "\"fail_page_alloc\"?; allowed: none, "
			  "fail_page_alloc\n");
	EXPECT_LINE_ERROR("inject =",
			  "inject: \"\"; allowed: none, fail_page_alloc\n");
	EXPECT_LINE_ERROR("pressure = annon",
			  "pressure: \"annon\", did you mean \"anon\"?; "
			  "allowed: none, anon, net\n");
}

TEST(several_pressures)
{
	ASSERT_PARSED(s, CLAIM "[phase *]\npressure = anon net\n"
			       "anon.target = 2min\nnet.size = 4K\n" PHASE
			       "pressure.words = of its own\n"
			       "anon.target = 3min 4 min\n"
			       "[phase b]\npressure = net\n" EXPECT
			       "pressure.share = 12.5%\n"
			       "pressure.kind = udp\n");
	const struct lab_press *anon, *net;

	ASSERT_EQ(3, s->nphases);
	EXPECT_STREQ("a[anon.target=3min]", s->phases[0].name);
	EXPECT_STREQ("a[anon.target=4min]", s->phases[1].name);
	EXPECT_STREQ("b", s->phases[2].name);
	ASSERT_EQ(2, s->phases[1].npresses);
	anon = &s->phases[1].press[0];
	net = &s->phases[1].press[1];
	EXPECT_STREQ("anon", anon->pressure->name);
	EXPECT_STREQ("net", net->pressure->name);
	EXPECT_EQ(4000, lab_setting_get(anon->settings, "target"));
	EXPECT_EQ(4096, lab_setting_get(net->settings, "size"));
	EXPECT_STREQ("of its own",
		     lab_setting_find(net->settings, "words")->text);
	EXPECT_EQ(0, lab_setting_get(net->settings, "kind"));

	/* What [phase *] says of net holds, what it says of anon is of no use. */
	ASSERT_EQ(1, s->phases[2].npresses);
	net = &s->phases[2].press[0];
	EXPECT_STREQ("net", net->pressure->name);
	EXPECT_EQ(4096, lab_setting_get(net->settings, "size"));
	EXPECT_EQ(125, lab_setting_get(net->settings, "share"));
	EXPECT_EQ(1, lab_setting_get(net->settings, "kind"));
	EXPECT_EQ(NULL, lab_setting_find(net->settings, "words")->text);
	lab_scenario_free(s);
}

TEST(wrong_pressures)
{
#define BOTH "pressure = anon net"
	EXPECT_LINE_ERROR("pressure = anon anon",
			  "pressure: \"anon\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("pressure = none anon",
			  "pressure: \"none\" goes with no other\n");
	EXPECT_LINE_ERROR("pressure =",
			  "pressure: nothing; at least one value is needed\n");
	EXPECT_LINE_ERROR("pressure.target = 1min\n" BOTH,
			  "pressure.target: \"target\" is a key of both; "
			  "write anon.target or net.target\n");
	EXPECT_LINE_ERROR("net.size = 1K\npressure = anon",
			  "net.size: the phase does not have this pressure; "
			  "allowed: with pressure = ... net\n");
	EXPECT_LINE_ERROR("net.sizes = 1K\n" BOTH,
			  "net.sizes: \"net\" has no key \"sizes\", did you "
			  "mean \"size\"?; allowed: size, share, kind, words, "
			  "target\n");
	EXPECT_LINE_ERROR("net.kind = tpc\n" BOTH,
			  "net.kind: \"tpc\"; allowed: tcp, udp\n");
	EXPECT_LINE_ERROR("net.share = 101%\n" BOTH,
			  "net.share: \"101%\"; allowed: 0% to 100%\n");
	EXPECT_ERRORS(CLAIM PHASE BOTH "\nnet.size = 1K\npressure.size = 2K\n",
		      "t.ini:7: pressure.size: is set already, as net.size in "
		      "line 6\n");
}

TEST(wrong_settings)
{
#define FAIL "inject = fail_page_alloc"
	EXPECT_LINE_ERROR("inject.interval = 1",
			  "inject.interval: \"none\" has no keys\n");
	EXPECT_LINE_ERROR("pressure.target = 1min",
			  "pressure.target: \"none\" has no keys\n");
	EXPECT_LINE_ERROR(
		"inject.probabilty = 1\n" FAIL,
		"inject.probabilty: \"fail_page_alloc\" has no key "
		"\"probabilty\", did you mean \"probability\"?; " NO_KEY_OF_FAIL_PAGE_ALLOC);
	EXPECT_LINE_ERROR(
		"inject. = 1\n" FAIL,
		"inject.: \"fail_page_alloc\" has no key \"\"; " NO_KEY_OF_FAIL_PAGE_ALLOC);
	EXPECT_LINE_ERROR("inject.probability = 101\n" FAIL,
			  "inject.probability: \"101\"; allowed: 0 to 100\n");
	EXPECT_LINE_ERROR("inject.probability = 1 x\n" FAIL,
			  "inject.probability: \"x\"; allowed: 0 to 100\n");
	EXPECT_LINE_ERROR("inject.probability = 1 2 01\n" FAIL,
			  "inject.probability: \"01\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("inject.probability =\n" FAIL,
			  "inject.probability: nothing; at least one value is "
			  "needed\n");
	EXPECT_LINE_ERROR("inject.interval = 0\n" FAIL,
			  "inject.interval: \"0\"; allowed: 1 or more\n");
	EXPECT_LINE_ERROR("inject.times = -2\n" FAIL,
			  "inject.times: \"-2\"; allowed: -1, or 0 to 1000\n");
	EXPECT_LINE_ERROR("inject.times = 1 2\n" FAIL,
			  "inject.times: \"1 2\"; allowed: one value, as this "
			  "key does not sweep\n");
	EXPECT_LINE_ERROR("inject.space = 2T\n" FAIL,
			  "inject.space: \"2T\"; allowed: 0 to 1T\n");
	EXPECT_LINE_ERROR("inject.verbose = maybe\n" FAIL,
			  "inject.verbose: \"maybe\"; allowed: Y or N\n");
	EXPECT_LINE_ERROR("pressure.target = min\npressure = anon",
			  "pressure.target: \"min\"; allowed: 0.05min to "
			  "20min\n");
	EXPECT_LINE_ERROR("pressure.target = 1.2\npressure = anon",
			  "pressure.target: \"1.2\"; allowed: 0.05min to "
			  "20min\n");
}

TEST(wrong_defaults_are_told_once)
{
	EXPECT_ERRORS(
		CLAIM "[phase *]\norder = x\ninject.interval = 1\n"
		      "nonsense-key = 1\nexpect = each\n" PHASE
		      "[phase b]\n[phase c]\n",
		"t.ini:4: order: \"x\"" ORDERS
		"t.ini:5: inject.interval: \"none\" has no keys\n"
		"t.ini:6: nonsense-key: unknown key \"nonsense-key\"; " PHASE_KEYS
		"t.ini:7: expect: \"each\"; allowed: SCOPE METRIC "
		"OPERATOR VALUE, as in \"each success == 100%\"\n");
}

TEST(wrong_expectations)
{
	EXPECT_LINE_ERROR("expect = all ok > 0",
			  "expect: \"all\"; allowed: each, total\n");
	EXPECT_ERRORS(CLAIM PHASE "\n  each success == 100\n",
		      "t.ini:6: expect: \"100\"; allowed: 0% to 100%, with "
		      "the %, as success is a rate\n");
}

/*
 * Files.
 */
FIXTURE(folder)
{
	char path[64];
};

FIXTURE_SETUP(folder)
{
	strcpy(self->path, "/tmp/scenario_test.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	ASSERT_EQ(0, chdir(self->path));
	ASSERT_EQ(0, mkdir("sub", 0700));
	ASSERT_EQ(0, unsetenv("LABYRINTH_SCENARIOS"));
}

FIXTURE_TEARDOWN(folder)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", self->path);
	EXPECT_EQ(0, system(command));
}

static void put_bytes(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file))
		abort();
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

static char *load_errors(const char *name)
{
	struct lab_scenario *scenario;
	struct capture capture = {};
	char *errors;

	capture_start(&capture, &stderr);
	scenario = lab_scenario_load(name);
	errors = capture_end(&capture);
	if (!scenario)
		return errors;
	lab_scenario_free(scenario);
	free(errors);
	return strdup("it was accepted");
}

#define EXPECT_LOAD_ERRORS(name, expected)          \
	do {                                        \
		char *__errors = load_errors(name); \
		EXPECT_STREQ(expected, __errors);   \
		free(__errors);                     \
	} while (0)

#define ONE(name) "[phase " name "]\n" EXPECT
#define INCLUDES(names) "[scenario]\nclaim = c\ninclude = " names "\n"

TEST_F(folder, load_a_path)
{
	struct lab_scenario *s;

	put("sub/x.ini", CLAIM PHASE);
	s = lab_scenario_load("sub/x.ini");
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("x", s->name);
	EXPECT_STREQ("sub/x.ini", s->sources[0].path);
	EXPECT_STREQ("x", s->sources[0].name);
	EXPECT_STREQ(CLAIM PHASE, s->sources[0].text);
	EXPECT_STREQ("sub/x.ini", s->phases[0].file);
	lab_scenario_free(s);
}

TEST_F(folder, load_a_name)
{
	struct lab_scenario *s;
	char *list;

	put("x.ini", "not this one");
	put("sub/x.ini", CLAIM PHASE);
	ASSERT_LT(0, asprintf(&list, "/nowhere::%s/sub:%s", self->path,
			      self->path));
	setenv("LABYRINTH_SCENARIOS", list, 1);
	free(list);
	s = lab_scenario_load("x");
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("x", s->name);
	EXPECT_NE(NULL, strstr(s->sources[0].path, "/sub/x.ini"));
	lab_scenario_free(s);
}

TEST_F(folder, names)
{
	char **names;
	size_t count;

	put("b.ini", "");
	put("a.ini", "");
	put("c.txt", "");
	put(".ini", "");
	put("sub/a.ini", "");
	put("sub/c.ini", "");
	setenv("LABYRINTH_SCENARIOS", ".:sub", 1);
	ASSERT_EQ(0, lab_scenario_names(&names, &count));
	ASSERT_EQ(3, count);
	EXPECT_STREQ("./a.ini", names[0]);
	EXPECT_STREQ("./b.ini", names[1]);
	EXPECT_STREQ("sub/c.ini", names[2]);
	while (count--)
		free(names[count]);
	free(names);
}

TEST_F(folder, no_names)
{
	char **names;
	size_t count;

	ASSERT_EQ(0, lab_scenario_names(&names, &count));
	EXPECT_EQ(0, count);
	free(names);
}

TEST_F(folder, files_that_cannot_be_read)
{
	char *large = malloc(2 << 20);

	ASSERT_NE(NULL, large);
	memset(large, '\n', 2 << 20);
	put_bytes("large.ini", large, (1 << 20) + 1);
	put_bytes("limit.ini", large, 1 << 20);
	free(large);
	put_bytes("nul.ini", CLAIM "\0" PHASE, sizeof(CLAIM "\0" PHASE) - 1);
	ASSERT_EQ(0, mkfifo("fifo.ini", 0600));
	EXPECT_LOAD_ERRORS("none.ini", "none.ini: cannot be read: No such "
				       "file or directory\n");
	EXPECT_LOAD_ERRORS("./sub", "./sub: cannot be read: Is a directory\n");
	EXPECT_LOAD_ERRORS("fifo.ini",
			   "fifo.ini: cannot be read: not a regular file\n");
	EXPECT_LOAD_ERRORS("large.ini",
			   "large.ini: cannot be read: larger than 1 MiB\n");
	EXPECT_LOAD_ERRORS("limit.ini", "limit.ini:1: [scenario]: is missing; "
					"it has to say claim = ...\n");
	EXPECT_LOAD_ERRORS("nul.ini", "nul.ini: cannot be read: has a NUL "
				      "byte, so it is no text file\n");
}

TEST_F(folder, names_that_are_not_there)
{
	char *errors;

	put("smoke.ini", "");
	setenv("LABYRINTH_SCENARIOS", ".", 1);
	errors = load_errors("smok");
	EXPECT_NE(NULL, strstr(errors, "smok: no such scenario, did you mean "
				       "\"smoke\"?; looked in ., /"));
	free(errors);
	errors = load_errors("other");
	EXPECT_NE(NULL,
		  strstr(errors, "other: no such scenario; looked in ., /"));
	EXPECT_NE(NULL, strstr(errors, "/scenarios, /"));
	EXPECT_NE(NULL, strstr(errors, "/share/labyrinth/scenarios; a path "
				       "has a '/' or ends in .ini\n"));
	free(errors);
}

TEST_F(folder, includes)
{
	static const char *const names[] = { "c", "d", "b", "a" };
	static const char *const files[] = { "sub/c.ini", "sub/../d.ini",
					     "sub/b.ini", "a.ini" };
	struct lab_scenario *s;
	size_t i;

	put("a.ini", INCLUDES("sub/b.ini") "[guest]\ncpus = 3\n" ONE("a"));
	put("sub/b.ini",
	    INCLUDES("c\n\t../d.ini") "[guest]\ncpus = 7\n"
				      "[phase *]\nshots = 5\n" ONE("b"));
	put("sub/c.ini", CLAIM ONE("c"));
	put("d.ini", CLAIM ONE("d"));
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(3, s->shape.cpus);
	ASSERT_EQ(4, s->nphases);
	for (i = 0; i < 4; i++) {
		EXPECT_STREQ(names[i], s->phases[i].name);
		EXPECT_STREQ(files[i], s->phases[i].file);
		EXPECT_EQ(i == 2 ? 5 : 1000, s->phases[i].shots);
	}
	ASSERT_EQ(4, s->nsources);
	EXPECT_STREQ("a", s->sources[0].name);
	EXPECT_STREQ("sub/b.ini", s->sources[1].name);
	EXPECT_STREQ("c", s->sources[2].name);
	EXPECT_STREQ("../d.ini", s->sources[3].name);
	lab_scenario_free(s);
}

#define INHERITS(name) "[scenario]\nclaim = c\ninherit = " name "\n"

TEST_F(folder, inherits_guest_and_defaults)
{
	struct lab_scenario *s;

	put("a.ini", INHERITS("sub/b.ini") "[guest]\ncpus = 3\n"
					   "[phase *]\nburst = 2\n"
					   "expect = total ok > 2\n" ONE("a"));
	put("sub/b.ini", INHERITS("c") "[guest]\ncpus = 7\nmemory = 96M\n"
				       "[phase *]\nshots = 5\nburst = 5\n"
				       "[phase other]\nshots = 1\n");
	/* Nothing but what is inherited: it is no scenario by itself. */
	put("sub/c.ini", "[guest]\nnodes = 4\n[phase *]\nshots = 6\n"
			 "hold = 6\nexpect = total ok > 6\n");
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(3, s->shape.cpus);
	EXPECT_EQ(4, s->shape.nodes);
	EXPECT_EQ(96 << 20, s->shape.node[3].memory);
	ASSERT_EQ(1, s->nphases);
	EXPECT_STREQ("a", s->phases[0].name);
	EXPECT_EQ(5, s->phases[0].shots);
	EXPECT_EQ(2, s->phases[0].burst);
	EXPECT_EQ(6, s->phases[0].hold);
	ASSERT_EQ(3, s->phases[0].nexpects);
	EXPECT_STREQ("total ok > 6", s->phases[0].expects[0].words);
	EXPECT_STREQ("sub/c.ini", s->phases[0].expects[0].file);
	EXPECT_EQ(6, s->phases[0].expects[0].line);
	EXPECT_STREQ("total ok > 2", s->phases[0].expects[1].words);
	EXPECT_STREQ("a.ini", s->phases[0].expects[1].file);
	ASSERT_EQ(3, s->nsources);
	EXPECT_STREQ("c", s->sources[2].name);
	lab_scenario_free(s);
}

/* A base may be that of several, and a scenario of its own beside. */
TEST_F(folder, inherits_twice)
{
	struct lab_scenario *s;

	put("a.ini",
	    "[scenario]\nclaim = c\ninherit = b\ninclude = b c\n" ONE("a"));
	put("b.ini", CLAIM "[phase *]\nshots = 5\n" ONE("b"));
	put("c.ini", INHERITS("b") ONE("c"));
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	ASSERT_EQ(3, s->nphases);
	EXPECT_EQ(5, s->phases[0].shots);
	EXPECT_EQ(5, s->phases[1].shots);
	EXPECT_EQ(5, s->phases[2].shots);
	EXPECT_EQ(3, s->nsources);
	lab_scenario_free(s);
}

/* An error is said once, of the file that it is in. */
TEST_F(folder, inherited_errors)
{
	put("a.ini", INHERITS("b") ONE("a") ONE("z"));
	put("b.ini", "[guest]\ncpu = 1\n[phase *]\nshots = 0\n"
		     "hots = 1\n[phase *]\n");
	EXPECT_LOAD_ERRORS("a.ini",
			   "b.ini:2: cpu: unknown key \"cpu\", did you mean "
			   "\"cpus\"?; allowed: cpus, nodes, memory, "
			   "distance, deadline\n"
			   "b.ini:4: shots: \"0\"; allowed: 1 to "
			   "4294967296\n"
			   "b.ini:5: hots: unknown key \"hots\", did you "
			   "mean \"shots\"?; " PHASE_KEYS
			   "b.ini:6: [phase *]: is there already, in line 3\n");
	put("a.ini", "[scenario]\nclaim = c\ninclude = c d\n");
	put("b.ini", "[phase *]\nshots = 0\n");
	put("c.ini", INHERITS("b") ONE("c"));
	put("d.ini", INHERITS("b") ONE("d"));
	EXPECT_LOAD_ERRORS("a.ini", "b.ini:2: shots: \"0\"; allowed: 1 to "
				    "4294967296\n");
	put("a.ini", INHERITS("none") ONE("a"));
	EXPECT_LOAD_ERRORS("a.ini",
			   "a.ini:3: inherit: \"none\": none.ini cannot be "
			   "read: No such file or directory\n");
	put("a.ini", INHERITS("b") ONE("a"));
	put("b.ini", INHERITS("a"));
	EXPECT_LOAD_ERRORS("a.ini",
			   "b.ini:3: inherit: \"a\" (a.ini) is part of the "
			   "scenario already; once is enough, and never in a "
			   "circle\n");
}

TEST(phases_like_others)
{
	struct lab_scenario *s = parse(CLAIM
				       "[phase *]\nburst = 3\nshots = 3\n"
				       "[phase a]\nshots = 7\nhold = 7\n"
				       "inject = fail_page_alloc\n"
				       "inject.probability = 10\n" EXPECT
				       "[phase b]\nlike = a\nhold = 8\n"
				       "[phase c]\nlike = b\ninject = none\n"
				       "expect = total ok > 9\n");
	const struct lab_phase *b, *c;

	ASSERT_NE(NULL, s);
	ASSERT_EQ(3, s->nphases);
	b = &s->phases[1];
	c = &s->phases[2];
	EXPECT_EQ(3, b->burst);
	EXPECT_EQ(7, b->shots);
	EXPECT_EQ(8, b->hold);
	EXPECT_EQ(10, lab_setting_get(b->inject, "probability"));
	EXPECT_EQ(1, b->nexpects);
	EXPECT_EQ(8, c->hold);
	EXPECT_STREQ("none", c->injector->name);
	ASSERT_EQ(2, c->nexpects);
	EXPECT_STREQ("total ok > 0", c->expects[0].words);
	lab_scenario_free(s);
}

TEST(phases_like_none)
{
#define LIKE(name)                                                         \
	"like: \"" name "\"; allowed: in a [phase NAME], the name of one " \
	"above it in the same file\n"
	EXPECT_ERRORS(CLAIM "[phase a]\nlike = b\n" EXPECT "[phase b]\n" EXPECT,
		      "t.ini:4: " LIKE("b"));
	EXPECT_ERRORS(CLAIM "[phase a]\nlike = a\n" EXPECT,
		      "t.ini:4: " LIKE("a"));
	EXPECT_ERRORS(CLAIM
		      "[phase *]\nshots = 1\n[phase a]\nlike = *\n" EXPECT,
		      "t.ini:6: " LIKE("*"));
	EXPECT_ERRORS(CLAIM PHASE "[phase *]\nlike = a\n",
		      "t.ini:6: " LIKE("a"));
}

TEST(schedules)
{
#define SCHEDULE(values)                                         \
	CLAIM "[phase a]\ninject = fail_page_alloc\nshots = 3\n" \
	      "inject.probability = 50\nschedule = " values "\n" EXPECT
	struct lab_scenario *s = parse(SCHEDULE("0 100 40"));

	ASSERT_NE(NULL, s);
	ASSERT_EQ(3, s->phases[0].nschedule);
	EXPECT_EQ(0, s->phases[0].schedule[0]);
	EXPECT_EQ(100, s->phases[0].schedule[1]);
	EXPECT_EQ(40, s->phases[0].schedule[2]);
	lab_scenario_free(s);
	EXPECT_ERRORS(SCHEDULE(""), "t.ini:7: schedule: 0 levels; allowed: 1 "
				    "to 32\n");
	EXPECT_ERRORS(SCHEDULE("1 2 3 4"),
		      "t.ini:7: schedule: 4 levels in phase \"a\", which has "
		      "shots = 3; allowed: at least a shot for each\n");
	EXPECT_ERRORS(SCHEDULE("1 101"),
		      "t.ini:7: schedule: \"101\"; allowed: percents from 0 "
		      "to 100, as in \"0 50 100\"\n");
	EXPECT_ERRORS(CLAIM "[phase a]\nschedule = 0 9\n" EXPECT,
		      "t.ini:4: schedule: phase \"a\" has inject = none; "
		      "allowed: with an injector that has a probability\n");
}

/* What cannot hold of any kernel is no expectation: it is refused. */
TEST(binomial_needs_even_chances)
{
#define BINOMIAL(keys)                     \
	CLAIM "[phase a]\norder = 1-3\n"   \
	      "inject = fail_page_alloc\n" \
	      "inject.probability = 50\n"  \
	      "expect = each injected binomial 1e-6\n" keys "\n"
#define REFUSED(key)                                                      \
	"t.ini:8: inject." key                                            \
	": phase \"a\" expects \"each injected binomial 1e-6\", which "   \
	"holds only where each request fails with the same probability; " \
	"allowed: "
	ASSERT_PARSED(s, BINOMIAL("inject.interval = 1\n"
				  "inject.times = -1\n"
				  "inject.space = 0\n"
				  "inject.min-order = 1\n"));

	lab_scenario_free(s);
	EXPECT_ERRORS(BINOMIAL("inject.interval = 10"),
		      REFUSED("interval") "1, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.interval = 1 10"),
		      REFUSED("interval") "1, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.times = 7"),
		      REFUSED("times") "-1, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.space = 4K"),
		      REFUSED("space") "0, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.min-order = 2"),
		      REFUSED("min-order") "at most 1, or another "
					   "expectation\n");
	/* Inherited, it holds for the phase that cannot have it. */
	EXPECT_ERRORS(CLAIM "[phase *]\ninject = fail_page_alloc\n"
			    "expect = each injected binomial 1e-6\n"
			    "[phase a]\ninject.probability = 50\n"
			    "inject.interval = 10\n",
		      "t.ini:8: inject.interval: phase \"a\" expects \"each "
		      "injected binomial 1e-6\", which holds only where each "
		      "request fails with the same probability; allowed: 1, "
		      "or another expectation\n");
}

TEST(bind)
{
	struct lab_scenario *s = parse(CLAIM "[phase a]\nbind = 0-1\n" EXPECT
					     "[phase b]\nbind = none\n" EXPECT);

	ASSERT_NE(NULL, s);
	EXPECT_EQ(3, s->phases[0].bind);
	EXPECT_EQ(0, s->phases[1].bind);
	lab_scenario_free(s);
	EXPECT_ERRORS(CLAIM "[phase a]\nbind = 2\n" EXPECT,
		      "t.ini:4: bind: phase \"a\" binds to node 2, but the "
		      "[guest] has 0 to 1\n");
	EXPECT_ERRORS(CLAIM "[phase a]\nbind = all\n" EXPECT,
		      "t.ini:4: bind: \"all\"; allowed: numbers and ranges "
		      "from 0 to 63, as in \"0-2 5\"\n");
}

TEST(scenario_keys)
{
	struct lab_scenario *s =
		parse("[scenario]\nclaim = c\nregressions = x y\n"
		      "takes = 2m\nby-name = Y\n" PHASE);

	ASSERT_NE(NULL, s);
	EXPECT_STREQ("x y", s->regressions);
	EXPECT_EQ(120, s->takes);
	EXPECT_TRUE(s->by_name);
	lab_scenario_free(s);
	s = parse(CLAIM PHASE);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NULL, s->regressions);
	EXPECT_EQ(0, s->takes);
	EXPECT_FALSE(s->by_name);
	lab_scenario_free(s);
}

TEST_F(folder, includes_only)
{
	struct lab_scenario *s;

	put("a.ini", INCLUDES("b"));
	put("b.ini", CLAIM PHASE);
	s = lab_scenario_load("./a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(1, s->nphases);
	lab_scenario_free(s);
}

TEST_F(folder, includes_from_the_folders_of_names)
{
	struct lab_scenario *s;

	put("a.ini", INCLUDES("b"));
	put("sub/b.ini", CLAIM PHASE);
	setenv("LABYRINTH_SCENARIOS", "sub", 1);
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("sub/b.ini", s->phases[0].file);
	lab_scenario_free(s);
}

TEST_F(folder, includes_of_a_text)
{
	struct lab_scenario *s;

	put("b.ini", CLAIM PHASE);
	s = parse(INCLUDES("b"));
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("b.ini", s->phases[0].file);
	lab_scenario_free(s);
}

TEST_F(folder, includes_that_are_not_there)
{
	put("a.ini", INCLUDES("b sub/c.ini /d.ini sub/") PHASE);
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"a.ini:3: include: \"b\": b.ini cannot be read: No such file "
		"or directory\n"
		"a.ini:3: include: \"sub/c.ini\": sub/c.ini cannot be read: "
		"No such file or directory\n"
		"a.ini:3: include: \"/d.ini\": /d.ini cannot be read: No such "
		"file or directory\n"
		"a.ini:3: include: \"sub/\": sub/ cannot be read: Is a "
		"directory\n");
}

TEST_F(folder, includes_in_a_circle)
{
	put("a.ini", INCLUDES("b") ONE("a"));
	put("b.ini", INCLUDES("sub/../a.ini") ONE("b"));
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"b.ini:3: include: \"sub/../a.ini\" (sub/../a.ini) is part of "
		"the scenario already; once is enough, and never in a "
		"circle\n");
	put("b.ini", INCLUDES("b") ONE("b"));
	EXPECT_LOAD_ERRORS(
		"b.ini",
		"b.ini:3: include: \"b\" (b.ini) is part of the scenario "
		"already; once is enough, and never in a circle\n");
}

TEST_F(folder, includes_twice)
{
	put("a.ini", INCLUDES("b b"));
	put("b.ini", CLAIM PHASE);
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"a.ini:3: include: \"b\" (b.ini) is part of the scenario "
		"already; once is enough, and never in a circle\n");
}

TEST_F(folder, includes_too_deep)
{
	char path[16], text[128];
	struct lab_scenario *s;
	int i;

	for (i = 0; i < 9; i++) {
		snprintf(path, sizeof(path), "%d.ini", i);
		snprintf(text, sizeof(text), INCLUDES("%d") ONE("p%d"), i + 1,
			 i);
		put(path, text);
	}
	put("9.ini", CLAIM PHASE);
	s = lab_scenario_load("1.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(9, s->nphases);
	lab_scenario_free(s);
	EXPECT_LOAD_ERRORS("0.ini", "8.ini:3: include: \"9\" is too deep; at "
				    "most 8 files deep\n");
}

TEST_F(folder, included_phases_with_the_same_name)
{
	put("a.ini", INCLUDES("b") PHASE);
	put("b.ini", CLAIM "\n" PHASE);
	EXPECT_LOAD_ERRORS("a.ini",
			   "a.ini:4: [phase a]: the name is taken, in "
			   "b.ini:4; allowed: names that are unique over the "
			   "scenario\n");
}

TEST_F(folder, included_errors)
{
	put("a.ini", INCLUDES("b") PHASE "shots = 0\n");
	put("b.ini", "[guest]\ncpus = 0\n" ONE("b") "hold = x\n");
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"b.ini:1: [scenario]: is missing; it has to say claim = ...\n"
		"b.ini:2: cpus: \"0\"; allowed: 1 to 64\n"
		"b.ini:5: hold: \"x\"; allowed: 0 to 1048576\n"
		"a.ini:6: shots: \"0\"; allowed: 1 to 4294967296\n");
}

TEST_F(folder, included_phases_are_for_the_guest_of_the_root)
{
	put("a.ini", INCLUDES("b"));
	put("b.ini", CLAIM "[guest]\nnodes = 4\n" PHASE "node = 3\n");
	EXPECT_LOAD_ERRORS("a.ini",
			   "b.ini:7: node: phase \"a\" asks for node 3, but "
			   "the [guest] has 0 to 1\n");
	put("a.ini", INCLUDES("b") "[guest]\nnodes = 4\n");
	EXPECT_LOAD_ERRORS("a.ini", "it was accepted");
}

/*
 * What is printed.
 */
TEST(keys_are_printed)
{
	struct capture capture = {};
	char *text;

	capture_start(&capture, &stdout);
	lab_scenario_print_keys();
	text = capture_end(&capture);
	EXPECT_NE(NULL, strstr(text, "[scenario]\n"));
	EXPECT_NE(NULL,
		  strstr(text,
			 "  memory    64M to 64G, or one a node  256M  "));
	EXPECT_NE(NULL, strstr(text, "  burst     1 to 256  "));
	EXPECT_NE(NULL, strstr(text, "  inject.times        -1, or 0 to 1000  "
				     "-1       at most\n"));
	EXPECT_NE(NULL, strstr(text, "  pressure.target  0.05min to 20min  "
				     "1min     free pages to leave (sweeps)"));
	free(text);
}

TEST_HARNESS_MAIN
