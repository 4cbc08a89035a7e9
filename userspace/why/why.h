/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * why/why.h - from which cell on a run could not but fail.
 *
 *	decide.c   the search, by itself
 *	chances.c  the run made again, with other chance from a cell on, in guests
 *	answer.c   what is said, as text and as a plot
 *
 * Everything that is random in a run is drawn anew before each cell, from one sequence
 * that the seed begins: its moments are the beginnings of cells. With other chance from a
 * moment on, a run is the same until then. If it can pass with that, then with other
 * chance from any moment before as well: the history up to the later moment is among what
 * chance can do from the earlier one. So there is one cell that decided.
 */
#ifndef LAB_WHY_H
#define LAB_WHY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lab/recipe.h"
#include "results/load.h"

/* Other chance from the beginning of a cell on, or for the number of cells: none. */
struct lab_moment {
	uint64_t runs; /* that say whether it fails; 0: it was not tried */
	uint64_t fails;
};

/*
 * Runs with other chance from a cell on, and adds to the moment of it; each time with
 * chance that it has not had. 0, or an exit code after a message.
 */
typedef int (*lab_why_try)(void *arg, size_t cell, struct lab_moment *moment);

struct lab_decision {
	size_t cells; /* after which nothing can change the verdict */
	struct lab_moment *moment; /* cells of them, by the cell */
	/* With other chance from this cell on it can pass, and from the next one on not. */
	size_t cell;
	bool from_the_start; /* not even from the first */
};

/*
 * Searches by halving, or with all by trying every moment. The first moment with which
 * nothing passes is tried three times. 0 or the exit code of try. With cells 0 it fails
 * from the start.
 */
int lab_decide(struct lab_decision *decision, bool all, lab_why_try try,
	       void *arg);

/* The runs that it takes, unless one passes only when it is tried once more. */
uint64_t lab_decide_runs(size_t cells, bool all, uint64_t seeds);

struct lab_why {
	/* What is asked for. */
	struct lab_plan plan;
	uint64_t jobs, seeds;
	bool all;
	const char *verdict; /* a part of the name of one, or NULL */

	/* What is known. */
	struct lab_run was;
	struct lab_recipe recipe;
	const json_t *failed; /* the verdict of that run */
	struct lab_decision decision;
	uint64_t runs; /* guests that were booted */
};

/*
 * Of a run that is loaded and a recipe that is read. 0: decision says it; LAB_SKIP: it
 * did not fail; else another exit code; these after a message.
 */
int lab_why(struct lab_why *why);
void lab_why_free(struct lab_why *why);

void lab_why_tell(const struct lab_why *why, FILE *to);
/* An SVG, by gnuplot. 0 or an exit code after a message. */
int lab_why_plot(const struct lab_why *why, FILE *to);

/* In which the chance of failing is with 95 % confidence (Clopper and Pearson). */
void lab_why_interval(const struct lab_moment *moment, double *low,
		      double *high);

#endif /* LAB_WHY_H */
