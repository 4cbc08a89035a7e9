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

static struct lab_bus_devices cards;

static int find_interfaces(char *left, char *right, size_t size)
{
	int err = lab_bus_interface(&cards, 0, left, size);

	return err ? err : lab_bus_interface(&cards, 1, right, size);
}

static int nic_open(const struct lab_victim_ops *victim, char *why, size_t size)
{
	char left[16], right[16];
	int err;

	lab_wire_tell_neighbours(victim->short_lost);
	/*
	 * Found in the first trial; from the second on they have no driver, so
	 * that they could not be found by it.
	 */
	if (cards.count) {
		err = lab_bus_bind(&cards);
		if (err)
			snprintf(
				why, size,
				"the driver %s does not take its cards back: %s",
				victim->driver, strerror(-err));
		return err;
	}
	err = lab_bus_of_driver(victim->bus ?: "pci", victim->driver, &cards);
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
	return lab_bus_unbind(&cards);
}

#define LEFT ",netdev=left,mac=52:54:00:00:00:01"
#define RIGHT ",netdev=right,mac=52:54:00:00:00:02"

/* Its devices and modules are in arrays of their own. */
#define OPS_OF(id, device_driver, on, lossy, text, ...) \
	const struct lab_victim_ops lab_victim_##id = { \
		.name = #id,                            \
		.help = text,                           \
		.devices = id##_devices,                \
		.modules = id##_modules,                \
		.driver = device_driver,                \
		.bus = on,                              \
		.memory = 24,                           \
		.medium = LAB_WIRE,                     \
		.loses = lossy,                         \
		.open = nic_open,                       \
		.start = nic_start,                     \
		.work = lab_wire_work,                  \
		.stop = lab_wire_stop,                  \
		.close = nic_close,                     \
		__VA_ARGS__                             \
	}

#define OPS(id, device_driver, on, lossy, text) \
	OPS_OF(id, device_driver, on, lossy, text, )

#define HUB                                              \
	"-netdev", "hubport,id=left,hubid=0", "-netdev", \
		"hubport,id=right,hubid=0"
#define PAIR(device) "-device", device LEFT, "-device", device RIGHT

#define NIC_OF(id, device, module, lossy, text, ...)                           \
	static const char *const id##_devices[] = { HUB, PAIR(device), NULL }; \
	static const char *const id##_modules[] = { module, NULL };            \
	OPS_OF(id, module, NULL, lossy, text, __VA_ARGS__)

#define NIC(id, device, module, lossy, text) \
	NIC_OF(id, device, module, lossy, text, )

/*
 * Cards with which a guest that is loaded makes the same requests as one that boots
 * (lab/snapshot.h). With e1000, igb and virtio_net it does not: the link of e1000,
 * for one, comes up anew, which is an interrupt more (QEMU's hw/net/e1000.c,
 * e1000_post_load()). The others were not tried.
 */
#define SAVED_NIC(id, device, module, text) \
	NIC_OF(id, device, module, 0, text, .saved = true)

NIC(e1000, "e1000", "e1000", 0, "two Intel 82540EM, joined by a wire");
SAVED_NIC(e1000e, "e1000e", "e1000e", "two Intel 82574L, joined by a wire");
SAVED_NIC(vmxnet3, "vmxnet3", "vmxnet3",
	  "two VMware vmxnet3, joined by a wire");
NIC(e100, "i82559er", "e100", 5, "two Intel 82559ER, joined by a wire");
/*
 * The card is to make short frames 60 bytes long; QEMU's does not, nor does the hub,
 * and the driver drops what is shorter (hw/net/pcnet.c;
 * drivers/net/ethernet/amd/pcnet32.c, pcnet32_rx_entry()).
 */
#define LOSES_SHORT .short_lost = true
NIC_OF(pcnet32, "pcnet", "pcnet32", 0, "two AMD PCnet, on a wire", LOSES_SHORT);
NIC(tulip, "tulip", "tulip", 0, "two DEC 21143, joined by a wire");
NIC(rtl8139, "rtl8139", "8139cp", 0, "two Realtek 8139C+, joined by a wire");

/* Cards of PCI Express that do not share a bus: each is behind a port. */
#define BEHIND_PORTS(device)                                           \
	"-device", "pcie-root-port,id=port-left,chassis=1", "-device", \
		"pcie-root-port,id=port-right,chassis=2", "-device",   \
		device ",bus=port-left" LEFT, "-device",               \
		device ",bus=port-right" RIGHT

static const char *const igb_devices[] = { HUB, BEHIND_PORTS("igb"), NULL };
static const char *const igb_modules[] = { "igb", NULL };

OPS(igb, "igb", NULL, 0, "two Intel 82576, joined by a wire");

/*
 * By default QEMU's main loop is told of a queue's kick by an eventfd. In
 * deterministic mode it only runs while all CPUs are idle (lab/qemu_lockstep.c),
 * and the driver, which waits for an answer of the control queue without
 * sleeping (drivers/net/virtio_net.c, virtnet_send_command_reply()), would wait
 * for ever. Without the eventfd the CPU's thread serves the kick. What is sent is
 * still fetched by the main loop, when the CPUs are idle: no driver waits for that.
 */
static const char *const virtio_net_devices[] = {
	HUB, PAIR("virtio-net-pci,ioeventfd=off"), NULL
};

static const char *const virtio_net_modules[] = { "virtio_pci", "virtio_net",
						  NULL };

OPS(virtio_net, "virtio_net", "virtio", 0, "two virtio-net, joined by a wire");
