// SPDX-License-Identifier: GPL-2.0-only
/* history/status.c - see history/status.h. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "results/load.h"
#include "status.h"

/* A run as the database has it. */
struct row {
	int64_t id, kernel, when;
	const char *scenario, *shape, *verdict, *folder, *fingerprint;
};

static const char *text_at(sqlite3_stmt *statement, int at)
{
	const char *text = (const char *)sqlite3_column_text(statement, at);

	return text ? text : "";
}

/* ---- what is known of a failure --------------------------------------------- */

static size_t issue_of(const struct lab_known *known, const char *name)
{
	size_t i = 0;

	while (i < known->count && strcmp(known->issue[i].name, name) != 0)
		i++;
	return i;
}

static bool counts_again(const struct lab_status *status, size_t issue)
{
	const char *until = status->known->issue[issue].until;

	return *until && strcmp(until, status->today) < 0;
}

/* Whether an issue that explained a failure still does. */
static bool take_issue(const struct lab_status *status, const char *name,
		       uint64_t *issues)
{
	const size_t issue = issue_of(status->known, name);

	if (issue == status->known->count)
		return false;
	if (issue < LAB_STATUS_ISSUES)
		*issues |= 1ull << issue;
	return !counts_again(status, issue);
}

/* By its results: 1: all of it is known; 0: not; -1: they are not there. */
static int known_by_results(const struct lab_status *status,
			    const struct row *row, uint64_t *issues)
{
	char *path = xasprintf("%s/results.json", row->folder);
	char fingerprint[LAB_FINGERPRINT];
	struct lab_run run = {};
	json_t *marked, *verdict;
	int all = -1;
	size_t i;

	if (*row->folder && lab_fingerprint_file(path, fingerprint) &&
	    !strcmp(fingerprint, row->fingerprint) &&
	    lab_run_load(&run, path)) {
		marked = lab_known_mark(run.results, status->known,
					status->today);
		all = lab_known_all(marked);
		json_array_foreach(json_object_get(marked, "verdicts"), i,
				   verdict)
			take_issue(status,
				   lab_text(json_object_get(verdict, "known"),
					    "issue"),
				   issues);
		json_decref(marked);
	}
	lab_run_free(&run);
	free(path);
	return all;
}

/* By what was known when it was imported. */
static bool known_by_import(const struct lab_status *status,
			    sqlite3_stmt *failures, const struct row *row,
			    uint64_t *issues)
{
	bool all = true;
	size_t n = 0;

	sqlite3_bind_int64(failures, 1, row->id);
	for (; sqlite3_step(failures) == SQLITE_ROW; n++)
		all &= take_issue(status, text_at(failures, 0), issues);
	sqlite3_reset(failures);
	return all && n;
}

static enum lab_standing standing_of(const struct lab_status *status,
				     sqlite3_stmt *failures,
				     const struct row *row, uint64_t *issues)
{
	int known;

	if (!strcmp(row->verdict, "pass"))
		return LAB_STANDS_PASSED;
	if (!strcmp(row->verdict, "skip"))
		return LAB_STANDS_SKIPPED;
	if (!strcmp(row->verdict, "broken"))
		return LAB_STANDS_BROKEN;
	known = known_by_results(status, row, issues);
	if (known < 0)
		known = known_by_import(status, failures, row, issues);
	return known ? LAB_STANDS_KNOWN : LAB_STANDS_FAILED;
}

/* ---- cells ------------------------------------------------------------------- */

static const char *intern(struct lab_status *status, const char *scenario)
{
	size_t i;

	for (i = 0; i < status->scenarios; i++)
		if (!strcmp(status->scenario[i], scenario))
			return status->scenario[i];
	status->scenario = xgrow(status->scenario, status->scenarios);
	status->scenario[status->scenarios] = xstrdup(scenario);
	return status->scenario[status->scenarios++];
}

static size_t kernel_of(const struct lab_trends *trends, int64_t id)
{
	size_t i = 0;

	while (i < trends->kernels && trends->kernel[i].id != id)
		i++;
	return i;
}

/* Rows come by kernel and scenario, the latest first. */
static struct lab_status_cell *cell_of(struct lab_status *status, size_t kernel,
				       const struct row *row)
{
	struct lab_status_cell *last =
		status->cells ? &status->cell[status->cells - 1] : NULL;

	if (last && last->kernel == kernel &&
	    !strcmp(last->scenario, row->scenario))
		return last;
	status->cell = xgrow(status->cell, status->cells);
	last = &status->cell[status->cells++];
	*last = (struct lab_status_cell){
		.kernel = kernel,
		.scenario = intern(status, row->scenario),
		.when = row->when,
		.shape = xstrdup(row->shape),
		.folder = xstrdup(""),
	};
	return last;
}

static void add_row(struct lab_status *status, const struct lab_trends *trends,
		    sqlite3_stmt *failures, const struct row *row)
{
	const size_t kernel = kernel_of(trends, row->kernel);
	struct lab_status_cell *cell = cell_of(status, kernel, row);
	enum lab_standing standing;

	/* Of another machine, or another text: it is not the latest. */
	if (strcmp(cell->shape, row->shape) != 0)
		return;
	standing = standing_of(status, failures, row, &cell->issues);
	if (!cell->runs++ || standing > cell->standing) {
		cell->standing = standing;
		cell->of_standing = 0;
		free(cell->folder);
		cell->folder = xstrdup(row->folder);
	}
	cell->of_standing += standing == cell->standing;
}

static bool branch_matches(const struct lab_looked_for *looked_for,
			   const struct lab_trends *trends, int64_t id)
{
	const size_t kernel = kernel_of(trends, id);

	return kernel < trends->kernels &&
	       (!looked_for->branch ||
		!fnmatch(looked_for->branch, trends->kernel[kernel].branch, 0));
}

static void read_rows(struct lab_status *status,
		      const struct lab_looked_for *looked_for,
		      const struct lab_trends *trends, sqlite3_stmt *runs,
		      sqlite3_stmt *failures)
{
	while (sqlite3_step(runs) == SQLITE_ROW) {
		const struct row row = {
			.id = sqlite3_column_int64(runs, 0),
			.kernel = sqlite3_column_int64(runs, 1),
			.when = sqlite3_column_int64(runs, 2),
			.scenario = text_at(runs, 3),
			.shape = text_at(runs, 4),
			.verdict = text_at(runs, 5),
			.folder = text_at(runs, 6),
			.fingerprint = text_at(runs, 7),
		};

		if (branch_matches(looked_for, trends, row.kernel))
			add_row(status, trends, failures, &row);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The folder of a file, without symbolic links; links are relative to it. */
static char *folder_of(const char *page)
{
	const char *slash = page ? strrchr(page, '/') : NULL;
	char *folder =
		slash ? xasprintf("%.*s", (int)(slash - page + 1), page) :
			xstrdup(".");
	char *real = realpath(folder, NULL);

	free(folder);
	return real ? real : xstrdup("");
}

static const char latest[] =
	"SELECT id, kernel, time, scenario, shape, verdict, folder, fingerprint"
	" FROM (SELECT run.*, row_number() OVER (PARTITION BY kernel, scenario,"
	" shape, seed ORDER BY time DESC, id DESC) AS place FROM run)"
	" WHERE place = 1 AND scenario GLOB ?1 AND (?2 = '*' OR kernel IN"
	" (SELECT id FROM kernel WHERE release GLOB ?2))"
	" ORDER BY kernel, scenario, time DESC, id DESC";

bool lab_status_read(struct lab_history *history,
		     const struct lab_looked_for *looked_for,
		     const struct lab_known *known, const char *page,
		     const struct lab_trends *trends, struct lab_status *status)
{
	sqlite3_stmt *runs = NULL, *failures = NULL;
	bool good;

	*status = (struct lab_status){ .known = known,
				       .folder = folder_of(page) };
	lab_known_today(status->today);
	good = sqlite3_prepare_v2(history->db, latest, -1, &runs, NULL) ==
		       SQLITE_OK &&
	       sqlite3_prepare_v2(history->db,
				  "SELECT issue FROM failure WHERE run = ?", -1,
				  &failures, NULL) == SQLITE_OK;
	if (good) {
		sqlite3_bind_text(runs, 1,
				  looked_for->scenario ? looked_for->scenario :
							 "*",
				  -1, SQLITE_STATIC);
		sqlite3_bind_text(runs, 2,
				  looked_for->kernel ? looked_for->kernel : "*",
				  -1, SQLITE_STATIC);
		read_rows(status, looked_for, trends, runs, failures);
	}
	sqlite3_finalize(failures);
	good = sqlite3_finalize(runs) == SQLITE_OK && good;
	if (status->scenarios)
		qsort(status->scenario, status->scenarios,
		      sizeof(*status->scenario), by_name);
	return good || lab_history_failed(history, "read the latest runs");
}

size_t lab_status_first(const struct lab_status *status, size_t kernel)
{
	size_t low = 0, high = status->cells, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (status->cell[middle].kernel < kernel)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct lab_status_cell *lab_status_find(const struct lab_status *status,
					      size_t kernel,
					      const char *scenario)
{
	size_t i = lab_status_first(status, kernel);

	for (; i < status->cells && status->cell[i].kernel == kernel; i++)
		if (status->cell[i].scenario == scenario)
			return &status->cell[i];
	return NULL;
}

void lab_status_free(struct lab_status *status)
{
	size_t i;

	for (i = 0; i < status->cells; i++) {
		free(status->cell[i].shape);
		free(status->cell[i].folder);
	}
	for (i = 0; i < status->scenarios; i++)
		free(status->scenario[i]);
	free(status->cell);
	free(status->scenario);
	free(status->folder);
	*status = (struct lab_status){};
}
