// SPDX-License-Identifier: GPL-2.0-only
/* log/prefix.c - see log/prefix.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "prefix.h"

#define DIGITS "0123456789"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
				      "Jun", "Jul", "Aug", "Sep", "Oct",
				      "Nov", "Dec", NULL };
static const char *const days[] = { "Mon", "Tue", "Wed", "Thu",
				    "Fri", "Sat", "Sun", NULL };

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strncmp(text, *words, strlen(*words)))
			return true;
	return false;
}

static size_t digits(const char *text)
{
	return strspn(text, DIGITS);
}

static size_t blanks(const char *text)
{
	return strspn(text, " \t");
}

/* "16:40:44", "16:40:44.123456" */
static size_t clock_time(const char *text)
{
	size_t n = digits(text), i;

	if (n < 1 || n > 2)
		return 0;
	for (i = 0; i < 2; i++) {
		if (text[n] != ':' || digits(text + n + 1) != 2)
			return 0;
		n += 3;
	}
	if ((text[n] == '.' || text[n] == ',') && digits(text + n + 1))
		n += 1 + digits(text + n + 1);
	return n;
}

/* "Z", "+02:00", "+0200", " CEST", " UTC" */
static size_t time_zone(const char *text)
{
	size_t n = blanks(text), letters;

	if (text[0] == 'Z')
		return 1;
	if ((text[0] == '+' || text[0] == '-') && digits(text + 1) >= 2) {
		n = 1 + digits(text + 1);
		if (text[n] == ':')
			n += 1 + digits(text + n + 1);
		return n;
	}
	letters = strspn(text + n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (n && (letters == 3 || letters == 4) && text[n + letters] == ' ' &&
	    strncmp(text + n, "CPU", 3) != 0 &&
	    strncmp(text + n, "DMA", 3) != 0 &&
	    strncmp(text + n, "SLUB", 4) != 0)
		return n + letters;
	return 0;
}

/* "Sep  8 16:40:44", "Sep 8 2021 16:40:44", "Wed Sep  8 16:40:44 2021" */
static size_t syslog_date(const char *text)
{
	size_t n = 0, time;

	if (is_one_of(text, days) && text[3] == ' ') {
		n = 3;
		n += blanks(text + n);
	}
	if (!is_one_of(text + n, months) || text[n + 3] != ' ')
		return 0;
	n += 3;
	n += blanks(text + n);
	if (!digits(text + n) || digits(text + n) > 2)
		return 0;
	n += digits(text + n);
	n += text[n] == ',';
	n += blanks(text + n);
	if (digits(text + n) == 4) {
		n += 4;
		n += blanks(text + n);
	}
	time = clock_time(text + n);
	if (!time)
		return 0;
	n += time;
	n += time_zone(text + n);
	if (blanks(text + n) == 1 && digits(text + n + 1) == 4 &&
	    (text[n + 5] == ' ' || text[n + 5] == ':'))
		n += 5;
	return n;
}

/* "2021-09-08T16:40:44.123+02:00", "2021/09/08 16:40:44", "09-08 16:40:44.1" */
static size_t iso_date(const char *text)
{
	size_t n = 0, time;

	if (is_one_of(text, days) && text[3] == ' ')
		n = 4;
	if (digits(text + n) != 4 && digits(text + n) != 2)
		return 0;
	n += digits(text + n);
	if (!text[n] || !strchr("-/.", text[n]) || digits(text + n + 1) != 2)
		return 0;
	n += 3;
	if (text[n] && strchr("-/.", text[n]) &&
	    (digits(text + n + 1) == 2 || digits(text + n + 1) == 4))
		n += 1 + digits(text + n + 1);
	if (text[n] != 'T' && text[n] != ' ' && text[n] != '_')
		return 0;
	n++;
	n += blanks(text + n);
	time = clock_time(text + n);
	if (!time)
		return 0;
	n += time;
	return n + time_zone(text + n);
}

static size_t date(const char *text)
{
	size_t n = syslog_date(text);

	if (!n)
		n = iso_date(text);
	if (!n)
		n = clock_time(text);
	if (!n && digits(text) == 10 && text[10] == '.' &&
	    digits(text + 11) >= 3)
		n = 11 + digits(text + 11);
	if (n && text[n] && text[n] != ' ' && text[n] != '\t' && text[n] != ':')
		return 0;
	return n + (n && text[n] == ':' && text[n + 1] == ' ');
}

/*
 * "[  12.345678]", "[ +0.000012]", "[Wed Sep  8 16:40:44 2021]", "[Sep 8
 * 16:40]", "[ 12.345678 <  0.000012>]": within brackets, a digit, a point or a
 * colon, and nothing that times do not have.
 */
static size_t bracket(const char *text)
{
	const char *end;
	bool digit = false, point = false;
	const char *at;

	if (text[0] != '[' || text[1] == '<')
		return 0;
	end = strchr(text, ']');
	if (!end || end - text > 50 || end - text < 4)
		return 0;
	for (at = text + 1; at < end; at++) {
		digit |= isdigit((unsigned char)*at);
		point |= (*at == '.' || *at == ':') && at[1] != ' ' &&
			 isdigit((unsigned char)at[1]);
		if (isalpha((unsigned char)*at) && *at != 'T' && *at != 'Z') {
			if (!is_one_of(at, months) && !is_one_of(at, days) &&
			    !is_one_of(at, (const char *const[]){
						   "UTC", "CES", "CET", "EST",
						   "EDT", "PST", "PDT", "GMT",
						   NULL }))
				return 0;
			at += 2;
			at += at[1] == 'T';
		} else if (!strchr("0123456789 .:,+-/<>|TZ", *at)) {
			return 0;
		}
	}
	return digit && point ? (size_t)(end + 1 - text) : 0;
}

/* "[T123]", "[   C0]" */
static size_t caller(const char *text)
{
	size_t n = 1;

	if (text[0] != '[')
		return 0;
	n += blanks(text + n);
	if ((text[n] != 'T' && text[n] != 'C') || !digits(text + n + 1))
		return 0;
	n += 1 + digits(text + n + 1);
	return text[n] == ']' ? n + 1 : 0;
}

/* "(0)[123:kworker/0:1]", "-(1)[0:swapper/1]", "[0:  swapper/0:    0]" */
static size_t vendor_caller(const char *text)
{
	size_t n = 0;
	const char *end;

	n += text[n] == '-' || text[n] == '.';
	if (text[n] == '(' && digits(text + n + 1) &&
	    text[n + 1 + digits(text + n + 1)] == ')') {
		n += 2 + digits(text + n + 1);
		if (text[n] != '[')
			return 0;
	} else if (n) {
		return 0;
	}
	if (text[n] != '[' || !digits(text + n + 1) ||
	    text[n + 1 + digits(text + n + 1)] != ':')
		return 0;
	end = strchr(text + n, ']');
	if (!end || end - text > 48)
		return 0;
	if (clock_time(text + n + 1))
		return 0;
	return end + 1 - text;
}

/* "c0   1234 ", behind a time */
static size_t cpu_column(const char *text)
{
	size_t n;

	if (text[0] != 'c' || !digits(text + 1) || digits(text + 1) > 3)
		return 0;
	n = 1 + digits(text + 1);
	if (!blanks(text + n))
		return 0;
	n += blanks(text + n);
	if (!digits(text + n))
		return 0;
	n += digits(text + n);
	return text[n] == ' ' ? n : 0;
}

/* "<4>", "<12>1 " */
static size_t priority(const char *text)
{
	size_t n;

	if (text[0] != '<' || !digits(text + 1) || digits(text + 1) > 3)
		return 0;
	n = 1 + digits(text + 1);
	if (text[n] != '>')
		return 0;
	n++;
	if (text[n] == '1' && text[n + 1] == ' ')
		n++;
	return n;
}

/* "4,1234,5678,-;", "4,1234,5678,-,caller=T12;" of /dev/kmsg */
static size_t kmsg(const char *text)
{
	size_t n = digits(text), i;
	const char *end;

	if (!n || n > 4)
		return 0;
	for (i = 0; i < 2; i++) {
		if (text[n] != ',' || !digits(text + n + 1))
			return 0;
		n += 1 + digits(text + n + 1);
	}
	if (text[n] != ',')
		return 0;
	end = strchr(text + n, ';');
	return end && end - text < 80 ? (size_t)(end + 1 - text) : 0;
}

/* "kern  :warn  : ", "kern.warn: ", "user.notice " */
static size_t facility(const char *text)
{
	static const char *const facilities[] = { "kern",   "user",  "daemon",
						  "syslog", "local", NULL };
	static const char *const levels[] = { "emerg", "alert", "crit",
					      "err",   "warn",	"notice",
					      "info",  "debug", NULL };
	size_t n;

	if (!is_one_of(text, facilities))
		return 0;
	n = strcspn(text, " .:");
	n += blanks(text + n);
	if (text[n] != ':' && text[n] != '.')
		return 0;
	n++;
	if (!is_one_of(text + n, levels))
		return 0;
	n += strcspn(text + n, " :\t");
	n += blanks(text + n);
	return n + (text[n] == ':');
}

/* Identifiers of programs that log lines of the kernel. */
static const char *const idents[] = { "kernel",
				      "kern",
				      "klogd",
				      "vmunix",
				      "dmesg",
				      "syslog",
				      "syslogd",
				      "rsyslogd",
				      "netconsole",
				      "console",
				      "journal",
				      "logger",
				      "systemd-journald",
				      "abrt-dump-journal-oops",
				      "abrt-dump-oops",
				      NULL };

static size_t ident(const char *text)
{
	const char *const *word;

	for (word = idents; *word; word++) {
		size_t n = strlen(*word);

		if (strncmp(text, *word, n) != 0)
			continue;
		if (text[n] == '[' && digits(text + n + 1) &&
		    text[n + 1 + digits(text + n + 1)] == ']')
			n += 2 + digits(text + n + 1);
		if (!strncmp(text + n, " - - -", 6))
			return n + 6;
		if (text[n] == ':')
			return n + 1;
	}
	return 0;
}

/* "host kernel: ", "kernel: ", "host kern.warn kernel: " */
static size_t host(const char *text)
{
	size_t n = ident(text), token;

	if (n)
		return n;
	token = strcspn(text, " \t");
	if (!token || token > 80 || text[token] != ' ' || text[0] == '[' ||
	    text[token - 1] == ':')
		return 0;
	token += blanks(text + token);
	n = facility(text + token);
	token += n;
	token += blanks(text + token);
	n = ident(text + token);
	return n ? token + n : 0;
}

/* "  0     0 W         : ", behind a date; "W/kernel  (  123): " */
static size_t logcat(const char *text)
{
	size_t n = 0, i;
	const char *colon;

	if (text[0] && strchr("VDIWEF", text[0]) && text[1] == '/') {
		colon = strstr(text, "): ");
		return colon && colon - text < 60 ? (size_t)(colon + 2 - text) :
						    0;
	}
	for (i = 0; i < 2; i++) {
		if (!digits(text + n) || digits(text + n) > 7)
			return 0;
		n += digits(text + n);
		if (!blanks(text + n))
			return 0;
		n += blanks(text + n);
	}
	if (!text[n] || !strchr("VDIWEF", text[n]) || text[n + 1] != ' ')
		return 0;
	n += 2;
	colon = strstr(text + n, ": ");
	if (!colon || colon - text - n > 40)
		return 0;
	/* The tag is empty or one word. */
	i = blanks(text + n);
	i += strcspn(text + n + i, " :\t");
	i += blanks(text + n + i);
	return text[n + i] == ':' ? n + i + 1 : 0;
}

/* "> ", ">> > ", "| ", "AB> " */
static size_t quote(const char *text)
{
	size_t n = 0;

	while (n < 4 && isupper((unsigned char)text[n]))
		n++;
	if (n && (n < 2 || text[n] != '>'))
		n = 0;
	if (text[n] != '>' && text[n] != '|')
		return 0;
	return n + strspn(text + n, ">|");
}

/* "file.log:123:", "123:", "  123  ": only where another prefix follows. */
static size_t numbered(const char *text)
{
	const char *colon = strchr(text, ':');
	size_t n = digits(text), i;

	if (n && n < 8 &&
	    (text[n] == ':' || text[n] == '-' || text[n] == ' ' ||
	     text[n] == '\t'))
		return n + 1;
	for (i = 0; colon && colon - text < 100 && i < 3; i++) {
		n = digits(colon + 1);
		if (n && n < 9 &&
		    (colon[1 + n] == ':' || colon[1 + n] == '-') &&
		    !memchr(text, ' ', colon - text))
			return colon + 2 + n - text;
		colon = strchr(colon + 1, ':');
	}
	return 0;
}

/* What people put before a line, "# ", "* ": only where a prefix follows. */
static size_t marked(const char *text)
{
	return strchr("#*;%", text[0]) && text[0] && text[1] == ' ' ? 1 : 0;
}

static const struct {
	size_t (*take)(const char *text);
	unsigned int class;
	unsigned int after; /* only behind one of these classes; 0: anywhere */
} formats[] = {
	{ quote, LAB_PREFIX_QUOTE, 0 },
	{ priority, LAB_PREFIX_PRIORITY, 0 },
	{ kmsg, LAB_PREFIX_TIME, 0 },
	{ facility, LAB_PREFIX_PRIORITY, 0 },
	{ caller, LAB_PREFIX_CALLER, 0 },
	{ bracket, LAB_PREFIX_TIME, 0 },
	{ vendor_caller, LAB_PREFIX_CALLER, LAB_PREFIX_TIME },
	{ date, LAB_PREFIX_TIME, 0 },
	{ logcat, LAB_PREFIX_HOST, 0 },
	{ cpu_column, LAB_PREFIX_CALLER, LAB_PREFIX_TIME },
	{ host, LAB_PREFIX_HOST, 0 },
};

static size_t take_one(const char *text, unsigned int classes,
		       unsigned int *class)
{
	size_t i, n;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i].after && !(classes & formats[i].after))
			continue;
		n = formats[i].take(text);
		if (n) {
			*class = formats[i].class;
			return n;
		}
	}
	return 0;
}

static void copy_trimmed(char *to, size_t size, const char *from, size_t n)
{
	while (n && strchr(" [", *from)) {
		from++;
		n--;
	}
	while (n && strchr(" ]:", from[n - 1]))
		n--;
	snprintf(to, size, "%.*s", (int)n, from);
}

static void note(struct lab_prefix *prefix, unsigned int class,
		 const char *text, size_t n)
{
	const char *within = memmem(text, n, "caller=", 7);

	prefix->classes |= class;
	if (class == LAB_PREFIX_TIME)
		copy_trimmed(prefix->stamp, sizeof(prefix->stamp), text, n);
	if (class == LAB_PREFIX_CALLER)
		copy_trimmed(prefix->caller, sizeof(prefix->caller), text, n);
	else if (within)
		copy_trimmed(prefix->caller, sizeof(prefix->caller), within + 7,
			     text + n - within - 8);
}

struct lab_prefix lab_prefix_of(const char *text)
{
	struct lab_prefix prefix = {};
	unsigned int class, i;
	size_t at = 0, n;

	for (i = 0; i < 16; i++) {
		at += blanks(text + at);
		n = take_one(text + at, prefix.classes, &class);
		if (!n && !prefix.classes) {
			const size_t skip = numbered(text + at) ?:
						    marked(text + at);
			const size_t gap = skip ? blanks(text + at + skip) : 0;

			if (skip &&
			    take_one(text + at + skip + gap, 0, &class)) {
				at += skip + gap;
				continue;
			}
		}
		if (!n)
			break;
		note(&prefix, class, text + at, n);
		at += n;
	}
	prefix.length = at;
	return prefix;
}
