// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/nolock.c - alloc_pages_nolock(): waits for no lock.
 *
 * It chooses its own flags: zeroed, compound, no reserves, no warning. It may
 * fail although there is memory, because a lock is held: such a shot is refused
 * and not exhausted (attribution.c, lab_lockless_verdict()).
 */
#include "apis/apis.h"

static int lab_nolock_usable(const char **why)
{
#ifdef LAB_HAVE_NOLOCK
	return 0;
#else
	*why = "the kernel has no alloc_pages_nolock() (it came with 6.15), or not in a form that is known";
	return -EOPNOTSUPP;
#endif
}

static void *lab_nolock_alloc(struct lab_shooter *shooter)
{
	struct page *page =
		lab_alloc_nolock(shooter->spec.node, shooter->spec.order);

	return page ? page_address(page) : NULL;
}

static void lab_nolock_free(struct lab_shooter *shooter, void *block)
{
	__free_pages(virt_to_page(block), shooter->spec.order);
}

const struct lab_api lab_api_nolock = {
	.name = "nolock",
	.mods = LAB_GFP_MOD(NOWARN) | LAB_GFP_MOD(ZERO) | LAB_GFP_MOD(COMP),
	.max_order = 3,
	.nodes = true,
	.pages = true,
	.genuine = true,
	.adds = __GFP_ZERO | __GFP_COMP,
	.usable = lab_nolock_usable,
	.size = lab_size_of_order,
	.alloc = lab_nolock_alloc,
	.free = lab_nolock_free,
};
