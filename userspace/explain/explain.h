/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain/explain.h - the forms that explanations are written in.
 *
 *	text.c  html.c  json.c  markdown.c    one form each
 *	table.c                               the table of them
 *	wording.c                             phrases that several forms use
 *	state.c                               a scenario for a guest in the same state
 */
#ifndef LAB_EXPLAIN_H
#define LAB_EXPLAIN_H

#include <stdio.h>

#include "log/explain_log.h"

/*
 * @each: writes one report: with --all each when it is found, otherwise the
 *        first of each group
 * @start, @end: around all reports; NULL: nothing
 */
struct lab_explain_form {
	const char *name;
	void (*start)(FILE *to, const char *name);
	void (*each)(FILE *to, const struct lab_explanation *e);
	void (*end)(FILE *to, const struct lab_explained_log *log);
};

extern const struct lab_explain_form *const lab_explain_forms[];

extern const struct lab_explain_form lab_explain_text;
extern const struct lab_explain_form lab_explain_json;
extern const struct lab_explain_form lab_explain_html;
extern const struct lab_explain_form lab_explain_markdown;

/*
 * Writes a scenario that tests whether a kernel would serve the request in a
 * state like that of the report: explain/state.c. False with the reason in *why
 * if that is not possible: then nothing was written.
 */
bool lab_explain_scenario(FILE *to, const struct lab_explanation *e,
			  const char **why);

/* Verdict and facts; table of zones: explain/html.c */
void lab_explain_html_facts(FILE *to, const struct lab_explanation *e);
void lab_explain_html_zones(FILE *to, const struct lab_explanation *e);

/* Phrases that several forms use, as text: explain/wording.c */
#define LAB_PHRASE 600
void lab_phrase_title(const struct lab_explanation *e, char words[LAB_PHRASE]);
void lab_phrase_request(const struct lab_explanation *e,
			char words[LAB_PHRASE]);
void lab_phrase_kernel(const struct lab_explanation *e, char words[LAB_PHRASE]);
void lab_phrase_context(const struct lab_explanation *e,
			char words[LAB_PHRASE]);
void lab_phrase_caller(const struct lab_explanation *e, char words[LAB_PHRASE]);
void lab_phrase_zone(const struct lab_explained_zone *zone, char words[40]);
void lab_phrase_result(const struct lab_explanation *e,
		       const struct lab_explained_zone *zone,
		       char words[LAB_PHRASE]);
void lab_phrase_blocks(const struct lab_report_zone *zone,
		       char words[LAB_PHRASE]);
/*
 * The numbers of a zone in the order of lab_zone_heads, in pages, "?" for one that
 * is not known or was not checked.
 */
#define LAB_ZONE_COLUMNS 6
#define LAB_NUMBER_WORDS 24
extern const char *const lab_zone_heads[LAB_ZONE_COLUMNS];
void lab_phrase_columns(const struct lab_explanation *e,
			const struct lab_explained_zone *zone,
			char column[LAB_ZONE_COLUMNS][LAB_NUMBER_WORDS]);
/*
 * Calls item for kernel, request, context and caller, if a report of its kind
 * has them.
 */
void lab_phrase_facts(FILE *to, const struct lab_explanation *e,
		      void (*item)(FILE *to, const char *name,
				   const char *words));
/* What a log had, and what of it is not among the groups: one or two sentences. */
void lab_phrase_sum(const struct lab_explained_log *log,
		    char words[LAB_PHRASE]);
/* Advice, and what the report lacks for a better verdict. */
void lab_phrase_advice(FILE *to, const struct lab_explanation *e,
		       void (*item)(FILE *to, const char *name,
				    const char *words));
/* A number of pages, "?" for one that is not known. */
void lab_phrase_number(int64_t number, char words[LAB_NUMBER_WORDS]);

#endif /* LAB_EXPLAIN_H */
