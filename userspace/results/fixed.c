// SPDX-License-Identifier: GPL-2.0-only
/* results/fixed.c - see results/fixed.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "cell_name.h"
#include "fixed.h"

static const char head[] =
	"# SPDX-License-Identifier: GPL-2.0-only\n"
	"# What of a run is the same in every build of kernel and program.\n"
	"# As labyrinth export RUN --format reference prints it.\n";

/* As inject/fault_attr.c and inject/kprobe.c have them. */
static bool leaves_nothing_to_chance(const json_t *phase)
{
	const json_t *inject = json_object_get(phase, "inject");
	const json_t *probability = json_object_get(inject, "probability");

	if (lab_is(phase, "injector", "none"))
		return true;
	return probability && (!json_integer_value(probability) ||
			       json_integer_value(probability) == 100);
}

/*
 * The kernel tests a limit and counts it down in two steps (lib/fault-inject.c,
 * should_fail_ex()): a part that interrupts between them has one more.
 */
static bool may_pass_its_limit(const json_t *phase, const json_t *cell)
{
	return lab_is(cell, "context", "nested") &&
	       json_object_get(json_object_get(phase, "inject"), "times");
}

static bool is_fixed(const json_t *results, const json_t *cell)
{
	const json_t *phase = lab_find(json_object_get(results, "phases"),
				       "name", lab_text(cell, "phase"));

	return lab_is(phase, "pressure", "none") &&
	       leaves_nothing_to_chance(phase) &&
	       !may_pass_its_limit(phase, cell) &&
	       !lab_number(cell, "exhausted") &&
	       !json_object_get(cell, "refusal");
}

static void counts_of(const json_t *cell, char *counts, size_t size)
{
	snprintf(counts, size, "%" PRIu64 " %" PRIu64 " %" PRIu64,
		 lab_number(cell, "attempts"), lab_number(cell, "ok"),
		 lab_number(cell, "injected"));
}

static void write_scenario(const json_t *results, FILE *to)
{
	const json_t *scenario = json_object_get(results, "scenario");

	fprintf(to, "scenario %s %s\n", lab_text(scenario, "name"),
		lab_text(scenario, "sha256"));
}

char *lab_fixed_text(const json_t *results)
{
	char *text = NULL, *name, counts[100];
	size_t size = 0, i;
	FILE *to = xcheck(open_memstream(&text, &size));
	json_t *one;

	fputs(head, to);
	write_scenario(results, to);
	json_array_foreach(json_object_get(results, "verdicts"), i, one)
		if (lab_is(one, "verdict", "pass"))
			fprintf(to, "verdict %s\n", lab_text(one, "name"));
	json_array_foreach(json_object_get(results, "cells"), i, one) {
		if (!is_fixed(results, one))
			continue;
		name = lab_cell_words(one, true);
		counts_of(one, counts, sizeof(counts));
		fprintf(to, "cell %s %s\n", counts, name);
		free(name);
	}
	fclose(to);
	return xcheck(text);
}

/* ---- comparing --------------------------------------------------------- */

struct comparison {
	struct lab_fixed_difference *difference;
	const json_t *results, *verdicts;
	json_t *cells; /* by name */
	FILE *words;
};

static void differs(struct comparison *all, const char *name, const char *is,
		    const char *should)
{
	all->difference->different++;
	fprintf(all->words, "%s: %s, not %s\n", name, is, should);
}

static void not_asked(struct comparison *all, const char *name,
		      const char *reason)
{
	struct lab_fixed_difference *difference = all->difference;

	difference->compared--;
	if (!difference->unasked++)
		snprintf(difference->reason, sizeof(difference->reason),
			 "%.60s: %s", name, reason);
}

static void compare_verdict(struct comparison *all, const char *name)
{
	const json_t *verdict = lab_find(all->verdicts, "name", name);

	all->difference->compared++;
	if (lab_is(verdict, "verdict", "skip"))
		not_asked(all, name, lab_text(verdict, "found"));
	else if (!lab_is(verdict, "verdict", "pass"))
		differs(all, name,
			verdict ? lab_text(verdict, "found") : "not judged",
			"as it should be");
}

/* Why a phase was skipped, by the name of a cell of it; or "". */
static const char *skip_of(const struct comparison *all, const char *name)
{
	json_t *phase;
	size_t i;

	json_array_foreach(json_object_get(all->results, "phases"), i, phase) {
		const char *of = lab_text(phase, "name");

		if (!strncmp(name, of, strlen(of)) && name[strlen(of)] == ':')
			return lab_text(phase, "skipped");
	}
	return "";
}

static void compare_cell(struct comparison *all, const char *wanted,
			 const char *name)
{
	const json_t *cell = json_object_get(all->cells, name);
	const char *refusal = lab_text(cell, "refusal");
	char counts[100] = "not fired";

	all->difference->compared++;
	if (!cell)
		refusal = skip_of(all, name);
	else
		counts_of(cell, counts, sizeof(counts));
	if (*refusal)
		not_asked(all, name, refusal);
	else if (strcmp(counts, wanted))
		differs(all, name, counts, wanted);
}

/* "cell 3200 3200 0 plenty: task, ...": the name begins after three numbers. */
static bool compare_line(struct comparison *all, char *line)
{
	int numbers = 0;

	if (!*line || *line == '#')
		return true;
	if (!strncmp(line, "verdict ", 8)) {
		compare_verdict(all, line + 8);
		return true;
	}
	if (sscanf(line, "cell %*u %*u %*u %n", &numbers) < 0 || !numbers)
		return false;
	line[numbers - 1] = '\0';
	compare_cell(all, line + 5, line + numbers);
	return true;
}

static bool is_of_this(const json_t *results, const char *line)
{
	char own[400] = "";
	FILE *to = xcheck(fmemopen(own, sizeof(own), "w"));

	write_scenario(results, to);
	fclose(to);
	own[strcspn(own, "\n")] = '\0';
	return !strcmp(own, line);
}

static json_t *by_name(const json_t *results)
{
	json_t *cells = xcheck(json_object()), *cell;
	size_t i;

	json_array_foreach(json_object_get(results, "cells"), i, cell) {
		char *name = lab_cell_words(cell, true);

		json_object_set(cells, name, cell);
		free(name);
	}
	return cells;
}

static bool compare_lines(struct comparison *all, char *text, const char **why)
{
	bool of_this = false;
	char *line, *rest;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (!strncmp(line, "scenario ", 9)) {
			of_this = is_of_this(all->results, line);
			*why = "it is of another text of the scenario";
			if (!of_this)
				return false;
		} else if (!compare_line(all, line)) {
			*why = "it has a line that is neither scenario, verdict nor cell";
			return false;
		}
	}
	*why = "it names no scenario";
	return of_this;
}

bool lab_fixed_compare(const json_t *results, const char *reference,
		       struct lab_fixed_difference *difference)
{
	struct comparison all = {
		.difference = difference,
		.results = results,
		.verdicts = json_object_get(results, "verdicts"),
	};
	char *text = xstrdup(reference);
	const char *why = "";
	size_t size = 0;
	bool good;

	memset(difference, 0, sizeof(*difference));
	all.words = xcheck(open_memstream(&difference->words, &size));
	all.cells = by_name(results);
	good = compare_lines(&all, text, &why);
	fclose(all.words);
	if (!good) {
		free(difference->words);
		difference->words = xstrdup(why);
	}
	json_decref(all.cells);
	free(text);
	return good;
}
