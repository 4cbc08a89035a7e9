/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - the UAPI structures have the same layout in every process.
 *
 * A 32-bit process may align 64-bit members to 4 bytes. Without padding that
 * makes no difference, so no structure may have any. The sizes are repeated
 * here so that a change is noticed: LAB_ABI_VERSION goes up with it. lab_stats
 * has only 64-bit members, and their number depends on that of the buckets.
 *
 * userspace/tests/system/compat.sh compiles this file for 32 bits.
 */
#ifndef LAB_LAYOUT_H
#define LAB_LAYOUT_H

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
#include "uapi/labyrinth.h"
#pragma GCC diagnostic pop

#define LAB_LAYOUT(type, bytes)                            \
	_Static_assert(sizeof(struct type) == (bytes) &&   \
			       !((bytes) % sizeof(__u64)), \
		       #type " changed: so must LAB_ABI_VERSION")
#define LAB_LAYOUT_AT(type, member, bytes)                                 \
	_Static_assert(__builtin_offsetof(struct type, member) == (bytes), \
		       #type "." #member " moved: so must LAB_ABI_VERSION")

LAB_LAYOUT(lab_info, 56);
LAB_LAYOUT(lab_row, 296);
LAB_LAYOUT(lab_spec, 104);
LAB_LAYOUT_AT(lab_spec, floor, 64);
LAB_LAYOUT_AT(lab_spec, stand, 88);
LAB_LAYOUT(lab_fire, 16);
LAB_LAYOUT(lab_oracle_stats, 16);
LAB_LAYOUT(lab_ring, 24);
LAB_LAYOUT(lab_event, 64);
LAB_LAYOUT_AT(lab_event, latency, 24);
LAB_LAYOUT_AT(lab_event, part, 56);
LAB_LAYOUT(lab_zone, 232);
LAB_LAYOUT(lab_zones, 8 + 232 * LAB_ZONES_MAX);
LAB_LAYOUT(lab_buffer, 24);
LAB_LAYOUT(lab_inject, 240);
LAB_LAYOUT(lab_bust, 40);
LAB_LAYOUT(lab_fault_plan, 32);
LAB_LAYOUT(lab_site_watch, 400);
LAB_LAYOUT(lab_watched, 64);
LAB_LAYOUT(lab_site_row, 1856);

#endif /* LAB_LAYOUT_H */
