// SPDX-License-Identifier: GPL-2.0-only
/*
 * oracles/exclusive.c - a page handed out belongs to its shot alone.
 *
 * Every page of the block is stamped at both ends with a number that no other
 * shot writes, and the stamps must be there when the block is freed. A page
 * handed out twice carries the stamp of its second owner by then.
 */
#include <linux/hash.h>
#include <linux/mm.h>

#include "oracles/oracles.h"

#define LAB_STAMPS_LAST (PAGE_SIZE / sizeof(u64) - 1)

/* A page that moved on keeps its contents: what is written names no address. */
static u64 lab_stamp(const struct lab_run *run, const struct lab_shot *shot,
		     const u64 *page)
{
	return (run->spec.seed + (run->id << 40) + shot->number) *
		       GOLDEN_RATIO_64 +
	       page_to_pfn(virt_to_page(page));
}

static bool lab_exclusive_got(const struct lab_run *run,
			      const struct lab_shot *shot)
{
	u64 *page, *end;

	if (!shot->page)
		return true;
	page = page_address(shot->page);
	end = page + ((PAGE_SIZE / sizeof(u64)) << run->spec.order);
	for (; page < end; page += PAGE_SIZE / sizeof(u64)) {
		page[0] = lab_stamp(run, shot, page);
		page[LAB_STAMPS_LAST] = page[0];
	}
	return true;
}

static bool lab_exclusive_gone(const struct lab_run *run,
			       const struct lab_shot *shot)
{
	const u64 *page = page_address(shot->page);
	const u64 *end = page + ((PAGE_SIZE / sizeof(u64)) << run->spec.order);
	bool held = true;

	for (; page < end; page += PAGE_SIZE / sizeof(u64))
		held &= page[0] == lab_stamp(run, shot, page) &&
			page[LAB_STAMPS_LAST] == page[0];
	return held;
}

const struct lab_oracle lab_oracle_exclusive = {
	.name = "exclusive",
	.claim = "no page is handed out twice, and nobody else writes to it",
	.got = lab_exclusive_got,
	.gone = lab_exclusive_gone,
};
