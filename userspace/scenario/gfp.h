/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/gfp.h - gfp flags as scenarios spell them: "GFP_ATOMIC|__GFP_ZERO". */
#ifndef LAB_GFP_H
#define LAB_GFP_H

#include <stddef.h>
#include <stdint.h>

/* A base and a set of modifiers, as in struct lab_spec. */
struct lab_gfp {
	uint32_t base; /* enum lab_gfp_base */
	uint32_t mods; /* set of 1 << enum lab_gfp_mod */
	char *words; /* canonical spelling: "GFP_ATOMIC|__GFP_NOWARN" */
};

/*
 * Parses exactly one base and any modifiers, each once. Returns 0 with
 * gfp->words malloc()ed, or -EINVAL with what was found and what is allowed in
 * why[].
 */
int lab_gfp_parse(const char *word, struct lab_gfp *gfp, char *why,
		  size_t size);

/* The canonical spelling: malloc()ed. base and mods must be valid. */
char *lab_gfp_words(uint32_t base, uint32_t mods);

#endif /* LAB_GFP_H */
