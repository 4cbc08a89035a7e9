/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/perturb.h - has a seed decide what else the layout of a build would.
 *
 * Where nothing is short and nothing is injected a seed had nothing to decide:
 * every run met the same ticks at the same shots and the same pages on the same
 * lists. Twenty seeds were one sample, and what one build of a kernel had other
 * than the next looked certain. So each cell begins at a moment, and with free
 * lists, that are the seed's.
 */
#ifndef LAB_PERTURB_H
#define LAB_PERTURB_H

#include <stdint.h>

/*
 * Takes up to 2 MiB on each of the CPUs and gives all of it back, in another
 * order and on another of them. 0 or a negative errno.
 */
int lab_perturb_memory(uint64_t cpus, uint64_t *random);
/* Passes up to 8 ms, two ticks of a kernel that has 250 a second. */
void lab_perturb_time(uint64_t *random);

#endif /* LAB_PERTURB_H */
