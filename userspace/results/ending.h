/* SPDX-License-Identifier: GPL-2.0-only */
/* results/ending.h - how a run ended. */
#ifndef LAB_ENDING_H
#define LAB_ENDING_H

enum lab_ending {
	LAB_ENDED, /* normally */
	LAB_PANICKED, /* the kernel panicked */
	LAB_HUNG, /* the deadline in guest time passed */
	LAB_KILLED, /* the kernel killed it, or refused it memory */
	LAB_STALLED, /* the deadline of the host passed: says nothing of the kernel */
	LAB_BROKE, /* the harness failed */
	LAB_UNFIT, /* the kernel, as it was booted, cannot be a guest of the lab */
};

#endif /* LAB_ENDING_H */
