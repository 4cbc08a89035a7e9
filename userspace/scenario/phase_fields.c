// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/phase_fields.c - the keys of a [phase], and how each sets a phase.
 *
 * Keys of injectors and pressures are in sweep.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <labyrinth.h>

#include "fields.h"
#include "inject/inject.h"
#include "log/log.h"
#include "lib/alloc.h"
#include "phase.h"
#include "pressure/pressure.h"
#include "victim/victim.h"
#include "lib/words.h"
#include "sys/names.h"

static int set_contexts(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	return lab_name_set(value, lab_context_names, &phase->contexts, why,
			    size);
}

static int set_apis(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	return lab_name_set(value, lab_api_names, &phase->apis, why, size);
}

static int set_orders(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	return lab_number_set(value, LAB_MAX_ORDERS - 1, &phase->orders, why,
			      size);
}

static int add_gfp(struct lab_phase *phase, const char *word, char *why,
		   size_t size)
{
	struct lab_gfp gfp;
	size_t i;

	if (lab_gfp_parse(word, &gfp, why, size))
		return -EINVAL;
	for (i = 0; i < phase->ngfps; i++) {
		if (strcmp(phase->gfps[i].words, gfp.words) != 0)
			continue;
		free(gfp.words);
		return lab_named_twice(word, why, size);
	}
	phase->gfps = xgrow(phase->gfps, phase->ngfps);
	phase->gfps[phase->ngfps++] = gfp;
	return 0;
}

static int set_gfps(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;
	struct lab_words words;
	int ret = 0;
	size_t i;

	lab_words_split(value, &words);
	for (i = 0; i < words.count && !ret; i++)
		ret = add_gfp(phase, words.word[i], why, size);
	if (!words.count)
		ret = lab_empty_list(why, size);
	lab_words_free(&words);
	return ret;
}

static int add_node(struct lab_phase *phase, int node, const char *word,
		    char *why, size_t size)
{
	size_t i;

	for (i = 0; i < phase->nnodes; i++)
		if (phase->nodes[i] == node)
			return lab_named_twice(word, why, size);
	phase->nodes = xgrow(phase->nodes, phase->nnodes);
	phase->nodes[phase->nnodes++] = node;
	return 0;
}

static int add_nodes(struct lab_phase *phase, const char *word, char *why,
		     size_t size)
{
	uint64_t first, last;
	int ret = 0;

	if (!strcmp(word, "any"))
		return add_node(phase, LAB_NODE_ANY, word, why, size);
	if (lab_range(word, LAB_MAX_NODES - 1, &first, &last, why, size)) {
		snprintf(
			why, size,
			"\"%s\"; allowed: any, numbers and ranges from 0 to %d",
			word, LAB_MAX_NODES - 1);
		return -EINVAL;
	}
	for (; first <= last && !ret; first++)
		ret = add_node(phase, (int)first, word, why, size);
	return ret;
}

static int set_nodes(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;
	struct lab_words words;
	int ret = 0;
	size_t i;

	lab_words_split(value, &words);
	for (i = 0; i < words.count && !ret; i++)
		ret = add_nodes(phase, words.word[i], why, size);
	if (!words.count)
		ret = lab_empty_list(why, size);
	lab_words_free(&words);
	return ret;
}

static int set_cpus(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	phase->cpus = 0;
	if (!strcmp(value, "all"))
		return 0;
	return lab_number_set(value, LAB_MAX_CPUS - 1, &phase->cpus, why, size);
}

#define NAMES_MAX 64

/* Finds a row in a table of pointers to structs that begin with their name. */
static const void *find_row(const void *const *row, const char *value,
			    char *why, size_t size)
{
	const char *names[NAMES_MAX] = {};
	size_t n = 0;

	for (; *row; row++) {
		const char *name = *(const char *const *)*row;

		if (!strcmp(name, value))
			return *row;
		if (n < NAMES_MAX - 1)
			names[n++] = name;
	}
	lab_name_unknown(names, value, why, size);
	return NULL;
}

_Static_assert(!offsetof(struct lab_injector, name) &&
		       !offsetof(struct lab_pressure, name),
	       "find_row() looks for a name first");

static int set_injector(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	phase->injector =
		find_row((const void *const *)lab_injectors, value, why, size);
	return phase->injector ? 0 : -EINVAL;
}

static int add_pressure(struct lab_phase *phase, const char *word, char *why,
			size_t size)
{
	const struct lab_pressure *pressure =
		find_row((const void *const *)lab_pressures, word, why, size);
	size_t i;

	if (!pressure)
		return -EINVAL;
	for (i = 0; i < phase->npresses; i++)
		if (phase->press[i].pressure == pressure)
			return lab_named_twice(word, why, size);
	if (phase->npresses == LAB_MAX_PRESSURES) {
		snprintf(why, size, "too many; at most %d in a phase",
			 LAB_MAX_PRESSURES);
		return -EINVAL;
	}
	phase->press[phase->npresses++].pressure = pressure;
	return 0;
}

static bool has_none(const struct lab_phase *phase)
{
	size_t i;

	for (i = 0; i < phase->npresses; i++)
		if (!strcmp(phase->press[i].pressure->name, "none"))
			return true;
	return false;
}

static int set_pressures(void *target, const char *value, char *why,
			 size_t size)
{
	struct lab_phase *phase = target;
	struct lab_words words;
	int ret = 0;
	size_t i;

	phase->npresses = 0;
	lab_words_split(value, &words);
	for (i = 0; i < words.count && !ret; i++)
		ret = add_pressure(phase, words.word[i], why, size);
	if (!words.count)
		ret = lab_empty_list(why, size);
	if (!ret && words.count > 1 && has_none(phase)) {
		snprintf(why, size, "\"none\" goes with no other");
		ret = -EINVAL;
	}
	lab_words_free(&words);
	return ret;
}

/* What "victim" meant in earlier versions is said by another key now. */
static int refuse_order(const char *value, char *why, size_t size)
{
	snprintf(
		why, size,
		"\"%s\": which of the blocks kept is freed first is said by free-first = %s; allowed: none, or a workload, see: labyrinth list victims",
		value, value);
	return -EINVAL;
}

static int set_victim(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;
	struct lab_phase_victim *victim = &phase->victim;
	const struct lab_victim_ops *ops;

	if (!strcmp(value, "none"))
		return 0;
	if (lab_name_find(lab_victim_names, value) >= 0)
		return refuse_order(value, why, size);
	if (value[strcspn(value, " \t\n")]) {
		snprintf(
			why, size,
			"\"%s\" are several; allowed: one victim, with its layers as in veth+vlan",
			value);
		return -EINVAL;
	}
	if (lab_victim_of_word(value, &ops, why, size))
		return -EINVAL;
	if (ops->takes) {
		snprintf(
			why, size,
			"\"%s\" takes arguments (%s%s); allowed: victims that take none, see: labyrinth list victims",
			value, ops->name, ops->takes);
		return -EINVAL;
	}
	if (lab_victim_choose(value, &ops, &victim->layers, why, size))
		return -EINVAL;
	victim->ops = ops;
	return 0;
}

/* Sets a number to the index of a name. */
static int set_name(const char *const *names, const char *value,
		    uint64_t *number, char *why, size_t size)
{
	int found = lab_name_find(names, value);

	if (found < 0)
		return lab_name_unknown(names, value, why, size);
	*number = found;
	return 0;
}

static int set_pattern(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	return set_name(lab_pattern_names, value, &phase->pattern, why, size);
}

static int set_free_first(void *target, const char *value, char *why,
			  size_t size)
{
	struct lab_phase *phase = target;

	return set_name(lab_victim_names, value, &phase->free_first, why, size);
}

static int set_oracles(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	phase->oracles = 0;
	if (!strcmp(value, "none"))
		return 0;
	return lab_name_set(value, lab_oracle_names, &phase->oracles, why,
			    size);
}

static int set_log(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	phase->log = 0;
	if (!strcmp(value, "none"))
		return 0;
	return lab_name_set(value, lab_log_names, &phase->log, why, size);
}

static int set_turns(void *target, const char *value, char *why, size_t size)
{
	static const char *const names[] = { "together", "in-turn", NULL };
	struct lab_phase *phase = target;
	uint64_t turn = 0;

	if (set_name(names, value, &turn, why, size))
		return -EINVAL;
	phase->in_turn = turn;
	return 0;
}

static int set_look(void *target, const char *value, char *why, size_t size)
{
	static const char *const names[] = { "yes", "no", NULL };
	struct lab_phase *phase = target;
	uint64_t blind = 0;

	if (set_name(names, value, &blind, why, size))
		return -EINVAL;
	phase->blind = blind;
	return 0;
}

static int set_schedule(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;
	struct lab_words words;
	uint64_t percent;
	int ret = 0;
	size_t i;

	lab_words_split(value, &words);
	if (!words.count || words.count > LAB_MAX_LEVELS) {
		snprintf(why, size, "%zu levels; allowed: 1 to %d", words.count,
			 LAB_MAX_LEVELS);
		ret = -EINVAL;
	}
	phase->nschedule = 0;
	for (i = 0; i < words.count && !ret; i++) {
		if (lab_digits(words.word[i], &percent) || percent > 100) {
			snprintf(
				why, size,
				"\"%s\"; allowed: percents from 0 to 100, as in \"0 50 100\"",
				words.word[i]);
			ret = -EINVAL;
			continue;
		}
		phase->schedule[phase->nschedule++] = percent;
	}
	lab_words_free(&words);
	return ret;
}

static int set_bind(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;

	phase->bind = 0;
	if (!strcmp(value, "none"))
		return 0;
	return lab_number_set(value, LAB_MAX_NODES - 1, &phase->bind, why,
			      size);
}

static int add_expect(void *target, const char *value, char *why, size_t size)
{
	struct lab_phase *phase = target;
	struct lab_expect expect = {};

	if (phase->nexpects == LAB_MAX_EXPECTS) {
		snprintf(why, size, "too many; at most %d in a phase",
			 LAB_MAX_EXPECTS);
		return -EINVAL;
	}
	if (lab_expect_parse(value, &expect, why, size))
		return -EINVAL;
	phase->expects = xgrow(phase->expects, phase->nexpects);
	phase->expects[phase->nexpects++] = expect;
	return 0;
}

#define NUMBER(field, low, high)                                           \
	.number = { #field, LAB_KEY_NUMBER, .min = (low), .max = (high) }, \
	.offset = offsetof(struct lab_phase, field)

/* Nothing to do: it was applied before the phase was made, see scenario.c. */
static int set_like(void *target, const char *value, char *why, size_t size)
{
	(void)target;
	(void)value;
	(void)why;
	(void)size;
	return 0;
}

const struct lab_field lab_phase_fields[] = {
	{ "like", "a phase above", NULL,
	  "whose keys this phase has where it sets none itself, and all of whose expectations",
	  .set = set_like },
	{ "context", "all, or contexts", "all", "where shots are fired from",
	  .set = set_contexts },
	{ "api", "all, or interfaces", "pages", "what is called",
	  .set = set_apis },
	{ "order", "0-15, ranges", "0", "a block is 2^order pages",
	  .set = set_orders },
	{ "gfp", "BASE|MODIFIER|... ...", "GFP_ATOMIC|__GFP_NOWARN",
	  "the flags of the request; __GFP_THISNODE needs a node",
	  .set = set_gfps },
	{ "node", "any, 0-63, ranges", "any",
	  "the node asked for; any leaves it to the policy of the caller",
	  .set = set_nodes },
	{ "cpu", "all, or 0-63, ranges", "all",
	  "where shooters run, one on each; all: those of the machine",
	  .set = set_cpus },
	{ "shots", NULL, "1000", "shots of each cell on each CPU",
	  NUMBER(shots, 1, 1ull << 32) },
	{ "hold", NULL, "0", "blocks kept before the oldest is freed",
	  NUMBER(hold, 0, LAB_MAX_HOLD) },
	{ "burst", NULL, "16", "shots in one entry into the context",
	  NUMBER(burst, 1, LAB_MAX_BURST) },
	{ "pattern", "ring, fill, exhaust, refill", "ring",
	  "what is done with blocks when hold is not 0: ring: each further block takes the place of one; fill: all are freed when there are as many; exhaust: all are freed at the first genuine failure; refill: a burst of them is freed before each burst",
	  .set = set_pattern },
	{ "free-first", "oldest, newest, random", "oldest",
	  "which of the blocks kept is freed first", .set = set_free_first },
	{ "floor", NULL, "0",
	  "free memory of the machine below which no more is kept; the module has a floor of its own, 64 pages",
	  .number = { "floor", LAB_KEY_BYTES, .min = 0, .max = 1ull << 50 },
	  .offset = offsetof(struct lab_phase, floor) },
	{ "interval", NULL, "0",
	  "between the starts of entries into the context; 0: flat out",
	  .number = { "interval", LAB_KEY_NANOSECONDS, .min = 0,
		      .max = LAB_MAX_INTERVAL },
	  .offset = offsetof(struct lab_phase, interval) },
	{ "turns", "together, in-turn", "together",
	  "whether CPUs fire at once or one after the other",
	  .set = set_turns },
	{ "bind", "none, or 0-63, ranges", "none",
	  "nodes that the shooters' memory policy binds them to",
	  .set = set_bind },
	{ "reserve", NULL, "16", "elements that a mempool puts aside",
	  NUMBER(reserve, 1, LAB_MAX_RESERVE) },
	{ "oracles", "all, none, or oracles", "all",
	  "what is checked of every shot", .set = set_oracles },
	{ "events", NULL, "0",
	  "shots of each CPU that are recorded one by one, from the first; the rest are counted as lost",
	  NUMBER(events, 0, LAB_MAX_EVENTS) },
	{ "look", "yes, no", "yes",
	  "whether the preferred zone is looked at before each shot, which brings what the allocator reads next into the cache; no: nothing is known of the state that shots met, so that there is no cliff and no passage, and neither events nor the oracles depth and kswapd",
	  .set = set_look },
	{ "timeline", NULL, "0",
	  "looks at every zone in the course of a cell, between shots of the first CPU",
	  NUMBER(timeline, 0, LAB_MAX_TIMELINE) },
	{ "min-free", NULL, "0",
	  "vm.min_free_kbytes during the phase, which scales all watermarks; 0: left alone",
	  .number = { "min-free", LAB_KEY_BYTES, .min = 0, .max = 1ull << 40 },
	  .offset = offsetof(struct lab_phase, min_free) },
	{ "log", "none, or kinds of findings", "none",
	  "what the kernel's log may tell of without failing the run; pressure and pattern = exhaust expect oom and allocation-failure anyway",
	  .set = set_log },
	{ "inject", "an injector", "none", "what makes requests fail",
	  .set = set_injector },
	{ "schedule", "0-100 ...", NULL,
	  "up to 32 percents of the injector's probability, each for an equal part of the shots",
	  .set = set_schedule },
	{ "pressure", "pressures, at most 4", "none",
	  "what makes memory short, put on in this order, taken off in the other",
	  .set = set_pressures },
	{ "victim", "none, or NAME[+LAYER...]", "none",
	  "a workload that makes requests of its own and checks its results, beside the shots",
	  .set = set_victim },
	{ "expect", "SCOPE METRIC OP VALUE", NULL,
	  "what must hold; repeatable, one at least, added to those of [phase *]",
	  .set = add_expect },
	{},
};
