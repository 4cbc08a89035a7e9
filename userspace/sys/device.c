// SPDX-License-Identifier: GPL-2.0-only
/* sys/device.c - see sys/device.h and module/uapi/labyrinth.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
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

static int get_row(int fd, unsigned long request, unsigned int index,
		   struct lab_row *row)
{
	memset(row, 0, sizeof(*row));
	row->index = index;
	return call(fd, request, row);
}

int lab_device_context(int fd, unsigned int index, struct lab_row *row)
{
	return get_row(fd, LAB_IOC_CONTEXT, index, row);
}

int lab_device_api(int fd, unsigned int index, struct lab_row *row)
{
	return get_row(fd, LAB_IOC_API, index, row);
}

int lab_device_oracle(int fd, unsigned int index, struct lab_row *row)
{
	return get_row(fd, LAB_IOC_ORACLE, index, row);
}

int lab_device_setup(int fd, const struct lab_spec *spec, char *reason,
		     size_t size)
{
	struct lab_setup setup = { .spec = *spec };
	int err = call(fd, LAB_IOC_SETUP, &setup);

	if (reason)
		snprintf(reason, size, "%s", setup.reason);
	return err;
}

int lab_device_fire(int fd, __u64 shots, __u64 *fired)
{
	struct lab_fire fire = { .shots = shots };
	int err = call(fd, LAB_IOC_FIRE, &fire);

	*fired = fire.fired;
	return err;
}

int lab_device_read(int fd, unsigned int part, struct lab_stats *stats)
{
	struct lab_buffer buffer = {
		.address = (uintptr_t)stats,
		.size = sizeof(*stats),
		.part = part,
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

int lab_device_bust(int fd, const char *name, __u64 shot)
{
	struct lab_bust bust = { .shot = shot };

	snprintf(bust.name, sizeof(bust.name), "%s", name);
	return call(fd, LAB_IOC_BUST, &bust);
}

int lab_device_inject(int fd, struct lab_inject *inject)
{
	return call(fd, LAB_IOC_INJECT, inject);
}

int lab_device_injected(int fd, __u64 *count)
{
	return call(fd, LAB_IOC_INJECTED, count);
}

int lab_device_watch(int fd, struct lab_site_watch *watch)
{
	return call(fd, LAB_IOC_WATCH, watch);
}

int lab_device_watched(int fd, struct lab_watched *seen)
{
	return call(fd, LAB_IOC_WATCHED, seen);
}

int lab_device_site(int fd, unsigned int index, struct lab_site_row *row)
{
	row->index = index;
	return call(fd, LAB_IOC_SITE, row);
}

int lab_device_requests(int fd, __u32 *places, size_t count)
{
	struct lab_buffer buffer = {
		.address = (uintptr_t)places,
		.size = count * sizeof(*places),
	};

	return call(fd, LAB_IOC_REQUESTS, &buffer);
}

struct lab_ring *lab_device_ring(int fd, unsigned int entries)
{
	void *ring = mmap(NULL, LAB_RING_SIZE(entries, getpagesize()),
			  PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return ring == MAP_FAILED ? NULL : ring;
}

void lab_device_ring_close(struct lab_ring *ring)
{
	if (ring)
		munmap(ring, LAB_RING_SIZE(ring->entries, getpagesize()));
}

const struct lab_event *lab_ring_next(struct lab_ring *ring)
{
	const struct lab_event *events =
		(const void *)((char *)ring + getpagesize());
	const struct lab_event *event = &events[ring->tail % ring->entries];

	if (__atomic_load_n(&event->sequence, __ATOMIC_ACQUIRE) !=
	    ring->tail + 1)
		return NULL;
	return event;
}

void lab_ring_taken(struct lab_ring *ring)
{
	__atomic_store_n(&ring->tail, ring->tail + 1, __ATOMIC_RELEASE);
}
