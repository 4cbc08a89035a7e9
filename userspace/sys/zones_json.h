/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/zones_json.h - zones as results.json has them; documented in results/README.md. */
#ifndef LAB_ZONES_JSON_H
#define LAB_ZONES_JSON_H

#include <jansson.h>

#include "labyrinth.h" /* module/uapi */

/* An array of @n zones, all numbers in pages; NULL when memory is short. */
json_t *lab_zones_json(const struct lab_zone *zones, unsigned int n);

#endif /* LAB_ZONES_JSON_H */
