// SPDX-License-Identifier: GPL-2.0-only
/* log/failure.c - see log/failure.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"

#define LINE 512
#define PAGE_KIB 4
#define HEAD ": page allocation failure: order:"

static void copy_line(const struct lab_log_line *line, char text[LINE])
{
	snprintf(text, LINE, "%.*s", (int)line->length, line->text);
}

/* "swapper/0: page allocation failure: order:0, mode:0x820(GFP_ATOMIC), " */
static bool parse_head(const char *text, struct lab_failure *failure)
{
	const char *what = strstr(text, HEAD);
	const char *mode = strstr(text, ", mode:0x");
	const char *open, *close;

	if (!what || !mode || mode < what)
		return false;
	snprintf(failure->comm, sizeof(failure->comm), "%.*s",
		 (int)(what - text), text);
	failure->order = strtoul(what + strlen(HEAD), NULL, 10);
	failure->mode = strtoull(mode + strlen(", mode:"), NULL, 16);
	open = strchr(mode, '(');
	close = open ? strchr(open, ')') : NULL;
	if (!close)
		return false;
	snprintf(failure->words, sizeof(failure->words), "%.*s",
		 (int)(close - open - 1), open + 1);
	return true;
}

/* The number behind " KEY:", or 0. */
static uint64_t number_of(const char *text, const char *key)
{
	char needle[32];
	const char *at;

	snprintf(needle, sizeof(needle), " %s:", key);
	at = strstr(text, needle);
	return at ? strtoull(at + strlen(needle), NULL, 10) : 0;
}

/* "Node 1 DMA32", or "DMA32" where there is but one node. */
static const char *parse_place(const char *text, int *node, char name[16])
{
	int length = 0;

	*node = 0;
	if (sscanf(text, "Node %d %15[A-Za-z0-9]%n", node, name, &length) == 2)
		return text + length;
	*node = 0;
	if (sscanf(text, "%15[A-Z]%n", name, &length) == 1 && length)
		return text + length;
	return NULL;
}

static bool parse_zone(const char *text, struct lab_failure *failure)
{
	struct lab_failure_zone zone = {};
	const char *rest = parse_place(text, &zone.node, zone.name);

	if (!rest || strncmp(rest, " free:", 6) != 0 ||
	    failure->zones == LAB_FAILURE_ZONES)
		return false;
	zone.free = number_of(rest, "free");
	zone.boost = number_of(rest, "boost");
	zone.min = number_of(rest, "min");
	zone.low = number_of(rest, "low");
	zone.high = number_of(rest, "high");
	zone.highatomic = number_of(rest, "reserved_highatomic");
	/* Later kernels say how much of the reserve is free: that counts. */
	if (strstr(rest, " free_highatomic:"))
		zone.highatomic = number_of(rest, "free_highatomic");
	zone.managed = number_of(rest, "managed");
	zone.cma = number_of(rest, "free_cma");
	failure->zone[failure->zones++] = zone;
	return true;
}

static void parse_reserves(const char *text, struct lab_failure *failure)
{
	struct lab_failure_zone *zone;
	const char *at = strchr(text, ':') + 1;
	char *end;

	if (!failure->zones)
		return;
	zone = &failure->zone[failure->zones - 1];
	for (; zone->reserves < LAB_FAILURE_RESERVES; at = end) {
		const uint64_t pages = strtoull(at, &end, 10);

		if (end == at)
			return;
		zone->reserve[zone->reserves++] = pages;
	}
}

static struct lab_failure_zone *zone_of(struct lab_failure *failure, int node,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < failure->zones; i++)
		if (failure->zone[i].node == node &&
		    !strcmp(failure->zone[i].name, name))
			return &failure->zone[i];
	return NULL;
}

/* "Node 0 DMA: 1*4kB (U) 0*8kB ... = 4kB" */
static void parse_blocks(const char *text, struct lab_failure *failure)
{
	struct lab_failure_zone *zone;
	char name[16];
	const char *at;
	int node;

	at = parse_place(text, &node, name);
	if (!at || *at != ':')
		return;
	zone = zone_of(failure, node, name);
	while (zone && (at = strchr(at, ' '))) {
		const char *star;

		at++;
		star = at + strspn(at, "0123456789");
		if (star == at || *star != '*')
			continue;
		if (zone->orders == LAB_FAILURE_ORDERS)
			return;
		zone->blocks[zone->orders++] = strtoull(at, NULL, 10);
	}
}

bool lab_failure_parse(const struct lab_log_line *lines, size_t n,
		       struct lab_failure *failure)
{
	char text[LINE];
	size_t i;

	*failure = (struct lab_failure){};
	if (!n)
		return false;
	copy_line(&lines[0], text);
	if (!parse_head(text, failure))
		return false;
	for (i = 1; i < n; i++) {
		copy_line(&lines[i], text);
		if (!strncmp(text, "lowmem_reserve[]:", 17))
			parse_reserves(text, failure);
		else if (!parse_zone(text, failure))
			parse_blocks(text, failure);
	}
	failure->complete = failure->zones && failure->zone[0].orders;
	return true;
}

bool lab_failure_asked(const struct lab_failure *failure, const char *part)
{
	const size_t length = strlen(part);
	const char *at = failure->words;

	while ((at = strstr(at, part))) {
		const bool begins = at == failure->words || at[-1] == '|';

		at += length;
		if (begins && (!*at || *at == '|'))
			return true;
	}
	return false;
}

static bool may_have_block(const struct lab_failure *failure,
			   const struct lab_failure_zone *zone)
{
	unsigned int order;

	for (order = failure->order; order < zone->orders; order++)
		if (zone->blocks[order])
			return true;
	return !zone->orders;
}

static bool has_zone(const struct lab_failure *failure, const char *name)
{
	unsigned int i;

	for (i = 0; i < failure->zones; i++)
		if (!strcmp(failure->zone[i].name, name))
			return true;
	return false;
}

/*
 * What a zone keeps from requests that would rather have a higher one. The
 * list is by the highest zone that the request may have, as the kernel numbers
 * zones: those that it was built with.
 */
static uint64_t kept_from(const struct lab_failure *failure,
			  const struct lab_failure_zone *zone)
{
	unsigned int asked = has_zone(failure, "DMA");

	if (!lab_failure_asked(failure, "GFP_DMA32") &&
	    !lab_failure_asked(failure, "__GFP_DMA32"))
		asked += has_zone(failure, "DMA32");
	return asked < zone->reserves ? zone->reserve[asked] * PAGE_KIB : 0;
}

struct lab_failure_sum lab_failure_weigh(const struct lab_failure *failure,
					 const struct lab_failure_zone *zone)
{
	static const struct {
		const char *words;
		unsigned int eighths;
	} shares[] = {
		{ "all of min", 8 },
		{ "1/2 of min", 4 },
		{ "3/8 of min", 3 },
	};
	const uint64_t block = (((uint64_t)1 << failure->order) - 1) * PAGE_KIB;
	const bool atomic = lab_failure_asked(failure, "GFP_ATOMIC");
	const bool high = atomic || lab_failure_asked(failure, "__GFP_HIGH");
	const bool memalloc = lab_failure_asked(failure, "__GFP_MEMALLOC");
	const bool none = lab_failure_asked(failure, "__GFP_NOMEMALLOC");
	const unsigned int share = !high ? 0 : atomic && !none ? 2 : 1;
	struct lab_failure_sum sum = { .share = shares[share].words };
	uint64_t taken = block + zone->cma;

	/* Who may use reserves is not charged for the one of high orders. */
	if (!high)
		taken += zone->highatomic;
	sum.usable = zone->free > taken ? zone->free - taken : 0;
	sum.mark = zone->min * shares[share].eighths / 8 +
		   kept_from(failure, zone);
	sum.above = memalloc || sum.usable > sum.mark;
	sum.block = may_have_block(failure, zone);
	return sum;
}
