// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/swap.c - somewhere for anonymous memory to go: a swap device on zram.
 *
 * It presses on nothing itself. Put on before others it gives kswapd work to
 * do, and takes memory for what it compresses. The device is one that is added
 * for the purpose; what writes "SWAPSPACE2" is here, as guests have no mkswap.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "lib/file.h"
#include "sys/restore.h"
#include "pressure/common/level.h"
#include "pressure.h"

#define CONTROL "/sys/class/zram-control/"

static const struct lab_key keys[] = {
	{ "size", LAB_KEY_BYTES, 1 << 20, 1ull << 40, 128 << 20, true,
	  "bytes that it holds, before compression" },
	{},
};

static int number = -1; /* of the zram device; -1: there is none */
static bool on;
static uint64_t pages;

static int swap_probe(const char **why)
{
	*why = "";
	if (!access(CONTROL "hot_add", F_OK))
		return 0;
	*why = "the kernel has no zram (CONFIG_ZRAM), or its module is not loaded";
	return -ENODEV;
}

/* Reading this file adds a device and returns its number. */
static int add_device(void)
{
	uint64_t added;
	int err = lab_file_number(CONTROL "hot_add", 10, &added);

	number = err ? -1 : (int)added;
	return err;
}

static int set_size(uint64_t size)
{
	char path[64], text[24];

	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", number);
	snprintf(text, sizeof(text), "%" PRIu64, size);
	return lab_file_write(path, text);
}

/* include/linux/swap.h, union swap_header. */
struct header {
	char boot[1024];
	uint32_t version, last_page, bad_pages;
	char rest[4096 - 1024 - 3 * sizeof(uint32_t) - 10];
	char magic[10];
};

static int make_swap(const char *device)
{
	struct header header = { .version = 1, .last_page = pages - 1 };
	int fd = open(device, O_WRONLY | O_CLOEXEC), err = 0;

	_Static_assert(sizeof(header) == 4096, "as the kernel has it");
	memcpy(header.magic, "SWAPSPACE2", sizeof(header.magic));
	if (fd < 0)
		return -errno;
	if (write(fd, &header, sizeof(header)) != sizeof(header) || fsync(fd))
		err = -EIO;
	close(fd);
	return err;
}

static int swap_on(const char *device)
{
	int err = make_swap(device);

	if (!err)
		err = lab_restore_note(LAB_RESTORE_SWAP, device);
	if (!err && swapon(device, 0))
		err = -errno;
	on = !err;
	return err;
}

static int swap_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t size = lab_setting_get(settings, "size");
	char device[32], text[12];
	int err;

	(void)seed;
	pages = size / getpagesize();
	err = add_device();
	if (err)
		return err;
	snprintf(text, sizeof(text), "%d", number);
	err = lab_restore_note(LAB_RESTORE_ZRAM, text);
	if (!err)
		err = set_size(size);
	snprintf(device, sizeof(device), "/dev/zram%d", number);
	return err ? err : swap_on(device);
}

/* "Filename Type Size Used Priority", sizes in KiB. */
static uint64_t used_pages(const char *device)
{
	unsigned long long used = 0;
	char line[256];
	FILE *f = fopen("/proc/swaps", "re");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, device, strlen(device)))
			sscanf(line, "%*s %*s %*u %llu", &used);
	if (f)
		fclose(f);
	return used * 1024 / getpagesize();
}

static int swap_stop(void)
{
	char device[32], text[12];
	int err = 0;

	if (number < 0)
		return 0;
	snprintf(device, sizeof(device), "/dev/zram%d", number);
	if (on) {
		lab_pressed_record(&(struct lab_pressed){ "swap", -1,
							  "pages there are",
							  pages, pages },
				   json_pack("{s:I}", "used_pages",
					     (json_int_t)used_pages(device)),
				   0);
		err = swapoff(device) ? -errno : 0;
		on = false;
	}
	snprintf(text, sizeof(text), "%d", number);
	if (!err)
		err = lab_file_write(CONTROL "hot_remove", text);
	number = -1;
	return err;
}

const struct lab_pressure lab_press_swap = {
	.name = "swap",
	.help = "a swap device on zram, for what other pressures take",
	.keys = keys,
	.probe = swap_probe,
	.start = swap_start,
	.stop = swap_stop,
};
