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

#include "journal/losses.h"
#include "pressure/pressure.h"
#include "workers.h"

#define REPORT_FD LAB_WORKER_FD
#define EVENT_FD (LAB_WORKER_FD + 1)
#define REPORT_SIZE (LAB_WORKERS_MAX * sizeof(struct lab_worker_report))
#define ARGS_MAX 14

static struct lab_worker_report *map_reports(int fd)
{
	void *report = mmap(NULL, REPORT_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, fd, 0);

	return report == MAP_FAILED ? NULL : report;
}

static int share(struct lab_workers *workers)
{
	if (workers->report)
		return 0;
	workers->report_fd = memfd_create("reports", MFD_CLOEXEC);
	if (workers->report_fd < 0 ||
	    ftruncate(workers->report_fd, REPORT_SIZE))
		return -errno;
	workers->report = map_reports(workers->report_fd);
	return workers->report ? 0 : -ENOMEM;
}

/*
 * What ended a worker before it was to end: -EOWNERDEAD where the kernel did,
 * which is recorded, or -ECHILD.
 */
static int lost(const struct lab_workers *workers, unsigned int index,
		int status)
{
	const struct lab_worker *worker = &workers->worker[index];
	char name[64];

	snprintf(name, sizeof(name), "worker %u of %s", index,
		 workers->pressure);
	if (lab_killed_by_kernel(status)) {
		lab_loss_killed(name, worker->pid, status, true, false);
		return -EOWNERDEAD;
	}
	fprintf(stderr, "labyrinth: %s ended by itself, with %s %d\n", name,
		WIFSIGNALED(status) ? "signal" : "exit code",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return -ECHILD;
}

/* Waits until the worker notifies, or dies. */
static int wait_for_report(struct lab_workers *workers, unsigned int index)
{
	struct lab_worker *worker = &workers->worker[index];
	struct pollfd wait[] = {
		{ .fd = worker->event_fd, .events = POLLIN },
		{ .fd = worker->pidfd, .events = POLLIN },
	};
	int status;

	while (poll(wait, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (wait[0].revents)
		return workers->report[index].error;
	if (waitpid(worker->pid, &status, 0) != worker->pid)
		return -errno;
	worker->dead = true;
	return lost(workers, index, status);
}

static int spawn(struct lab_workers *workers, unsigned int index,
		 char *const args[])
{
	struct lab_worker *worker = &workers->worker[index];
	char number[12], *all[ARGS_MAX + 2] = { number };
	size_t i;
	pid_t pid;

	for (i = 0; args[i]; i++) {
		if (i == ARGS_MAX)
			return -E2BIG;
		all[1 + i] = args[i];
	}
	snprintf(number, sizeof(number), "%u", index);
	memset(&workers->report[index], 0, sizeof(workers->report[index]));
	worker->event_fd = eventfd(0, EFD_CLOEXEC);
	if (worker->event_fd < 0)
		return -errno;
	pid = lab_worker_spawn(workers->pressure, all,
			       (const int[]){ workers->report_fd,
					      worker->event_fd, -1 });
	if (pid < 0) {
		close(worker->event_fd);
		return pid;
	}
	worker->pid = pid;
	worker->dead = false;
	worker->pidfd = syscall(SYS_pidfd_open, pid, 0);
	return worker->pidfd < 0 ? -errno : 0;
}

int lab_workers_start(struct lab_workers *workers, unsigned int index,
		      char *const args[])
{
	int err = share(workers);

	if (!err)
		err = spawn(workers, index, args);
	return err ? err : wait_for_report(workers, index);
}

int lab_workers_start_numbers(struct lab_workers *workers, unsigned int index,
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
	return lab_workers_start(workers, index, args);
}

const struct lab_worker_report *
lab_workers_report(const struct lab_workers *workers, unsigned int index)
{
	return &workers->report[index];
}

bool lab_workers_has(const struct lab_workers *workers, unsigned int index)
{
	return workers->worker[index].pid;
}

static int end(struct lab_workers *workers, unsigned int index)
{
	struct lab_worker *worker = &workers->worker[index];
	int status, err = 0;

	if (worker->dead) {
		err = -EOWNERDEAD;
	} else if (waitpid(worker->pid, &status, WNOHANG) == worker->pid) {
		lost(workers, index, status);
		err = -EOWNERDEAD;
	} else {
		kill(worker->pid, workers->polite ? SIGTERM : SIGKILL);
		waitpid(worker->pid, &status, 0);
	}
	close(worker->pidfd);
	close(worker->event_fd);
	worker->pid = 0;
	return err;
}

int lab_workers_stop(struct lab_workers *workers)
{
	int err = 0, one;
	size_t i;

	for (i = 0; i < LAB_WORKERS_MAX; i++) {
		if (!workers->worker[i].pid)
			continue;
		one = end(workers, i);
		err = err ? err : one;
	}
	return err;
}

struct lab_worker_report *lab_worker_report_slot(int argc, char **argv)
{
	unsigned long index = argc > 1 ? strtoul(argv[1], NULL, 10) :
					 LAB_WORKERS_MAX;
	struct lab_worker_report *report = map_reports(REPORT_FD);

	return report && index < LAB_WORKERS_MAX ? &report[index] : NULL;
}

void lab_worker_notify(void)
{
	eventfd_write(EVENT_FD, 1);
}

void lab_worker_park(struct lab_worker_report *report, int err)
{
	report->error = err;
	lab_worker_notify();
	for (;;)
		pause();
}

void lab_worker_park_until(struct lab_worker_report *report, int err,
			   void (*last)(void))
{
	sigset_t only;
	int number;

	sigemptyset(&only);
	sigaddset(&only, SIGTERM);
	sigprocmask(SIG_BLOCK, &only, NULL);
	report->error = err;
	lab_worker_notify();
	sigwait(&only, &number);
	last();
	_exit(0);
}
