/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/lockstep.h - what the lab tells qemu_lockstep.c. */
#ifndef LAB_LOCKSTEP_H
#define LAB_LOCKSTEP_H

#include <signal.h>

/*
 * Sent to QEMU: its main loop no longer waits for the vCPU thread, so that it
 * answers although a guest never idles. Nothing that the guest does after that is
 * the same again. QEMU itself uses no such signal.
 */
#define LAB_LOCKSTEP_RELEASE (SIGRTMIN + 3)

#endif /* LAB_LOCKSTEP_H */
