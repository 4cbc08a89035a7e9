// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/as_results.c - an exploration in the formats that other programs
 * read: one test for each site, written by the writers of export/.
 *
 * These take a document with verdicts (results/README.md), so an exploration is
 * converted to one. A site is a skip if none of its faults was tried.
 */
#include <stdlib.h>

#include "explore.h"
#include "export/export.h"
#include "lib/json.h"
#include "site_words.h"

/* The first fault of a site with this verdict. */
static const json_t *fault_of(const json_t *found, const json_t *site,
			      enum lab_trial_verdict verdict)
{
	const json_t *fault;
	size_t i;

	json_array_foreach(json_object_get(found, "faults"), i, fault)
		if (lab_is(fault, "site", lab_text(site, "id")) &&
		    lab_fault_verdict(fault) == verdict)
			return fault;
	return NULL;
}

static json_t *found_of(const json_t *found, const json_t *fault,
			enum lab_trial_verdict verdict)
{
	char what[LAB_FAULT_WORDS], *repeat;
	json_t *text;

	if (!fault)
		return json_string("none of its requests was made to fail");
	lab_fault_words(fault, what, sizeof(what));
	repeat = lab_repeat_words(found, fault);
	text = json_sprintf("%s (%s), %s: %s; again: %s",
			    lab_trial_names[verdict], lab_trial_help[verdict],
			    what, lab_text(fault, "evidence"), repeat);
	free(repeat);
	return text;
}

static json_t *verdict_of(const json_t *found, const json_t *site)
{
	const json_t *faults = json_object_get(found, "faults");
	enum lab_trial_verdict verdict;
	char who[LAB_SITE_WORDS];
	unsigned int count;

	verdict = lab_site_verdict(faults, lab_text(site, "id"), &count);
	lab_site_words(site, who, sizeof(who));
	return json_pack(
		"{s:s, s:o, s:s, s:s, s:o}", "kind", "site", "name",
		json_sprintf("%s, %s, %s %.8s", who, lab_text(site, "context"),
			     lab_text(site, "interface"), lab_text(site, "id")),
		"verdict",
		!count			 ? "skip" :
		lab_trial_fails(verdict) ? "fail" :
					   "pass",
		"claim", "what asks there survives that it gets nothing",
		"found",
		found_of(found, fault_of(found, site, verdict), verdict));
}

json_t *lab_explore_results(const json_t *found)
{
	const json_t *identity = json_object_get(found, "identity"), *site;
	const json_t *profile = json_object_get(found, "profile");
	json_t *verdicts = json_array(), *verdict;
	const char *all = "skip";
	size_t i;

	json_array_foreach(json_object_get(profile, "sites"), i, site) {
		verdict = verdict_of(found, site);
		if (lab_is(verdict, "verdict", "fail") ||
		    (lab_is(verdict, "verdict", "pass") && strcmp(all, "fail")))
			all = lab_text(verdict, "verdict");
		json_array_append_new(verdicts, verdict);
	}
	return json_pack("{s:{s:o}, s:s, s:o}", "scenario", "name",
			 json_sprintf("explore %s",
				      lab_text(identity, "victim")),
			 "verdict", all, "verdicts", verdicts);
}

static void write_as(const char *name, const json_t *found, FILE *to)
{
	json_t *results = lab_explore_results(found);
	size_t i;

	for (i = 0; lab_exports[i]; i++)
		if (!strcmp(lab_exports[i]->name, name))
			lab_exports[i]->write(
				&(struct lab_exported){ .results = results },
				to);
	json_decref(results);
}

static void write_ktap(const json_t *found, FILE *to)
{
	write_as("ktap", found, to);
}

static void write_junit(const json_t *found, FILE *to)
{
	write_as("junit", found, to);
}

static void write_lava(const json_t *found, FILE *to)
{
	write_as("lava", found, to);
}

const struct lab_explore_form lab_explore_ktap = {
	.name = "ktap",
	.write = write_ktap,
};
const struct lab_explore_form lab_explore_junit = {
	.name = "junit",
	.write = write_junit,
};
const struct lab_explore_form lab_explore_lava = {
	.name = "lava",
	.write = write_lava,
};
