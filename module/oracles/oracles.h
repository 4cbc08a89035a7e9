/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/oracles.h - what must be true of every shot. For shot.c alone.
 *
 * An oracle is a header with a function; its claim stands in LAB_ORACLES(). It is called in the
 * context of the shot, NMI included, so without locks, allocation or sleep,
 * and is inlined because oracles are much of what a shot costs.
 *
 *	lab_NAME_got()	after a request, successful or not
 *
 * False says that the claim is broken. The exclusive oracle alone has a second
 * look, lab_exclusive_gone(), before a block is freed; that is also in process
 * context, when the run ends.
 */
#ifndef LAB_ORACLES_H
#define LAB_ORACLES_H

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <linux/wait.h>

#include "internal.h"
#include "met.h"

#include "oracles/compound.h"
#include "oracles/depth.h"
#include "oracles/exclusive.h"
#include "oracles/highatomic.h"
#include "oracles/kswapd.h"
#include "oracles/node.h"
#include "oracles/pfmemalloc.h"
#include "oracles/slept.h"
#include "oracles/state.h"
#include "oracles/zeroed.h"

#endif /* LAB_ORACLES_H */
