/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/watchdog.h - the emulated watchdog of a guest. */
#ifndef LAB_WATCHDOG_H
#define LAB_WATCHDOG_H

/*
 * Has the watchdog end the guest after that many seconds of guest time, counted
 * from now: whatever was set before is forgotten. 0 or a negative errno.
 */
int lab_watchdog_start(unsigned int seconds);

#endif /* LAB_WATCHDOG_H */
