// SPDX-License-Identifier: GPL-2.0-only
/*
 * history/ack.c - acknowledged steps.
 *
 * A step is identified by its series, kernel and direction. Later runs may move
 * it to a neighbouring kernel, so it is searched at all kernels that it may be
 * at.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "history.h"

static bool rises(const struct lab_jump *jump)
{
	return jump->after > jump->before;
}

static bool prepare(struct lab_history *history, sqlite3_stmt **s,
		    const char *sql)
{
	return sqlite3_prepare_v2(history->db, sql, -1, s, NULL) == SQLITE_OK ||
	       lab_history_failed(history, sql);
}

/* ---- reading ----------------------------------------------------------------- */

static bool may_be_at(const struct lab_trends *trends,
		      const struct lab_trend *trend,
		      const struct lab_jump *jump, int64_t kernel)
{
	size_t i;

	for (i = jump->low; i <= jump->high; i++)
		if (lab_trend_kernel(trends, trend, i)->id == kernel)
			return true;
	return false;
}

static void mark(const struct lab_trends *trends, struct lab_trend *trend,
		 int64_t kernel, bool up, const char *why)
{
	size_t i;

	for (i = 0; i < trend->jumps; i++) {
		struct lab_jump *jump = &trend->jump[i];

		if (!jump->acknowledged && rises(jump) == up &&
		    may_be_at(trends, trend, jump, kernel))
			jump->acknowledged = xstrdup(why);
	}
}

bool lab_history_read_acks(struct lab_history *history,
			   struct lab_trends *trends)
{
	sqlite3_stmt *s;
	size_t i;

	if (!prepare(history, &s,
		     "SELECT series, kernel, up, why FROM ack"
		     " ORDER BY time DESC"))
		return false;
	while (sqlite3_step(s) == SQLITE_ROW)
		for (i = 0; i < trends->count; i++)
			if (trends->trend[i].series ==
			    sqlite3_column_int64(s, 0))
				mark(trends, &trends->trend[i],
				     sqlite3_column_int64(s, 1),
				     sqlite3_column_int(s, 2),
				     (const char *)sqlite3_column_text(s, 3));
	return sqlite3_finalize(s) == SQLITE_OK ||
	       lab_history_failed(history, "read what was acknowledged");
}

/* ---- writing ----------------------------------------------------------------- */

static bool is_named(const struct lab_tested *kernel, const char *name)
{
	return !strcmp(kernel->release, name) ||
	       (strlen(name) >= 6 &&
		!strncmp(kernel->build_id, name, strlen(name)));
}

/* The kernel of the trends that has this name; NULL: none. */
static const struct lab_tested *named(const struct lab_trends *trends,
				      const struct lab_trend *trend,
				      const struct lab_jump *jump,
				      const char *name)
{
	size_t i;

	for (i = jump->low; i <= jump->high; i++)
		if (is_named(lab_trend_kernel(trends, trend, i), name))
			return lab_trend_kernel(trends, trend, i);
	return NULL;
}

/*
 * Executes a statement for each step, with series, kernel, direction and two
 * more parameters.
 */
static int64_t for_each_step(struct lab_history *history,
			     const struct lab_trends *trends, const char *name,
			     sqlite3_stmt *s)
{
	int64_t steps = 0;
	size_t i, j;

	for (i = 0; i < trends->count; i++)
		for (j = 0; j < trends->trend[i].jumps; j++) {
			const struct lab_trend *trend = &trends->trend[i];
			const struct lab_tested *kernel =
				named(trends, trend, &trend->jump[j], name);

			if (!kernel)
				continue;
			sqlite3_bind_int64(s, 1, trend->series);
			sqlite3_bind_int64(s, 2, kernel->id);
			sqlite3_bind_int(s, 3, rises(&trend->jump[j]));
			if (sqlite3_step(s) != SQLITE_DONE) {
				lab_history_failed(history, "acknowledge");
				return -1;
			}
			sqlite3_reset(s);
			steps++;
		}
	return steps;
}

static int64_t in_transaction(struct lab_history *history,
			      const struct lab_trends *trends,
			      const char *kernel, sqlite3_stmt *s)
{
	int64_t steps = -1;

	if (lab_history_do(history, "BEGIN IMMEDIATE")) {
		steps = for_each_step(history, trends, kernel, s);
		if (steps < 0)
			sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
		else if (!lab_history_do(history, "COMMIT"))
			steps = -1;
	}
	sqlite3_finalize(s);
	return steps;
}

int64_t lab_history_acknowledge(struct lab_history *history,
				const struct lab_trends *trends,
				const char *kernel, int64_t when,
				const char *why)
{
	sqlite3_stmt *s;

	if (!prepare(history, &s,
		     "INSERT INTO ack (series, kernel, up, time, why)"
		     " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
		     " time = excluded.time, why = excluded.why"))
		return -1;
	sqlite3_bind_int64(s, 4, when);
	sqlite3_bind_text(s, 5, why, -1, SQLITE_STATIC);
	return in_transaction(history, trends, kernel, s);
}

int64_t lab_history_withdraw(struct lab_history *history,
			     const struct lab_trends *trends,
			     const char *kernel)
{
	sqlite3_stmt *s;

	if (!prepare(history, &s,
		     "DELETE FROM ack WHERE series = ? AND kernel = ?"
		     " AND up = ?"))
		return -1;
	return in_transaction(history, trends, kernel, s);
}
