/* SPDX-License-Identifier: GPL-2.0-only */
/* oracles/zeroed.h - a block that was requested with __GFP_ZERO is zero. */

static __always_inline bool lab_zeroed_got(const struct lab_shooter *shooter,
					   const struct lab_shot *shot)
{
	return likely(!(shooter->gfp & __GFP_ZERO)) || !shot->block ||
	       !memchr_inv(shot->block, 0, shooter->bytes);
}
