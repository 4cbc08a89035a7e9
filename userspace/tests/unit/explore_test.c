// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore_test.c - which faults are planned, what is said of a trial, and what
 * a site is called.
 */
#include "explore/explore.h"
#include "explore/site.h"
#include "explore/site_words.h"
#include "kselftest_harness.h"
#include "lib/json.h"

static json_t *sites(int occurrences)
{
	return json_pack("[{s:s, s:i}]", "id", "00000000000000aa",
			 "occurrences", occurrences);
}

/* Whether the faults of kind once are these occurrences, in this order. */
static bool planned(int occurrences, enum lab_occurrences which,
		    const char *wanted)
{
	json_t *of = sites(occurrences), *fault;
	json_t *faults = lab_plan_faults(of, which, false);
	char got[200] = "";
	size_t i;

	json_array_foreach(faults, i, fault)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%d",
			 *got ? " " : "", (int)lab_number(fault, "first"));
	json_decref(faults);
	json_decref(of);
	return !strcmp(got, wanted);
}

TEST(few_are_first_second_middle_last)
{
	EXPECT_TRUE(planned(1, LAB_FEW, "1"));
	EXPECT_TRUE(planned(2, LAB_FEW, "1 2"));
	EXPECT_TRUE(planned(3, LAB_FEW, "1 2 3"));
	EXPECT_TRUE(planned(9, LAB_FEW, "1 2 5 9"));
	EXPECT_TRUE(planned(4, LAB_ALL, "1 2 3 4"));
	EXPECT_TRUE(planned(4, LAB_FIRST_ONLY, "1"));
}

TEST(starving_comes_last)
{
	json_t *of = sites(3), *faults = lab_plan_faults(of, LAB_FEW, true);
	const json_t *last = json_array_get(faults, 3);

	ASSERT_EQ(4, json_array_size(faults));
	EXPECT_STREQ("starve", lab_text(last, "kind"));
	EXPECT_EQ(0, lab_number(last, "count"));
	EXPECT_LT(0, lab_number(last, "duration"));
	json_decref(faults);
	json_decref(of);
}

/* ---- pairs ---------------------------------------------------------------- */

static json_t *site_at(int place, const char *id, const char *context,
		       const char *stack)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:i}", "place", place, "id", id,
			 "context", context, "stack", stack, "occurrences", 9);
}

/* Sends, with two requests; another system call; a poll; one without a root. */
static json_t *sites_of_pairs(void)
{
	return json_pack(
		"[o, o, o, o, o]",
		site_at(0, "aa", "task", "head+1\nsend+2\nsys_send+3\nentry+4"),
		site_at(1, "bb", "task",
			"data+1\nappend+7\nsend+2\nsys_send+3\nentry+4"),
		site_at(2, "cc", "task", "head+1\nbind+2\nsys_bind+3\nentry+4"),
		site_at(3, "dd", "softirq",
			"head+1\nsend+2\nsys_send+3\nentry+4"),
		site_at(4, "ee", "task", "sys_send+3\nentry+4"));
}

/* Whether the pairs of these requests, by their places, are those. */
static bool paired(json_t *order, const char *wanted)
{
	json_t *of = sites_of_pairs(), *faults = json_array(), *fault;
	char got[400] = "";
	size_t i;

	lab_plan_pairs(faults, of, order);
	json_array_foreach(faults, i, fault) {
		const json_t *then = json_object_get(fault, "then");

		snprintf(got + strlen(got), sizeof(got) - strlen(got),
			 "%s%s%d-%s%d", *got ? " " : "",
			 lab_text(fault, "site"),
			 (int)lab_number(fault, "first"),
			 lab_text(then, "site"),
			 (int)lab_number(then, "first"));
	}
	json_decref(faults);
	json_decref(of);
	json_decref(order);
	if (strcmp(got, wanted) != 0)
		printf("# pairs: %s\n", got);
	return !strcmp(got, wanted);
}

TEST(pairs_are_of_one_system_call)
{
	EXPECT_TRUE(paired(json_pack("[i, i]", 0, 1), "aa1-bb1"));
	EXPECT_TRUE(paired(json_pack("[i, i]", 0, 2), ""));
	EXPECT_TRUE(paired(json_pack("[i, i]", 0, 3), ""));
	EXPECT_TRUE(paired(json_pack("[i, i]", 0, 4), ""));
	EXPECT_TRUE(paired(json_pack("[]"), ""));
	/* A place that no site has. */
	EXPECT_TRUE(paired(json_pack("[i, i]", 0, 77), ""));
}

TEST(pairs_are_tried_once_and_in_both_orders)
{
	EXPECT_TRUE(paired(json_pack("[i, i, i]", 0, 0, 1), "aa1-bb1"));
	EXPECT_TRUE(paired(json_pack("[i, i, i, i]", 0, 1, 0, 1),
			   "aa1-bb1 bb1-aa2"));
	/* What another system call parts is no pair. */
	EXPECT_TRUE(paired(json_pack("[i, i, i]", 0, 2, 1), ""));
}

TEST(pairs_are_close)
{
	EXPECT_TRUE(
		paired(json_pack("[i, i, i, i, i]", 0, 0, 0, 0, 1), "aa1-bb1"));
	EXPECT_TRUE(paired(json_pack("[i, i, i, i, i, i]", 1, 0, 0, 0, 0, 0),
			   "bb1-aa1"));
}

/* ---- trials ---------------------------------------------------------------- */

/* A trial as victim/trial.c writes it. */
static json_t *trial(int objects, int pages)
{
	return json_pack(
		"{s:{s:i}, s:i, s:{s:i, s:i, s:i, s:i, s:s}, s:{s:i, s:s}, s:i, s:b, s:{s:[], s:[]}, s:{s:i, s:{s:i, s:i}}}",
		"watched", "faults", 1, "start_error", 0, "work", "asked", 10,
		"done", 10, "wrong", 0, "errors", 0, "detail", "", "recovery",
		"wrong", 0, "detail", "", "passes", 1, "recovered", 1, "log",
		"kinds", "lines", "after", "free_pages", pages, "caches",
		"busy", objects * 3, "quiet", objects);
}

FIXTURE(judged)
{
	json_t *trial, *before;
	struct lab_trial_noise noise;
	char evidence[200];
};

FIXTURE_SETUP(judged)
{
	json_t *other = trial(10, 5000);

	self->trial = trial(10, 5000);
	self->before = trial(10, 5000);
	json_object_set_new(json_object_get(json_object_get(other, "after"),
					    "caches"),
			    "busy", json_integer(37));
	/* Of "busy" up to seven come and go. */
	lab_noise_learn(&self->noise, self->before, other);
	lab_noise_learn(&self->noise, self->before, self->trial);
	json_decref(other);
}

FIXTURE_TEARDOWN(judged)
{
	json_decref(self->trial);
	json_decref(self->before);
	lab_noise_free(&self->noise);
}

#define JUDGE()                                                  \
	lab_trial_judge(self->trial, self->before, &self->noise, \
			self->evidence, sizeof(self->evidence))

static void set(json_t *trial, const char *part, const char *key, json_t *value)
{
	json_object_set_new(part ? json_object_get(trial, part) : trial, key,
			    value);
}

TEST_F(judged, served)
{
	EXPECT_EQ(LAB_TRIAL_SERVED, JUDGE());
}

TEST_F(judged, not_reached)
{
	set(self->trial, "watched", "faults", json_integer(0));
	EXPECT_EQ(LAB_TRIAL_NOT_REACHED, JUDGE());
}

TEST_F(judged, degraded)
{
	set(self->trial, "work", "done", json_integer(9));
	EXPECT_EQ(LAB_TRIAL_DEGRADED, JUDGE());
	EXPECT_NE(NULL, strstr(self->evidence, "1 of 10"));
}

TEST_F(judged, reported)
{
	set(self->trial, "work", "errors", json_integer(1));
	set(self->trial, "work", "error", json_string("ENOBUFS"));
	EXPECT_EQ(LAB_TRIAL_REPORTED, JUDGE());
	EXPECT_NE(NULL, strstr(self->evidence, "ENOBUFS"));
	set(self->trial, NULL, "start_error", json_integer(12));
	EXPECT_EQ(LAB_TRIAL_REPORTED, JUDGE());
}

TEST_F(judged, stuck)
{
	set(self->trial, NULL, "recovered", json_false());
	EXPECT_EQ(LAB_TRIAL_STUCK, JUDGE());
}

TEST_F(judged, corrupt)
{
	set(self->trial, "recovery", "wrong", json_integer(1));
	EXPECT_EQ(LAB_TRIAL_CORRUPT, JUDGE());
}

TEST_F(judged, warned)
{
	set(self->trial, "log", "kinds", json_pack("[s]", "warning"));
	set(self->trial, "log", "lines", json_pack("[s]", "WARNING: CPU: 0"));
	EXPECT_EQ(LAB_TRIAL_WARNED, JUDGE());
	EXPECT_STREQ("WARNING: CPU: 0", self->evidence);
}

/* What comes and goes by itself is no suspicion, one object more of another is. */
TEST_F(judged, left_behind)
{
	json_t *caches = json_object_get(json_object_get(self->trial, "after"),
					 "caches");

	json_object_set_new(caches, "busy", json_integer(37));
	EXPECT_EQ(LAB_TRIAL_SERVED, JUDGE());
	json_object_set_new(caches, "quiet", json_integer(11));
	EXPECT_EQ(LAB_TRIAL_LEAK, JUDGE());
	EXPECT_NE(NULL, strstr(self->evidence, "quiet"));
}

/* A driver that cannot be unloaded, whatever else came of it. */
TEST_F(judged, does_not_let_go)
{
	set(self->trial, NULL, "close_error", json_integer(EBUSY));
	EXPECT_EQ(LAB_TRIAL_LEAK, JUDGE());
	EXPECT_NE(NULL, strstr(self->evidence, "let go"));
	set(self->trial, NULL, "recovered", json_false());
	EXPECT_EQ(LAB_TRIAL_STUCK, JUDGE());
}

/* What leaked stays: objects that a later trial does not have any more did not. */
TEST_F(judged, what_is_given_back_later_is_no_leak)
{
	json_t *more = trial(11, 5000), *less = trial(10, 5000);
	const json_t *later[] = { more, more };

#define GAVE_BACK(count)                                             \
	lab_trial_gave_back(self->trial, self->before, later, count, \
			    &self->noise)
	json_object_set_new(
		json_object_get(json_object_get(self->trial, "after"),
				"caches"),
		"quiet", json_integer(11));
	EXPECT_EQ(LAB_TRIAL_LEAK, JUDGE());
	EXPECT_FALSE(GAVE_BACK(0));
	EXPECT_FALSE(GAVE_BACK(2));
	later[1] = less;
	EXPECT_FALSE(GAVE_BACK(1));
	EXPECT_TRUE(GAVE_BACK(2));
	json_decref(more);
	json_decref(less);
}

static void set_cache(json_t *trial, const char *cache, int objects)
{
	json_object_set_new(json_object_get(json_object_get(trial, "after"),
					    "caches"),
			    cache, json_integer(objects));
}

/* Addresses that were unmapped: the kernel has them until there are many. */
TEST_F(judged, what_the_kernel_keeps_for_later_is_no_leak)
{
	set_cache(self->before, "vmap_area", 100);
	set_cache(self->trial, "vmap_area", 160);
	EXPECT_NE(LAB_TRIAL_LEAK, JUDGE());
	set_cache(self->before, "vmap_block", 100);
	set_cache(self->trial, "vmap_block", 160);
	EXPECT_EQ(LAB_TRIAL_LEAK, JUDGE());
}

TEST_F(judged, pages_that_come_back_are_no_leak)
{
	json_t *fewer = trial(10, 4000), *all = trial(10, 5000);
	const json_t *later[] = { fewer, all };

	json_object_set_new(json_object_get(self->trial, "after"), "free_pages",
			    json_integer(4000));
	EXPECT_EQ(LAB_TRIAL_LEAK, JUDGE());
	EXPECT_FALSE(GAVE_BACK(1));
	EXPECT_TRUE(GAVE_BACK(2));
	json_decref(fewer);
	json_decref(all);
}

#define LEAK(later)                                                         \
	lab_trials_leak((const json_t *const *)row, 4, later, &self->noise, \
			self->evidence, sizeof(self->evidence))

/*
 * Each trial in a row has to leave more than trials without a fault do, and it has
 * to stay.
 */
TEST_F(judged, leaks_grow_with_each_trial)
{
	json_t *row[4], *later;
	size_t i;

	for (i = 0; i < 4; i++)
		row[i] = trial(10 + i, 5000);
	EXPECT_TRUE(LEAK(row[3]));
	EXPECT_NE(NULL, strstr(self->evidence, "quiet"));
	/* A timer let them go. */
	later = trial(10, 5000);
	EXPECT_FALSE(LEAK(later));
	json_decref(later);
	/* Of some of them. */
	later = trial(12, 5000);
	EXPECT_FALSE(LEAK(later));
	json_decref(later);
	json_decref(row[3]);
	row[3] = trial(12, 5000);
	EXPECT_FALSE(LEAK(row[3]));
	for (i = 0; i < 4; i++)
		json_decref(row[i]);
}

/* What was found of two sites: one fails, one was not tried. */
static json_t *found(void)
{
	return json_pack(
		"{s:{s:s, s:s, s:s, s:[s, s]}, s:{s:[{s:s, s:s, s:s, s:s}, {s:s, s:s, s:s, s:s}]}, s:[{s:s, s:s, s:i, s:s, s:s}, {s:s, s:s, s:i, s:s, s:s}]}",
		"identity", "victim", "program:./x", "devices", "e1000e",
		"kernel", "K", "arguments", "-a", "b", "profile", "sites", "id",
		"00000000000000aa", "stack", "f+0x1/0x2 [m]", "context",
		"softirq", "interface", "kmalloc", "id", "00000000000000bb",
		"stack", "g+0x1/0x2", "context", "task", "interface", "pages",
		"faults", "site", "00000000000000aa", "kind", "once", "first",
		1, "verdict", "served", "evidence", "", "site",
		"00000000000000aa", "kind", "once", "first", 2, "verdict",
		"stuck", "evidence", "lost <all>");
}

TEST(the_gravest_verdict_is_a_sites)
{
	json_t *all = found();
	const json_t *faults = json_object_get(all, "faults");
	unsigned int count;

	EXPECT_EQ(LAB_TRIAL_STUCK,
		  lab_site_verdict(faults, "00000000000000aa", &count));
	EXPECT_EQ(2, count);
	EXPECT_EQ(LAB_TRIAL_VERDICT_COUNT,
		  lab_site_verdict(faults, "00000000000000bb", &count));
	EXPECT_EQ(0, count);
	EXPECT_FALSE(lab_fault_fails(json_array_get(faults, 0)));
	EXPECT_TRUE(lab_fault_fails(json_array_get(faults, 1)));
	EXPECT_FALSE(lab_trial_fails(LAB_TRIAL_VERDICT_COUNT));
	json_decref(all);
}

TEST(a_fault_is_repeated_with_all_that_was_said)
{
	json_t *all = found();
	char *words = lab_repeat_words(
		all, json_array_get(json_object_get(all, "faults"), 1));

	EXPECT_STREQ(
		"labyrinth explore program:./x --kernel K --site 00000000000000aa --occurrence 2 --devices e1000e -- -a b",
		words);
	free(words);
	json_decref(all);
}

/* Each form of it, on what has a finding, a pass and what was not tried. */
TEST(forms_say_what_fails)
{
	json_t *all = found(), *results = lab_explore_results(all);
	const json_t *verdicts = json_object_get(results, "verdicts");
	size_t i, size;
	char *text;
	FILE *to;

	EXPECT_STREQ("fail", lab_text(results, "verdict"));
	EXPECT_STREQ("fail", lab_text(json_array_get(verdicts, 0), "verdict"));
	EXPECT_STREQ("skip", lab_text(json_array_get(verdicts, 1), "verdict"));
	for (i = 0; lab_explore_forms[i]; i++) {
		to = open_memstream(&text, &size);
		lab_explore_forms[i]->write(all, to);
		fclose(to);
		EXPECT_NE(NULL,
			  strcasestr(text, strcmp(lab_explore_forms[i]->name,
						  "lava") ?
						   "stuck" :
						   "fail"))
		{
			TH_LOG("%s:\n%s", lab_explore_forms[i]->name, text);
		}
		if (!strcmp(lab_explore_forms[i]->name, "html") ||
		    !strcmp(lab_explore_forms[i]->name, "junit"))
			EXPECT_EQ(NULL, strstr(text, "<all>"));
		free(text);
	}
	json_decref(results);
	json_decref(all);
}

static json_t *one_site(const char *stack, const char *verdict)
{
	return json_pack(
		"{s:{s:s, s:s}, s:{s:s, s:[{s:s, s:s, s:s, s:s, s:i}]}, s:[{s:s, s:s, s:s}]}",
		"identity", "victim", "v", "kernel", "K", "profile", "release",
		"6", "sites", "id", "00000000000000aa", "stack", stack,
		"context", "softirq", "interface", "kmalloc", "occurrences", 7,
		"faults", "site", "00000000000000aa", "kind", "once", "verdict",
		verdict);
}

/* The change of the first site, and whether B is worse. */
static bool changed(json_t *a, json_t *b, const char *wanted, bool worse)
{
	json_t *comparison = lab_explorations_compare(a, b);
	const json_t *row =
		json_array_get(json_object_get(comparison, "sites"), 0);
	const bool good = lab_is(row, "change", wanted) &&
			  json_is_true(json_object_get(comparison, "worse")) ==
				  worse;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	lab_explorations_text(comparison, to);
	fclose(to);
	if (!good)
		printf("# %s\n", text);
	free(text);
	json_decref(comparison);
	json_decref(a);
	json_decref(b);
	return good;
}

/* By who asked: offsets, copies of a function and the way to it do not matter. */
TEST(two_explorations_side_by_side)
{
	EXPECT_TRUE(
		changed(one_site("f+0x1/0x9 [m]\ng+0x1/0x9", "served"),
			one_site("f.isra.0+0x4/0x8 [m]\nh+0x1/0x9", "served"),
			"same", false));
	EXPECT_TRUE(changed(one_site("f+0x1/0x9 [m]", "served"),
			    one_site("f+0x1/0x9 [m]", "stuck"), "now-fails",
			    true));
	EXPECT_TRUE(changed(one_site("f+0x1/0x9 [m]", "stuck"),
			    one_site("f+0x1/0x9 [m]", "degraded"),
			    "no-longer-fails", false));
	EXPECT_TRUE(changed(one_site("f+0x1/0x9 [m]", "stuck"),
			    one_site("g+0x1/0x9 [m]", "served"), "gone",
			    false));
	EXPECT_TRUE(changed(one_site("f+0x1/0x9 [m]", "served"),
			    one_site("g+0x1/0x9 [m]", "leak"), "gone", true));
	EXPECT_TRUE(changed(one_site("f+0x1/0x9 [m]", "stuck"),
			    one_site("f+0x1/0x9 [m]", ""), "not-tried", false));
}

TEST(a_site_is_named_by_who_asked)
{
	json_t *site = json_pack(
		"{s:s}", "stack",
		"__build_skb+0x23/0x60\n__netdev_alloc_skb+0xc2/0x140\n"
		"e100_rx_alloc_skb+0x26/0x190 [e100]\ne100_poll+0x1/0x2 [e100]");
	struct lab_site_name name;

	lab_site_name(site, &name);
	EXPECT_STREQ("e100_rx_alloc_skb", name.function);
	EXPECT_STREQ("e100", name.module);
	json_decref(site);
	site = json_pack("{s:s}", "stack",
			 "mempool_alloc_noprof+0x5/0x140\nbvec_alloc+0x1/0x2\n"
			 "bio_alloc_bioset+0x3/0x4\nsubmit_bh_wbc+0x1/0x2");
	lab_site_name(site, &name);
	EXPECT_STREQ("submit_bh_wbc", name.function);
	json_decref(site);
	site = json_pack("{s:s}", "stack", "");
	lab_site_name(site, &name);
	EXPECT_STREQ("", name.function);
	json_decref(site);
}

TEST_HARNESS_MAIN
