/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explore/explore.h - every atomic request site of a victim, failed once.
 *
 *	choose.c         victims from the words of a command line
 *	trial_boot.c     guests that run trials of a victim, several at a time
 *	explore.c        an exploration: its steps in order, resumable
 *	profile_boot.c   the victim's sites, from a trial without a fault
 *	plan.c           which occurrences of a site are to fail
 *	pending.c        which faults still have to be tried, and in which boots
 *	conclude_boot.c  verdicts from what a boot left
 *	judge_trial.c    the verdict of a trial, against trials without a fault
 *	side_by_side.c   two explorations, site by site
 *	site.c site_words.c  names of sites and faults, commands that repeat them
 *	text.c json.c html.c as_results.c  the forms of an exploration; listed in table.c
 *
 * An exploration is a JSON document, schema "labyrinth-exploration/1". It is
 * stored as explore.json in the exploration's folder, and the forms are written
 * from it. See results/README.md.
 */
#ifndef LAB_EXPLORE_H
#define LAB_EXPLORE_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lab/lab.h"
#include "lib/exit.h"
#include "victim/victim.h"

/* Verdicts of a trial, from best to worst; names in judge_trial.c. */
#define LAB_TRIAL_VERDICTS(X)                                              \
	X(NOT_REACHED, "not-reached", "the site did not come by")          \
	X(SERVED, "served", "nobody noticed")                              \
	X(DEGRADED, "degraded", "work was lost or done again, then well")  \
	X(REPORTED, "reported", "the caller was told an error, then well") \
	X(LEAK, "leak", "something was not given back")                    \
	X(CORRUPT, "corrupt", "data arrived with other bytes")             \
	X(STUCK, "stuck", "not well again in the time it has")             \
	X(WARNED, "warned", "the kernel says that something is wrong")     \
	X(CRASHED, "crashed", "the kernel panicked")                       \
	X(HUNG, "hung", "the kernel did not come back")

#define LAB_TRIAL_ID(id, name, text) LAB_TRIAL_##id,
enum lab_trial_verdict {
	LAB_TRIAL_VERDICTS(LAB_TRIAL_ID) LAB_TRIAL_VERDICT_COUNT
};

extern const char *const lab_trial_names[]; /* ended by NULL */
extern const char *const lab_trial_help[];

/* LEAK and worse verdicts are findings. */
static inline bool lab_trial_fails(enum lab_trial_verdict verdict)
{
	return verdict >= LAB_TRIAL_LEAK && verdict < LAB_TRIAL_VERDICT_COUNT;
}

/* A victim as chosen on the command line. */
struct lab_chosen {
	const struct lab_victim_ops *ops;
	/*
	 * As on the command line: "program:./x", "veth+vlan"; layers in the order
	 * in which they are put on. malloc()ed.
	 */
	char *name;
	uint32_t layers; /* bits of places in lab_layers[] */
	const char *file; /* path of the program, or NULL */
	char *const *arguments; /* count of them */
	size_t count;
	/*
	 * The victim whose devices and drivers the machine has: this one or
	 * another one.
	 */
	const struct lab_victim_ops *machine;
};

/* ---- choose.c --------------------------------------------------------------- */

/* The victim that a word names, up to a colon or plus; or NULL after a message. */
const struct lab_victim_ops *lab_victim_named(const char *word);

/*
 * Victims from the words of a command line. A victim that takes arguments takes
 * all words that follow. devices: the victim whose devices the machine has, or
 * NULL if each has its own. victims has room for count entries; chosen is set
 * to their number. False after a message.
 */
bool lab_choose(char *const *words, int count,
		const struct lab_victim_ops *devices,
		struct lab_chosen *victims, int *chosen);
/* Frees what lab_choose() put into the entries. */
void lab_chosen_free(struct lab_chosen *victims, int count);

struct lab_boot;

/* A guest as it is to be booted, with what it is asked for. */
struct lab_boot_order {
	struct lab_machine machine;
	json_t *request; /* without the victim's program */
};

/* Who boots guests elsewhere than on this machine. */
struct lab_elsewhere {
	void *arg;
	/*
	 * Has n guests done and waits for them; boot[i] becomes what lab_boot_poll()
	 * makes it, or keeps records NULL when the harness broke. 0 or an exit code
	 * after a message; *left: it does not wait, and they may be done later.
	 */
	int (*run)(void *arg, const struct lab_boot_order *order, size_t n,
		   struct lab_boot *boot, bool *left);
};

/* What all guests of an exploration have in common. */
struct lab_exploration {
	const char *kernel; /* as on the command line */
	struct lab_chosen victim;
	json_t *arguments; /* a list of words */
	void *program; /* content of the victim's file, or NULL */
	size_t program_size;
	struct lab_qemu qemu;
	struct lab_bundle bundle;
	struct lab_machine machine;
	char folder[4096]; /* for the guests' files while they run */
	char *carried; /* files that guests get in addition: see carried_for() */
	const struct lab_elsewhere *elsewhere; /* NULL: guests of this machine */
};

/* ---- trial_boot.c ----------------------------------------------------------- */

/* 0, or an exit code after a message. */
int lab_explore_prepare(struct lab_exploration *ex, const char *kernel,
			const struct lab_chosen *victim, enum lab_mode mode,
			const char *folder);
void lab_explore_end(struct lab_exploration *ex);

/*
 * A guest that runs trials, one after the other. records: what it wrote to the
 * journal. ending, why: how it ended. console: the end of its console output if
 * it died.
 */
struct lab_boot {
	struct lab_guest guest;
	char folder[4200];
	bool running;
	json_t *records;
	enum lab_ending ending;
	char why[600];
	char *console;
	double seconds;
};

/*
 * The guest that runs trials: a list, as victim/trial.c reads it; sites: they are
 * listed. request is to be freed.
 */
struct lab_boot_order lab_boot_order(const struct lab_exploration *ex,
				     const json_t *trials, bool sites);
/* Boots one here. 0, or an exit code after a message. */
int lab_boot_start(struct lab_boot *boot, const struct lab_exploration *ex,
		   const json_t *trials, bool sites, unsigned int number);
/* True if the guest ended and its records were read. Does not wait. */
bool lab_boot_poll(struct lab_boot *boot);
void lab_boot_end(struct lab_boot *boot);

/*
 * Makes lab_explore() end soon: no further guests. May be called from a signal
 * handler.
 */
void lab_explore_stop(void);
extern volatile sig_atomic_t lab_explore_stopped;

/* ---- judge_trial.c -------------------------------------------------------------- */

/* The verdict of a fault; LAB_TRIAL_VERDICT_COUNT: none yet. */
enum lab_trial_verdict lab_fault_verdict(const json_t *fault);
bool lab_fault_fails(const json_t *fault);
/*
 * The worst verdict of the site with this id. *count: its faults with a
 * verdict.
 */
enum lab_trial_verdict lab_site_verdict(const json_t *faults, const char *site,
					unsigned int *count);

/* The most that one trial without a fault leaves behind. */
struct lab_trial_noise {
	json_t *caches; /* name: number of objects */
	int64_t pages;
	unsigned int trials;
};

/* Learns from the difference between two trials without a fault. */
void lab_noise_learn(struct lab_trial_noise *noise, const json_t *before,
		     const json_t *after);
void lab_noise_free(struct lab_trial_noise *noise);

/*
 * The verdict of a trial that ended. before is the trial before it in the same
 * boot, or NULL: then what was left behind is not judged. evidence is set to
 * one sentence.
 */
enum lab_trial_verdict lab_trial_judge(const json_t *trial,
				       const json_t *before,
				       const struct lab_trial_noise *noise,
				       char *evidence, size_t size);

/*
 * Whether all that a trial left behind beyond the noise was given back by the
 * end of later trials in the same boot: what leaked never is. before: the trial
 * before it. Trials with faults that leak only make it false.
 */
bool lab_trial_gave_back(const json_t *trial, const json_t *before,
			 const json_t *const *later, size_t count,
			 const struct lab_trial_noise *noise);

/*
 * Whether each of these trials in a row, all with the same fault, left more
 * behind than trials without a fault, and at the end of a trial without one, which
 * began some minutes later, all of that was still there: what timers let go is no
 * leak. The first is the base for the others.
 */
bool lab_trials_leak(const json_t *const *trials, size_t count,
		     const json_t *later, const struct lab_trial_noise *noise,
		     char *evidence, size_t size);

/* ---- plan.c ----------------------------------------------------------------- */

/*
 * The faults to try for a profile: a list of { "site", "first", "count" or
 * "duration", "kind" }. For each site these are the first, second, middle and
 * last occurrence, or all of them; with starve also a time in which all of its
 * requests fail. which: one of lab_occurrence_names.
 */
enum lab_occurrences { LAB_FIRST_ONLY, LAB_FEW, LAB_ALL };
extern const char *const lab_occurrence_names[]; /* ended by NULL */

json_t *lab_plan_faults(const json_t *sites, enum lab_occurrences which,
			bool starve);
/*
 * Appends faults of the kind "pair": two requests that follow each other closely
 * where the kernel handles one thing, such as a system call or a poll of a driver,
 * and that both fail; the second one is "then": { "site", "first" }. order: the
 * places of all requests of the profile. Each two sites that occur so in this
 * order are a pair once.
 */
void lab_plan_pairs(json_t *faults, const json_t *sites, const json_t *order);

/* ---- explore.c -------------------------------------------------------------- */

struct lab_explore_options {
	enum lab_occurrences occurrences;
	bool starve;
	bool profile_only;
	bool pairs; /* pairs of sites as well */
	unsigned int jobs;
	unsigned int batch; /* faults in all; 0: no limit */
	unsigned int most; /* faults in all; 0: no limit */
	/* Only sites whose id is this, or whose stack has it; NULL: all. */
	const char *site;
	/* The second site of the pair whose first one is site; NULL: no pair. */
	const char *then;
	uint64_t first; /* only this occurrence, alone in a boot; 0: all that are planned */
};

/*
 * Explores one victim. After each boot the results are stored in
 * folder/explore.json; faults that have a verdict there are not tried again.
 * Returns an exit code.
 */
int lab_explore(struct lab_exploration *ex,
		const struct lab_explore_options *options, json_t **found);

/* ---- as_results.c --------------------------------------------------------------- */

/*
 * A document with a verdict for each site, as the writers of export/ read it.
 */
json_t *lab_explore_results(const json_t *found);

/* ---- side_by_side.c --------------------------------------------------------- */

/* Reads an exploration: its folder, or its explore.json. NULL if it is none. */
json_t *lab_exploration_load(const char *where);
/*
 * Compares two explorations of one victim: a document
 * labyrinth-exploration-comparison/1. B is worse if a site fails there that did
 * not fail, or did not exist, in A.
 */
json_t *lab_explorations_compare(const json_t *a, const json_t *b);
void lab_explorations_text(const json_t *comparison, FILE *to);

/* ---- forms ------------------------------------------------------------------ */

struct lab_explore_form {
	const char *name;
	void (*write)(const json_t *found, FILE *to);
};

extern const struct lab_explore_form *const lab_explore_forms[];

#endif /* LAB_EXPLORE_H */
