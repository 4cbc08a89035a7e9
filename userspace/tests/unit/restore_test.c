// SPDX-License-Identifier: GPL-2.0-only
/*
 * restore_test.c - what a run changed on the machine is restored, in the right
 * order, however the run ends.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "sys/restore.h"
#include "kselftest_harness.h"

static int change_and_die(void *path)
{
	lab_restore_write(path, "changed");
	kill(getpid(), SIGKILL);
	return 0;
}

TEST(settings_are_put_back_after_a_kill)
{
	char path[] = "/tmp/labyrinth-setting-XXXXXX", text[16] = "";
	size_t restored;
	FILE *f;

	if (geteuid())
		SKIP(return, "needs root for " LAB_RESTORE_DIR);
	f = fdopen(mkstemp(path), "w");
	ASSERT_NE(NULL, f);
	fputs("as it was", f);
	fclose(f);
	ASSERT_EQ(0, lab_restore_begin(&restored));
	EXPECT_EQ(128 + SIGKILL, lab_restore_guard(change_and_die, path));
	f = fopen(path, "r");
	ASSERT_NE(NULL, f);
	EXPECT_NE(NULL, fgets(text, sizeof(text), f));
	EXPECT_STREQ("as it was", text);
	fclose(f);
	unlink(path);
}

/* A setting that does harm, and one that limits it. */
struct settings {
	char harm[32];
	char limit[32];
};

static int do_harm_and_die(void *arg)
{
	const struct settings *of = arg;

	lab_restore_note(LAB_RESTORE_STOP, of->harm);
	lab_restore_write(of->harm, "50");
	lab_restore_write(of->limit, "us");
	kill(getpid(), SIGKILL);
	return 0;
}

static void make_setting(char *path, const char *text)
{
	FILE *f = fdopen(mkstemp(path), "w");

	fputs(text, f);
	fclose(f);
}

/* In which order they are written to, a letter for each change of file. */
static void written(int watch, int of_harm, char *order, size_t size)
{
	char events[4096]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	const ssize_t n = read(watch, events, sizeof(events));
	const struct inotify_event *event;
	size_t used = 0;
	ssize_t at;

	for (at = 0; at < n; at += sizeof(*event) + event->len) {
		char letter;

		event = (const struct inotify_event *)&events[at];
		letter = event->wd == of_harm ? 'h' : 'l';
		if ((!used || order[used - 1] != letter) && used < size - 1)
			order[used++] = letter;
	}
	order[used] = '\0';
}

TEST(what_does_harm_is_stopped_before_its_limit_goes)
{
	struct settings of = { "/tmp/labyrinth-harm-XXXXXX",
			       "/tmp/labyrinth-limit-XXXXXX" };
	int watch = inotify_init1(IN_CLOEXEC), of_harm;
	char order[16], text[16] = "";
	size_t restored;
	FILE *f;

	if (geteuid())
		SKIP(return, "needs root for " LAB_RESTORE_DIR);
	make_setting(of.harm, "7");
	make_setting(of.limit, "nobody");
	ASSERT_EQ(0, lab_restore_begin(&restored));
	of_harm = inotify_add_watch(watch, of.harm, IN_MODIFY);
	ASSERT_LE(0, of_harm);
	ASSERT_LE(0, inotify_add_watch(watch, of.limit, IN_MODIFY));
	EXPECT_EQ(128 + SIGKILL, lab_restore_guard(do_harm_and_die, &of));
	written(watch, of_harm, order, sizeof(order));
	/* Set, then limited by nobody but what is stopped, then as it was. */
	EXPECT_STREQ("hlhlh", order);
	f = fopen(of.harm, "r");
	ASSERT_NE(NULL, f);
	EXPECT_NE(NULL, fgets(text, sizeof(text), f));
	EXPECT_STREQ("7", text);
	fclose(f);
	close(watch);
	unlink(of.harm);
	unlink(of.limit);
}

TEST_HARNESS_MAIN
