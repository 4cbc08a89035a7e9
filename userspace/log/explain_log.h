/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/explain_log.h - a whole log: every report in it explained, like ones
 * counted together.
 *
 * Reports are alike when kind, order, flags, caller and verdict are. Of each
 * group the first report is kept. Memory is bounded: from LAB_GROUPS groups on
 * reports are only counted.
 */
#ifndef LAB_EXPLAIN_LOG_H
#define LAB_EXPLAIN_LOG_H

#include "explanation.h"
#include "log.h"

#define LAB_GROUPS 512

struct lab_explained_group {
	struct lab_kernel_report report; /* the first */
	struct lab_explanation explanation; /* its */
	uint64_t count, last_line;
	char last_stamp[48];
};

struct lab_explained_log {
	struct lab_explained_group **group;
	size_t groups;
	uint64_t lines, reports, suppressed, uncounted;
};

struct lab_explain_reader;

/*
 * version: as of --kernel, NULL: what the log says. each, when not NULL, is
 * called for every report as it is found.
 */
struct lab_explain_reader *
lab_explain_begin(const char *version,
		  void (*each)(void *data, const struct lab_explanation *e),
		  void *data);
void lab_explain_feed(struct lab_explain_reader *reader, const char *text,
		      size_t length);
/* Frees the reader. The log is to be freed by lab_explained_log_free(). */
struct lab_explained_log *lab_explain_end(struct lab_explain_reader *reader);
void lab_explained_log_free(struct lab_explained_log *log);

/*
 * The report that begins with the first of these lines, which are without their
 * stamps; false when none does. release: of the kernel, where it is known, and
 * NULL. The explanation points to the report.
 */
bool lab_explain_lines(const struct lab_log_line *lines, size_t n,
		       const char *release, struct lab_kernel_report *report,
		       struct lab_explanation *explanation);

/* The function that a report is put down to: "fec_enet_rx_napi"; "". */
const char *lab_explained_caller(const struct lab_explanation *e);

#endif /* LAB_EXPLAIN_LOG_H */
