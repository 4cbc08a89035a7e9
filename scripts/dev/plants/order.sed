# SPDX-License-Identifier: GPL-2.0-only
# Nothing: the allocator is linked before the rest of mm/, and not after it.
# verdict: none
s/^obj-y\([[:space:]]*\):= /&page-alloc.o slab_common.o vmscan.o /
