// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/qemu_lockstep.c - the emulator's threads take turns. Preloaded into QEMU.
 *
 * When instructions are counted, one thread of QEMU executes all CPUs and runs
 * the guest's timers, and another, the main loop, moves the guest's clock on
 * to the next timer whenever all CPUs are idle (accel/tcg/icount-common.c,
 * icount_start_warp_timer()). It looks whether they are each time it wakes, and
 * it wakes more often than it is needed: every timer that the first thread runs
 * wakes it. The first holds no lock while it executes. If the main loop looks
 * after the last CPU has halted, and before what that CPU executed is counted,
 * it moves the clock too far; a little later, and it does so before the timer
 * that switches CPUs is stopped. In either case everything after it differs.
 * The host's scheduler decided, once in some thirty runs.
 *
 * Here the main loop goes on from its poll only while the thread of the CPUs
 * waits for it, and that thread waits when all CPUs are idle. Nothing is lost:
 * there is nothing that a main loop has to do for a guest without disks and
 * networks while its CPUs run, but to end when it is asked to.
 *
 * The thread waits on a condition, and says so while it holds QEMU's big lock,
 * which the main loop holds from its poll to the next: so neither can change
 * its mind while the other looks.
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

/* How often the main loop looks whether it is asked to end. */
#define LOOK_NS 20000000
/* How many times at most, when it cannot be told whether it is. */
#define LOOKS 100

static int (*next_ppoll)(struct pollfd *fds, nfds_t count,
			 const struct timespec *timeout, const sigset_t *mask);
static int (*next_wait)(pthread_cond_t *cond, pthread_mutex_t *mutex);
static int (*next_broadcast)(pthread_cond_t *cond);
/* QEMU's own. Not every build lets it be found. */
static int (*shutdown_requested)(void);

static pthread_t main_loop;
static _Atomic(pthread_cond_t *) halted; /* what the CPUs' thread waits on */
static _Atomic(pthread_mutex_t *) big_lock; /* and gives up meanwhile */
static atomic_uint running; /* 1: that thread does not wait; a futex */

__attribute__((constructor)) static void find_next(void)
{
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

	/* It is the only one of QEMU's other threads to wait in this way. */
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

/* Who was woken runs, though the host may take its time to let it. */
int pthread_cond_broadcast(pthread_cond_t *cond)
{
	if (in_main_loop() && cond == atomic_load(&halted))
		atomic_store(&running, 1);
	return next_broadcast(cond);
}

/*
 * It polls with the big lock when it takes leave (qemu_cleanup()), and whoever
 * it waited for then would wait for it.
 */
static bool has_big_lock(void)
{
	const pthread_mutex_t *lock = atomic_load(&big_lock);

	return lock && lock->__data.__owner == gettid();
}

static void wait_for_turn(void)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	static bool ending; /* it forgets the request */
	unsigned int looks = 0;

	if (has_big_lock())
		return;
	while (!ending && atomic_load(&running)) {
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
		wait_for_turn();
	errno = err;
	return n;
}
