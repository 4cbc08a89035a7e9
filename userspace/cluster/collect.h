/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/collect.h - what came of a plan, shown as a local run shows it. One run
 * is in memory at a time.
 */
#ifndef LAB_COLLECT_H
#define LAB_COLLECT_H

#include "entries.h"
#include "cluster_plan.h"

/* Prints what came of an entry whose result is there. */
void lab_collect_show(const struct lab_cluster_plan *plan, uint64_t entry);

/*
 * Prints the table of all entries, if there are several, and writes OUT/.set.json,
 * with which a local run can go on. The gravest exit code; LAB_HARNESS counts for
 * each entry that has no result.
 */
int lab_collect_finish(const struct lab_cluster_plan *plan);

#endif /* LAB_COLLECT_H */
