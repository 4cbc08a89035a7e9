/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/exclusive.h - a page handed out belongs to its shot alone.
 *
 * Every page of the block is stamped at both ends with a number that no other
 * shot writes, and the stamps must be there when the block is freed. A page
 * handed out twice carries the stamp of its second owner by then. The page
 * keeps its contents when it moves on, so a stamp names no address.
 */
#define LAB_CLAIM_EXCLUSIVE \
	"no page is handed out twice, and nobody else writes to it"

#define LAB_WORDS (PAGE_SIZE / sizeof(u64))

static __always_inline u64 lab_stamp(const struct lab_run *run,
				     const struct lab_shot *shot)
{
	return run->salt + shot->number;
}

static __always_inline bool lab_exclusive_got(const struct lab_run *run,
					      const struct lab_shot *shot)
{
	u64 stamp = lab_stamp(run, shot);
	u64 *page, *end;

	if (unlikely(!shot->page))
		return true;
	page = page_address(shot->page);
	end = page + (LAB_WORDS << run->spec.order);
	for (; page < end; page += LAB_WORDS) {
		page[0] = stamp;
		page[LAB_WORDS - 1] = stamp;
	}
	return true;
}

static __always_inline bool lab_exclusive_gone(const struct lab_run *run,
					       const struct lab_shot *shot)
{
	const u64 *page = page_address(shot->page);
	const u64 *end = page + (LAB_WORDS << run->spec.order);
	u64 stamp = lab_stamp(run, shot);
	u64 differs = 0;

	for (; page < end; page += LAB_WORDS)
		differs |= (READ_ONCE(page[0]) ^ stamp) |
			   (READ_ONCE(page[LAB_WORDS - 1]) ^ stamp);
	return !differs;
}
