/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * held.h - the blocks that a run keeps. For shot.c and shooter.c.
 *
 * A ring of hold slots with count blocks, the oldest at tail. Used by volleys
 * and by the owner of the run, never at the same time.
 */
#ifndef LAB_HELD_H
#define LAB_HELD_H

#include "internal.h"

static inline struct lab_held *lab_held_slot(struct lab_shooter *shooter,
					     unsigned int i)
{
	i += shooter->tail;
	return &shooter->held[i < shooter->hold ? i : i - shooter->hold];
}

/* There is room: count is less than hold. */
static inline void lab_held_push(struct lab_shooter *shooter, void *block,
				 u64 shot)
{
	*lab_held_slot(shooter, shooter->count) =
		(struct lab_held){ block, shot };
	WRITE_ONCE(shooter->count, shooter->count + 1);
}

/* Takes out the block that spec.victim selects; count is not 0. */
static inline struct lab_held lab_held_pop(struct lab_shooter *shooter)
{
	struct lab_held *oldest = lab_held_slot(shooter, 0);
	struct lab_held taken, *random;

	WRITE_ONCE(shooter->count, shooter->count - 1);
	if (shooter->spec.victim == LAB_VICTIM_NEWEST)
		return *lab_held_slot(shooter, shooter->count);
	if (shooter->spec.victim == LAB_VICTIM_RANDOM) {
		random = lab_held_slot(shooter, lab_shooter_random(shooter) %
							(shooter->count + 1));
		taken = *random;
		*random = *oldest;
	} else {
		taken = *oldest;
	}
	if (++shooter->tail == shooter->hold)
		shooter->tail = 0;
	return taken;
}

#endif /* LAB_HELD_H */
