/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/sweep.h - the settings of an injector or a pressure, and their sweeps. */
#ifndef LAB_SWEEP_H
#define LAB_SWEEP_H

#include "scenario.h"

/* The values that a key was set to; several make it sweep. */
struct lab_values {
	uint64_t *number;
	char **text;
	size_t count;
};

struct lab_sweep {
	const char *name; /* of the injector or the pressure; NULL: unknown */
	const struct lab_key *keys;
	size_t nkeys;
	struct lab_values values[LAB_MAX_SETTINGS];
};

void lab_sweep_init(struct lab_sweep *sweep, const char *name,
		    const struct lab_key *keys);
void lab_sweep_free(struct lab_sweep *sweep);

bool lab_sweep_has(const struct lab_sweep *sweep, const char *key);

/*
 * Replaces the values of a key. 0, or -EINVAL with what was found and what is
 * allowed in why[].
 */
int lab_sweep_set(struct lab_sweep *sweep, const char *key, const char *value,
		  char *why, size_t size);

/* The number of combinations of values, at most limit + 1. */
size_t lab_sweep_size(const struct lab_sweep *sweep, size_t limit);

/*
 * Fills the settings in with combination @index, of which it takes its share
 * off, and puts what sweeps before the label: "interval=2,probability=10", with
 * the prefix before each key. Texts of settings are malloc()ed. The last key
 * runs fastest, as in nested loops in the order of the table.
 */
void lab_sweep_fill(const struct lab_sweep *sweep, const char *prefix,
		    size_t *index, struct lab_setting *settings, char **label);

#endif /* LAB_SWEEP_H */
