/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * history/status.h - how kernels stand: the latest verdicts of each scenario.
 */
#ifndef LAB_STATUS_H
#define LAB_STATUS_H

#include "results/known.h"
#include "history.h"

/* From good to grave; of several runs the gravest is the cell's. */
enum lab_standing {
	LAB_STANDS_SKIPPED,
	LAB_STANDS_PASSED,
	LAB_STANDS_KNOWN, /* all that failed is a known issue */
	LAB_STANDS_BROKEN, /* the harness broke: nothing is known */
	LAB_STANDS_FAILED,
	LAB_STANDINGS,
};

/*
 * A scenario on a kernel: of the latest run's machine and text of the scenario,
 * the latest run of each seed.
 */
struct lab_status_cell {
	size_t kernel; /* index in the trends' */
	const char *scenario;
	enum lab_standing standing;
	size_t runs, of_standing; /* so many of the runs stand so */
	int64_t when; /* of the latest */
	char *shape;
	char *folder; /* of a run that stands so, or "": not known */
	uint64_t issues; /* bit i: the known issue i is among the failures */
};

#define LAB_STATUS_ISSUES 64 /* more are not told apart */

struct lab_status {
	struct lab_status_cell *cell; /* by kernel, then by scenario */
	size_t cells;
	char **scenario; /* sorted */
	size_t scenarios;
	const struct lab_known *known;
	char today[11];
	char *folder; /* of the page: links are relative to it */
};

/*
 * Reads it for the kernels of trends. Failures are held against the known
 * issues as they are today, by the results of the run where these are still
 * there, and by what was known of them when they were imported otherwise.
 * page: the file that is written, or NULL for standard output. False after a
 * message.
 */
bool lab_status_read(struct lab_history *history,
		     const struct lab_looked_for *looked_for,
		     const struct lab_known *known, const char *page,
		     const struct lab_trends *trends,
		     struct lab_status *status);
void lab_status_free(struct lab_status *status);

/* The first cell of a kernel, or where it would be. */
size_t lab_status_first(const struct lab_status *status, size_t kernel);
/* The cell of a scenario, one of status->scenario, on a kernel, or NULL. */
const struct lab_status_cell *lab_status_find(const struct lab_status *status,
					      size_t kernel,
					      const char *scenario);

/* For the page: the grid and the known issues, as HTML. */
void lab_status_write(const struct lab_status *status,
		      const struct lab_trends *trends, FILE *to);
/* The style of these, for the head of the page. */
#define LAB_STATUS_STYLE                                                             \
	".v { padding: .1rem .2rem; border-radius: 3px; color: inherit;"             \
	" text-decoration: none; }\n"                                                \
	"a.v { text-decoration: underline; }\n"                                      \
	".passed { background: #1b6e2e22; } .explained { background: #b26a0044; }\n" \
	".broken { background: #8886; font-weight: bold; }\n"                        \
	".failed { background: #b3261e; color: #fff; font-weight: bold; }\n"         \
	".skipped { color: GrayText; }\n"                                            \
	"#status { overflow: visible; }\n"                                           \
	".wide { overflow-x: auto; width: max-content; min-width: 100%;"             \
	" max-width: calc(100vw - 2rem); position: relative; left: 50%;"             \
	" transform: translateX(-50%); }\n"                                          \
	".grid th { font-weight: normal; font-size: .85rem; white-space: nowrap;"    \
	" border: 0; padding: .1rem .5rem .1rem 0; }\n"                              \
	".grid th[scope=rowgroup] { font-weight: bold; padding-top: .6rem; }\n"      \
	".grid thead th { vertical-align: bottom; padding: .25rem .1rem; }\n"        \
	".grid thead th span { writing-mode: vertical-rl;"                           \
	" transform: rotate(180deg); }\n"                                            \
	".grid th:first-child { position: sticky; left: 0; z-index: 1;"              \
	" background: Canvas; }\n"                                                   \
	".grid small { color: GrayText; }\n"                                         \
	".grid td { padding: 1px; border: 0; vertical-align: middle; }\n"            \
	".grid .v { display: block; min-width: 1.6rem; text-align: center;"          \
	" font-size: .7rem; line-height: 1.3; }\n"                                   \
	".failing, .failing ul { padding-left: 1rem; }\n"                            \
	".failing ul { columns: 16rem; }\n"                                          \
	"details > summary { cursor: pointer; padding: .5rem 0; }\n"                 \
	"@media (max-width: 40rem) { .grid tbody th { white-space: normal;"          \
	" min-width: 6.5rem; overflow-wrap: anywhere; } }\n"

#endif /* LAB_STATUS_H */
