// SPDX-License-Identifier: GPL-2.0-only
/* sys/pci.c - PCI functions through sysfs, which needs no driver. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/file.h"
#include "pci.h"

static unsigned int read_id(const char *folder, const char *file)
{
	char path[256];
	uint64_t id;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return lab_file_number(path, 16, &id) ? 0 : id;
}

int lab_pci_find(unsigned int vendor, unsigned int device, char *path,
		 size_t size)
{
	int err = -ENODEV;
	glob_t found;
	size_t i;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &found))
		return -ENODEV;
	for (i = 0; i < found.gl_pathc && err; i++) {
		if (read_id(found.gl_pathv[i], "vendor") != vendor ||
		    read_id(found.gl_pathv[i], "device") != device)
			continue;
		snprintf(path, size, "%s", found.gl_pathv[i]);
		err = 0;
	}
	globfree(&found);
	return err;
}

int lab_pci_enable(const char *path)
{
	char file[256];
	int fd, err = 0;

	snprintf(file, sizeof(file), "%s/enable", path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "1", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}
