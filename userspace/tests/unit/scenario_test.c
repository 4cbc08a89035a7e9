// SPDX-License-Identifier: GPL-2.0-only
/* scenario_test.c - what is made of scenario files that are right. */

#include "inject/inject.h"
#include "lib/words.h"
#include "pressure/pressure.h"
#include "scenario_text.h"

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
	EXPECT_NE(NULL, strstr(text, "  burst       1 to 256  "));
	EXPECT_NE(NULL, strstr(text, "  inject.times        -1, or 0 to 1000  "
				     "-1       at most\n"));
	EXPECT_NE(NULL, strstr(text, "  pressure.target  0.05min to 20min  "
				     "1min     free pages to leave (sweeps)"));
	free(text);
}

TEST_HARNESS_MAIN
