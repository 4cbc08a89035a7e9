/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/loss_verdict.h - what the kernel did to the processes of a run
 * (journal/losses.h), and the verdict on it.
 *
 * The OOM killer is expected where a phase says "log = oom". Workers of pressures
 * are offered to it: while shots are fired, which may use up what nobody can
 * reclaim, it may take them in any phase. Until then memory is taken by requests
 * that wait, down to a level at which the kernel has to serve them. SIGBUS is
 * expected nowhere.
 */
#ifndef LAB_LOSS_VERDICT_H
#define LAB_LOSS_VERDICT_H

#include <jansson.h>

#include "ending.h"
#include "log/log.h"
#include "scenario/scenario.h"

/*
 * A list of { process, pid, signal, what, phase, at, moment, ended, class, log }.
 * An ending that is LAB_KILLED and that no record tells of is one of them, for
 * the reason why, in the phase that the log was in. log: or NULL.
 */
json_t *lab_losses_json(const json_t *records,
			const struct lab_scenario *scenario,
			enum lab_ending ending, const char *why,
			const struct lab_log *log);

/* That which ended the run, or NULL. */
const json_t *lab_loss_fatal(const json_t *losses);
bool lab_loss_is_expected(const json_t *loss);
/* In a sentence. */
void lab_loss_words(const json_t *loss, char *words, size_t size);

void lab_losses_judge(json_t *verdicts, const json_t *losses);

#endif /* LAB_LOSS_VERDICT_H */
