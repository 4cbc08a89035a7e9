/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/workers.h - the worker processes of a pressure, and their
 * reports.
 *
 * A worker that has taken all memory cannot allocate a page to report with. Its
 * report is in memory that was shared and populated beforehand, and it notifies
 * through an eventfd. It then works on or is parked until it is killed. The
 * report can be read after the worker's death.
 */
#ifndef LAB_WORKERS_H
#define LAB_WORKERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LAB_WORKERS_MAX 64
#define LAB_WORKER_VALUES 16

/* What the values mean is defined by each pressure. */
struct lab_worker_report {
	int error; /* 0 or a negative errno */
	uint64_t value[LAB_WORKER_VALUES];
};

struct lab_worker {
	pid_t pid; /* 0: there is none */
	bool dead; /* before it was to end, and waited for */
	int pidfd;
	int event_fd; /* the worker writes to it to notify */
};

/* Static and zero before the first start, but for the first two members. */
struct lab_workers {
	const char *pressure;
	bool polite; /* SIGTERM ends a worker, not SIGKILL */
	struct lab_worker worker[LAB_WORKERS_MAX];
	struct lab_worker_report *report; /* shared, one a worker */
	int report_fd;
};

/*
 * Starts worker number @index, below LAB_WORKERS_MAX, with the arguments
 * "PRESSURE INDEX ARGS...", and waits until it notifies or dies. args end with
 * NULL. Returns 0, the error that it reported, -EOWNERDEAD when the kernel
 * killed it, which is recorded, or -ECHILD when it ended by itself.
 */
int lab_workers_start(struct lab_workers *workers, unsigned int index,
		      char *const args[]);
/* The same with numbers for arguments. */
int lab_workers_start_numbers(struct lab_workers *workers, unsigned int index,
			      const uint64_t *number, size_t count);
const struct lab_worker_report *
lab_workers_report(const struct lab_workers *workers, unsigned int index);
bool lab_workers_has(const struct lab_workers *workers, unsigned int index);

/*
 * Ends all workers and waits for them. Returns 0, or -EOWNERDEAD when one had
 * died before.
 */
int lab_workers_stop(struct lab_workers *workers);

/* In a worker, whose argv[1] is its index: its report, or NULL. */
struct lab_worker_report *lab_worker_report_slot(int argc, char **argv);
/* In a worker: wakes the process that waits in lab_workers_start(). */
void lab_worker_notify(void);
/* In a worker: notifies, with an error or 0, and sleeps until it is killed. */
__attribute__((noreturn)) void lab_worker_park(struct lab_worker_report *report,
					       int err);
/*
 * The same, but calls last() when SIGTERM arrives, and exits: for workers that
 * are stopped politely.
 */
__attribute__((noreturn)) void
lab_worker_park_until(struct lab_worker_report *report, int err,
		      void (*last)(void));

#endif /* LAB_WORKERS_H */
