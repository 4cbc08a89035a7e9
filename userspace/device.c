// SPDX-License-Identifier: GPL-2.0-only
/* device.c - see device.h and module/uapi/labyrinth.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"

static const char path[] = "/dev/" LAB_DEVICE;

static int explain(char *why, size_t size, int err)
{
	switch (err) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		snprintf(
			why, size,
			"%s is not there: the module is not loaded (insmod labyrinth.ko)",
			path);
		break;
	case EACCES:
	case EPERM:
		snprintf(
			why, size,
			"%s: no permission: CAP_SYS_ADMIN is needed (run as root)",
			path);
		break;
	default:
		snprintf(why, size, "%s: %s", path, strerror(err));
	}
	return -err;
}

int lab_device_open(char *why, size_t size)
{
	struct lab_info info;
	int fd, err;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return explain(why, size, errno);
	err = lab_device_info(fd, &info);
	if (!err && info.abi == LAB_ABI_VERSION)
		return fd;

	if (!err)
		snprintf(
			why, size,
			"the loaded module speaks ABI %u, this program %u: load the module built with it",
			info.abi, LAB_ABI_VERSION);
	else
		snprintf(why, size,
			 "%s does not answer as labyrinth.ko does: %s", path,
			 strerror(-err));
	close(fd);
	return -EPROTO;
}

static int call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) ? -errno : 0;
}

int lab_device_info(int fd, struct lab_info *info)
{
	return call(fd, LAB_IOC_INFO, info);
}

int lab_device_context(int fd, unsigned int index,
		       struct lab_context_info *info)
{
	memset(info, 0, sizeof(*info));
	info->index = index;
	return call(fd, LAB_IOC_CONTEXT, info);
}

int lab_device_oracle(int fd, unsigned int index, struct lab_oracle_info *info)
{
	memset(info, 0, sizeof(*info));
	info->index = index;
	return call(fd, LAB_IOC_ORACLE, info);
}

int lab_device_setup(int fd, const struct lab_spec *spec)
{
	return call(fd, LAB_IOC_SETUP, (void *)spec);
}

int lab_device_fire(int fd, __u64 shots, __u64 *fired)
{
	struct lab_fire fire = { .shots = shots };
	int err = call(fd, LAB_IOC_FIRE, &fire);

	*fired = fire.fired;
	return err;
}

int lab_device_read(int fd, struct lab_stats *stats)
{
	struct lab_buffer buffer = {
		.address = (uintptr_t)stats,
		.size = sizeof(*stats),
	};

	return call(fd, LAB_IOC_READ, &buffer);
}

int lab_device_release(int fd)
{
	return call(fd, LAB_IOC_RELEASE, NULL);
}

int lab_device_zones(int fd, struct lab_zones *zones)
{
	struct lab_buffer buffer = {
		.address = (uintptr_t)zones,
		.size = sizeof(*zones),
	};

	return call(fd, LAB_IOC_ZONES, &buffer);
}
