/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/pci.h - functions of the PCI bus, through sysfs. */
#ifndef LAB_PCI_H
#define LAB_PCI_H

#include <stddef.h>

/* Finds a PCI function by its ids: its folder in sysfs. 0 or -ENODEV. */
int lab_pci_find(unsigned int vendor, unsigned int device, char *path,
		 size_t size);
/* Enables memory decoding of the function (PCI_COMMAND_MEMORY). */
int lab_pci_enable(const char *path);

#endif /* LAB_PCI_H */
