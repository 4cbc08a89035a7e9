/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/exclusive.h - a block handed out belongs to its shot alone.
 *
 * Every page of it is stamped at both ends with a number that no other shot
 * writes, and the stamps must be there when the block is freed. A page handed
 * out twice carries the stamp of its second owner by then. The page keeps its
 * contents when it moves on, so a stamp names no address.
 */

static __always_inline u64 lab_stamp(const struct lab_shooter *shooter,
				     const struct lab_shot *shot)
{
	return shooter->salt + ((u64)shot->piece << LAB_STAMP_SHOT_BITS) +
	       shot->number;
}

/* In words: a page, or the whole block when that is less. */
static __always_inline size_t lab_stride(const struct lab_shooter *shooter)
{
	return min_t(size_t, shooter->bytes, PAGE_SIZE) / sizeof(u64);
}

static __always_inline bool lab_exclusive_got(const struct lab_shooter *shooter,
					      const struct lab_shot *shot)
{
	const size_t stride = lab_stride(shooter);
	u64 stamp = lab_stamp(shooter, shot);
	u64 *at = shot->block, *end;

	if (unlikely(!at))
		return true;
	for (end = at + shooter->bytes / sizeof(u64); at < end; at += stride) {
		at[0] = stamp;
		at[stride - 1] = stamp;
	}
	return true;
}

static __always_inline bool
lab_exclusive_gone(const struct lab_shooter *shooter,
		   const struct lab_shot *shot)
{
	const size_t stride = lab_stride(shooter);
	const u64 *at = shot->block;
	const u64 *end = at + shooter->bytes / sizeof(u64);
	u64 stamp = lab_stamp(shooter, shot);
	u64 differs = 0;

	for (; at < end; at += stride)
		differs |= (READ_ONCE(at[0]) ^ stamp) |
			   (READ_ONCE(at[stride - 1]) ^ stamp);
	return !differs;
}
