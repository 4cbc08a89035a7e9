/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explore/explorer.h - an exploration at work, and the steps that it consists of.
 *
 *	explore.c      the order of the steps; what is kept between two explorations
 *	profile_boot.c the boot whose first trial, without a fault, is the profile
 *	pending.c      which faults still have to be tried, and in which boots
 *	conclude_boot.c verdicts from what a boot left
 *	elsewhere.c    boots that a cluster does, in rounds
 */
#ifndef LAB_EXPLORER_H
#define LAB_EXPLORER_H

#include "explore.h"

#define JOBS_MAX 64
/* Microseconds between two looks at the guests. */
#define POLL_US 20000
/* Number of trials in a row with the same fault, to see whether each leaks. */
#define LEAK_TRIALS 6
/*
 * Seconds of guest time after them, until what they left is looked at once more.
 * Connections of which the other side never heard the end are held, with their
 * network namespace, until they have been tried often enough: 8 times, each after
 * twice as long as before (net/ipv4/tcp_timer.c, tcp_orphan_retries()), which is
 * 102 s from 0.2 s on and 510 s from 1 s on.
 */
#define LEAK_WAIT_S 600

/* What a boot is for. */
enum purpose {
	BATCH, /* many faults, one trial each */
	ALONE, /* one fault, in the first trial of the boot */
	LEAKS, /* one fault, in LEAK_TRIALS trials in a row, and what stays */
};

struct work_item {
	enum purpose purpose;
	size_t *fault; /* indices into explorer.faults, malloc()ed */
	size_t count;
};

struct explorer {
	struct lab_exploration *ex;
	const struct lab_explore_options *options;
	json_t *found; /* the exploration's document */
	json_t *faults; /* part of found */
	json_t *profile; /* part of found */
	struct lab_trial_noise noise;

	struct work_item *queue;
	size_t queued;
	struct lab_boot boot[JOBS_MAX];
	struct work_item item[JOBS_MAX]; /* the item that this boot works on */
	unsigned int boots; /* started so far */
	double began;
	bool broke; /* the harness failed: exit code 3 */
	bool left; /* boots elsewhere go on, and nobody waits for them */
};

/* The record of that kind with this number, from 0, or NULL. */
json_t *lab_record_of_kind(const json_t *records, const char *kind,
			   size_t number);

/* ---- profile_boot.c ------------------------------------------------------- */

/* Stores the profile in found. 0, or an exit code after a message. */
int lab_profile_run(struct explorer *all);
/* Whether all requests before the fault were those of the profile. */
bool lab_as_profiled(const struct explorer *all, const json_t *trial);

/* ---- elsewhere.c ---------------------------------------------------------- */

/*
 * The profile by a boot elsewhere, given to take(). 0, or an exit code after a
 * message; LAB_PASS with all->left set.
 */
int lab_profile_elsewhere(struct explorer *all, const json_t *trials,
			  int (*take)(struct explorer *all,
				      const struct lab_boot *boot));
/* Works the queue off, with all that is added to it meanwhile. */
void lab_work_off_elsewhere(struct explorer *all);

/* ---- pending.c ------------------------------------------------------------ */

/* A trial for a guest, as victim/trial.c reads it; fault NULL: without one. */
json_t *lab_one_trial(uint64_t id, const json_t *fault);
/* The trials of a boot that works on item. */
json_t *lab_trials_of(const struct explorer *all, const struct work_item *item);
/* Adds a boot that tries these faults, as indices into all->faults. */
void lab_push(struct explorer *all, enum purpose purpose, const size_t *fault,
	      size_t count);
void lab_push_alone(struct explorer *all, size_t fault);
/* Adds the fault that the options name. False after a message: there is none. */
bool lab_push_named(struct explorer *all);
/* Adds all faults that have no verdict yet. False after a message: no such site. */
bool lab_push_untried(struct explorer *all);

/* ---- conclude_boot.c ------------------------------------------------------ */

/*
 * Gives verdicts to the faults of a boot that ended, and adds boots for those
 * that have to be tried again. Ends the boot and frees what item owns.
 */
void lab_conclude(struct explorer *all, struct lab_boot *boot,
		  struct work_item *item);

#endif /* LAB_EXPLORER_H */
