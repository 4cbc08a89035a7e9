// SPDX-License-Identifier: GPL-2.0-only
/* explore/plan.c - which occurrences of which sites are to fail, and which pairs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "lib/alloc.h"
#include "lib/json.h"

/* Many times longer than a receive ring of 256 buffers takes to run empty. */
#define STARVE_NS 2000000000ll

/* The second of a pair is one of so many requests after the first. */
#define PAIR_WITHIN 4
/*
 * Two requests belong together if so many functions at the beginning of their
 * stacks are the same, call by call: the same system call, or the same poll of the
 * same driver.
 */
#define PAIR_ROOT 3

const char *const lab_occurrence_names[] = { "first", "few", "all", NULL };

static void add_fault(json_t *faults, const json_t *site, const char *kind,
		      uint64_t first, uint64_t count, uint64_t duration)
{
	json_array_append_new(faults,
			      json_pack("{s:O, s:s, s:I, s:I, s:I}", "site",
					json_object_get(site, "id"), "kind",
					kind, "first", (json_int_t)first,
					"count", (json_int_t)count, "duration",
					(json_int_t)duration));
}

/* The first, second, middle and last of n occurrences, each once. */
static void add_few(json_t *faults, const json_t *site, uint64_t n)
{
	add_fault(faults, site, "once", 1, 1, 0);
	if (n > 1)
		add_fault(faults, site, "once", 2, 1, 0);
	if (n > 4)
		add_fault(faults, site, "once", (n + 1) / 2, 1, 0);
	if (n > 2)
		add_fault(faults, site, "once", n, 1, 0);
}

json_t *lab_plan_faults(const json_t *sites, enum lab_occurrences which,
			bool starve)
{
	json_t *faults = json_array(), *site;
	uint64_t n, at;
	size_t i;

	json_array_foreach(sites, i, site) {
		n = lab_number(site, "occurrences");
		if (which == LAB_FEW)
			add_few(faults, site, n);
		else
			for (at = 1; at <= (which == LAB_ALL ? n : 1); at++)
				add_fault(faults, site, "once", at, 1, 0);
	}
	json_array_foreach(sites, i, site)
		if (starve)
			add_fault(faults, site, "starve", 1, 0, STARVE_NS);
	return faults;
}

/* ---- pairs ---------------------------------------------------------------- */

/* A request of the profile. */
struct asked {
	const json_t *site;
	size_t place;
	uint64_t occurrence; /* of its site, from 1 */
};

/* The length of the line that ends before end. */
static size_t line_before(const char *text, size_t end)
{
	size_t n = 0;

	while (n < end && text[end - n - 1] != '\n')
		n++;
	return n;
}

/* Whether both stacks began in the same way: a stack ends with its beginning. */
static bool same_root(const char *a, const char *b)
{
	size_t end_a = strlen(a), end_b = strlen(b), n;
	unsigned int functions = 0;

	while (functions < PAIR_ROOT) {
		n = line_before(a, end_a);
		if (!n || n != line_before(b, end_b) ||
		    memcmp(a + end_a - n, b + end_b - n, n) != 0)
			return false;
		functions++;
		/* With the end of the line before. */
		end_a -= n + (end_a > n);
		end_b -= n + (end_b > n);
	}
	return true;
}

static bool together(const struct asked *a, const struct asked *b)
{
	return a->site && b->site &&
	       !strcmp(lab_text(a->site, "context"),
		       lab_text(b->site, "context")) &&
	       same_root(lab_text(a->site, "stack"),
			 lab_text(b->site, "stack"));
}

static size_t places_of(const json_t *sites)
{
	const json_t *site;
	size_t most = 0, i;

	json_array_foreach(sites, i, site)
		if (lab_number(site, "place") >= most)
			most = lab_number(site, "place") + 1;
	return most;
}

/* The requests in their order, malloc()ed. */
static struct asked *requests_of(const json_t *sites, const json_t *order,
				 size_t places)
{
	struct asked *asked =
		xcheck(calloc(json_array_size(order) + 1, sizeof(*asked)));
	uint64_t *seen = xcheck(calloc(places + 1, sizeof(*seen)));
	const json_t **at = xcheck(calloc(places + 1, sizeof(*at)));
	const json_t *one;
	size_t i;

	json_array_foreach(sites, i, one)
		at[lab_number(one, "place")] = one;
	json_array_foreach(order, i, one) {
		const size_t place = json_integer_value(one);

		if (place >= places)
			continue;
		asked[i] = (struct asked){ at[place], place, ++seen[place] };
	}
	free(at);
	free(seen);
	return asked;
}

static void add_pair(json_t *faults, const struct asked *a,
		     const struct asked *b)
{
	add_fault(faults, a->site, "pair", a->occurrence, 1, 0);
	json_object_set_new(
		json_array_get(faults, json_array_size(faults) - 1), "then",
		json_pack("{s:O, s:I}", "site", json_object_get(b->site, "id"),
			  "first", (json_int_t)b->occurrence));
}

void lab_plan_pairs(json_t *faults, const json_t *sites, const json_t *order)
{
	const size_t count = json_array_size(order), places = places_of(sites);
	struct asked *asked = requests_of(sites, order, places);
	bool *planned = xcheck(calloc(places * places + 1, sizeof(*planned)));
	size_t i, j;

	for (i = 0; i < count; i++)
		for (j = i + 1; j <= i + PAIR_WITHIN && j < count &&
				together(&asked[i], &asked[j]);
		     j++) {
			bool *known = &planned[asked[i].place * places +
					       asked[j].place];

			if (asked[i].place != asked[j].place && !*known)
				add_pair(faults, &asked[i], &asked[j]);
			*known = true;
		}
	free(planned);
	free(asked);
}
