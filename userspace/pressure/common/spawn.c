// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/common/spawn.c - starts worker processes; see pressure/pressure.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "pressure/pressure.h"

#define MAX_ARGS 16

pid_t lab_worker_spawn(const char *name, char *const args[], const int fds[])
{
	char *argv[MAX_ARGS + 4] = { "labyrinth", "worker", (char *)name };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int err, i;

	for (i = 0; args[i]; i++) {
		if (i == MAX_ARGS)
			return -E2BIG;
		argv[3 + i] = args[i];
	}
	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return -err;
	for (i = 0; !err && fds[i] >= 0; i++)
		err = posix_spawn_file_actions_adddup2(&actions, fds[i],
						       LAB_WORKER_FD + i);
	if (!err)
		err = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv,
				  environ);
	posix_spawn_file_actions_destroy(&actions);
	return err ? -err : pid;
}

/*
 * Makes a worker the first choice of the OOM killer, and has it die with its
 * parent.
 */
static void offer_to_oom_killer(void)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "we");

	if (!f)
		return;
	fputs("1000", f);
	fclose(f);
}

int lab_worker_main(int argc, char **argv)
{
	size_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	offer_to_oom_killer();
	for (i = 0; argc > 1 && lab_pressures[i]; i++)
		if (lab_pressures[i]->worker &&
		    !strcmp(argv[1], lab_pressures[i]->name))
			return lab_pressures[i]->worker(argc - 1, argv + 1);
	fprintf(stderr, "labyrinth: worker is for the program's own use\n");
	return 2;
}
