/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/record.h - the records of a journal, made from what was measured.
 *
 *	kernel    what is tested
 *	module    what tests it
 *	program   and drives it
 *	context   one per context: usable, or why not
 *	api       likewise per way to ask for memory
 *	oracle    one per oracle: what it claims
 *	skip      a phase that cannot be run here, and why
 *	zones     every zone, at a moment that "at" names
 *	pressure  the level that a pressure reached (written by the pressure)
 *	cell      what became of the shots of a cell
 *	phase     the end of a phase, and what it left behind
 *	restored  the settings that were put back
 *	end       the run came to its end
 *
 * Latencies are in ticks of the module's clock here, see the module record;
 * results.json has them in a unit that means something.
 */
#ifndef LAB_RECORD_H
#define LAB_RECORD_H

#include <jansson.h>

#include "fire.h"

json_t *lab_record_kernel(void);
json_t *lab_record_program(void);
json_t *lab_record_module(const struct lab_info *info);
/* kind: "context" or "api". */
json_t *lab_record_row(const char *kind, const struct lab_row *row);
json_t *lab_record_oracle(const struct lab_row *row);
json_t *lab_record_zones(const char *at, const struct lab_zones *zones);

/* Into the record of a cell: what became of the highatomic reserve. */
void lab_record_reserve(const struct lab_zones *before,
			const struct lab_zones *after, json_t *record);

/* hits: -1 when not known. */
json_t *lab_record_cell(const struct lab_cell *cell,
			const struct lab_outcome_of_cell *outcome,
			int64_t hits);

#endif /* LAB_RECORD_H */
