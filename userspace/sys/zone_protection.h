/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/zone_protection.h - what a zone keeps from requests that could use others. */
#ifndef LAB_ZONE_PROTECTION_H
#define LAB_ZONE_PROTECTION_H

#include <stdint.h>

/*
 * Pages that the zone of the node, by its name as "DMA32", keeps from memory of
 * users, beside its watermark (mm/page_alloc.c,
 * setup_per_zone_lowmem_reserve()). 0 where /proc/zoneinfo does not tell.
 */
uint64_t lab_zone_protection(unsigned int node, const char *zone);

#endif /* LAB_ZONE_PROTECTION_H */
