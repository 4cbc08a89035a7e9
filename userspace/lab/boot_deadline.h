/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/boot_deadline.h - a deadline for the boot of a guest, in guest time.
 *
 * Process 1 arms the watchdog for what it runs (guest/watchdog.c). Until there
 * is a process 1, the watchdog has to be armed by somebody else: by an option
 * ROM, which the firmware executes before it loads the kernel.
 */
#ifndef LAB_BOOT_DEADLINE_H
#define LAB_BOOT_DEADLINE_H

#include <sys/types.h>

/*
 * Writes the ROM to a new file for "-option-rom". seconds of guest time, 1 to
 * 2000. 0, or a negative errno.
 */
int lab_boot_rom_write(const char *path, unsigned int seconds);

/*
 * For how long a process has had the CPU time that it wanted: of the given
 * seconds since its start, those in which none of its threads waited for a
 * CPU. A host that is busy does not shorten a deadline that is measured in
 * these. Where the kernel does not tell (CONFIG_SCHED_INFO), 0.
 */
double lab_undelayed(pid_t pid, double seconds);

#endif /* LAB_BOOT_DEADLINE_H */
