// SPDX-License-Identifier: GPL-2.0-only
/* scenario/gfp.c - see scenario/gfp.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labyrinth.h" /* module/uapi */
#include "lib/alloc.h"
#include "lib/words.h"
#include "sys/names.h"
#include "gfp.h"

char *lab_gfp_words(uint32_t base, uint32_t mods)
{
	char *words = xstrdup(lab_gfp_names[base]);
	unsigned int i;

	for (i = 0; i < LAB_GFP_MOD_COUNT; i++) {
		char *longer;

		if (!(mods >> i & 1))
			continue;
		longer = xasprintf("%s|%s", words,
				   lab_gfp_names[LAB_GFP_BASE_COUNT + i]);
		free(words);
		words = longer;
	}
	return words;
}

/*
 * Collects bases and modifiers in one set of bits; how many bases there are is
 * checked afterwards.
 */
static int gfp_bits(const char *word, uint64_t *set, char *why, size_t size)
{
	char *text = xstrdup(word), *rest = text, *flag;
	int ret = 0;

	*set = 0;
	while (!ret && (flag = strsep(&rest, "|")))
		ret = lab_name_set_add(flag, lab_gfp_names, set, why, size);
	free(text);
	return ret;
}

int lab_gfp_parse(const char *word, struct lab_gfp *gfp, char *why, size_t size)
{
	uint64_t set, bases;

	if (gfp_bits(word, &set, why, size))
		return -EINVAL;
	bases = set & ((1u << LAB_GFP_BASE_COUNT) - 1);
	if (__builtin_popcountll(bases) != 1) {
		snprintf(
			why, size,
			"\"%s\" has %s base; allowed: exactly one of GFP_*, then |__GFP_*",
			word, bases ? "more than one" : "no");
		return -EINVAL;
	}
	gfp->base = __builtin_ctzll(bases);
	gfp->mods = set >> LAB_GFP_BASE_COUNT;
	gfp->words = lab_gfp_words(gfp->base, gfp->mods);
	return 0;
}
