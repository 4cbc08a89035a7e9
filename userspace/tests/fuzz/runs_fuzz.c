// SPDX-License-Identifier: GPL-2.0-only
/*
 * runs_fuzz.c - results that no run wrote.
 *
 *	runs_fuzz [ITERATIONS] [SEED]
 *
 * Mutates the results of a run, as values and as bytes, and reads them. Most
 * are refused, and must say why; what is accepted must survive all that is
 * done with results, under sanitizers: comparing, adding up, pages, every form
 * of these, and the history. The same seed makes the same results, so what
 * failed once fails again.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "history/history.h"
#include "report/report.h"
#include "results/merge.h"
#include "export/export.h"
#include "results/load.h"
#include "results/schema.h"
#include "tests/unit/synthetic.h"

#define ITERATIONS 4000

static uint64_t state;

static size_t pick(size_t n)
{
	return lab_random(&state) % n;
}

/* A value of any type, among them those at the edges. */
static json_t *anything(void)
{
	static const json_int_t numbers[] = {
		0, 1, -1, 80, 81, 1000000, 1ll << 53, INT64_MAX, INT64_MIN,
	};

	switch (pick(9)) {
	case 0:
		return json_null();
	case 1:
		return json_true();
	case 2:
		return json_real(0.5);
	case 3:
		return json_string("");
	case 4:
		return json_string("any\" <|*_%s\xc3\xa4");
	case 5:
		return json_array();
	case 6:
		return json_object();
	case 7:
		return json_pack("[[I, I, I]]", numbers[pick(9)],
				 numbers[pick(9)], numbers[pick(9)]);
	default:
		return json_integer(numbers[pick(9)]);
	}
}

static void mutate_object(json_t *object)
{
	size_t at = pick(json_object_size(object));
	void *i = json_object_iter(object);

	while (at--)
		i = json_object_iter_next(object, i);
	if (pick(4))
		json_object_iter_set_new(object, i, anything());
	else
		json_object_del(object, json_object_iter_key(i));
}

static void mutate_array(json_t *array)
{
	const size_t at = pick(json_array_size(array));

	if (!pick(3))
		json_array_remove(array, at);
	else if (pick(2))
		json_array_append_new(
			array, json_deep_copy(json_array_get(array, at)));
	else
		json_array_set_new(array, at, anything());
}

/* Walks down at random and changes something where it stops. */
static void mutate(json_t *value)
{
	for (;;) {
		json_t *below = NULL;

		if (json_array_size(value)) {
			below = json_array_get(value,
					       pick(json_array_size(value)));
		} else if (json_object_size(value)) {
			size_t at = pick(json_object_size(value));
			void *i = json_object_iter(value);

			while (at--)
				i = json_object_iter_next(value, i);
			below = json_object_iter_value(i);
		}
		if (below && pick(5) &&
		    (json_array_size(below) || json_object_size(below))) {
			value = below;
			continue;
		}
		if (json_object_size(value))
			mutate_object(value);
		else if (json_array_size(value))
			mutate_array(value);
		return;
	}
}

#define PAGES 8 /* one of so many that are accepted: gnuplot takes long */

static void show(const struct lab_run *run, unsigned int number)
{
	const struct lab_exported exported = { .results = run->results,
					       .host = run->host,
					       .folder = "run" };
	FILE *nowhere = fopen("/dev/null", "w");
	size_t i;

	if (!nowhere)
		abort();
	for (i = 0; lab_exports[i]; i++)
		lab_exports[i]->write(&exported, nowhere);
	if (!(number % PAGES) && lab_page_write(run, 1, NULL, NULL, nowhere))
		abort();
	fclose(nowhere);
}

/* With one that is as it should be, and shown as one. */
static void add_up(const struct lab_run *run, unsigned int number)
{
	static const struct synthetic usual = SYNTHETIC;
	struct lab_run runs[2] = { { .results = synthetic_run(&usual) },
				   { .results =
					     json_deep_copy(run->results) } };
	struct lab_run whole;
	struct lab_merge merge = {};
	char why[400] = "";

	if (!lab_merge_add(&merge, &runs[0], why, sizeof(why)))
		abort();
	if (!lab_merge_add(&merge, &runs[1], why, sizeof(why)) && !why[0])
		abort();
	lab_merge_take(&merge, &whole);
	show(&whole, number);
	lab_run_free(&whole);
	lab_run_free(&runs[1]);
}

static void use(struct lab_history *history, struct lab_run *run,
		unsigned int number)
{
	static const struct synthetic usual = SYNTHETIC;
	struct lab_comparison comparison = { .threshold = 0.05, .alpha = 0.01 };
	struct lab_run other = { .results = synthetic_run(&usual) };
	FILE *nowhere = fopen("/dev/null", "w");
	struct lab_origin origin = {};
	size_t i;

	comparison.set[LAB_A].where = "memory";
	comparison.set[LAB_B].where = "memory";
	if (!nowhere || !lab_gather_run(&comparison, LAB_A, &other) ||
	    !lab_gather_run(&comparison, LAB_B, run))
		abort();
	lab_judge(&comparison);
	for (i = 0; lab_compare_forms[i]; i++)
		lab_compare_forms[i]->write(&comparison, nowhere, true);
	fclose(nowhere);
	lab_comparison_free(&comparison);
	json_decref(other.results);
	origin.when = number;
	if (lab_history_add(history, run, &origin) == LAB_NOT_ADDED)
		abort();
	show(run, number);
	add_up(run, number);
}

/* As values, then as bytes: of each the reader says yes, or why not. */
static bool try_one(struct lab_history *history, unsigned int number,
		    unsigned int accepted)
{
	const struct synthetic usual = SYNTHETIC;
	struct lab_run run = { .results = synthetic_run(&usual) };
	char *text, why[400] = "";
	size_t size, n = 1 + pick(3);
	bool good;

	while (n--)
		mutate(run.results);
	good = lab_schema_check(run.results, why, sizeof(why));
	if (!good == !why[0])
		abort();
	snprintf(run.fingerprint, sizeof(run.fingerprint), "%u", number);
	text = json_dumps(run.results, JSON_COMPACT);
	if (good)
		use(history, &run, accepted);
	lab_run_free(&run);
	if (!text)
		return good;
	size = strlen(text);
	for (n = pick(4); n--;)
		text[pick(size)] = pick(256);
	if (!pick(3))
		size = pick(size);
	if (lab_run_parse(&run, text, size, why, sizeof(why)))
		lab_run_free(&run);
	else if (!why[0])
		abort();
	free(text);
	return good;
}

int main(int argc, char **argv)
{
	const unsigned int iterations = argc > 1 ? strtoul(argv[1], NULL, 10) :
						   ITERATIONS;
	struct lab_history history;
	unsigned int i, accepted = 0;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	if (!lab_history_open(&history, ":memory:", true))
		return 3;
	for (i = 0; i < iterations; i++)
		accepted += try_one(&history, i, accepted);
	lab_history_close(&history);
	printf("TAP version 13\n1..1\n");
	printf("%s 1 - %u results survived, %u of them accepted\n",
	       accepted ? "ok" : "not ok", i, accepted);
	return !accepted;
}
