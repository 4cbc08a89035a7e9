// SPDX-License-Identifier: GPL-2.0-only
/* results/build.c - see results/build.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "inject/inject.h"
#include "lib/sha256.h"
#include "lib/json.h"
#include "log/log.h"
#include "pressure/pressure.h"
#include "victim/victim.h"
#include "boot_verdict.h"
#include "build.h"
#include "loss_verdict.h"
#include "verdict.h"
#include "sys/names.h"

static const char *const ending_names[] = {
	[LAB_ENDED] = "ended",	   [LAB_PANICKED] = "panicked",
	[LAB_HUNG] = "hung",	   [LAB_KILLED] = "killed",
	[LAB_STALLED] = "stalled", [LAB_BROKE] = "broke",
	[LAB_UNFIT] = "unfit",
};

/* A copy of a record without what made it one. */
static json_t *strip(const json_t *record)
{
	json_t *copy = json_deep_copy(record);

	json_object_del(copy, "record");
	return copy;
}

static json_t *strip_all(const json_t *records, const char *kind)
{
	json_t *list = json_array(), *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (lab_is(record, "record", kind))
			json_array_append_new(list, strip(record));
	return list;
}

/* The unit of latencies, and how many ticks make how many of it. */
struct unit {
	const char *name;
	uint64_t of, per;
};

/*
 * Under instruction counting the time stamp counter is guest time in ns, and
 * an instruction takes 1 << icount_shift of them.
 */
static struct unit latency_unit(const json_t *records, const json_t *machine)
{
	const json_t *shift = json_object_get(machine, "icount_shift");
	uint64_t khz =
		lab_number(lab_find(records, "record", "module"), "clock_khz");

	if (shift)
		return (struct unit){ "instructions", 1,
				      1ull << json_integer_value(shift) };
	return (struct unit){ "ns", 1000000, khz ? khz : 1000000 };
}

static json_t *in_unit(const struct unit *unit, uint64_t ticks)
{
	return json_integer(ticks * unit->of / unit->per);
}

/* Of the shots that came by each passage: what took long took it there. */
static json_t *means_of(const json_t *record, const struct unit *unit)
{
	json_t *ticks = json_object_get(record, "passage_ticks"), *one;
	const json_t *shots = json_object_get(record, "passage");
	json_t *means = json_object();
	const char *passage;

	json_object_foreach(ticks, passage, one) {
		const uint64_t n = lab_number(shots, passage);

		if (n)
			json_object_set_new(
				means, passage,
				in_unit(unit, json_integer_value(one) / n));
	}
	return means;
}

/* raw: what the module counted, in ticks, of so many shots. */
static json_t *latency_of(const json_t *raw, uint64_t shots,
			  const struct unit *unit)
{
	const json_t *buckets = json_object_get(raw, "histogram");
	json_t *latency = json_object(), *histogram = json_array(), *pair;
	size_t i;

	json_object_set_new(latency, "unit", json_string(unit->name));
	json_object_set_new(latency, "min",
			    in_unit(unit, lab_number(raw, "min")));
	json_object_set_new(
		latency, "mean",
		in_unit(unit, shots ? lab_number(raw, "sum") / shots : 0));
	for (i = 0; lab_quantiles[i].name; i++)
		json_object_set_new(
			latency, lab_quantiles[i].name,
			in_unit(unit,
				lab_hist_quantile(buckets,
						  lab_quantiles[i].permyriad)));
	json_object_set_new(latency, "max",
			    in_unit(unit, lab_number(raw, "max")));
	json_array_foreach(buckets, i, pair) {
		unsigned int bucket =
			json_integer_value(json_array_get(pair, 0));

		json_array_append_new(
			histogram,
			json_pack("[o, O]",
				  in_unit(unit, lab_hist_lower(bucket)),
				  json_array_get(pair, 1)));
	}
	json_object_set_new(latency, "histogram", histogram);
	return latency;
}

static void set_latencies(json_t *cell, const json_t *record,
			  const struct unit *unit)
{
	size_t i;

	for (i = 0; lab_latencies[i].key; i++) {
		const struct lab_latencies *of = &lab_latencies[i];
		const json_t *raw = json_object_get(record, of->key);
		json_t *latency;

		if (!raw && of->outcome != LAB_OK)
			continue;
		latency = latency_of(raw, lab_number(record, of->count), unit);
		if (of->outcome == LAB_OK)
			json_object_set_new(latency, "mean_by_passage",
					    means_of(record, unit));
		json_object_set_new(cell, of->key, latency);
	}
}

static json_t *cell_of(const json_t *record, const struct unit *unit)
{
	json_t *cell = strip(record);
	uint64_t ok = lab_number(cell, "ok");
	uint64_t asked = ok + lab_number(cell, "exhausted");

	json_object_del(cell, "passage_ticks");
	/* Parts per million: an integer is the same everywhere. */
	json_object_set_new(cell, "success_ppm",
			    asked ? json_integer(ok * 1000000 / asked) :
				    json_null());
	/* Its name in labyrinth-results/1; see results/README.md. */
	json_object_set(cell, "left", json_object_get(cell, "held"));
	set_latencies(cell, record, unit);
	return cell;
}

static json_t *cells_of(const json_t *records, const struct unit *unit)
{
	json_t *cells = json_array(), *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (lab_is(record, "record", "cell"))
			json_array_append_new(cells, cell_of(record, unit));
	return cells;
}

static json_t *setting_json(const struct lab_setting *setting)
{
	switch (setting->key->type) {
	case LAB_KEY_STRING:
		return json_string(setting->text);
	case LAB_KEY_CHOICE:
		return json_string(setting->key->names[setting->number]);
	default:
		return json_integer(setting->number);
	}
}

static void set_settings(json_t *object, const char *prefix,
			 const struct lab_setting *settings,
			 const struct lab_key *keys)
{
	char name[128];
	size_t i;

	for (i = 0; keys && keys[i].name; i++) {
		if (!settings[i].given)
			continue;
		snprintf(name, sizeof(name), "%s%s", prefix, keys[i].name);
		json_object_set_new(object, name, setting_json(&settings[i]));
	}
}

/* "anon", or "anon net". */
static json_t *pressures_json(const struct lab_phase *phase)
{
	char names[256] = "";
	size_t i, at = 0;

	for (i = 0; i < phase->npresses; i++)
		at += snprintf(names + at, sizeof(names) - at, "%s%s",
			       i ? " " : "", phase->press[i].pressure->name);
	return json_string(names);
}

/* The keys of one pressure as they are, those of several as NAME.KEY. */
static json_t *press_json(const struct lab_phase *phase)
{
	json_t *object = json_object();
	char prefix[64] = "";
	size_t i;

	for (i = 0; i < phase->npresses; i++) {
		const struct lab_press *press = &phase->press[i];

		if (phase->npresses > 1)
			snprintf(prefix, sizeof(prefix), "%s.",
				 press->pressure->name);
		set_settings(object, prefix, press->settings,
			     press->pressure->keys);
	}
	return object;
}

static json_t *inject_json(const struct lab_phase *phase)
{
	json_t *object = json_object();

	set_settings(object, "", phase->inject, phase->injector->keys);
	return object;
}

/* Only of a phase that has one. */
static void set_victim(json_t *one, const struct lab_phase *phase)
{
	json_t *settings;
	char *words;

	if (!phase->victim.ops)
		return;
	settings = json_object();
	words = lab_victim_words(phase->victim.ops, phase->victim.layers);
	set_settings(settings, "", phase->victim.settings, lab_victim_keys);
	json_object_set_new(one, "victim", json_string(words));
	json_object_set_new(one, "victim_settings", settings);
	free(words);
}

static json_t *phases_json(const struct lab_scenario *scenario,
			   const json_t *records)
{
	json_t *phases = json_array();
	size_t i;

	for (i = 0; i < scenario->nphases; i++) {
		const struct lab_phase *phase = &scenario->phases[i];
		const char *skipped = lab_skip_reason(records, phase->name);
		json_t *one = json_pack(
			"{s:s, s:I, s:I, s:I, s:s, s:o, s:o, s:o}", "name",
			phase->name, "shots", (json_int_t)phase->shots, "hold",
			(json_int_t)phase->hold, "burst",
			(json_int_t)phase->burst, "injector",
			phase->injector->name, "inject", inject_json(phase),
			"pressure", pressures_json(phase), "press",
			press_json(phase));

		set_victim(one, phase);
		if (skipped)
			json_object_set_new(one, "skipped",
					    json_string(skipped));
		json_array_append_new(phases, one);
	}
	return phases;
}

void lab_scenario_fingerprint(const struct lab_scenario *scenario,
			      char hex[LAB_FINGERPRINT])
{
	struct sha256_ctx sha;
	size_t i;

	sha256_init(&sha);
	for (i = 0; i < scenario->nsources; i++)
		sha256_update(&sha, strlen(scenario->sources[i].text) + 1,
			      (const uint8_t *)scenario->sources[i].text);
	lab_fingerprint_end(&sha, hex);
}

static json_t *scenario_json(const struct lab_scenario *scenario)
{
	char hex[LAB_FINGERPRINT];

	lab_scenario_fingerprint(scenario, hex);
	return json_pack("{s:s, s:s, s:s}", "name", scenario->name, "claim",
			 scenario->claim, "sha256", hex);
}

static void set_record(json_t *results, const json_t *records, const char *kind)
{
	const json_t *record = lab_find(records, "record", kind);

	json_object_set_new(results, kind,
			    record ? strip(record) : json_null());
}

json_t *lab_results_build(const struct lab_scenario *scenario, uint64_t seed,
			  const json_t *records, const json_t *machine,
			  enum lab_ending ending, const char *why,
			  const char *log)
{
	const struct unit unit = latency_unit(records, machine);
	json_t *results = json_object();
	json_t *cells = cells_of(records, &unit);
	struct lab_log *read = lab_log_read(log);
	json_t *losses = lab_losses_json(records, scenario, ending, why, read);
	json_t *verdicts =
		lab_verdicts(scenario, records, cells, losses, ending, why);
	json_t *found = lab_log_json(read, scenario);

	lab_log_judge(verdicts, read, found, cells);
	lab_boot_judge(verdicts, machine, read);
	lab_log_free(read);
	json_object_set_new(results, "schema", json_string(LAB_RESULTS_SCHEMA));
	json_object_set_new(results, "verdict",
			    json_string(lab_verdicts_sum(verdicts, ending)));
	json_object_set_new(results, "ending",
			    json_string(ending_names[ending]));
	set_record(results, records, "kernel");
	set_record(results, records, "module");
	set_record(results, records, "program");
	json_object_set(results, "machine", (json_t *)machine);
	json_object_set_new(results, "scenario", scenario_json(scenario));
	json_object_set_new(results, "seed", json_integer(seed));
	json_object_set_new(results, "verdicts", verdicts);
	json_object_set_new(results, "contexts", strip_all(records, "context"));
	json_object_set_new(results, "apis", strip_all(records, "api"));
	json_object_set_new(results, "phases", phases_json(scenario, records));
	json_object_set_new(results, "pressures",
			    strip_all(records, "pressure"));
	json_object_set_new(results, "processes", losses);
	json_object_set_new(results, "cells", cells);
	json_object_set_new(results, "timeline", strip_all(records, "zones"));
	json_object_set_new(results, "log", found);
	return results;
}

enum lab_exit lab_results_exit(const json_t *results)
{
	static const struct {
		const char *verdict;
		enum lab_exit code;
	} codes[] = {
		{ "pass", LAB_PASS },
		{ "fail", LAB_FAIL },
		{ "skip", LAB_SKIP },
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (lab_is(results, "verdict", codes[i].verdict))
			return codes[i].code;
	return LAB_HARNESS;
}

char *lab_results_text(const json_t *results)
{
	char *text = json_dumps(results, JSON_INDENT(1)), *line;

	if (!text || asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(text);
	return line;
}
