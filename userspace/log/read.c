// SPDX-License-Identifier: GPL-2.0-only
/*
 * log/read.c - a log as lines, what was found in it, and where.
 *
 * A report begins with the line that names it. Where it ends is not written
 * anywhere: at its own last line when that is known, else where the next
 * finding or mark begins, else where another second does, or when it is long.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "log.h"

#define REPORT_LINES 96
#define REPORT_US 1000000

/* "[   12.345678] ": seconds and microseconds. */
static bool parse_time(const char **at, const char *end, int64_t *time)
{
	const char *p = *at;
	int64_t seconds = 0, us = 0, unit = 1000000;
	bool digits = false;

	if (p == end || *p++ != '[')
		return false;
	while (p < end && *p == ' ')
		p++;
	for (; p < end && isdigit((unsigned char)*p); p++, digits = true)
		if (seconds < INT64_MAX / 100000000)
			seconds = seconds * 10 + (*p - '0');
	if (!digits || p == end || *p++ != '.')
		return false;
	for (; p < end && isdigit((unsigned char)*p); p++) {
		unit /= 10;
		us += (*p - '0') * unit;
	}
	if (p == end || *p++ != ']')
		return false;
	*time = seconds * 1000000 + us;
	*at = p < end && *p == ' ' ? p + 1 : p;
	return true;
}

/* "[    T1] ": who spoke, with CONFIG_PRINTK_CALLER. */
static void skip_caller(const char **at, const char *end)
{
	const char *p = *at;

	if (p == end || *p++ != '[')
		return;
	while (p < end && *p == ' ')
		p++;
	if (p == end || (*p != 'T' && *p != 'C'))
		return;
	for (p++; p < end && isdigit((unsigned char)*p); p++)
		;
	if (end - p >= 2 && p[0] == ']' && p[1] == ' ')
		*at = p + 2;
}

static void add_line(struct lab_log *log, const char *at, const char *end)
{
	struct lab_log_line *line;

	while (end > at && end[-1] == '\r')
		end--;
	/* The array is doubled each time it is full. */
	if (!(log->lines & (log->lines - 1)))
		log->line = xcheck(reallocarray(log->line,
						log->lines ? 2 * log->lines : 1,
						sizeof(*log->line)));
	line = &log->line[log->lines++];
	line->time = -1;
	if (parse_time(&at, end, &line->time))
		skip_caller(&at, end);
	line->text = at;
	line->length = end - at;
}

static void split(struct lab_log *log)
{
	const char *at = log->text, *end;

	for (; *at; at = *end ? end + 1 : end) {
		end = at + strcspn(at, "\n");
		add_line(log, at, end);
	}
}

static bool is(const struct lab_log_line *line, const char *needle)
{
	return memmem(line->text, line->length, needle, strlen(needle));
}

/* The last line of reports that have one. */
static bool ends_report(const struct lab_log_line *line)
{
	return is(line, "---[ end ") || is(line, "pages hwpoisoned") ||
	       is(line, "Rebooting in ");
}

/*
 * A line that is much later belongs to something else. Lines without a time
 * belong to the report before them.
 */
static bool is_later(const struct lab_log_line *line,
		     const struct lab_log_line *first)
{
	return line->time >= 0 && first->time >= 0 &&
	       line->time - first->time > REPORT_US;
}

static void add_entry(struct lab_log *log, size_t first, enum lab_log_kind kind)
{
	log->entry = xgrow(log->entry, log->entries);
	log->entry[log->entries++] = (struct lab_log_entry){ kind, first, 1 };
}

static void add_mark(struct lab_log *log, size_t at, struct lab_log_mark mark)
{
	mark.line = at;
	log->mark = xgrow(log->mark, log->marks);
	log->mark[log->marks++] = mark;
}

static void look_through(struct lab_log *log)
{
	struct lab_log_entry *open = NULL;
	struct lab_log_mark mark = { .where = "" };
	enum lab_log_kind kind;
	size_t i;

	add_mark(log, 0, mark);
	for (i = 0; i < log->lines; i++) {
		const struct lab_log_line *line = &log->line[i];
		const uint64_t cut = lab_log_cut_parse(line);

		/*
		 * Marks may be among the missing lines: what follows is put
		 * down to no cell.
		 */
		if (cut) {
			log->cut += cut;
			add_mark(log, i, (struct lab_log_mark){ .where = "" });
			open = NULL;
			continue;
		}
		if (lab_log_mark_parse(line, &mark)) {
			add_mark(log, i, mark);
			open = NULL;
			continue;
		}
		kind = lab_log_kind_of(line->text, line->length);
		if (kind < LAB_LOG_KIND_COUNT) {
			add_entry(log, i, kind);
			open = &log->entry[log->entries - 1];
			continue;
		}
		if (!open)
			continue;
		if (open->lines == REPORT_LINES ||
		    is_later(line, &log->line[open->first])) {
			open = NULL;
			continue;
		}
		open->lines++;
		if (ends_report(line))
			open = NULL;
	}
}

struct lab_log *lab_log_read(const char *text)
{
	struct lab_log *log;

	if (!text)
		return NULL;
	log = xcheck(calloc(1, sizeof(*log)));
	log->text = xstrdup(text);
	split(log);
	look_through(log);
	return log;
}

void lab_log_free(struct lab_log *log)
{
	if (!log)
		return;
	free(log->text);
	free(log->line);
	free(log->entry);
	free(log->mark);
	free(log);
}

const struct lab_log_mark *lab_log_mark_of(const struct lab_log *log,
					   size_t line)
{
	size_t i = log->marks;

	while (--i && log->mark[i].line > line)
		;
	return &log->mark[i];
}
