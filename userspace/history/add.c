// SPDX-License-Identifier: GPL-2.0-only
/*
 * history/add.c - adds a run to the history.
 *
 * Stored are: for each cell the success rate and some latencies; for each phase
 * the same over all of its cells; for each kind of request the position of its
 * cliff.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/cliff.h"
#include "results/boot_words.h"
#include "results/cell_name.h"
#include "results/known.h"
#include "results/time_shared.h"
#include "lib/json.h"
#include "lib/alloc.h"
#include "history.h"

static sqlite3_stmt *prepare(struct lab_history *history, sqlite3_stmt **kept,
			     const char *sql)
{
	if (!*kept &&
	    sqlite3_prepare_v3(history->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       kept, NULL) != SQLITE_OK)
		lab_history_failed(history, sql);
	return *kept;
}

/*
 * Executes a statement, which may be NULL if it could not be prepared. Returns
 * whether the result was wanted.
 */
static bool step(sqlite3_stmt *statement, int wanted)
{
	const int got = statement ? sqlite3_step(statement) : SQLITE_ERROR;

	return got == wanted;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

/* State of one transaction, which adds a run. */
struct adding {
	struct lab_history *history;
	const char *scenario, *shape;
	const json_t *machine;
	const struct lab_origin *origin;
	int64_t run, kernel;
};

/*
 * Cached, because counting takes seconds in a large tree and several runs of a
 * kernel are added at once.
 */
static int64_t count_ancestors(struct adding *adding, const char *release)
{
	struct lab_history *history = adding->history;

	if (!history->counted || strcmp(history->counted, release)) {
		free(history->counted);
		history->counted = xstrdup(release);
		history->ancestors =
			lab_ancestors(adding->origin->tree, release);
	}
	return history->ancestors;
}

static bool find_kernel(struct adding *adding, const json_t *results)
{
	const struct lab_origin *origin = adding->origin;
	struct lab_history *history = adding->history;
	const json_t *kernel = json_object_get(results, "kernel");
	sqlite3_stmt *s =
		prepare(history, &history->add_kernel,
			"INSERT INTO kernel (release, build_id, branch,"
			" ancestors, first) VALUES (?, ?, ?, ?, ?)"
			" ON CONFLICT DO UPDATE SET branch = CASE"
			" excluded.branch WHEN '' THEN branch ELSE"
			" excluded.branch END, ancestors ="
			" max(ancestors, excluded.ancestors), first ="
			" min(first, excluded.first) RETURNING id");
	bool good;

	if (!s)
		return false;
	bind_text(s, 1, lab_text(kernel, "release"));
	bind_text(s, 2, lab_text(kernel, "build_id"));
	bind_text(s, 3, origin->branch ? origin->branch : "");
	sqlite3_bind_int64(
		s, 4, count_ancestors(adding, lab_text(kernel, "release")));
	sqlite3_bind_int64(s, 5, origin->when);
	good = step(s, SQLITE_ROW);
	if (good)
		adding->kernel = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return good || lab_history_failed(history, "add a kernel");
}

/* Of results.json, without symbolic links, malloc()ed; "" for none. */
static char *folder_of(const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL, *slash;

	slash = real ? strrchr(real, '/') : NULL;
	if (!slash) {
		free(real);
		return xstrdup("");
	}
	*slash = '\0';
	return real;
}

static enum lab_added add_run(struct adding *adding, const struct lab_run *run)
{
	struct lab_history *history = adding->history;
	sqlite3_stmt *s = prepare(
		history, &history->add_run,
		"INSERT INTO run (fingerprint, time, kernel, scenario, shape, seed,"
		" verdict, folder) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO NOTHING RETURNING id");
	char *folder;
	int got;

	if (!s)
		return LAB_NOT_ADDED;
	folder = folder_of(run->path);
	bind_text(s, 1, run->fingerprint);
	sqlite3_bind_int64(s, 2, adding->origin->when);
	sqlite3_bind_int64(s, 3, adding->kernel);
	bind_text(s, 4, adding->scenario);
	bind_text(s, 5, adding->shape);
	sqlite3_bind_int64(s, 6, lab_number(run->results, "seed"));
	bind_text(s, 7, lab_text(run->results, "verdict"));
	bind_text(s, 8, folder);
	free(folder);
	got = sqlite3_step(s);
	if (got == SQLITE_ROW)
		adding->run = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	if (got != SQLITE_ROW && got != SQLITE_DONE)
		lab_history_failed(history, "add a run");
	return got == SQLITE_ROW  ? LAB_ADDED :
	       got == SQLITE_DONE ? LAB_KNOWN :
				    LAB_NOT_ADDED;
}

/*
 * A run that is there already may be somewhere else now, and more may be known
 * of it.
 */
static bool find_again(struct adding *adding, const struct lab_run *run)
{
	struct lab_history *history = adding->history;
	sqlite3_stmt *s = prepare(
		history, &history->find_run,
		"UPDATE run SET folder = ? WHERE fingerprint = ? RETURNING id");
	char *folder;
	bool good;

	if (!s)
		return false;
	folder = folder_of(run->path);
	bind_text(s, 1, folder);
	bind_text(s, 2, run->fingerprint);
	free(folder);
	good = step(s, SQLITE_ROW);
	adding->run = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return good || lab_history_failed(history, "find a run");
}

static bool add_failure(struct adding *adding, const char *verdict,
			const char *issue)
{
	struct lab_history *history = adding->history;
	sqlite3_stmt *s =
		prepare(history, &history->add_failure,
			"INSERT OR REPLACE INTO failure (run, verdict, issue)"
			" VALUES (?, ?, ?)");
	bool good;

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, adding->run);
	bind_text(s, 2, verdict);
	bind_text(s, 3, issue);
	good = step(s, SQLITE_DONE);
	sqlite3_reset(s);
	return good || lab_history_failed(history, "add a failure");
}

/* Also by an issue that is past: that counts is decided when it is shown. */
static bool add_failures(struct adding *adding, const json_t *results)
{
	static const struct lab_known nothing;
	const struct lab_known *known = adding->origin->known;
	json_t *marked, *verdict;
	char today[11];
	bool good = true;
	size_t i;

	lab_known_today(today);
	marked = lab_known_mark(results, known ? known : &nothing, today);
	json_array_foreach(json_object_get(marked, "verdicts"), i, verdict)
		if (good && lab_is(verdict, "verdict", "fail"))
			good = add_failure(
				adding, lab_text(verdict, "name"),
				lab_text(json_object_get(verdict, "known"),
					 "issue"));
	json_decref(marked);
	return good;
}

struct series {
	const char *place, *metric, *unit;
	bool cell;
};

static void bind_series(sqlite3_stmt *s, const struct adding *adding,
			const struct series *series)
{
	bind_text(s, 1, adding->scenario);
	bind_text(s, 2, adding->shape);
	bind_text(s, 3, series->place);
	bind_text(s, 4, series->metric);
}

static bool find_series(struct adding *adding, const struct series *series,
			int64_t *id)
{
	struct lab_history *history = adding->history;
	sqlite3_stmt *s = prepare(history, &history->find_series,
				  "SELECT id FROM series WHERE scenario = ? AND"
				  " shape = ? AND place = ? AND metric = ?");
	bool good;

	if (!s)
		return false;
	bind_series(s, adding, series);
	good = step(s, SQLITE_ROW);
	if (good)
		*id = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	if (good)
		return true;
	s = prepare(history, &history->add_series,
		    "INSERT INTO series (scenario, shape, place, metric, unit,"
		    " cell) VALUES (?, ?, ?, ?, ?, ?)");
	if (!s)
		return false;
	bind_series(s, adding, series);
	bind_text(s, 5, series->unit);
	sqlite3_bind_int(s, 6, series->cell);
	good = step(s, SQLITE_DONE);
	*id = sqlite3_last_insert_rowid(history->db);
	sqlite3_reset(s);
	return good || lab_history_failed(history, "add a series");
}

/* A NaN is not stored, and is no error. */
static bool add_sample(struct adding *adding, const struct series *series,
		       double value)
{
	struct lab_history *history = adding->history;
	sqlite3_stmt *s = prepare(history, &history->add_sample,
				  "INSERT INTO sample (series, time, run,"
				  " kernel, value) VALUES (?, ?, ?, ?, ?)");
	int64_t id;
	bool good;

	if (isnan(value))
		return true;
	if (!s || !find_series(adding, series, &id))
		return false;
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_int64(s, 2, adding->origin->when);
	sqlite3_bind_int64(s, 3, adding->run);
	sqlite3_bind_int64(s, 4, adding->kernel);
	sqlite3_bind_double(s, 5, value);
	good = step(s, SQLITE_DONE);
	sqlite3_reset(s);
	return good || lab_history_failed(history, "add a value");
}

/* Latencies that are stored, by their names in results.json. */
static const char *const latencies[] = { "p50", "p99", "max" };

#define LATENCIES (sizeof(latencies) / sizeof(latencies[0]))
#define TIME_SHARED 1 /* of these: stored also if CPUs were time-shared */

static size_t latencies_of(const struct adding *adding, const json_t *cell)
{
	if (!lab_number(cell, "ok"))
		return 0;
	return lab_time_shared(cell, adding->machine) ? TIME_SHARED : LATENCIES;
}

static double rate(double ok, double exhausted)
{
	return ok + exhausted > 0 ? ok / (ok + exhausted) : NAN;
}

static bool add_cell(struct adding *adding, const json_t *cell)
{
	const json_t *latency = json_object_get(cell, "latency");
	char *place = lab_cell_words(cell, true);
	struct series series = { place, "success", "of shots", true };
	const size_t n = latencies_of(adding, cell);
	bool good;
	size_t i;

	good = add_sample(adding, &series,
			  rate(lab_number(cell, "ok"),
			       lab_number(cell, "exhausted")));
	series.unit = lab_text(latency, "unit");
	for (i = 0; good && i < n; i++) {
		series.metric = latencies[i];
		good = add_sample(adding, &series,
				  lab_number(latency, latencies[i]));
	}
	free(place);
	return good;
}

/*
 * Adds a phase: the success rate of all of its shots, and the mean of each
 * latency over its cells.
 */
static bool add_phase(struct adding *adding, const json_t *cells,
		      const char *phase)
{
	struct series series = { phase, "success", "of shots", false };
	double ok = 0, exhausted = 0;
	double sum[LATENCIES] = {}, n[LATENCIES] = {};
	bool good;
	json_t *cell;
	size_t i, j;

	json_array_foreach(cells, i, cell) {
		const json_t *latency = json_object_get(cell, "latency");

		if (!lab_is(cell, "phase", phase))
			continue;
		ok += lab_number(cell, "ok");
		exhausted += lab_number(cell, "exhausted");
		series.unit = lab_text(latency, "unit");
		for (j = latencies_of(adding, cell); j--; n[j]++)
			sum[j] += lab_number(latency, latencies[j]);
	}
	for (j = 0, good = true; good && j < LATENCIES; j++) {
		series.metric = latencies[j];
		/* NaN, which is not stored, if no cell has the latency. */
		good = add_sample(adding, &series, sum[j] / n[j]);
	}
	series.metric = "success";
	series.unit = "of shots";
	return good && add_sample(adding, &series, rate(ok, exhausted));
}

/* The cliffs of a run, by the name of their kind of request. */
struct cliffs {
	json_t *index;
	struct lab_cliff *cliff;
	size_t count;
};

static struct lab_cliff *cliff_of(struct cliffs *cliffs, const json_t *cell)
{
	char *place = lab_cell_words(cell, false);
	const json_t *at = json_object_get(cliffs->index, place);

	if (!at) {
		cliffs->cliff = xgrow(cliffs->cliff, cliffs->count);
		memset(&cliffs->cliff[cliffs->count], 0,
		       sizeof(*cliffs->cliff));
		json_object_set_new(cliffs->index, place,
				    json_integer(cliffs->count++));
		at = json_object_get(cliffs->index, place);
	}
	free(place);
	return &cliffs->cliff[json_integer_value(at)];
}

static bool add_cliffs(struct adding *adding, const json_t *cells)
{
	struct cliffs cliffs = { .index = xcheck(json_object()) };
	struct series series = { .metric = "cliff",
				 .unit = "min",
				 .cell = false };
	bool good = true;
	const char *place;
	json_t *one;
	size_t i;

	json_array_foreach(cells, i, one)
		if (json_array_size(json_object_get(one, "cliff")))
			lab_cliff_add_json(cliff_of(&cliffs, one),
					   json_object_get(one, "cliff"));
	json_object_foreach(cliffs.index, place, one) {
		const struct lab_cliff_place found = lab_cliff_locate(
			&cliffs.cliff[json_integer_value(one)], NULL, 0);

		series.place = place;
		if (good && found.exhausted && lab_cliff_is_sharp(&found))
			good = add_sample(adding, &series, found.step);
	}
	json_decref(cliffs.index);
	free(cliffs.cliff);
	return good;
}

static bool add_samples(struct adding *adding, const json_t *results)
{
	const json_t *cells = json_object_get(results, "cells");
	bool good = add_cliffs(adding, cells);
	json_t *one;
	size_t i;

	json_array_foreach(cells, i, one)
		good = good && add_cell(adding, one);
	json_array_foreach(json_object_get(results, "phases"), i, one)
		good = good && add_phase(adding, cells, lab_text(one, "name"));
	return good;
}

/*
 * Identifies what has to be the same for values to form a series: mode, QEMU,
 * machine and the text of the scenario.
 */
static char *shape_of(const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");
	char *boot = lab_boot_words(machine), *shape;

	shape = xasprintf(
		"%s, QEMU %s, %" PRIu64 " CPUs, %" PRIu64 " nodes of %" PRIu64
		" MiB, scenario %.8s%s%s",
		lab_text(machine, "mode"), lab_text(machine, "qemu"),
		lab_number(machine, "cpus"), lab_number(machine, "nodes"),
		lab_number(machine, "memory_per_node") >> 20,
		lab_text(json_object_get(results, "scenario"), "sha256"),
		*boot ? ", " : "", boot);
	free(boot);
	return shape;
}

static enum lab_added add_all(struct adding *adding, const struct lab_run *run)
{
	enum lab_added added = LAB_NOT_ADDED;

	if (find_kernel(adding, run->results))
		added = add_run(adding, run);
	if (added == LAB_KNOWN && !find_again(adding, run))
		added = LAB_NOT_ADDED;
	if (added != LAB_NOT_ADDED && !add_failures(adding, run->results))
		added = LAB_NOT_ADDED;
	/* A run that the harness broke is stored without values. */
	if (added == LAB_ADDED && !lab_is(run->results, "verdict", "broken") &&
	    !add_samples(adding, run->results))
		added = LAB_NOT_ADDED;
	return added;
}

enum lab_added lab_history_add(struct lab_history *history,
			       const struct lab_run *run,
			       const struct lab_origin *origin)
{
	char *shape = shape_of(run->results);
	struct adding adding = {
		.history = history,
		.scenario = lab_text(json_object_get(run->results, "scenario"),
				     "name"),
		.shape = shape,
		.machine = json_object_get(run->results, "machine"),
		.origin = origin,
	};
	enum lab_added added = LAB_NOT_ADDED;

	if (lab_history_do(history, "BEGIN IMMEDIATE")) {
		added = add_all(&adding, run);
		if (added == LAB_NOT_ADDED)
			sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
		else if (!lab_history_do(history, "COMMIT"))
			added = LAB_NOT_ADDED;
	}
	free(shape);
	return added;
}

int64_t lab_history_prune(struct lab_history *history, int64_t before)
{
	char sql[400];
	int64_t runs;

	snprintf(sql, sizeof(sql),
		 "BEGIN IMMEDIATE;"
		 "DELETE FROM sample WHERE time < %" PRId64 ";"
		 "DELETE FROM series WHERE NOT EXISTS"
		 " (SELECT 1 FROM sample WHERE sample.series = series.id);"
		 "DELETE FROM run WHERE time < %" PRId64 ";",
		 before, before);
	if (!lab_history_do(history, sql)) {
		sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	runs = sqlite3_changes64(history->db);
	if (!lab_history_do(
		    history,
		    "DELETE FROM kernel WHERE id NOT IN (SELECT kernel FROM run);"
		    "COMMIT; VACUUM"))
		return -1;
	return runs;
}
