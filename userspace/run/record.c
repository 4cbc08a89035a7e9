// SPDX-License-Identifier: GPL-2.0-only
/* run/record.c - see run/record.h. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/build_id.h"
#include "sys/meminfo.h"
#include "sys/names.h"
#include "sys/zones_json.h"
#include "record.h"

json_t *lab_record_program(void)
{
	char build_id[LAB_BUILD_ID];

	lab_build_id_own(build_id);
	return json_pack("{s:s, s:s, s:s}", "record", "program", "version",
			 LAB_VERSION, "build_id", build_id);
}

json_t *lab_record_kernel(void)
{
	struct utsname uts;
	char build_id[LAB_BUILD_ID];

	uname(&uts);
	lab_build_id_read("/sys/kernel/notes", build_id);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "record", "kernel",
			 "release", uts.release, "version", uts.version,
			 "machine", uts.machine, "build_id", build_id);
}

json_t *lab_record_module(const struct lab_info *info)
{
	char build_id[LAB_BUILD_ID];

	lab_build_id_read("/sys/module/labyrinth/notes/.note.gnu.build-id",
			  build_id);
	return json_pack("{s:s, s:s, s:i, s:I, s:b, s:i}", "record", "module",
			 "build_id", build_id, "abi", (int)info->abi,
			 "clock_khz", (json_int_t)info->clock_khz,
			 "attribution_exact",
			 !!(info->caps & LAB_CAP_ATTRIBUTION), "page_size",
			 (int)info->page_size);
}

json_t *lab_record_row(const char *kind, const struct lab_row *row)
{
	return json_pack("{s:s, s:s, s:b, s:s}", "record", kind, "name",
			 row->name, "usable", (int)row->usable, "reason",
			 row->reason);
}

json_t *lab_record_oracle(const struct lab_row *row)
{
	return json_pack("{s:s, s:s, s:s}", "record", "oracle", "name",
			 row->name, "claim", row->text);
}

json_t *lab_record_zones(const char *at, const struct lab_zones *zones)
{
	return json_pack("{s:s, s:s, s:I, s:o}", "record", "zones", "at", at,
			 "own", (json_int_t)lab_own_pages(), "zones",
			 lab_zones_json(zones->zone, zones->count));
}

static uint64_t highatomic_of(const struct lab_zones *zones)
{
	uint64_t pages = 0;
	unsigned int i;

	for (i = 0; i < zones->count; i++)
		pages += zones->zone[i].highatomic;
	return pages;
}

void lab_record_reserve(const struct lab_zones *before,
			const struct lab_zones *after, json_t *record)
{
	const struct lab_zone *zone, *most = &after->zone[0];
	uint64_t boost = 0;
	unsigned int i;

	for (i = 0; i < after->count; i++) {
		zone = &after->zone[i];
		if (zone->highatomic * most->managed >
		    most->highatomic * zone->managed)
			most = zone;
		if (zone->boost > boost)
			boost = zone->boost;
	}
	json_object_set_new(record, "highatomic",
			    json_pack("{s:I, s:I, s:I, s:I}", "before",
				      (json_int_t)highatomic_of(before),
				      "after", (json_int_t)highatomic_of(after),
				      "share", (json_int_t)most->highatomic,
				      "share_of", (json_int_t)most->managed));
	json_object_set_new(record, "boost", json_integer(boost));
}

/* Non-empty buckets, as [bucket, count]. */
static json_t *histogram_json(const struct lab_latency *latency)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < LAB_HIST_BUCKETS; i++)
		if (latency->histogram[i])
			json_array_append_new(
				list,
				json_pack("[i, I]", (int)i,
					  (json_int_t)latency->histogram[i]));
	return list;
}

/* In ticks. */
static json_t *latency_json(const struct lab_latency *latency, uint64_t shots)
{
	return json_pack("{s:I, s:I, s:I, s:o}", "min",
			 (json_int_t)(shots ? latency->min : 0), "max",
			 (json_int_t)latency->max, "sum",
			 (json_int_t)latency->sum, "histogram",
			 histogram_json(latency));
}

/* Of shots that got their page always, of others where there were any. */
static void record_latencies(json_t *record, const struct lab_stats *stats)
{
	size_t i;

	for (i = 0; lab_latencies[i].key; i++) {
		const enum lab_outcome outcome = lab_latencies[i].outcome;

		if (stats->outcome[outcome] || outcome == LAB_OK)
			json_object_set_new(
				record, lab_latencies[i].key,
				latency_json(&stats->latency[outcome],
					     stats->outcome[outcome]));
	}
}

/* As [bucket, ok, exhausted]. */
static json_t *cliff_json(const struct lab_stats *stats)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < LAB_CLIFF_BUCKETS; i++)
		if (stats->cliff_ok[i] || stats->cliff_exhausted[i])
			json_array_append_new(
				list,
				json_pack(
					"[i, I, I]", (int)i,
					(json_int_t)stats->cliff_ok[i],
					(json_int_t)stats->cliff_exhausted[i]));
	return list;
}

/* Shots of which the state they met tells nothing, by the reason. */
static json_t *unknown_json(const struct lab_stats *stats)
{
	json_t *object = json_object();
	unsigned int i;

	for (i = 0; i < LAB_UNKNOWN_COUNT; i++)
		if (stats->unknown[i])
			json_object_set_new(object, lab_unknown_names[i],
					    json_integer(stats->unknown[i]));
	return object;
}

/* Shots that met more in their zone than pages and marks. */
static json_t *met_json(const struct lab_stats *stats)
{
	return json_pack("{s:I, s:I, s:I}", "boost", (json_int_t)stats->boosted,
			 "highatomic", (json_int_t)stats->reserved, "cma",
			 (json_int_t)stats->with_cma);
}

static json_t *origin_json(const struct lab_stats *stats)
{
	json_t *list = json_array();
	int node, zone;

	for (node = 0; node < LAB_MAX_NODES; node++)
		for (zone = 0; zone < LAB_MAX_ZONES; zone++)
			if (stats->origin[node][zone])
				json_array_append_new(
					list,
					json_pack("{s:i, s:i, s:I}", "node",
						  node, "zone", zone, "blocks",
						  (json_int_t)stats
							  ->origin[node][zone]));
	return list;
}

/* Of successful shots, by passage; passages that no shot took are left out. */
static json_t *passage_json(const struct lab_stats *stats, const __u64 *counts)
{
	json_t *object = json_object();
	unsigned int i;

	for (i = 0; i < LAB_PASSAGE_COUNT; i++)
		if (stats->passage[i])
			json_object_set_new(object, lab_passage_names[i],
					    json_integer(counts[i]));
	return object;
}

static json_t *oracles_json(const struct lab_stats *stats, uint64_t asked)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < LAB_ORACLE_COUNT; i++) {
		const struct lab_oracle_stats *o = &stats->oracle[i];
		json_t *one;

		if (!(asked >> i & 1))
			continue;
		one = json_pack("{s:s, s:I, s:I}", "name", lab_oracle_names[i],
				"checked", (json_int_t)stats->checked,
				"violations", (json_int_t)o->violations);

		if (o->violations)
			json_object_set_new(one, "culprit",
					    json_integer(o->culprit));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *levels_json(const struct lab_outcome_of_cell *outcome)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < outcome->nlevels; i++) {
		const struct lab_level_stats *level = &outcome->level[i];

		json_array_append_new(
			list,
			json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:I}",
				  "percent", (int)level->percent,
				  "probability_bp",
				  (json_int_t)level->probability, "attempts",
				  (json_int_t)level->attempts, "ok",
				  (json_int_t)level->outcome[LAB_OK],
				  "injected",
				  (json_int_t)level->outcome[LAB_INJECTED],
				  "exhausted",
				  (json_int_t)level->outcome[LAB_EXHAUSTED],
				  "refused",
				  (json_int_t)level->outcome[LAB_REFUSED]));
	}
	return list;
}

json_t *lab_record_cell(const struct lab_cell *cell,
			const struct lab_outcome_of_cell *outcome, int64_t hits)
{
	const struct lab_stats *s = &outcome->stats;
	json_t *record;

	record = json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "record", "cell",
			   "phase", cell->phase->name, "context",
			   lab_context_name(cell->context), "api",
			   lab_api_name(cell->api), "order", (int)cell->order,
			   "gfp", cell->gfp->words);
	json_object_set_new(record, "node",
			    *cell->node == LAB_NODE_ANY ?
				    json_string("any") :
				    json_integer(*cell->node));
	if (cell->phase->blind)
		json_object_set_new(record, "look", json_false());
	if (outcome->refusal[0])
		json_object_set_new(record, "refusal",
				    json_string(outcome->refusal));
	json_object_update_new(
		record,
		json_pack(
			"{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			"attempts", (json_int_t)s->attempts, "ok",
			(json_int_t)s->outcome[LAB_OK], "injected",
			(json_int_t)s->outcome[LAB_INJECTED], "exhausted",
			(json_int_t)s->outcome[LAB_EXHAUSTED], "refused",
			(json_int_t)s->outcome[LAB_REFUSED], "unattributed",
			(json_int_t)s->unattributed, "floored",
			(json_int_t)s->floored, "contended",
			(json_int_t)s->contended, "partial",
			(json_int_t)s->partial, "interrupting",
			(json_int_t)s->interrupting, "held",
			(json_int_t)outcome->held));
	if (outcome->nlevels)
		json_object_set_new(record, "levels", levels_json(outcome));
	if (hits >= 0)
		json_object_set_new(record, "injector_hits",
				    json_integer(hits));
	json_object_update_new(
		record,
		json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "volleys",
			  (json_int_t)s->volleys, "volley_ticks",
			  (json_int_t)s->volley_ticks, "volley_max",
			  (json_int_t)s->volley_max, "cliff", cliff_json(s),
			  "passage", passage_json(s, s->passage),
			  "passage_ticks", passage_json(s, s->passage_ticks),
			  "origin", origin_json(s), "oracles",
			  oracles_json(s, cell->phase->oracles)));
	record_latencies(record, s);
	json_object_set_new(record, "cliff_over", json_string(LAB_CLIFF_OVER));
	json_object_set_new(record, "apart",
			    json_pack("{s:I, s:I}", "ok",
				      (json_int_t)s->apart_ok, "exhausted",
				      (json_int_t)s->apart_exhausted));
	json_object_set_new(record, "met", met_json(s));
	json_object_set_new(record, "state_unknown", unknown_json(s));
	return record;
}
