// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/choose.c - victims from the words of a command line.
 *
 * Errors are reported before the first guest boots: an unknown victim, a
 * program that guests cannot run, a stressor that stress-ng does not have.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/option.h"
#include "lib/process.h"

const struct lab_victim_ops *lab_victim_named(const char *name)
{
	const struct lab_victim_ops *victim;
	char why[1024];

	if (lab_victim_of_word(name, &victim, why, sizeof(why)))
		fprintf(stderr, "labyrinth: %s\n", why);
	return victim;
}

/* Why a file cannot be a guest's program, or NULL. */
static const char *program_trouble(const char *file)
{
	size_t size, i;
	char *bytes = lab_file_read(file, &size);
	const Elf64_Ehdr *head = (const void *)bytes;
	const char *trouble = NULL;

	if (!bytes)
		return strerror(errno);
	if (size < sizeof(*head) || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_ident[EI_CLASS] != ELFCLASS64 ||
	    head->e_machine != EM_X86_64)
		trouble = "no program for x86_64";
	else if (head->e_phoff > size ||
		 (size - head->e_phoff) / sizeof(Elf64_Phdr) < head->e_phnum)
		trouble = "cut off";
	for (i = 0; !trouble && i < head->e_phnum; i++)
		if (((const Elf64_Phdr *)(bytes + head->e_phoff))[i].p_type ==
		    PT_INTERP)
			trouble =
				"needs libraries, which guests do not have; link it with -static";
	free(bytes);
	return trouble;
}

static bool choose_program(struct lab_chosen *victim)
{
	const char *colon = strchr(victim->name, ':'), *trouble;

	if (!colon || !colon[1]) {
		fprintf(stderr,
			"labyrinth: which program? program:FILE names it\n");
		return false;
	}
	victim->file = colon + 1;
	trouble = program_trouble(victim->file);
	if (trouble)
		fprintf(stderr, "labyrinth: %s: %s\n", victim->file, trouble);
	return !trouble;
}

/*
 * Whether this machine's stress-ng, which is copied to guests, has the
 * stressor.
 */
static bool has_stressor(const char *all, const char *name, size_t length)
{
	const char *at = all;

	while ((at = strstr(at, name))) {
		if ((at == all || at[-1] == ' ') && strchr(" \n", at[length]))
			return true;
		at++;
	}
	return false;
}

static bool choose_stressors(const struct lab_chosen *victim)
{
	char *argv[] = { "stress-ng", "--stressors", NULL };
	struct lab_process process;
	char *all, name[64];
	uint64_t operations;
	bool good = victim->count;
	size_t i, n;

	if (!good)
		fprintf(stderr,
			"labyrinth: which stressors? stress-ng NAME[:OPERATIONS]... names them\n");
	if (lab_process_start(&process, argv, -1, -1)) {
		fprintf(stderr,
			"labyrinth: stress-ng is not there, which the guest needs: apt-get install stress-ng\n");
		return false;
	}
	all = lab_stream_read(process.from, NULL);
	lab_process_end(&process);
	for (i = 0; good && i < victim->count; i++) {
		n = strcspn(victim->arguments[i], ":");
		snprintf(name, sizeof(name), "%.*s", (int)n,
			 victim->arguments[i]);
		if (!all || !*name || !has_stressor(all, name, strlen(name))) {
			fprintf(stderr,
				"labyrinth: stress-ng has no stressor '%s'; stress-ng --stressors lists them\n",
				name);
			good = false;
		} else if (victim->arguments[i][n]) {
			good = lab_option_number("a number of operations",
						 victim->arguments[i] + n + 1,
						 1, UINT32_MAX, &operations);
		}
	}
	free(all);
	return good;
}

/*
 * A victim without words of its own: its name, and layers if it may have them.
 */
static bool choose_plain(struct lab_chosen *victim, const char *word)
{
	char why[1024];

	if (lab_victim_choose(word, &victim->ops, &victim->layers, why,
			      sizeof(why))) {
		fprintf(stderr, "labyrinth: %s\n", why);
		return false;
	}
	free(victim->name);
	victim->name = lab_victim_words(victim->ops, victim->layers);
	return true;
}

/*
 * Reads the next victim and its own words. Returns the number of words, 0 after
 * a message.
 */
static int choose(char *const *words, int count,
		  const struct lab_victim_ops *devices,
		  struct lab_chosen *victim)
{
	const struct lab_victim_ops *ops = lab_victim_named(words[0]);

	*victim = (struct lab_chosen){ .ops = ops,
				       .name = xstrdup(words[0]),
				       .machine = devices ?: ops };
	if (!ops)
		return 0;
	if (!ops->takes)
		return choose_plain(victim, words[0]) ? 1 : 0;
	victim->arguments = words + 1;
	victim->count = count - 1;
	if (ops->program ? choose_stressors(victim) : choose_program(victim))
		return count;
	return 0;
}

bool lab_choose(char *const *words, int count,
		const struct lab_victim_ops *devices,
		struct lab_chosen *victims, int *chosen)
{
	int n;

	for (*chosen = 0; count; ++*chosen) {
		n = choose(words, count, devices, &victims[*chosen]);
		if (!n)
			return false;
		words += n;
		count -= n;
	}
	return true;
}

void lab_chosen_free(struct lab_chosen *victims, int count)
{
	int i;

	for (i = 0; i < count; i++)
		free(victims[i].name);
}
