// SPDX-License-Identifier: GPL-2.0-only
/*
 * results_test.c - from a journal to a verdict, and the channel that a
 * journal comes through. Each verdict is seen to fail as well as to hold.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/channel.h"
#include "results/histogram.h"
#include "lib/sha256.h"
#include "lib/json.h"
#include "export/export.h"
#include "results/build.h"
#include "kselftest_harness.h"
#include "labyrinth.h"

TEST(buckets_are_narrow)
{
	unsigned int i;

	for (i = 1; i < LAB_HIST_BUCKETS; i++) {
		const uint64_t from = lab_hist_lower(i - 1);
		const uint64_t to = lab_hist_lower(i);

		ASSERT_LT(from, to);
		/* Naming a value by its bucket is wrong by less than 1.6 %. */
		if (to - from > 1)
			ASSERT_LE((to - from) * 64, from);
	}
	EXPECT_EQ(0, lab_hist_lower(0));
	EXPECT_EQ(64, lab_hist_lower(64));
	EXPECT_EQ(128, lab_hist_lower(128));
	EXPECT_EQ(130, lab_hist_lower(129));
}

TEST(quantiles)
{
	json_t *empty = json_array();
	json_t *three =
		json_pack("[[i, i], [i, i], [i, i]]", 10, 1, 20, 1, 30, 1);

	EXPECT_EQ(0, lab_hist_quantile(empty, 5000));
	EXPECT_EQ(10, lab_hist_quantile(three, 1));
	EXPECT_EQ(20, lab_hist_quantile(three, 5000));
	EXPECT_EQ(30, lab_hist_quantile(three, 9000));
	EXPECT_EQ(30, lab_hist_quantile(three, 10000));
	json_decref(empty);
	json_decref(three);
}

FIXTURE(channel)
{
	char path[64];
	struct lab_channel host, guest;
};

FIXTURE_SETUP(channel)
{
	strcpy(self->path, "/tmp/labyrinth-channel-XXXXXX");
	close(mkstemp(self->path));
	unlink(self->path);
	ASSERT_EQ(0,
		  lab_channel_create(&self->host, self->path, "{}", "ELF", 3));
	ASSERT_EQ(0, lab_channel_open(&self->guest, self->path));
}

FIXTURE_TEARDOWN(channel)
{
	lab_channel_close(&self->guest);
	lab_channel_close(&self->host);
	unlink(self->path);
}

TEST_F(channel, carries_frames)
{
	const struct lab_frame_head *frame;
	uint64_t at = 0;

	EXPECT_EQ(NULL, lab_channel_next(&self->host, &at));
	EXPECT_EQ(0,
		  lab_channel_write(&self->guest, LAB_FRAME_RECORD, "one", 3));
	EXPECT_EQ(0, lab_channel_write(&self->guest, LAB_FRAME_OUTPUT, "", 0));
	frame = lab_channel_next(&self->host, &at);
	ASSERT_NE(NULL, frame);
	EXPECT_EQ(LAB_FRAME_RECORD, frame->type);
	EXPECT_EQ(3, frame->size);
	EXPECT_EQ(0, memcmp("one", lab_frame_data(frame), 3));
	frame = lab_channel_next(&self->host, &at);
	ASSERT_NE(NULL, frame);
	EXPECT_EQ(0, frame->size);
	EXPECT_EQ(NULL, lab_channel_next(&self->host, &at));
}

TEST_F(channel, ends_at_a_frame_that_was_being_written)
{
	const struct lab_frame_head *frame;
	uint64_t at = 0;

	lab_channel_write(&self->guest, LAB_FRAME_RECORD, "whole", 5);
	lab_channel_write(&self->guest, LAB_FRAME_RECORD, "half", 4);
	ASSERT_NE(NULL, lab_channel_next(&self->host, &at));
	frame = (const void *)((const char *)self->host.head + at);
	((struct lab_frame_head *)frame)->ready = 0;
	EXPECT_EQ(NULL, lab_channel_next(&self->host, &at));
}

/* The guest may write anything there: nothing is read outside the region. */
TEST_F(channel, survives_nonsense)
{
	uint64_t at = 0, n = 0;

	lab_channel_write(&self->guest, LAB_FRAME_RECORD, "one", 3);
	((struct lab_frame_head *)((char *)self->host.head +
				   self->host.head->log))
		->size = UINT32_MAX;
	EXPECT_EQ(NULL, lab_channel_next(&self->host, &at));
	self->guest.head->tail = UINT64_MAX;
	at = 0;
	while (lab_channel_next(&self->host, &at))
		ASSERT_LT(n++, 10);
	self->guest.head->log = UINT64_MAX - 15;
	at = 0;
	EXPECT_EQ(NULL, lab_channel_next(&self->host, &at));
}

TEST_F(channel, counts_what_found_no_room)
{
	char *much = calloc(1, LAB_CHANNEL_SIZE);

	ASSERT_NE(NULL, much);
	EXPECT_EQ(-ENOSPC, lab_channel_write(&self->guest, LAB_FRAME_OUTPUT,
					     much, LAB_CHANNEL_SIZE - 64));
	EXPECT_EQ(0,
		  lab_channel_write(&self->guest, LAB_FRAME_OUTPUT, much, 9));
	EXPECT_EQ(1, self->host.head->lost);
	free(much);
}

static const char scenario_text[] = "[scenario]\nclaim = c\n[phase a]\n"
				    "expect = each success == 100%\n";

#define CELL                                                              \
	"{\"record\": \"cell\", \"phase\": \"a\", \"context\": \"task\"," \
	" \"order\": 0, \"attempts\": 10, \"ok\": %d, \"injected\": 0,"   \
	" \"exhausted\": %d, \"refused\": 0, \"unattributed\": %d,"       \
	" \"held\": %d,"                                                  \
	" \"latency\": {\"sum\": 100, \"histogram\": [[10, 10]]},"        \
	" \"oracles\": [{\"name\": \"exclusive\", \"checked\": 10,"       \
	" \"violations\": %d, \"culprit\": 7}]}"

struct journal {
	int ok, unattributed, held, violations;
	int asked, reached, wrong; /* of a pressure */
	int gone,
		own; /* pages that the phase took, and what the program has more */
	bool restored, ended;
};

/* What a phase left of a zone of 32000 pages. */
static json_t *zones_at(const char *at, int gone, int own)
{
	return json_pack("{s:s, s:s, s:i, s:[{s:i, s:i, s:i}]}", "record",
			 "zones", "at", at, "own", 100 + own, "zones",
			 "managed", 32000, "free", 20000 - gone, "pcp", 50);
}

static json_t *judge(const struct journal *journal, enum lab_ending ending)
{
	struct lab_scenario *scenario =
		lab_scenario_parse("t", "t.ini", scenario_text);
	json_t *records = json_array(), *machine = json_object(), *results;
	char cell[1024];

	snprintf(cell, sizeof(cell), CELL, journal->ok, 10 - journal->ok,
		 journal->unattributed, journal->held, journal->violations);
	json_array_append_new(records,
			      json_pack("{s:s, s:s, s:s}", "record", "oracle",
					"name", "exclusive", "claim", "c"));
	json_array_append_new(records, json_loads(cell, 0, NULL));
	json_array_append_new(records,
			      json_pack("{s:s, s:s, s:b, s:i, s:s}", "record",
					"restored", "phase", "a", "ok",
					journal->restored, "settings", 1, "why",
					"x is not 1 again"));
	json_array_append_new(records,
			      json_pack("{s:s, s:s, s:i, s:s, s:i, s:i}",
					"record", "pressure", "driver", "anon",
					"node", 1, "unit", "pages free",
					"asked", journal->asked, "reached",
					journal->reached));
	json_array_append_new(records,
			      json_pack("{s:s, s:s, s:i, s:i}", "record",
					"pressure", "driver", "net", "verified",
					4096, "wrong", journal->wrong));
	json_array_append_new(records, zones_at("a: before", 0, 0));
	json_array_append_new(records, zones_at("a: after", journal->gone,
						journal->own));
	if (journal->ended)
		json_array_append_new(records, json_pack("{s:s, s:s}", "record",
							 "phase", "name", "a"));
	results = lab_results_build(scenario, 1, records, machine, ending,
				    "why", NULL);
	json_decref(records);
	json_decref(machine);
	lab_scenario_free(scenario);
	return results;
}

static const struct journal good = { .ok = 10,
				     .asked = 10000,
				     .reached = 9000,
				     .restored = true,
				     .ended = true };

#define EXPECT_VERDICT(exit_code, broken_one, given, ending)             \
	do {                                                             \
		const struct journal __journal = given;                  \
		json_t *__results = judge(&__journal, ending);           \
		const json_t *__one =                                    \
			lab_find(json_object_get(__results, "verdicts"), \
				 "verdict", "fail");                     \
                                                                         \
		EXPECT_EQ(exit_code, (int)lab_results_exit(__results));  \
		EXPECT_STREQ(broken_one, lab_text(__one, "name"));       \
		json_decref(__results);                                  \
	} while (0)

TEST(what_holds_passes)
{
	EXPECT_VERDICT(LAB_PASS, "", good, LAB_ENDED);
}

TEST(what_does_not_hold_fails)
{
	struct journal bad = good;

	bad.ok = 9;
	EXPECT_VERDICT(LAB_FAIL, "a: each success == 100%", bad, LAB_ENDED);
	bad = good;
	bad.violations = 1;
	EXPECT_VERDICT(LAB_FAIL, "exclusive", bad, LAB_ENDED);
	bad = good;
	bad.held = 1;
	EXPECT_VERDICT(LAB_FAIL, "leak", bad, LAB_ENDED);
	bad = good;
	bad.unattributed = 1;
	EXPECT_VERDICT(LAB_FAIL, "attribution", bad, LAB_ENDED);
	bad = good;
	bad.restored = false;
	EXPECT_VERDICT(LAB_FAIL, "settings", bad, LAB_ENDED);
	bad = good;
	bad.wrong = 1;
	EXPECT_VERDICT(LAB_FAIL, "payload", bad, LAB_ENDED);
	bad = good;
	bad.reached = 8900;
	EXPECT_VERDICT(LAB_FAIL, "levels", bad, LAB_ENDED);
	bad.reached = 11100;
	EXPECT_VERDICT(LAB_FAIL, "levels", bad, LAB_ENDED);
}

/*
 * A phase may keep 1000 pages of these. What the program keeps of its own, of the
 * events of shots say, is no loss of the kernel's.
 */
TEST(what_the_program_keeps_is_not_lost)
{
	struct journal kept = good;

	kept.gone = 1000;
	EXPECT_VERDICT(LAB_PASS, "", kept, LAB_ENDED);
	kept.gone = 1001;
	EXPECT_VERDICT(LAB_FAIL, "baseline", kept, LAB_ENDED);
	kept.own = 1;
	EXPECT_VERDICT(LAB_PASS, "", kept, LAB_ENDED);
	kept.gone = 5000;
	kept.own = 3999;
	EXPECT_VERDICT(LAB_FAIL, "baseline", kept, LAB_ENDED);
}

/* A tenth of next to nothing is less than a per-CPU list takes at once. */
TEST(small_levels_are_held_to_pages)
{
	struct journal small = good;

	small.asked = 0;
	small.reached = 64;
	EXPECT_VERDICT(LAB_PASS, "", small, LAB_ENDED);
	small.reached = 65;
	EXPECT_VERDICT(LAB_FAIL, "levels", small, LAB_ENDED);
}

/* What did not come to its end holds nowhere, whatever was seen until then. */
TEST(what_did_not_end_fails)
{
	struct journal bad = good;

	EXPECT_VERDICT(LAB_FAIL, "ending", good, LAB_PANICKED);
	EXPECT_VERDICT(LAB_FAIL, "ending", good, LAB_HUNG);
	bad.ended = false;
	EXPECT_VERDICT(LAB_FAIL, "a: each success == 100%", bad, LAB_ENDED);
}

TEST(what_the_harness_broke_says_nothing)
{
	EXPECT_VERDICT(LAB_HARNESS, "ending", good, LAB_BROKE);
	EXPECT_VERDICT(LAB_HARNESS, "ending", good, LAB_STALLED);
}

TEST(a_broken_oracle_names_the_culprit)
{
	struct journal bad = good;
	json_t *results;

	bad.violations = 3;
	results = judge(&bad, LAB_ENDED);
	EXPECT_STREQ(
		"broken 3 times in 10 checks, first by a: task order 0, shot 7",
		lab_text(lab_find(json_object_get(results, "verdicts"), "name",
				  "exclusive"),
			 "found"));
	json_decref(results);
}

TEST(every_report_can_be_written)
{
	json_t *results = judge(&good, LAB_ENDED);
	size_t size, i;
	char *text;
	FILE *f;

	for (i = 0; lab_exports[i]; i++) {
		f = open_memstream(&text, &size);
		lab_exports[i]->write(
			&(struct lab_exported){ .results = results }, f);
		fclose(f);
		EXPECT_LT(100, size);
		free(text);
	}
	json_decref(results);
}

TEST(the_fingerprint_is_that_of_the_bytes)
{
	char hex[65];

	lab_fingerprint("abc", hex);
	EXPECT_STREQ(
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		hex);
}

/* Put back by whoever watches, though what changed it was killed. */
TEST_HARNESS_MAIN
