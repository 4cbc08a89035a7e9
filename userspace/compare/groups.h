/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/groups.h - findings that differ only in context and phase, on one
 * line.
 *
 * A change of a code path shows in every context and phase: hundreds of
 * findings. Those of the same metric, interface and order form one group here.
 */
#ifndef LAB_GROUPS_H
#define LAB_GROUPS_H

#include "sections.h"

struct lab_finding_group {
	const struct lab_finding *first; /* the worst */
	size_t findings, contexts;
	double low, middle, high; /* range and median of their changes */
};

/*
 * Calls write with the text of each group of a section, the worst first. i is
 * the number of the group, from 0 on; to is passed on. Returns the number of
 * groups.
 */
size_t lab_write_groups(const struct lab_comparison *comparison,
			const struct lab_finding_section *section,
			void (*write)(void *to, const char *words, size_t i),
			void *to);

/*
 * The groups of a section, the worst first, malloc()ed. Findings that are not
 * of a cell belong to no group.
 */
struct lab_finding_group *
lab_group_findings(const struct lab_comparison *comparison,
		   const struct lab_finding_section *section, size_t *count);

/* "p50 of pages, order 3: +75.7 % (+68.6 to +86.6) in 159 cells, 18 contexts" */
void lab_group_words(const struct lab_comparison *comparison,
		     const struct lab_finding_group *group, char *words,
		     size_t size);

#endif /* LAB_GROUPS_H */
