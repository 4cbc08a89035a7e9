/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/perturb.h - randomises free lists and timer phase from the seed before
 * each cell.
 *
 * In a phase without scarcity and without injection a seed would decide
 * nothing: in the deterministic lab every run would meet the same timer ticks
 * at the same shots and the same pages on the same lists. Twenty seeds would be
 * one sample, and an effect of the layout of one kernel build would look like a
 * certain difference between two kernels.
 */
#ifndef LAB_PERTURB_H
#define LAB_PERTURB_H

#include <stdint.h>

/*
 * Allocates up to 2 MiB on each of the CPUs and frees it in another order, and
 * by chance on another of the CPUs, so that per-CPU lists and free lists
 * differ. cpus is a set of at least one CPU; random is the state of
 * lab_random(). 0 or a negative errno; the affinity of the thread is restored.
 */
int lab_perturb_memory(uint64_t cpus, uint64_t *random);
/* Waits for up to 8 ms, which is two ticks at HZ=250. */
void lab_perturb_time(uint64_t *random);

#endif /* LAB_PERTURB_H */
