/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/record.h - makes the records of a journal.
 *
 *	kernel    the kernel under test
 *	module    the module
 *	program   this program
 *	context   one for each context: usable, or the reason why not
 *	api       one for each interface: likewise
 *	oracle    one for each oracle: its claim
 *	skip      a phase that cannot run here, and the reason
 *	zones     all zones, at the moment that "at" names, and the pages that this
 *	          process has for itself ("own")
 *	pressure  the level that a pressure reached (written by the pressure)
 *	loss      a process that the kernel took (journal/losses.h)
 *	cell      the outcome of the shots of a cell
 *	phase     the end of a phase, and blocks and pages still held
 *	restored  the settings that were restored
 *	end       the end of the run
 *
 * Latencies are in ticks of the module's clock, whose frequency is in the
 * record "module". results.json has them in instructions or nanoseconds.
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

/*
 * Adds the highatomic reserve before and after to the record of a cell, in
 * pages.
 */
void lab_record_reserve(const struct lab_zones *before,
			const struct lab_zones *after, json_t *record);

/* hits: failures that the injector counted; -1 when it does not count. */
json_t *lab_record_cell(const struct lab_cell *cell,
			const struct lab_outcome_of_cell *outcome,
			int64_t hits);

#endif /* LAB_RECORD_H */
