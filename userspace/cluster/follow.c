// SPDX-License-Identifier: GPL-2.0-only
/* cluster/follow.c - see cluster/follow.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/progress.h"
#include "attempts.h"
#include "entries.h"
#include "follow.h"
#include "slurm.h"
#include "submit.h"

#define POLL_US 250000 /* between looks at the results' folder */
/*
 * Seconds between questions to Slurm, whose controller answers everybody: more
 * for large plans, of which the answer is long.
 */
#define ASK_SECONDS 2
#define ASK_SECONDS_MANY 10
#define MANY 1000

struct follower {
	const struct lab_cluster_plan *plan;
	struct lab_entries entries;
	double asked; /* lab_now() */
	double started;
	bool answered; /* by the controller, when last asked */
	bool refused; /* what was submitted last */
	size_t unfit; /* nodes that tasks were told to pass by */
	bool shows; /* results as they come */
};

int lab_cluster_lock(const struct lab_cluster_plan *plan, const char *name)
{
	char *path = lab_cluster_path(plan->out, "%s", name);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) &&
	    errno == EWOULDBLOCK) {
		fprintf(stderr,
			"labyrinth: another labyrinth follows the %s in %s\n",
			plan->kind->name, plan->out);
		close(lock);
		lock = -EBUSY;
	} else if (lock < 0) {
		fprintf(stderr, "labyrinth: cannot write %s: %s\n", path,
			strerror(errno));
		lock = -EIO;
	}
	free(path);
	return lock;
}

static void see(void *arg, const struct lab_slurm_task *task)
{
	lab_entries_see(arg, task->base + task->index, task->runs,
			task->reason);
}

static void ask(struct follower *f)
{
	struct lab_entries *entries = &f->entries;

	lab_entries_look(entries);
	f->answered =
		lab_slurm_tasks(lab_text(f->plan->json, "id"), see, entries);
	if (!f->answered)
		lab_entries_not_told(entries);
	f->asked = lab_now();
}

static void show(void *arg, uint64_t entry)
{
	struct follower *f = arg;

	if (!f->shows)
		return;
	lab_progress_clear();
	f->plan->kind->show(f->plan, entry);
}

static void show_progress(const struct follower *f)
{
	const struct lab_entries *entries = &f->entries;

	if (!f->answered)
		lab_progress("[%" PRIu64 " of %" PRIu64
			     " done, %.0f s] Slurm does not answer",
			     entries->done, entries->count,
			     lab_now() - f->started);
	else
		lab_progress("[%" PRIu64 " of %" PRIu64 " done, %" PRIu64
			     " running, %" PRIu64 " waiting, %.0f s] %s",
			     entries->done, entries->count, entries->running,
			     entries->waiting, lab_now() - f->started,
			     entries->reason);
}

static bool is_over(const struct follower *f)
{
	return f->entries.done + f->entries.given_up >= f->entries.count;
}

static int cancel(struct follower *f)
{
	const struct lab_entries *entries = &f->entries;
	const bool good = lab_slurm_cancel(lab_text(f->plan->json, "id"));
	char *again = lab_cluster_again(f->plan);

	lab_progress_clear();
	fprintf(stderr,
		"\nlabyrinth: interrupted: %" PRIu64 " of %" PRIu64
		" %s are done, %s; %s goes on\n",
		entries->done, entries->count, f->plan->kind->name,
		good ? "the others are cancelled" :
		       "Slurm does not answer and may still have the others",
		again);
	free(again);
	/* Nobody broke what was cancelled. */
	lab_entries_begin_anew(&f->entries, f->plan->out);
	return LAB_HARNESS;
}

static int leave(const struct follower *f)
{
	char *again = lab_cluster_again(f->plan);

	fprintf(stderr,
		"labyrinth: %" PRIu64 " %s are submitted; %s follows them\n",
		f->entries.count - f->entries.done, f->plan->kind->name, again);
	free(again);
	return LAB_PASS;
}

static bool any_held(const struct lab_entries *entries)
{
	uint64_t i;

	for (i = 0; i < entries->count; i++)
		if (entries->entry[i] & LAB_ENTRY_HELD)
			return true;
	return false;
}

/*
 * Submits what is wanted. What Slurm refuses while it has other jobs of the plan
 * may be more than a user may have at a time; without any it is wrong. 0, or an
 * exit code.
 */
static int submit(struct follower *f)
{
	int err;

	f->unfit = lab_cluster_exclude_unfit(f->plan, &f->entries, f->unfit);
	err = lab_cluster_submit(f->plan, &f->entries, f->refused);
	f->refused = err == -EBUSY;
	if (err == -ENODEV)
		return LAB_HARNESS;
	if (!f->refused || any_held(&f->entries))
		return 0;
	fprintf(stderr,
		"labyrinth: Slurm refuses the jobs, and has no others of %s\n",
		f->plan->out);
	return LAB_USAGE;
}

/* 0 when all is over; else an exit code, -EAGAIN, or -ECANCELED to detach. */
static int go_round(struct follower *f, bool detach)
{
	const double between = f->entries.count > MANY ? ASK_SECONDS_MANY :
							 ASK_SECONDS;
	const bool asks = lab_now() - f->asked >= between;
	int code = 0;

	/* First what Slurm has, then results: what ends between them is seen. */
	if (asks)
		ask(f);
	lab_entries_read_results(&f->entries, f->plan->out, show, f);
	if (asks && f->answered)
		code = submit(f);
	if (code)
		return code;
	if (detach && asks && f->answered &&
	    !lab_entries_any_wanted(&f->entries))
		return -ECANCELED;
	return is_over(f) ? 0 : -EAGAIN;
}

static int follow(struct follower *f, bool detach)
{
	int result;

	while ((result = go_round(f, detach)) == -EAGAIN) {
		show_progress(f);
		usleep(POLL_US);
		if (lab_interrupted() == SIGHUP)
			return LAB_HARNESS;
		if (lab_interrupted())
			return cancel(f);
	}
	lab_progress_clear();
	if (result == -ECANCELED)
		return leave(f);
	return result ?: f->plan->kind->finish(f->plan);
}

/* What nobody asks for now counts as done. */
static void skip_unwanted(struct follower *f)
{
	uint64_t i;

	for (i = 0; f->plan->wanted && i < f->entries.count; i++) {
		f->entries.entry[i] |= f->plan->wanted[i] ? 0 : LAB_ENTRY_DONE;
		f->entries.done += !f->plan->wanted[i];
	}
}

/* What is done already is not shown again, but in the table. */
static void skip_done(struct follower *f)
{
	lab_entries_read_results(&f->entries, f->plan->out, show, f);
	if (f->entries.done && !f->plan->wanted)
		fprintf(stderr,
			"labyrinth: %" PRIu64 " of %" PRIu64 " %s are done\n",
			f->entries.done, f->entries.count, f->plan->kind->name);
	f->shows = true;
}

int lab_cluster_follow(const struct lab_cluster_plan *plan, bool detach,
		       bool anew)
{
	struct follower f = { .plan = plan, .started = lab_now() };
	const int lock = lab_cluster_lock(plan, "follow.lock");
	int code = LAB_HARNESS;

	if (lock < 0)
		return LAB_USAGE;
	lab_interrupt_catch(NULL);
	lab_entries_init(&f.entries, plan->entries);
	skip_unwanted(&f);
	if (anew)
		lab_attempts_forget(plan->out);
	if (lab_entries_read_jobs(&f.entries, plan->out) &&
	    !(anew && lab_entries_begin_anew(&f.entries, plan->out))) {
		skip_done(&f);
		code = follow(&f, detach);
	}
	lab_entries_free(&f.entries);
	close(lock);
	return code;
}
