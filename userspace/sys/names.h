/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/names.h - the module's enumerations by name, as scenarios spell and results
 * record them.
 */
#ifndef LAB_NAMES_H
#define LAB_NAMES_H

#include <stdint.h>

#include <labyrinth.h>

/* Ended by NULL; the index of a name is its number in module/uapi. */
extern const char *const lab_context_names[];
extern const char *const lab_api_names[];
extern const char *const lab_oracle_names[];
extern const char *const lab_passage_names[];
extern const char *const lab_unknown_names[];
extern const char *const lab_outcome_names[];
extern const char *const lab_pattern_names[];
extern const char *const lab_victim_names[];
extern const char *const lab_gfp_names[]; /* bases, then modifiers */

/*
 * What the cliff of a cell is over: usable pages, of the mark that they are compared
 * with (module/uapi/labyrinth.h, LAB_CLIFF_STEPS). Results that do not say are of an
 * earlier version, and theirs is over all free pages, of min.
 */
#define LAB_CLIFF_OVER "usable/mark"

/* "?" for a number that has no name. */
const char *lab_context_name(uint32_t id);
const char *lab_api_name(uint32_t id);
const char *lab_oracle_name(uint32_t id);
const char *lab_passage_name(uint32_t id);
const char *lab_outcome_name(uint32_t id);

/*
 * The latencies of a cell: the key they have, and that of the count of their
 * shots. Those of shots that are ok are always there, the others where there were
 * any, and not in results of earlier versions. Ended by a NULL key.
 */
struct lab_latencies {
	const char *key, *count;
	enum lab_outcome outcome;
};

extern const struct lab_latencies lab_latencies[];

#endif /* LAB_NAMES_H */
