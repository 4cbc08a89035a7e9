// SPDX-License-Identifier: GPL-2.0-only
/*
 * history/trend.c - series of values, and where they stepped.
 *
 * A kernel does not change while it is tested, so a series can step only where
 * one kernel follows another. Of these places the one at which the two sides
 * are furthest apart is tried, by ranks, which do not mind an outlier; when it
 * holds, either side is searched in turn.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "compare/stats.h"
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
			       "SELECT id, release, build_id FROM kernel"
			       " ORDER BY id",
			       -1, &s, NULL) != SQLITE_OK)
		return lab_history_failed(history, "read kernels");
	while (sqlite3_step(s) == SQLITE_ROW) {
		trends->kernel = xgrow(trends->kernel, trends->kernels);
		trends->kernel[trends->kernels++] = (struct lab_tested){
			.id = sqlite3_column_int64(s, 0),
			.release = column(s, 1),
			.build_id = column(s, 2),
		};
	}
	return sqlite3_finalize(s) == SQLITE_OK ||
	       lab_history_failed(history, "read kernels");
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

static void reverse(struct lab_point *point, size_t n)
{
	size_t i;

	for (i = 0; i < n / 2; i++) {
		const struct lab_point last = point[n - 1 - i];

		point[n - 1 - i] = point[i];
		point[i] = last;
	}
}

/* The last of them, and those in the order of time. */
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
	reverse(trend->point, trend->points);
	return sqlite3_reset(s) == SQLITE_OK ||
	       lab_history_failed(history, "read values");
}

static void free_trend(struct lab_trend *trend)
{
	free(trend->scenario);
	free(trend->shape);
	free(trend->where);
	free(trend->metric);
	free(trend->unit);
	free(trend->point);
	free(trend->jump);
}

/* What nobody asked for has to have something to say. */
static bool is_dull(const struct lab_trend *trend,
		    const struct lab_looked_for *for_what)
{
	return !for_what->metric && !trend->jumps &&
	       strcmp(trend->metric, "cliff") &&
	       strcmp(trend->metric, "success");
}

static bool read_series(struct lab_history *history,
			const struct lab_looked_for *for_what,
			struct lab_trends *trends, sqlite3_stmt *list,
			sqlite3_stmt *values)
{
	bool good = true;

	sqlite3_bind_text(list, 1, any(for_what->scenario), -1, SQLITE_STATIC);
	sqlite3_bind_text(list, 2, any(for_what->where), -1, SQLITE_STATIC);
	sqlite3_bind_text(list, 3, any(for_what->metric), -1, SQLITE_STATIC);
	sqlite3_bind_int(list, 4, for_what->cells);
	while (good && sqlite3_step(list) == SQLITE_ROW) {
		struct lab_trend trend = {
			.scenario = column(list, 1),
			.shape = column(list, 2),
			.where = column(list, 3),
			.metric = column(list, 4),
			.unit = column(list, 5),
		};

		good = read_points(history, values,
				   sqlite3_column_int64(list, 0), for_what,
				   trends, &trend);
		if (!trend.points) {
			free_trend(&trend);
			continue;
		}
		lab_trend_split(&trend, for_what->threshold, for_what->alpha);
		if (is_dull(&trend, for_what)) {
			trends->left_out++;
			free_trend(&trend);
			continue;
		}
		trends->trend = xgrow(trends->trend, trends->count);
		trends->trend[trends->count++] = trend;
	}
	return good;
}

bool lab_history_trends(struct lab_history *history,
			const struct lab_looked_for *looked_for,
			struct lab_trends *trends)
{
	sqlite3_stmt *list = NULL, *values = NULL;
	bool good;

	memset(trends, 0, sizeof(*trends));
	/* One moment of the database, whatever is written meanwhile. */
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
	good = good && read_series(history, looked_for, trends, list, values);
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
	}
	free(trends->trend);
	free(trends->kernel);
	memset(trends, 0, sizeof(*trends));
}

/* ---- where it stepped -------------------------------------------------------- */

static double median(const double *values, size_t n)
{
	double *sorted = xcheck(malloc(n * sizeof(*sorted))), result;

	memcpy(sorted, values, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	result = gsl_stats_median_from_sorted_data(sorted, 1, n);
	free(sorted);
	return result;
}

/* Ranks of values, equal ones sharing theirs. */
static void rank(const double *values, size_t n, double *ranks)
{
	size_t *order = xcheck(malloc(n * sizeof(*order))), from, to, i;

	gsl_sort_index(order, values, 1, n);
	for (from = 0; from < n; from = to) {
		for (to = from;
		     to < n && values[order[to]] == values[order[from]];)
			to++;
		for (i = from; i < to; i++)
			ranks[order[i]] = (from + 1 + to) / 2.0;
	}
	free(order);
}

/* The place of the largest distance, 0: none; and how many there were. */
static size_t furthest(const struct lab_point *point, const double *values,
		       size_t n, size_t *places)
{
	double *ranks = xcheck(malloc(n * sizeof(*ranks)));
	double sum = 0, most = 0;
	size_t i, at = 0;

	*places = 0;
	rank(values, n, ranks);
	for (i = 1; i < n; i++) {
		double off;

		sum += ranks[i - 1];
		if (point[i].kernel == point[i - 1].kernel)
			continue;
		++*places;
		off = fabs(sum - i * (n + 1) / 2.0) /
		      sqrt(i * (double)(n - i) * (n + 1) / 12.0);
		if (off <= most)
			continue;
		most = off;
		at = i;
	}
	free(ranks);
	return at;
}

/* As compare does: rates by points, cliffs by steps, latencies by parts. */
static bool matters(const struct lab_trend *trend, const struct lab_jump *jump,
		    double threshold)
{
	const double off = fabs(jump->after - jump->before);

	if (!strcmp(trend->metric, "cliff"))
		return off >= 1;
	if (!strcmp(trend->metric, "success"))
		return off >= threshold;
	return off >= threshold * fabs(jump->before);
}

struct search {
	struct lab_trend *trend;
	const double *values;
	double threshold, alpha;
};

static void split(const struct search *search, size_t from, size_t to)
{
	struct lab_trend *trend = search->trend;
	const double *values = search->values + from;
	size_t places, at;
	struct lab_jump jump;

	if (to - from < 2)
		return;
	at = furthest(trend->point + from, values, to - from, &places);
	if (!at)
		return;
	jump.at = from + at;
	jump.before = median(values, at);
	jump.after = median(values + at, to - from - at);
	jump.p = fmin(1, places * lab_mann_whitney(values, at, values + at,
						   to - from - at));
	if (jump.p > search->alpha || !matters(trend, &jump, search->threshold))
		return;
	split(search, from, jump.at);
	trend->jump = xgrow(trend->jump, trend->jumps);
	trend->jump[trend->jumps++] = jump;
	split(search, jump.at, to);
}

void lab_trend_split(struct lab_trend *trend, double threshold, double alpha)
{
	double *values = xcheck(malloc((trend->points + 1) * sizeof(*values)));
	const struct search search = { trend, values, threshold, alpha };
	size_t i;

	for (i = 0; i < trend->points; i++)
		values[i] = trend->point[i].value;
	split(&search, 0, trend->points);
	free(values);
}

/* ---- for the forms ------------------------------------------------------------ */

static int by_kernel(const void *a, const void *b)
{
	const struct lab_point *x = a, *y = b;

	if (x->kernel != y->kernel)
		return x->kernel < y->kernel ? -1 : 1;
	return (x->when > y->when) - (x->when < y->when);
}

static int by_moment(const void *a, const void *b)
{
	const struct lab_trend_level *x = a, *y = b;

	return (x->when > y->when) - (x->when < y->when);
}

size_t lab_trend_levels(const struct lab_trend *trend,
			struct lab_trend_level **levels)
{
	const size_t n = trend->points;
	struct lab_point *point = xcheck(malloc((n + 1) * sizeof(*point)));
	double *values = xcheck(malloc((n + 1) * sizeof(*values)));
	size_t from, to, count = 0;

	*levels = NULL;
	memcpy(point, trend->point, n * sizeof(*point));
	qsort(point, n, sizeof(*point), by_kernel);
	for (from = 0; from < n; from = to) {
		for (to = from;
		     to < n && point[to].kernel == point[from].kernel; to++)
			values[to] = point[to].value;
		*levels = xgrow(*levels, count);
		(*levels)[count++] = (struct lab_trend_level){
			.kernel = point[from].kernel,
			.when = point[from].when,
			.value = median(values + from, to - from),
			.runs = to - from,
		};
	}
	qsort(*levels, count, sizeof(**levels), by_moment);
	free(point);
	free(values);
	return count;
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
