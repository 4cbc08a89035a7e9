/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit/synthetic.h - results of runs that nobody ran.
 *
 * Two phases: in "plenty" every shot succeeds and takes what the kernel makes
 * it take; in "scarce" each seed spends its shots at free pages of its own, so
 * that totals are chaotic, while what becomes of a shot is decided by whether
 * it met the cliff's step. So it is with real kernels, see README.md; and what
 * differs between two of these is known.
 */
#ifndef LAB_SYNTHETIC_H
#define LAB_SYNTHETIC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/random.h"
#include "results/build.h"
#include "sys/names.h"

struct synthetic {
	const char *release;
	const char *scenario;
	uint64_t build; /* of the kernel: another one, other chaos */
	uint64_t seed;
	unsigned int cells; /* in each phase */
	unsigned int shots;
	unsigned int cliff; /* shots succeed from this step on */
	unsigned int latency; /* instructions, the least */
	unsigned int cpus; /* that fired a cell */
	unsigned int missing; /* instructions of those that fail; 0: not known */
	/*
	 * In plenty every second shot refills a list and takes so many
	 * instructions, up to refill_spread percent more in each cell of a run;
	 * 0: none does.
	 */
	unsigned int refill, refill_spread;
	unsigned int detour; /* percent of it that the slow way takes */
	/*
	 * Of orders from 1 on: by up to so many steps the last block of the order
	 * is gone too early, in each run by others.
	 */
	unsigned int wander;
	bool over_free; /* results of an earlier version: cliffs over free pages */
	bool one_order; /* cells differ in their node instead: a large group */
	/*
	 * What another layout of a kernel does to each cell, whatever the seed:
	 * up to so many instructions more or less, and thousandths of shots
	 * that meet other free pages.
	 */
	unsigned int layout;
	int success_change; /* thousandths of scarce shots that no longer fail */
	/* In these contexts cliff and latency are moved by so much. */
	const char *changed;
	int cliff_change, latency_change;
};

#define SYNTHETIC                                                       \
	{                                                               \
		.release = "6.12.0", .scenario = "made-up", .build = 1, \
		.seed = 1, .cells = 4, .shots = 4000, .cliff = 6,       \
		.latency = 1000, .detour = 125, .cpus = 2,              \
	}

#define SYNTHETIC_STEPS 26 /* of free pages that scarce shots may meet */

static const char *const synthetic_contexts[] = { "task", "spin_lock",
						  "softirq_tasklet",
						  "hardirq_hrtimer" };

static inline double synthetic_fraction(uint64_t *state)
{
	return (lab_random(state) >> 11) * 0x1p-53;
}

/* Counts of one cell, before they become JSON. */
struct synthetic_cell {
	uint64_t ok[SYNTHETIC_STEPS], exhausted[SYNTHETIC_STEPS];
	uint64_t fast, slow; /* successful shots of either latency */
};

static inline void synthetic_shoot(struct synthetic_cell *cell,
				   unsigned int shots, unsigned int cliff,
				   uint64_t *state)
{
	double weight[SYNTHETIC_STEPS], sum = 0;
	unsigned int i;

	for (i = 0; i < SYNTHETIC_STEPS; i++) {
		weight[i] = synthetic_fraction(state);
		sum += weight[i];
	}
	for (i = 0; i < SYNTHETIC_STEPS; i++) {
		uint64_t met = shots * weight[i] / sum;

		if (i >= cliff)
			cell->ok[i] = met;
		else
			cell->exhausted[i] = met;
		/* Per-CPU lists let a few through right below. */
		if (i + 1 == cliff && met) {
			cell->ok[i] = lab_random(state) % (1 + met / 500);
			cell->exhausted[i] -= cell->ok[i];
		}
		cell->fast += cell->ok[i];
	}
	cell->slow = cell->fast * 0.3 * synthetic_fraction(state);
	cell->fast -= cell->slow;
}

/* So many shots succeed instead of failing, or the reverse. */
static inline void synthetic_relieve(struct synthetic_cell *cell, int shots)
{
	uint64_t *plenty = &cell->ok[SYNTHETIC_STEPS - 1];
	uint64_t left = shots < 0 ? -shots : shots, now;
	unsigned int i;

	for (i = 0; i < SYNTHETIC_STEPS; i++) {
		uint64_t *from = shots > 0 ? &cell->exhausted[i] :
					     &cell->ok[SYNTHETIC_STEPS - 1 - i];

		now = *from < left ? *from : left;
		if (shots < 0 && now > cell->fast)
			now = cell->fast;
		left -= now;
		*from -= now;
		*(shots > 0 ? plenty : &cell->exhausted[0]) += now;
		cell->fast += shots > 0 ? now : -now;
	}
}

/* From -most to most, the same for a cell of a build in all seeds. */
static inline int synthetic_layout(const struct synthetic *s, unsigned int cell)
{
	uint64_t state = s->build << 32 ^ cell;

	if (!s->layout)
		return 0;
	return lab_random(&state) % (2 * s->layout + 1) - (int)s->layout;
}

static inline unsigned int synthetic_wander(const struct synthetic *s,
					    unsigned int index, uint64_t *state)
{
	if (!s->wander || s->one_order || index < 4)
		return 0;
	return lab_random(state) % (s->wander + 1);
}

/* One number for those that came by the fast way, and one for the slow. */
static inline json_t *synthetic_passages(const struct synthetic_cell *cell,
					 uint64_t fast, uint64_t slow)
{
	json_t *passages = json_object();

	if (cell->fast)
		json_object_set_new(passages, "fast", json_integer(fast));
	if (cell->slow)
		json_object_set_new(passages, "slow", json_integer(slow));
	return passages;
}

static inline json_t *synthetic_latency(const struct synthetic_cell *cell,
					uint64_t least, uint64_t slow)
{
	const uint64_t ok = cell->fast + cell->slow;
	const uint64_t p50 = !ok ? 0 : cell->fast >= cell->slow ? least : slow;
	const uint64_t top = cell->slow ? slow : ok ? least : 0;
	json_t *latency = json_pack(
		"{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:[], s:o}", "unit",
		"instructions", "min", (json_int_t)(ok ? least : 0), "mean",
		(json_int_t)(ok ? (cell->fast * least + cell->slow * slow) /
					     ok :
				  0),
		"p50", (json_int_t)p50, "p90", (json_int_t)top, "p99",
		(json_int_t)top, "p999", (json_int_t)top, "max",
		(json_int_t)top, "histogram", "mean_by_passage",
		synthetic_passages(cell, least, slow));
	json_t *histogram = json_object_get(latency, "histogram");

	if (cell->fast)
		json_array_append_new(histogram,
				      json_pack("[I, I]", (json_int_t)least,
						(json_int_t)cell->fast));
	if (cell->slow)
		json_array_append_new(histogram,
				      json_pack("[I, I]", (json_int_t)slow,
						(json_int_t)cell->slow));
	return latency;
}

static inline json_t *synthetic_cell_json(const struct synthetic_cell *cell,
					  const char *phase, unsigned int index,
					  bool one_order, uint64_t least,
					  uint64_t slow)
{
	json_t *cliff = json_array(), *json;
	uint64_t ok = 0, exhausted = 0;
	unsigned int i;

	for (i = 0; i < SYNTHETIC_STEPS; i++) {
		ok += cell->ok[i];
		exhausted += cell->exhausted[i];
		if (cell->ok[i] || cell->exhausted[i])
			json_array_append_new(
				cliff,
				json_pack("[i, I, I]", i,
					  (json_int_t)cell->ok[i],
					  (json_int_t)cell->exhausted[i]));
	}
	json = json_pack(
		"{s:s, s:s, s:s, s:i, s:s, s:s, s:I, s:I, s:i, s:I, s:i,"
		" s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:[],"
		" s:[{s:s, s:I, s:i}]}",
		"phase", phase, "context", synthetic_contexts[index % 4], "api",
		"pages", "order", one_order ? 0 : (int)(index / 4), "gfp",
		"GFP_ATOMIC|__GFP_NOWARN", "node", "any", "attempts",
		(json_int_t)(ok + exhausted), "ok", (json_int_t)ok, "injected",
		0, "exhausted", (json_int_t)exhausted, "refused", 0,
		"unattributed", 0, "floored", 0, "partial", 0, "interrupting",
		0, "held", 0, "left", 0, "volleys", 1, "volley_ticks", 8,
		"volley_max", 8, "latency",
		synthetic_latency(cell, least, slow), "cliff", cliff, "passage",
		synthetic_passages(cell, cell->fast, cell->slow), "origin",
		"oracles", "name", "exclusive", "checked",
		(json_int_t)(ok + exhausted), "violations", 0);
	if (one_order)
		json_object_set_new(json, "node", json_integer(index / 4));
	json_object_set_new(
		json, "success_ppm",
		ok + exhausted ? json_integer(ok * 1000000 / (ok + exhausted)) :
				 json_null());
	return json;
}

static inline json_t *synthetic_phase(const char *name)
{
	return json_pack("{s:s, s:i, s:i, s:i, s:s, s:{}, s:s, s:{}}", "name",
			 name, "shots", 1000, "hold", 0, "burst", 16,
			 "injector", "none", "inject", "pressure", "none",
			 "press");
}

/* All of a cell's took as long. */
static inline json_t *synthetic_missing(unsigned int latency,
					const json_t *cell)
{
	return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:[[i, I]]}",
			 "unit", "instructions", "min", (int)latency, "mean",
			 (int)latency, "p50", (int)latency, "p90", (int)latency,
			 "p99", (int)latency, "p999", (int)latency, "max",
			 (int)latency, "histogram", (int)latency,
			 (json_int_t)lab_number(cell, "exhausted"));
}

static inline void synthetic_refill(const struct synthetic *s, json_t *cell,
				    uint64_t *state)
{
	json_t *latency = json_object_get(cell, "latency");
	const unsigned int most = s->refill * s->refill_spread / 100;
	const unsigned int refill = s->refill + lab_random(state) % (most + 1);
	const json_int_t half = lab_number(cell, "ok") / 2;

	json_object_set_new(latency, "histogram",
			    json_pack("[[I, I], [i, I]]",
				      (json_int_t)lab_number(latency, "min"),
				      half, (int)refill, half));
}

static inline json_t *synthetic_cells(const struct synthetic *s)
{
	json_t *cells = json_array();
	unsigned int i;

	for (i = 0; i < 2 * s->cells; i++) {
		const unsigned int index = i % s->cells;
		const char *context = synthetic_contexts[index % 4];
		const bool changed = s->changed && !strcmp(s->changed, context);
		const unsigned int least = s->latency +
					   (changed ? s->latency_change : 0) +
					   synthetic_layout(s, i);
		uint64_t state = s->build << 40 ^ s->seed << 20 ^ i;
		struct synthetic_cell cell = {};
		json_t *json;

		cell.fast = i < s->cells ? s->shots : 0;
		cell.ok[SYNTHETIC_STEPS - 1] = cell.fast;
		if (i >= s->cells)
			synthetic_shoot(
				&cell, s->shots,
				s->cliff + synthetic_wander(s, index, &state) +
					(changed ? s->cliff_change : 0),
				&state);
		if (i >= s->cells)
			synthetic_relieve(&cell,
					  (int)s->shots *
						  (s->success_change +
						   synthetic_layout(s, i)) /
						  1000);
		json = synthetic_cell_json(&cell,
					   i < s->cells ? "plenty" : "scarce",
					   index, s->one_order, least,
					   least * s->detour / 100);
		json_object_set_new(json, "cpus", json_integer(s->cpus));
		if (s->refill && i < s->cells)
			synthetic_refill(s, json, &state);
		if (s->missing && lab_number(json, "exhausted"))
			json_object_set_new(
				json, "latency_exhausted",
				synthetic_missing(s->missing + s->seed % 7,
						  json));
		if (!s->over_free)
			json_object_set_new(json, "cliff_over",
					    json_string(LAB_CLIFF_OVER));
		json_array_append_new(cells, json);
	}
	return cells;
}

static inline json_t *synthetic_run(const struct synthetic *s)
{
	char build_id[64];

	snprintf(build_id, sizeof(build_id), "%012llx%028d",
		 (unsigned long long)s->build, 0);
	return json_pack(
		"{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s},"
		" s:{s:s, s:i, s:i, s:b, s:i}, s:{s:s, s:s},"
		" s:{s:s, s:s, s:i, s:i, s:I, s:i, s:i},"
		" s:{s:s, s:s, s:s}, s:I,"
		" s:[{s:s, s:s, s:s, s:s, s:s}],"
		" s:[], s:[], s:[o, o], s:[], s:o, s:[]}",
		"schema", LAB_RESULTS_SCHEMA, "verdict", "pass", "ending",
		"ended", "kernel", "release", s->release, "version", "#1",
		"machine", "x86_64", "build_id", build_id, "module", "build_id",
		"m", "abi", 1, "clock_khz", 1000000, "attribution_exact", 1,
		"page_size", 4096, "program", "version", "0.1", "build_id", "p",
		"machine", "mode", "deterministic", "qemu", "10.0.2", "cpus", 2,
		"nodes", 2, "memory_per_node", (json_int_t)(128 << 20),
		"deadline_s", 120, "icount_shift", 3, "scenario", "name",
		s->scenario, "claim", "what is made up is found", "sha256",
		"5ca1ab1e", "seed", (json_int_t)s->seed, "verdicts", "kind",
		"oracle", "name", "exclusive", "claim",
		"no page is handed out twice", "verdict", "pass", "found",
		"in all", "contexts", "apis", "phases",
		synthetic_phase("plenty"), synthetic_phase("scarce"),
		"pressures", "cells", synthetic_cells(s), "timeline");
}

#endif /* LAB_SYNTHETIC_H */
