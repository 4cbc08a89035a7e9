// SPDX-License-Identifier: GPL-2.0-only
// Whatever the slow path finds for who cannot wait counts as the last reserve.
// verdict: pfmemalloc
@@
expression page;
@@
- if (alloc_flags & ALLOC_NO_WATERMARKS)
+ if (alloc_flags & (ALLOC_NO_WATERMARKS | ALLOC_NON_BLOCK))
	set_page_pfmemalloc(page);
  else
	clear_page_pfmemalloc(page);
