/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/compound.h - a fresh block is set up as it was asked for.
 *
 * mm/page_alloc.c, prep_new_page(): the head has one reference and its tails
 * none; __GFP_COMP makes them one compound page of the order. What has been
 * split has one reference each. What lies in a slab or a fragment is set up by
 * somebody else.
 */

static noinline bool lab_compound_tails(const struct lab_shooter *shooter,
					struct page *head)
{
	const int count = shooter->api->split ? 1 : 0;
	const bool compound = shooter->gfp & __GFP_COMP;
	unsigned int i;

	if (compound &&
	    (!PageHead(head) || compound_order(head) != shooter->spec.order))
		return false;
	for (i = 1; i < shooter->bytes / PAGE_SIZE; i++) {
		if (compound ? !PageTail(head + i) : PageCompound(head + i))
			return false;
		/* A tail's count is the head's. */
		if (!compound && page_count(head + i) != count)
			return false;
	}
	return true;
}

static __always_inline bool lab_compound_got(const struct lab_shooter *shooter,
					     const struct lab_shot *shot)
{
	struct page *page;

	if (unlikely(!shot->block) || !shooter->api->pages)
		return true;
	page = virt_to_page(shot->block);
	if (page_count(page) != 1)
		return false;
	if (shooter->bytes > PAGE_SIZE)
		return lab_compound_tails(shooter, page);
	return !PageCompound(page);
}
