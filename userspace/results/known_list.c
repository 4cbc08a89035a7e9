// SPDX-License-Identifier: GPL-2.0-only
/* results/known_list.c - lists of known issues; see results/known.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/alloc.h"
#include "lib/diagnostics.h"
#include "lib/ini.h"
#include "lib/words.h"
#include "log/kernel_version.h"
#include "scenario/source.h"
#include "known.h"

#define LIST "known-issues.list"
#define HEADING "issue "
#define BUILD "build:"
#define BUILD_DIGITS 8 /* at least, so that it names one build */
#define WHY 400

/* Takes a value: 0, or -EINVAL with what is wrong in why[]. */
typedef int (*take_value)(struct lab_known_issue *issue, const char *value,
			  char *why, size_t size);

static int refuse(char *why, size_t size, const char *value,
		  const char *allowed)
{
	snprintf(why, size, "\"%s\"; allowed: %s", value, allowed);
	return -EINVAL;
}

static int take_log(struct lab_known_issue *issue, const char *value, char *why,
		    size_t size)
{
	char fault[200];
	int err = regcomp(&issue->log_pattern, value, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, &issue->log_pattern, fault, sizeof(fault));
		snprintf(why, size,
			 "\"%s\" is no extended regular expression: %s", value,
			 fault);
		return -EINVAL;
	}
	issue->log = xstrdup(value);
	return 0;
}

static int take_link(struct lab_known_issue *issue, const char *value,
		     char *why, size_t size)
{
	if (!lab_is_web_address(value))
		return refuse(why, size, value,
			      "where it is written about, https://...");
	issue->link = xstrdup(value);
	return 0;
}

/* strptime() takes the 30th of February. */
static bool is_day(const char *value)
{
	struct tm day = {};
	const char *end = strptime(value, "%Y-%m-%d", &day);
	const int number = day.tm_mday;

	if (!end || *end)
		return false;
	timegm(&day);
	return day.tm_mday == number;
}

static int take_until(struct lab_known_issue *issue, const char *value,
		      char *why, size_t size)
{
	if (!strcmp(value, "never"))
		return 0;
	if (strlen(value) != sizeof(issue->until) - 1 || !is_day(value))
		return refuse(
			why, size, value,
			"the last day on which it is known, as 2027-12-31, or never");
	strcpy(issue->until, value);
	return 0;
}

static bool parse_version(const char *text, int64_t *from, int64_t *to)
{
	struct lab_version version;
	const bool good = text[strspn(text, "0123456789.")] == '\0' &&
			  lab_version_parse(text, &version);

	if (!good)
		return false;
	*from = lab_version_key(version.major, version.minor, version.patch);
	/* A series is all of its patch levels. */
	*to = lab_version_key(version.major, version.minor,
			      version.patch < 0 ? LAB_KNOWN_PATCHES :
						  version.patch);
	return true;
}

static bool parse_kernels(char *word, struct lab_known_kernels *kernels)
{
	char *dash = strchr(word, '-');
	int64_t unused;

	if (!strncmp(word, BUILD, strlen(BUILD))) {
		const char *digits = word + strlen(BUILD);

		kernels->build_id = xstrdup(digits);
		return strlen(digits) >= BUILD_DIGITS &&
		       !digits[strspn(digits, "0123456789abcdef")];
	}
	if (!dash)
		return parse_version(word, &kernels->from, &kernels->to);
	*dash = '\0';
	return parse_version(word, &kernels->from, &unused) &&
	       parse_version(dash + 1, &unused, &kernels->to) &&
	       kernels->from <= kernels->to;
}

static int take_kernels(struct lab_known_issue *issue, const char *value,
			char *why, size_t size)
{
	struct lab_words words;
	int err = 0;
	size_t i;

	issue->kernel_words = xstrdup(value);
	lab_words_split(value, &words);
	for (i = 0; !err && i < words.count; i++) {
		char *word = xstrdup(words.word[i]);

		issue->kernels = xgrow(issue->kernels, issue->nkernels);
		issue->kernels[issue->nkernels] = (struct lab_known_kernels){};
		if (!parse_kernels(word, &issue->kernels[issue->nkernels++]))
			err = refuse(
				why, size, words.word[i],
				"6.1, 5.10-6.7, 6.1.100-6.1.192, or build: and at least 8 digits of a build id");
		free(word);
	}
	lab_words_free(&words);
	return err;
}

#define TEXT(key)                                                        \
	static int take_##key(struct lab_known_issue *issue,             \
			      const char *value, char *why, size_t size) \
	{                                                                \
		(void)why;                                               \
		(void)size;                                              \
		issue->key = xstrdup(value);                             \
		return 0;                                                \
	}
TEXT(what)
TEXT(scenario)
TEXT(verdict)
TEXT(cell)
#undef TEXT

static const struct known_key {
	const char *name;
	bool optional;
	take_value take;
} keys[] = {
	{ "what", false, take_what },
	{ "scenario", false, take_scenario },
	{ "verdict", false, take_verdict },
	{ "cell", true, take_cell },
	{ "log", true, take_log },
	{ "kernels", false, take_kernels },
	{ "link", false, take_link },
	{ "until", false, take_until },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static void complain_unknown(struct lab_complaints *complaints,
			     const struct lab_entry *entry)
{
	const char *names[KEYS + 1] = {};
	char why[WHY];
	size_t i;

	for (i = 0; i < KEYS; i++)
		names[i] = keys[i].name;
	lab_name_unknown(names, entry->key, why, sizeof(why));
	lab_complain(complaints, entry->file, entry->line, NULL,
		     "unknown key %s", why);
}

/* The number of the key in the table; KEYS after a message. */
static size_t take_entry(struct lab_known_issue *issue,
			 const struct lab_entry *entry,
			 struct lab_complaints *complaints)
{
	char why[WHY];
	size_t i = 0;

	while (i < KEYS && strcmp(keys[i].name, entry->key) != 0)
		i++;
	if (i == KEYS) {
		complain_unknown(complaints, entry);
		return i;
	}
	if (!*entry->value)
		lab_complain(complaints, entry->file, entry->line, entry->key,
			     "has no value");
	else if (keys[i].take(issue, entry->value, why, sizeof(why)))
		lab_complain(complaints, entry->file, entry->line, entry->key,
			     "%s", why);
	return i;
}

static bool is_named(const struct lab_known *known, const char *name)
{
	size_t i;

	for (i = 0; i < known->count; i++)
		if (!strcmp(known->issue[i].name, name))
			return true;
	return false;
}

static void take_section(struct lab_known *known, const char *path,
			 const struct lab_section *section,
			 struct lab_complaints *complaints)
{
	struct lab_known_issue issue = {};
	bool there[KEYS + 1] = {};
	size_t i;

	if (strncmp(section->name, HEADING, strlen(HEADING)) != 0 ||
	    !section->name[strlen(HEADING)]) {
		lab_complain(complaints, path, section->line, NULL,
			     "[%s]; headings are [issue NAME]", section->name);
		return;
	}
	issue.name = xstrdup(section->name + strlen(HEADING));
	if (is_named(known, issue.name))
		lab_complain(complaints, path, section->line, NULL,
			     "there is an issue \"%s\" already", issue.name);
	for (i = 0; i < section->nentries; i++)
		there[take_entry(&issue, &section->entries[i], complaints)] =
			true;
	for (i = 0; i < KEYS; i++)
		if (!there[i] && !keys[i].optional)
			lab_complain(complaints, path, section->line, NULL,
				     "[%s] has no \"%s\"", section->name,
				     keys[i].name);
	known->issue = xgrow(known->issue, known->count);
	known->issue[known->count++] = issue;
}

bool lab_known_parse(struct lab_known *known, const char *path,
		     const char *text)
{
	struct lab_complaints complaints = {};
	struct lab_sections sections;
	size_t i;

	lab_sections_read(path, text, &complaints, &sections);
	for (i = 0; i < sections.count; i++)
		take_section(known, path, &sections.section[i], &complaints);
	lab_sections_free(&sections);
	return !lab_complaints_end(&complaints);
}

static bool read_list(struct lab_known *known, const char *path)
{
	char why[WHY], *text;
	bool good;

	if (lab_source_read(path, &text, why, sizeof(why))) {
		fprintf(stderr, "labyrinth: %s: %s\n", path, why);
		return false;
	}
	good = lab_known_parse(known, path, text);
	free(text);
	return good;
}

bool lab_known_load(struct lab_known *known, char *const *files, size_t n)
{
	char *project = lab_source_find_file(LIST);
	bool good = true;
	size_t i;

	if (project)
		good = read_list(known, project);
	free(project);
	for (i = 0; i < n; i++)
		if (strcmp(files[i], LAB_KNOWN_PROJECT) != 0)
			good &= read_list(known, files[i]);
	return good;
}

static void free_issue(struct lab_known_issue *issue)
{
	size_t i;

	for (i = 0; i < issue->nkernels; i++)
		free(issue->kernels[i].build_id);
	if (issue->log)
		regfree(&issue->log_pattern);
	free(issue->kernels);
	free(issue->kernel_words);
	free(issue->name);
	free(issue->what);
	free(issue->scenario);
	free(issue->verdict);
	free(issue->cell);
	free(issue->log);
	free(issue->link);
}

void lab_known_free(struct lab_known *known)
{
	size_t i;

	for (i = 0; i < known->count; i++)
		free_issue(&known->issue[i]);
	free(known->issue);
	*known = (struct lab_known){};
}
