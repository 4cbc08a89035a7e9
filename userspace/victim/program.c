// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/program.c - any program that checks its own work, and stress-ng.
 *
 * A pass is one run of the program, of at most 20 s. Its exit code is the
 * result: 0: all was done and is right; LAB_PROGRAM_WRONG: data came back with
 * other bytes; any other code or a signal: it got an error, or lost some of its
 * work. The last line of its output is the detail.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "victim.h"

#define PROGRAM "/tmp/program"
#define SAID "/tmp/said"
#define PASS_S 20
#define POLL_US 5000
#define WORDS_MAX 64
/* Default number of a stressor's bogus operations: some tenths of a second. */
#define STRESS_OPS "100"

static char *run[WORDS_MAX + 1];
static size_t words;

__attribute__((format(printf, 1, 2))) static int add_word(const char *format,
							  ...)
{
	va_list args;
	int length;

	if (words == WORDS_MAX)
		return -E2BIG;
	va_start(args, format);
	length = vasprintf(&run[words], format, args);
	va_end(args);
	if (length < 0)
		return -ENOMEM;
	run[++words] = NULL;
	return 0;
}

static int program_arguments(const char *const *list)
{
	int err = add_word(PROGRAM);

	for (; *list && !err; list++)
		err = add_word("%s", *list);
	return err;
}

/* "NAME" or "NAME:OPS". One worker, so that every run does the same work. */
static int add_stressor(const char *stressor)
{
	const int name = strcspn(stressor, ":");
	const char *ops = stressor[name] ? stressor + name + 1 : STRESS_OPS;
	int err = add_word("--%.*s", name, stressor);

	if (!err)
		err = add_word("1");
	if (!err)
		err = add_word("--%.*s-ops", name, stressor);
	return err ? err : add_word("%s", ops);
}

static int stress_ng_arguments(const char *const *list)
{
	static const char *const always[] = { "stress-ng", "--quiet",
					      "--verify",  "--temp-path",
					      "/tmp",	   "--seed",
					      "1" };
	int err = 0;
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(always[0]) && !err; i++)
		err = add_word("%s", always[i]);
	for (; *list && !err; list++)
		err = add_stressor(*list);
	return err;
}

static int program_open(const struct lab_victim_ops *victim, char *why,
			size_t size)
{
	(void)victim;
	if (words)
		return 0;
	snprintf(why, size, "too many arguments");
	return -ENODEV;
}

static int program_start(void)
{
	return 0;
}

/*
 * Its output goes to a file. It gets a process group of its own, which is
 * killed as a whole.
 */
static int launch(pid_t *child)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, SAID,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	err = posix_spawnp(child, run[0], &files, &attributes, run, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

/* True if it ended by itself. */
static bool wait_for(pid_t child, int *status)
{
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += PASS_S;
	do {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		usleep(POLL_US);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec ||
		 (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
	kill(-child, SIGKILL);
	waitpid(child, status, 0);
	return false;
}

static void last_line(char *line, size_t size)
{
	FILE *f = fopen(SAID, "re");
	char next[200];

	*line = '\0';
	while (f && fgets(next, sizeof(next), f)) {
		next[strcspn(next, "\n")] = '\0';
		if (*next)
			snprintf(line, size, "%.*s", (int)size - 1, next);
	}
	if (f)
		fclose(f);
}

static void tell(struct lab_work *work, bool ended, int status)
{
	char line[80], how[40];

	last_line(line, sizeof(line));
	if (!ended)
		snprintf(how, sizeof(how), "not done within %d s", PASS_S);
	else if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "ended by signal %d",
			 WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "exited with %d",
			 WEXITSTATUS(status));
	snprintf(work->detail, sizeof(work->detail), "%s%s%s", how,
		 *line ? ": " : "", line);
}

static void program_work(struct lab_work *work)
{
	bool ended = true;
	int status = 0;
	pid_t child;

	memset(work, 0, sizeof(*work));
	work->asked = 1;
	work->error = launch(&child);
	if (work->error) {
		work->errors = 1;
		snprintf(work->detail, sizeof(work->detail), "not started");
		return;
	}
	ended = wait_for(child, &status);
	if (ended && WIFEXITED(status) && !WEXITSTATUS(status)) {
		work->done = 1;
		return;
	}
	work->wrong = ended && WIFEXITED(status) &&
		      WEXITSTATUS(status) == LAB_PROGRAM_WRONG;
	tell(work, ended, status);
}

static void program_stop(void)
{
}

static int program_close(void)
{
	return 0;
}

const struct lab_victim_ops lab_victim_program = {
	.name = "program",
	.help = "any static program that exits with 0 when all its work is right",
	.takes = ":FILE [ARGUMENT...]",
	.arguments = program_arguments,
	.open = program_open,
	.start = program_start,
	.work = program_work,
	.stop = program_stop,
	.close = program_close,
};

const struct lab_victim_ops lab_victim_stress_ng = {
	.name = "stress-ng",
	.help = "stressors of stress-ng that check their work (--verify)",
	.takes = " STRESSOR[:OPERATIONS]...",
	.program = "stress-ng",
	.arguments = stress_ng_arguments,
	.open = program_open,
	.start = program_start,
	.work = program_work,
	.stop = program_stop,
	.close = program_close,
};
