// SPDX-License-Identifier: GPL-2.0-only
/* results/loss_verdict.c - see results/loss_verdict.h. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "judged.h"
#include "loss_verdict.h"

static const struct lab_phase *phase_of(const struct lab_scenario *scenario,
					const char *name)
{
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		if (!strcmp(scenario->phases[i].name, name))
			return &scenario->phases[i];
	return NULL;
}

static bool is_expected(const struct lab_scenario *scenario,
			const json_t *record)
{
	const struct lab_phase *phase =
		phase_of(scenario, lab_text(record, "phase"));

	if (!phase || lab_number(record, "signal") == SIGBUS)
		return false;
	if (phase->log >> LAB_LOG_OOM & 1)
		return true;
	return json_is_true(json_object_get(record, "offered")) &&
	       lab_is(record, "moment", "firing");
}

/* mm/oom_kill.c, __oom_kill_process(): "Killed process 93 (labyrinth) ..." */
static json_t *line_of(const struct lab_log *log, uint64_t pid)
{
	char killed[40];
	size_t i;

	snprintf(killed, sizeof(killed), "Killed process %" PRIu64 " (", pid);
	for (i = 0; pid && log && i < log->lines; i++)
		if (memmem(log->line[i].text, log->line[i].length, killed,
			   strlen(killed)))
			return lab_log_line_json(&log->line[i]);
	return json_string("");
}

static json_t *what_of(const json_t *record)
{
	const int number = lab_number(record, "signal");
	char what[200];

	if (number)
		snprintf(what, sizeof(what), "was killed by signal %d (%s)",
			 number, strsignal(number));
	else
		snprintf(what, sizeof(what), "was refused memory (%s)",
			 lab_text(record, "error"));
	return json_string(what);
}

static json_t *loss_of(const json_t *record,
		       const struct lab_scenario *scenario,
		       const struct lab_log *log)
{
	json_t *loss = json_deep_copy(record);

	json_object_del(loss, "record");
	json_object_del(loss, "error");
	json_object_del(loss, "offered");
	json_object_set_new(loss, "what", what_of(record));
	json_object_set_new(loss, "class",
			    json_string(is_expected(scenario, record) ?
						"expected" :
						"failure"));
	json_object_set_new(loss, "log",
			    line_of(log, lab_number(record, "pid")));
	return loss;
}

/* Who would have recorded it is gone as well. */
static json_t *untold(const struct lab_scenario *scenario, const char *why,
		      const struct lab_log *log)
{
	static const struct lab_log_mark nowhere;
	const struct lab_log_mark *mark =
		log && log->marks ? &log->mark[log->marks - 1] : &nowhere;
	const struct lab_log_line where = { mark->where, mark->length, -1 };
	const struct lab_phase *phase =
		mark->cell ? lab_log_phase_of(scenario, mark) : NULL;
	const bool expected = phase && phase->log >> LAB_LOG_OOM & 1;

	return json_pack("{s:s, s:i, s:i, s:s, s:s, s:o, s:s, s:b, s:s, s:s}",
			 "process", "the run", "pid", 0, "signal", 0, "what",
			 why, "phase", phase ? phase->name : "", "at",
			 phase ? lab_log_line_json(&where) : json_string(""),
			 "moment", "", "ended", true, "class",
			 expected ? "expected" : "failure", "log", "");
}

json_t *lab_losses_json(const json_t *records,
			const struct lab_scenario *scenario,
			enum lab_ending ending, const char *why,
			const struct lab_log *log)
{
	json_t *losses = json_array(), *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (lab_is(record, "record", "loss"))
			json_array_append_new(losses,
					      loss_of(record, scenario, log));
	if (ending == LAB_KILLED && !lab_loss_fatal(losses))
		json_array_append_new(losses, untold(scenario, why, log));
	return losses;
}

const json_t *lab_loss_fatal(const json_t *losses)
{
	json_t *loss;
	size_t i;

	json_array_foreach(losses, i, loss)
		if (json_is_true(json_object_get(loss, "ended")))
			return loss;
	return NULL;
}

bool lab_loss_is_expected(const json_t *loss)
{
	return lab_is(loss, "class", "expected");
}

void lab_loss_words(const json_t *loss, char *words, size_t size)
{
	static const struct {
		const char *moment, *words;
	} when[] = {
		{ "pressing", "before the shots of " },
		{ "firing", "in the shots of " },
		{ "between", "in " },
	};
	const char *log = lab_text(loss, "log"), *moment = "in ";
	size_t i;

	for (i = 0; i < sizeof(when) / sizeof(when[0]); i++)
		if (lab_is(loss, "moment", when[i].moment))
			moment = when[i].words;
	snprintf(words, size, "%s %s%s%s%s%s%s", lab_text(loss, "process"),
		 lab_text(loss, "what"), *lab_text(loss, "at") ? ", " : "",
		 *lab_text(loss, "at") ? moment : "", lab_text(loss, "at"),
		 *log ? "; the log: " : "", log);
}

void lab_losses_judge(json_t *verdicts, const json_t *losses)
{
	const json_t *first = NULL;
	size_t i, failures = 0, n = json_array_size(losses);
	char words[700] = "none was killed, and none refused memory";
	json_t *loss;

	json_array_foreach(losses, i, loss) {
		if (lab_loss_is_expected(loss))
			continue;
		first = failures++ ? first : loss;
	}
	if (n)
		lab_loss_words(first ?: json_array_get(losses, 0), words,
			       sizeof(words));
	i = strlen(words);
	if (failures)
		snprintf(
			words + i, sizeof(words) - i,
			"%s; where a phase is to bring that about, log = oom says so",
			failures > 1 ? ", and more" : "");
	else if (n)
		snprintf(words + i, sizeof(words) - i,
			 "; expected, as all of %zu", n);
	lab_judged_add(verdicts, LAB_JUDGED_PROCESSES,
		       failures ? LAB_DOES_NOT_HOLD : LAB_HOLDS, words);
}
