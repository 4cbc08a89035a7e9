/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/build.h - from a journal to a verdict.
 *
 * What is measured is written down where it is measured (journal.h); it is
 * judged here, where nothing is short. The outcome is results.json, schema
 * labyrinth-results/1, documented in results/README.md.
 */
#ifndef LAB_BUILD_H
#define LAB_BUILD_H

#include <jansson.h>

#include "lib/exit.h"
#include "scenario/scenario.h"
#include "ending.h"

#define LAB_RESULTS_SCHEMA "labyrinth-results/1"

/*
 * records: of a journal. machine: what the lab knows of the guest, an object
 * that goes into the results as it is; "icount_shift" in it makes latencies
 * instructions. why: words to an ending that is not LAB_ENDED. log: what the
 * kernel said meanwhile, or NULL where nobody listened.
 */
json_t *lab_results_build(const struct lab_scenario *scenario, uint64_t seed,
			  const json_t *records, const json_t *machine,
			  enum lab_ending ending, const char *why,
			  const char *log);

enum lab_exit lab_results_exit(const json_t *results);

/* The bytes of results.json: malloc()ed. */
char *lab_results_text(const json_t *results);

#endif /* LAB_BUILD_H */
