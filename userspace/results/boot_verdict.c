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

/*
 * Whether the kernel says of a parameter that it does not take what was given
 * (init/main.c, do_early_param()). It says the name alone.
 */
static bool is_malformed(const struct lab_log *log, const char *word)
{
	char said[512];
	size_t i;

	snprintf(said, sizeof(said), "Malformed early option '%.*s'",
		 (int)strcspn(word, "="), word);
	for (i = 0; log && i < log->lines; i++)
		if (memmem(log->line[i].text, log->line[i].length, said,
			   strlen(said)))
			return true;
	return false;
}

/* A list of words after what is said of them; nothing while it is empty. */
struct found {
	const char *what;
	char words[1024];
	size_t length;
};

static void add_word(struct found *found, const char *word)
{
	if (found->length < sizeof(found->words))
		found->length +=
			snprintf(found->words + found->length,
				 sizeof(found->words) - found->length, "%s %s",
				 found->length ? "" : found->what, word);
}

void lab_boot_judge(json_t *verdicts, const json_t *machine,
		    const struct lab_log *log)
{
	struct found unknown = { .what = "the kernel does not know:" };
	struct found malformed = { .what = "the kernel does not take:" };
	char list[2048], all[2100];
	struct lab_words words;
	size_t i;

	find_unknown(log, list, sizeof(list));
	lab_words_split(lab_text(machine, "append"), &words);
	for (i = 0; i < words.count; i++) {
		if (is_listed(list, words.word[i]))
			add_word(&unknown, words.word[i]);
		else if (is_malformed(log, words.word[i]))
			add_word(&malformed, words.word[i]);
	}
	lab_words_free(&words);
	if (!unknown.length && !malformed.length)
		return;
	snprintf(all, sizeof(all), "%s%s%s", unknown.words,
		 unknown.length && malformed.length ? "; " : "",
		 malformed.words);
	lab_judged_add(verdicts, LAB_JUDGED_BOOT, LAB_SKIPPED, all);
}
