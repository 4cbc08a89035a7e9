/* SPDX-License-Identifier: GPL-2.0-only */
/* guest/guest.h - process 1 of a guest of the lab. */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

#include <stddef.h>

/*
 * Runs the request that is in the channel and powers off. Does not return
 * unless that fails.
 */
int lab_guest_init(void);

/* Finds a PCI function by its ids: its folder in sysfs. 0 or -ENODEV. */
int lab_pci_find(unsigned int vendor, unsigned int device, char *path,
		 size_t size);
/* Enables memory decoding of the function (PCI_COMMAND_MEMORY). */
int lab_pci_enable(const char *path);

/*
 * Starts the emulated watchdog, which ends the guest after that many seconds of
 * guest time. It cannot be stopped or restarted.
 */
int lab_watchdog_start(unsigned int seconds);

#endif /* LAB_GUEST_H */
