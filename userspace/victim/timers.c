// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/timers.c - timers of POSIX and of timerfd, and signals that are queued.
 *
 * A queued signal takes memory that is not waited for, and is refused without
 * (kernel/signal.c, __send_signal_locked()); a timer has that of its signal from its
 * start on. All signals are for the thread that does the work, which blocks them.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "service.h"

#define QUEUED 64
#define TIMERS 24
/* A timer's time: this, and as much more for each before it. */
#define STEP_NS 500000
/* Seconds until a signal counts as lost. */
#define ANSWER_S 2

#define OF_QUEUE (SIGRTMIN + 2)
#define OF_TIMER (SIGRTMIN + 3)

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static struct itimerspec after(unsigned int number)
{
	return (struct itimerspec){ .it_value = { .tv_nsec = (number + 1) *
							     STEP_NS } };
}

/* The next signal of a number, or 0. */
static int next(int number, siginfo_t *info)
{
	const struct timespec patience = { .tv_sec = ANSWER_S };
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, number);
	do
		got = sigtimedwait(&set, info, &patience);
	while (got < 0 && errno == EINTR);
	return got > 0 ? got : 0;
}

/* In the order in which they were sent, each with its number. */
static void pass_queue(struct lab_work *work)
{
	bool sent[QUEUED] = {};
	siginfo_t info;
	int i, err;

	work->asked += QUEUED;
	for (i = 0; i < QUEUED; i++) {
		err = pthread_sigqueue(pthread_self(), OF_QUEUE,
				       (union sigval){ .sival_int = i });
		sent[i] = !err;
		if (err)
			lab_service_error(work, err);
	}
	for (i = 0; i < QUEUED; i++) {
		if (!sent[i])
			continue;
		if (!next(OF_QUEUE, &info))
			return;
		if (info.si_code != SI_QUEUE || info.si_value.sival_int != i)
			work->wrong++;
		else
			work->done++;
	}
}

struct timer {
	timer_t id;
	bool there;
	int64_t due;
};

static void start_timers(struct timer *all, struct lab_work *work)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = OF_TIMER };
	struct itimerspec time;
	int i;

	event._sigev_un._tid = gettid();
	for (i = 0; i < TIMERS; i++) {
		event.sigev_value.sival_int = i;
		time = after(i);
		all[i].there =
			!timer_create(CLOCK_MONOTONIC, &event, &all[i].id);
		all[i].due = now_ns() + time.it_value.tv_nsec;
		if (!all[i].there || timer_settime(all[i].id, 0, &time, NULL))
			lab_service_error(work, errno);
	}
}

/* Each once, and not before its time. */
static void pass_timers(struct lab_work *work)
{
	struct timer all[TIMERS] = {};
	unsigned char came[TIMERS] = {};
	siginfo_t info;
	int i, number;

	work->asked += TIMERS;
	start_timers(all, work);
	for (i = 0; i < TIMERS; i++) {
		if (!all[i].there)
			continue;
		if (!next(OF_TIMER, &info))
			break;
		number = info.si_value.sival_int;
		if (info.si_code != SI_TIMER || number < 0 ||
		    number >= TIMERS || came[number]++ ||
		    now_ns() < all[number].due)
			work->wrong++;
		else
			work->done++;
	}
	for (i = 0; i < TIMERS; i++)
		if (all[i].there)
			timer_delete(all[i].id);
}

static void wait_for_timer(int timer, unsigned int number,
			   struct lab_work *work)
{
	const struct itimerspec time = after(number);
	const int64_t due = now_ns() + time.it_value.tv_nsec;
	uint64_t times = 0;

	if (timerfd_settime(timer, 0, &time, NULL) ||
	    read(timer, &times, sizeof(times)) < 0)
		lab_service_error(work, errno);
	else if (times != 1 || now_ns() < due)
		work->wrong++;
	else
		work->done++;
}

static void pass_timerfd(struct lab_work *work)
{
	unsigned int i;
	int timer;

	work->asked += TIMERS;
	for (i = 0; i < TIMERS; i++) {
		timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
		if (timer < 0) {
			lab_service_error(work, errno);
			continue;
		}
		wait_for_timer(timer, i, work);
		close(timer);
	}
}

static void timers_work(struct lab_work *work)
{
	siginfo_t late;
	sigset_t set, before;

	memset(work, 0, sizeof(*work));
	sigemptyset(&set);
	sigaddset(&set, OF_QUEUE);
	sigaddset(&set, OF_TIMER);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	pass_queue(work);
	pass_timers(work);
	pass_timerfd(work);
	/* One that came late must not be taken for one of the next pass, or kill. */
	while (sigtimedwait(&set, &late, &(struct timespec){}) > 0)
		;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	lab_service_end(work, "timers or signals");
}

static int timers_open(const struct lab_victim_ops *victim, char *why,
		       size_t size)
{
	(void)victim;
	(void)why;
	(void)size;
	return 0;
}

const struct lab_victim_ops lab_victim_timers = {
	.name = "timers",
	.help = "timers of POSIX and timerfd, and queued signals",
	.memory = LAB_SERVICE_MIB,
	.open = timers_open,
	.start = lab_service_start,
	.work = timers_work,
	.stop = lab_service_stop,
	.close = lab_service_close,
};
