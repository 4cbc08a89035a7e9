// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/phase.c - a [phase] section, its defaults and its sweeps, as phases.
 *
 * A phase is made from a list of entries: those of [phase *] that it does not
 * override, then its own. Spreading a sweep out makes the phase anew from the
 * same list for each combination of values, which is cheap and saves a deep
 * copy of everything. An entry that was complained about is marked, so that
 * it is not complained about again in the next phase that inherits it.
 */
#include "phase.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <labyrinth.h>

#include "lib/diagnostics.h"
#include "lib/option_value.h"
#include "demand.h"
#include "fields.h"
#include "inject/inject.h"
#include "lib/alloc.h"
#include "pressure/pressure.h"
#include "lib/ini.h"
#include "victim/victim.h"
#include "shape.h"
#include "sweep.h"
#include "lib/words.h"
#include "sys/names.h"

#define WHY 1024
#define FIELDS_MAX 40

enum { INJECT, PRESSURE, VICTIM, KINDS };

static const char *const kind_keys[KINDS] = { "inject", "pressure", "victim" };
static const char *const kind_prefixes[KINDS] = { "inject.", "pressure.",
						  "victim." };

/* An injector, a pressure or the victim of the phase, with the settings of its keys. */
struct owner {
	int kind;
	struct lab_sweep sweep;
	struct lab_entry *by[LAB_MAX_SETTINGS];
};

/* A phase that is being made. */
struct maker {
	struct lab_phase_reader *reader;
	const struct lab_section *section;
	const char *name; /* NULL: [phase *] itself */
	struct lab_entry **entries;
	size_t nentries;
	struct owner owners[2 + LAB_MAX_PRESSURES];
	size_t nowners;
	unsigned int faults;
};

__attribute__((format(printf, 3, 4))) static void
complain(struct maker *maker, struct lab_entry *entry, const char *format, ...)
{
	const struct lab_phase_reader *reader = maker->reader;
	char text[WHY];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	lab_complain(reader->complaints, entry ? entry->file : reader->file,
		     entry ? entry->line : maker->section->line,
		     entry ? entry->key : NULL, "%s", text);
	if (entry)
		entry->faulty = true;
	maker->faults++;
}

static struct lab_entry *entry_find(const struct lab_section *section,
				    const char *key)
{
	size_t i;

	for (i = 0; section && i < section->nentries; i++)
		if (!strcmp(section->entries[i].key, key))
			return &section->entries[i];
	return NULL;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* Does the phase name another injector or other pressures than its defaults? */
static bool owners_change(const struct maker *maker, int kind)
{
	const struct lab_entry *own, *inherited;

	own = entry_find(maker->section, kind_keys[kind]);
	inherited = entry_find(maker->reader->defaults, kind_keys[kind]);
	if (!own)
		return false;
	return strcmp(own->value, inherited ? inherited->value : "none") != 0;
}

static bool inherits(const struct maker *maker, const struct lab_entry *entry)
{
	int kind;

	if (!strcmp(entry->key, "expect"))
		return true;
	if (entry_find(maker->section, entry->key))
		return false;
	/* Settings of the injector of [phase *] mean nothing to another one. */
	for (kind = 0; kind < KINDS; kind++)
		if (has_prefix(entry->key, kind_prefixes[kind]))
			return !owners_change(maker, kind);
	return true;
}

static void add_entry(struct maker *maker, struct lab_entry *entry)
{
	maker->entries = xgrow(maker->entries, maker->nentries);
	maker->entries[maker->nentries++] = entry;
}

static void collect_entries(struct maker *maker, struct lab_section *section)
{
	struct lab_section *defaults = maker->reader->defaults;
	size_t i;

	for (i = 0; defaults && i < defaults->nentries; i++)
		if (inherits(maker, &defaults->entries[i]))
			add_entry(maker, &defaults->entries[i]);
	for (i = 0; i < section->nentries; i++)
		add_entry(maker, &section->entries[i]);
}

static struct lab_entry *maker_find(const struct maker *maker, const char *key)
{
	size_t i;

	for (i = 0; i < maker->nentries; i++)
		if (!strcmp(maker->entries[i]->key, key))
			return maker->entries[i];
	return NULL;
}

static void apply_entry(struct maker *maker, struct lab_phase *phase,
			const struct lab_field *field, struct lab_entry *entry)
{
	size_t before = phase->nexpects;
	char why[WHY];

	if (entry->faulty)
		return;
	if (lab_field_set(field, phase, entry->value, why, sizeof(why)))
		complain(maker, entry, "%s", why);
	for (; before < phase->nexpects; before++) {
		phase->expects[before].file = entry->file;
		phase->expects[before].line = entry->line;
	}
}

static void apply_field(struct maker *maker, struct lab_phase *phase,
			const struct lab_field *field)
{
	size_t i, found = 0;

	for (i = 0; i < maker->nentries; i++) {
		if (strcmp(maker->entries[i]->key, field->name) != 0)
			continue;
		apply_entry(maker, phase, field, maker->entries[i]);
		found++;
	}
	if (!found)
		lab_field_preset(field, phase);
}

static struct lab_phase make_fields(struct maker *maker)
{
	const struct lab_field *field;
	struct lab_phase phase = {
		.file = maker->reader->file,
		.line = maker->section->line,
	};

	for (field = lab_phase_fields; field->name; field++)
		apply_field(maker, &phase, field);
	if (phase.blind)
		phase.oracles &= ~(uint64_t)LAB_ORACLES_OF_STATE;
	return phase;
}

static bool is_field(const char *key)
{
	const struct lab_field *field;

	for (field = lab_phase_fields; field->name; field++)
		if (!strcmp(field->name, key))
			return true;
	return false;
}

static void complain_unknown(struct maker *maker, struct lab_entry *entry)
{
	const struct lab_field *field;
	const char *names[FIELDS_MAX] = {};
	char why[WHY];
	size_t n = 0;

	for (field = lab_phase_fields; field->name && n < FIELDS_MAX - 4;
	     field++)
		names[n++] = field->name;
	names[n++] = "inject.KEY";
	names[n++] = "pressure.KEY";
	names[n++] = "victim.KEY";
	lab_name_unknown(names, entry->key, why, sizeof(why));
	complain(maker, entry, "unknown key %s", why);
}

static void add_owner(struct maker *maker, int kind, const char *name,
		      const struct lab_key *keys)
{
	struct owner *owner = &maker->owners[maker->nowners++];

	owner->kind = kind;
	lab_sweep_init(&owner->sweep, name, keys);
}

/* Of a victim that was complained about nothing is known. */
static void add_victim(struct maker *maker, const struct lab_phase *phase)
{
	const struct lab_victim_ops *ops = phase->victim.ops;
	const struct lab_entry *entry = maker_find(maker, "victim");

	if (ops)
		add_owner(maker, VICTIM, ops->name, lab_victim_keys);
	else
		add_owner(maker, VICTIM, entry && entry->faulty ? NULL : "none",
			  NULL);
}

static void find_owners(struct maker *maker, const struct lab_phase *phase)
{
	size_t i;

	if (phase->injector)
		add_owner(maker, INJECT, phase->injector->name,
			  phase->injector->keys);
	for (i = 0; i < phase->npresses; i++)
		add_owner(maker, PRESSURE, phase->press[i].pressure->name,
			  phase->press[i].pressure->keys);
	add_victim(maker, phase);
}

static bool is_inherited(const struct maker *maker,
			 const struct lab_entry *entry)
{
	const struct lab_section *defaults = maker->reader->defaults;

	return defaults && entry >= defaults->entries &&
	       entry < defaults->entries + defaults->nentries;
}

/* A key may be written as anon.KEY or as pressure.KEY, but only once. */
static void set_key(struct maker *maker, struct owner *owner, const char *key,
		    struct lab_entry *entry)
{
	struct lab_entry **by = owner->by;
	char why[WHY];
	size_t i;

	for (i = 0; i < owner->sweep.nkeys; i++)
		if (!strcmp(owner->sweep.keys[i].name, key))
			by = &owner->by[i];
	if (lab_sweep_has(&owner->sweep, key) && *by &&
	    is_inherited(maker, *by) == is_inherited(maker, entry))
		complain(maker, entry, "is set already, as %s in line %u",
			 (*by)->key, (*by)->line);
	else if (lab_sweep_set(&owner->sweep, key, entry->value, why,
			       sizeof(why)))
		complain(maker, entry, "%s", why);
	else
		*by = entry;
}

/* inject.KEY or pressure.KEY: sets it for the owner that has this key. */
static void set_kinds_key(struct maker *maker, int kind, const char *key,
			  struct lab_entry *entry)
{
	struct owner *first = NULL, *has = NULL;
	size_t i, several = 0;

	for (i = 0; i < maker->nowners; i++) {
		struct owner *owner = &maker->owners[i];

		if (owner->kind != kind)
			continue;
		first = first ? first : owner;
		if (!lab_sweep_has(&owner->sweep, key))
			continue;
		if (has)
			complain(
				maker, entry,
				"\"%s\" is a key of both; write %s.%s or %s.%s",
				key, has->sweep.name, key, owner->sweep.name,
				key);
		several += !!has;
		has = owner;
	}
	if (!several && first)
		set_key(maker, has ? has : first, key, entry);
}

static const struct lab_pressure *find_pressure(const char *key, size_t length)
{
	size_t i;

	for (i = 0; lab_pressures[i]; i++)
		if (strlen(lab_pressures[i]->name) == length &&
		    !strncmp(lab_pressures[i]->name, key, length))
			return lab_pressures[i];
	return NULL;
}

/*
 * NAME.KEY. An inherited one may belong to a pressure that the phase does not
 * have.
 */
static void set_named_key(struct maker *maker, const char *name,
			  const char *key, struct lab_entry *entry)
{
	const struct lab_entry *list = maker_find(maker, "pressure");
	size_t i;

	for (i = 0; i < maker->nowners; i++) {
		struct owner *owner = &maker->owners[i];

		if (owner->kind == PRESSURE &&
		    !strcmp(owner->sweep.name, name)) {
			set_key(maker, owner, key, entry);
			return;
		}
	}
	if (!is_inherited(maker, entry) && !(list && list->faulty))
		complain(
			maker, entry,
			"the phase does not have this pressure; allowed: with pressure = ... %s",
			name);
}

static void read_setting(struct maker *maker, struct lab_entry *entry)
{
	const char *dot = strchr(entry->key, '.');
	const struct lab_pressure *named;
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		if (!has_prefix(entry->key, kind_prefixes[kind]))
			continue;
		set_kinds_key(maker, kind, dot + 1, entry);
		return;
	}
	named = dot ? find_pressure(entry->key, dot - entry->key) : NULL;
	if (named)
		set_named_key(maker, named->name, dot + 1, entry);
	else
		complain_unknown(maker, entry);
}

static void read_settings(struct maker *maker)
{
	size_t i;

	for (i = 0; i < maker->nentries; i++) {
		struct lab_entry *entry = maker->entries[i];

		if (!entry->faulty && !is_field(entry->key))
			read_setting(maker, entry);
	}
}

static size_t combinations(const struct maker *maker)
{
	size_t i, size = 1;

	for (i = 0; i < maker->nowners && size <= LAB_MAX_PHASES; i++)
		size *= lab_sweep_size(&maker->owners[i].sweep, LAB_MAX_PHASES);
	return size;
}

/* The injector comes first, so its values vary slowest. */
static void name_and_settle(struct maker *maker, struct lab_phase *phase,
			    size_t index)
{
	char *sweep = xstrdup(""), *prefix;
	size_t i;

	lab_sweep_fill(&maker->owners[maker->nowners - 1].sweep, "", &index,
		       phase->victim.settings, &sweep);
	for (i = phase->npresses; i-- > 0;) {
		prefix = phase->npresses > 1 ?
				 xasprintf("%s.",
					   phase->press[i].pressure->name) :
				 xstrdup("");
		lab_sweep_fill(&maker->owners[1 + i].sweep, prefix, &index,
			       phase->press[i].settings, &sweep);
		free(prefix);
	}
	lab_sweep_fill(&maker->owners[0].sweep, "", &index, phase->inject,
		       &sweep);
	phase->name = *sweep ? xasprintf("%s[%s]", maker->name, sweep) :
			       xstrdup(maker->name);
	free(sweep);
}

static bool is_for_any_node(const struct lab_phase *phase)
{
	size_t i;

	for (i = 0; i < phase->nnodes; i++)
		if (phase->nodes[i] == LAB_NODE_ANY)
			return true;
	return false;
}

static void check_thisnode(struct maker *maker, const struct lab_phase *phase)
{
	size_t i;

	if (!is_for_any_node(phase))
		return;
	for (i = 0; i < phase->ngfps; i++) {
		if (!(phase->gfps[i].mods & LAB_GFP_MOD(THISNODE)))
			continue;
		complain(
			maker, maker_find(maker, "gfp"),
			"\"%s\" in phase \"%s\", which has node = any; allowed: with nodes that are named",
			phase->gfps[i].words, maker->name);
		return;
	}
}

static void check_zones(struct maker *maker, const struct lab_phase *phase)
{
	const uint32_t zones = LAB_GFP_MOD(DMA) | LAB_GFP_MOD(DMA32);
	size_t i;

	for (i = 0; i < phase->ngfps; i++)
		if ((phase->gfps[i].mods & zones) == zones)
			complain(
				maker, maker_find(maker, "gfp"),
				"\"%s\" in phase \"%s\"; allowed: one of __GFP_DMA and __GFP_DMA32",
				phase->gfps[i].words, maker->name);
}

static void check_pattern(struct maker *maker, const struct lab_phase *phase)
{
	const char *pattern = lab_pattern_names[phase->pattern];

	if (phase->pattern != LAB_PATTERN_RING && !phase->hold)
		complain(
			maker, maker_find(maker, "pattern"),
			"\"%s\" in phase \"%s\", which has hold = 0; allowed: where blocks are kept",
			pattern, maker->name);
	else if (phase->pattern == LAB_PATTERN_REFILL &&
		 phase->burst > phase->hold)
		complain(
			maker, maker_find(maker, "pattern"),
			"\"%s\" in phase \"%s\", which has hold = %" PRIu64
			" and burst = %" PRIu64
			"; allowed: with at most as many in a burst as are kept",
			pattern, maker->name, phase->hold, phase->burst);
}

/* Does a metric ask about the state that shots met? */
static bool is_of_state(const struct lab_metric *metric)
{
	return metric->unit == LAB_UNIT_STEP ||
	       lab_name_find(lab_passage_names, metric->name) >= 0;
}

/* Whether oracles were named that need to know the state; "all" are all others. */
static bool names_state(const struct lab_entry *oracles)
{
	uint64_t named = 0;
	char why[WHY];

	return oracles && strcmp(oracles->value, "all") &&
	       !lab_name_set(oracles->value, lab_oracle_names, &named, why,
			     sizeof(why)) &&
	       named & LAB_ORACLES_OF_STATE;
}

/* Refuses what nobody could know without a look. */
static void check_look(struct maker *maker, const struct lab_phase *phase)
{
	struct lab_entry *look = maker_find(maker, "look");
	struct lab_entry *oracles = maker_find(maker, "oracles");
	size_t i;

	if (!phase->blind)
		return;
	if (phase->events)
		complain(
			maker, look,
			"\"no\" in phase \"%s\", which has events; allowed: with events = 0, since events have the state",
			maker->name);
	if (names_state(oracles))
		complain(
			maker, oracles,
			"\"%s\" in phase \"%s\", which has look = no; allowed: without depth and kswapd, which judge by the state",
			oracles->value, maker->name);
	for (i = 0; i < phase->nexpects; i++)
		if (is_of_state(phase->expects[i].metric))
			complain(
				maker, look,
				"\"no\" in phase \"%s\", which expects \"%s\"; allowed: with expectations that do not ask about the state",
				maker->name, phase->expects[i].words);
}

static void check_schedule(struct maker *maker, const struct lab_phase *phase)
{
	if (!phase->nschedule || !phase->injector)
		return;
	if (!phase->injector->level)
		complain(
			maker, maker_find(maker, "schedule"),
			"phase \"%s\" has inject = %s; allowed: with an injector that has a probability",
			maker->name, phase->injector->name);
	else if (phase->nschedule > phase->shots)
		complain(maker, maker_find(maker, "schedule"),
			 "%u levels in phase \"%s\", which has shots = %" PRIu64
			 "; allowed: at least a shot for each",
			 phase->nschedule, maker->name, phase->shots);
}

/*
 * Refuses a phase that asks for nodes or CPUs that the scenario's own guest
 * does not have.
 */
static void check_guest(struct maker *maker, const struct lab_phase *phase)
{
	const struct lab_shape *guest = &maker->reader->scenario->shape;
	/* numa=fake: which nodes there are is known in the guest alone. */
	const unsigned int nodes =
		strstr(maker->reader->scenario->boot.append, "numa=fake=") ?
			64 :
			guest->nodes;
	uint64_t beyond = guest->cpus < 64 ? phase->cpus >> guest->cpus : 0;
	size_t i;

	if (beyond)
		complain(
			maker, maker_find(maker, "cpu"),
			"phase \"%s\" asks for CPU %d, but the [guest] has 0 to %u",
			maker->name, 63 - __builtin_clzll(phase->cpus),
			guest->cpus - 1);
	if (nodes < 64 && phase->bind >> nodes)
		complain(
			maker, maker_find(maker, "bind"),
			"phase \"%s\" binds to node %d, but the [guest] has 0 to %u",
			maker->name, 63 - __builtin_clzll(phase->bind),
			nodes - 1);
	for (i = 0; i < phase->nnodes; i++) {
		if (phase->nodes[i] < (int)nodes)
			continue;
		complain(
			maker, maker_find(maker, "node"),
			"phase \"%s\" asks for node %d, but the [guest] has 0 to %u",
			maker->name, phase->nodes[i], guest->nodes - 1);
		return;
	}
}

static bool name_is_legal(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
				strlen(name);
}

static bool name_matches(const struct lab_phase *phase, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(phase->name, name, length) &&
	       (!phase->name[length] || phase->name[length] == '[');
}

static void check_name(struct maker *maker)
{
	const struct lab_scenario *scenario = maker->reader->scenario;
	size_t i;

	if (!name_is_legal(maker->name)) {
		complain(
			maker, NULL,
			"[phase %s]: \"%s\" is no name; allowed: a-z, 0-9 and -",
			maker->name, maker->name);
		return;
	}
	for (i = 0; i < scenario->nphases; i++) {
		if (!name_matches(&scenario->phases[i], maker->name))
			continue;
		complain(
			maker, NULL,
			"[phase %s]: the name is taken, in %s:%u; allowed: names that are unique over the scenario",
			maker->name, scenario->phases[i].file,
			scenario->phases[i].line);
		return;
	}
}

/*
 * Settings under which not every request fails with the same probability,
 * independently of those before it, and the value at which each does: only then
 * is the count of failures binomial (lib/fault-inject.c, should_fail_ex() and
 * fail_stacktrace(); module/inject_kprobe.c keeps the same order).
 */
static const struct {
	const char *key;
	uint64_t even;
} selective[] = {
	{ "interval", 1 },	{ "times", UINT64_MAX },
	{ "space", 0 },		{ "task-filter", 0 },
	{ "require-start", 0 }, { "require-end", UINT64_MAX },
	{ "reject-start", 0 },	{ "reject-end", 0 },
	{ "slow-path", 0 },
};

static const struct lab_expect *binomial_of(const struct lab_phase *phase)
{
	size_t i;

	for (i = 0; i < phase->nexpects; i++)
		if (phase->expects[i].op == LAB_BINOMIAL)
			return &phase->expects[i];
	return NULL;
}

/* Does some value of the key make the injector choose among requests? */
static bool selects(const struct lab_phase *phase, const char *key,
		    const struct lab_values *values, uint64_t *allowed)
{
	const unsigned int lowest = ffsll(phase->orders) - 1;
	size_t i, j;

	/* Values that were complained about have no numbers. */
	for (j = 0; values->number && j < values->count; j++) {
		if (!strcmp(key, "min-order") && values->number[j] > lowest) {
			*allowed = lowest;
			return true;
		}
		for (i = 0; i < sizeof(selective) / sizeof(*selective); i++) {
			*allowed = selective[i].even;
			if (!strcmp(key, selective[i].key) &&
			    values->number[j] != *allowed)
				return true;
		}
	}
	return false;
}

/* Refuses an expectation that no kernel could meet. */
static void check_binomial(struct maker *maker, const struct lab_phase *phase)
{
	const struct lab_expect *expect = binomial_of(phase);
	struct owner *owner = &maker->owners[0];
	char text[LAB_KEY_TEXT];
	uint64_t allowed;
	size_t i;

	if (!expect || !phase->injector)
		return;
	if (phase->injector->keys &&
	    !lab_sweep_has(&owner->sweep, "probability"))
		complain(
			maker, maker_find(maker, "inject"),
			"\"%s\" in phase \"%s\", which expects \"%s\"; allowed: with an injector that has a probability",
			phase->injector->name, maker->name, expect->words);
	for (i = 0; i < owner->sweep.nkeys; i++) {
		const struct lab_key *key = &owner->sweep.keys[i];

		if (!selects(phase, key->name, &owner->sweep.values[i],
			     &allowed))
			continue;
		lab_key_value(key, allowed, text, sizeof(text));
		complain(
			maker, owner->by[i],
			"phase \"%s\" expects \"%s\", which holds only where each request fails with the same probability; allowed: %s%s, or another expectation",
			maker->name, expect->words,
			strcmp(key->name, "min-order") ? "" : "at most ", text);
	}
}

/* A guest has the devices of one victim. */
static void check_victim(struct maker *maker, const struct lab_phase *phase)
{
	const struct lab_scenario *scenario = maker->reader->scenario;
	const struct lab_phase *other;
	size_t i;

	for (i = 0; phase->victim.ops && i < scenario->nphases; i++) {
		other = &scenario->phases[i];
		if (!other->victim.ops ||
		    other->victim.ops == phase->victim.ops)
			continue;
		complain(
			maker, maker_find(maker, "victim"),
			"\"%s\" in phase \"%s\", but phase \"%s\" has %s; allowed: one victim in all phases of a scenario, with other layers",
			phase->victim.ops->name, maker->name, other->name,
			other->victim.ops->name);
		return;
	}
}

static void check_phase(struct maker *maker, const struct lab_phase *phase)
{
	check_name(maker);
	if (!maker_find(maker, "expect"))
		complain(
			maker, NULL,
			"[phase %s]: nothing is expected; at least one \"expect = ...\" is needed",
			maker->name);
	check_thisnode(maker, phase);
	check_zones(maker, phase);
	check_pattern(maker, phase);
	check_look(maker, phase);
	check_schedule(maker, phase);
	check_binomial(maker, phase);
	check_victim(maker, phase);
	check_guest(maker, phase);
}

/* Where a key of the phase or of a pressure of it was set, or NULL. */
static struct lab_entry *entry_of(struct maker *maker,
				  const struct lab_demand *demand,
				  const struct lab_phase *phase)
{
	struct owner *owner;
	size_t i, key;

	if (!demand->pressure)
		return maker_find(maker, demand->key);
	for (i = 0; i < phase->npresses; i++) {
		if (phase->press[i].pressure != demand->pressure)
			continue;
		owner = &maker->owners[1 + i];
		for (key = 0; key < owner->sweep.nkeys; key++)
			if (!strcmp(owner->sweep.keys[key].name, demand->key))
				return owner->by[key];
	}
	return NULL;
}

/* Refuses a phase that would have the guest's own processes killed. */
static bool check_demand(struct maker *maker, const struct lab_phase *phase)
{
	const struct lab_scenario *scenario = maker->reader->scenario;
	static const struct lab_key bytes = { .type = LAB_KEY_BYTES };
	char demanded[LAB_KEY_TEXT], allowed[LAB_KEY_TEXT];
	struct lab_demand demand;

	/* A guest that was refused has no memory. */
	if (!lab_shape_memory(&scenario->shape) ||
	    !lab_demand_beyond(phase, &scenario->shape, &scenario->boot,
			       &demand))
		return true;
	lab_key_value(&bytes, demand.bytes, demanded, sizeof(demanded));
	lab_key_value(&bytes, demand.max, allowed, sizeof(allowed));
	if (demand.too_little)
		complain(
			maker, entry_of(maker, &demand, phase),
			"phase \"%s\": %s is too little for who shoots in the group; allowed: %s or more, or fewer CPUs",
			phase->name, demanded, allowed);
	else
		complain(
			maker, entry_of(maker, &demand, phase),
			"phase \"%s\" demands %s of the [guest], most for its %s, which no kernel could give; allowed: up to %s, or more memory",
			phase->name, demanded, demand.key, allowed);
	return false;
}

static void spread_out(struct maker *maker)
{
	struct lab_scenario *scenario = maker->reader->scenario;
	const size_t size = combinations(maker);
	size_t i;

	if (scenario->nphases + size > LAB_MAX_PHASES) {
		complain(
			maker, NULL,
			"[phase %s]: too many phases, sweeps spread out; at most %d in a scenario",
			maker->name, LAB_MAX_PHASES);
		return;
	}
	for (i = 0; i < size; i++) {
		struct lab_phase phase = make_fields(maker);

		name_and_settle(maker, &phase, i);
		scenario->phases = xgrow(scenario->phases, scenario->nphases);
		scenario->phases[scenario->nphases++] = phase;
		if (!check_demand(maker, &phase))
			return;
	}
}

static void maker_free(struct maker *maker)
{
	size_t i;

	for (i = 0; i < maker->nowners; i++)
		lab_sweep_free(&maker->owners[i].sweep);
	free(maker->entries);
}

static void make(struct lab_phase_reader *reader, struct lab_section *section,
		 const char *name)
{
	struct maker maker = {
		.reader = reader,
		.section = section,
		.name = name,
	};
	struct lab_phase trial;

	collect_entries(&maker, section);
	trial = make_fields(&maker);
	find_owners(&maker, &trial);
	read_settings(&maker);
	if (name)
		check_phase(&maker, &trial);
	lab_phase_free(&trial);
	if (name && !maker.faults)
		spread_out(&maker);
	maker_free(&maker);
}

void lab_phase_defaults(struct lab_phase_reader *reader,
			struct lab_section *section)
{
	reader->defaults = NULL;
	make(reader, section, NULL);
	reader->defaults = section;
}

void lab_phase_read(struct lab_phase_reader *reader,
		    struct lab_section *section, const char *name)
{
	make(reader, section, name);
}

static void settings_free(struct lab_setting *settings)
{
	size_t i;

	for (i = 0; i < LAB_MAX_SETTINGS; i++)
		free(settings[i].text);
}

void lab_phase_free(struct lab_phase *phase)
{
	size_t i;

	settings_free(phase->inject);
	for (i = 0; i < phase->npresses; i++)
		settings_free(phase->press[i].settings);
	settings_free(phase->victim.settings);
	for (i = 0; i < phase->ngfps; i++)
		free(phase->gfps[i].words);
	for (i = 0; i < phase->nexpects; i++)
		lab_expect_free(&phase->expects[i]);
	free(phase->gfps);
	free(phase->nodes);
	free(phase->expects);
	free(phase->name);
	*phase = (struct lab_phase){};
}
