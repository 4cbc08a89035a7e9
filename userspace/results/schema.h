/* SPDX-License-Identifier: GPL-2.0-only */
/* results/schema.h - whether JSON is what results/README.md says results.json is. */
#ifndef LAB_SCHEMA_H
#define LAB_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * False, and in words which key is wrong, what was found there and what to do.
 * Keys that are not known are let pass: a program may add some and keep the
 * schema's number. What has passed can be read by json.h without a look back.
 */
bool lab_schema_check(const json_t *results, char *why, size_t size);

#endif /* LAB_SCHEMA_H */
