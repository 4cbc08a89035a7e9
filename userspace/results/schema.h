/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/schema.h - checks that JSON is as results/README.md documents
 * results.json.
 */
#ifndef LAB_SCHEMA_H
#define LAB_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * False with the path of the key that is wrong, what was found and what to do
 * in why[]. Unknown keys are ignored, so that keys can be added without a new
 * schema. What has passed can be read with lib/json.h without further checks.
 */
bool lab_schema_check(const json_t *results, char *why, size_t size);

#endif /* LAB_SCHEMA_H */
