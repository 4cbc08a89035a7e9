// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/qemu_lockstep.c - makes QEMU's vCPU thread and main loop alternate.
 * Preloaded into QEMU.
 *
 * With -icount one thread of QEMU executes all vCPUs and runs the guest's
 * timers. The other, the main loop, advances the guest's clock to the next
 * timer when all vCPUs are idle (accel/tcg/icount-common.c,
 * icount_start_warp_timer()). It checks for that each time it wakes, and each
 * timer that the vCPU thread runs wakes it. The vCPU thread holds no lock while
 * it executes. If the main loop checks after the last vCPU has halted, but
 * before the instructions that it executed are accounted, it advances the clock
 * too far; if it checks a little later, it does so before the timer that
 * switches vCPUs is stopped. Either changes everything that follows. It depends
 * on the host's scheduler, and happened in about one of thirty runs.
 *
 * This library lets the main loop return from its poll only while the vCPU
 * thread waits, which it does when all vCPUs are idle. That costs nothing: for
 * a guest without disks and networks the main loop has nothing to do while
 * vCPUs run, except to end when it is asked to, and to answer the lab when a
 * guest hangs (lab/lockstep.h).
 *
 * The vCPU thread waits on a condition variable, and says so while it holds
 * QEMU's big lock, which the main loop holds from one poll to the next. So
 * neither can change its state while the other checks it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lab/lockstep.h"

/* Interval at which the main loop checks whether it is asked to end. */
#define LOOK_NS 20000000
/* Checks at most, where QEMU does not export that request. */
#define LOOKS 100

static int (*next_ppoll)(struct pollfd *fds, nfds_t count,
			 const struct timespec *timeout, const sigset_t *mask);
static int (*next_wait)(pthread_cond_t *cond, pthread_mutex_t *mutex);
static int (*next_broadcast)(pthread_cond_t *cond);
/* A function of QEMU, which not every build exports. */
static int (*shutdown_requested)(void);

static pthread_t main_loop;
static _Atomic(pthread_cond_t *)
	halted; /* the condition that the vCPU thread waits on */
static _Atomic(pthread_mutex_t *)
	big_lock; /* the mutex that it releases meanwhile */
static atomic_uint running; /* 1: the vCPU thread is running; a futex */
static atomic_bool released; /* never wait again */

static void release(int signal)
{
	(void)signal;
	atomic_store(&released, true);
}

__attribute__((constructor)) static void find_next(void)
{
	const struct sigaction action = { .sa_handler = release,
					  .sa_flags = SA_RESTART };

	sigaction(LAB_LOCKSTEP_RELEASE, &action, NULL);
	next_ppoll = dlsym(RTLD_NEXT, "ppoll");
	next_wait = dlsym(RTLD_NEXT, "pthread_cond_wait");
	next_broadcast = dlsym(RTLD_NEXT, "pthread_cond_broadcast");
	shutdown_requested = dlsym(RTLD_DEFAULT, "qemu_shutdown_requested_get");
	main_loop = pthread_self();
}

static bool in_main_loop(void)
{
	return pthread_equal(pthread_self(), main_loop);
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	pthread_cond_t *none = NULL;
	int err;

	/* No other thread of QEMU waits on a condition without a timeout. */
	if (in_main_loop() ||
	    (!atomic_compare_exchange_strong(&halted, &none, cond) &&
	     none != cond))
		return next_wait(cond, mutex);

	atomic_store(&big_lock, mutex);
	atomic_store(&running, 0);
	syscall(SYS_futex, &running, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	err = next_wait(cond, mutex);
	atomic_store(&running, 1);
	return err;
}

/*
 * The vCPU thread counts as running from the wake-up on, although the host may
 * schedule it later.
 */
int pthread_cond_broadcast(pthread_cond_t *cond)
{
	if (in_main_loop() && cond == atomic_load(&halted))
		atomic_store(&running, 1);
	return next_broadcast(cond);
}

/*
 * At exit the main loop polls while it holds the big lock (qemu_cleanup()).
 * Waiting for the vCPU thread would then be a deadlock.
 */
static bool has_big_lock(void)
{
	const pthread_mutex_t *lock = atomic_load(&big_lock);

	return lock && lock->__data.__owner == gettid();
}

static void wait_for_vcpu_thread(void)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	static bool ending; /* QEMU clears the request when it has seen it */
	unsigned int looks = 0;

	if (has_big_lock())
		return;
	while (!ending && !atomic_load(&released) && atomic_load(&running)) {
		ending = shutdown_requested && shutdown_requested();
		if (ending || (!shutdown_requested && looks++ == LOOKS))
			return;
		syscall(SYS_futex, &running, FUTEX_WAIT_PRIVATE, 1, &look, NULL,
			0);
	}
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	  const sigset_t *mask)
{
	const int n = next_ppoll(fds, count, timeout, mask);
	const int err = errno;

	if (in_main_loop())
		wait_for_vcpu_thread();
	errno = err;
	return n;
}
