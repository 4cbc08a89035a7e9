// SPDX-License-Identifier: GPL-2.0-only
/* lib/process.c - see lib/process.h. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

static int spawn(pid_t *pid, char *const argv[], int in, int out, int err_fd)
{
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return -err;
	if (in < 0)
		err = posix_spawn_file_actions_addopen(
			&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	else
		err = posix_spawn_file_actions_adddup2(&actions, in,
						       STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out,
						       STDOUT_FILENO);
	if (!err && err_fd >= 0)
		err = posix_spawn_file_actions_adddup2(&actions, err_fd,
						       STDERR_FILENO);
	if (!err)
		err = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

int lab_process_start(struct lab_process *process, char *const argv[], int in,
		      int err_fd)
{
	int pipes[2], err;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	/*
	 * Otherwise our buffered output would appear after the output of the
	 * program.
	 */
	fflush(NULL);
	err = spawn(&process->pid, argv, in, pipes[1], err_fd);
	close(pipes[1]);
	if (err) {
		close(pipes[0]);
		return err;
	}
	process->from = fdopen(pipes[0], "r");
	if (!process->from) {
		err = -errno;
		close(pipes[0]);
		waitpid(process->pid, NULL, 0);
	}
	return err;
}

int lab_process_end(struct lab_process *process)
{
	int status;

	fclose(process->from);
	while (waitpid(process->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
