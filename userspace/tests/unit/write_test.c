// SPDX-License-Identifier: GPL-2.0-only
/* unit/write_test.c - scenario/write.c: what is written says the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/ini_write.h"
#include "scenario/fields.h"
#include "scenario/scenario.h"
#include "scenario/write.h"

static char *written(const struct lab_scenario *scenario)
{
	struct lab_sections sections;
	char *text;

	lab_scenario_sections(scenario, &sections);
	text = lab_sections_text(&sections);
	lab_sections_free(&sections);
	return text;
}

static bool same_settings(const struct lab_setting *a,
			  const struct lab_setting *b)
{
	size_t i;

	for (i = 0; i < LAB_MAX_SETTINGS; i++)
		if (a[i].key != b[i].key || a[i].number != b[i].number ||
		    a[i].given != b[i].given ||
		    strcmp(a[i].text ? a[i].text : "",
			   b[i].text ? b[i].text : "") != 0)
			return false;
	return true;
}

static bool same_gfps(const struct lab_phase *a, const struct lab_phase *b)
{
	size_t i;

	if (a->ngfps != b->ngfps)
		return false;
	for (i = 0; i < a->ngfps; i++)
		if (a->gfps[i].base != b->gfps[i].base ||
		    a->gfps[i].mods != b->gfps[i].mods)
			return false;
	return true;
}

static bool same_presses(const struct lab_phase *a, const struct lab_phase *b)
{
	size_t i;

	if (a->npresses != b->npresses)
		return false;
	for (i = 0; i < a->npresses; i++)
		if (a->press[i].pressure != b->press[i].pressure ||
		    !same_settings(a->press[i].settings, b->press[i].settings))
			return false;
	return true;
}

static bool same_expects(const struct lab_phase *a, const struct lab_phase *b)
{
	size_t i;

	if (a->nexpects != b->nexpects)
		return false;
	for (i = 0; i < a->nexpects; i++)
		if (strcmp(a->expects[i].words, b->expects[i].words) != 0)
			return false;
	return true;
}

static bool same_phase(const struct lab_phase *a, const struct lab_phase *b)
{
	return a->contexts == b->contexts && a->apis == b->apis &&
	       a->orders == b->orders && same_gfps(a, b) &&
	       a->nnodes == b->nnodes &&
	       !memcmp(a->nodes, b->nodes, a->nnodes * sizeof(*a->nodes)) &&
	       a->cpus == b->cpus && a->shots == b->shots &&
	       a->hold == b->hold && a->burst == b->burst &&
	       a->pattern == b->pattern && a->free_first == b->free_first &&
	       a->oracles == b->oracles && a->events == b->events &&
	       a->reserve == b->reserve && a->floor == b->floor &&
	       a->interval == b->interval && a->timeline == b->timeline &&
	       a->in_turn == b->in_turn && a->blind == b->blind &&
	       a->bind == b->bind && a->min_free == b->min_free &&
	       a->nschedule == b->nschedule &&
	       !memcmp(a->schedule, b->schedule,
		       a->nschedule * sizeof(*a->schedule)) &&
	       a->log == b->log && a->injector == b->injector &&
	       same_settings(a->inject, b->inject) && same_presses(a, b) &&
	       a->victim.ops == b->victim.ops &&
	       a->victim.layers == b->victim.layers &&
	       same_settings(a->victim.settings, b->victim.settings) &&
	       same_expects(a, b);
}

/* All that the project has, with what they include and inherit. */
TEST(library)
{
	char **paths;
	size_t n, i, j;

	ASSERT_EQ(0, setenv("LABYRINTH_SCENARIOS", "scenarios", true));
	ASSERT_EQ(0, lab_scenario_names(&paths, &n));
	ASSERT_LT(40, n);
	for (i = 0; i < n; i++) {
		struct lab_scenario *one = lab_scenario_load(paths[i]), *other;
		char *text, *again;

		ASSERT_NE(NULL, one);
		text = written(one);
		other = lab_scenario_parse(one->name, "written.ini", text);
		ASSERT_NE(NULL, other)
		{
			TH_LOG("%s", paths[i]);
		}
		ASSERT_EQ(one->nphases, other->nphases);
		for (j = 0; j < one->nphases; j++)
			EXPECT_TRUE(
				same_phase(&one->phases[j], &other->phases[j]))
			{
				TH_LOG("%s, phase %s", paths[i],
				       one->phases[j].name);
			}
		EXPECT_EQ(0, memcmp(&one->shape, &other->shape,
				    sizeof(one->shape)));
		EXPECT_EQ(one->deadline, other->deadline);
		EXPECT_STREQ(one->boot.append, other->boot.append);
		EXPECT_STREQ(one->boot.cpu, other->boot.cpu);
		EXPECT_STREQ(one->boot.machine, other->boot.machine);
		again = written(other);
		EXPECT_STREQ(text, again);
		lab_scenario_free(one);
		lab_scenario_free(other);
		free(text);
		free(again);
		free(paths[i]);
	}
	free(paths);
}

/* Every key that differs from its default is written, and is read again. */
TEST(every_key)
{
	static const char *const text =
		"[scenario]\nclaim = c\n"
		"[guest]\ncpus = 1 2\nnodes = 2\nmemory = 64M 128M\n"
		"distance = 10 30 30 10\ndeadline = 90s\nappend = a=1 b\n"
		"cpu = max\nmachine = q35\n"
		"[phase a]\ncontext = task nmi\napi = kmalloc pages\n"
		"order = 1 3\ngfp = GFP_ATOMIC GFP_NOWAIT|__GFP_ZERO\n"
		"node = 1 any\ncpu = 1-2\nshots = 77\nhold = 32\nburst = 8\n"
		"pattern = refill\nfree-first = random\nfloor = 3M\n"
		"interval = 12us\nturns = in-turn\nbind = 1\nreserve = 5\n"
		"oracles = zeroed\nevents = 9\nlook = yes\ntimeline = 4\n"
		"min-free = 2M\nlog = oom\ninject = fail_page_alloc\n"
		"inject.probability = 10 20\nschedule = 0 50 100\n"
		"pressure = anon slab\nanon.target = 1.2 min\n"
		"slab.size = 4M\nvictim = veth+vlan\nvictim.passes = 3\n"
		"expect = each ok > 0\nexpect = total ok > 1\n"
		"[phase b]\nlook = no\nexpect = each ok > 0\n";
	static const char *const said[] = {
		"context",    "api",	 "order",    "gfp",	 "node",
		"cpu",	      "shots",	 "hold",     "burst",	 "pattern",
		"free-first", "floor",	 "interval", "turns",	 "bind",
		"reserve",    "oracles", "events",   "timeline", "min-free",
		"log",	      "inject",	 "schedule", "pressure", "expect",
		"victim",
	};
	struct lab_scenario *one = lab_scenario_parse("x", "x.ini", text),
			    *other;
	struct lab_sections sections;
	const struct lab_field *field;
	char *again;
	size_t i, keys = 0;

	ASSERT_NE(NULL, one);
	lab_scenario_sections(one, &sections);
	ASSERT_EQ(5, sections.count);
	EXPECT_EQ(0,
		  strcmp("phase a-probability-10", sections.section[2].name));
	for (i = 0; i < sizeof(said) / sizeof(*said); i++)
		EXPECT_NE(NULL,
			  lab_section_find(&sections.section[2], said[i]));
	EXPECT_NE(NULL, lab_section_find(&sections.section[4], "look"));
	EXPECT_EQ(NULL, lab_section_find(&sections.section[4], "oracles"));
	/* A key that is new has to be in the list, and in write.c. */
	for (field = lab_phase_fields; field->name; field++)
		keys += strcmp(field->name, "like") != 0;
	EXPECT_EQ(sizeof(said) / sizeof(*said) + 1, keys);
	again = lab_sections_text(&sections);
	other = lab_scenario_parse("x", "y.ini", again);
	ASSERT_NE(NULL, other)
	{
		TH_LOG("not read again");
	}
	for (i = 0; i < one->nphases; i++)
		EXPECT_TRUE(same_phase(&one->phases[i], &other->phases[i]));
	EXPECT_EQ(0, memcmp(&one->shape, &other->shape, sizeof(one->shape)));
	lab_sections_free(&sections);
	lab_scenario_free(one);
	lab_scenario_free(other);
	free(again);
}

TEST_HARNESS_MAIN
