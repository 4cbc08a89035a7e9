/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report/report.h - the report of a run, or of two side by side: one HTML file.
 * Each of them may be several runs with different seeds, merged by
 * results/merge.h.
 *
 *	page.c     the table of sections, and the rest of the page
 *	style.c    the style sheet: light, dark, print
 *	phrases.c  phrases and numbers that several sections need
 *	plot.c     curves, drawn by gnuplot
 *	curves.c   sums of cells as rows and curves
 *	repeats.c  a real machine against itself, also a section
 *	*.c        one section each
 *
 * The file refers to nothing else: no network, no script, no font. Everything
 * that a figure shows is also in a table, for readers who cannot see it.
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
#include "repeats.h"

#define LAB_PAGE_RUNS 2

struct lab_page {
	FILE *to;
	size_t nruns;
	const struct lab_run *run; /* nruns of them: A, and perhaps B */
	const struct lab_comparison *comparison; /* of A and B, or NULL */
	const struct lab_repeats *repeats; /* of each, or NULL */
	struct lab_drawing *drawing;
};

/*
 * @title: NULL for the head of the page, which has none
 * @there: whether there is anything to show; NULL: always
 */
struct lab_section_of_page {
	const char *id;
	const char *title;
	bool (*there)(const struct lab_page *page);
	void (*write)(struct lab_page *page);
};

extern const struct lab_section_of_page lab_page_head, lab_page_repeats,
	lab_page_verdicts, lab_page_differences, lab_page_victims,
	lab_page_heat, lab_page_cliff, lab_page_latency, lab_page_timeline,
	lab_page_nodes, lab_page_log, lab_page_again;

extern const char lab_page_style[];

/*
 * Writes the page to a stream. runs: one or two, loaded. comparison: of the
 * two, judged; NULL: they are shown but not compared. repeats: of each of runs, see
 * repeats.h; NULL: nothing is said of them. 0, or a negative errno after a message.
 */
int lab_page_write(const struct lab_run *runs, size_t nruns,
		   const struct lab_comparison *comparison,
		   const struct lab_repeats *repeats, FILE *to);

/* ---- phrases.c ---------------------------------------------------------- */

/* "A" or "B" if there are two runs, otherwise "". */
const char *lab_run_letter(const struct lab_page *page, size_t run);
/* "seed 1", or "3 runs, seeds 1 2 3" for merged runs. */
void lab_seeds_write(const struct lab_page *page, size_t run);
/*
 * part of whole as a percentage. Only exact shares are rounded to 100 % or 0 %.
 */
void lab_percent(uint64_t part, uint64_t whole, char text[16]);

/* ---- plot.c ------------------------------------------------------------- */

#define LAB_COLOURS 8 /* those of style.c; further curves repeat them, dashed */

struct lab_curve {
	char name[64];
	unsigned int colour;
	bool dashed;
	bool points; /* points instead of a line */
	bool dots; /* points on the line: values between them were not measured */
	double (*at)[2];
	size_t n;
};

struct lab_rule {
	double at;
	bool across; /* across: horizontal, at a y; otherwise vertical, at an x */
	const char *label;
};

struct lab_plot {
	const char *alt; /* description for readers who cannot see the figure */
	const char *x, *y; /* labels of the axes */
	bool log_x, log_y;
	double x_max, y_min,
		y_max; /* limits of the axes; y 0 and 0: from the data */
	struct lab_rule rule[3];
	size_t rules;
	struct lab_curve *curve;
	size_t curves;
};

/* Adds a figure at the current place of the page. Keeps no pointer to plot. */
void lab_plot_add(struct lab_page *page, const struct lab_plot *plot);

struct lab_drawing *lab_drawing_new(void);
/*
 * Copies a page to its stream, with the figures at their places. 0, or a
 * negative errno after a message that says what is missing.
 */
int lab_drawing_finish(struct lab_drawing *drawing, const char *page,
		       size_t size, FILE *to);
void lab_drawing_free(struct lab_drawing *drawing);

/* ---- curves.c ----------------------------------------------------------- */

/* Selects cells by their members; NULL or -1 selects all. */
struct lab_filter {
	const char *phase, *context;
	int order;
};

struct lab_sum {
	uint64_t attempts, ok, injected, exhausted, refused;
	size_t cells,
		refusals; /* cells, and those of them that were not fired */
};

struct lab_sum lab_cells_sum(const json_t *results,
			     const struct lab_filter *filter);
bool lab_cell_matches(const json_t *cell, const struct lab_filter *filter);

/* The distinct values of a key in all cells, in the order of cells. */
struct lab_values {
	const char **name;
	size_t count;
};

struct lab_values lab_cells_values(const json_t *results, const char *key);

/*
 * All contexts; first those in which the kernel failed a request. Usually few
 * enough for a colour each, which is then the same in every figure.
 */
struct lab_values lab_cells_contexts(const json_t *results);

/*
 * The phases in which the kernel failed requests, the one with the most first.
 */
struct lab_values lab_cells_scarce(const json_t *results);

/* Points are malloc()ed; NULL if the curve has none. */
void lab_curve_cliff(const json_t *results, const struct lab_filter *filter,
		     struct lab_curve *curve);
void lab_curve_latency(const json_t *results, const struct lab_filter *filter,
		       struct lab_curve *curve);
/*
 * Where success ends, in steps of the cliff: at the highest step "lost" most
 * shots fail, and at no step above it do they. No shot met the steps between
 * the two members. False if no shot failed, or no cliff was recorded.
 */
struct lab_edge {
	unsigned int lost, kept;
};

bool lab_cliff_edge(const json_t *results, const struct lab_filter *filter,
		    struct lab_edge *edge);

#endif /* LAB_REPORT_H */
