// SPDX-License-Identifier: GPL-2.0-only
/* scenario/boot.c - see scenario/boot.h. */
#include "boot.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/words.h"

/* What the lab decides, so that nobody else may. */
struct owned {
	const char *name;
	const char *why;
};

#define CONSOLE "the lab reads the kernel's log from its serial port"
#define LEVEL "the lab chooses what of the log is written to the console"
#define END "the lab tells by it how a guest ended"
#define INIT "process 1 of a guest is the lab's"
#define LAYOUT "addresses are the same in each boot"

static const struct owned parameters[] = {
	{ "console", CONSOLE },
	{ "earlycon", CONSOLE },
	{ "earlyprintk", CONSOLE },
	{ "debug", LEVEL },
	{ "ignore_loglevel", LEVEL },
	{ "loglevel", LEVEL },
	{ "quiet", LEVEL },
	{ "panic", END },
	{ "oops", END },
	{ "unknown_nmi_panic", END },
	{ "reboot", END },
	{ "kaslr", LAYOUT },
	{ "nokaslr", LAYOUT },
	{ "init", INIT },
	{ "initrd", INIT },
	{ "noinitrd", INIT },
	{ "rdinit", INIT },
	{ "root", INIT },
	{ "--",
	  "what follows it would be arguments of process 1, which is the lab's" },
	{},
};

static const struct owned properties[] = {
	{ "accel", "--mode chooses how the guest is executed" },
	{ "append", "what is added to the kernel's command line is append" },
	{ "dtb", "the lab chooses what is booted" },
	{ "dumpdtb", "the guest would not be started" },
	{ "firmware", "the lab chooses what is booted" },
	{ "initrd", "the lab chooses what is booted" },
	{ "kernel", "the lab chooses what is booted" },
	{ "memory-backend", "memory is given by nodes and memory" },
	{},
};

/* As the kernel compares names (kernel/params.c, parameqn()). */
static bool same_name(const char *name, const char *word)
{
	for (; *name; name++, word++) {
		const char c = *word == '_' ? '-' : *word;

		if ((*name == '_' ? '-' : *name) != c)
			return false;
	}
	return !*word || *word == '=';
}

static const struct owned *find_owned(const struct owned *owned,
				      const char *word)
{
	for (; owned->name; owned++)
		if (same_name(owned->name, word))
			return owned;
	return NULL;
}

static int refuse(const struct owned *owned, char *why, size_t size)
{
	snprintf(why, size, "\"%s\" is not to be set: %s", owned->name,
		 owned->why);
	return -EINVAL;
}

/* Neither a shell nor a log has anything to decode then. */
static int check_characters(const char *text, const char *also, char *why,
			    size_t size)
{
	for (; *text; text++) {
		const unsigned char c = *text;

		if ((c < 0x80 && isgraph(c)) || strchr(also, c))
			continue;
		snprintf(why, size,
			 "a character %#04x; allowed: printable ASCII%s", c,
			 *also ? "" : " without blanks");
		return -EINVAL;
	}
	return 0;
}

static int too_long(size_t room, char *why, size_t size)
{
	snprintf(why, size, "longer than %zu characters; allowed: up to these",
		 room - 1);
	return -EINVAL;
}

int lab_boot_append(struct lab_boot_options *boot, const char *text, char *why,
		    size_t size)
{
	char line[sizeof(boot->append)];
	const struct owned *owned;
	struct lab_words words;
	size_t i, n, length;
	int ret = 0;

	if (check_characters(text, " \t\n", why, size))
		return -EINVAL;
	lab_words_split(text, &words);
	if (!words.count)
		ret = lab_empty_list(why, size);
	strcpy(line, boot->append);
	n = strlen(line);
	for (i = 0; i < words.count && !ret; i++) {
		/* A quotation mark before the name is no part of it. */
		owned = find_owned(parameters,
				   words.word[i] + (*words.word[i] == '"'));
		length = strlen(words.word[i]);
		if (owned)
			ret = refuse(owned, why, size);
		else if (n + !!n + length >= sizeof(line))
			ret = too_long(sizeof(line), why, size);
		else
			n += sprintf(line + n, "%s%s", n ? " " : "",
				     words.word[i]);
	}
	lab_words_free(&words);
	if (!ret)
		strcpy(boot->append, line);
	return ret;
}

/* QEMU prints a list and exits with success, whatever else it is asked. */
static bool asks_for_help(const char *text)
{
	const size_t length = strcspn(text, ",");

	return (length == 4 && !strncmp(text, "help", 4)) ||
	       (length == 1 && *text == '?') ||
	       (text[length] && asks_for_help(text + length + 1));
}

static int set_word(char *to, size_t room, const char *text, const char *list,
		    char *why, size_t size)
{
	if (!*text || asks_for_help(text)) {
		snprintf(
			why, size,
			"\"%s\"; allowed: a name that qemu-system-x86_64 -%s help lists, and what may follow it there",
			text, list);
		return -EINVAL;
	}
	if (check_characters(text, "", why, size))
		return -EINVAL;
	if (strlen(text) >= room)
		return too_long(room, why, size);
	strcpy(to, text);
	return 0;
}

int lab_boot_cpu(struct lab_boot_options *boot, const char *text, char *why,
		 size_t size)
{
	/* No model that runs 64-bit code begins with a digit. */
	if (isdigit((unsigned char)*text)) {
		snprintf(
			why, size,
			"\"%s\"; allowed: the name of a model; how many there are is cpus",
			text);
		return -EINVAL;
	}
	return set_word(boot->cpu, sizeof(boot->cpu), text, "cpu", why, size);
}

int lab_boot_machine(struct lab_boot_options *boot, const char *text, char *why,
		     size_t size)
{
	const struct owned *owned;
	const char *part;

	for (part = strchr(text, ','); part; part = strchr(part, ',')) {
		char word[64];

		part++;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(part, ","),
			 part);
		owned = find_owned(properties, word);
		if (owned)
			return refuse(owned, why, size);
	}
	return set_word(boot->machine, sizeof(boot->machine), text, "machine",
			why, size);
}
