// SPDX-License-Identifier: GPL-2.0-only
/* journal/journal.c - see journal/journal.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/progress.h"
#include "lib/reserve.h"
#include "channel.h"
#include "journal.h"
#include "labyrinth.h" /* module/uapi */
#include "losses.h"

/* Numbers of cells take the bits from LAB_STAND_BITS to here. */
#define LAB_STAND_CPU (LAB_STAND_BITS + LAB_STAND_CELL_BITS)

static struct lab_channel channel;
static bool to_channel;
static FILE *file;
static int lost; /* the error of the first record that could not be written */

/* Bytes of a disk: a run's records take less, and nobody else can take them. */
#define ROOM (4ull << 20)

static int open_journal(const char *path, const char *mode)
{
	const char *shared = getenv(LAB_CHANNEL_ENV);
	int err;

	if (shared) {
		err = lab_channel_open(&channel, shared);
		to_channel = !err;
		return err;
	}
	lost = 0;
	file = fopen(path, mode);
	if (!file)
		return -errno;
	err = lab_reserve(fileno(file), 0, ROOM);
	if (err)
		lab_journal_close();
	return err;
}

int lab_journal_open(const char *path)
{
	return open_journal(path, "we");
}

int lab_journal_reopen(const char *path)
{
	return open_journal(path, "ae");
}

int lab_journal_close(void)
{
	if (to_channel)
		lab_channel_close(&channel);
	else if (file)
		fclose(file);
	to_channel = false;
	file = NULL;
	return lost;
}

static int write_record(const char *text)
{
	if (to_channel)
		return lab_channel_write(&channel, LAB_FRAME_RECORD, text,
					 strlen(text));
	/* fsync: the machine may go down at any time. */
	if (fprintf(file, "%s\n", text) < 0 || fflush(file) ||
	    fdatasync(fileno(file)))
		return -errno;
	return 0;
}

static void keep(const char *text)
{
	/* What comes after a part of a line would be read as one with it. */
	if (lost)
		return;
	lost = write_record(text);
	if (lost)
		fprintf(stderr, "labyrinth: a record was lost: %s\n",
			strerror(-lost));
}

void lab_journal_text(const char *record)
{
	keep(record);
}

/* Without memory for a text of it, the loss is recorded in its place. */
void lab_journal(json_t *record)
{
	char *text = json_dumps(record, JSON_COMPACT);

	if (text)
		keep(text);
	else
		lab_loss_refused("the journal", -ENOMEM, false);
	free(text);
	json_decref(record);
}

void lab_journal_progress(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (to_channel)
		lab_channel_write(&channel, LAB_FRAME_PROGRESS, line,
				  strlen(line));
	else
		lab_progress("%s", line);
}

void lab_journal_shooting(void)
{
	if (to_channel)
		lab_channel_reach(&channel, LAB_STATE_SHOOTING);
}

uint64_t lab_journal_stand(uint64_t cell, unsigned int cpu)
{
	const struct lab_stand none = {},
			       *stand = to_channel ? &channel.head->stand :
						     &none;

	/* Whatever differs is above the bits of a shot; no branch depends on it. */
	return stand->shot ^ (stand->cell ^ cell) << LAB_STAND_BITS ^
	       (stand->cpu ^ cpu) << LAB_STAND_CPU;
}

uint64_t lab_journal_reseed(uint64_t cell)
{
	const struct lab_reseed none = {},
				*reseed = to_channel ? &channel.head->reseed :
						       &none;

	/* Not a branch: a run with other chance later is the same until then. */
	return (reseed->cell == cell) * reseed->with;
}

json_t *lab_journal_load(const char *path)
{
	json_t *records, *record;
	FILE *f = fopen(path, "re");

	if (!f)
		return NULL;
	records = json_array();
	/* Stop at the last line if it is incomplete: the writer died. */
	while ((record = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL)))
		json_array_append_new(records, record);
	fclose(f);
	return records;
}
