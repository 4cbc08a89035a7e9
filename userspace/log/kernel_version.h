/* SPDX-License-Identifier: GPL-2.0-only */
/* log/kernel_version.h - versions of kernels, and which a report may be of. */
#ifndef LAB_KERNEL_VERSION_H
#define LAB_KERNEL_VERSION_H

#include "kernel_report.h"

/* "6.12.9-amd64", "2.6.32-279.el6": false when there is none at the start. */
bool lab_version_parse(const char *release, struct lab_version *version);

/* A number that sorts; an unknown patch level counts as 0. */
int64_t lab_version_key(int major, int minor, int patch);

/* Versions that a report may be of, both included, and how that is known. */
struct lab_version_range {
	int64_t from, to;
	bool stated; /* the report or the user names it */
	bool vendor; /* of a vendor that carries changes of later kernels */
	char words[200];
};

/* What the report says, else what its format allows. */
struct lab_version_range lab_version_of(const struct lab_kernel_report *report);

#endif /* LAB_KERNEL_VERSION_H */
