/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/judged.h - the oracles that the lab judges a run by, when it is over.
 *
 * Those that the module asks of every shot are in module/uapi/labyrinth.h. These
 * need more than a shot: the records of a run, and the kernel's log.
 */
#ifndef LAB_JUDGED_H
#define LAB_JUDGED_H

#include "verdict.h"

#define LAB_JUDGED(X)                                                                                                 \
	X(LEAK, leak, "every block handed out is given back")                                                         \
	X(COUNTERS, counters,                                                                                         \
	  "pgalloc in /proc/vmstat moves by what was handed out at least")                                            \
	X(BASELINE, baseline,                                                                                         \
	  "what is free before a phase is free after it, but for a 32nd of the memory")                               \
	X(LEVELS, levels, "each pressure reaches its level, to a tenth")                                              \
	X(PAYLOAD, payload,                                                                                           \
	  "what a pressure sends is what arrives, if it does")                                                        \
	X(ATTRIBUTION, attribution,                                                                                   \
	  "each failure is known to be injected or genuine")                                                          \
	X(SETTINGS, settings,                                                                                         \
	  "what was changed, all attributes of fault injection and all vm sysctls are what they were")                \
	X(PROCESSES, processes,                                                                                       \
	  "the kernel kills no process of the run and refuses none memory, but where a phase expects the OOM killer") \
	X(BOOT, boot,                                                                                                 \
	  "the kernel knows the parameters that were added for it")                                                   \
	X(LOG, log, "the kernel's log tells of no defect")                                                            \
	X(REPORTS, reports,                                                                                           \
	  "a genuine failure is reported when asked for, in full; an injected one never is")

#define LAB_JUDGED_ROW(id, name, claim) LAB_JUDGED_##id,
enum lab_judged_id { LAB_JUDGED(LAB_JUDGED_ROW) LAB_JUDGED_COUNT };
#undef LAB_JUDGED_ROW

struct lab_judged {
	const char *name, *claim;
};

extern const struct lab_judged lab_judged[LAB_JUDGED_COUNT];

/* Adds the verdict of one to the results. */
void lab_judged_add(json_t *verdicts, enum lab_judged_id id,
		    enum lab_holds holds, const char *found);

#endif /* LAB_JUDGED_H */
