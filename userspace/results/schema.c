// SPDX-License-Identifier: GPL-2.0-only
/*
 * results/schema.c - see results/schema.h.
 *
 * What each key must be is a table. What several of them must be together is
 * code, below the tables: it is there that an edit by hand shows.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cell_name.h"
#include "lib/json.h"
#include "sys/names.h"
#include "labyrinth.h"
#include "build.h"
#include "lib/alloc.h"
#include "schema.h"
#include "sys/names.h"

/* The path of a value; each place points to the one that contains it. */
struct place {
	const struct place *above;
	const char *key; /* NULL: an element of a list */
	size_t index;
};

struct check {
	char *why;
	size_t size;
};

enum kind {
	TEXT,
	WORD, /* one of rule.words */
	COUNT,
	FLAG,
	NODE, /* a count, or "any" */
	OBJECT,
	LIST, /* of objects */
	COUNTS, /* a list of them */
	ROWS, /* a list of lists of rule.columns counts each */
};

struct rule {
	const char *key;
	enum kind kind;
	bool optional, nullable;
	const char *words; /* parted by blanks */
	const struct rule *inside; /* of an object, or of each in a list */
	size_t columns;
};

/*
 * The largest count: above it a double is not exact, and no run counts as far.
 */
#define LARGEST (1ll << 53)

#define KEY(is, name, ...)                                 \
	{                                                  \
		.key = (name), .kind = (is), ##__VA_ARGS__ \
	}

static const struct rule kernel_rules[] = {
	KEY(TEXT, "release"),
	KEY(TEXT, "version"),
	KEY(TEXT, "machine"),
	KEY(TEXT, "build_id"),
	{},
};

static const struct rule module_rules[] = {
	KEY(TEXT, "build_id"),	 KEY(COUNT, "abi"),
	KEY(COUNT, "clock_khz"), KEY(FLAG, "attribution_exact"),
	KEY(COUNT, "page_size"), {},
};

static const struct rule program_rules[] = {
	KEY(TEXT, "version"),
	KEY(TEXT, "build_id"),
	{},
};

/* Of a guest, but for mode and cpus, which any machine has. */
static const struct rule machine_rules[] = {
	KEY(TEXT, "mode"),
	KEY(COUNT, "cpus"),
	KEY(COUNT, "nodes", .optional = true),
	KEY(TEXT, "qemu", .optional = true),
	KEY(COUNT, "memory_per_node", .optional = true),
	KEY(LIST, "shape", .optional = true),
	KEY(COUNT, "deadline_s", .optional = true),
	KEY(COUNT, "icount_shift", .optional = true),
	KEY(TEXT, "append", .optional = true),
	KEY(TEXT, "board", .optional = true),
	KEY(TEXT, "cpu", .optional = true),
	KEY(TEXT, "machine", .optional = true),
	{},
};

static const struct rule scenario_rules[] = {
	KEY(TEXT, "name"),
	KEY(TEXT, "claim"),
	KEY(TEXT, "sha256"),
	{},
};

static const struct rule verdict_rules[] = {
	KEY(TEXT, "kind"),  KEY(TEXT, "name"),
	KEY(TEXT, "claim"), KEY(WORD, "verdict", .words = "pass fail skip"),
	KEY(TEXT, "found"), {},
};

static const struct rule usable_rules[] = {
	KEY(TEXT, "name"),
	KEY(FLAG, "usable"),
	KEY(TEXT, "reason"),
	{},
};

static const struct rule phase_rules[] = {
	KEY(TEXT, "name"),
	KEY(COUNT, "shots"),
	KEY(COUNT, "hold"),
	KEY(COUNT, "burst"),
	KEY(TEXT, "injector"),
	KEY(OBJECT, "inject"),
	KEY(TEXT, "pressure"),
	KEY(OBJECT, "press"),
	KEY(TEXT, "victim", .optional = true),
	KEY(OBJECT, "victim_settings", .optional = true),
	KEY(TEXT, "skipped", .optional = true),
	{},
};

static const struct rule latency_rules[] = {
	KEY(TEXT, "unit"),
	KEY(COUNT, "min"),
	KEY(COUNT, "mean"),
	KEY(COUNT, "p50"),
	KEY(COUNT, "p90"),
	KEY(COUNT, "p99"),
	KEY(COUNT, "p999"),
	KEY(COUNT, "max"),
	KEY(ROWS, "histogram", .columns = 2),
	KEY(OBJECT, "mean_by_passage", .optional = true),
	{},
};

static const struct rule origin_rules[] = {
	KEY(COUNT, "node"),
	KEY(COUNT, "zone"),
	KEY(COUNT, "blocks"),
	{},
};

static const struct rule oracle_rules[] = {
	KEY(TEXT, "name"),
	KEY(COUNT, "checked"),
	KEY(COUNT, "violations"),
	KEY(COUNT, "culprit", .optional = true),
	{},
};

static const struct rule zone_rules[] = {
	KEY(COUNT, "node"),
	KEY(TEXT, "zone"),
	KEY(COUNT, "managed"),
	KEY(COUNT, "free"),
	KEY(COUNT, "min"),
	KEY(COUNT, "low"),
	KEY(COUNT, "high"),
	KEY(COUNT, "boost"),
	KEY(COUNT, "highatomic"),
	KEY(COUNT, "pcp"),
	KEY(COUNTS, "free_blocks"),
	KEY(COUNT, "free_highatomic", .optional = true),
	KEY(COUNT, "free_cma", .optional = true),
	{},
};

/* Results of earlier versions do not have what follows. */
static const struct rule apart_rules[] = {
	KEY(COUNT, "ok"),
	KEY(COUNT, "exhausted"),
	{},
};

static const struct rule met_rules[] = {
	KEY(COUNT, "boost"),
	KEY(COUNT, "highatomic"),
	KEY(COUNT, "cma"),
	{},
};

static const struct rule victim_rules[] = {
	KEY(TEXT, "name"),
	KEY(COUNT, "asked"),
	KEY(COUNT, "done"),
	KEY(COUNT, "wrong"),
	KEY(COUNT, "errors"),
	KEY(TEXT, "error", .optional = true),
	KEY(TEXT, "detail"),
	KEY(COUNT, "passes"),
	KEY(COUNT, "stuck"),
	KEY(TEXT, "trouble", .optional = true),
	{},
};

static const struct rule cell_rules[] = {
	KEY(TEXT, "phase"),
	KEY(TEXT, "context"),
	KEY(TEXT, "api"),
	KEY(COUNT, "order"),
	KEY(TEXT, "gfp"),
	KEY(NODE, "node"),
	KEY(COUNT, "cpus", .optional = true),
	KEY(TEXT, "refusal", .optional = true),
	KEY(COUNT, "attempts"),
	KEY(COUNT, "ok"),
	KEY(COUNT, "injected"),
	KEY(COUNT, "exhausted"),
	KEY(COUNT, "refused"),
	KEY(COUNT, "unattributed"),
	KEY(COUNT, "floored"),
	KEY(COUNT, "contended", .optional = true),
	KEY(COUNT, "partial"),
	KEY(COUNT, "interrupting"),
	KEY(COUNT, "held", .optional = true),
	KEY(COUNT, "left"),
	KEY(COUNT, "injector_hits", .optional = true),
	KEY(COUNT, "volleys"),
	KEY(COUNT, "volley_ticks"),
	KEY(COUNT, "volley_max"),
	KEY(COUNT, "success_ppm", .nullable = true),
	KEY(FLAG, "look", .optional = true),
	KEY(OBJECT, "latency", .inside = latency_rules),
	KEY(OBJECT, "latency_injected", .optional = true,
	    .inside = latency_rules),
	KEY(OBJECT, "latency_exhausted", .optional = true,
	    .inside = latency_rules),
	KEY(ROWS, "cliff", .columns = 3),
	KEY(WORD, "cliff_over", .optional = true, .words = LAB_CLIFF_OVER),
	KEY(OBJECT, "apart", .optional = true, .inside = apart_rules),
	KEY(OBJECT, "met", .optional = true, .inside = met_rules),
	KEY(OBJECT, "state_unknown", .optional = true),
	KEY(OBJECT, "victim", .optional = true, .inside = victim_rules),
	KEY(OBJECT, "passage"),
	KEY(LIST, "origin", .inside = origin_rules),
	KEY(LIST, "oracles", .inside = oracle_rules),
	{},
};

static const struct rule moment_rules[] = {
	KEY(TEXT, "at"),
	KEY(COUNT, "own", .optional = true),
	KEY(LIST, "zones", .inside = zone_rules),
	{},
};

static const struct rule loss_rules[] = {
	KEY(TEXT, "process"),
	KEY(COUNT, "pid"),
	KEY(COUNT, "signal"),
	KEY(TEXT, "what"),
	KEY(TEXT, "phase"),
	KEY(TEXT, "at"),
	KEY(TEXT, "moment"),
	KEY(FLAG, "ended"),
	KEY(WORD, "class", .words = "expected failure"),
	KEY(TEXT, "log"),
	{},
};

/*
 * The release and build id are missing when the kernel panicked before it told
 * them.
 */
static const struct rule results_rules[] = {
	KEY(WORD, "verdict", .words = "pass fail skip broken"),
	KEY(WORD, "ending",
	    .words = "ended panicked hung killed stalled broke unfit"),
	KEY(OBJECT, "kernel", .nullable = true, .inside = kernel_rules),
	KEY(OBJECT, "module", .nullable = true, .inside = module_rules),
	KEY(OBJECT, "program", .nullable = true, .inside = program_rules),
	KEY(OBJECT, "machine", .inside = machine_rules),
	KEY(OBJECT, "scenario", .inside = scenario_rules),
	KEY(COUNT, "seed"),
	KEY(LIST, "verdicts", .inside = verdict_rules),
	KEY(LIST, "contexts", .inside = usable_rules),
	KEY(LIST, "apis", .inside = usable_rules),
	KEY(LIST, "phases", .inside = phase_rules),
	KEY(LIST, "pressures"),
	KEY(LIST, "processes", .optional = true, .inside = loss_rules),
	KEY(LIST, "cells", .inside = cell_rules),
	KEY(LIST, "timeline", .inside = moment_rules),
	{},
};

static size_t place_words(const struct place *place, char *words, size_t size)
{
	size_t n = 0;

	if (!place)
		return 0;
	n = place_words(place->above, words, size);
	if (n >= size)
		return n;
	if (!place->key)
		return n + snprintf(words + n, size - n, "[%zu]", place->index);
	return n +
	       snprintf(words + n, size - n, "%s%s", n ? "." : "", place->key);
}

/* Always false, so that it can be what a check returns. */
__attribute__((format(printf, 3, 4))) static bool
wrong(const struct check *check, const struct place *at, const char *format,
      ...)
{
	size_t n = place_words(at, check->why, check->size);
	va_list args;

	if (n + 2 >= check->size)
		return false;
	n += snprintf(check->why + n, check->size - n, "%s", n ? ": " : "");
	va_start(args, format);
	vsnprintf(check->why + n, check->size - n, format, args);
	va_end(args);
	return false;
}

static const char *type_words(const json_t *value)
{
	/*
	 * @value is not NULL; cppcheck concludes that it may be from the check
	 * in json_is_*().
	 */
	/* cppcheck-suppress [nullPointerRedundantCheck, ctunullpointer] */
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a text";
	case JSON_INTEGER:
		return json_integer_value(value) < 0 ? "a negative number" :
						       "a number";
	case JSON_REAL:
		return "a number with a point";
	case JSON_NULL:
		return "null";
	default:
		return "true or false";
	}
}

static bool is_word(const char *words, const char *word)
{
	const size_t length = strlen(word);

	for (; *words; words += strspn(words, " ")) {
		const size_t n = strcspn(words, " ");

		if (n == length && !memcmp(words, word, n))
			return true;
		words += n;
	}
	return false;
}

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
	       json_integer_value(value) <= LARGEST;
}

static bool check_object(const struct check *check, const struct place *place,
			 const json_t *object, const struct rule *rules);

static bool check_list(const struct check *check, const struct place *place,
		       const json_t *list, const struct rule *inside)
{
	struct place here = { .above = place };

	for (; here.index < json_array_size(list); here.index++)
		if (!check_object(check, &here,
				  json_array_get(list, here.index), inside))
			return false;
	return true;
}

static bool check_counts(const struct check *check, const struct place *place,
			 const json_t *list)
{
	struct place here = { .above = place };

	for (; here.index < json_array_size(list); here.index++)
		if (!is_count(json_array_get(list, here.index)))
			return wrong(
				check, &here, "%s, not a count",
				type_words(json_array_get(list, here.index)));
	return true;
}

/* Rows must be in the order of their first column. */
static bool check_rows(const struct check *check, const struct place *place,
		       const json_t *list, size_t columns)
{
	struct place here = { .above = place };
	json_int_t first, last = 0;

	for (; here.index < json_array_size(list); here.index++) {
		const json_t *row = json_array_get(list, here.index);

		if (json_array_size(row) != columns)
			return wrong(check, &here, "not a list of %zu numbers",
				     columns);
		if (!check_counts(check, &here, row))
			return false;
		first = json_integer_value(json_array_get(row, 0));
		if (first < last)
			return wrong(check, &here,
				     "%" JSON_INTEGER_FORMAT
				     " comes after %" JSON_INTEGER_FORMAT,
				     first, last);
		last = first;
	}
	return true;
}

static bool fits(const struct rule *rule, const json_t *value)
{
	switch (rule->kind) {
	case TEXT:
		return json_is_string(value);
	case WORD:
		return json_is_string(value) &&
		       is_word(rule->words, json_string_value(value));
	case COUNT:
		return is_count(value);
	case FLAG:
		return json_is_boolean(value);
	case NODE:
		return is_count(value) ||
		       (json_is_string(value) &&
			!strcmp(json_string_value(value), "any"));
	case OBJECT:
		return json_is_object(value);
	default:
		return json_is_array(value);
	}
}

static bool misfit(const struct check *check, const struct place *place,
		   const struct rule *rule, const json_t *value)
{
	static const char *const wanted[] = {
		[TEXT] = "a text",	  [COUNT] = "a count",
		[FLAG] = "true or false", [NODE] = "a node or \"any\"",
		[OBJECT] = "an object",	  [LIST] = "a list",
		[COUNTS] = "a list",	  [ROWS] = "a list",
	};

	if (rule->kind == WORD && json_is_string(value))
		return wrong(check, place, "'%.40s' is none of: %s",
			     json_string_value(value), rule->words);
	if (rule->kind == COUNT && json_is_integer(value) &&
	    json_integer_value(value) > 0)
		return wrong(check, place,
			     "%" JSON_INTEGER_FORMAT
			     " is more than can be counted",
			     json_integer_value(value));
	return wrong(check, place, "%s, not %s", type_words(value),
		     rule->kind == WORD ? "a word" : wanted[rule->kind]);
}

static bool check_value(const struct check *check, const struct place *place,
			const struct rule *rule, const json_t *value)
{
	if (!value)
		return rule->optional || wrong(check, place, "it is not there");
	if (rule->nullable && json_is_null(value))
		return true;
	if (!fits(rule, value))
		return misfit(check, place, rule, value);
	switch (rule->kind) {
	case OBJECT:
		return !rule->inside ||
		       check_object(check, place, value, rule->inside);
	case LIST:
		return check_list(check, place, value, rule->inside);
	case COUNTS:
		return check_counts(check, place, value);
	case ROWS:
		return check_rows(check, place, value, rule->columns);
	default:
		return true;
	}
}

static bool check_object(const struct check *check, const struct place *place,
			 const json_t *object, const struct rule *rules)
{
	if (!json_is_object(object))
		return wrong(check, place, "%s, not an object",
			     type_words(object));
	for (; rules && rules->key; rules++) {
		const struct place here = { .above = place, .key = rules->key };

		if (!check_value(check, &here, rules,
				 json_object_get(object, rules->key)))
			return false;
	}
	return true;
}

/* ---- what must be together --------------------------------------------- */

/* Checks a sum, which the program writes correctly: a wrong one was edited. */
static bool adds_up(const struct check *check, const struct place *place,
		    const char *what, uint64_t sum, const char *of,
		    uint64_t total)
{
	return sum == total ||
	       wrong(check, place,
		     "%s add up to %" PRIu64 ", %s is %" PRIu64
		     ": it was edited, or is from another program",
		     what, sum, of, total);
}

static bool check_success(const struct check *check, const struct place *place,
			  const json_t *cell)
{
	const uint64_t ok = lab_number(cell, "ok");
	const uint64_t asked = ok + lab_number(cell, "exhausted");
	const json_t *ppm = json_object_get(cell, "success_ppm");

	if (json_is_null(ppm) ? !asked :
				asked && lab_number(cell, "success_ppm") ==
						 ok * 1000000 / asked)
		return true;
	return wrong(
		check, place,
		"success_ppm is not what ok and exhausted make of it: it was edited, or is from another program");
}

/* Earlier versions wrote left alone. */
static bool check_held(const struct check *check, const struct place *place,
		       const json_t *cell)
{
	return !json_object_get(cell, "held") ||
	       lab_number(cell, "held") == lab_number(cell, "left") ||
	       wrong(check, place,
		     "held is not left: it was edited, or is from another program");
}

static bool check_cliff(const struct check *check, const struct place *place,
			const json_t *cell)
{
	const json_t *cliff = json_object_get(cell, "cliff");
	const uint64_t last = json_integer_value(json_array_get(
		json_array_get(cliff, json_array_size(cliff) - 1), 0));

	if (json_array_size(cliff) && last >= LAB_CLIFF_BUCKETS)
		return wrong(check, place,
			     "cliff has a step %" PRIu64 ", the last is %d",
			     last, LAB_CLIFF_BUCKETS - 1);
	/* Nobody looked at the state. */
	if (json_is_false(json_object_get(cell, "look")))
		return !json_array_size(cliff) ||
		       wrong(check, place, "cliff without a look at the state");
	return adds_up(check, place, "the exhausted of its cliff",
		       lab_column_sum(cliff, 2) +
			       lab_number(json_object_get(cell, "apart"),
					  "exhausted"),
		       "exhausted", lab_number(cell, "exhausted"));
}

static bool check_latencies(const struct check *check,
			    const struct place *place, const json_t *cell)
{
	size_t i;

	for (i = 0; lab_latencies[i].key; i++) {
		const struct lab_latencies *of = &lab_latencies[i];
		const struct place here = { .above = place, .key = of->key };
		const json_t *latency = json_object_get(cell, of->key);
		const json_t *rows = json_object_get(latency, "histogram");

		if (latency &&
		    !adds_up(check, of->outcome == LAB_OK ? place : &here,
			     "the shots of its histogram",
			     lab_column_sum(rows, 1), of->count,
			     lab_number(cell, of->count)))
			return false;
	}
	return true;
}

static bool check_cell(const struct check *check, const struct place *place,
		       const json_t *cell)
{
	static const char *const outcomes[] = { "ok", "injected", "exhausted",
						"refused" };
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		sum += lab_number(cell, outcomes[i]);
	return adds_up(check, place, "ok, injected, exhausted and refused", sum,
		       "attempts", lab_number(cell, "attempts")) &&
	       check_held(check, place, cell) &&
	       check_success(check, place, cell) &&
	       check_latencies(check, place, cell) &&
	       check_cliff(check, place, cell);
}

/* Marks a name as seen; false when it was seen before. */
static bool is_first(json_t *seen, const char *name)
{
	if (json_object_get(seen, name))
		return false;
	json_object_set_new(seen, name, json_true());
	return true;
}

static bool check_cells(const struct check *check, const json_t *results)
{
	const struct place cells = { .key = "cells" };
	struct place here = { .above = &cells };
	json_t *seen = xcheck(json_object()), *cell;
	bool good = true;

	json_array_foreach(json_object_get(results, "cells"), here.index,
			   cell) {
		char *name = lab_cell_words(cell, true);

		good = check_cell(check, &here, cell) &&
		       (is_first(seen, name) ||
			wrong(check, &here, "'%s' is there twice", name));
		free(name);
		if (!good)
			break;
	}
	json_decref(seen);
	return good;
}

static bool check_phases(const struct check *check, const json_t *results)
{
	const struct place phases = { .key = "phases" };
	struct place here = { .above = &phases };
	json_t *seen = xcheck(json_object()), *phase;
	bool good = true;

	json_array_foreach(json_object_get(results, "phases"), here.index,
			   phase)
		good = good && (is_first(seen, lab_text(phase, "name")) ||
				wrong(check, &here, "'%s' is there twice",
				      lab_text(phase, "name")));
	json_decref(seen);
	return good;
}

static bool check_schema(const struct check *check, const json_t *results)
{
	const json_t *schema = json_object_get(results, "schema");

	if (!json_is_object(results))
		return wrong(check, NULL,
			     "not an object: it is not results of a run");
	if (!json_is_string(schema))
		return wrong(check, NULL,
			     "no text 'schema': it is not results of a run");
	if (strcmp(json_string_value(schema), LAB_RESULTS_SCHEMA))
		return wrong(
			check, NULL,
			"schema '%.60s', and this program reads '%s': run the scenario again with this one",
			json_string_value(schema), LAB_RESULTS_SCHEMA);
	return true;
}

bool lab_schema_check(const json_t *results, char *why, size_t size)
{
	const struct check check = { .why = why, .size = size };

	why[0] = '\0';
	return check_schema(&check, results) &&
	       check_object(&check, NULL, results, results_rules) &&
	       check_phases(&check, results) && check_cells(&check, results);
}
