/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/oracles.h - what must be true of every shot. For shot.c alone.
 *
 * An oracle is a header with a claim and two functions. They are called in
 * the context of the shot, NMI included, so without locks, allocation or
 * sleep, and they are inlined because they are much of what a shot costs.
 *
 *	LAB_CLAIM_ID	in words
 *	lab_NAME_got()	after a request, successful or not
 *	lab_NAME_gone()	before a page is freed; also in process context, when
 *			the run ends
 *
 * False says that the claim is broken.
 */
#ifndef LAB_ORACLES_H
#define LAB_ORACLES_H

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "labyrinth.h"

#include "oracles/exclusive.h"
#include "oracles/node.h"
#include "oracles/state.h"

#endif /* LAB_ORACLES_H */
