/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest/kmem_trace.h - atomic requests as the kernel's own trace events tell of
 * them (include/trace/events/kmem.h): by who asked, or by the order of pages.
 *
 * Marks in the trace part it: what lies between marks 1 and 2 was asked for while
 * somebody else counted, what lies between 0 and 3 may have been.
 */
#ifndef LAB_KMEM_TRACE_H
#define LAB_KMEM_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#define TRACEFS "/sys/kernel/tracing/"
#define KMEM_ROWS 256
#define KMEM_WHO 200

struct kmem_row {
	char who[KMEM_WHO]; /* "kmalloc f+0x1/0x2 [m]", "pages 3" */
	uint64_t inner, outer; /* events between the marks */
	uint64_t counted; /* by somebody else */
};

struct kmem_trace {
	struct kmem_row row[KMEM_ROWS];
	size_t rows;
	bool whole; /* no event was overwritten, none found no row */
};

static inline bool kmem_write(const char *file, const char *text)
{
	char path[200];
	bool good;
	FILE *f;

	snprintf(path, sizeof(path), TRACEFS "%s", file);
	f = fopen(path, "we");
	if (!f)
		return false;
	good = fputs(text, f) >= 0;
	return !fclose(f) && good;
}

static const char *const kmem_events[] = { "kmalloc", "kmalloc_node",
					   "kmem_cache_alloc",
					   "kmem_cache_alloc_node",
					   "mm_page_alloc" };

#define KMEM_EVENTS (sizeof(kmem_events) / sizeof(kmem_events[0]))

static inline void kmem_trace_stop(void)
{
	kmem_write("tracing_on", "0");
	kmem_write("events/kmem/enable", "0");
}

/* From now on requests that may not wait are traced. */
static inline bool kmem_trace_start(void)
{
	char file[80];
	bool any = false;
	size_t i;

	mount("tracefs", TRACEFS, "tracefs", 0, NULL);
	kmem_trace_stop();
	kmem_write("buffer_size_kb", "16384");
	kmem_write("trace", "");
	for (i = 0; i < KMEM_EVENTS; i++) {
		snprintf(file, sizeof(file), "events/kmem/%s/filter",
			 kmem_events[i]);
		/* __GFP_DIRECT_RECLAIM: include/linux/gfp_types.h */
		if (!kmem_write(file, "!(gfp_flags & 0x400)"))
			continue;
		snprintf(file, sizeof(file), "events/kmem/%s/enable",
			 kmem_events[i]);
		any |= kmem_write(file, "1");
	}
	return any && kmem_write("tracing_on", "1");
}

static inline void kmem_trace_mark(unsigned int number)
{
	char text[40];

	snprintf(text, sizeof(text), "kmem mark %u", number);
	kmem_write("trace_marker", text);
}

/* The row of somebody, or NULL; made: when there is none yet. */
static inline struct kmem_row *kmem_row(struct kmem_trace *trace,
					const char *who, bool made)
{
	size_t i;

	for (i = 0; i < trace->rows; i++)
		if (!strcmp(trace->row[i].who, who))
			return &trace->row[i];
	if (!made || trace->rows == KMEM_ROWS)
		return NULL;
	snprintf(trace->row[i].who, KMEM_WHO, "%s", who);
	trace->rows++;
	return &trace->row[i];
}

/* "...: kmalloc: call_site=f+0x1/0x2 [m] ptr=..."; false: no such line. */
static inline bool kmem_read_line(const char *line, char *who)
{
	const char *site = strstr(line, ": kmalloc"), *at;
	const char *kind = "kmalloc";
	unsigned int order;

	if (!site) {
		site = strstr(line, ": kmem_cache_alloc");
		kind = "cache";
	}
	if (site) {
		at = strstr(site, "call_site=");
		if (!at)
			return false;
		at += strlen("call_site=");
		snprintf(who, KMEM_WHO, "%s %.*s", kind,
			 (int)(strstr(at, " ptr=") ? strstr(at, " ptr=") - at :
						     (long)strcspn(at, "\n")),
			 at);
		return true;
	}
	site = strstr(line, ": mm_page_alloc: ");
	at = site ? strstr(site, " order=") : NULL;
	if (!at || sscanf(at, " order=%u", &order) != 1)
		return false;
	snprintf(who, KMEM_WHO, "pages %u", order);
	return true;
}

static inline void kmem_trace_read(struct kmem_trace *trace)
{
	unsigned long long kept = 0, written = 1;
	FILE *f = fopen(TRACEFS "trace", "re");
	char line[1024], who[KMEM_WHO];
	struct kmem_row *row;
	const char *mark;
	int passed = -1;

	memset(trace, 0, sizeof(*trace));
	trace->whole = true;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line,
			   "# entries-in-buffer/entries-written: %llu/%llu",
			   &kept, &written) == 2)
			continue;
		mark = strstr(line, "kmem mark ");
		if (mark) {
			passed = mark[strlen("kmem mark ")] - '0';
			continue;
		}
		if (passed < 0 || passed > 2 || !kmem_read_line(line, who))
			continue;
		row = kmem_row(trace, who, true);
		if (!row) {
			trace->whole = false;
			continue;
		}
		row->outer++;
		row->inner += passed == 1;
	}
	if (f)
		fclose(f);
	trace->whole &= passed == 3 && kept == written;
}

#endif /* LAB_KMEM_TRACE_H */
