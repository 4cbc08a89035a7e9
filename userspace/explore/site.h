/* SPDX-License-Identifier: GPL-2.0-only */
/* explore/site.h - what a site is called by people. */
#ifndef LAB_SITE_H
#define LAB_SITE_H

#include <jansson.h>

struct lab_site_name {
	char function[128]; /* who asked: the first frame that is no helper */
	char module[64]; /* that it is in, or "" */
};

void lab_site_name(const json_t *site, struct lab_site_name *name);

#endif /* LAB_SITE_H */
