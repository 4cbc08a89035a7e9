/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/boot_deadline.h - a deadline for the boot of a guest, in guest time.
 *
 * Process 1 arms the watchdog for what it runs (guest/watchdog.c). Until there
 * is a process 1, the watchdog has to be armed by somebody else: by the firmware,
 * where there is one (lab/arch/arch.h, write_boot_rom). Where there is none, and
 * where the ROM does not help, a limit on the host's time is left.
 */
#ifndef LAB_BOOT_DEADLINE_H
#define LAB_BOOT_DEADLINE_H

#include <sys/types.h>

/*
 * For how long a process has had the CPU time that it wanted: of the given
 * seconds since its start, those in which none of its threads waited for a
 * CPU. A host that is busy does not shorten a deadline that is measured in
 * these. Where the kernel does not tell (CONFIG_SCHED_INFO), 0.
 */
double lab_undelayed(pid_t pid, double seconds);

#endif /* LAB_BOOT_DEADLINE_H */
