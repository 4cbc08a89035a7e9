/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export/slug.h - names for systems that allow only letters, digits and '-'.
 *
 *	"scarce: each exhausted > 0" is "scarce-each-exhausted-gt-0"
 */
#ifndef LAB_SLUG_H
#define LAB_SLUG_H

#include <stddef.h>

void lab_slug(const char *text, char *slug, size_t size);

#endif /* LAB_SLUG_H */
