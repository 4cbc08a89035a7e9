// SPDX-License-Identifier: GPL-2.0-only
/* shrink/reduce.c - what may be taken away, and when; see shrink/shrink.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ddmin.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/ini_write.h"
#include "lib/option_value.h"
#include "lib/progress.h"
#include "lib/words.h"
#include "scenario/write.h"
#include "shrink.h"

#define GUEST 1 /* the section: see lab_scenario_sections() */
#define PHASES 2 /* the first of them */

/* One thing at a time that something is taken away from. */
struct cut {
	struct lab_shrink *shrink;
	size_t section;
	const char *key;
	size_t size; /* of the set */
	/* Takes away what is not kept from a copy of what is there now. */
	void (*edit)(const struct cut *cut, struct lab_sections *copy,
		     const bool *kept);
	struct lab_key unit; /* of a number */
};

static struct lab_section *section_of(const struct cut *cut,
				      struct lab_sections *sections)
{
	return &sections->section[cut->section];
}

/* Whether the value of a key, a list, has the word. */
static bool has_word(const struct lab_section *section, const char *key,
		     const char *word, size_t length)
{
	const struct lab_entry *entry = lab_section_find(section, key);
	struct lab_words words;
	bool has = false;
	size_t i;

	if (!entry)
		return false;
	lab_words_split(entry->value, &words);
	for (i = 0; i < words.count; i++)
		has |= strlen(words.word[i]) == length &&
		       !strncmp(words.word[i], word, length);
	lab_words_free(&words);
	return has;
}

/* A setting without its injector, pressure or victim means nothing. */
static bool is_orphan(const struct lab_section *section, const char *key)
{
	const size_t length = strcspn(key, ".");

	if (!strcmp(key, "schedule") || !strncmp(key, "inject.", 7))
		return !lab_section_find(section, "inject");
	if (!strncmp(key, "victim.", 7))
		return !lab_section_find(section, "victim");
	return key[length] && !has_word(section, "pressure", key, length);
}

static void drop_orphans(struct lab_section *section)
{
	size_t i = section->nentries;

	while (i--)
		if (is_orphan(section, section->entries[i].key))
			lab_section_drop(section, i);
}

static void edit_phases(const struct cut *cut, struct lab_sections *copy,
			const bool *kept)
{
	size_t i = cut->size;

	while (i--)
		if (!kept[i])
			lab_sections_drop(copy, PHASES + i);
}

/* Their absence would add something, or they are numbers or lists by themselves. */
static bool may_go(size_t section, const char *key)
{
	static const char *const stay[] = { "context", "shots",	  "expect",
					    "cpu",     "oracles", NULL };
	static const char *const stay_guest[] = { "cpus", "nodes", "memory",
						  NULL };

	return lab_name_find(section == GUEST ? stay_guest : stay, key) < 0;
}

static size_t count_keys(const struct cut *cut)
{
	const struct lab_section *section = section_of(cut, &cut->shrink->now);
	size_t i, n = 0;

	for (i = 0; i < section->nentries; i++)
		n += may_go(cut->section, section->entries[i].key);
	return n;
}

static void edit_keys(const struct cut *cut, struct lab_sections *copy,
		      const bool *kept)
{
	struct lab_section *section = section_of(cut, copy);
	size_t i = section->nentries, n = cut->size;

	while (i--)
		if (may_go(cut->section, section->entries[i].key) && !kept[--n])
			lab_section_drop(section, i);
	if (cut->section != GUEST)
		drop_orphans(section);
}

static size_t count_expects(const struct lab_section *section)
{
	size_t i, n = 0;

	for (i = 0; i < section->nentries; i++)
		n += !strcmp(section->entries[i].key, LAB_REPEATABLE);
	return n;
}

static void edit_expects(const struct cut *cut, struct lab_sections *copy,
			 const bool *kept)
{
	struct lab_section *section = section_of(cut, copy);
	size_t i = section->nentries, n = cut->size;

	while (i--)
		if (!strcmp(section->entries[i].key, LAB_REPEATABLE) &&
		    !kept[--n])
			lab_section_drop(section, i);
}

/* The words of a list that are kept, with what parts them. */
static char *kept_words(const struct lab_words *words, const bool *kept)
{
	char *text = xstrdup("");
	size_t i;

	for (i = 0; i < words->count; i++) {
		char *longer;

		if (!kept[i])
			continue;
		longer = xasprintf("%s%s%s", text, *text ? " " : "",
				   words->word[i]);
		free(text);
		text = longer;
	}
	return text;
}

static void edit_words(const struct cut *cut, struct lab_sections *copy,
		       const bool *kept)
{
	struct lab_section *section = section_of(cut, copy);
	struct lab_words words;
	char *text;

	lab_words_split(lab_section_find(section, cut->key)->value, &words);
	text = kept_words(&words, kept);
	lab_section_put(section, cut->key, text);
	lab_words_free(&words);
	free(text);
	drop_orphans(section);
}

/* Without it the log is full of warnings of what is meant to fail. */
#define QUIET "__GFP_NOWARN"

static size_t count_flags(const char *gfp)
{
	const char *at = gfp;
	size_t n = 0;

	while ((at = strchr(at, '|')))
		n += !!strncmp(++at, QUIET, strlen(QUIET));
	return n;
}

/* The first is the base, without which there is no request. */
static void edit_flags(const struct cut *cut, struct lab_sections *copy,
		       const bool *kept)
{
	struct lab_section *section = section_of(cut, copy);
	char *parts = xstrdup(lab_section_find(section, "gfp")->value);
	char *rest = parts, *text = xstrdup(strsep(&rest, "|")), *part;
	size_t n = 0;

	while ((part = strsep(&rest, "|"))) {
		char *longer;

		if (strcmp(part, QUIET) != 0 && !kept[n++])
			continue;
		longer = xasprintf("%s|%s", text, part);
		free(text);
		text = longer;
	}
	lab_section_put(section, "gfp", text);
	free(text);
	free(parts);
}

static void say(struct lab_shrink *shrink)
{
	const struct lab_sections *now = &shrink->now;
	size_t i, entries = 0;

	for (i = PHASES; i < now->count; i++)
		entries += now->section[i].nentries;
	lab_progress_clear();
	fprintf(stderr,
		"labyrinth: %" PRIu64 " of at most %" PRIu64
		" runs: fails with %zu phase%s of %zu lines\n",
		shrink->runs, shrink->most, now->count - PHASES,
		now->count - PHASES == 1 ? "" : "s", entries);
}

static long ask_all(struct lab_shrink *shrink, struct lab_sections *candidates,
		    size_t count)
{
	const long found = lab_shrink_ask(shrink, candidates, count);
	size_t i;

	for (i = 0; i < count; i++)
		lab_sections_free(&candidates[i]);
	free(candidates);
	return found;
}

/* lab_ddmin() works on sets; shrink->now stays as it is until it is done. */
static long ask_subsets(void *arg, bool *const *sets, size_t count)
{
	const struct cut *cut = arg;
	struct lab_sections *candidates =
		xcheck(calloc(count, sizeof(*candidates)));
	size_t i;

	for (i = 0; i < count; i++) {
		lab_sections_copy(&cut->shrink->now, &candidates[i]);
		cut->edit(cut, &candidates[i], sets[i]);
	}
	return ask_all(cut->shrink, candidates, count);
}

/* Takes away from a set. False when nothing more may be run. */
static bool reduce_set(struct cut *cut, bool may_be_empty)
{
	struct lab_shrink *shrink = cut->shrink;
	struct lab_subsets subsets = {
		.size = cut->size,
		.may_be_empty = may_be_empty,
		.ask = ask_subsets,
		.arg = cut,
	};
	bool *kept, finished;
	size_t i, left = 0;

	if (cut->size < (may_be_empty ? 1 : 2))
		return true;
	kept = xcheck(malloc(cut->size * sizeof(*kept)));
	memset(kept, true, cut->size * sizeof(*kept));
	finished = lab_ddmin(&subsets, kept);
	for (i = 0; i < cut->size; i++)
		left += kept[i];
	if (left < cut->size) {
		cut->edit(cut, &shrink->now, kept);
		say(shrink);
	}
	free(kept);
	return finished;
}

static void put_number(const struct cut *cut, struct lab_sections *sections,
		       uint64_t number)
{
	char text[LAB_KEY_TEXT];

	lab_key_value(&cut->unit, number * cut->unit.min, text, sizeof(text));
	lab_section_put(section_of(cut, sections), cut->key, text);
}

static long ask_numbers(void *arg, const uint64_t *numbers, size_t count)
{
	const struct cut *cut = arg;
	struct lab_sections *candidates =
		xcheck(calloc(count, sizeof(*candidates)));
	size_t i;

	for (i = 0; i < count; i++) {
		lab_sections_copy(&cut->shrink->now, &candidates[i]);
		put_number(cut, &candidates[i], numbers[i]);
	}
	return ask_all(cut->shrink, candidates, count);
}

/* Numbers that are lowered: each in whole steps, the least of which is allowed. */
static const struct number {
	const char *key;
	enum lab_key_type type;
	uint64_t least, step;
} phase_numbers[] = {
	{ "shots", LAB_KEY_NUMBER, 1, 1 },
	{ "hold", LAB_KEY_NUMBER, 1, 1 },
	{},
}, guest_numbers[] = {
	{ "nodes", LAB_KEY_NUMBER, 1, 1 },
	{ "cpus", LAB_KEY_NUMBER, 1, 1 },
	{ "memory", LAB_KEY_BYTES, 64, 1 << 20 },
	{},
};

static bool reduce_number(struct lab_shrink *shrink, size_t section,
			  const struct number *which)
{
	struct cut cut = {
		.shrink = shrink,
		.section = section,
		.key = which->key,
		.unit = { .type = which->type,
			  .min = which->step,
			  .max = UINT64_MAX },
	};
	const struct lab_key any = { .type = which->type, .max = UINT64_MAX };
	const struct lab_numbers numbers = { which->least, ask_numbers, &cut };
	const struct lab_entry *entry =
		lab_section_find(section_of(&cut, &shrink->now), which->key);
	uint64_t before, number;
	char why[256];
	bool finished;

	/* One of each node is left as it is. */
	if (!entry ||
	    lab_key_parse(&any, entry->value, &before, why, sizeof(why)))
		return true;
	before /= which->step;
	number = before;
	finished = lab_descend(&numbers, &number);
	if (number != before) {
		put_number(&cut, &shrink->now, number);
		say(shrink);
	}
	return finished;
}

static bool reduce_numbers(struct lab_shrink *shrink, size_t section,
			   const struct number *number)
{
	for (; number->key; number++)
		if (!reduce_number(shrink, section, number))
			return false;
	return true;
}

static bool reduce_list(struct lab_shrink *shrink, size_t section,
			const char *key)
{
	struct cut cut = {
		.shrink = shrink,
		.section = section,
		.key = key,
		.edit = edit_words,
	};
	const struct lab_entry *entry =
		lab_section_find(section_of(&cut, &shrink->now), key);
	struct lab_words words;

	if (!entry)
		return true;
	lab_words_split(entry->value, &words);
	cut.size = words.count;
	lab_words_free(&words);
	return reduce_set(&cut, false);
}

static bool reduce_flags(struct lab_shrink *shrink, size_t section)
{
	struct cut cut = {
		.shrink = shrink,
		.section = section,
		.edit = edit_flags,
	};
	const struct lab_entry *entry =
		lab_section_find(section_of(&cut, &shrink->now), "gfp");

	if (!entry || strchr(entry->value, ' '))
		return true;
	cut.size = count_flags(entry->value);
	return reduce_set(&cut, true);
}

static bool reduce_keys(struct lab_shrink *shrink, size_t section)
{
	struct cut cut = {
		.shrink = shrink,
		.section = section,
		.edit = edit_keys,
	};

	cut.size = count_keys(&cut);
	return reduce_set(&cut, true);
}

static bool reduce_phases(struct lab_shrink *shrink)
{
	struct cut cut = {
		.shrink = shrink,
		.edit = edit_phases,
		.size = shrink->now.count - PHASES,
	};

	return reduce_set(&cut, false);
}

static bool reduce_expects(struct lab_shrink *shrink, size_t section)
{
	struct cut cut = {
		.shrink = shrink,
		.section = section,
		.edit = edit_expects,
	};

	cut.size = count_expects(section_of(&cut, &shrink->now));
	return reduce_set(&cut, false);
}

static bool reduce_phase(struct lab_shrink *shrink, size_t section)
{
	static const char *const lists[] = { "context",	 "api",	 "order",
					     "gfp",	 "node", "cpu",
					     "pressure", "bind", "log",
					     "oracles" };
	size_t i;

	/* Fewer shots first: what follows is faster then. */
	if (!reduce_numbers(shrink, section, phase_numbers) ||
	    !reduce_keys(shrink, section))
		return false;
	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (!reduce_list(shrink, section, lists[i]))
			return false;
	return reduce_flags(shrink, section) && reduce_expects(shrink, section);
}

/* Everything once, the largest first. */
static bool reduce(struct lab_shrink *shrink)
{
	size_t i;

	if (!reduce_phases(shrink))
		return false;
	for (i = PHASES; i < shrink->now.count; i++)
		if (!reduce_phase(shrink, i))
			return false;
	return reduce_numbers(shrink, GUEST, guest_numbers) &&
	       reduce_keys(shrink, GUEST);
}

/*
 * Until a whole pass takes nothing away: what was needed beside something else
 * may not be needed without it.
 */
static bool reduce_all(struct lab_shrink *shrink)
{
	char *before = NULL, *after = lab_sections_text(&shrink->now);
	bool finished = true;

	while (finished && (!before || strcmp(before, after) != 0)) {
		free(before);
		before = after;
		finished = reduce(shrink);
		after = lab_sections_text(&shrink->now);
	}
	free(before);
	free(after);
	return finished;
}

/* The first seed with which it fails: one after the other. */
static int find_failing(struct lab_shrink *shrink)
{
	uint64_t i;

	for (i = 0; i < shrink->seeds; i++) {
		if (lab_shrink_seeds(shrink, shrink->plan.seed + i, 1))
			return LAB_PASS;
		if (shrink->code)
			return shrink->code;
	}
	if (shrink->verdict)
		fprintf(stderr,
			"labyrinth: no verdict of %s that fails has \"%s\" in its name: there is nothing to shrink\n",
			shrink->name, shrink->verdict);
	else
		fprintf(stderr,
			"labyrinth: %s does not fail: there is nothing to shrink\n",
			shrink->name);
	return LAB_SKIP;
}

int lab_shrink(struct lab_shrink *shrink, const struct lab_scenario *scenario)
{
	int code;

	shrink->name = xstrdup(scenario->name);
	lab_scenario_sections(scenario, &shrink->first);
	lab_sections_copy(&shrink->first, &shrink->now);
	code = find_failing(shrink);
	if (code)
		return code;
	fprintf(stderr, "labyrinth: %s, seed %" PRIu64 ": %s: %s\n",
		shrink->name, shrink->seed, shrink->target.name,
		shrink->target.found);
	shrink->complete = reduce_all(shrink);
	if (shrink->code)
		return shrink->code;
	/* Once more, alone or with all seeds, for what the file says of it. */
	shrink->failing =
		lab_shrink_seeds(shrink, shrink->plan.seed, shrink->seeds);
	return shrink->code;
}

void lab_shrink_free(struct lab_shrink *shrink)
{
	lab_sections_free(&shrink->first);
	lab_sections_free(&shrink->now);
	free(shrink->target.kind);
	free(shrink->target.name);
	free(shrink->target.ending);
	free(shrink->target.found);
	free(shrink->tried);
	free(shrink->name);
	*shrink = (struct lab_shrink){};
}
