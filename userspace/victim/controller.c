// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/controller.c - disks of the emulator, by the driver of their controller.
 * Each is a row of a table.
 *
 * What is stored is a file of the host's that is there as long as the guest is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "disk.h"

/* Milliseconds until the disk of a driver that was bound is there. */
#define APPEARS_MS 20000

static struct lab_bus_devices controllers;

static int bind(const struct lab_victim_ops *victim, char *why, size_t size)
{
	int err;

	if (controllers.count) {
		err = lab_bus_bind(&controllers);
		if (err)
			snprintf(
				why, size,
				"the driver %s does not take its device back: %s",
				victim->driver, strerror(-err));
		return err;
	}
	err = lab_bus_of_driver(victim->bus ?: "pci", victim->driver,
				&controllers);
	if (err)
		snprintf(
			why, size,
			"the driver %s has no device: this kernel has no such driver, or it does not know this device",
			victim->driver);
	return err;
}

/* The disk is below one of them. */
static int find_disk(char *device, size_t size)
{
	char part[40], name[32];
	unsigned int i, tries = APPEARS_MS / 100;

	while (tries--)
		for (i = 0; i < controllers.count; i++) {
			snprintf(part, sizeof(part), "/%s/",
				 controllers.address[i]);
			if (lab_disk_wait(part, 100 / controllers.count, name,
					  sizeof(name)))
				continue;
			snprintf(device, size, "/dev/%s", name);
			return 0;
		}
	return -ENODEV;
}

static int controller_open(const struct lab_victim_ops *victim, char *why,
			   size_t size)
{
	char device[40];
	int err = bind(victim, why, size);

	if (err)
		return err;
	err = find_disk(device, sizeof(device));
	if (err)
		snprintf(why, size, "the driver %s finds no disk",
			 victim->driver);
	return err ? err : lab_disk_prepare(device, why, size);
}

static int controller_close(void)
{
	int err = lab_disk_release();

	return err ? err : lab_bus_unbind(&controllers);
}

/* Its devices and modules are in arrays of their own. */
#define CONTROLLER(id, device_driver, on, text)         \
	const struct lab_victim_ops lab_victim_##id = { \
		.name = #id,                            \
		.help = text,                           \
		.devices = id##_devices,                \
		.modules = id##_modules,                \
		.disk = LAB_DISK_MIB,                   \
		.driver = device_driver,                \
		.bus = on,                              \
		.memory = 48,                           \
		.medium = LAB_DISK,                     \
		.open = controller_open,                \
		.start = lab_disk_start,                \
		.work = lab_disk_work,                  \
		.stop = lab_disk_stop,                  \
		.close = controller_close,              \
	}

/*
 * As QEMU's first NVMe, of which the kernel knows that it must not be told to
 * write zeros (drivers/nvme/host/pci.c, nvme_id_table[]): those a thread of the
 * host's writes.
 */
static const char *const nvme_devices[] = {
	"-device", "nvme,serial=labyrinth,drive=disk,use-intel-id=on", NULL
};

static const char *const nvme_modules[] = { "nvme", NULL };

CONTROLLER(nvme, "nvme", NULL, "an NVMe disk");

static const char *const ahci_devices[] = {
	"-device", "ahci,id=controller", "-device",
	"ide-hd,bus=controller.0,drive=disk", NULL
};

static const char *const ahci_modules[] = { "ahci", "sd_mod", NULL };

CONTROLLER(ahci, "ahci", NULL, "a SATA disk");

/* Without an eventfd the CPU's thread serves a kick: see nic.c. */
static const char *const virtio_blk_devices[] = {
	"-device",
	"virtio-blk-pci,drive=disk,ioeventfd=off,discard=off,write-zeroes=off",
	NULL
};

static const char *const virtio_blk_modules[] = { "virtio_pci", "virtio_blk",
						  NULL };

CONTROLLER(virtio_blk, "virtio_blk", "virtio", "a disk of virtio-blk");

#define SCSI_DISK(controller)                              \
	"-device", controller ",id=controller", "-device", \
		"scsi-hd,bus=controller.0,drive=disk"

static const char *const virtio_scsi_devices[] = {
	SCSI_DISK("virtio-scsi-pci,ioeventfd=off"), NULL
};

static const char *const virtio_scsi_modules[] = { "virtio_pci", "virtio_scsi",
						   "sd_mod", NULL };

CONTROLLER(virtio_scsi, "virtio_scsi", "virtio", "a SCSI disk of virtio-scsi");

/* Controllers of SCSI buses, each with a disk. */
#define SCSI(id, device, module, text)                                         \
	static const char *const id##_devices[] = { SCSI_DISK(device), NULL }; \
	static const char *const id##_modules[] = { module, "sd_mod", NULL };  \
	CONTROLLER(id, module, NULL, text)

SCSI(sym53c8xx, "lsi53c895a", "sym53c8xx", "a disk of an LSI 53C895A");
SCSI(megaraid_sas, "megasas", "megaraid_sas", "a disk of a MegaRAID SAS 1078");
SCSI(pvscsi, "pvscsi", "vmw_pvscsi", "a disk of a VMware PVSCSI");

#define USB(device) "-device", "qemu-xhci", "-device", device

static const char *const usb_storage_devices[] = {
	USB("usb-storage,drive=disk"), NULL
};

static const char *const usb_storage_modules[] = { "xhci_pci", "usb-storage",
						   "sd_mod", NULL };

CONTROLLER(usb_storage, "xhci_hcd", NULL, "a USB disk (bulk-only) at an xHCI");

static const char *const uas_devices[] = { USB("usb-uas,id=uas"), "-device",
					   "scsi-hd,bus=uas.0,drive=disk",
					   NULL };

static const char *const uas_modules[] = { "xhci_pci", "uas", "sd_mod", NULL };

CONTROLLER(uas, "xhci_hcd", NULL, "a USB disk (UAS) at an xHCI");
