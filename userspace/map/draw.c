// SPDX-License-Identifier: GPL-2.0-only
/*
 * map/draw.c - draws a map as text.
 *
 * A bar covers free pages from 0 to twice the high watermark, the range in
 * which the allocator's behaviour changes. More than that is shown as '>' and
 * as a number.
 */
#include <inttypes.h>
#include <string.h>

#include "map.h"

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

#define BAR_MAX 100
#define BAR_MIN 20
#define INDENT 4

static const char *colour_of(const struct lab_map_zone *zone)
{
	return zone->free <= zone->min ? RED :
	       zone->free <= zone->low ? YELLOW :
					 GREEN;
}

static const char *words_of(const struct lab_map_zone *zone)
{
	return zone->free <= zone->min ? "below min: the reserve" :
	       zone->free <= zone->low ? "below low: kswapd is wanted" :
	       zone->free < zone->high ? "below high" :
					 "above high";
}

static unsigned int column(uint64_t pages, uint64_t scale, unsigned int width)
{
	return scale && pages < scale ? pages * width / scale : width;
}

static void draw_bar(const struct lab_map_zone *zone, unsigned int width,
		     bool colour, FILE *to)
{
	const uint64_t scale = 2 * zone->high;
	const unsigned int filled = column(zone->free, scale, width);
	char bar[BAR_MAX + 1];
	const struct {
		uint64_t at;
		char mark;
	} marks[] = { { zone->min, 'm' },
		      { zone->low, 'l' },
		      { zone->high, 'h' } };
	unsigned int i, at;

	memset(bar, '.', width);
	memset(bar, '#', filled);
	bar[width] = '\0';
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		at = column(marks[i].at, scale, width);
		if (at < width)
			bar[at] = marks[i].mark;
	}
	fprintf(to, "%*s%s%s%s%c ", INDENT, "", colour ? colour_of(zone) : "",
		bar, colour ? PLAIN : "", filled == width ? '>' : '|');
	if (zone->min)
		fprintf(to, "%.2f min, %s\n", (double)zone->free / zone->min,
			words_of(zone));
	else
		fputs("no watermark\n", to);
}

static void draw_numbers(const struct lab_map_zone *zone, FILE *to)
{
	fprintf(to,
		"%*sfree %" PRIu64 " of %" PRIu64 " pages, min %" PRIu64
		", low %" PRIu64 ", high %" PRIu64 ", per CPU %" PRIu64,
		INDENT, "", zone->free, zone->managed, zone->min, zone->low,
		zone->high, zone->pcp);
	if (zone->boost)
		fprintf(to, ", boost %" PRIu64, zone->boost);
	if (zone->reserve_known)
		fprintf(to, ", highatomic %" PRIu64, zone->highatomic);
	fputc('\n', to);
}

static void draw_row(const char *name, const uint64_t *blocks,
		     unsigned int orders, FILE *to)
{
	unsigned int i;

	fprintf(to, "%*s%-12s", INDENT, "", name);
	for (i = 0; i < orders; i++)
		if (blocks[i])
			fprintf(to, " %5" PRIu64, blocks[i]);
		else
			fprintf(to, " %5s", ".");
	fputc('\n', to);
}

static bool is_empty(const struct lab_map_type *type, unsigned int orders)
{
	unsigned int i;

	for (i = 0; i < orders; i++)
		if (type->blocks[i])
			return false;
	return true;
}

static void draw_blocks(const struct lab_map_zone *zone, FILE *to)
{
	unsigned int i;

	if (!zone->orders)
		return;
	fprintf(to, "%*s%-12s", INDENT, "", "order");
	for (i = 0; i < zone->orders; i++)
		fprintf(to, " %5u", i);
	fputc('\n', to);
	draw_row("free blocks", zone->blocks, zone->orders, to);
	for (i = 0; i < zone->types; i++)
		if (!is_empty(&zone->type[i], zone->orders))
			draw_row(zone->type[i].name, zone->type[i].blocks,
				 zone->orders, to);
}

void lab_map_draw(const struct lab_map *map, unsigned int width, bool colour,
		  FILE *to)
{
	/* The bar gets what the indentation and the numbers leave. */
	unsigned int bar = width > 60 ? width - 46 : BAR_MIN;
	unsigned int i;

	if (bar > BAR_MAX)
		bar = BAR_MAX;
	fprintf(to, "%s\n", map->at);
	for (i = 0; i < map->zones; i++) {
		const struct lab_map_zone *zone = &map->zone[i];

		fprintf(to, "  node %d %s\n", zone->node, zone->name);
		draw_bar(zone, bar, colour, to);
		draw_numbers(zone, to);
		draw_blocks(zone, to);
	}
}
