/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * held.h - the blocks that a run keeps. For shot.c and run.c.
 *
 * A ring: the oldest at tail, count of them, hold slots. Touched by volleys and
 * by their owner, who do not do so at once.
 */
#ifndef LAB_HELD_H
#define LAB_HELD_H

#include "labyrinth.h"

static inline struct lab_held *lab_held_slot(struct lab_run *run,
					     unsigned int i)
{
	i += run->tail;
	return &run->held[i < run->hold ? i : i - run->hold];
}

/* There is room: count is less than hold. */
static inline void lab_held_push(struct lab_run *run, void *block, u64 shot)
{
	*lab_held_slot(run, run->count) = (struct lab_held){ block, shot };
	WRITE_ONCE(run->count, run->count + 1);
}

/* Takes out the one whose turn it is; there is one. */
static inline struct lab_held lab_held_pop(struct lab_run *run)
{
	struct lab_held *oldest = lab_held_slot(run, 0);
	struct lab_held taken, *random;

	WRITE_ONCE(run->count, run->count - 1);
	if (run->spec.victim == LAB_VICTIM_NEWEST)
		return *lab_held_slot(run, run->count);
	if (run->spec.victim == LAB_VICTIM_RANDOM) {
		random = lab_held_slot(run,
				       lab_run_random(run) % (run->count + 1));
		taken = *random;
		*random = *oldest;
	} else {
		taken = *oldest;
	}
	if (++run->tail == run->hold)
		run->tail = 0;
	return taken;
}

/* Frees the one whose turn it is. */
static inline void lab_held_free(struct lab_run *run)
{
	const struct lab_held held = lab_held_pop(run);

	lab_block_gone(run, held.block, held.shot);
}

#endif /* LAB_HELD_H */
