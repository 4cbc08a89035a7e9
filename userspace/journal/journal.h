/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journal/journal.h - where a run writes what it finds, as it finds it.
 *
 * A journal is a sequence of JSON objects, each with a "record" that says what
 * it is. In a guest it goes to the lab through the channel; elsewhere to
 * journal.jsonl in the folder of the run. What was written stays whatever
 * happens next; results.json is made from it (results.h).
 */
#ifndef LAB_JOURNAL_H
#define LAB_JOURNAL_H

#include <jansson.h>

/* To the channel named in the environment, or to a new file. 0 or -errno. */
int lab_journal_open(const char *path);
void lab_journal_close(void);

/* Takes the reference. Says on stderr when a record could not be written. */
void lab_journal(json_t *record);

/* One line for people who wait; not part of the results. */
__attribute__((format(printf, 1, 2))) void
lab_journal_progress(const char *format, ...);

/* The first shot is about to be fired. */
void lab_journal_shooting(void);

/* An array of the records in a file; NULL when it cannot be read. */
json_t *lab_journal_load(const char *path);

#endif /* LAB_JOURNAL_H */
