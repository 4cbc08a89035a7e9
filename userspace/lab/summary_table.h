/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/summary_table.h - a table of the verdicts of several runs. */
#ifndef LAB_SUMMARY_TABLE_H
#define LAB_SUMMARY_TABLE_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* A row of the table, from the marked results of a run: new. */
json_t *lab_table_row(const json_t *results, double seconds);

/* A table whose rows come one after the other, in their order. */
void lab_table_print_head(FILE *to);
void lab_table_print_row(const json_t *row, FILE *to);

/* rows in any order, those of runs that had no results being NULL. */
void lab_table_print(json_t *const *rows, size_t n, FILE *to);

#endif /* LAB_SUMMARY_TABLE_H */
