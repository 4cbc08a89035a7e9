/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/report_text.h - lines of a kernel in, reports out.
 *
 * Reports of several CPUs may be mixed: they are parted by the caller that
 * stands before each line, where the log has that. Where it has not, a report
 * that another one began in is marked LAB_FLAW_MIXED.
 */
#ifndef LAB_REPORT_TEXT_H
#define LAB_REPORT_TEXT_H

#include "kernel_report.h"
#include "unwrap.h"

typedef void (*lab_report_found)(void *data,
				 const struct lab_kernel_report *report);

struct lab_report_text;

/* Never NULL. found() is called in the order in which reports end. */
struct lab_report_text *lab_report_text_new(lab_report_found found, void *data);
void lab_report_text_feed(struct lab_report_text *text,
			  const struct lab_kernel_line *lines, size_t n);
/* Reports that are open end here. */
void lab_report_text_flush(struct lab_report_text *text);
/* Reports that were held back and are counted by lines that say so. */
uint64_t lab_report_text_suppressed(const struct lab_report_text *text);
void lab_report_text_free(struct lab_report_text *text);

#endif /* LAB_REPORT_TEXT_H */
