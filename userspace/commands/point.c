// SPDX-License-Identifier: GPL-2.0-only
/* commands/point.c - see commands/point.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth.h" /* module/uapi */
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/option.h"
#include "point.h"
#include "results/cell_name.h"

/* Columns of an event: results/README.md. */
enum { CPU, PART, SHOT, OUTCOME, CLOCK };

/* Cells that a message names. */
#define NAMED 12

struct choice {
	const json_t *cells;
	const struct lab_scenario *scenario;
	uint64_t cell, cpu, part, shot;
	bool any_cpu; /* none was asked for */
};

bool lab_point_is_asked(const struct lab_point_asked *asked)
{
	return asked->cell || asked->cpu || asked->part || asked->shot ||
	       asked->at || asked->finding || asked->back;
}

static void name_cells(const json_t *cells)
{
	size_t i;
	json_t *cell;

	json_array_foreach((json_t *)cells, i, cell) {
		char *name = lab_cell_words(cell, true);

		if (i < NAMED)
			fprintf(stderr, "  %zu  %s\n", i + 1, name);
		free(name);
	}
	if (i > NAMED)
		fprintf(stderr,
			"  ... to %zu: their numbers are in console.log\n", i);
}

/* By a number, or by a part of its name that no other cell has. */
static bool choose_cell(struct choice *choice, const char *asked)
{
	const size_t n = json_array_size(choice->cells);
	size_t i, matches = 0;
	json_t *cell;

	if (!asked && n == 1)
		return true;
	if (asked && *asked && !asked[strspn(asked, "0123456789")]) {
		if (!lab_option_number("--cell", asked, 1, n, &choice->cell))
			return false;
		choice->cell--;
		return true;
	}
	json_array_foreach((json_t *)choice->cells, i, cell) {
		char *name = lab_cell_words(cell, true);

		if (asked && *asked && strstr(name, asked)) {
			choice->cell = i;
			matches++;
		}
		free(name);
	}
	if (matches == 1)
		return true;
	if (asked)
		fprintf(stderr,
			"labyrinth: --cell '%s': %zu cells have that in their names; it takes a number or a part of one name:\n",
			asked, matches);
	else
		fprintf(stderr,
			"labyrinth: which cell? --cell takes a number or a part of one name:\n");
	name_cells(choice->cells);
	return false;
}

static const json_t *cell_of(const struct choice *choice)
{
	return json_array_get(choice->cells, choice->cell);
}

static const struct lab_phase *phase_of(const struct choice *choice)
{
	const struct lab_scenario *scenario = choice->scenario;
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		if (lab_is(cell_of(choice), "phase", scenario->phases[i].name))
			return &scenario->phases[i];
	return NULL;
}

static bool was_fired(const struct choice *choice)
{
	const json_t *cell = cell_of(choice);
	char *name;

	if (phase_of(choice) && !json_object_get(cell, "refusal"))
		return true;
	name = lab_cell_words(cell, true);
	fprintf(stderr, "labyrinth: nothing was fired in %s: %s\n", name,
		lab_text(cell, "refusal"));
	free(name);
	return false;
}

/* The CPU, by default the first that fires in the cell, and the part. */
static bool choose_cpu(struct choice *choice,
		       const struct lab_point_asked *asked)
{
	const struct lab_phase *phase = phase_of(choice);
	const unsigned int all = choice->scenario->shape.cpus;
	const uint64_t cpus = phase->cpus      ?:
				      all < 64 ? (1ull << all) - 1 :
						 ~0ull;
	const bool nested = lab_is(cell_of(choice), "context", "nested");

	choice->any_cpu = !asked->cpu;
	choice->cpu = __builtin_ctzll(cpus);
	if (asked->cpu &&
	    !lab_option_number("--cpu", asked->cpu, 0, 63, &choice->cpu))
		return false;
	if (!(cpus >> choice->cpu & 1)) {
		fprintf(stderr,
			"labyrinth: --cpu %s: that CPU fires no shots of phase %s\n",
			asked->cpu, phase->name);
		return false;
	}
	return !asked->part ||
	       lab_option_number("--part", asked->part, 0,
				 nested ? LAB_MAX_PARTS - 1 : 0, &choice->part);
}

static bool choose_shot(struct choice *choice, const char *asked)
{
	return lab_option_number("--shot", asked, 0,
				 phase_of(choice)->shots - 1, &choice->shot);
}

/* The first shot whose request was made at that clock or after it. */
static bool choose_clock(struct choice *choice, const char *asked)
{
	const json_t *events = json_object_get(cell_of(choice), "events");
	uint64_t clock, best = UINT64_MAX, last = 0;
	const json_t *event;
	size_t i;

	if (!lab_option_number("--at", asked, 0, INT64_MAX, &clock))
		return false;
	if (!json_array_size(events)) {
		fprintf(stderr,
			"labyrinth: --at %s: the results have no clocks of this cell: its phase records none without 'events'; --shot takes the number of a shot\n",
			asked);
		return false;
	}
	json_array_foreach((json_t *)events, i, event) {
		const uint64_t at =
			json_integer_value(json_array_get(event, CLOCK));
		const uint64_t cpu =
			json_integer_value(json_array_get(event, CPU));

		if (!choice->any_cpu && cpu != choice->cpu)
			continue;
		last = at > last ? at : last;
		if (at < clock || at >= best)
			continue;
		best = at;
		choice->cpu = cpu;
		choice->part = json_integer_value(json_array_get(event, PART));
		choice->shot = json_integer_value(json_array_get(event, SHOT));
	}
	if (best != UINT64_MAX)
		return true;
	fprintf(stderr,
		"labyrinth: --at %s: the last request of this cell that was recorded is at clock %" PRIu64
		"\n",
		asked, last);
	return false;
}

/* Findings are violations of oracles, by cells, and then what else failed. */
struct finding {
	uint64_t number; /* sought, from 1 */
	uint64_t seen;
	bool taken;
};

static void seek_violations(struct finding *finding, struct choice *choice)
{
	json_t *cell, *oracle;
	size_t i, j;

	json_array_foreach((json_t *)choice->cells, i, cell) {
		json_array_foreach(json_object_get(cell, "oracles"), j,
				   oracle) {
			if (!lab_number(oracle, "violations") ||
			    ++finding->seen != finding->number)
				continue;
			finding->taken = true;
			choice->cell = i;
			choice->shot = lab_number(oracle, "culprit");
			fprintf(stderr,
				"finding %" PRIu64
				": oracle %s, first broken by shot %" PRIu64
				" of a CPU, which results do not name: --cpu does\n",
				finding->number, lab_text(oracle, "name"),
				choice->shot);
		}
	}
}

/* One that is of no single shot; NULL: it is none of these. */
static const json_t *other_finding(struct finding *finding,
				   const json_t *results)
{
	const json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, verdict)
		if (lab_is(verdict, "verdict", "fail") &&
		    !lab_is(verdict, "kind", "oracle") &&
		    ++finding->seen == finding->number)
			return verdict;
	return NULL;
}

static bool choose_finding(struct choice *choice, const json_t *results,
			   const char *asked)
{
	struct finding finding = {};
	const json_t *other;

	if (!lab_option_number("--finding", asked, 1, INT32_MAX,
			       &finding.number))
		return false;
	seek_violations(&finding, choice);
	if (finding.taken)
		return true;
	other = other_finding(&finding, results);
	if (other)
		fprintf(stderr,
			"labyrinth: finding %s is of no single shot: %s '%s': %s; --cell and --shot name one\n",
			asked, lab_text(other, "kind"), lab_text(other, "name"),
			lab_text(other, "found"));
	else
		fprintf(stderr,
			"labyrinth: --finding %s: the run has %" PRIu64
			" findings\n",
			asked, finding.seen);
	return false;
}

static bool is_one_way(const struct lab_point_asked *asked)
{
	if (!!asked->shot + !!asked->at + !!asked->finding != 1) {
		fprintf(stderr,
			"labyrinth: where? --gdb takes one of --shot, --at and --finding\n");
		return false;
	}
	if (asked->finding && asked->cell) {
		fprintf(stderr,
			"labyrinth: --finding names the cell: --cell cannot be given with it\n");
		return false;
	}
	return true;
}

static bool choose(struct choice *choice, const json_t *results,
		   const struct lab_point_asked *asked)
{
	if (!json_array_size(choice->cells)) {
		fprintf(stderr, "labyrinth: the run has no cells\n");
		return false;
	}
	if (asked->finding ? !choose_finding(choice, results, asked->finding) :
			     !choose_cell(choice, asked->cell))
		return false;
	if (!was_fired(choice) || !choose_cpu(choice, asked))
		return false;
	if (asked->at)
		return choose_clock(choice, asked->at);
	return !asked->shot || choose_shot(choice, asked->shot);
}

/* By running again to an earlier shot, which is exact. */
static bool go_back(struct choice *choice, const char *asked)
{
	uint64_t shots;

	if (!asked)
		return true;
	if (!lab_option_number("--back", asked, 0, choice->shot, &shots))
		return false;
	choice->shot -= shots;
	return true;
}

bool lab_point_choose(struct lab_point *point, const struct lab_run *run,
		      const struct lab_scenario *scenario,
		      const struct lab_point_asked *asked)
{
	struct choice choice = {
		.cells = json_object_get(run->results, "cells"),
		.scenario = scenario,
	};

	if (!is_one_way(asked) || !choose(&choice, run->results, asked) ||
	    !go_back(&choice, asked->back))
		return false;
	if (choice.cell >> LAB_STAND_CELL_BITS) {
		fprintf(stderr,
			"labyrinth: cell %" PRIu64
			": a debugger can stand in the first %u only\n",
			choice.cell + 1, 1u << LAB_STAND_CELL_BITS);
		return false;
	}
	point->stand = (struct lab_stand){
		.cell = choice.cell,
		.cpu = choice.cpu,
		.shot = LAB_STAND(choice.part, choice.shot),
	};
	point->path = run->path;
	point->results = run->results;
	return true;
}
