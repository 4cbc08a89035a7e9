// SPDX-License-Identifier: GPL-2.0-only
/*
 * sys/watchdog.c - a watchdog that ends the guest even when its kernel hangs.
 *
 * QEMU's i6300esb counts guest time whatever the guest is doing. It is
 * programmed here and not by its driver, so that it works on every kernel and
 * nothing in the guest restarts it. Registers: Intel 6300ESB datasheet, section
 * 15, and QEMU's hw/watchdog/wdt_i6300esb.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pci.h"
#include "watchdog.h"

#define ESB_VENDOR 0x8086
#define ESB_DEVICE 0x25ab

/* In configuration space. */
#define ESB_CONFIG 0x60
#define ESB_CONFIG_NO_INTERRUPT 0x03
#define ESB_LOCK 0x68
#define ESB_LOCK_ENABLE 0x02

/* In the memory region. */
#define ESB_TIMER1 0x00
#define ESB_TIMER2 0x04
#define ESB_RELOAD 0x0c
#define ESB_UNLOCK1 0x80
#define ESB_UNLOCK2 0x86

/*
 * The timer counts periods of 2^15 cycles of the 33 MHz PCI clock; a stage has
 * 20 bits.
 */
#define ESB_TICKS(seconds) (33000000ull * (seconds) >> 15)
#define ESB_TICKS_MAX ((1u << 20) - 1)

static int config_write(const char *path, off_t at, const void *data, size_t n)
{
	char file[256];
	int fd, err = 0;

	snprintf(file, sizeof(file), "%s/config", path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pwrite(fd, data, n, at) != (ssize_t)n)
		err = -EIO;
	close(fd);
	return err;
}

static void stage_write(volatile uint8_t *regs, unsigned int reg,
			uint32_t ticks)
{
	/* Every register write has to be preceded by this unlock sequence. */
	*(volatile uint16_t *)(regs + ESB_RELOAD) = ESB_UNLOCK1;
	*(volatile uint16_t *)(regs + ESB_RELOAD) = ESB_UNLOCK2;
	*(volatile uint32_t *)(regs + reg) = ticks;
}

int lab_watchdog_start(unsigned int seconds)
{
	const uint16_t config = ESB_CONFIG_NO_INTERRUPT;
	const uint8_t off = 0, lock = ESB_LOCK_ENABLE;
	uint64_t ticks =
		ESB_TICKS(seconds) / 2; /* the timer runs through two stages */
	char path[200], file[256];
	volatile uint8_t *regs;
	int fd, err;

	if (ticks > ESB_TICKS_MAX)
		return -ERANGE;
	err = lab_pci_find(ESB_VENDOR, ESB_DEVICE, path, sizeof(path));
	if (!err)
		err = lab_pci_enable(path);
	if (err)
		return err;

	snprintf(file, sizeof(file), "%s/resource0", path);
	fd = open(file, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	regs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (regs == MAP_FAILED)
		return -errno;
	/* It runs since before the boot, and takes new values when it starts. */
	err = config_write(path, ESB_LOCK, &off, sizeof(off));
	stage_write(regs, ESB_TIMER1, ticks);
	stage_write(regs, ESB_TIMER2, ticks);
	munmap((void *)regs, 4096);

	if (!err)
		err = config_write(path, ESB_CONFIG, &config, sizeof(config));
	if (!err)
		err = config_write(path, ESB_LOCK, &lock, sizeof(lock));
	return err;
}
