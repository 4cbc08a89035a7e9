/* SPDX-License-Identifier: GPL-2.0-only */
/* results/ending.h - how a run ended. */
#ifndef LAB_ENDING_H
#define LAB_ENDING_H

enum lab_ending {
	LAB_ENDED, /* as it should */
	LAB_PANICKED, /* the kernel gave up */
	LAB_HUNG, /* the deadline in guest time passed */
	LAB_STALLED, /* the deadline of the host passed: says nothing */
	LAB_BROKE, /* the harness did not manage */
};

#endif /* LAB_ENDING_H */
