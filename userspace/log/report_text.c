// SPDX-License-Identifier: GPL-2.0-only
/* log/report_text.c - see log/report_text.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_version.h"
#include "lib/alloc.h"
#include "report_lines.h"
#include "report_text.h"

#define OPEN 16
#define PATIENCE 400 /* lines without anything of a report */
#define DIGITS "0123456789"

struct open_report {
	struct lab_kernel_report report;
	bool comm_said, trace_said, numbers_said, tail_said;
	bool partial; /* the list of a zone is being added to, part by part */
	unsigned int idle; /* lines since the last of it */
	unsigned int after; /* lines since its numbers ended */
};

struct lab_report_text {
	lab_report_found found;
	void *data;
	struct open_report *open[OPEN]; /* the last one is the newest */
	unsigned int nopen;
	char release[96]; /* of "Linux version" */
	struct lab_version version;
	uint64_t suppressed, suppressed_now;
	char piece[64]; /* "swapper/3: " of a head that is broken up */
	int piece_node; /* "Node 0 " of a zone that is; -1 */
	const struct lab_kernel_line *line;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void lab_kernel_report_init(struct lab_kernel_report *report)
{
	*report = (struct lab_kernel_report){
		.order = LAB_UNSAID,
		.bytes = LAB_UNSAID,
		.cpu = LAB_UNSAID,
		.pid = LAB_UNSAID,
		.free_pages = LAB_UNSAID,
		.pcp_pages = LAB_UNSAID,
		.cma_pages = LAB_UNSAID,
		.slab = { .object = LAB_UNSAID,
			  .buffer = LAB_UNSAID,
			  .default_order = LAB_UNSAID,
			  .min_order = LAB_UNSAID,
			  .node = LAB_UNSAID },
	};
}

struct lab_report_text *lab_report_text_new(lab_report_found found, void *data)
{
	struct lab_report_text *text = xcheck(calloc(1, sizeof(*text)));

	text->found = found;
	text->data = data;
	text->piece_node = -1;
	return text;
}

/*
 * A number, which must be whole: where the line is cut at its end, more digits
 * may be missing.
 */
static bool number_at(const struct lab_report_text *text, const char *at,
		      int64_t *number)
{
	const size_t n = strspn(at, DIGITS);

	if (!n || n > 18 || (!at[n] && text->line->cut))
		return false;
	*number = strtoll(at, NULL, 10);
	return true;
}

/* The number behind a key that begins a word: "free:12kB", "free: 12kB". */
static int64_t keyed(const struct lab_report_text *text, const char *line,
		     const char *key, const char *unit)
{
	const size_t length = strlen(key);
	const char *at = line;
	int64_t number;

	while ((at = strstr(at, key))) {
		const char *value = at + length;
		const bool begins = at == line || strchr(" ,(", at[-1]);

		at++;
		if (!begins || *value != ':')
			continue;
		value += 1 + strspn(value + 1, " ");
		if (!number_at(text, value, &number))
			continue;
		value += strspn(value, DIGITS);
		if (!*unit || !strncasecmp(value, unit, strlen(unit)))
			return number;
	}
	return LAB_UNSAID;
}

static bool mixes(const struct lab_kernel_report *report)
{
	return report->flaws & LAB_FLAW_MIXED;
}

static bool wants(const struct open_report *open, const char *caller)
{
	return !*caller || !*open->report.caller ||
	       !strcmp(open->report.caller, caller);
}

/* The report that a line belongs to: the newest one of its caller. */
static struct open_report *current(struct lab_report_text *text)
{
	unsigned int i = text->nopen;

	while (i--)
		if (wants(text->open[i], text->line->caller))
			return text->open[i];
	return NULL;
}

static void note_flaws(struct open_report *open)
{
	struct lab_kernel_report *report = &open->report;
	unsigned int i, blocks = 0, lines = 0;

	for (i = 0; i < report->zones; i++) {
		const struct lab_report_zone *zone = &report->zone[i];

		blocks += zone->orders > 0;
		lines += zone->line > 0;
		if (zone->orders && !zone->blocks_whole)
			report->flaws |= LAB_FLAW_SUM;
	}
	if (!report->frames)
		report->flaws |= LAB_FLAW_NO_TRACE;
	if (!lines)
		report->flaws |= LAB_FLAW_NO_ZONES;
	if (!blocks)
		report->flaws |= LAB_FLAW_NO_BLOCKS;
	/* Lists of blocks come behind the lines of all the zones. */
	if (lines && !open->tail_said)
		report->flaws |= LAB_FLAW_ZONES;
	if (!report->version.major)
		report->flaws |= LAB_FLAW_NO_VERSION;
}

static void sum_blocks(struct lab_report_zone *zone)
{
	int64_t sum = 0;
	unsigned int i;

	for (i = 0; i < zone->orders; i++)
		sum += zone->blocks[i] * (zone->block_kib << i);
	zone->blocks_whole = zone->orders && zone->blocks_total == sum;
}

/*
 * A report without a head is reported only with numbers of zones, or with a
 * trace that goes through the page allocator's report.
 */
static bool is_worth(const struct lab_kernel_report *report)
{
	unsigned int i;

	if (report->kind != LAB_REPORT_HEADLESS)
		return true;
	for (i = 0; i < report->zones; i++)
		if (report->zone[i].line)
			return true;
	for (i = 0; i < report->frames && i < 8; i++)
		if (!strncmp(report->frame[i].function, "warn_alloc", 10))
			return true;
	return false;
}

static void end_report(struct lab_report_text *text, unsigned int which)
{
	struct open_report *open = text->open[which];
	unsigned int i;

	memmove(&text->open[which], &text->open[which + 1],
		(text->nopen - which - 1) * sizeof(text->open[0]));
	text->nopen--;
	for (i = 0; i < open->report.zones; i++)
		sum_blocks(&open->report.zone[i]);
	if (!open->report.version.major && text->version.major) {
		open->report.version = text->version;
		snprintf(open->report.release, sizeof(open->report.release),
			 "%s", text->release);
	}
	if (is_worth(&open->report)) {
		note_flaws(open);
		text->found(text->data, &open->report);
	}
	free(open);
}

static struct open_report *begin_report(struct lab_report_text *text,
					enum lab_report_kind kind)
{
	struct open_report *open = xcheck(calloc(1, sizeof(*open)));
	struct lab_kernel_report *report = &open->report;

	lab_kernel_report_init(report);
	report->kind = kind;
	report->first = text->line->number;
	report->last = report->first;
	snprintf(report->stamp, sizeof(report->stamp), "%s", text->line->stamp);
	snprintf(report->caller, sizeof(report->caller), "%s",
		 text->line->caller);
	report->suppressed = text->suppressed_now;
	text->suppressed_now = 0;
	if (text->nopen == OPEN)
		end_report(text, 0);
	text->open[text->nopen++] = open;
	return open;
}

/*
 * What is open when a head comes: of the same caller it has ended, unless its
 * own "Comm:" line is still to come: then the two are mixed, and true is
 * returned.
 */
static bool make_way(struct lab_report_text *text)
{
	unsigned int i = text->nopen;
	bool mixed = false;

	while (i--) {
		struct open_report *open = text->open[i];
		const bool same = *text->line->caller && *open->report.caller;

		if (!wants(open, text->line->caller))
			continue;
		if (!same && !open->comm_said && open->idle < 8 &&
		    !open->report.frames &&
		    open->report.kind == LAB_REPORT_PAGE) {
			open->report.flaws |= LAB_FLAW_MIXED;
			mixed = true;
			continue;
		}
		end_report(text, i);
	}
	return mixed;
}

static bool any_mixed(const struct lab_report_text *text)
{
	unsigned int i;

	for (i = 0; i < text->nopen; i++)
		if (mixes(&text->open[i]->report))
			return true;
	return false;
}

static void copy_comm(char *to, const char *from, size_t n)
{
	while (n && from[n - 1] == ' ')
		n--;
	while (n && *from == ' ') {
		from++;
		n--;
	}
	if (n >= LAB_REPORT_COMM)
		n = LAB_REPORT_COMM - 1;
	snprintf(to, LAB_REPORT_COMM, "%.*s", (int)n, from);
}

/* "GFP_ATOMIC|__GFP_COMP", wrapped or not; false when it does not end. */
static bool parse_words(struct lab_kernel_report *report, const char *at)
{
	const char *close = strchr(at, ')');
	size_t n = 0;

	if (!close)
		return false;
	for (at++; at < close && n + 1 < sizeof(report->words); at++)
		if (*at != ' ')
			report->words[n++] = *at;
	report->words[n] = 0;
	return true;
}

/* "0-1,3" behind a key; nothing where it may be cut. */
static void parse_nodes(const char *line, const char *key, char nodes[40])
{
	const char *at = strstr(line, key);
	size_t n;

	if (!at)
		return;
	at += strlen(key);
	n = strspn(at, "0123456789-,");
	if (n && at[n] && at[n - 1] == ',')
		n--;
	if (n && n < 40 && isdigit((unsigned char)at[n - 1]))
		snprintf(nodes, 40, "%.*s", (int)n, at);
}

static void parse_mode(struct lab_report_text *text,
		       struct lab_kernel_report *report, const char *at,
		       const char *key)
{
	const char *mode = strstr(at, key), *open;
	size_t digits;

	if (!mode || report->has_mode)
		return;
	mode += strlen(key);
	digits = strspn(mode, "0123456789abcdef");
	if (!digits || digits > 16 || (!mode[digits] && text->line->cut)) {
		report->flaws |= LAB_FLAW_MODE;
		return;
	}
	report->has_mode = true;
	report->mode = strtoull(mode, NULL, 16);
	open = mode + digits + strspn(mode + digits, " ");
	if (*open == '(' && !parse_words(report, open))
		report->flaws |= LAB_FLAW_MODE;
	if (strstr(open, "nodemask=(null)"))
		snprintf(report->nodemask, sizeof(report->nodemask), "(null)");
	parse_nodes(open, "nodemask=", report->nodemask);
	parse_nodes(open, ",mems_allowed=", report->mems_allowed);
	report->cpuset_printed |= !!strstr(open, ",cpuset=");
}

static void parse_order(struct lab_report_text *text,
			struct lab_kernel_report *report, const char *at,
			char after)
{
	const char *order = strstr(at, "order");
	int64_t number;

	if (!order)
		return;
	order += 5;
	order += strspn(order, " ");
	if (*order != ':' && *order != '=' && !isdigit((unsigned char)*order))
		return;
	if (*order == ':' || *order == '=')
		order++;
	order += strspn(order, " ");
	if (!number_at(text, order, &number) || number > 32)
		return;
	(void)after;
	report->order = number;
}

/* Up to 4.10 vmalloc() says how much in a line of its own before the head. */
static struct open_report *vmalloc_said(struct lab_report_text *text)
{
	struct open_report *open = current(text);

	return open && open->report.kind == LAB_REPORT_VMALLOC &&
			       !open->report.has_mode && open->idle <= 2 &&
			       !open->report.frames ?
		       open :
		       NULL;
}

/* In a sentence, what is quoted begins with a mark. */
static const char *const quotes[] = { "\"", "`", "\xe2\x80\x9c",
				      "\xe2\x80\x98" };

static bool is_of_a_sentence(const char *comm)
{
	size_t i;

	for (i = 0; i < COUNT(quotes); i++)
		if (strstr(comm, quotes[i]))
			return true;
	return false;
}

/*
 * A head alone, and then that of a log: a title or a sentence mentioned the
 * report that begins here.
 */
static void drop_mention(struct lab_report_text *text, const char *comm)
{
	struct open_report *open = text->nopen ? text->open[text->nopen - 1] :
						 NULL;

	if (!open || open->report.kind != LAB_REPORT_PAGE || open->comm_said ||
	    open->trace_said || open->numbers_said || open->report.frames ||
	    open->report.zones || *open->report.stamp)
		return;
	if (!*text->line->stamp && !is_of_a_sentence(open->report.comm) &&
	    strcmp(open->report.comm, comm) != 0)
		return;
	text->suppressed_now += open->report.suppressed;
	text->nopen--;
	free(open);
}

/* The task that stands before the words of a head, or in the line before. */
static void comm_before(const struct lab_report_text *text, const char *at,
			char comm[LAB_REPORT_COMM])
{
	static const char name[] = "kernel: ";
	const char *line = text->line->text;
	const char *kernel = strstr(line, name);
	size_t n;

	if (kernel && kernel < at)
		line = kernel + strlen(name);
	n = at - line;
	while (n && (line[n - 1] == ' ' || line[n - 1] == ':'))
		n--;
	if (n > LAB_REPORT_COMM - 1)
		copy_comm(comm, line + n - (LAB_REPORT_COMM - 1),
			  LAB_REPORT_COMM - 1);
	else if (n)
		copy_comm(comm, line, n);
	else
		copy_comm(comm, text->piece, strlen(text->piece));
}

static void parse_head(struct lab_report_text *text, const char *at)
{
	char comm[LAB_REPORT_COMM];
	struct open_report *open;

	comm_before(text, at, comm);
	drop_mention(text, comm);
	open = vmalloc_said(text);
	if (!open) {
		const bool mixed = make_way(text);

		open = begin_report(text, strstr(at, "stalls for") ?
						  LAB_REPORT_STALL :
						  LAB_REPORT_PAGE);
		if (mixed)
			open->report.flaws |= LAB_FLAW_MIXED;
	}
	snprintf(open->report.comm, sizeof(open->report.comm), "%s", comm);
	open->report.failure_dot = !strncmp(at, "page allocation failure.", 24);
	parse_order(text, &open->report, at, ',');
	parse_mode(text, &open->report, at, "mode:0x");
}

static void parse_vmalloc(struct lab_report_text *text, const char *at)
{
	const char *line = text->line->text;
	struct open_report *open;
	const char *size = strstr(at, "size ");
	size_t n = at - line;

	make_way(text);
	open = begin_report(text, LAB_REPORT_VMALLOC);
	while (n && (line[n - 1] == ' ' || line[n - 1] == ':'))
		n--;
	copy_comm(open->report.comm, line, n);
	if (!size)
		size = strstr(at, "failure: ") ? strstr(at, "failure: ") + 4 :
						 NULL;
	if (size)
		number_at(text, size + 5, &open->report.bytes);
	parse_order(text, &open->report, at, ',');
	parse_mode(text, &open->report, at, "mode:0x");
	snprintf(open->report.head, sizeof(open->report.head), "%s", line);
}

static void parse_oom(struct lab_report_text *text, const char *at)
{
	const char *line = text->line->text;
	struct open_report *open;

	make_way(text);
	open = begin_report(text, LAB_REPORT_OOM);
	copy_comm(open->report.comm, line, at - line);
	parse_order(text, &open->report, at, ',');
	parse_mode(text, &open->report, at, "gfp_mask=0x");
}

static void parse_memcg(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);

	(void)at;
	if (open && open->report.kind == LAB_REPORT_OOM)
		open->report.memcg = true;
}

static void parse_slub(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);
	const char *node = strstr(at, "on node ");
	struct lab_kernel_report *report;
	int64_t number;

	if (!open ||
	    (open->report.kind != LAB_REPORT_PAGE &&
	     open->report.kind != LAB_REPORT_HEADLESS) ||
	    open->report.slab.line) {
		make_way(text);
		open = begin_report(text, !strncmp(at, "SLUB", 4) ?
						  LAB_REPORT_SLUB :
						  LAB_REPORT_SLAB);
		parse_mode(text, &open->report, at, "gfp=0x");
		snprintf(open->report.head, sizeof(open->report.head), "%s",
			 at);
	}
	report = &open->report;
	report->slab.line = text->line->number;
	if (!node)
		return;
	if (node[8] == '-')
		report->slab.node = -1;
	else if (number_at(text, node + 8, &number))
		report->slab.node = number;
}

static void parse_cache(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);
	struct lab_report_slab *slab;
	size_t n = strcspn(at + 7, ",");

	if (!open)
		return;
	slab = &open->report.slab;
	snprintf(slab->cache, sizeof(slab->cache), "%.*s", (int)n, at + 7);
	slab->object = keyed(text, at, "object size", "");
	slab->buffer = keyed(text, at, "buffer size", "");
	slab->default_order = keyed(text, at, "default order", "");
	slab->min_order = keyed(text, at, "min order", "");
	if (slab->min_order == LAB_UNSAID)
		slab->min_order = keyed(text, at, "order", "");
}

/* Kinds that are one line. */
static void parse_single(struct lab_report_text *text, const char *at,
			 enum lab_report_kind kind)
{
	struct open_report *open;
	const char *size = strstr(at, "size");

	make_way(text);
	open = begin_report(text, kind);
	snprintf(open->report.head, sizeof(open->report.head), "%s", at);
	if (size && kind != LAB_REPORT_CMA) {
		size += strcspn(size, DIGITS);
		if (*size)
			number_at(text, size, &open->report.bytes);
	}
}

static void parse_suppressed(struct lab_report_text *text, const char *at)
{
	const char *line = text->line->text;
	int64_t number;

	while (at > line && (at[-1] == ' ' || isdigit((unsigned char)at[-1])))
		at--;
	at += strspn(at, " ");
	if (!strstr(line, "alloc") && !strstr(line, "slab") &&
	    !strstr(line, "__ratelimit"))
		return;
	if (number_at(text, at, &number)) {
		text->suppressed += number;
		text->suppressed_now += number;
	}
}

static void parse_version(struct lab_report_text *text, const char *at)
{
	char release[96];

	snprintf(release, sizeof(release), "%.*s", (int)strcspn(at + 14, " "),
		 at + 14);
	while (text->nopen)
		end_report(text, 0);
	if (lab_version_parse(release, &text->version))
		snprintf(text->release, sizeof(text->release), "%s", release);
}

/* "4.13.6-300.fc27 #1", behind the word on taint. */
static void parse_release(struct lab_report_text *text,
			  struct lab_kernel_report *report, const char *at)
{
	while ((at = strchr(at, ' '))) {
		struct lab_version version;
		size_t n;

		at++;
		n = strcspn(at, " ");
		if (!isdigit((unsigned char)*at) ||
		    !lab_version_parse(at, &version) ||
		    (!at[n] && text->line->cut))
			continue;
		report->version = version;
		snprintf(report->release, sizeof(report->release), "%.*s",
			 (int)n, at);
		return;
	}
}

/*
 * The report that a "Comm:" line belongs to: of several open ones, that with
 * this name.
 */
static struct open_report *report_of_comm(struct lab_report_text *text,
					  const char *comm)
{
	unsigned int i;

	if (any_mixed(text))
		for (i = 0; i < text->nopen; i++)
			if (!text->open[i]->comm_said &&
			    strstr(text->open[i]->report.comm, comm) &&
			    wants(text->open[i], text->line->caller))
				return text->open[i];
	return current(text);
}

static void parse_comm(struct lab_report_text *text, const char *at)
{
	const char *key = strstr(at, "Comm: "), *end, *kdump;
	char comm[LAB_REPORT_COMM];
	struct lab_kernel_report *report;
	struct open_report *open;

	if (!key)
		key = strstr(at, "comm: ");
	key += 6;
	end = strstr(key, " Not tainted");
	if (!end)
		end = strstr(key, " Tainted:");
	/* dump_stack_print_info() with a crash kernel loaded. */
	kdump = strstr(key, " Kdump: loaded");
	copy_comm(comm, key,
		  kdump ? (size_t)(kdump - key) :
		  end	? (size_t)(end - key) :
			  strcspn(key, " "));
	open = report_of_comm(text, comm);
	if (!open || open->comm_said || open->tail_said ||
	    (open->report.kind != LAB_REPORT_HEADLESS && open->idle > 60)) {
		if (open)
			make_way(text);
		open = begin_report(text, LAB_REPORT_HEADLESS);
	}
	report = &open->report;
	open->comm_said = true;
	/*
	 * The name in the head may have another program's output before it:
	 * this one is right.
	 */
	snprintf(report->comm, sizeof(report->comm), "%s", comm);
	report->cpu = keyed(text, at, "CPU", "");
	report->pid = keyed(text, at, "PID", "");
	if (report->pid == LAB_UNSAID)
		report->pid = keyed(text, at, "Pid", "");
	if (end)
		parse_release(text, report, end + 1);
}

static void parse_hardware(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);

	if (open)
		snprintf(open->report.hardware, sizeof(open->report.hardware),
			 "%s", at + 14 + strspn(at + 14, " "));
}

static void parse_workqueue(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);

	if (open)
		snprintf(open->report.workqueue, sizeof(open->report.workqueue),
			 "%s", at + 11);
}

static struct open_report *report_for_numbers(struct lab_report_text *text)
{
	unsigned int i;

	/* Of several open reports, the first that has no numbers yet. */
	if (any_mixed(text))
		for (i = 0; i < text->nopen; i++)
			if (!text->open[i]->tail_said &&
			    wants(text->open[i], text->line->caller))
				return text->open[i];
	return current(text);
}

static struct open_report *open_for_numbers(struct lab_report_text *text)
{
	struct open_report *open = report_for_numbers(text);

	return open ? open : begin_report(text, LAB_REPORT_HEADLESS);
}

static void parse_meminfo(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);

	(void)at;
	if (open && open->numbers_said && !any_mixed(text) &&
	    open->report.zones) {
		make_way(text);
		open = NULL;
	}
	if (!open)
		open = begin_report(text, LAB_REPORT_HEADLESS);
	open->numbers_said = true;
}

static struct lab_report_zone *zone_of(struct open_report *open, int node,
				       const char *name)
{
	struct lab_kernel_report *report = &open->report;
	struct lab_report_zone *zone;
	unsigned int i;

	for (i = 0; i < report->zones; i++)
		if (report->zone[i].node == node &&
		    !strcmp(report->zone[i].name, name))
			return &report->zone[i];
	if (report->zones == LAB_REPORT_ZONES) {
		report->flaws |= LAB_FLAW_LIMIT;
		return NULL;
	}
	zone = &report->zone[report->zones++];
	*zone = (struct lab_report_zone){ .node = node };
	snprintf(zone->name, sizeof(zone->name), "%s", name);
	zone->free = LAB_UNSAID;
	zone->boost = LAB_UNSAID;
	zone->min = LAB_UNSAID;
	zone->low = LAB_UNSAID;
	zone->high = LAB_UNSAID;
	zone->highatomic = LAB_UNSAID;
	zone->highatomic_free = LAB_UNSAID;
	zone->present = LAB_UNSAID;
	zone->managed = LAB_UNSAID;
	zone->cma = LAB_UNSAID;
	zone->pcp = LAB_UNSAID;
	zone->blocks_total = LAB_UNSAID;
	return zone;
}

static int node_here(struct lab_report_text *text, int node)
{
	return node >= 0 ? node : text->piece_node;
}

static void parse_zone(struct lab_report_text *text, const char *at)
{
	struct open_report *open = open_for_numbers(text);
	struct lab_report_zone *zone;
	const char *name, *rest;
	unsigned int i;
	int node;
	static const struct {
		const char *key;
		size_t offset;
	} fields[] = {
#define FIELD(key, name) { key, offsetof(struct lab_report_zone, name) }
		FIELD("free", free),
		FIELD("boost", boost),
		FIELD("min", min),
		FIELD("low", low),
		FIELD("high", high),
		FIELD("reserved_highatomic", highatomic),
		FIELD("free_highatomic", highatomic_free),
		FIELD("present", present),
		FIELD("managed", managed),
		FIELD("free_cma", cma),
		FIELD("free_pcp", pcp),
#undef FIELD
	};

	rest = lab_line_place(at, &node, &name);
	node = node_here(text, node);
	if (open->numbers_said && open->report.zones &&
	    open->report.zone[0].line && open->tail_said) {
		/* It belongs to another report, whose head is missing. */
		make_way(text);
		open = begin_report(text, LAB_REPORT_HEADLESS);
	}
	zone = zone_of(open, node, name);
	open->numbers_said = true;
	if (!zone)
		return;
	if (zone->line) {
		open->report.flaws |= LAB_FLAW_DISAGREE;
		return;
	}
	zone->line = text->line->number;
	for (i = 0; i < COUNT(fields); i++)
		*(int64_t *)((char *)zone + fields[i].offset) =
			keyed(text, rest, fields[i].key, "kB");
	if (text->line->cut)
		open->report.flaws |= LAB_FLAW_CUT;
	text->piece_node = -1;
}

/* The zone of the last line with numbers of a zone. */
static struct lab_report_zone *last_zone(struct open_report *open)
{
	unsigned int i = open ? open->report.zones : 0;

	while (i--)
		if (open->report.zone[i].line)
			return &open->report.zone[i];
	return NULL;
}

static void add_reserves(struct lab_report_text *text,
			 struct lab_report_zone *zone, const char *at)
{
	while (*at && zone->reserves < LAB_REPORT_RESERVES) {
		int64_t number;

		at += strcspn(at, DIGITS);
		if (!*at || !number_at(text, at, &number))
			return;
		zone->reserve[zone->reserves++] = number;
		at += strspn(at, DIGITS);
	}
}

static void parse_reserve(struct lab_report_text *text, const char *at)
{
	struct open_report *open = report_for_numbers(text);
	struct lab_report_zone *zone = last_zone(open);

	if (!zone || zone->reserves)
		return;
	add_reserves(text, zone, strchr(at, ':') + 1);
	open->partial = true;
}

static void parse_number(struct lab_report_text *text, const char *at)
{
	struct open_report *open = report_for_numbers(text);
	struct lab_report_zone *zone = last_zone(open);

	if (zone && open->partial && !zone->orders)
		add_reserves(text, zone, at);
}

static unsigned int letters_at(const char *at)
{
	static const char letters[] = "UMERHCI";
	unsigned int types = 0;

	for (; *at && *at != ')'; at++) {
		const char *letter = strchr(letters, *at);

		if (!letter)
			return 0;
		types |= 1u << (letter - letters);
	}
	return *at ? types : 0;
}

/* "12*4kB (UM) 3*8kB ... = 100kB", or any part of it. */
static void add_blocks(struct lab_report_text *text,
		       struct lab_report_zone *zone, const char *at)
{
	while (*at) {
		const size_t n = strspn(at, DIGITS);
		int64_t number, size;

		if (n && (at[n] == '*' || at[n] == '_')) {
			const size_t m = strspn(at + n + 1, DIGITS);

			if (strncmp(at + n + 1 + m, "kB", 2) != 0 ||
			    !number_at(text, at, &number) ||
			    !number_at(text, at + n + 1, &size) ||
			    zone->orders == LAB_REPORT_ORDERS || size <= 0 ||
			    size > 1 << 30)
				return;
			if (!zone->orders)
				zone->block_kib = size;
			/*
			 * Sizes double from one block to the next; another size
			 * is of another list.
			 */
			if (size != zone->block_kib << zone->orders)
				return;
			zone->blocks[zone->orders] = number;
			zone->types[zone->orders++] = 0;
			at += n + 1 + m + 2;
		} else if (*at == '(' && zone->orders) {
			zone->types[zone->orders - 1] = letters_at(at + 1);
			at += 1 + strcspn(at + 1, ")");
		} else if (*at == '=' && zone->orders) {
			at += 1 + strspn(at + 1, " ");
			if (number_at(text, at, &number) &&
			    !strncmp(at + strspn(at, DIGITS), "kB", 2))
				zone->blocks_total = number;
			return;
		} else {
			at += n ? n : 1;
		}
	}
}

static void parse_blocks(struct lab_report_text *text, const char *at)
{
	struct open_report *open = open_for_numbers(text);
	struct lab_report_zone *zone;
	const char *name, *rest;
	int node;

	rest = lab_line_place(at, &node, &name);
	node = node_here(text, node);
	zone = zone_of(open, node, name);
	open->tail_said = true;
	open->partial = true;
	text->piece_node = -1;
	if (!zone)
		return;
	if (zone->orders) {
		open->report.flaws |= LAB_FLAW_DISAGREE;
		return;
	}
	if (!zone->line && open->report.kind == LAB_REPORT_HEADLESS &&
	    !open->report.frames && !last_zone(open)) {
		/* A list of blocks of a zone that is not in this report. */
		open->report.zones--;
		return;
	}
	add_blocks(text, zone, rest);
	/* Parts of a line that follow belong to the last zone of the array. */
	if (zone != &open->report.zone[open->report.zones - 1])
		return;
}

/* Parts of a list, each a line: the zone whose list has no sum yet. */
static void parse_block(struct lab_report_text *text, const char *at)
{
	struct open_report *open = report_for_numbers(text);
	unsigned int i = open ? open->report.zones : 0;
	struct lab_report_zone *zone = NULL;

	if (!open || !open->partial || !open->tail_said)
		return;
	/* Lists come in the order of the zones: the last one begun. */
	while (i--) {
		if (open->report.zone[i].orders &&
		    open->report.zone[i].blocks_total == LAB_UNSAID) {
			zone = &open->report.zone[i];
			break;
		}
	}
	for (i = 0; !zone && i < open->report.zones; i++)
		if (!open->report.zone[i].orders)
			zone = &open->report.zone[i];
	if (zone)
		add_blocks(text, zone, at);
}

static void add_frame(struct lab_kernel_report *report, const char *function,
		      size_t n, const char *end, bool unsure)
{
	struct lab_report_frame *frame;
	const char *module;

	if (report->frames == LAB_REPORT_FRAMES)
		return;
	frame = &report->frame[report->frames++];
	*frame = (struct lab_report_frame){ .unsure = unsure };
	while (n && *function == '.') {
		function++;
		n--;
	}
	snprintf(frame->function, sizeof(frame->function), "%.*s", (int)n,
		 function);
	if (!end)
		return;
	module = end + strspn(end, " )");
	if (*module == '[' && module[1] != '<' && strchr(module, ']'))
		snprintf(frame->module, sizeof(frame->module), "%.*s",
			 (int)strcspn(module + 1, "] "), module + 1);
}

/* Marks of a trace that say in which context what follows ran. */
static void add_marks(struct lab_kernel_report *report, const char *line)
{
	static const struct {
		const char *words, *mark;
	} marks[] = {
		{ "</IRQ>", "</IRQ>" },
		{ "<EOI>", "</IRQ>" },
		{ "<NMI>", "<NMI>" },
		{ "</NMI>", "</NMI>" },
		{ "<<EOE>>", "</NMI>" },
		{ "<IRQ>", "<IRQ>" },
		{ "<TASK>", "<TASK>" },
		{ "--- interrupt:", "</IRQ>" },
		{ "--- Exception:", "</IRQ>" },
		{ "Exception stack(", "</IRQ>" },
	};
	size_t i;

	for (i = 0; i < COUNT(marks); i++)
		if (strstr(line, marks[i].words)) {
			add_frame(report, marks[i].mark, strlen(marks[i].mark),
				  NULL, false);
			return;
		}
}

static bool is_register(const char *line)
{
	static const char *const starts[] = {
		"RIP:",	 "EIP:", "pc :",  "lr :",  "PC is",
		"LR is", "epc",	 "ra  :", "NIP [", "LR ["
	};
	size_t i;

	for (i = 0; i < COUNT(starts); i++)
		if (!strncmp(line, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static void parse_frame(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);
	const char *function, *end;
	size_t n;

	if (open && open->tail_said && open->report.kind != LAB_REPORT_SLUB)
		return;
	if (!open)
		open = begin_report(text, LAB_REPORT_HEADLESS);
	add_marks(&open->report, at);
	if (is_register(at) || strstr(at, "interrupt:"))
		return;
	/* "(func+0x1/0x2) from [<...>] (caller+0x1/0x2)": the first is it. */
	function = lab_line_function(at, &n, &end);
	if (function)
		add_frame(&open->report, function, n, end,
			  memchr(at, '?', function - at));
	open->trace_said = true;
}

static void parse_bare_frame(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);
	size_t n = strcspn(at, " ()");

	if (open && !open->tail_said && open->idle < 8)
		add_frame(&open->report, at, n, NULL, false);
}

static void parse_counts(struct lab_report_text *text, const char *at)
{
	struct open_report *open = report_for_numbers(text);
	static const struct {
		const char *key;
		size_t offset;
	} fields[] = {
		{ "free", offsetof(struct lab_kernel_report, free_pages) },
		{ "free_pcp", offsetof(struct lab_kernel_report, pcp_pages) },
		{ "free_cma", offsetof(struct lab_kernel_report, cma_pages) },
	};
	size_t i;

	for (i = 0; open && i < COUNT(fields); i++) {
		int64_t *field =
			(int64_t *)((char *)&open->report + fields[i].offset);

		if (*field == LAB_UNSAID)
			*field = keyed(text, at, fields[i].key, "");
	}
}

static void parse_place(struct lab_report_text *text, const char *at)
{
	text->piece_node = (int)strtoul(at + 5, NULL, 10);
}

static void parse_lone_mode(struct lab_report_text *text, const char *at)
{
	struct open_report *open = current(text);

	if (open)
		parse_mode(text, &open->report, at, "mode:0x");
}

/* Lines behind the lists of blocks: all the zones were there before. */
static void parse_other(struct lab_report_text *text, const char *at)
{
	static const char *const tails[] = {
		" pagecache pages", " pages in swap", "Swap cache",
		"Free swap",	    "Total swap",     " pages RAM"
	};
	struct open_report *open = report_for_numbers(text);
	size_t i;

	for (i = 0; open && open->numbers_said && i < COUNT(tails); i++)
		if (strstr(at, tails[i]))
			open->tail_said = true;
}

static void parse_vmap(struct lab_report_text *text, const char *at)
{
	parse_single(text, at, LAB_REPORT_VMAP);
}

static void parse_swiotlb(struct lab_report_text *text, const char *at)
{
	parse_single(text, at, LAB_REPORT_SWIOTLB);
}

static void parse_dma_pool(struct lab_report_text *text, const char *at)
{
	parse_single(text, at, LAB_REPORT_DMA_POOL);
}

static void parse_cma(struct lab_report_text *text, const char *at)
{
	parse_single(text, at, LAB_REPORT_CMA);
}

static void parse_percpu(struct lab_report_text *text, const char *at)
{
	parse_single(text, at, LAB_REPORT_PERCPU);
}

static void (*const parsers[LAB_LINE_FORMS])(struct lab_report_text *text,
					     const char *at) = {
	[LAB_LINE_HEAD] = parse_head,
	[LAB_LINE_VMALLOC] = parse_vmalloc,
	[LAB_LINE_OOM] = parse_oom,
	[LAB_LINE_MEMCG] = parse_memcg,
	[LAB_LINE_SLUB] = parse_slub,
	[LAB_LINE_VMAP] = parse_vmap,
	[LAB_LINE_SWIOTLB] = parse_swiotlb,
	[LAB_LINE_DMA_POOL] = parse_dma_pool,
	[LAB_LINE_CMA] = parse_cma,
	[LAB_LINE_PERCPU] = parse_percpu,
	[LAB_LINE_SUPPRESSED] = parse_suppressed,
	[LAB_LINE_VERSION] = parse_version,
	[LAB_LINE_COMM] = parse_comm,
	[LAB_LINE_HARDWARE] = parse_hardware,
	[LAB_LINE_WORKQUEUE] = parse_workqueue,
	[LAB_LINE_MEMINFO] = parse_meminfo,
	[LAB_LINE_ZONE] = parse_zone,
	[LAB_LINE_RESERVE] = parse_reserve,
	[LAB_LINE_BLOCKS] = parse_blocks,
	[LAB_LINE_CACHE] = parse_cache,
	[LAB_LINE_FRAME] = parse_frame,
	[LAB_LINE_COUNTS] = parse_counts,
	[LAB_LINE_PLACE] = parse_place,
	[LAB_LINE_MODE] = parse_lone_mode,
	[LAB_LINE_BLOCK] = parse_block,
	[LAB_LINE_NUMBER] = parse_number,
	[LAB_LINE_OTHER] = parse_other,
	[LAB_LINE_BARE_FRAME] = parse_bare_frame,
};

/*
 * What the driver that asked says about its failure, in the lines right behind
 * the report.
 */
static void note_aftermath(struct lab_report_text *text)
{
	static const char *const words[] = {
		"ENOMEM", "failed", "NULL",	 "disabled",	  "cannot",
		"Failed", "drop",   "no memory", "out of memory", "-12"
	};
	struct open_report *open = current(text);
	size_t i;

	if (!open || !open->tail_said || *open->report.aftermath ||
	    open->idle > 2)
		return;
	for (i = 0; i < COUNT(words); i++)
		if (strstr(text->line->text, words[i])) {
			snprintf(open->report.aftermath,
				 sizeof(open->report.aftermath), "%s",
				 text->line->text);
			return;
		}
}

static void note_piece(struct lab_report_text *text)
{
	const char *line = text->line->text;
	const size_t n = strlen(line);

	text->piece[0] = 0;
	if (n > 1 && n < sizeof(text->piece) && line[n - 1] == ':')
		snprintf(text->piece, sizeof(text->piece), "%.*s", (int)n - 1,
			 line);
}

static void age(struct lab_report_text *text)
{
	unsigned int i = text->nopen;

	while (i--) {
		struct open_report *open = text->open[i];

		if (++open->idle > PATIENCE)
			end_report(text, i);
	}
}

static void feed_line(struct lab_report_text *text,
		      const struct lab_kernel_line *line)
{
	struct open_report *open;
	enum lab_line_form form;
	const char *at;

	text->line = line;
	form = lab_line_form_of(line->text, &at);
	age(text);
	if (form == LAB_LINE_FORMS) {
		note_aftermath(text);
		note_piece(text);
		return;
	}
	if (parsers[form])
		parsers[form](text, at);
	open = current(text);
	if (open) {
		open->idle = 0;
		open->report.last = line->number;
		if (line->cut)
			open->report.flaws |= LAB_FLAW_CUT;
	}
}

void lab_report_text_feed(struct lab_report_text *text,
			  const struct lab_kernel_line *lines, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		feed_line(text, &lines[i]);
}

void lab_report_text_flush(struct lab_report_text *text)
{
	while (text->nopen)
		end_report(text, 0);
	text->piece_node = -1;
}

uint64_t lab_report_text_suppressed(const struct lab_report_text *text)
{
	return text->suppressed;
}

void lab_report_text_free(struct lab_report_text *text)
{
	lab_report_text_flush(text);
	free(text);
}
