/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/build.h - makes results.json from a journal.
 *
 * A run only records what it measures (journal/journal.h). It is judged here,
 * afterwards, where memory is not short. The schema, labyrinth-results/1, is
 * documented in results/README.md.
 */
#ifndef LAB_BUILD_H
#define LAB_BUILD_H

#include <jansson.h>

#include "lib/exit.h"
#include "lib/sha256.h"
#include "scenario/scenario.h"
#include "ending.h"

#define LAB_RESULTS_SCHEMA "labyrinth-results/1"

/*
 * records: those of a journal. machine: the object "machine" of the results;
 * its member "icount_shift" converts latencies to instructions. why: the reason
 * of an ending that is not LAB_ENDED. log: the kernel's log, or NULL when it
 * was not recorded.
 */
json_t *lab_results_build(const struct lab_scenario *scenario, uint64_t seed,
			  const json_t *records, const json_t *machine,
			  enum lab_ending ending, const char *why,
			  const char *log);

enum lab_exit lab_results_exit(const json_t *results);

/* The bytes of results.json: malloc()ed. */
/* The SHA-256 of a scenario's text with all that it includes. */
void lab_scenario_fingerprint(const struct lab_scenario *scenario,
			      char hex[LAB_FINGERPRINT]);

char *lab_results_text(const json_t *results);

#endif /* LAB_BUILD_H */
