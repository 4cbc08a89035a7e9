// SPDX-License-Identifier: GPL-2.0-only
/* log/report_lines.c - see log/report_lines.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report_lines.h"

#define DIGITS "0123456789"

const char *const lab_zone_names[] = { "DMA32",	  "DMA",    "Normal", "HighMem",
				       "Movable", "Device", NULL };

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

const char *lab_line_place(const char *text, int *node, const char **name)
{
	const char *const *zone;

	*node = -1;
	if (!strncmp(text, "Node ", 5) && isdigit((unsigned char)text[5])) {
		char *end;

		*node = (int)strtoul(text + 5, &end, 10);
		text = end + strspn(end, " ");
	}
	for (zone = lab_zone_names; *zone; zone++) {
		const size_t n = strlen(*zone);

		if (!strncmp(text, *zone, n) && !is_word(text[n])) {
			*name = *zone;
			return text + n;
		}
	}
	return NULL;
}

/*
 * A node and zone ("Node 0 DMA32") that are followed by @next; NULL when there
 * are none.
 */
static const char *find_place(const char *text, const char *next)
{
	const char *at = text, *name;
	int node;

	while ((at = strpbrk(at, "NDHM"))) {
		const char *end = NULL;

		if (at == text || !is_word(at[-1]))
			end = lab_line_place(at, &node, &name);
		if (end && !strncmp(end, next, strlen(next)))
			return at;
		at++;
	}
	return NULL;
}

static const char *find_zone(const char *text)
{
	const char *at = strstr(text, " free:");

	return at && isdigit((unsigned char)at[6]) ?
		       find_place(text, " free:") :
		       NULL;
}

/*
 * "12*4kB"; NULL when there is none. Markdown, where it takes asterisks for
 * emphasis, leaves "12_4kB".
 */
static const char *find_block(const char *text)
{
	const char *star = text;

	while ((star = strpbrk(star, "*_"))) {
		const size_t n = strspn(star + 1, DIGITS);

		if (star > text && isdigit((unsigned char)star[-1]) && n &&
		    !strncmp(star + 1 + n, "kB", 2)) {
			while (star > text && isdigit((unsigned char)star[-1]))
				star--;
			return star;
		}
		star++;
	}
	return NULL;
}

static const char *find_blocks(const char *text)
{
	const char *at = strstr(text, ": empty") ? find_place(text, ": empty") :
						   NULL;

	if (at)
		return at;
	at = find_place(text, ":");
	if (!at)
		return NULL;
	/*
	 * The list, or "DMA: " alone, of a log in which each part of a line is
	 * a line.
	 */
	if (find_block(at) ||
	    !*(strchr(at, ':') + 1 + strspn(strchr(at, ':') + 1, " ")))
		return at;
	return NULL;
}

static const char *find_piece(const char *text)
{
	const char *at = find_block(text);

	if (at == text)
		return at;
	if (text[0] == '(' && isupper((unsigned char)text[1])) {
		const size_t n = strspn(text + 1, "UMERHCI");

		if (n && text[1 + n] == ')')
			return text;
	}
	if (!strncmp(text, "= ", 2) && isdigit((unsigned char)text[2]) &&
	    strstr(text, "kB"))
		return text;
	return NULL;
}

/* A field of a mail's header, which begins a line. */
static bool is_mail_field(const char *text)
{
	static const char *const fields[] = {
		"Subject: ",
		"From: ",
		"To: ",
		"Cc: ",
		"CC: ",
		"Date: ",
		"Message-ID: ",
		"Message-Id: ",
		"In-Reply-To: ",
		"References: ",
		"Reply-To: ",
		"Received: ",
		"MIME-Version: ",
		"Content-",
		"Return-Path: ",
		"List-",
		"X-",
		"Precedence: ",
		"Sender: ",
		"User-Agent: ",
		"DKIM-",
		"Authentication-",
		"Delivered-To: ",
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strncmp(text, fields[i], strlen(fields[i])))
			return strstr(text, ": ");
	return false;
}

/*
 * A title or a sentence that mentions a page allocation failure is no head: it
 * has no order. The subject of a mail may have one.
 */
static const char *find_head(const char *text)
{
	const char *at = strstr(text, "page allocation failure");

	if (!at)
		at = strstr(text, "page allocation stalls for ");
	if (!at || !strstr(at, "order") || is_mail_field(text) ||
	    !strncmp(text, "Re: ", 4) || !strncmp(text, "Fwd: ", 5) ||
	    !strncmp(text, "# ", 2) || !strncmp(text, "Title:", 6))
		return NULL;
	return at;
}

static const char *find_vmalloc(const char *text)
{
	const char *at = strstr(text, "vmalloc: allocation failure");

	if (!at)
		at = strstr(text, "vmalloc error: size ");
	if (at)
		return at;
	at = strstr(text, "vmalloc size ");
	return at && strstr(at, "allocation failure") ? at : NULL;
}

static const char *find_oom(const char *text)
{
	return strstr(text, "invoked oom-killer");
}

static const char *find_memcg(const char *text)
{
	const char *at = strstr(text, "Memory cgroup out of memory");

	if (!at)
		at = strstr(text, "Memory cgroup stats for");
	if (!at)
		at = strstr(text, " killed as a result of limit of");
	if (!at && !strncmp(text, "memory: usage ", 14))
		at = text;
	if (at)
		return at;
	at = strstr(text, "oom-kill:");
	return at ? strstr(at, "CONSTRAINT_MEMCG") : NULL;
}

static const char *find_slub(const char *text)
{
	const char *at = strstr(text, "Unable to allocate memory on ");

	if (at && at - text >= 6 &&
	    (!strncmp(at - 6, "SLUB: ", 6) || !strncmp(at - 6, "SLAB: ", 6) ||
	     !strncmp(at - 6, "slab: ", 6)))
		return at - 6;
	return NULL;
}

static const char *find_vmap(const char *text)
{
	return strstr(text, "vmap allocation for size ");
}

static const char *find_swiotlb(const char *text)
{
	const char *at = strstr(text, "swiotlb buffer is full");

	return at ? at : strstr(text, "Out of SW-IOMMU space");
}

static const char *find_dma_pool(const char *text)
{
	const char *at = strstr(text, "atomic DMA coherent pool is too small");

	if (!at)
		at = strstr(text, "Failed to get suitable pool for ");
	if (!at)
		at = strstr(text, "coherent pool size");
	return at;
}

static const char *find_cma(const char *text)
{
	const char *at = strstr(text, "cma_alloc");

	if (at && strstr(at, "alloc failed"))
		return at;
	return NULL;
}

static const char *find_percpu(const char *text)
{
	const char *at = strstr(text, "percpu: allocation failed");

	return at ? at : strstr(text, "PERCPU: allocation failed");
}

static const char *find_suppressed(const char *text)
{
	const char *at = strstr(text, "callbacks suppressed");

	return at ? at : strstr(text, "messages suppressed");
}

static const char *find_version(const char *text)
{
	const char *at = strstr(text, "Linux version ");

	return at && isdigit((unsigned char)at[14]) ? at : NULL;
}

static const char *find_comm(const char *text)
{
	const char *at = strstr(text, " Comm: ");
	const char *start;

	if (at) {
		start = strstr(text, "CPU: ");
		if (!start || start > at)
			start = strstr(text, "PID: ");
		return start && start < at ? start : at + 1;
	}
	at = strstr(text, ", comm: ");
	if (!at)
		return NULL;
	start = strstr(text, "Pid: ");
	return start && start < at ? start : NULL;
}

static const char *find_hardware(const char *text)
{
	return strncmp(text, "Hardware name:", 14) != 0 ? NULL : text;
}

static const char *find_workqueue(const char *text)
{
	return strncmp(text, "Workqueue: ", 11) != 0 ? NULL : text;
}

static const char *find_meminfo(const char *text)
{
	const char *at = strstr(text, "Mem-Info:");

	if (!at)
		at = strstr(text, "Mem-info:");
	return at;
}

static const char *find_reserve(const char *text)
{
	const char *at = strstr(text, "lowmem_reserve[]:");

	return at ? at : strstr(text, "protections[]:");
}

static const char *find_cache(const char *text)
{
	const char *at = strstr(text, "cache: ");

	return at && (strstr(at, "object size:") || strstr(at, "order:")) ?
		       at :
		       NULL;
}

/* "+0x1/0x2" behind an identifier, or an identifier and "(file.c:12". */
const char *lab_line_function(const char *text, size_t *n, const char **end)
{
	const char *at = text, *start;

	while ((at = strstr(at, "+0x"))) {
		size_t hex = strspn(at + 3, "0123456789abcdef");

		if (at > text && is_word(at[-1]) && hex &&
		    !strncmp(at + 3 + hex, "/0x", 3)) {
			for (start = at; start > text && is_word(start[-1]);)
				start--;
			hex += 3 + strspn(at + 6 + hex, "0123456789abcdef");
			*n = at - start;
			*end = at + 3 + hex;
			return start;
		}
		at += 3;
	}
	start = text + strspn(text, " ?\t");
	for (*n = 0; is_word(start[*n]);)
		(*n)++;
	if (*n >= 3 && !strncmp(start + *n, " (", 2)) {
		const char *colon = strstr(start + *n, ".c:");

		if (!colon)
			colon = strstr(start + *n, ".h:");
		if (!colon)
			colon = strstr(start + *n, ".S:");
		if (colon && isdigit((unsigned char)colon[3]) &&
		    !memchr(start + *n + 2, ' ', colon - start - *n - 2)) {
			*end = strchr(colon, ')');
			*end = *end ? *end + 1 : colon + strlen(colon);
			return start;
		}
	}
	return NULL;
}

static const char *find_frame(const char *text)
{
	static const char *const marks[] = {
		"<IRQ>",	   "</IRQ>",	     "<EOI>",
		"<TASK>",	   "</TASK>",	     "<NMI>",
		"</NMI>",	   "<<EOE>>",	     "--- interrupt:",
		"---- interrupt:", "--- Exception:", "Exception stack("
	};
	const char *end;
	size_t i, n;

	if (lab_line_function(text, &n, &end))
		return text;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(text, marks[i]))
			return text;
	return NULL;
}

/*
 * Counts of the machine are pages; with "kB" they are of the wrapped line of a
 * zone.
 */
static bool counts_pages(const char *text)
{
	const size_t n = strspn(text, DIGITS);

	return n && text[n] != 'k';
}

static const char *find_counts(const char *text)
{
	static const char *const starts[] = {
		"active_anon:",
		"active_file:",
		"unevictable:",
		"slab_reclaimable:",
		"mapped:",
		"free:",
		"free_cma:",
		"free_pcp:",
		"active:",
		"sec_pagetables:",
		"kernel_misc_reclaimable:",
	};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(text, starts[i], strlen(starts[i])) &&
		    counts_pages(text + strlen(starts[i])))
			return text;
	return NULL;
}

static const char *find_node_counts(const char *text)
{
	if (strncmp(text, "Node ", 5) != 0 || !isdigit((unsigned char)text[5]))
		return NULL;
	return strstr(text, "active_anon:") || strstr(text, "hugepages_") ?
		       text :
		       NULL;
}

static const char *find_lone_place(const char *text)
{
	size_t n;

	if (strncmp(text, "Node ", 5) != 0)
		return NULL;
	n = 5 + strspn(text + 5, DIGITS);
	return n > 5 && !text[n + strspn(text + n, " ")] ? text : NULL;
}

static const char *find_mode(const char *text)
{
	const char *at = strstr(text, "mode:0x");

	return at && at - text < 4 ? at : NULL;
}

static const char *find_number(const char *text)
{
	const size_t n = strspn(text, DIGITS);

	return n && n < 12 && !text[n + strspn(text + n, " ")] ? text : NULL;
}

static const char *find_trace(const char *text)
{
	const char *at = strstr(text, "Call Trace:");

	if (!at)
		at = strstr(text, "Call trace:");
	return at ? at : strncmp(text, "Backtrace:", 10) == 0 ? text : NULL;
}

static const char *find_other(const char *text)
{
	static const char *const starts[] = {
		"CPU ",
		"cpu ",
		"Stack :",
		"Stack:",
		"Code:",
		"RIP:",
		"RSP:",
		"RAX:",
		"RDX:",
		"RBP:",
		"R10:",
		"R13:",
		"EIP:",
		"EAX:",
		"pc :",
		"lr :",
		"sp :",
		"pstate:",
		"IRQMASK:",
		"GPR",
		"LR ",
		"NIP ",
		"---[",
		"Free swap",
		"Total swap",
		"Swap cache",
		"Free pages:",
		"SLUB:",
		"node ",
		"hugepages",
		"Tasks state",
		"Out of memory",
		"Killed process",
		"oom-kill:",
		"[ pid ]",
		"HighMem:",
		"Active:",
		"Unreclaimable slab",
		"Exception stack",
		"...",
		"```",
		"last sysfs file",
		"Modules linked",
		"exception RIP",
		"Sending NMI",
		"Krnl ",
		"Last Breaking",
	};
	static const char *const within[] = {
		" per-cpu:",	      " pages RAM",	 " pages HighMem",
		" pages reserved",    " pages cma ",	 " pages hwpoisoned",
		" pagecache pages",   " pages in swap",	 " pages shared",
		" pages non-shared",  " pages slab",	 " cpuset=",
		" pages of ",	      " reserved pages", " free pages",
		" pages swap cached", " pages of RAM",	 " cache pages",
	};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(text, starts[i], strlen(starts[i])))
			return text;
	for (i = 0; i < sizeof(within) / sizeof(within[0]); i++)
		if (strstr(text, within[i]))
			return text;
	return NULL;
}

/* Whether nothing follows, or only the name of a module: " [e1000e]". */
static bool ends_frame(const char *text)
{
	text += strspn(text, " ()");
	if (*text == '[') {
		text++;
		while (is_word(*text) || *text == '-')
			text++;
		text += *text == ']';
		text += strspn(text, " ");
	}
	return !*text;
}

/*
 * An identifier that is alone on its line: a frame in an excerpt that somebody
 * made.
 */
static const char *find_bare_frame(const char *text)
{
	size_t n = 0;
	bool underscore = false;

	text += strspn(text, " ?");
	for (; is_word(text[n]); n++)
		underscore |= text[n] == '_';
	return underscore && n >= 4 && ends_frame(text + n) &&
			       !isdigit((unsigned char)text[0]) ?
		       text :
		       NULL;
}

/* In the order in which they are tried. */
static const char *(*const finders[LAB_LINE_FORMS])(const char *text) = {
	[LAB_LINE_HEAD] = find_head,
	[LAB_LINE_VMALLOC] = find_vmalloc,
	[LAB_LINE_OOM] = find_oom,
	[LAB_LINE_MEMCG] = find_memcg,
	[LAB_LINE_SLUB] = find_slub,
	[LAB_LINE_VMAP] = find_vmap,
	[LAB_LINE_SWIOTLB] = find_swiotlb,
	[LAB_LINE_DMA_POOL] = find_dma_pool,
	[LAB_LINE_CMA] = find_cma,
	[LAB_LINE_PERCPU] = find_percpu,
	[LAB_LINE_SUPPRESSED] = find_suppressed,
	[LAB_LINE_VERSION] = find_version,
	[LAB_LINE_COMM] = find_comm,
	[LAB_LINE_HARDWARE] = find_hardware,
	[LAB_LINE_WORKQUEUE] = find_workqueue,
	[LAB_LINE_MEMINFO] = find_meminfo,
	[LAB_LINE_ZONE] = find_zone,
	[LAB_LINE_RESERVE] = find_reserve,
	[LAB_LINE_BLOCKS] = find_blocks,
	[LAB_LINE_CACHE] = find_cache,
	[LAB_LINE_FRAME] = find_frame,
	[LAB_LINE_COUNTS] = find_counts,
	[LAB_LINE_NODE_COUNTS] = find_node_counts,
	[LAB_LINE_PLACE] = find_lone_place,
	[LAB_LINE_MODE] = find_mode,
	[LAB_LINE_BLOCK] = find_piece,
	[LAB_LINE_NUMBER] = find_number,
	[LAB_LINE_TRACE] = find_trace,
	[LAB_LINE_OTHER] = find_other,
	[LAB_LINE_BARE_FRAME] = find_bare_frame,
};

enum lab_line_form lab_line_form_of(const char *text, const char **at)
{
	unsigned int form;

	for (form = 0; form < LAB_LINE_FORMS; form++) {
		*at = finders[form](text);
		if (*at)
			return form;
	}
	return LAB_LINE_FORMS;
}

/* "[<c0013e1c>] ", "[c00000000ffefa20] ": of a frame, whose words may follow. */
static bool begins_with_address(const char *text)
{
	size_t n;

	if (text[0] != '[')
		return false;
	text += 1 + (text[1] == '<');
	n = strspn(text, "0123456789abcdef");
	return n >= 8 && (text[n] == ']' || text[n] == '>');
}

/*
 * Forms that parts of a wrapped line can have too: a mode, a block, a number.
 * The first part of a head that is wrapped within "page allocation failure" is
 * the start of a line although it has no form.
 */
bool lab_line_starts(const char *text)
{
	const char *at;
	const enum lab_line_form form = lab_line_form_of(text, &at);
	const char *half = strstr(text, ": page");
	const char *head = strstr(text, ": page allocation failure");

	if (form == LAB_LINE_MODE || form == LAB_LINE_BLOCK ||
	    form == LAB_LINE_NUMBER)
		return false;
	if (begins_with_address(text) || is_mail_field(text))
		return true;
	if (head && !head[25 + strspn(head + 25, ":., ")])
		return true;
	if (half && half > text &&
	    (!half[6] || !strcmp(half + 6, " allocation")))
		return true;
	return form != LAB_LINE_FORMS;
}
