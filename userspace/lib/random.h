/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/random.h - pseudo-random numbers that depend on a seed only.
 *
 * splitmix64: every state is valid, and sequences of different seeds do not
 * overlap in practice. rand(3) differs between C libraries, and its state is
 * shared with other callers.
 */
#ifndef LAB_RANDOM_H
#define LAB_RANDOM_H

#include <stdint.h>

static inline uint64_t lab_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

#endif /* LAB_RANDOM_H */
