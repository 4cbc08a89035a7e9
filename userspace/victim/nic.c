// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/nic.c - pairs of network cards on one wire. Each kind of card is a row
 * of a table.
 *
 * The wire is a hub of QEMU's own: no frame leaves the emulator, and none waits
 * for the host. QEMU's 82559 loses one frame in fifty by itself.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "victim.h"

static struct lab_pci_devices cards;

static int find_interfaces(char *left, char *right, size_t size)
{
	int err = lab_pci_interface(cards.address[0], left, size);

	return err ? err : lab_pci_interface(cards.address[1], right, size);
}

static int nic_open(const struct lab_victim_ops *victim, char *why, size_t size)
{
	char left[16], right[16];
	int err;

	/*
	 * Found in the first trial; from the second on they have no driver, so
	 * that they could not be found by it.
	 */
	if (cards.count) {
		err = lab_pci_bind(&cards);
		if (err)
			snprintf(
				why, size,
				"the driver %s does not take its cards back: %s",
				victim->driver, strerror(-err));
		return err;
	}
	err = lab_pci_of_driver(victim->driver, &cards);
	if (!err && cards.count == 2) {
		snprintf(why, size, "the driver %s makes no interface",
			 victim->driver);
		err = find_interfaces(left, right, sizeof(left));
		return err ? err : lab_wire_probe(left, right, why, size);
	}
	snprintf(why, size, "the driver %s has %u of two cards: %s",
		 victim->driver, cards.count,
		 err ? "this kernel has no such driver, or it was not loaded" :
		       "it does not know this device");
	return -ENODEV;
}

static int nic_start(void)
{
	char left[16], right[16];
	int err = find_interfaces(left, right, sizeof(left));

	return err ? err : lab_wire_start(left, right);
}

static int nic_close(void)
{
	return lab_pci_unbind(&cards);
}

#define NIC(id, device, module, lossy, text)                             \
	static const char *const id##_devices[] = {                      \
		"-netdev", "hubport,id=left,hubid=0",                    \
		"-netdev", "hubport,id=right,hubid=0",                   \
		"-device", device ",netdev=left,mac=52:54:00:00:00:01",  \
		"-device", device ",netdev=right,mac=52:54:00:00:00:02", \
		NULL,                                                    \
	};                                                               \
	static const char *const id##_modules[] = { module, NULL };      \
	const struct lab_victim_ops lab_victim_##id = {                  \
		.name = #id,                                             \
		.help = text,                                            \
		.devices = id##_devices,                                 \
		.modules = id##_modules,                                 \
		.driver = module,                                        \
		.layered = true,                                         \
		.loses = lossy,                                          \
		.open = nic_open,                                        \
		.start = nic_start,                                      \
		.work = lab_wire_work,                                   \
		.stop = lab_wire_stop,                                   \
		.close = nic_close,                                      \
	}

NIC(e1000, "e1000", "e1000", 0, "two Intel 82540EM, joined by a wire");
NIC(e1000e, "e1000e", "e1000e", 0, "two Intel 82574L, joined by a wire");
NIC(vmxnet3, "vmxnet3", "vmxnet3", 0, "two VMware vmxnet3, joined by a wire");
NIC(e100, "i82559er", "e100", 5, "two Intel 82559ER, joined by a wire");
NIC(pcnet32, "pcnet", "pcnet32", 0, "two AMD PCnet, joined by a wire");
NIC(tulip, "tulip", "tulip", 0, "two DEC 21143, joined by a wire");
NIC(rtl8139, "rtl8139", "8139cp", 0, "two Realtek 8139C+, joined by a wire");
