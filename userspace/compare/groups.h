/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/groups.h - what many findings come to.
 *
 * A path that got longer is longer in every context and phase: hundreds of
 * findings say so, one by one. Those of a metric, an interface and an order
 * are one line here.
 */
#ifndef LAB_GROUPS_H
#define LAB_GROUPS_H

#include "sections.h"

struct lab_finding_group {
	const struct lab_finding *first; /* the gravest */
	size_t findings, contexts;
	double low, middle, high; /* their changes */
};

/*
 * The groups of a section, the gravest first; of those that are of no cell,
 * none. To be freed.
 */
struct lab_finding_group *
lab_group_findings(const struct lab_comparison *comparison,
		   const struct lab_finding_section *section, size_t *count);

/* "p50 of pages, order 3: +75.7 % (+68.6 to +86.6) in 159 cells, 18 contexts" */
void lab_group_words(const struct lab_comparison *comparison,
		     const struct lab_finding_group *group, char *words,
		     size_t size);

#endif /* LAB_GROUPS_H */
