/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/exclusive.h - a block belongs to its shot alone.
 *
 * Each of its pages is stamped at both ends with a number that no other shot
 * writes, and the stamps must still be there when the block is freed. A page
 * that was handed out twice has the stamp of its second owner by then. A stamp
 * contains no address: page migration keeps the content of a page but not its
 * address.
 */

static __always_inline u64 lab_stamp(const struct lab_shooter *shooter,
				     const struct lab_shot *shot)
{
	return shooter->salt + ((u64)shot->piece << LAB_STAMP_SHOT_BITS) +
	       shot->number;
}

/* In 64-bit words: a page, or the whole block if that is smaller. */
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
