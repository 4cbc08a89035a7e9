/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journal/journal.h - the records of a run, written as soon as they are known.
 *
 * A journal is a sequence of JSON objects, each with a member "record" that
 * says what it is. In a guest it goes to the lab through the channel, elsewhere
 * to journal.jsonl in the folder of the run. Records that were written survive
 * a crash. results.json is made from them (results/build.h).
 */
#ifndef LAB_JOURNAL_H
#define LAB_JOURNAL_H

#include <jansson.h>
#include <stdint.h>

/*
 * Opens the channel that the environment names, or creates the file path. 0 or
 * a negative errno.
 */
int lab_journal_open(const char *path);
/* The same, but goes on with the file of a process that died. */
int lab_journal_reopen(const char *path);
/* 0, or the error of the first record that could not be written, a negative errno. */
int lab_journal_close(void);

/*
 * Writes a record and drops the reference to it. Prints a message on stderr
 * when it could not be written; those after it are lost too.
 */
void lab_journal(json_t *record);
/* The same of a record as text, which takes no memory. */
void lab_journal_text(const char *record);

/* A progress line; it is not part of the results. */
__attribute__((format(printf, 1, 2))) void
lab_journal_progress(const char *format, ...);

/* Tells the lab that the first shot is about to be fired. */
void lab_journal_shooting(void);

/*
 * What lab_spec.stand of this cell and CPU has to be, so that the run comes to where a
 * debugger wants it. Takes the same number of instructions whatever is wanted.
 */
uint64_t lab_journal_stand(uint64_t cell, unsigned int cpu);

/*
 * What is to be mixed into the run's chance before this cell; 0: nothing. Takes the same
 * number of instructions whatever is wanted.
 */
uint64_t lab_journal_reseed(uint64_t cell);

/* Reads the records of a file: an array, or NULL when it cannot be read. */
json_t *lab_journal_load(const char *path);

#endif /* LAB_JOURNAL_H */
