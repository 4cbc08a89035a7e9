/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/board.h - what a real machine is, and what else it is doing. */
#ifndef LAB_BOARD_H
#define LAB_BOARD_H

/*
 * The names of the board and of its processor, as firmware and kernel give them:
 * "Raspberry Pi 4 Model B Rev 1.4" or "PowerEdge R640, Intel(R) Xeon(R) ...". Two
 * machines of one name are of one kind, and may differ in memory and firmware.
 * malloc()ed; "" when nothing is known.
 */
char *lab_board_name(void);

/*
 * CPU seconds since the machine was started that were not idle, of all CPUs, less
 * those of this process and of its children that it has waited for: other processes,
 * threads of the kernel, and interrupts. Negative: /proc/stat cannot be read.
 */
double lab_others_seconds(void);

#endif /* LAB_BOARD_H */
