// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/text.c - for a terminal: the failures first, then one line for each
 * site.
 *
 * A site is named by the first function above the allocator that is no helper
 * of it, and by the module of that function.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "lib/json.h"
#include "site_words.h"

static void tell_stack(const json_t *site, FILE *to)
{
	const char *at = lab_text(site, "stack");

	while (*at) {
		const size_t n = strcspn(at, "\n");

		fprintf(to, "      %.*s\n", (int)n, at);
		at += n + (at[n] == '\n');
	}
}

static void tell_log(const json_t *fault, FILE *to)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(fault, "log"), i, line) {
		if (i == 12)
			break;
		fprintf(to, "      | %s\n", json_string_value(line));
	}
}

static void tell_finding(const json_t *found, const json_t *fault, FILE *to)
{
	const json_t *site = lab_site_of(found, fault);
	char *repeat = lab_repeat_words(found, fault);
	char who[LAB_SITE_WORDS], what[LAB_FAULT_WORDS];

	lab_site_words(site, who, sizeof(who));
	lab_fault_words(fault, what, sizeof(what));
	fprintf(to, "\n  %s: %s, %s, %s\n    %s\n", lab_text(fault, "verdict"),
		who, lab_text(site, "context"), what,
		lab_text(fault, "evidence"));
	if (json_object_get(fault, "same_twice"))
		fprintf(to, "    alone in a boot, twice: %s\n",
			json_is_true(json_object_get(fault, "same_twice")) ?
				"the same bytes" :
				"NOT the same bytes");
	if (json_is_true(json_object_get(fault, "as_profiled")))
		fprintf(to,
			"    up to the fault, request by request, as without it\n");
	if (json_is_true(json_object_get(fault, "provisional")))
		fprintf(to, "    seen once, not confirmed\n");
	tell_stack(site, to);
	tell_log(fault, to);
	fprintf(to, "    again: %s\n", repeat);
	free(repeat);
}

static void tell_sites(const json_t *found, FILE *to)
{
	const json_t *sites =
		json_object_get(json_object_get(found, "profile"), "sites");
	const json_t *faults = json_object_get(found, "faults"), *site;
	enum lab_trial_verdict worst;
	char who[LAB_SITE_WORDS];
	unsigned int count;
	size_t i;

	fprintf(to, "\n  %-12s %-8s %-10s %6s %6s  %s\n", "worst", "context",
		"interface", "seen", "faults", "site");
	json_array_foreach(sites, i, site) {
		worst = lab_site_verdict(faults, lab_text(site, "id"), &count);
		fprintf(to, "  %-12s %-8s %-10s %6" PRIu64 " %6u  ",
			lab_trial_names[worst] ?: "-",
			lab_text(site, "context"), lab_text(site, "interface"),
			lab_number(site, "occurrences"), count);
		lab_site_words(site, who, sizeof(who));
		fprintf(to, "%s  %.8s\n", who, lab_text(site, "id"));
	}
}

static void tell_sum(const json_t *found, FILE *to)
{
	unsigned int count[LAB_TRIAL_VERDICT_COUNT + 1] = {};
	const unsigned int *const open = &count[LAB_TRIAL_VERDICT_COUNT];
	const json_t *fault;
	size_t i;
	int v;

	json_array_foreach(json_object_get(found, "faults"), i, fault)
		count[lab_fault_verdict(fault)]++;
	fprintf(to, "\n ");
	for (v = 0; lab_trial_names[v]; v++)
		if (count[v])
			fprintf(to, " %u %s", count[v], lab_trial_names[v]);
	if (*open)
		fprintf(to, " %u not tried", *open);
	fprintf(to, "\n");
}

static void write_text(const json_t *found, FILE *to)
{
	const json_t *identity = json_object_get(found, "identity");
	const json_t *profile = json_object_get(found, "profile"), *fault;
	size_t i;

	fprintf(to, "%s on %s (%s): %zu sites, %" PRIu64 " atomic requests\n",
		lab_text(identity, "victim"), lab_text(identity, "kernel"),
		lab_text(profile, "release"),
		json_array_size(json_object_get(profile, "sites")),
		lab_number(json_object_get(profile, "watched"), "requests"));
	tell_sites(found, to);
	json_array_foreach(json_object_get(found, "faults"), i, fault)
		if (lab_fault_fails(fault))
			tell_finding(found, fault, to);
	tell_sum(found, to);
}

const struct lab_explore_form lab_explore_text = {
	.name = "text",
	.write = write_text,
};
