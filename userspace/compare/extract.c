// SPDX-License-Identifier: GPL-2.0-only
/* compare/extract.c - see compare/extract.h. */
#include <math.h>
#include <string.h>

#include "lib/json.h"
#include "run/record.h"
#include "lib/alloc.h"
#include "extract.h"
#include "results/boot_words.h"
#include "results/cell_name.h"
#include "results/histogram.h"
#include "results/time_shared.h"
#include "sys/names.h"

#define FEW 20 /* shots below which a mean or a p50 says little */

/* Texts, each stored once. */
struct texts {
	char *text;
	size_t size, room;
	json_t *index;
};

static uint32_t add_text(struct texts *texts, const char *text)
{
	const size_t at = texts->size, length = strlen(text) + 1;

	if (at + length > texts->room) {
		texts->room = 2 * (at + length);
		texts->text = xcheck(realloc(texts->text, texts->room));
	}
	memcpy(texts->text + at, text, length);
	texts->size += length;
	return at;
}

static uint32_t text_of(struct texts *texts, const char *text)
{
	const json_t *known = json_object_get(texts->index, text);
	uint32_t at;

	if (known)
		return json_integer_value(known);
	at = add_text(texts, text);
	json_object_set_new(texts->index, text, json_integer(at));
	return at;
}

/* ---- cells ---------------------------------------------------------------- */

static double latency_of(const json_t *cell, const char *key)
{
	if (!lab_number(cell, "ok"))
		return NAN;
	return lab_number(json_object_get(cell, "latency"), key);
}

static double p50_exhausted(const json_t *cell)
{
	const json_t *latency = json_object_get(cell, "latency_exhausted");

	/* Results of earlier versions do not have it. */
	if (!latency || lab_number(cell, "exhausted") < FEW)
		return NAN;
	return lab_number(latency, "p50");
}

static double mean_by(const json_t *cell, const char *passage)
{
	const json_t *means = json_object_get(json_object_get(cell, "latency"),
					      "mean_by_passage");

	if (lab_number(json_object_get(cell, "passage"), passage) < FEW)
		return NAN;
	/* Results of earlier versions do not have it. */
	return json_object_get(means, passage) ? lab_number(means, passage) :
						 NAN;
}

/* Whether every shot succeeded, on the fast path. */
static bool is_quiet(const json_t *cell)
{
	const uint64_t fast =
		lab_number(json_object_get(cell, "passage"), "fast");

	return fast == lab_number(cell, "ok") &&
	       fast == lab_number(cell, "attempts");
}

#define REFILL_ORDERS 3 /* that per-CPU lists hold: PAGE_ALLOC_COSTLY_ORDER */
#define REFILL_LONGER 1.25 /* times the quickest shot, at least */
#define REFILL_SHARE 20 /* one shot in so many, at least */

static json_t *slower_shots(const json_t *latency)
{
	const double from = REFILL_LONGER * lab_number(latency, "min");
	json_t *slower = json_array(), *pair;
	size_t i;

	json_array_foreach(json_object_get(latency, "histogram"), i, pair)
		if (json_integer_value(json_array_get(pair, 0)) >= from)
			json_array_append(slower, pair);
	return slower;
}

/*
 * How long a shot takes that finds its per-CPU list empty and refills it, with
 * the zone's lock held (mm/page_alloc.c, rmqueue_bulk()).
 *
 * Where all shots succeed on the fast path, such shots are the only frequent
 * ones that take much longer than the quickest. Interrupted shots are about one
 * in a hundred, so cells with few slower ones have no value. The lower quartile
 * is taken, as interrupts and blocks that have to be split only make shots
 * longer.
 */
static double refill_of(const json_t *cell)
{
	const json_t *latency = json_object_get(cell, "latency");
	double shots = 0, refill = NAN;
	json_t *slower, *pair;
	size_t i;

	if (!is_quiet(cell) || lab_number(cell, "order") > REFILL_ORDERS ||
	    !lab_is(latency, "unit", "instructions"))
		return NAN;
	slower = slower_shots(latency);
	json_array_foreach(slower, i, pair)
		shots += json_integer_value(json_array_get(pair, 1));
	if (shots >= FEW && shots * REFILL_SHARE >= lab_number(cell, "ok"))
		refill = lab_rows_quantile(slower, 2500);
	json_decref(slower);
	return refill;
}

static struct lab_sample sample_of(const json_t *cell)
{
	const double ok = lab_number(cell, "ok");
	const double shots = ok + lab_number(cell, "exhausted");
	struct lab_sample sample;
	size_t i;

	sample = (struct lab_sample){ .success = shots > 0 ? ok / shots : NAN,
				      .shots = shots,
				      .min = latency_of(cell, "min"),
				      .p50 = latency_of(cell, "p50"),
				      .p99 = latency_of(cell, "p99"),
				      .max = latency_of(cell, "max"),
				      .p50_exhausted = p50_exhausted(cell),
				      .refill = refill_of(cell) };
	for (i = 0; i < LAB_PASSAGE_COUNT; i++)
		sample.mean[i] = mean_by(cell, lab_passage_name(i));
	return sample;
}

static uint64_t violations_of(const json_t *cell)
{
	json_t *oracle;
	uint64_t sum = 0;
	size_t i;

	json_array_foreach(json_object_get(cell, "oracles"), i, oracle)
		sum += lab_number(oracle, "violations");
	return sum;
}

/*
 * The name with the phase is unique. The name without the phase is its end, so
 * both share memory.
 */
static void name_cell(struct lab_extract_cell *to, struct texts *texts,
		      const json_t *cell)
{
	char *where = lab_cell_words(cell, true);
	char *what = lab_cell_words(cell, false);

	to->where = add_text(texts, where);
	to->what = to->where + strlen(where) - strlen(what);
	free(where);
	free(what);
	to->phase = text_of(texts, lab_text(cell, "phase"));
	to->context = text_of(texts, lab_text(cell, "context"));
	to->api = text_of(texts, lab_text(cell, "api"));
	to->gfp = text_of(texts, lab_text(cell, "gfp"));
	to->refusal = text_of(texts, lab_text(cell, "refusal"));
}

static struct lab_extract_cell cell_of(struct texts *texts, const json_t *cell,
				       const json_t *machine)
{
	struct lab_extract_cell to = {
		.violations = violations_of(cell),
		.held = lab_number(cell, "held"),
		.unattributed = lab_number(cell, "unattributed"),
		.victim_wrong =
			lab_number(json_object_get(cell, "victim"), "wrong"),
		.victim_stuck =
			lab_number(json_object_get(cell, "victim"), "stuck"),
		.sample = sample_of(cell),
		.order = lab_number(cell, "order"),
		.rows = json_array_size(json_object_get(cell, "cliff")),
		.refused = json_object_get(cell, "refusal"),
		.busy = !is_quiet(cell),
		.time_shared = lab_time_shared(cell, machine),
		.usable = lab_is(cell, "cliff_over", LAB_CLIFF_OVER),
	};

	name_cell(&to, texts, cell);
	return to;
}

/*
 * ---- a run -----------------------------------------------------------------
 */

static void take_head(struct lab_extract_head *head, struct texts *texts,
		      const json_t *results)
{
	const json_t *kernel = json_object_get(results, "kernel");
	const json_t *machine = json_object_get(results, "machine");
	const json_t *scenario = json_object_get(results, "scenario");
	const json_t *program = json_object_get(results, "program");
	const json_t *cell =
		json_array_get(json_object_get(results, "cells"), 0);
	char *boot = lab_boot_words(machine);

	head->seed = lab_number(results, "seed");
	head->cpus = lab_number(machine, "cpus");
	head->nodes = lab_number(machine, "nodes");
	head->memory = lab_number(machine, "memory_per_node");
	head->icount_shift = lab_number(machine, "icount_shift");
	head->release = text_of(texts, lab_text(kernel, "release"));
	head->build_id = text_of(texts, lab_text(kernel, "build_id"));
	head->program = text_of(texts, lab_text(program, "build_id"));
	head->scenario = text_of(texts, lab_text(scenario, "name"));
	head->scenario_sha256 = text_of(texts, lab_text(scenario, "sha256"));
	head->mode = text_of(texts, lab_text(machine, "mode"));
	head->qemu = text_of(texts, lab_text(machine, "qemu"));
	head->unit = text_of(texts, lab_text(json_object_get(cell, "latency"),
					     "unit"));
	head->boot = text_of(texts, boot);
	free(boot);
	head->broken = lab_is(results, "verdict", "broken");
}

static size_t count_rows(const json_t *cells)
{
	size_t i, rows = 0;
	json_t *cell;

	json_array_foreach(cells, i, cell)
		rows += json_array_size(json_object_get(cell, "cliff"));
	return rows;
}

static void take_cells(struct lab_extract *extract, struct texts *texts,
		       const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");
	json_t *cell, *row;
	size_t i, j, rows = 0;

	json_array_foreach(json_object_get(results, "cells"), i, cell) {
		extract->cell[i] = cell_of(texts, cell, machine);
		extract->cell[i].row = rows;
		json_array_foreach(json_object_get(cell, "cliff"), j, row)
			extract->row[rows++] = lab_cliff_row(row);
	}
}

static void take_claims(struct lab_extract *extract, struct texts *texts,
			const json_t *verdicts)
{
	json_t *verdict;
	size_t i;

	json_array_foreach(verdicts, i, verdict)
		extract->claim[i] = (struct lab_extract_claim){
			.name = text_of(texts, lab_text(verdict, "name")),
			.exact = !lab_is(verdict, "kind", "expectation"),
			.failed = lab_is(verdict, "verdict", "fail"),
			.ran = !lab_is(verdict, "verdict", "skip"),
		};
}

size_t lab_extract_size(const struct lab_extract_head *head)
{
	return sizeof(*head) + head->cells * sizeof(struct lab_extract_cell) +
	       head->rows * sizeof(struct lab_cliff_row) +
	       head->claims * sizeof(struct lab_extract_claim) + head->text;
}

void lab_extract_lay_out(struct lab_extract *extract, void *memory)
{
	extract->memory = memory;
	extract->head = memory;
	extract->cell = (void *)(extract->head + 1);
	extract->row = (void *)(extract->cell + extract->head->cells);
	extract->claim = (void *)(extract->row + extract->head->rows);
	extract->text = (void *)(extract->claim + extract->head->claims);
}

void lab_extract(struct lab_extract *extract, const struct lab_run *run)
{
	const json_t *cells = json_object_get(run->results, "cells");
	const json_t *verdicts = json_object_get(run->results, "verdicts");
	struct lab_extract_head head = {};
	struct texts texts = { .index = xcheck(json_object()) };
	size_t size;
	void *memory;

	head.cells = json_array_size(cells);
	head.rows = count_rows(cells);
	head.claims = json_array_size(verdicts);
	take_head(&head, &texts, run->results);

	size = lab_extract_size(&head);
	memory = xcheck(malloc(size));
	memcpy(memory, &head, sizeof(head));
	lab_extract_lay_out(extract, memory);
	take_cells(extract, &texts, run->results);
	take_claims(extract, &texts, verdicts);

	extract->head->text = texts.size;
	memory = xcheck(realloc(memory, size + texts.size));
	lab_extract_lay_out(extract, memory);
	memcpy(extract->text, texts.text, texts.size);
	strcpy(extract->fingerprint, run->fingerprint);
	free(texts.text);
	json_decref(texts.index);
}

void lab_extract_free(struct lab_extract *extract)
{
	free(extract->memory);
	memset(extract, 0, sizeof(*extract));
}
