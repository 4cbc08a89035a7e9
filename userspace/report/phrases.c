// SPDX-License-Identifier: GPL-2.0-only
/* report/phrases.c - phrases and numbers that several sections use. */
#include <inttypes.h>
#include <string.h>

#include "lib/json.h"
#include "report.h"

const char *lab_run_letter(const struct lab_page *page, size_t run)
{
	static const char *const letters[LAB_PAGE_RUNS] = { "A", "B" };

	return page->nruns > 1 ? letters[run] : "";
}

void lab_seeds_write(const struct lab_page *page, size_t run)
{
	const json_t *results = page->run[run].results;
	const json_t *seeds = json_object_get(results, "seeds");
	json_t *seed;
	size_t i;

	if (!seeds) {
		fprintf(page->to, "seed %" PRIu64, lab_number(results, "seed"));
		return;
	}
	fprintf(page->to, "%zu runs, seeds", json_array_size(seeds));
	json_array_foreach(seeds, i, seed)
		fprintf(page->to, " %" JSON_INTEGER_FORMAT,
			json_integer_value(seed));
}

void lab_percent(uint64_t part, uint64_t whole, char text[16])
{
	const double percent = whole ? 100.0 * part / whole : 0;

	if (!whole)
		strcpy(text, "–");
	else if (part && percent < 0.01)
		strcpy(text, "<0.01 %");
	else if (part < whole && percent > 99.99)
		strcpy(text, ">99.99 %");
	else if (part == whole || !part)
		snprintf(text, 16, "%.0f %%", percent);
	else
		snprintf(text, 16, "%.*f %%", percent < 10 ? 2 : 1,
			 part < whole && percent > 99.9 ? 99.9 : percent);
}
