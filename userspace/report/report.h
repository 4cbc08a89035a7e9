/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report/report.h - the report of a run, or of two side by side: one HTML file.
 * Each may be several runs, seed after seed, that merge.h made one of.
 *
 *	page.c     the table of sections, and what is around them
 *	style.c    how it looks: light, dark, on paper
 *	text.c     words and numbers that several sections need
 *	plot.c     curves, drawn by gnuplot
 *	data.c     cells added up into rows and curves
 *	*.c        a section each
 *
 * The file needs nothing else: no network, no script, no font. What a figure
 * shows is there as a table too, for who cannot see it.
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "compare/compare.h"
#include "lib/html_escape.h"
#include "results/load.h"

#define LAB_PAGE_RUNS 2

struct lab_page {
	FILE *to;
	size_t nruns;
	const struct lab_run *run; /* nruns of them: A, and perhaps B */
	const struct lab_comparison *comparison; /* of the two, or NULL */
	struct lab_drawing *drawing;
};

/*
 * @title: NULL where it has none: the head of the page
 * @there: whether there is anything to show; NULL: always
 */
struct lab_section_of_page {
	const char *id;
	const char *title;
	bool (*there)(const struct lab_page *page);
	void (*write)(struct lab_page *page);
};

extern const struct lab_section_of_page lab_page_head, lab_page_verdicts,
	lab_page_differences, lab_page_heat, lab_page_cliff, lab_page_latency,
	lab_page_timeline, lab_page_nodes, lab_page_log, lab_page_again;

extern const char lab_page_style[];

/*
 * Writes the page to a stream. runs: one or two, loaded. comparison: of two,
 * judged; NULL: they are shown and not compared. 0, or a negative errno after
 * a message.
 */
int lab_page_write(const struct lab_run *runs, size_t nruns,
		   const struct lab_comparison *comparison, FILE *to);

/* ---- text.c ------------------------------------------------------------- */

/* "A" and "B" where there are two runs, else "". */
const char *lab_run_letter(const struct lab_page *page, size_t run);
/* "seed 1", or "3 runs, seeds 1 2 3" where runs were added up. */
void lab_seeds_write(const struct lab_page *page, size_t run);
/* A share as a percentage that is 100 % or 0 % only when it is. */
void lab_percent(uint64_t part, uint64_t whole, char text[16]);

/* ---- plot.c ------------------------------------------------------------- */

#define LAB_COLOURS 8 /* those of style.c; the next are the first, dashed */

struct lab_curve {
	char name[64];
	unsigned int colour;
	bool dashed;
	bool points; /* instead of a line */
	bool dots; /* on the line: what is between them was not seen */
	double (*at)[2];
	size_t n;
};

struct lab_rule {
	double at;
	bool across; /* at a y, else at an x */
	const char *label;
};

struct lab_plot {
	const char *alt; /* what is to be seen, for who cannot */
	const char *x, *y; /* labels of the axes */
	bool log_x, log_y;
	double x_max, y_min, y_max; /* of y both; 0 and 0: as the data is */
	struct lab_rule rule[3];
	size_t rules;
	struct lab_curve *curve;
	size_t curves;
};

/* Puts a figure where the page is now. Takes nothing over. */
void lab_plot_add(struct lab_page *page, const struct lab_plot *plot);

struct lab_drawing *lab_drawing_new(void);
/*
 * Copies a page to its stream and each figure to its place. 0, or a negative
 * errno after a message that says what is missing.
 */
int lab_drawing_finish(struct lab_drawing *drawing, const char *page,
		       size_t size, FILE *to);
void lab_drawing_free(struct lab_drawing *drawing);

/* ---- data.c ------------------------------------------------------------- */

/* What cells have in common, each of which may be NULL or -1: whatever. */
struct lab_filter {
	const char *phase, *context;
	int order;
};

struct lab_sum {
	uint64_t attempts, ok, injected, exhausted, refused;
	size_t cells, refusals; /* of the cells, those that were not fired */
};

struct lab_sum lab_cells_sum(const json_t *results,
			     const struct lab_filter *filter);
bool lab_cell_matches(const json_t *cell, const struct lab_filter *filter);

/* The different values of a key in all cells, in their order. */
struct lab_values {
	const char **name;
	size_t count;
};

struct lab_values lab_cells_values(const json_t *results, const char *key);

/*
 * The contexts, those first that the kernel failed somewhere: few enough, as a
 * rule, for a colour each, the same in every figure.
 */
struct lab_values lab_cells_contexts(const json_t *results);

/* The phases in which the kernel failed shots, those with most first. */
struct lab_values lab_cells_scarce(const json_t *results);

/* Points are malloc()ed; of a curve without any, none is. */
void lab_curve_cliff(const json_t *results, const struct lab_filter *filter,
		     struct lab_curve *curve);
void lab_curve_latency(const json_t *results, const struct lab_filter *filter,
		       struct lab_curve *curve);
/*
 * Where success falls, in steps of the cliff: most shots are lost at the
 * highest step "lost", and none of those above it. Steps between the two were
 * met by no shot. False when no shot was lost, or none was kept.
 */
struct lab_edge {
	unsigned int lost, kept;
};

bool lab_cliff_edge(const json_t *results, const struct lab_filter *filter,
		    struct lab_edge *edge);

#endif /* LAB_REPORT_H */
