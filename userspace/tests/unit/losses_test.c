// SPDX-License-Identifier: GPL-2.0-only
/*
 * losses_test.c - what the kernel does to the processes of a run: recorded by
 * those who see it, told from what others do, and judged by what a phase expects.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "export/export.h"
#include "journal/journal.h"
#include "journal/losses.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "results/build.h"
#include "results/schema.h"
#include "kselftest_harness.h"

static const char text[] = "[scenario]\nclaim = c\n"
			   "[phase scarce]\npressure = anon\n"
			   "expect = each held == 0\n"
			   "[phase dry]\npressure = anon\nlog = oom\n"
			   "expect = each held == 0\n"
			   "[phase quiet]\n"
			   "expect = each success == 100%\n";

static const char console[] =
	"labyrinth: cell 1: scarce: task order 0\n"
	"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=labyrinth,pid=93,uid=0\n"
	"Out of memory: Killed process 93 (labyrinth) total-vm:1kB\n";

FIXTURE(losses)
{
	char path[64];
	json_t *records, *results;
};

FIXTURE_SETUP(losses)
{
	strcpy(self->path, "/tmp/labyrinth-losses-XXXXXX");
	close(mkstemp(self->path));
	unsetenv("LABYRINTH_CHANNEL");
	ASSERT_EQ(0, lab_journal_open(self->path));
	self->results = NULL;
}

FIXTURE_TEARDOWN(losses)
{
	unlink(self->path);
	json_decref(self->results);
}

/* What a run that ended so becomes, of what the journal has. */
static int concluded(FIXTURE_DATA(losses) * self, enum lab_ending ending)
{
	struct lab_scenario *scenario = lab_scenario_parse("t", "t.ini", text);
	json_t *machine = json_pack("{s:s, s:i}", "mode", "fast", "cpus", 1);
	char why[300];

	lab_journal_close();
	self->records = lab_journal_load(self->path);
	self->results = lab_results_build(scenario, 1, self->records, machine,
					  ending, "why", console);
	json_decref(self->records);
	json_decref(machine);
	lab_scenario_free(scenario);
	if (!lab_schema_check(self->results, why, sizeof(why)))
		fprintf(stderr, "# %s\n", why);
	return lab_schema_check(self->results, why, sizeof(why)) ?
		       (int)lab_results_exit(self->results) :
		       -1;
}

static const json_t *verdict(FIXTURE_DATA(losses) * self, const char *name)
{
	return lab_find(json_object_get(self->results, "verdicts"), "name",
			name);
}

static char *exported(const json_t *results, const char *format)
{
	char *exported = NULL;
	size_t size = 0, i;
	FILE *to = open_memstream(&exported, &size);

	for (i = 0; lab_exports[i]; i++)
		if (!strcmp(lab_exports[i]->name, format))
			lab_exports[i]->write(
				&(struct lab_exported){ .results = results },
				to);
	fclose(to);
	return exported;
}

static void all_phases_ended(void)
{
	static const char *const names[] = { "scarce", "dry", "quiet" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		lab_journal(json_pack("{s:s, s:s}", "record", "phase", "name",
				      names[i]));
	lab_journal(json_pack("{s:s, s:s, s:b}", "record", "restored", "phase",
			      "quiet", "ok", true));
}

TEST_F(losses, of_nobody)
{
	all_phases_ended();
	concluded(self, LAB_ENDED);
	EXPECT_STREQ("pass", lab_text(verdict(self, "processes"), "verdict"));
	EXPECT_EQ(0,
		  json_array_size(json_object_get(self->results, "processes")));
}

TEST_F(losses, of_a_worker_before_its_level_is_reached_fail)
{
	all_phases_ended();
	lab_losses_at("scarce", "scarce: task order 0", LAB_MOMENT_PRESSING);
	lab_loss_killed("worker 1 of anon", 93, SIGKILL, true, false);
	EXPECT_EQ(LAB_FAIL, concluded(self, LAB_ENDED));
	EXPECT_STREQ(
		"worker 1 of anon was killed by signal 9 (Killed), before the shots of scarce: task order 0; the log: Out of memory: Killed process 93 (labyrinth) total-vm:1kB; where a phase is to bring that about, log = oom says so",
		lab_text(verdict(self, "processes"), "found"));
	EXPECT_STREQ("pass", lab_text(verdict(self, "ending"), "verdict"));
}

/* Shots may take what nobody can reclaim. */
TEST_F(losses, of_a_worker_in_the_shots_are_expected)
{
	all_phases_ended();
	lab_losses_at("scarce", "scarce: task order 0", LAB_MOMENT_FIRING);
	lab_loss_killed("worker 1 of anon", 93, SIGKILL, true, false);
	concluded(self, LAB_ENDED);
	EXPECT_STREQ("pass", lab_text(verdict(self, "processes"), "verdict"));
	EXPECT_EQ(1,
		  json_array_size(json_object_get(self->results, "processes")));
}

TEST_F(losses, are_expected_where_a_phase_says_so)
{
	all_phases_ended();
	lab_losses_at("dry", "dry: task order 0", LAB_MOMENT_PRESSING);
	lab_loss_killed("worker 0 of anon", 93, SIGKILL, true, false);
	lab_loss_refused("pinned", -ENOMEM, false);
	concluded(self, LAB_ENDED);
	EXPECT_STREQ("pass", lab_text(verdict(self, "processes"), "verdict"));
}

TEST_F(losses, by_SIGBUS_are_expected_nowhere)
{
	all_phases_ended();
	lab_losses_at("dry", "dry: task order 0", LAB_MOMENT_FIRING);
	lab_loss_killed("worker 0 of anon", 93, SIGBUS, true, false);
	EXPECT_EQ(LAB_FAIL, concluded(self, LAB_ENDED));
	EXPECT_STREQ("fail", lab_text(verdict(self, "processes"), "verdict"));
}

/* The process that waits for the run does not know where it was, but from it. */
TEST_F(losses, of_the_run_itself_fail_and_keep_what_was_written)
{
	int status;
	pid_t pid;

	lab_losses_share();
	pid = fork();
	if (!pid) {
		lab_journal(json_pack("{s:s, s:s}", "record", "phase", "name",
				      "scarce"));
		lab_losses_at("quiet", "quiet: task order 0",
			      LAB_MOMENT_FIRING);
		raise(SIGKILL);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(lab_killed_by_kernel(status));
	lab_journal_close();
	ASSERT_EQ(0, lab_journal_reopen(self->path));
	lab_loss_killed("the process that fires", 0, status, false, true);
	EXPECT_EQ(LAB_FAIL, concluded(self, LAB_KILLED));
	EXPECT_STREQ("killed", lab_text(self->results, "ending"));
	EXPECT_STREQ(
		"the process that fires was killed by signal 9 (Killed), in the shots of quiet: task order 0",
		lab_text(verdict(self, "ending"), "found"));
	EXPECT_EQ(pid, lab_number(json_array_get(json_object_get(self->results,
								 "processes"),
						 0),
				  "pid"));
	/* The phase before it was judged, those behind did not come about. */
	EXPECT_STREQ("skip", lab_text(verdict(self, "scarce: each held == 0"),
				      "verdict"));
	EXPECT_STREQ("fail",
		     lab_text(verdict(self, "quiet: each success == 100%"),
			      "verdict"));
}

TEST_F(losses, of_the_run_are_expected_where_a_phase_says_so)
{
	lab_losses_at("dry", "dry: task order 0", LAB_MOMENT_FIRING);
	lab_loss_refused("the process that fires", -ENOMEM, true);
	EXPECT_EQ(LAB_SKIP, concluded(self, LAB_KILLED));
	EXPECT_STREQ("skip", lab_text(verdict(self, "ending"), "verdict"));
	EXPECT_STREQ("skip",
		     lab_text(verdict(self, "quiet: each success == 100%"),
			      "verdict"));
}

/* Who would have told is gone too: the log was in a phase that expects nothing. */
TEST_F(losses, that_nobody_recorded_fail)
{
	EXPECT_EQ(LAB_FAIL, concluded(self, LAB_KILLED));
	EXPECT_STREQ("the run why, in scarce: task order 0",
		     lab_text(verdict(self, "ending"), "found"));
}

TEST_F(losses, are_in_all_exports)
{
	char *ktap, *junit;

	all_phases_ended();
	lab_losses_at("scarce", "scarce: task order 0", LAB_MOMENT_PRESSING);
	lab_loss_killed("worker 1 of anon", 93, SIGKILL, true, false);
	concluded(self, LAB_ENDED);
	ktap = exported(self->results, "ktap");
	junit = exported(self->results, "junit");
	EXPECT_NE(NULL, strstr(ktap, "# found: worker 1 of anon was killed"));
	EXPECT_NE(NULL, strstr(ktap, " processes\n"));
	EXPECT_NE(NULL,
		  strstr(junit,
			 "<failure message=\"worker 1 of anon was killed"));
	EXPECT_NE(NULL, strstr(junit, "errors=\"0\""));
	free(ktap);
	free(junit);
}

/* A crash of our own is no finding, nor is what a person sends. */
TEST(what_no_kernel_does)
{
	EXPECT_FALSE(lab_killed_by_kernel(SIGSEGV));
	EXPECT_FALSE(lab_killed_by_kernel(SIGTERM));
	EXPECT_FALSE(lab_killed_by_kernel(3 << 8));
	EXPECT_TRUE(lab_killed_by_kernel(SIGBUS));
	EXPECT_FALSE(lab_refused_by_kernel(-EINVAL));
	EXPECT_FALSE(lab_refused_by_kernel(-EINTR));
	EXPECT_TRUE(lab_refused_by_kernel(-ENOMEM));
	EXPECT_TRUE(lab_lost_to_kernel(-EOWNERDEAD));
	EXPECT_FALSE(lab_lost_to_kernel(-ECHILD));
}

TEST_HARNESS_MAIN
