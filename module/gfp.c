// SPDX-License-Identifier: GPL-2.0-only
/*
 * gfp.c - turns names into the bits of this kernel.
 *
 * GFP_ATOMIC has been two sets of bits between 5.10 and 6.3, so user space
 * does not send bits. Nothing that may sleep can be asked for.
 */
#include <linux/gfp.h>

#include "labyrinth.h"

#define LAB_BASE(id) [LAB_GFP_##id] = GFP_##id,
#define LAB_MOD(id) [LAB_GFP_BIT_##id] = __GFP_##id,

static const gfp_t lab_gfp_bases[] = { LAB_GFP_BASES(LAB_BASE) };
static const gfp_t lab_gfp_mods[] = { LAB_GFP_MODS(LAB_MOD) };

int lab_gfp_translate(const struct lab_spec *spec, gfp_t *gfp, const char **why)
{
	unsigned int i;

	if (spec->gfp_base >= LAB_GFP_BASE_COUNT ||
	    spec->gfp_mods & ~LAB_GFP_MODS_ALL) {
		*why = "gfp: unknown";
		return -EINVAL;
	}
	/* "This" node would be that of whatever CPU the caller is on. */
	if (spec->gfp_mods & LAB_GFP_MOD(THISNODE) &&
	    spec->node == LAB_NODE_ANY) {
		*why = "gfp: __GFP_THISNODE needs a node";
		return -EINVAL;
	}

	*gfp = lab_gfp_bases[spec->gfp_base];
	for (i = 0; i < ARRAY_SIZE(lab_gfp_mods); i++)
		if (spec->gfp_mods & 1u << i)
			*gfp |= lab_gfp_mods[i];
	return 0;
}
