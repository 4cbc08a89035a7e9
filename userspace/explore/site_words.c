// SPDX-License-Identifier: GPL-2.0-only
/* explore/site_words.c - see explore/site_words.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "site.h"
#include "site_words.h"

const json_t *lab_site_of(const json_t *found, const json_t *fault)
{
	const json_t *profile = json_object_get(found, "profile");

	return lab_find(json_object_get(profile, "sites"), "id",
			lab_text(fault, "site"));
}

void lab_site_words(const json_t *site, char *text, size_t size)
{
	struct lab_site_name name;

	lab_site_name(site, &name);
	snprintf(text, size, "%s%s%s%s", name.function,
		 *name.module ? " [" : "", name.module,
		 *name.module ? "]" : "");
}

void lab_fault_words(const json_t *fault, char *text, size_t size)
{
	const json_t *then = json_object_get(fault, "then");

	if (lab_is(fault, "kind", "starve"))
		snprintf(text, size, "nothing for %.1f s",
			 lab_number(fault, "duration") / 1e9);
	else if (then)
		snprintf(text, size,
			 "occurrence %" PRIu64 ", and then %" PRIu64 " of %.8s",
			 lab_number(fault, "first"), lab_number(then, "first"),
			 lab_text(then, "site"));
	else
		snprintf(text, size, "occurrence %" PRIu64,
			 lab_number(fault, "first"));
}

/* Whether the machine has the devices of another victim. */
static bool has_others_devices(const json_t *identity)
{
	const char *name = lab_text(identity, "victim");
	const char *devices = lab_text(identity, "devices");
	const size_t own = strcspn(name, ":+");

	return *devices &&
	       (strlen(devices) != own || memcmp(devices, name, own));
}

char *lab_repeat_words(const json_t *found, const json_t *fault)
{
	const json_t *identity = json_object_get(found, "identity"), *word;
	const char *then = lab_text(json_object_get(fault, "then"), "site");
	const bool others = has_others_devices(identity);
	char *text = xasprintf(
		"labyrinth explore %s --kernel %s --site %s --occurrence %" PRIu64
		"%s%s%s%s%s",
		lab_text(identity, "victim"), lab_text(identity, "kernel"),
		lab_text(fault, "site"), lab_number(fault, "first"),
		lab_is(fault, "kind", "starve") ? " --starve" : "",
		*then ? " --then " : "", then, others ? " --devices " : "",
		others ? lab_text(identity, "devices") : "");
	char *before;
	size_t i;

	json_array_foreach(json_object_get(identity, "arguments"), i, word) {
		before = text;
		text = xasprintf("%s%s %s", before, i ? "" : " --",
				 json_string_value(word));
		free(before);
	}
	return text;
}
