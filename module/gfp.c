// SPDX-License-Identifier: GPL-2.0-only
/*
 * gfp.c - turns names of flags into the bits of this kernel.
 *
 * GFP_ATOMIC has had two sets of bits between 5.10 and 6.3, so user space does
 * not send bits. No request that may sleep can be expressed.
 */
#include <linux/gfp.h>

#include "internal.h"

#define LAB_BASE(id) [LAB_GFP_##id] = GFP_##id,
#define LAB_MOD(id) [LAB_GFP_BIT_##id] = __GFP_##id,

static const gfp_t lab_gfp_bases[] = { LAB_GFP_BASES(LAB_BASE) };
static const gfp_t lab_gfp_mods[] = { LAB_GFP_MODS(LAB_MOD) };

/* The spec was checked before (dev.c). */
gfp_t lab_gfp_translate(const struct lab_spec *spec)
{
	gfp_t gfp = lab_gfp_bases[spec->gfp_base];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lab_gfp_mods); i++)
		if (spec->gfp_mods & 1u << i)
			gfp |= lab_gfp_mods[i];
	return gfp;
}
