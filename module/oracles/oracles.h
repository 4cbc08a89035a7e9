/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/oracles.h - what must be true of every shot. For shot.c alone.
 *
 * An oracle is a header with a function; its claim is in LAB_ORACLES(). The
 * function is called in the context of the shot, NMI included, so it may not
 * lock, allocate or sleep. It is inline, because oracles are a large part of
 * what a shot costs.
 *
 *	lab_NAME_got()	after a request, successful or not
 *
 * It returns false if the claim is broken. Only the exclusive oracle checks
 * again, lab_exclusive_gone(), before a block is freed; at the end of the run
 * that is in process context.
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
