// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/side_by_side.c - two explorations of a victim, site by site.
 *
 * In another version of a kernel the same request has other offsets and often
 * another call stack: functions on the way are renamed or inlined. So two sites
 * are taken as the same if the request is made by the same function of the same
 * module, in the same context, by the same interface. If several stacks lead
 * there, the worst verdict counts; their number is printed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "site.h"

enum side { A, B, SIDES };

static const char *const side_names[SIDES] = { "a", "b" };

/* The worst first. */
enum change {
	NOW_FAILS,
	NEW_FAILS,
	NOT_TRIED,
	NO_LONGER_FAILS,
	NEW,
	GONE,
	SAME,
	CHANGES
};

static const struct {
	const char *name, *title;
} changes[CHANGES] = {
	[NOW_FAILS] = { "now-fails", "now fails" },
	[NEW_FAILS] = { "new-fails", "new, and fails" },
	[NOT_TRIED] = { "not-tried", "not tried on both sides: cannot tell" },
	[NO_LONGER_FAILS] = { "no-longer-fails", "no longer fails" },
	[NEW] = { "new", "new" },
	[GONE] = { "gone", "gone" },
	[SAME] = { "same", "the same" },
};

/*
 * Compilers make copies of a function, "f.constprop.0": they count as that
 * function.
 */
static char *key_of(const json_t *site)
{
	struct lab_site_name name;

	lab_site_name(site, &name);
	return xasprintf("%.*s%s%s%s, %s, %s", (int)strcspn(name.function, "."),
			 name.function, *name.module ? " [" : "", name.module,
			 *name.module ? "]" : "", lab_text(site, "context"),
			 lab_text(site, "interface"));
}

static void take_verdict(json_t *row, enum lab_trial_verdict verdict)
{
	const enum lab_trial_verdict had = lab_fault_verdict(row);

	if (verdict != LAB_TRIAL_VERDICT_COUNT &&
	    (had == LAB_TRIAL_VERDICT_COUNT || verdict > had))
		json_object_set_new(row, "verdict",
				    json_string(lab_trial_names[verdict]));
}

static void add_number(json_t *row, const char *key, uint64_t more)
{
	json_object_set_new(row, key,
			    json_integer(lab_number(row, key) + more));
}

/* { "who, context, interface": { "a": { verdict, requests, ways }, "b": ... } } */
static void gather(json_t *rows, const json_t *found, enum side side)
{
	const json_t *sites =
		json_object_get(json_object_get(found, "profile"), "sites");
	const json_t *site;
	json_t *row, *part;
	unsigned int count;
	char *key;
	size_t i;

	json_array_foreach(sites, i, site) {
		key = key_of(site);
		row = json_object_get(rows, key);
		if (!row) {
			row = json_object();
			json_object_set_new(rows, key, row);
		}
		part = json_object_get(row, side_names[side]);
		if (!part) {
			part = json_object();
			json_object_set_new(row, side_names[side], part);
		}
		take_verdict(part,
			     lab_site_verdict(json_object_get(found, "faults"),
					      lab_text(site, "id"), &count));
		add_number(part, "requests", lab_number(site, "occurrences"));
		add_number(part, "ways", 1);
		free(key);
	}
}

static enum change change_of(const json_t *a, const json_t *b)
{
	const enum lab_trial_verdict was = lab_fault_verdict(a);
	const enum lab_trial_verdict is = lab_fault_verdict(b);

	if (!b)
		return GONE;
	if (!a)
		return lab_trial_fails(is) ? NEW_FAILS : NEW;
	/*
	 * A side that fails decides, even if other faults were not tried there.
	 */
	if (was == LAB_TRIAL_VERDICT_COUNT || is == LAB_TRIAL_VERDICT_COUNT)
		return was == is ? SAME : NOT_TRIED;
	if (lab_trial_fails(was) == lab_trial_fails(is))
		return SAME;
	return lab_trial_fails(is) ? NOW_FAILS : NO_LONGER_FAILS;
}

static json_t *about(const json_t *found)
{
	const json_t *identity = json_object_get(found, "identity");

	return json_pack(
		"{s:s, s:s, s:s}", "victim", lab_text(identity, "victim"),
		"kernel", lab_text(identity, "kernel"), "release",
		lab_text(json_object_get(found, "profile"), "release"));
}

json_t *lab_explorations_compare(const json_t *a, const json_t *b)
{
	json_t *rows = json_object(), *sites = json_array(), *row;
	enum change change, worst = SAME;
	const char *key;

	gather(rows, a, A);
	gather(rows, b, B);
	json_object_foreach(rows, key, row) {
		change = change_of(json_object_get(row, "a"),
				   json_object_get(row, "b"));
		if (change < worst)
			worst = change;
		json_object_set_new(row, "site", json_string(key));
		json_object_set_new(row, "change",
				    json_string(changes[change].name));
		json_array_append(sites, row);
	}
	json_decref(rows);
	return json_pack("{s:s, s:o, s:o, s:b, s:o}", "schema",
			 "labyrinth-exploration-comparison/1", "a", about(a),
			 "b", about(b), "worse", worst <= NEW_FAILS, "sites",
			 sites);
}

static void write_side(const json_t *part, FILE *to)
{
	if (!part)
		fprintf(to, "  %-12s %6s", "-", "");
	else
		fprintf(to, "  %-12s %6" PRIu64,
			*lab_text(part, "verdict") ? lab_text(part, "verdict") :
						     "not tried",
			lab_number(part, "requests"));
}

static void write_change(const json_t *sites, enum change change, FILE *to)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(sites, i, row) {
		if (!lab_is(row, "change", changes[change].name))
			continue;
		if (!n++)
			fprintf(to, "\n%s\n", changes[change].title);
		write_side(json_object_get(row, "a"), to);
		write_side(json_object_get(row, "b"), to);
		fprintf(to, "  %s\n", lab_text(row, "site"));
	}
}

void lab_explorations_text(const json_t *comparison, FILE *to)
{
	const json_t *sites = json_object_get(comparison, "sites"), *row;
	const json_t *about_a = json_object_get(comparison, "a");
	const json_t *about_b = json_object_get(comparison, "b");
	size_t same = 0, i;
	enum change change;

	fprintf(to, "%s: A %s (%s), B %s (%s)\n", lab_text(about_a, "victim"),
		lab_text(about_a, "kernel"), lab_text(about_a, "release"),
		lab_text(about_b, "kernel"), lab_text(about_b, "release"));
	for (change = 0; change < SAME; change++)
		write_change(sites, change, to);
	json_array_foreach(sites, i, row)
		same += lab_is(row, "change", changes[SAME].name);
	fprintf(to, "\n%zu of %zu sites are the same\n%s\n", same,
		json_array_size(sites),
		json_is_true(json_object_get(comparison, "worse")) ?
			"B is worse" :
			"B is worse in nothing that was tried");
}

/* See explore.h. */
json_t *lab_exploration_load(const char *where)
{
	char *inside = xasprintf("%s/explore.json", where);
	json_t *found = json_load_file(inside, 0, NULL);

	if (!found)
		found = json_load_file(where, 0, NULL);
	free(inside);
	if (found && lab_is(found, "schema", "labyrinth-exploration/1"))
		return found;
	json_decref(found);
	return NULL;
}
