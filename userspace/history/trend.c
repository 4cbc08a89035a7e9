// SPDX-License-Identifier: GPL-2.0-only
/* history/trend.c - reads series of values from the database. */
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/alloc.h"
#include "history.h"

/* ---- reading --------------------------------------------------------------- */

static const char *any(const char *pattern)
{
	return pattern ? pattern : "*";
}

static char *column(sqlite3_stmt *statement, int at)
{
	const char *text = (const char *)sqlite3_column_text(statement, at);

	return xstrdup(text ? text : "");
}

static bool read_kernels(struct lab_history *history, struct lab_trends *trends)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(history->db,
			       "SELECT id, release, build_id, branch, first,"
			       " ancestors FROM kernel"
			       " ORDER BY id",
			       -1, &s, NULL) != SQLITE_OK)
		return lab_history_failed(history, "read kernels");
	while (sqlite3_step(s) == SQLITE_ROW) {
		trends->kernel = xgrow(trends->kernel, trends->kernels);
		trends->kernel[trends->kernels++] = (struct lab_tested){
			.id = sqlite3_column_int64(s, 0),
			.release = column(s, 1),
			.build_id = column(s, 2),
			.branch = column(s, 3),
			.first = sqlite3_column_int64(s, 4),
			.ancestors = sqlite3_column_int64(s, 5),
		};
	}
	if (sqlite3_finalize(s) != SQLITE_OK)
		return lab_history_failed(history, "read kernels");
	lab_order_kernels(trends->kernel, trends->kernels);
	return true;
}

static int by_id(const void *key, const void *kernel)
{
	const int64_t id = *(const int64_t *)key;
	const struct lab_tested *tested = kernel;

	return (id > tested->id) - (id < tested->id);
}

static size_t kernel_of(const struct lab_trends *trends, int64_t id)
{
	const struct lab_tested *tested =
		bsearch(&id, trends->kernel, trends->kernels,
			sizeof(*trends->kernel), by_id);

	return tested ? tested - trends->kernel : 0;
}

static bool count_runs(struct lab_history *history, struct lab_trends *trends)
{
	sqlite3_stmt *s;
	bool good;

	if (sqlite3_prepare_v2(history->db, "SELECT count(*) FROM run", -1, &s,
			       NULL) != SQLITE_OK)
		return lab_history_failed(history, "count runs");
	good = sqlite3_step(s) == SQLITE_ROW;
	trends->runs = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return good || lab_history_failed(history, "count runs");
}

/* The last of them. */
static bool read_points(struct lab_history *history, sqlite3_stmt *s,
			int64_t series, const struct lab_looked_for *for_what,
			const struct lab_trends *trends,
			struct lab_trend *trend)
{
	sqlite3_bind_int64(s, 1, series);
	sqlite3_bind_text(s, 2, any(for_what->kernel), -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, for_what->last);
	while (sqlite3_step(s) == SQLITE_ROW) {
		const size_t n = trend->points;

		if (!(n & (n + 1)))
			trend->point =
				xcheck(reallocarray(trend->point, 2 * (n + 1),
						    sizeof(*trend->point)));
		trend->point[trend->points++] = (struct lab_point){
			.when = sqlite3_column_int64(s, 0),
			.kernel = kernel_of(trends, sqlite3_column_int64(s, 1)),
			.value = sqlite3_column_double(s, 2),
		};
	}
	return sqlite3_reset(s) == SQLITE_OK ||
	       lab_history_failed(history, "read values");
}

static void free_trend(struct lab_trend *trend)
{
	size_t i;

	for (i = 0; i < trend->jumps; i++)
		free(trend->jump[i].acknowledged);
	free(trend->scenario);
	free(trend->shape);
	free(trend->branch);
	free(trend->where);
	free(trend->metric);
	free(trend->unit);
	free(trend->point);
	free(trend->level);
	free(trend->jump);
}

static bool is_latency(const struct lab_trend *trend)
{
	return strcmp(trend->metric, "cliff") &&
	       strcmp(trend->metric, "success");
}

/* A series that was not asked for is only shown if it has a step. */
static bool is_dull(const struct lab_trend *trend,
		    const struct lab_looked_for *for_what)
{
	size_t i;

	if (for_what->metric || !is_latency(trend))
		return false;
	for (i = 0; i < trend->jumps; i++)
		if (!trend->jump[i].doubtful)
			return false;
	return true;
}

static void leave_out_dull(const struct lab_looked_for *for_what,
			   struct lab_trends *trends)
{
	size_t i, kept = 0;

	trends->searched = trends->count;
	for (i = 0; i < trends->count; i++) {
		if (is_dull(&trends->trend[i], for_what))
			free_trend(&trends->trend[i]);
		else
			trends->trend[kept++] = trends->trend[i];
	}
	trends->left_out = trends->count - kept;
	trends->count = kept;
}

/* Moves the points of one branch to the end; returns how many there are. */
static size_t part_branch(struct lab_trend *trend,
			  const struct lab_tested *kernel, const char *branch)
{
	size_t i, others = 0;

	for (i = 0; i < trend->points; i++) {
		const struct lab_point point = trend->point[i];

		if (!strcmp(kernel[point.kernel].branch, branch))
			continue;
		trend->point[i] = trend->point[others];
		trend->point[others++] = point;
	}
	return trend->points - others;
}

static void add_trend(struct lab_trends *trends, const struct lab_trend *trend)
{
	const size_t n = trends->count;

	if (!(n & (n + 1)))
		trends->trend = xcheck(reallocarray(trends->trend, 2 * (n + 1),
						    sizeof(*trends->trend)));
	trends->trend[trends->count++] = *trend;
}

/* Each branch becomes a series of its own. */
static void add_branches(const struct lab_looked_for *for_what,
			 struct lab_trends *trends, struct lab_trend *all)
{
	while (all->points) {
		const char *branch =
			trends->kernel[all->point[0].kernel].branch;
		const size_t n = part_branch(all, trends->kernel, branch);
		struct lab_trend trend = *all;

		all->points -= n;
		if (for_what->branch && fnmatch(for_what->branch, branch, 0))
			continue;
		trend.scenario = xstrdup(all->scenario);
		trend.shape = xstrdup(all->shape);
		trend.where = xstrdup(all->where);
		trend.metric = xstrdup(all->metric);
		trend.unit = xstrdup(all->unit);
		trend.branch = xstrdup(branch);
		trend.points = n;
		trend.point = xcheck(malloc(n * sizeof(*trend.point)));
		memcpy(trend.point, all->point + all->points,
		       n * sizeof(*trend.point));
		lab_trend_levels(&trend, trends->kernel);
		lab_trend_split(&trend, for_what->threshold, for_what->alpha);
		add_trend(trends, &trend);
	}
	free_trend(all);
}

static bool read_series(struct lab_history *history,
			const struct lab_looked_for *for_what,
			struct lab_trends *trends, sqlite3_stmt *list,
			sqlite3_stmt *values)
{
	bool good = true;
	size_t row;

	sqlite3_bind_text(list, 1, any(for_what->scenario), -1, SQLITE_STATIC);
	sqlite3_bind_text(list, 2, any(for_what->where), -1, SQLITE_STATIC);
	sqlite3_bind_text(list, 3, any(for_what->metric), -1, SQLITE_STATIC);
	sqlite3_bind_int(list, 4, for_what->cells);
	for (row = 0; good && sqlite3_step(list) == SQLITE_ROW; row++) {
		struct lab_trend trend = {
			.row = row,
			.series = sqlite3_column_int64(list, 0),
			.scenario = column(list, 1),
			.shape = column(list, 2),
			.where = column(list, 3),
			.metric = column(list, 4),
			.unit = column(list, 5),
		};

		good = read_points(history, values, trend.series, for_what,
				   trends, &trend);
		add_branches(for_what, trends, &trend);
	}
	return good;
}

/* Sorts branches of one scenario and machine together. */
static int by_group(const void *a, const void *b)
{
	const struct lab_trend *x = a, *y = b;
	int order = strcmp(x->scenario, y->scenario);

	order = order ? order : strcmp(x->shape, y->shape);
	order = order ? order : strcmp(x->branch, y->branch);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool conclude(struct lab_history *history,
		     const struct lab_looked_for *for_what,
		     struct lab_trends *trends)
{
	lab_trends_correct(trends, for_what->alpha);
	leave_out_dull(for_what, trends);
	if (trends->count)
		qsort(trends->trend, trends->count, sizeof(*trends->trend),
		      by_group);
	if (!lab_history_read_acks(history, trends))
		return false;
	lab_trends_find_causes(trends);
	return true;
}

bool lab_history_trends(struct lab_history *history,
			const struct lab_looked_for *looked_for,
			struct lab_trends *trends)
{
	sqlite3_stmt *list = NULL, *values = NULL;
	bool good;

	memset(trends, 0, sizeof(*trends));
	/* In a transaction, to read a consistent state while others write. */
	if (!lab_history_do(history, "BEGIN"))
		return false;
	good = read_kernels(history, trends) && count_runs(history, trends);
	if (good && (sqlite3_prepare_v2(
			     history->db,
			     "SELECT id, scenario, shape, place, metric, unit"
			     " FROM series WHERE scenario GLOB ? AND place"
			     " GLOB ? AND metric GLOB ? AND cell <= ?"
			     " ORDER BY scenario, shape, cell, metric = 'cliff'"
			     " DESC, metric = 'success' DESC, metric, id",
			     -1, &list, NULL) != SQLITE_OK ||
		     sqlite3_prepare_v2(
			     history->db,
			     "SELECT time, kernel, value FROM sample WHERE"
			     " series = ?1 AND (?2 = '*' OR kernel IN (SELECT"
			     " id FROM kernel WHERE release GLOB ?2))"
			     " ORDER BY time DESC, run DESC LIMIT ?3",
			     -1, &values, NULL) != SQLITE_OK))
		good = lab_history_failed(history, "look for series");
	good = good && read_series(history, looked_for, trends, list, values) &&
	       conclude(history, looked_for, trends);
	sqlite3_finalize(list);
	sqlite3_finalize(values);
	return lab_history_do(history, "COMMIT") && good;
}

void lab_trends_free(struct lab_trends *trends)
{
	size_t i;

	for (i = 0; i < trends->count; i++)
		free_trend(&trends->trend[i]);
	for (i = 0; i < trends->kernels; i++) {
		free(trends->kernel[i].release);
		free(trends->kernel[i].build_id);
		free(trends->kernel[i].branch);
	}
	free(trends->trend);
	free(trends->cause);
	free(trends->kernel);
	memset(trends, 0, sizeof(*trends));
}

/* ---- for the forms ------------------------------------------------------------ */

bool lab_trend_same_group(const struct lab_trend *a, const struct lab_trend *b)
{
	return !strcmp(a->scenario, b->scenario) &&
	       !strcmp(a->shape, b->shape) && !strcmp(a->branch, b->branch);
}

const char *lab_jump_direction(const struct lab_jump *jump)
{
	return jump->worse ? "worse" : "better";
}

void lab_trend_value(const struct lab_trend *trend, double value, char *words,
		     size_t size)
{
	if (!strcmp(trend->metric, "success"))
		snprintf(words, size, "%.2f %%", 100 * value);
	else if (!strcmp(trend->metric, "cliff"))
		snprintf(words, size, "%g/16", value);
	else
		snprintf(words, size, "%.0f", value);
}

void lab_jump_words(const struct lab_trend *trend, const struct lab_jump *jump,
		    char *words, size_t size)
{
	const double off = jump->after - jump->before;

	if (!strcmp(trend->metric, "success"))
		snprintf(words, size, "%+.1f points", 100 * off);
	else if (!strcmp(trend->metric, "cliff"))
		snprintf(words, size, "%+g steps", off);
	else
		snprintf(words, size, "%+.1f %%",
			 jump->before ? 100 * off / jump->before : 0);
}

void lab_date_words(int64_t when, char *words, size_t size)
{
	const time_t moment = when;
	struct tm parts;

	if (!gmtime_r(&moment, &parts) ||
	    !strftime(words, size, "%Y-%m-%d", &parts))
		snprintf(words, size, "%" PRId64, when);
}
