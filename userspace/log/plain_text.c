// SPDX-License-Identifier: GPL-2.0-only
/* log/plain_text.c - see log/plain_text.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "glued.h"
#include "lib/alloc.h"
#include "plain_text.h"

/* How often each encoding was seen in a batch of lines. */
struct evidence {
	size_t quoted; /* equals signs that quoted-printable could have written */
	size_t equals; /* equals signs that it cannot have written */
	size_t html;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static size_t without_cr(const char *text, size_t length)
{
	while (length && (text[length - 1] == '\r' || text[length - 1] == '\n'))
		length--;
	if (length >= 2 && !memcmp(text + length - 2, "^M", 2))
		length -= 2;
	return length;
}

/*
 * Hexadecimal digits in upper case only: mailers write these, kernels write
 * lower case.
 */
static bool is_quoted(const char *at, const char *end)
{
	return end - at >= 3 && hex_digit(at[1]) >= 0 &&
	       hex_digit(at[2]) >= 0 && !islower((unsigned char)at[1]) &&
	       !islower((unsigned char)at[2]);
}

static void look_at(const char *text, size_t length, struct evidence *evidence)
{
	static const char *const html[] = {
		"&lt;",	 "&gt;", "&amp;", "&quot;", "<pre",   "<br",
		"</pre", "</p>", "&#",	  "</div",  "</code", "</span"
	};
	const char *end = text + length;
	const char *at = text;
	size_t i;

	while ((at = memchr(at, '=', end - at))) {
		if (at + 1 == end || is_quoted(at, end))
			evidence->quoted++;
		else
			evidence->equals++;
		at++;
	}
	for (i = 0; i < sizeof(html) / sizeof(html[0]); i++)
		evidence->html +=
			!!memmem(text, length, html[i], strlen(html[i]));
}

/* "=3D" and the like, in place. Returns whether the line goes on in the next. */
static bool undo_quoted(char *text, size_t *length)
{
	size_t from, to = 0;
	bool goes_on = *length && text[*length - 1] == '=';

	if (goes_on)
		(*length)--;
	for (from = 0; from < *length; from++) {
		if (text[from] == '=' &&
		    is_quoted(text + from, text + *length)) {
			text[to++] = hex_digit(text[from + 1]) * 16 +
				     hex_digit(text[from + 2]);
			from += 2;
		} else {
			text[to++] = text[from];
		}
	}
	*length = to;
	return goes_on;
}

static const struct {
	const char *entity, *text;
} entities[] = {
	{ "&lt;", "<" },       { "&gt;", ">" },	  { "&amp;", "&" },
	{ "&quot;", "\"" },    { "&nbsp;", " " }, { "&#39;", "'" },
	{ "&#x27;", "'" },     { "&apos;", "'" }, { "&#34;", "\"" },
	{ "&#60;", "<" },      { "&#62;", ">" },  { "&#38;", "&" },
	{ "&#x3c;", "<" },     { "&#x3e;", ">" }, { "&#x3C;", "<" },
	{ "&#x3E;", ">" },     { "&#x2F;", "/" }, { "&#160;", " " },
	{ "&#13;", "" },       { "&#xD;", "" },	  { "&#x2f;", "/" },
	{ "&#40;", "(" },      { "&#41;", ")" },  { "&#124;", "|" },
	{ "&hellip;", "..." },
};

/* Tags of a page. The kernel's own "<IRQ>" and "<4>" are none of these. */
static size_t tag_length(const char *at, bool *breaks)
{
	static const struct {
		const char *name;
		bool breaks;
	} tags[] = {
		{ "pre", true },	{ "br", true },	     { "p", true },
		{ "div", true },	{ "li", true },	     { "tr", true },
		{ "blockquote", true }, { "code", false },   { "span", false },
		{ "td", false },	{ "a", false },	     { "b", false },
		{ "i", false },		{ "em", false },     { "tt", false },
		{ "font", false },	{ "strong", false }, { "body", true },
		{ "html", true },	{ "table", true },   { "ul", true },
		{ "tbody", true },	{ "samp", false },   { "mark", false },
		{ "h1", true },		{ "h2", true },	     { "h3", true },
		{ "h4", true },		{ "title", true },   { "head", true },
	};
	const char *name = at + 1 + (at[1] == '/');
	const char *end = strchr(at, '>');
	size_t i;

	if (!end)
		return 0;
	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		const size_t n = strlen(tags[i].name);

		if (!strncasecmp(name, tags[i].name, n) &&
		    (name[n] == '>' || name[n] == ' ' || name[n] == '/')) {
			*breaks = tags[i].breaks;
			return end + 1 - at;
		}
	}
	return 0;
}

/* In place: the decoded text is never longer. */
static void undo_html(char *text)
{
	char *to = text;
	const char *at = text;
	bool breaks;
	size_t i, n;

	while (*at) {
		n = *at == '<' ? tag_length(at, &breaks) : 0;
		if (n) {
			at += n;
			if (breaks)
				*to++ = '\n';
			continue;
		}
		for (i = 0;
		     *at == '&' && i < sizeof(entities) / sizeof(entities[0]);
		     i++) {
			n = strlen(entities[i].entity);
			if (!strncmp(at, entities[i].entity, n))
				break;
		}
		if (*at == '&' && i < sizeof(entities) / sizeof(entities[0])) {
			memmove(to, entities[i].text, strlen(entities[i].text));
			to += strlen(entities[i].text);
			at += n;
			continue;
		}
		*to++ = *at++;
	}
	*to = 0;
}

/* The message of a journal's JSON, in place; the text as it is without one. */
static void undo_json(char *text)
{
	static const char *const keys[] = { "\"MESSAGE\"", "\"message\"",
					    "\"log\"", "\"msg\"", "\"MSG\"" };
	char *at = NULL, *to = text;
	size_t i;

	if (text[strspn(text, " ,[")] != '{')
		return;
	for (i = 0; !at && i < sizeof(keys) / sizeof(keys[0]); i++) {
		at = strstr(text, keys[i]);
		if (at) {
			at += strlen(keys[i]);
			at += strspn(at, " :");
			if (*at != '"')
				at = NULL;
		}
	}
	if (!at)
		return;
	for (at++; *at && *at != '"'; at++) {
		if (*at != '\\') {
			*to++ = *at;
			continue;
		}
		at++;
		if (!*at)
			break;
		if (*at == 'u' && strlen(at) >= 5 && hex_digit(at[4]) >= 0) {
			*to++ = (char)(hex_digit(at[3]) * 16 +
				       hex_digit(at[4]));
			at += 4;
			continue;
		}
		*to++ = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
	}
	*to = 0;
}

static const struct {
	const char *escape;
	char becomes;
} escapes[] = {
	{ "#012", '\n' },    { "\\x0a", '\n' },	 { "\\x0A", '\n' },
	{ "\\012", '\n' },   { "#011", '\t' },	 { "\\x09", '\t' },
	{ "\\x1b", '\033' }, { "#033", '\033' }, { "\\x3c", '<' },
};

static void undo_escapes(char *text)
{
	const bool counters = strstr(text, "isolated_") ||
			      strstr(text, "active_") || strstr(text, "GPR");
	char *to = text;
	const char *at = text;
	size_t i;

	while (*at) {
		for (i = 0; (*at == '#' || *at == '\\') &&
			    i < sizeof(escapes) / sizeof(escapes[0]);
		     i++)
			if (!strncmp(at, escapes[i].escape,
				     strlen(escapes[i].escape)))
				break;
		if ((*at == '#' || *at == '\\') &&
		    i < sizeof(escapes) / sizeof(escapes[0])) {
			*to++ = escapes[i].becomes;
			at += strlen(escapes[i].escape);
		} else if (counters && at[0] == '\\' && at[1] == 'n') {
			*to++ = '\n';
			at += 2;
		} else {
			*to++ = *at++;
		}
	}
	*to = 0;
}

/*
 * Removes escape sequences for colours and cursor movements, turns blanks that
 * are not ASCII into spaces, and removes carriage returns within a line.
 */
static void undo_terminal(char *text)
{
	char *to = text;
	const char *at = text;

	while (*at) {
		const unsigned char c = *at;

		if (c == '\033' && at[1] == '[') {
			at += 2;
			at += strspn(at, "0123456789;?");
			at += !!*at;
		} else if (c == 0xc2 && (unsigned char)at[1] == 0xa0) {
			*to++ = ' ';
			at += 2;
		} else if (c == 0xe2 && (unsigned char)at[1] == 0x80 &&
			   (unsigned char)at[2] == 0xa6) {
			memcpy(to, "...", 3);
			to += 3;
			at += 3;
		} else if (c == 0xef && (unsigned char)at[1] == 0xbb &&
			   (unsigned char)at[2] == 0xbf) {
			at += 3;
		} else if (c == '\r') {
			*to++ = '\n';
			at++;
		} else {
			*to++ = c < 32 && c != '\n' && c != '\t' ? ' ' :
								   (char)c;
			at++;
		}
	}
	*to = 0;
}

/* ">" and "..." at the end: a pager has cut the line there. */
static bool is_cut(char *text)
{
	size_t n = strlen(text);

	if (n >= 3 && !strcmp(text + n - 3, "...") && n > 8) {
		text[n - 3] = 0;
		return true;
	}
	if (n >= 40 && text[n - 1] == '>' && strncmp(text + n - 4, "IRQ>", 4) &&
	    strncmp(text + n - 4, "EOI>", 4) &&
	    strncmp(text + n - 4, "ASK>", 4) &&
	    strncmp(text + n - 4, "NMI>", 4)) {
		text[n - 1] = 0;
		return true;
	}
	return false;
}

static void add_line(struct lab_plain_text *plain, uint64_t number,
		     const char *text, size_t length, size_t width, bool part)
{
	struct lab_plain_line line = { .number = number,
				       .width = width,
				       .part = part };

	line.trailing_blank = length && text[length - 1] == ' ';
	while (length && strchr(" \t", text[length - 1]))
		length--;
	line.text = xcheck(strndup(text, length));
	line.cut = is_cut(line.text);
	plain->line = xgrow(plain->line, plain->lines);
	plain->line[plain->lines++] = line;
}

/* Adds a decoded text, which may have become several lines. */
static void add_lines(struct lab_plain_text *plain, uint64_t number,
		      const char *text, size_t width, bool cut)
{
	bool part = false;

	for (;;) {
		const size_t length = strcspn(text, "\n");

		if (length || !part)
			add_line(plain, number, text, length, width, part);
		if (!text[length])
			break;
		text += length + 1;
		part = true;
	}
	if (cut && plain->lines)
		plain->line[plain->lines - 1].cut = true;
}

static void decode(struct lab_plain_text *plain, char *text, uint64_t number,
		   bool html, bool cut)
{
	size_t width;
	char *lines;

	undo_json(text);
	undo_terminal(text);
	if (html)
		undo_html(text);
	/*
	 * As it was before it was decoded: the width of a wrapped line counts.
	 */
	width = strlen(text);
	undo_escapes(text);
	undo_terminal(text);
	lines = lab_unglue(text);
	add_lines(plain, number, lines ?: text, width, cut);
	free(lines);
}

struct lab_plain_text lab_plain_text_of(const struct lab_text_line *lines,
					size_t n)
{
	struct lab_plain_text plain = {};
	struct evidence evidence = {};
	bool quoted, html;
	size_t i, j;

	for (i = 0; i < n; i++)
		look_at(lines[i].text,
			without_cr(lines[i].text, lines[i].length), &evidence);
	quoted = evidence.quoted && evidence.quoted > 4 * evidence.equals;
	html = evidence.html >= 2;
	for (i = 0; i < n; i = j + 1) {
		char *text = NULL;
		size_t length = 0;
		bool goes_on = true;

		for (j = i; goes_on; j++) {
			size_t more =
				without_cr(lines[j].text, lines[j].length);

			text = xcheck(realloc(text, length + more + 1));
			memcpy(text + length, lines[j].text, more);
			goes_on = quoted && undo_quoted(text + length, &more) &&
				  j + 1 < n && length < ((size_t)1 << 16);
			length += more;
			if (!goes_on)
				break;
		}
		text[length] = 0;
		decode(&plain, text, lines[i].number, html, !lines[j].whole);
		free(text);
	}
	return plain;
}

void lab_plain_text_free(struct lab_plain_text *plain)
{
	size_t i;

	for (i = 0; i < plain->lines; i++)
		free(plain->line[i].text);
	free(plain->line);
	*plain = (struct lab_plain_text){};
}
