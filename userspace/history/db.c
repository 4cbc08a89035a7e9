// SPDX-License-Identifier: GPL-2.0-only
/* history/db.c - opens a history database and migrates it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"

#define WAIT_MS 60000 /* milliseconds to wait for another writer */

/*
 * Migrations: one for each version of the schema, never changed once released.
 * A database of any version executes those that it lacks.
 *
 * The samples of a series are stored together, ordered by time, so that the
 * last ones are found quickly however many runs there are. The reference to
 * their run is not enforced, because that would scan all samples whenever a run
 * is removed.
 */
static const char *const migrations[] = {
	"CREATE TABLE kernel (id INTEGER PRIMARY KEY, release TEXT NOT NULL,"
	" build_id TEXT NOT NULL, UNIQUE (release, build_id));"
	"CREATE TABLE run (id INTEGER PRIMARY KEY,"
	" fingerprint TEXT NOT NULL UNIQUE, time INTEGER NOT NULL,"
	" kernel INTEGER NOT NULL REFERENCES kernel, scenario TEXT NOT NULL,"
	" shape TEXT NOT NULL, seed INTEGER NOT NULL, verdict TEXT NOT NULL);"
	"CREATE INDEX run_time ON run (time);"
	"CREATE TABLE series (id INTEGER PRIMARY KEY, scenario TEXT NOT NULL,"
	" shape TEXT NOT NULL, cell INTEGER NOT NULL, place TEXT NOT NULL,"
	" metric TEXT NOT NULL, unit TEXT NOT NULL,"
	" UNIQUE (scenario, shape, place, metric));"
	"CREATE TABLE sample (series INTEGER NOT NULL REFERENCES series,"
	" time INTEGER NOT NULL, run INTEGER NOT NULL,"
	" kernel INTEGER NOT NULL, value REAL NOT NULL,"
	" PRIMARY KEY (series, time, run)) WITHOUT ROWID;",
	/*
	 * Who acknowledged is not kept: a history is shared, and what counts is
	 * the reason. "up": values rose.
	 */
	"ALTER TABLE kernel ADD COLUMN branch TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE kernel ADD COLUMN first INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE kernel ADD COLUMN ancestors INTEGER NOT NULL DEFAULT 0;"
	"UPDATE kernel SET first = seen.time FROM (SELECT kernel, min(time)"
	" AS time FROM run GROUP BY kernel) AS seen"
	" WHERE seen.kernel = kernel.id;"
	"CREATE TABLE ack (id INTEGER PRIMARY KEY,"
	" series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
	" kernel INTEGER NOT NULL REFERENCES kernel ON DELETE CASCADE,"
	" up INTEGER NOT NULL, time INTEGER NOT NULL, why TEXT NOT NULL,"
	" UNIQUE (series, kernel, up));"
	"CREATE INDEX ack_kernel ON ack (kernel);",
	/*
	 * Where the results of a run were, "" if that is not known, and which of
	 * its verdicts failed, with the known issue that explained each when it
	 * was imported, "" for none.
	 */
	"ALTER TABLE run ADD COLUMN folder TEXT NOT NULL DEFAULT '';"
	"CREATE TABLE failure (run INTEGER NOT NULL REFERENCES run"
	" ON DELETE CASCADE, verdict TEXT NOT NULL, issue TEXT NOT NULL,"
	" PRIMARY KEY (run, verdict)) WITHOUT ROWID;",
};

#define VERSION ((int)(sizeof(migrations) / sizeof(migrations[0])))

bool lab_history_failed(const struct lab_history *history, const char *what)
{
	fprintf(stderr, "labyrinth: %s: cannot %s: %s\n", history->path, what,
		sqlite3_errmsg(history->db));
	return false;
}

bool lab_history_do(struct lab_history *history, const char *sql)
{
	return sqlite3_exec(history->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       lab_history_failed(history, sql);
}

static int version_of(const struct lab_history *history)
{
	sqlite3_stmt *statement;
	int version = -1;

	if (sqlite3_prepare_v2(history->db, "PRAGMA user_version", -1,
			       &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return version;
}

/* In a transaction, because another process may migrate at the same time. */
static bool migrate(struct lab_history *history)
{
	char set[40];
	int version;

	if (!lab_history_do(history, "BEGIN IMMEDIATE"))
		return false;
	for (version = version_of(history); version < VERSION; version++) {
		snprintf(set, sizeof(set), "PRAGMA user_version = %d",
			 version + 1);
		if (!lab_history_do(history, migrations[version]) ||
		    !lab_history_do(history, set)) {
			sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
			return false;
		}
	}
	return lab_history_do(history, "COMMIT");
}

static bool bring_up_to_date(struct lab_history *history)
{
	const int version = version_of(history);

	if (version < 0)
		return lab_history_failed(history, "read it");
	if (version > VERSION) {
		fprintf(stderr,
			"labyrinth: %s: made by a newer labyrinth (schema %d, this one knows %d); use that, or another --db\n",
			history->path, version, VERSION);
		return false;
	}
	return version == VERSION || migrate(history);
}

/*
 * With a write-ahead log readers are not blocked by a writer, and what a killed
 * writer left in it is dropped by the next process that opens it.
 */
static bool set_up(struct lab_history *history)
{
	sqlite3_busy_timeout(history->db, WAIT_MS);
	return lab_history_do(history, "PRAGMA journal_mode = WAL") &&
	       lab_history_do(history, "PRAGMA synchronous = NORMAL") &&
	       lab_history_do(history, "PRAGMA foreign_keys = ON") &&
	       bring_up_to_date(history);
}

bool lab_history_open(struct lab_history *history, const char *path,
		      bool create)
{
	memset(history, 0, sizeof(*history));
	history->path = path;
	if (!create && access(path, F_OK)) {
		fprintf(stderr,
			"labyrinth: %s: no history yet; labyrinth history import DIR makes one\n",
			path);
		return false;
	}
	if (sqlite3_open_v2(path, &history->db,
			    SQLITE_OPEN_READWRITE |
				    (create ? SQLITE_OPEN_CREATE : 0),
			    NULL) != SQLITE_OK) {
		lab_history_failed(history, "open it");
		lab_history_close(history);
		return false;
	}
	if (set_up(history))
		return true;
	lab_history_close(history);
	return false;
}

void lab_history_close(struct lab_history *history)
{
	sqlite3_finalize(history->add_run);
	sqlite3_finalize(history->add_kernel);
	sqlite3_finalize(history->add_series);
	sqlite3_finalize(history->find_series);
	sqlite3_finalize(history->add_sample);
	sqlite3_finalize(history->find_run);
	sqlite3_finalize(history->add_failure);
	sqlite3_close(history->db);
	free(history->counted);
	memset(history, 0, sizeof(*history));
}
