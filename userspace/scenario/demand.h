/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/demand.h - memory that a phase demands whatever the kernel does.
 *
 * Memory that shots and pressures take is taken up to a level, and given back.
 * Some keys demand an amount of bytes. If the guest does not have these, the
 * OOM killer has to kill what runs in it, and no kernel could pass.
 */
#ifndef LAB_DEMAND_H
#define LAB_DEMAND_H

#include "scenario.h"

struct lab_demand {
	const char *key; /* of the phase, or of its pressure */
	const struct lab_pressure *pressure; /* or NULL */
	uint64_t bytes, max; /* demanded, and what may be */
	bool too_little; /* bytes is what there is, and max what it takes */
};

/*
 * True when the keys of a phase demand more than there may be in a guest: all in
 * bytes, and the key that demands most. Also when a level is one that a guest with
 * all of its memory free does not have, or a group has no room for who shoots in it.
 */
bool lab_demand_beyond(const struct lab_phase *phase,
		       const struct lab_shape *shape,
		       const struct lab_boot_options *boot,
		       struct lab_demand *demand);

#endif /* LAB_DEMAND_H */
