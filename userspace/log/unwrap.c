// SPDX-License-Identifier: GPL-2.0-only
/* log/unwrap.c - see log/unwrap.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "report_lines.h"
#include "unwrap.h"

#define WIDTHS 512

struct parsed {
	struct lab_prefix prefix;
	const char *text; /* behind the prefix */
	bool stamped, starts;
	bool blank; /* before the text, behind no prefix */
};

static struct parsed *parse_all(const struct lab_plain_text *plain)
{
	struct parsed *parsed =
		xcheck(calloc(plain->lines + 1, sizeof(*parsed)));
	size_t i;

	for (i = 0; i < plain->lines; i++) {
		struct parsed *one = &parsed[i];

		one->prefix = lab_prefix_of(plain->line[i].text);
		one->text = plain->line[i].text + one->prefix.length;
		one->stamped = one->prefix.classes & LAB_PREFIX_STAMPED;
		one->starts = lab_line_starts(one->text);
		one->blank = plain->line[i].text[0] == ' ';
	}
	return parsed;
}

/*
 * Whether lines of the kernel have time stamps in this batch. Then a line
 * without one continues the line before.
 */
static bool has_stamps(const struct lab_plain_text *plain,
		       const struct parsed *parsed)
{
	size_t i, stamped = 0, all = 0;

	/* On a narrow terminal a long line becomes many. */
	for (i = 0; i < plain->lines; i++) {
		if (plain->line[i].part || !*parsed[i].text)
			continue;
		stamped += parsed[i].stamped;
		all++;
	}
	return stamped * 4 > all;
}

/* A line that lacks what stands behind an address, or a question mark. */
static bool is_half_a_frame(const char *text)
{
	const size_t n = strlen(text);
	const char *open = strrchr(text, '[');

	if (n && text[n - 1] == '?')
		return true;
	return n && text[n - 1] == ']' && open &&
	       (open[1] == '<' ||
		/* An address, and no module with such letters, as fec. */
		(strlen(open + 1) > 8 &&
		 strspn(open + 1, "0123456789abcdef") == strlen(open + 1) - 1));
}

/* Whether the next line may be a part of this one. */
static bool goes_on(const struct lab_plain_text *plain,
		    const struct parsed *parsed, size_t i, bool stamps)
{
	return i + 1 < plain->lines && *parsed[i + 1].text &&
	       !parsed[i + 1].stamped && !plain->line[i + 1].part &&
	       (stamps || !parsed[i + 1].starts);
}

/* The width at which lines are cut in the middle of words; 0: at blanks. */
static size_t cut_width(const struct lab_plain_text *plain,
			const struct parsed *parsed, bool stamps)
{
	static unsigned int seen[WIDTHS];
	size_t i, wrapped = 0, most = 0;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < plain->lines; i++) {
		const size_t width = plain->line[i].width;

		if (!goes_on(plain, parsed, i, stamps) || width >= WIDTHS)
			continue;
		wrapped++;
		if (++seen[width] > seen[most])
			most = width;
	}
	return wrapped >= 3 && most >= 40 && seen[most] * 10 >= wrapped * 7 ?
		       most :
		       0;
}

static void begin(struct lab_kernel_text *text,
		  const struct lab_plain_line *plain,
		  const struct parsed *parsed)
{
	struct lab_kernel_line line = { .number = plain->number,
					.text = xstrdup(parsed->text),
					.cut = plain->cut };

	snprintf(line.stamp, sizeof(line.stamp), "%s", parsed->prefix.stamp);
	snprintf(line.caller, sizeof(line.caller), "%s", parsed->prefix.caller);
	text->line = xgrow(text->line, text->lines);
	text->line[text->lines++] = line;
}

static void append(struct lab_kernel_line *line, const char *text, bool blank,
		   bool cut)
{
	char *joined;

	if (strlen(line->text) > 1 << 16)
		return;
	joined = xasprintf("%s%s%s", line->text,
			   blank && *line->text ? " " : "", text);
	free(line->text);
	line->text = joined;
	line->cut = cut;
}

/*
 * The kernel's own stamp, "[  776.233602] ", in the midst of a line: a mail
 * program that flows paragraphs has joined two lines. NULL: there is none.
 */
static char *embedded_stamp(char *text)
{
	char *at = text;

	while ((at = strstr(at, " ["))) {
		size_t n = 2 + strspn(at + 2, " ");
		const size_t seconds = strspn(at + n, "0123456789");
		size_t fraction;

		at++;
		n += seconds;
		if (!seconds || at[n - 1] != '.')
			continue;
		fraction = strspn(at + n, "0123456789");
		n += fraction;
		if (fraction == 6 && at[n] == ']' && at[n + 1] == ' ')
			return at;
	}
	return NULL;
}

/*
 * What stands behind a whole list of blocks, "... 0*4096kB = 2216kB Normal:
 * 59*4kB", of logs without stamps. NULL: nothing that a line begins with.
 */
static char *behind_list(char *text)
{
	char *at = text;

	while ((at = strstr(at, "kB = "))) {
		at += strlen("kB = ");
		at += strspn(at, "0123456789");
		if (!strncmp(at, "kB ", 3) && lab_line_starts(at + 3))
			return at + 3;
	}
	return NULL;
}

/* Each line that was joined so is as many again. */
static void part(struct lab_kernel_text *text, bool stamps)
{
	struct lab_kernel_text whole = {};
	size_t i;

	for (i = 0; i < text->lines; i++) {
		struct lab_kernel_line line = text->line[i];
		char *next;

		while ((next = stamps ? embedded_stamp(line.text) :
					behind_list(line.text))) {
			const struct lab_prefix prefix =
				stamps ? lab_prefix_of(next) :
					 (struct lab_prefix){};
			struct lab_kernel_line rest = line;

			next[-1] = 0;
			line.cut = false;
			rest.text = xstrdup(next + prefix.length);
			if (stamps)
				snprintf(rest.stamp, sizeof(rest.stamp), "%s",
					 prefix.stamp);
			whole.line = xgrow(whole.line, whole.lines);
			whole.line[whole.lines++] = line;
			line = rest;
		}
		whole.line = xgrow(whole.line, whole.lines);
		whole.line[whole.lines++] = line;
	}
	free(text->line);
	*text = whole;
}

struct lab_kernel_text lab_unwrap(const struct lab_plain_text *plain)
{
	struct parsed *parsed = parse_all(plain);
	const bool stamps = has_stamps(plain, parsed);
	const size_t width = cut_width(plain, parsed, stamps);
	struct lab_kernel_text text = {};
	bool open = false;
	size_t i;

	for (i = 0; i < plain->lines; i++) {
		const struct parsed *one = &parsed[i];
		const bool stamped = one->stamped;
		const bool hard = width && i &&
				  plain->line[i - 1].width == width &&
				  !plain->line[i - 1].trailing_blank;
		bool joins = open && !stamped && !plain->line[i].part &&
			     *one->text && !one->starts;

		if (open && !stamped && *one->text && !plain->line[i].part &&
		    ((stamps && hard) ||
		     is_half_a_frame(text.line[text.lines - 1].text)))
			joins = true;
		/* An empty line with a stamp: its words are in the next. */
		if (open && !stamped && *one->text && text.lines &&
		    !*text.line[text.lines - 1].text && !plain->line[i].part)
			joins = true;
		if (joins) {
			append(&text.line[text.lines - 1], one->text,
			       !hard || one->blank, plain->line[i].cut);
			continue;
		}
		if (!*one->text && !stamped) {
			open = false;
			continue;
		}
		begin(&text, &plain->line[i], one);
		open = true;
	}
	free(parsed);
	part(&text, stamps);
	return text;
}

void lab_kernel_text_free(struct lab_kernel_text *text)
{
	size_t i;

	for (i = 0; i < text->lines; i++)
		free(text->line[i].text);
	free(text->line);
	*text = (struct lab_kernel_text){};
}
