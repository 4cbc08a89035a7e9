/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/log.h - the kernel's log of a run: its lines, what was found in it, and
 * the verdicts on that.
 *
 *	kinds.c    the table of what can be found in a log
 *	read.c     a log as lines, what was found in it, and where
 *	mark.c     lines that a run puts between the kernel's, to say where it is
 *	explain_log.c  reports of failed requests, explained; of any kernel's log
 *	results/log_verdict.c  findings in the results, and the verdicts on them
 *
 * A log is a text that somebody else wrote, perhaps a kernel that was dying:
 * nothing in it is trusted to be whole.
 */
#ifndef LAB_LOG_H
#define LAB_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_scenario;
struct lab_phase;

/*
 * What is found, and what it means where nobody expects it. A phase expects
 * kinds by name, "log = oom"; one that presses on memory expects SCARCITY.
 *
 * FAILURE:  the kernel says that something is wrong with it
 * SCARCITY: as it should be when memory is short, and not otherwise
 * HARMLESS: worth knowing, and no defect
 */
#define LAB_LOG_KINDS(X)                                                       \
	X(PANIC, FAILURE, "panic", "the kernel gave up")                       \
	X(KASAN, FAILURE, "kasan", "memory used that is not one's own")        \
	X(KFENCE, FAILURE, "kfence", "the same, seen by sampling")             \
	X(KCSAN, FAILURE, "kcsan", "a data race")                              \
	X(KMSAN, FAILURE, "kmsan", "memory used that was never set")           \
	X(UBSAN, FAILURE, "ubsan", "undefined behaviour")                      \
	X(KMEMLEAK, FAILURE, "kmemleak", "memory that nothing points to")      \
	X(LOCKUP, FAILURE, "lockup", "a CPU, or a workqueue, that got stuck")  \
	X(RCU_STALL, FAILURE, "rcu-stall", "a grace period without an end")    \
	X(HUNG_TASK, FAILURE, "hung-task", "a task that waits without an end") \
	X(SLEEP, FAILURE, "sleep", "what may not sleep did")                   \
	X(LOCKDEP, FAILURE, "lockdep", "locks taken as they may not be")       \
	X(DEBUG_OBJECTS, FAILURE, "debug-objects",                             \
	  "an object used before or after its time")                           \
	X(BAD_PAGE, FAILURE, "bad-page", "a page in a state that is none")     \
	X(CORRUPTION, FAILURE, "corruption", "a list or slab written over")    \
	X(OOPS, FAILURE, "oops", "the kernel did what no kernel may")          \
	X(BUG, FAILURE, "bug", "a BUG of another kind")                        \
	X(WARNING, FAILURE, "warning", "a WARNING of another kind")            \
	X(OOM, SCARCITY, "oom", "the OOM killer was at work")                  \
	X(ALLOCATION, SCARCITY, "allocation-failure",                          \
	  "a request that got no memory, and its report")                      \
	X(INJECTION, HARMLESS, "fault-injection",                              \
	  "the injector says what it did")                                     \
	X(SUPPRESSED, HARMLESS, "suppressed",                                  \
	  "messages were held back: the log is not whole")                     \
	X(SLOW, HARMLESS, "slow", "something took longer than is usual")       \
	X(CLOCK, HARMLESS, "clock", "a clock was found to be unfit")

#define LAB_LOG_ID(id, class, name, help) LAB_LOG_##id,
enum lab_log_kind { LAB_LOG_KINDS(LAB_LOG_ID) LAB_LOG_KIND_COUNT };

enum lab_log_class { LAB_LOG_FAILURE, LAB_LOG_SCARCITY, LAB_LOG_HARMLESS };

extern const char *const lab_log_names[]; /* ended by NULL */
extern const char *const lab_log_help[];
extern const enum lab_log_class lab_log_classes[];

/* The kind of a line, or LAB_LOG_KIND_COUNT. */
enum lab_log_kind lab_log_kind_of(const char *line, size_t length);

struct lab_log_line {
	const char *text; /* without time stamp; not ended by NUL */
	size_t length;
	int64_t time; /* us since boot; -1: it does not say */
};

/* A finding: lines from first on, the first of which is of its kind. */
struct lab_log_entry {
	enum lab_log_kind kind;
	size_t first, lines;
};

/* Where a cell begins. */
struct lab_log_mark {
	size_t line;
	uint64_t cell; /* from 1; 0: no cell's */
	const char *where; /* in words; not ended by NUL */
	size_t length;
};

struct lab_log {
	char *text;
	struct lab_log_line *line;
	size_t lines;
	struct lab_log_entry *entry;
	size_t entries;
	struct lab_log_mark *mark; /* the first is the log's own start */
	size_t marks;
	uint64_t cut; /* bytes that are missing: nothing is known of them */
};

/* NULL for NULL. Of every text there is something to be said. */
struct lab_log *lab_log_read(const char *text);
void lab_log_free(struct lab_log *log);
/* The last mark at or before a line. */
const struct lab_log_mark *lab_log_mark_of(const struct lab_log *log,
					   size_t line);

/*
 * Marks in the kernel's own log, which say where a run is. Cells are numbered
 * from 1 in the order in which they are fired.
 */
void lab_log_mark_cell(uint64_t cell, const char *where);
void lab_log_mark_end(void);
bool lab_log_mark_parse(const struct lab_log_line *line,
			struct lab_log_mark *mark);

/*
 * The line that stands for so many bytes which were cut out of a console, as
 * snprintf(3) writes it; and what it says, 0 for any other line.
 */
int lab_log_cut_line(char *line, size_t size, uint64_t bytes);
uint64_t lab_log_cut_parse(const struct lab_log_line *line);

/* A line as a JSON string, and the phase that a mark is in, or NULL. */
json_t *lab_log_line_json(const struct lab_log_line *line);
const struct lab_phase *lab_log_phase_of(const struct lab_scenario *scenario,
					 const struct lab_log_mark *mark);

/*
 * What of a log goes into the results: null for none, else an object with the
 * number of lines and the findings, each with its class.
 */
json_t *lab_log_json(const struct lab_log *log,
		     const struct lab_scenario *scenario);

/* Adds the verdicts "log" and "reports"; cells are those of the results. */
void lab_log_judge(json_t *verdicts, const struct lab_log *log,
		   const json_t *found, const json_t *cells);

#endif /* LAB_LOG_H */
