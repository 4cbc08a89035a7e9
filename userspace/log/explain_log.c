// SPDX-License-Identifier: GPL-2.0-only
/* log/explain_log.c - see log/explain_log.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_log.h"
#include "lib/alloc.h"
#include "report_text.h"
#include "text_stream.h"

struct lab_explain_reader {
	struct lab_text_stream *stream;
	struct lab_report_text *text;
	struct lab_explained_log *log;
	uint64_t next; /* the line behind the last batch */
	const char *version;
	void (*each)(void *data, const struct lab_explanation *e);
	void *data;
};

const char *lab_explained_caller(const struct lab_explanation *e)
{
	const int frame = e->culprit.driver >= 0 ? e->culprit.driver :
						   e->culprit.caller;

	return frame < 0 ? "" : e->report->frame[frame].function;
}

static bool alike(const struct lab_explanation *a,
		  const struct lab_explanation *b)
{
	return a->report->kind == b->report->kind &&
	       a->report->order == b->report->order &&
	       a->facts.flags == b->facts.flags && a->verdict == b->verdict &&
	       !strcmp(a->report->slab.cache, b->report->slab.cache) &&
	       !strcmp(lab_explained_caller(a), lab_explained_caller(b));
}

static struct lab_explained_group *group_of(struct lab_explained_log *log,
					    const struct lab_explanation *e)
{
	size_t i;

	for (i = 0; i < log->groups; i++)
		if (alike(&log->group[i]->explanation, e))
			return log->group[i];
	return NULL;
}

static struct lab_explained_group *
add_group(struct lab_explained_log *log, const struct lab_kernel_report *report)
{
	struct lab_explained_group *group;

	if (log->groups == LAB_GROUPS)
		return NULL;
	group = xcheck(calloc(1, sizeof(*group)));
	group->report = *report;
	lab_explain(&group->report, &group->explanation);
	log->group = xgrow(log->group, log->groups);
	log->group[log->groups++] = group;
	return group;
}

static void override_version(const struct lab_explain_reader *reader,
			     struct lab_kernel_report *report)
{
	if (!reader->version)
		return;
	lab_version_parse(reader->version, &report->version);
	snprintf(report->release, sizeof(report->release), "%s",
		 reader->version);
}

static void found(void *data, const struct lab_kernel_report *as_found)
{
	struct lab_explain_reader *reader = data;
	static struct lab_explanation explanation;
	static struct lab_kernel_report report;
	struct lab_explained_group *group;

	report = *as_found;
	override_version(reader, &report);
	lab_explain(&report, &explanation);
	reader->log->reports++;
	if (reader->each)
		reader->each(reader->data, &explanation);
	group = group_of(reader->log, &explanation);
	if (!group)
		group = add_group(reader->log, &report);
	if (!group) {
		reader->log->uncounted++;
		return;
	}
	group->count++;
	group->last_line = report.first;
	snprintf(group->last_stamp, sizeof(group->last_stamp), "%s",
		 report.stamp);
}

static void batch(void *data, const struct lab_text_line *lines, size_t n)
{
	struct lab_explain_reader *reader = data;
	struct lab_plain_text plain = lab_plain_text_of(lines, n);
	struct lab_kernel_text kernel = lab_unwrap(&plain);

	/*
	 * Lines between this batch and the last were left out: reports that are
	 * open have ended.
	 */
	if (lines[0].number != reader->next)
		lab_report_text_flush(reader->text);
	reader->next = lines[n - 1].number + 1;
	lab_report_text_feed(reader->text, kernel.line, kernel.lines);
	lab_kernel_text_free(&kernel);
	lab_plain_text_free(&plain);
}

struct lab_explain_reader *
lab_explain_begin(const char *version,
		  void (*each)(void *data, const struct lab_explanation *e),
		  void *data)
{
	struct lab_explain_reader *reader = xcheck(calloc(1, sizeof(*reader)));

	reader->version = version;
	reader->each = each;
	reader->data = data;
	reader->log = xcheck(calloc(1, sizeof(*reader->log)));
	reader->text = lab_report_text_new(found, reader);
	reader->stream = lab_text_stream_new(batch, reader);
	return reader;
}

void lab_explain_feed(struct lab_explain_reader *reader, const char *text,
		      size_t length)
{
	lab_text_stream_feed(reader->stream, text, length);
}

struct lab_explained_log *lab_explain_end(struct lab_explain_reader *reader)
{
	struct lab_explained_log *log = reader->log;

	log->lines = lab_text_stream_end(reader->stream);
	lab_report_text_flush(reader->text);
	log->suppressed = lab_report_text_suppressed(reader->text);
	lab_report_text_free(reader->text);
	free(reader);
	return log;
}

void lab_explained_log_free(struct lab_explained_log *log)
{
	size_t i;

	for (i = 0; i < log->groups; i++)
		free(log->group[i]);
	free(log->group);
	free(log);
}

struct first_found {
	struct lab_kernel_report *report;
	bool found;
};

static void keep_first(void *data, const struct lab_kernel_report *report)
{
	struct first_found *first = data;

	if (!first->found)
		*first->report = *report;
	first->found = true;
}

bool lab_explain_lines(const struct lab_log_line *lines, size_t n,
		       const char *release, struct lab_kernel_report *report,
		       struct lab_explanation *explanation)
{
	struct first_found first = { .report = report };
	struct lab_report_text *text = lab_report_text_new(keep_first, &first);
	size_t i;

	for (i = 0; i < n; i++) {
		struct lab_kernel_line line = {
			.number = i + 1,
			.text = xcheck(strndup(lines[i].text, lines[i].length)),
		};

		lab_report_text_feed(text, &line, 1);
		free(line.text);
	}
	lab_report_text_free(text);
	if (!first.found || report->first != 1 ||
	    report->kind == LAB_REPORT_HEADLESS)
		return false;
	if (release && lab_version_parse(release, &report->version))
		snprintf(report->release, sizeof(report->release), "%s",
			 release);
	lab_explain(report, explanation);
	return true;
}
