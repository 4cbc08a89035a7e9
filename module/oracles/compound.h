/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/compound.h - the pages of a new block are set up as requested.
 *
 * mm/page_alloc.c, prep_new_page(): the head has one reference and the tails
 * none; __GFP_COMP makes them one compound page of that order. After a split
 * each page has one reference. Blocks in a slab or a fragment are not checked:
 * other code sets those up.
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
		/*
		 * page_count() of a tail of a compound page is that of the
		 * head.
		 */
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
