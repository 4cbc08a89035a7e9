// SPDX-License-Identifier: GPL-2.0-only
/* pressure/common/workers.c - see pressure/common/workers.h. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pressure/pressure.h"
#include "workers.h"

#define SAID_FD LAB_WORKER_FD
#define BELL_FD (LAB_WORKER_FD + 1)
#define SAID_SIZE (LAB_TEAM_MAX * sizeof(struct lab_words_of))
#define ARGS_MAX 14

static struct lab_words_of *map_said(int fd)
{
	void *said = mmap(NULL, SAID_SIZE, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, fd, 0);

	return said == MAP_FAILED ? NULL : said;
}

static int share(struct lab_team *team)
{
	if (team->said)
		return 0;
	team->said_fd = memfd_create("said", MFD_CLOEXEC);
	if (team->said_fd < 0 || ftruncate(team->said_fd, SAID_SIZE))
		return -errno;
	team->said = map_said(team->said_fd);
	return team->said ? 0 : -ENOMEM;
}

/* Waits until the worker rings, or dies. */
static int hear(const struct lab_team *team, unsigned int index)
{
	struct pollfd wait[] = {
		{ .fd = team->member[index].bell, .events = POLLIN },
		{ .fd = team->member[index].pidfd, .events = POLLIN },
	};

	while (poll(wait, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return wait[0].revents ? team->said[index].error : -EOWNERDEAD;
}

static int spawn(struct lab_team *team, unsigned int index, char *const args[])
{
	struct lab_member *member = &team->member[index];
	char number[12], *all[ARGS_MAX + 2] = { number };
	size_t i;
	pid_t pid;

	for (i = 0; args[i]; i++) {
		if (i == ARGS_MAX)
			return -E2BIG;
		all[1 + i] = args[i];
	}
	snprintf(number, sizeof(number), "%u", index);
	memset(&team->said[index], 0, sizeof(team->said[index]));
	member->bell = eventfd(0, EFD_CLOEXEC);
	if (member->bell < 0)
		return -errno;
	pid = lab_worker_spawn(team->pressure, all,
			       (const int[]){ team->said_fd, member->bell,
					      -1 });
	if (pid < 0) {
		close(member->bell);
		return pid;
	}
	member->pid = pid;
	member->pidfd = syscall(SYS_pidfd_open, pid, 0);
	return member->pidfd < 0 ? -errno : 0;
}

int lab_team_start(struct lab_team *team, unsigned int index,
		   char *const args[])
{
	int err = share(team);

	if (!err)
		err = spawn(team, index, args);
	return err ? err : hear(team, index);
}

int lab_team_start_numbers(struct lab_team *team, unsigned int index,
			   const uint64_t *number, size_t count)
{
	char text[ARGS_MAX][24], *args[ARGS_MAX + 1] = {};
	size_t i;

	for (i = 0; i < count; i++) {
		if (i == ARGS_MAX)
			return -E2BIG;
		snprintf(text[i], sizeof(text[i]), "%" PRIu64, number[i]);
		args[i] = text[i];
	}
	return lab_team_start(team, index, args);
}

const struct lab_words_of *lab_team_said(const struct lab_team *team,
					 unsigned int index)
{
	return &team->said[index];
}

bool lab_team_has(const struct lab_team *team, unsigned int index)
{
	return team->member[index].pid;
}

static int end(struct lab_member *member, int number)
{
	int status, err = 0;

	if (waitpid(member->pid, &status, WNOHANG) == member->pid) {
		err = -EOWNERDEAD;
	} else {
		kill(member->pid, number);
		waitpid(member->pid, &status, 0);
	}
	close(member->pidfd);
	close(member->bell);
	member->pid = 0;
	return err;
}

int lab_team_stop(struct lab_team *team)
{
	int err = 0, one;
	size_t i;

	for (i = 0; i < LAB_TEAM_MAX; i++) {
		if (!team->member[i].pid)
			continue;
		one = end(&team->member[i], team->polite ? SIGTERM : SIGKILL);
		err = err ? err : one;
	}
	return err;
}

struct lab_words_of *lab_team_speak(int argc, char **argv)
{
	unsigned long index = argc > 1 ? strtoul(argv[1], NULL, 10) :
					 LAB_TEAM_MAX;
	struct lab_words_of *said = map_said(SAID_FD);

	return said && index < LAB_TEAM_MAX ? &said[index] : NULL;
}

void lab_team_ring(void)
{
	eventfd_write(BELL_FD, 1);
}

void lab_team_rest(struct lab_words_of *words, int err)
{
	words->error = err;
	lab_team_ring();
	for (;;)
		pause();
}

void lab_team_rest_until(struct lab_words_of *words, int err,
			 void (*last)(void))
{
	sigset_t only;
	int number;

	sigemptyset(&only);
	sigaddset(&only, SIGTERM);
	sigprocmask(SIG_BLOCK, &only, NULL);
	words->error = err;
	lab_team_ring();
	sigwait(&only, &number);
	last();
	_exit(0);
}
