/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/sections.h - the sections of a comparison, and how to iterate over
 * their findings. Common to all forms for human readers.
 */
#ifndef LAB_SECTIONS_H
#define LAB_SECTIONS_H

#include "compare.h"

struct lab_finding_section {
	const char *title;
	enum lab_judgement judgement;
	bool real; /* only findings with a real difference */
	size_t most; /* findings shown unless all are asked for */
};

extern const struct lab_finding_section
	lab_finding_sections[]; /* ended by a NULL title */

/* Does the finding belong to the section? */
bool lab_finding_section_has(const struct lab_finding_section *section,
			     const struct lab_finding *finding);

/* The number of findings of the section. */
size_t lab_finding_section_count(const struct lab_comparison *comparison,
				 const struct lab_finding_section *section);

/* Iterates over the findings that are shown: the next one, or NULL. */
struct lab_finding_cursor {
	size_t at, count; /* zero at the start */
};

const struct lab_finding *
lab_finding_section_next(const struct lab_comparison *comparison,
			 const struct lab_finding_section *section, bool all,
			 struct lab_finding_cursor *shown);

/*
 * The contexts with a judgement: "worse in 3 contexts: task, nmi, rcu"; "" if
 * none.
 */
void lab_contexts_words(const struct lab_comparison *comparison,
			enum lab_judgement judgement, char *words, size_t size);

/* The number of findings with each judgement: "4 worse, 0 better, ...". */
void lab_counts_words(const struct lab_comparison *comparison, char *words,
		      size_t size);

/* The conclusion, in one sentence. */
void lab_sum_words(const struct lab_comparison *comparison, char *words,
		   size_t size);

/* A side: "6.12.117, build 1234abcd5678, 10 runs". */
void lab_set_words(const struct lab_comparison *comparison, enum lab_side side,
		   char *words, size_t size);

/*
 * Writes the findings as HTML tables, each under a heading of that level. all:
 * not only the number that each section shows.
 */
void lab_findings_html(const struct lab_comparison *comparison, bool all,
		       unsigned int level, FILE *to);

/*
 * A value of a finding: "41.20 %", "6/16", "1184"; and its change with
 * confidence interval.
 */
void lab_value_words(const struct lab_finding *row, enum lab_side side,
		     char *words, size_t size);
void lab_change_words(const struct lab_finding *row, char *words, size_t size);

/* What a finding is based on: seeds, p and the reason. */
void lab_basis_words(const struct lab_finding *finding, char *words,
		     size_t size);

#endif /* LAB_SECTIONS_H */
