// SPDX-License-Identifier: GPL-2.0-only
/* results/boot_verdict.c - see results/boot_verdict.h. */
#include "boot_verdict.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/words.h"
#include "log/log.h"
#include "judged.h"

/* init/main.c, print_unknown_bootoptions() */
#define UNKNOWN "Unknown kernel command line parameters \""

/* The list in that line, between blanks: "" where the kernel printed none. */
static void find_unknown(const struct lab_log *log, char *list, size_t size)
{
	const char *at;
	char *end;
	size_t i;

	snprintf(list, size, "%s", "");
	for (i = 0; log && i < log->lines; i++) {
		const struct lab_log_line *line = &log->line[i];

		at = memmem(line->text, line->length, UNKNOWN, strlen(UNKNOWN));
		if (!at)
			continue;
		at += strlen(UNKNOWN);
		snprintf(list, size, " %.*s ",
			 (int)(line->text + line->length - at), at);
		end = strrchr(list, '"');
		if (end)
			*end = ' ';
		return;
	}
}

static bool is_listed(const char *list, const char *word)
{
	char between[512];

	snprintf(between, sizeof(between), " %s ", word);
	return strstr(list, between);
}

void lab_boot_judge(json_t *verdicts, const json_t *machine,
		    const struct lab_log *log)
{
	char list[2048], found[1024] = "the kernel does not know:";
	size_t i, n = strlen(found);
	struct lab_words words;
	bool unknown = false;

	find_unknown(log, list, sizeof(list));
	lab_words_split(lab_text(machine, "append"), &words);
	for (i = 0; i < words.count; i++) {
		if (!is_listed(list, words.word[i]) || n >= sizeof(found))
			continue;
		n += snprintf(found + n, sizeof(found) - n, " %s",
			      words.word[i]);
		unknown = true;
	}
	lab_words_free(&words);
	if (unknown)
		lab_judged_add(verdicts, LAB_JUDGED_BOOT, LAB_SKIPPED, found);
}
