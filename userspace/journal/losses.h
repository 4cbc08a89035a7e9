/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journal/losses.h - what the kernel does to the processes of a run: it kills
 * one, or refuses it memory.
 *
 * Nobody else does either in a guest, so this is a finding, and not a harness
 * that broke. Who sees it records it, with the place in the run where it happened:
 *
 *	{ "record": "loss", "process": "worker 1 of anon", "pid": 93, "signal": 9,
 *	  "error": "", "phase": "scarce", "at": "scarce: task order 0",
 *	  "moment": "pressing", "offered": true, "ended": false }
 *
 * signal is 0 where memory was refused, and error then says with what. Nothing
 * here allocates memory.
 */
#ifndef LAB_LOSSES_H
#define LAB_LOSSES_H

#include <stdbool.h>
#include <sys/types.h>

/* What a run is doing in a phase. */
enum lab_moment {
	LAB_MOMENT_BETWEEN, /* cells */
	LAB_MOMENT_PRESSING, /* memory is being made short */
	LAB_MOMENT_FIRING, /* from the first shot until memory is given back */
};

/*
 * Shares the place with the processes that are forked from now on, so that who
 * waits for them knows it. Where that is not possible, it does not.
 */
void lab_losses_share(void);
/* @phase, @at: copied; the name of the phase, and the cell in words. */
void lab_losses_at(const char *phase, const char *at, enum lab_moment moment);

/* Of a status of waitpid(2): by SIGKILL or SIGBUS. */
bool lab_killed_by_kernel(int status);
/*
 * Of a negative errno: -ENOMEM, or -EAGAIN of fork(2) and pthread_create(3),
 * which stands for it too.
 */
bool lab_refused_by_kernel(int err);
/* Either of them, as functions of pressures return it. */
bool lab_lost_to_kernel(int err);

/*
 * @pid: 0 for that which called lab_losses_at() last
 * @offered: to the OOM killer, as workers of pressures are
 * @ended: the run
 */
void lab_loss_killed(const char *process, pid_t pid, int status, bool offered,
		     bool ended);
void lab_loss_refused(const char *process, int err, bool ended);

#endif /* LAB_LOSSES_H */
