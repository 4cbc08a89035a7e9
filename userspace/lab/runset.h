/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/runset.h - the folder of --out as a set of runs, which can be gone on with.
 *
 * .set.json in it, schema "labyrinth-set/1", says what it is a set of, and which
 * runs are done. It is written before the first run and after each, by renaming,
 * so that it is whole whenever the lab is killed.
 */
#ifndef LAB_RUNSET_H
#define LAB_RUNSET_H

#include <jansson.h>
#include <stdbool.h>

#define LAB_RUNSET_SCHEMA "labyrinth-set/1"
#define LAB_RUNSET_FILE ".set.json"

struct lab_plan;
struct lab_job;

struct lab_runset {
	char path[4200];
	json_t *json;
};

/* What all runs of a plan whose bundle is there have in common: new. */
json_t *lab_runset_identity(const struct lab_plan *plan);

/*
 * Makes the set of a plan whose bundle is there. With resume the folder has to
 * hold the same one already, and what is done in it is done; else one that it
 * holds is forgotten, and its runs stay. 0, LAB_USAGE or LAB_HARNESS after a
 * message that names each thing that differs.
 */
int lab_runset_open(struct lab_runset *set, const struct lab_plan *plan,
		    bool resume);

/*
 * Takes over a job of a plan with a set that is done and was not broken by the
 * harness: its path, row and exit code. False when there is none, or when its
 * results are not what they were, after a message.
 */
bool lab_runset_take(const struct lab_plan *plan, struct lab_job *job);

/*
 * Removes the run of a job that the harness broke, which is there from before:
 * its repetition takes its place, and is held against nothing.
 */
void lab_runset_drop_broken(const struct lab_runset *set,
			    const struct lab_job *job);

/* Of a job that was concluded. 0 or LAB_HARNESS after a message. */
int lab_runset_add(struct lab_runset *set, const struct lab_job *job);
void lab_runset_free(struct lab_runset *set);

#endif /* LAB_RUNSET_H */
