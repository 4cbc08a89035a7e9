// SPDX-License-Identifier: GPL-2.0-only
/*
 * export/lava.c - commands for a LAVA test shell: lava-test-case for each
 * verdict, and success and p50 of cells as measurements.
 *
 * All words are slugs and numbers, so that nothing from results has a meaning
 * to the shell.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "results/cell_name.h"
#include "results/known.h"
#include "export.h"
#include "slug.h"

#define NAME 128

static const char *result_of(const json_t *results, const json_t *verdict)
{
	/* LAVA has no result for a known failure. */
	if (lab_known_of(verdict))
		return "skip";
	if (lab_is(verdict, "verdict", "fail"))
		return lab_is(results, "verdict", "broken") ? "unknown" :
							      "fail";
	return lab_is(verdict, "verdict", "skip") ? "skip" : "pass";
}

/* The p50 of shots that got a page, by the name of the cell, which is unique. */
static void write_latency(const json_t *cell, FILE *to)
{
	const json_t *latency = json_object_get(cell, "latency");
	char name[NAME];
	char *words;

	if (!latency || !lab_number(cell, "ok"))
		return;
	words = lab_cell_words(cell, true);
	lab_slug(words, name, sizeof(name));
	free(words);
	fprintf(to,
		"lava-test-case %s-p50 --result pass --measurement %" PRIu64
		" --units %s\n",
		name, lab_number(latency, "p50"), lab_text(latency, "unit"));
}

/* Writes success rates below 100 % only. */
static void write_success(const json_t *cell, FILE *to)
{
	const uint64_t ppm = lab_number(cell, "success_ppm");
	char phase[NAME], context[NAME];

	if (!lab_number(cell, "exhausted"))
		return;
	lab_slug(lab_text(cell, "phase"), phase, sizeof(phase));
	lab_slug(lab_text(cell, "context"), context, sizeof(context));
	fprintf(to,
		"lava-test-case %s-%s-order-%" PRIu64
		"-success --result pass --measurement %" PRIu64 ".%04" PRIu64
		" --units percent\n",
		phase, context, lab_number(cell, "order"), ppm / 10000,
		ppm % 10000);
}

static void lava_write(const struct lab_exported *run, FILE *to)
{
	const json_t *results = run->results;
	char name[NAME];
	json_t *one;
	size_t i;

	lab_slug(lab_text(json_object_get(results, "scenario"), "name"), name,
		 sizeof(name));
	fprintf(to, "lava-test-set start %s\n", name);
	json_array_foreach(json_object_get(results, "verdicts"), i, one) {
		lab_slug(lab_text(one, "name"), name, sizeof(name));
		fprintf(to, "lava-test-case %s --result %s\n", name,
			result_of(results, one));
	}
	json_array_foreach(json_object_get(results, "cells"), i, one) {
		write_success(one, to);
		write_latency(one, to);
	}
	fputs("lava-test-set stop\n", to);
}

const struct lab_export lab_export_lava = {
	.name = "lava",
	.write = lava_write,
};
