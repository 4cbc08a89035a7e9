/* SPDX-License-Identifier: GPL-2.0-only */
/* guest/guest.h - what runs as process 1 of a lab guest. */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

#include <stddef.h>

/* The guest's process 1: does what the channel requests, then powers off. */
int lab_guest_init(void);

/* A PCI function with these ids: its folder in sysfs. 0 or -ENODEV. */
int lab_pci_find(unsigned int vendor, unsigned int device, char *path,
		 size_t size);
/* Lets the function answer to its memory addresses. */
int lab_pci_enable(const char *path);

/* Starts the emulated watchdog: it fires after so many seconds, once. */
int lab_watchdog_start(unsigned int seconds);

#endif /* LAB_GUEST_H */
