/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/vmcore.h - the core of a guest whose kernel panicked or hung.
 *
 * QEMU is told to pause where it would exit. Of a guest that panicked or hung the
 * lab then has it write the guest's memory and the registers of its CPUs, adds what
 * crash and drgn want to know of the kernel, and lets QEMU exit. The guest has no
 * device more than without, and executes nothing else: its results are the same.
 */
#ifndef LAB_VMCORE_H
#define LAB_VMCORE_H

#include <stdbool.h>

#include "monitor.h"

struct lab_guest;
struct lab_qemu;

enum lab_vmcore_state {
	LAB_VMCORE_OFF, /* nobody asked for one */
	LAB_VMCORE_WATCHING,
	LAB_VMCORE_WRITING,
	LAB_VMCORE_ENDING, /* nothing is left to do */
};

struct lab_vmcore {
	enum lab_vmcore_state state;
	struct lab_monitor monitor;
	char build[4200]; /* folder that the kernel was built in */
	const char *machine; /* as uname -m says in the guest */
	double since; /* lab_now() when it began to be written */
	bool forced; /* QEMU did not stop by itself, and is to be killed */
	bool written;
	char why[300]; /* there is none, though there should be; or "" */
};

/* 0, or -ENOTSUP after a message: this QEMU writes no such core. */
int lab_vmcore_check(const struct lab_qemu *qemu);

/* Before QEMU is started. Names as in struct lab_vmcore; other is QEMU's end. */
int lab_vmcore_open(struct lab_vmcore *core, const char *build,
		    const char *machine, int *other);
void lab_vmcore_close(struct lab_vmcore *core);

/* Looks after it. Does not wait, but for the end of a core to be added. */
void lab_vmcore_poll(struct lab_guest *guest);

/*
 * Has the core written of a guest that is about to be killed because it does not
 * end. False when that is not to be: kill it now.
 */
bool lab_vmcore_force(struct lab_guest *guest);

/* Whether it is being written: the guest does not run meanwhile. */
bool lab_vmcore_busy(const struct lab_vmcore *core);

/* After QEMU has ended: what is half written is removed. */
void lab_vmcore_conclude(struct lab_guest *guest);

#endif /* LAB_VMCORE_H */
