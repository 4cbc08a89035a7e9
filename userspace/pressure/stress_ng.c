// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/stress_ng.c - any of the stressors of stress-ng, by its name.
 *
 * What they do to memory has no level that could be asked for: they are there
 * when there is something that only they do. stress-ng runs from before the shots
 * until after them; what it says of its work then, in bogus operations of each
 * stressor, is recorded, and that it found fault with itself fails the run.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal/losses.h"
#include "lib/paths.h"
#include "pressure/common/level.h"
#include "pressure.h"

#define PROGRAM "stress-ng"
#define ARGS_MAX 48
#define POLL_US 10000
#define PATIENCE_S 30 /* from the request to end on */

static const struct lab_key keys[] = {
	{ "stressor", LAB_KEY_STRING, 0, 0, 0, false,
	  "one of stress-ng's, by its name: vm, brk, mmap, fork, ...; required" },
	{ "workers", LAB_KEY_NUMBER, 0, 1024, 1, true,
	  "of that stressor; 0: one for each CPU" },
	{ "options", LAB_KEY_STRING, 0, 0, 0, false,
	  "handed on to stress-ng, parted by blanks: --vm-bytes 64M" },
	{ "settle", LAB_KEY_NANOSECONDS, 0, 60000000000, 500000000, true,
	  "from its start to the first shot" },
	{},
};

static pid_t child;
static char metrics[] = "/tmp/labyrinth-stress-XXXXXX";
static char stressor[64];

static int stress_ng_probe(const char **why)
{
	char path[PATH_MAX];

	*why = "";
	if (!lab_program_path(PROGRAM, path, sizeof(path)))
		return 0;
	*why = "no stress-ng in PATH (Debian's package stress-ng)";
	return -ENOENT;
}

static int open_metrics(void)
{
	int fd;

	strcpy(strrchr(metrics, '-'), "-XXXXXX");
	fd = mkstemp(metrics);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Its messages go to the console, errors only. */
static int launch(char *const argv[])
{
	char path[PATH_MAX];
	int err = lab_program_path(PROGRAM, path, sizeof(path));

	if (err)
		return err;
	err = posix_spawn(&child, path, NULL, NULL, argv, environ);
	if (err)
		child = 0;
	return -err;
}

static void wait_ns(uint64_t ns)
{
	const struct timespec time = { ns / 1000000000, ns % 1000000000 };

	nanosleep(&time, NULL);
}

static bool has_ended(int *status)
{
	return waitpid(child, status, WNOHANG) != 0;
}

static int stress_ng_start(const struct lab_setting *settings, uint64_t seed)
{
	const char *options = lab_setting_find(settings, "options")->text;
	const char *name = lab_setting_find(settings, "stressor")->text;
	char flag[80], workers[24], seeds[24], *words = NULL, *word, *rest;
	char *argv[ARGS_MAX + 1] = { PROGRAM,	  "--quiet",   "--temp-path",
				     "/tmp",	  "--metrics", "--yaml",
				     metrics,	  "--seed",    seeds,
				     "--timeout", "0",	       flag,
				     workers };
	size_t n = 13;
	int err, status;

	if (!name || !*name) {
		fprintf(stderr,
			"labyrinth: stress-ng: which stressor? pressure.stressor names one\n");
		return -EINVAL;
	}
	snprintf(stressor, sizeof(stressor), "%s", name);
	snprintf(flag, sizeof(flag), "--%s", stressor);
	snprintf(workers, sizeof(workers), "%llu",
		 (unsigned long long)lab_setting_get(settings, "workers"));
	snprintf(seeds, sizeof(seeds), "%llu", (unsigned long long)seed >> 1);
	if (options)
		words = strdup(options);
	for (word = words ? strtok_r(words, " \t", &rest) : NULL;
	     word && n < ARGS_MAX; word = strtok_r(NULL, " \t", &rest))
		argv[n++] = word;
	err = open_metrics();
	if (!err)
		err = launch(argv);
	free(words);
	if (err)
		return err;
	wait_ns(lab_setting_get(settings, "settle"));
	if (!has_ended(&status))
		return 0;
	if (lab_killed_by_kernel(status)) {
		lab_loss_killed(PROGRAM, child, status, true, false);
		child = 0;
		return -EOWNERDEAD;
	}
	fprintf(stderr,
		"labyrinth: stress-ng: it ended at once, with status %d: is %s one of its stressors, and are its options right?\n",
		WIFEXITED(status) ? WEXITSTATUS(status) : -1, flag);
	child = 0;
	return -ECHILD;
}

/* "      bogo-ops: 1234", of one stressor: there is no other. */
static uint64_t read_operations(void)
{
	unsigned long long operations = 0;
	FILE *f = fopen(metrics, "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " bogo-ops: %llu", &operations) == 1)
			break;
	if (f)
		fclose(f);
	return operations;
}

/* 0: it did what it was told; 3 is a stressor that the machine lacks. */
static int end_child(void)
{
	unsigned int polls = PATIENCE_S * 1000000 / POLL_US;
	int status = 0;

	kill(child, SIGINT);
	while (!has_ended(&status)) {
		if (!polls--) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			return -ETIMEDOUT;
		}
		usleep(POLL_US);
	}
	if (lab_killed_by_kernel(status))
		lab_loss_killed(PROGRAM, child, status, true, false);
	if (WIFSIGNALED(status))
		return -EOWNERDEAD;
	return WEXITSTATUS(status) ? -EREMOTEIO : 0;
}

static int stress_ng_stop(void)
{
	uint64_t operations;
	int err;

	if (!child)
		return 0;
	err = end_child();
	child = 0;
	operations = read_operations();
	unlink(metrics);
	lab_pressed_note("stress-ng", -1,
			 json_pack("{s:s, s:I, s:s}", "stressor", stressor,
				   "operations", (json_int_t)operations,
				   "error", err ? strerror(-err) : ""));
	return err;
}

const struct lab_pressure lab_press_stress_ng = {
	.name = "stress-ng",
	.help = "any stressor of stress-ng, with its own options; it has no level",
	.keys = keys,
	.probe = stress_ng_probe,
	.start = stress_ng_start,
	.stop = stress_ng_stop,
	.program = PROGRAM,
};
