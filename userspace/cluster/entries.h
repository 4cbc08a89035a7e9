/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/entries.h - how far the entries of a plan are, by its files and by what
 * Slurm says.
 *
 * The files alone decide: a result is there or not, and the file "jobs" tells how
 * often an entry was submitted. Slurm is asked which entries it still has. So
 * whoever follows a plan can be killed, and another goes on.
 */
#ifndef LAB_ENTRIES_H
#define LAB_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often an entry is begun at most, when the harness breaks. */
#define LAB_TRIES_MAX 3

/* What a byte tells of an entry. */
enum {
	LAB_ENTRY_DONE = 1 << 0, /* has a result */
	LAB_ENTRY_HELD = 1 << 1, /* Slurm has it */
	LAB_ENTRY_RUNS = 1 << 2, /* and has started it */
	LAB_ENTRY_MISSED = 1 << 3, /* Slurm did not have it when last asked */
	LAB_ENTRY_GIVEN_UP = 1 << 4, /* the harness broke too often */
	LAB_ENTRY_SUBMITTED = 1 << 5, /* how often: the bits from here on */
};

struct lab_entries {
	uint64_t count;
	unsigned char *entry;
	uint64_t done, running, waiting, given_up;
	char reason[64]; /* that one of those that wait waits for, or "" */
	uint64_t *job; /* the numbers of all that were submitted */
	size_t njobs;
};

void lab_entries_init(struct lab_entries *entries, uint64_t count);
void lab_entries_free(struct lab_entries *entries);

static inline unsigned int lab_entry_tries(unsigned char entry)
{
	return entry / LAB_ENTRY_SUBMITTED;
}

/*
 * The file "jobs": a line "JOB BASE TASKS" for each array, TASKS as --array has
 * them, and "again" where counting begins anew. A line without an end is of one
 * who was killed, and is passed over. False after a message when the file is
 * there and cannot be read.
 */
bool lab_entries_read_jobs(struct lab_entries *entries, const char *out);
/* Adds a line. 0 or a negative errno. */
int lab_entries_add_job(struct lab_entries *entries, const char *out,
			uint64_t job, uint64_t base, const char *tasks);
/* Has all entries without results count as not submitted. 0 or a negative errno. */
int lab_entries_begin_anew(struct lab_entries *entries, const char *out);

/* Calls fresh() for each entry whose result is there, and was not before. */
void lab_entries_read_results(struct lab_entries *entries, const char *out,
			      void (*fresh)(void *arg, uint64_t entry),
			      void *arg);

/*
 * To be called before Slurm is asked, and for each task that it has; and when it
 * did not answer to the end, so that nothing is taken for missing.
 */
void lab_entries_look(struct lab_entries *entries);
void lab_entries_see(struct lab_entries *entries, uint64_t entry, bool runs,
		     const char *reason);
void lab_entries_not_told(struct lab_entries *entries);

/*
 * Whether an entry is to be submitted: it never was, or Slurm did not have it
 * twice in a row and there is no result. Once is not enough: a file server may
 * show a file later than it was written.
 */
bool lab_entry_is_wanted(const struct lab_entries *entries, uint64_t entry);
bool lab_entries_any_wanted(const struct lab_entries *entries);

/* That it is given up. */
void lab_entry_give_up(struct lab_entries *entries, uint64_t entry);

/*
 * The tasks of wanted entries from first on, as --array takes them, that share an
 * array: up to array_max from base, the first wanted, and below end. "": none.
 * next is where to go on. malloc()ed. skip, unless NULL, says which not to take.
 */
char *lab_entries_tasks(const struct lab_entries *entries, uint64_t first,
			uint64_t end, uint64_t array_max, uint64_t *base,
			uint64_t *next, bool (*skip)(void *arg, uint64_t entry),
			void *arg);

#endif /* LAB_ENTRIES_H */
