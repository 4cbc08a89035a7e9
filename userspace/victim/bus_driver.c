// SPDX-License-Identifier: GPL-2.0-only
/* victim/bus_driver.c - devices of a driver, bound and unbound through sysfs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "victim.h"

static int by_address(const void *a, const void *b)
{
	return strcmp(a, b);
}

int lab_bus_of_driver(const char *bus, const char *driver,
		      struct lab_bus_devices *devices)
{
	struct dirent *entry;
	char path[128];
	DIR *folder;

	memset(devices, 0, sizeof(*devices));
	devices->bus = bus;
	devices->driver = driver;
	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/%s", bus, driver);
	folder = opendir(path);
	if (!folder)
		return -ENODEV;
	while ((entry = readdir(folder)) &&
	       devices->count < LAB_VICTIM_DEVICES) {
		/* Each device is a link, and so is the driver's module. */
		if (entry->d_type != DT_LNK || !strcmp(entry->d_name, "module"))
			continue;
		snprintf(devices->address[devices->count++],
			 sizeof(devices->address[0]), "%.15s", entry->d_name);
	}
	closedir(folder);
	/* readdir() returns entries in no useful order. */
	qsort(devices->address, devices->count, sizeof(devices->address[0]),
	      by_address);
	return devices->count ? 0 : -ENODEV;
}

static int write_each(const struct lab_bus_devices *devices, const char *file)
{
	char path[128];
	unsigned int i;
	int err = 0, fd;

	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/%s/%s", devices->bus,
		 devices->driver, file);
	for (i = 0; i < devices->count; i++) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, devices->address[i],
				    strlen(devices->address[i])) < 0)
			err = -errno;
		if (fd >= 0)
			close(fd);
	}
	return err;
}

int lab_bus_bind(const struct lab_bus_devices *devices)
{
	return write_each(devices, "bind");
}

int lab_bus_unbind(const struct lab_bus_devices *devices)
{
	return write_each(devices, "unbind");
}

int lab_bus_interface(const struct lab_bus_devices *devices, unsigned int n,
		      char *name, size_t size)
{
	struct dirent *entry;
	int err = -ENODEV;
	char path[128];
	DIR *folder;

	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/net", devices->bus,
		 devices->address[n]);
	folder = opendir(path);
	while (folder && err && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, size, "%s", entry->d_name);
		err = 0;
	}
	if (folder)
		closedir(folder);
	return err;
}
