/* SPDX-License-Identifier: GPL-2.0-only */
/* explore/site.h - the name of a site in output. */
#ifndef LAB_SITE_H
#define LAB_SITE_H

#include <jansson.h>

struct lab_site_name {
	char function[128]; /* the first function that is no helper */
	char module[64]; /* of that function, or "" for the kernel itself */
};

void lab_site_name(const json_t *site, struct lab_site_name *name);

#endif /* LAB_SITE_H */
