// SPDX-License-Identifier: GPL-2.0-only
/* results/merge.c - see results/merge.h. */
#include <inttypes.h>
#include <string.h>

#include "cell_name.h"
#include "histogram.h"
#include "lib/json.h"
#include "merge.h"
#include "lib/alloc.h"
#include "sys/names.h"

static void set_count(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

static void add_count(json_t *into, const json_t *from, const char *key)
{
	set_count(into, key, lab_number(into, key) + lab_number(from, key));
}

static json_int_t first_of(const json_t *row)
{
	return json_integer_value(json_array_get(row, 0));
}

/* Adds two lists of rows, which are sorted by their first column. */
static json_t *add_rows(const json_t *a, const json_t *b)
{
	json_t *sum = json_array();
	size_t i = 0, j = 0, k;

	while (i < json_array_size(a) || j < json_array_size(b)) {
		json_t *one = json_array_get(a, i),
		       *other = json_array_get(b, j);

		if (one && other && first_of(one) == first_of(other)) {
			one = json_deep_copy(one);
			for (k = 1; k < json_array_size(one); k++)
				json_array_set_new(
					one, k,
					json_integer(
						json_integer_value(
							json_array_get(one, k)) +
						json_integer_value(
							json_array_get(other,
								       k))));
			json_array_append_new(sum, one);
			i++;
			j++;
		} else if (!other || (one && first_of(one) < first_of(other))) {
			json_array_append(sum, one);
			i++;
		} else {
			json_array_append(sum, other);
			j++;
		}
	}
	return sum;
}

static uint64_t mean_of(uint64_t a, uint64_t shots_a, uint64_t b,
			uint64_t shots_b)
{
	return ((double)a * shots_a + (double)b * shots_b) /
	       (shots_a + shots_b);
}

/* n_a, n_b: the shots whose latencies they are. */
static void add_latency(json_t *a, const json_t *b, uint64_t n_a, uint64_t n_b)
{
	json_t *rows = add_rows(json_object_get(a, "histogram"),
				json_object_get(b, "histogram"));
	size_t i;

	if (n_b && (!n_a || lab_number(b, "min") < lab_number(a, "min")))
		set_count(a, "min", lab_number(b, "min"));
	if (n_b && lab_number(b, "max") > lab_number(a, "max"))
		set_count(a, "max", lab_number(b, "max"));
	if (n_a + n_b)
		set_count(a, "mean",
			  mean_of(lab_number(a, "mean"), n_a,
				  lab_number(b, "mean"), n_b));
	for (i = 0; lab_quantiles[i].name; i++)
		set_count(a, lab_quantiles[i].name,
			  lab_rows_quantile(rows, lab_quantiles[i].permyriad));
	json_object_set_new(a, "histogram", rows);
}

/*
 * To be called before the counts of shots are added. Of a run by an earlier
 * version nothing is known of those that failed: then they are not of all shots,
 * and are left out.
 */
static void add_latencies(json_t *into, const json_t *from,
			  const struct lab_latencies *of)
{
	json_t *a = json_object_get(into, of->key);
	json_t *b = json_object_get(from, of->key);
	const uint64_t n_a = lab_number(into, of->count);
	const uint64_t n_b = lab_number(from, of->count);

	if (a && b)
		add_latency(a, b, n_a, n_b);
	else if (a && n_b)
		json_object_del(into, of->key);
	else if (b && !n_a)
		json_object_set_new(into, of->key, json_deep_copy(b));
}

/*
 * To be called before the counts by passage are added: they are the weights of
 * the means.
 */
static void add_means(json_t *into, const json_t *from)
{
	json_t *a = json_object_get(json_object_get(into, "latency"),
				    "mean_by_passage");
	json_t *b = json_object_get(json_object_get(from, "latency"),
				    "mean_by_passage");
	const char *key;
	json_t *value;

	json_object_foreach(b, key, value) {
		const uint64_t shots_b =
			lab_number(json_object_get(from, "passage"), key);

		if (a && shots_b)
			set_count(a, key,
				  mean_of(lab_number(a, key),
					  lab_number(json_object_get(into,
								     "passage"),
						     key),
					  json_integer_value(value), shots_b));
	}
}

/* Finds the object that has the same keys, apart from counts. */
static json_t *find_like(const json_t *list, const json_t *object,
			 const char *const *keys)
{
	json_t *one;
	size_t i, k;

	json_array_foreach(list, i, one) {
		for (k = 0; keys[k]; k++)
			if (!json_equal(json_object_get(one, keys[k]),
					json_object_get(object, keys[k])))
				break;
		if (!keys[k])
			return one;
	}
	return NULL;
}

static void add_list(json_t *into, const json_t *from, const char *const *keys,
		     const char *const *counts)
{
	json_t *one, *like;
	size_t i, k;

	json_array_foreach(from, i, one) {
		like = find_like(into, one, keys);
		if (!like) {
			json_array_append_new(into, json_deep_copy(one));
			continue;
		}
		for (k = 0; counts[k]; k++)
			add_count(like, one, counts[k]);
	}
}

/* Of several runs the first detail and error stay. */
static void add_victim(json_t *into, const json_t *from)
{
	static const char *const counts[] = { "asked",	"done",	 "wrong",
					      "errors", "stuck", NULL };
	json_t *a = json_object_get(into, "victim");
	const json_t *b = json_object_get(from, "victim");
	size_t i;

	if (!a || !b)
		return;
	for (i = 0; counts[i]; i++)
		add_count(a, b, counts[i]);
	if (lab_number(b, "passes") > lab_number(a, "passes"))
		set_count(a, "passes", lab_number(b, "passes"));
	if (!*lab_text(a, "detail"))
		json_object_set(a, "detail", json_object_get(b, "detail"));
	if (!json_object_get(a, "error") && json_object_get(b, "error"))
		json_object_set(a, "error", json_object_get(b, "error"));
	if (!json_object_get(a, "trouble") && json_object_get(b, "trouble"))
		json_object_set(a, "trouble", json_object_get(b, "trouble"));
}

static void add_cell(json_t *into, const json_t *from)
{
	static const char *const counts[] = {
		"attempts",	"ok",	   "injected",	   "exhausted",
		"refused",	"floored", "unattributed", "partial",
		"interrupting", "held",	   "left",	   "volleys",
		"volley_ticks", NULL,
	};
	/* Not in every run. */
	static const char *const optional[] = { "injector_hits", "contended",
						NULL };
	static const char *const counted[] = { "passage", "apart", "met",
					       "state_unknown" };
	uint64_t asked;
	const char *key;
	json_t *value;
	size_t i;

	for (i = 0; lab_latencies[i].key; i++)
		add_latencies(into, from, &lab_latencies[i]);
	add_means(into, from);
	for (i = 0; counts[i]; i++)
		add_count(into, from, counts[i]);
	for (i = 0; optional[i]; i++)
		if (json_object_get(from, optional[i]))
			add_count(into, from, optional[i]);
	if (lab_number(from, "volley_max") > lab_number(into, "volley_max"))
		set_count(into, "volley_max", lab_number(from, "volley_max"));
	asked = lab_number(into, "ok") + lab_number(into, "exhausted");
	json_object_set_new(
		into, "success_ppm",
		asked ? json_integer((double)lab_number(into, "ok") * 1000000 /
				     asked) :
			json_null());
	json_object_set_new(into, "cliff",
			    add_rows(json_object_get(into, "cliff"),
				     json_object_get(from, "cliff")));
	add_victim(into, from);
	if (!json_equal(json_object_get(into, "cliff_over"),
			json_object_get(from, "cliff_over")))
		json_object_del(into, "cliff_over");
	for (i = 0; i < sizeof(counted) / sizeof(*counted); i++)
		json_object_foreach(json_object_get(from, counted[i]), key,
				    value)
			add_count(json_object_get(into, counted[i]),
				  json_object_get(from, counted[i]), key);
	add_list(json_object_get(into, "origin"),
		 json_object_get(from, "origin"),
		 (const char *const[]){ "node", "zone", NULL },
		 (const char *const[]){ "blocks", NULL });
	add_list(json_object_get(into, "oracles"),
		 json_object_get(from, "oracles"),
		 (const char *const[]){ "name", NULL },
		 (const char *const[]){ "checked", "violations", NULL });
}

static void index_cell(struct lab_merge *merge, json_t *cell)
{
	char *words = lab_cell_words(cell, true);

	json_object_set(merge->cells, words, cell);
	free(words);
}

static void add_cells(struct lab_merge *merge, const json_t *from)
{
	json_t *cells = json_object_get(merge->whole.results, "cells"), *cell;
	size_t i;

	json_array_foreach(from, i, cell) {
		char *words = lab_cell_words(cell, true);
		json_t *into = json_object_get(merge->cells, words);

		free(words);
		if (into) {
			add_cell(into, cell);
			continue;
		}
		cell = json_deep_copy(cell);
		json_array_append_new(cells, cell);
		index_cell(merge, cell);
	}
}

/* ---- verdicts -------------------------------------------------------------- */

/* Notes the seed of a run in which a verdict failed. */
static void note_failure(json_t *verdict, const json_t *found, uint64_t seed)
{
	json_t *failed = json_object_get(verdict, "failed");

	if (!failed) {
		failed = json_array();
		json_object_set_new(verdict, "failed", failed);
		json_object_set_new(verdict, "verdict", json_string("fail"));
		json_object_set(verdict, "found", (json_t *)found);
	}
	json_array_append_new(failed, json_integer(seed));
}

static void add_verdict(json_t *list, json_t *one, uint64_t seed)
{
	json_t *into = find_like(list, one,
				 (const char *const[]){ "kind", "name", NULL });

	if (!into) {
		into = json_deep_copy(one);
		json_array_append_new(list, into);
	}
	if (lab_is(one, "verdict", "fail"))
		note_failure(into, json_object_get(one, "found"), seed);
	else if (lab_is(into, "verdict", "skip"))
		json_object_update(into, one);
}

static void add_verdicts(json_t *whole, const json_t *results)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, one)
		add_verdict(json_object_get(whole, "verdicts"), one,
			    lab_number(results, "seed"));
}

/* "with 2 of 10 seeds, 3 first: ok was 0" */
static void finish_verdict(json_t *verdict, size_t runs)
{
	const json_t *failed = json_object_get(verdict, "failed");
	char *words;

	if (!failed)
		return;
	words = xasprintf("with %zu of %zu seeds, %" JSON_INTEGER_FORMAT
			  " first: %s",
			  json_array_size(failed), runs,
			  json_integer_value(json_array_get(failed, 0)),
			  lab_text(verdict, "found"));
	json_object_set_new(verdict, "found", json_string(words));
	json_object_del(verdict, "failed");
	free(words);
}

/* The gravest first. */
static void add_outcome(json_t *whole, const json_t *results)
{
	static const char *const words[] = { "fail", "pass", "skip" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (lab_is(whole, "verdict", words[i]))
			return;
		if (lab_is(results, "verdict", words[i])) {
			json_object_set_new(whole, "verdict",
					    json_string(words[i]));
			return;
		}
	}
}

/* ---- the log --------------------------------------------------------------- */

static void mark_seed(json_t *finding, uint64_t seed)
{
	const char *at = lab_text(finding, "at");
	char *words = xasprintf("%s%sseed %" PRIu64, at, *at ? ", " : "", seed);

	json_object_set_new(finding, "at", json_string(words));
	free(words);
}

static void mark_log(json_t *results)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(results, "log"),
					   "findings"),
			   i, finding)
		mark_seed(finding, lab_number(results, "seed"));
}

static void add_log(json_t *whole, const json_t *results)
{
	json_t *into = json_object_get(whole, "log");
	json_t *from = json_object_get(results, "log");

	if (!json_is_object(into) || !json_is_object(from))
		return;
	add_count(into, from, "lines");
	json_array_extend(json_object_get(into, "findings"),
			  json_object_get(from, "findings"));
}

/* ---- runs ------------------------------------------------------------------ */

static bool same_scenario(const struct lab_merge *merge,
			  const struct lab_run *run, char *why, size_t size)
{
	const char *a = lab_text(
		json_object_get(merge->whole.results, "scenario"), "name");
	const char *b =
		lab_text(json_object_get(run->results, "scenario"), "name");

	if (!strcmp(a, b))
		return true;
	snprintf(
		why, size,
		"of the scenario %s, others are of %s; one is wanted: name its runs by a pattern, '%s-*'",
		b, a, a);
	return false;
}

static void take_first(struct lab_merge *merge, struct lab_run *run)
{
	json_t *cell;
	size_t i;

	merge->whole = *run;
	memset(run, 0, sizeof(*run));
	merge->cells = xcheck(json_object());
	json_array_foreach(json_object_get(merge->whole.results, "cells"), i,
			   cell)
		index_cell(merge, cell);
}

/* Called when a second run is added. */
static void start_whole(struct lab_merge *merge)
{
	json_t *results = merge->whole.results, *verdict;
	const uint64_t seed = lab_number(results, "seed");
	size_t i;

	json_object_set_new(results, "seeds",
			    json_pack("[I]", (json_int_t)seed));
	mark_log(results);
	json_array_foreach(json_object_get(results, "verdicts"), i, verdict)
		if (lab_is(verdict, "verdict", "fail"))
			note_failure(verdict, json_object_get(verdict, "found"),
				     seed);
}

bool lab_merge_add(struct lab_merge *merge, struct lab_run *run, char *why,
		   size_t size)
{
	json_t *whole = merge->whole.results;

	if (!merge->runs++) {
		take_first(merge, run);
		return true;
	}
	if (!same_scenario(merge, run, why, size))
		return false;
	if (merge->runs == 2)
		start_whole(merge);
	json_array_append_new(json_object_get(whole, "seeds"),
			      json_integer(lab_number(run->results, "seed")));
	mark_log(run->results);
	add_cells(merge, json_object_get(run->results, "cells"));
	add_verdicts(whole, run->results);
	add_outcome(whole, run->results);
	add_log(whole, run->results);
	return true;
}

void lab_merge_take(struct lab_merge *merge, struct lab_run *whole)
{
	json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(merge->whole.results, "verdicts"), i,
			   verdict)
		finish_verdict(verdict, merge->runs);
	*whole = merge->whole;
	memset(&merge->whole, 0, sizeof(merge->whole));
	lab_merge_free(merge);
}

void lab_merge_free(struct lab_merge *merge)
{
	lab_run_free(&merge->whole);
	json_decref(merge->cells);
	memset(merge, 0, sizeof(*merge));
}
