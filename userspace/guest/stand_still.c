// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest/stand_still.c - the moment at which a guest can be saved.
 *
 * A write to QEMU's pvpanic-pci device (docs/specs/pvpanic.rst) is an event on
 * which QEMU goes on or pauses, as the lab says (lab/snapshot.h). The guest cannot
 * see which.
 *
 * QEMU executes the CPUs of a counted guest in turns, and begins with the first
 * one where it loads a saved guest (accel/tcg/tcg-accel-ops-rr.c,
 * rr_cpu_thread_fn()). That is also who comes after the last one: so the last one
 * writes, and the turns are the same in a guest that went on and in one that was
 * loaded.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "sys/pci.h"

#define PVPANIC_VENDOR 0x1b36
#define PVPANIC_DEVICE 0x0011
#define PVPANIC_PANICKED 1

static void use_last_cpu(const cpu_set_t *allowed)
{
	cpu_set_t last;
	int cpu;

	for (cpu = CPU_SETSIZE - 1; cpu > 0 && !CPU_ISSET(cpu, allowed); cpu--)
		;
	CPU_ZERO(&last);
	CPU_SET(cpu, &last);
	sched_setaffinity(0, sizeof(last), &last);
}

/* The device's register, or NULL: this guest has none, and is not saved. */
static volatile uint8_t *map_register(size_t size)
{
	char path[200], file[256];
	void *mapped;
	int fd;

	if (lab_pci_find(PVPANIC_VENDOR, PVPANIC_DEVICE, path, sizeof(path)))
		return NULL;
	lab_pci_enable(path);
	snprintf(file, sizeof(file), "%s/resource0", path);
	fd = open(file, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return mapped == MAP_FAILED ? NULL : mapped;
}

void lab_guest_stand_still(void)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	volatile uint8_t *event = map_register(page);
	cpu_set_t allowed;

	if (!event)
		return;
	if (!sched_getaffinity(0, sizeof(allowed), &allowed)) {
		use_last_cpu(&allowed);
		*event = PVPANIC_PANICKED;
		sched_setaffinity(0, sizeof(allowed), &allowed);
	}
	munmap((void *)event, page);
}
