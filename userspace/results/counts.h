/* SPDX-License-Identifier: GPL-2.0-only */
/* results/counts.h - the counts of a cell of results.json, for expectations. */
#ifndef LAB_COUNTS_H
#define LAB_COUNTS_H

#include <jansson.h>

#include "scenario/metrics.h"

void lab_counts_of(const json_t *cell, struct lab_counts *counts);

#endif /* LAB_COUNTS_H */
