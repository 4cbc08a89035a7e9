// SPDX-License-Identifier: GPL-2.0-only
/* tests/leftover_test.c - folders of processes that died, and of those that did not. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/leftover.h"

FIXTURE(leftover)
{
	char parent[64];
	char path[4096];
};

FIXTURE_SETUP(leftover)
{
	strcpy(self->parent, "/tmp/leftover-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->parent));
}

FIXTURE_TEARDOWN(leftover)
{
	lab_remove_tree(self->parent);
}

static bool is_there(const char *path)
{
	return !access(path, F_OK);
}

static void fill(const char *folder)
{
	char file[4200];

	snprintf(file, sizeof(file), "%s/channel", folder);
	close(open(file, O_CREAT | O_WRONLY, 0600));
}

/* A process that works in a folder, and whose number is in its name. */
static pid_t worker(const char *parent, char *path, size_t size)
{
	int pipes[2];
	pid_t pid;

	if (pipe(pipes))
		return -1;
	pid = fork();
	if (!pid) {
		if (lab_owned_make(parent, "run", path, size) < 0)
			_exit(1);
		fill(path);
		if (write(pipes[1], path, size) != (ssize_t)size)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	if (read(pipes[0], path, size) != (ssize_t)size)
		pid = -1;
	close(pipes[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST_F(leftover, of_a_killed_one_is_removed)
{
	const pid_t pid = worker(self->parent, self->path, 1024);

	ASSERT_LT(0, pid);
	EXPECT_TRUE(is_there(self->path));
	end(pid);
	EXPECT_EQ(1, lab_leftovers_remove(self->parent));
	EXPECT_FALSE(is_there(self->path));
}

TEST_F(leftover, of_a_living_one_stays)
{
	const pid_t pid = worker(self->parent, self->path, 1024);

	ASSERT_LT(0, pid);
	EXPECT_EQ(0, lab_leftovers_remove(self->parent));
	EXPECT_TRUE(is_there(self->path));
	end(pid);
}

/* Its number is another's by now: of this very process, which is alive. */
TEST_F(leftover, of_a_reused_pid_is_removed)
{
	const pid_t pid = worker(self->parent, self->path, 1024);
	char reused[128];

	ASSERT_LT(0, pid);
	end(pid);
	snprintf(reused, sizeof(reused), "%s/.run.%d", self->parent, getpid());
	ASSERT_EQ(0, rename(self->path, reused));
	EXPECT_EQ(1, lab_leftovers_remove(self->parent));
	EXPECT_FALSE(is_there(reused));
}

/* In another namespace a living process may have this process's number. */
TEST_F(leftover, of_a_namesake_is_not_shared)
{
	const pid_t pid = worker(self->parent, self->path, 1024);
	char same[128], own[4096];
	int lock;

	ASSERT_LT(0, pid);
	snprintf(same, sizeof(same), "%s/.run.%d", self->parent, getpid());
	ASSERT_EQ(0, rename(self->path, same));
	lock = lab_owned_make(self->parent, "run", own, sizeof(own));
	ASSERT_LE(0, lock);
	EXPECT_STRNE(same, own);
	EXPECT_TRUE(is_there(same));
	EXPECT_TRUE(is_there(own));
	EXPECT_EQ(0, lab_leftovers_remove(self->parent));
	lab_owned_end(lock, own);
	end(pid);
}

TEST_F(leftover, what_is_no_run_stays)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/.mine.12", self->parent);
	ASSERT_EQ(0, mkdir(path, 0755));
	fill(path);
	snprintf(path, sizeof(path), "%s/.run.x1", self->parent);
	ASSERT_EQ(0, mkdir(path, 0755));
	fill(path);
	EXPECT_EQ(0, lab_leftovers_remove(self->parent));
	EXPECT_TRUE(is_there(path));
}

/* What is kept is renamed, and nobody's leftover from then on. */
TEST_F(leftover, what_was_given_up_stays)
{
	int lock = lab_owned_make(self->parent, "run", self->path,
				  sizeof(self->path));

	ASSERT_LE(0, lock);
	lab_owned_end(lock, self->path);
	EXPECT_EQ(0, lab_leftovers_remove(self->parent));
	EXPECT_TRUE(is_there(self->path));
	EXPECT_EQ(0, rmdir(self->path));
}

TEST_HARNESS_MAIN
