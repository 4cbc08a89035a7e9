// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/transfer.c - units of data, and the ways to write and to read them.
 *
 * Past the page cache several requests are under way at a time, each of pages
 * that do not follow each other in memory, so that drivers need lists of segments.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "disk.h"

#define PAGE 4096u
#define UNIT_MAX 32u /* pages */
#define AT_A_TIME 16
/* Seconds until requests of which nothing was heard are lost. */
#define ANSWER_S 40

static unsigned int unit_pages(unsigned int unit)
{
	return 1 + unit * 11 % UNIT_MAX;
}

static uint64_t unit_offset(unsigned int unit)
{
	return (uint64_t)unit * UNIT_MAX * PAGE;
}

uint64_t lab_transfer_bytes(void)
{
	return unit_offset(LAB_UNITS);
}

/* Other bytes at each place and in each pass. */
static uint64_t word_at(const struct lab_transfer *transfer, uint64_t offset)
{
	return (transfer->base + offset) * 0x9e3779b97f4a7c15ull ^
	       (uint64_t)transfer->pass << 40;
}

/* A page of a unit. */
static void fill(const struct lab_transfer *transfer, unsigned int unit,
		 unsigned int page, uint64_t *words)
{
	const uint64_t offset = unit_offset(unit) + page * PAGE;
	unsigned int i;

	for (i = 0; i < PAGE / sizeof(*words); i++)
		words[i] = word_at(transfer, offset + i * sizeof(*words));
}

static bool is_right(const struct lab_transfer *transfer, unsigned int unit,
		     unsigned int page, const uint64_t *words)
{
	const uint64_t offset = unit_offset(unit) + page * PAGE;
	unsigned int i;

	for (i = 0; i < PAGE / sizeof(*words); i++)
		if (words[i] != word_at(transfer, offset + i * sizeof(*words)))
			return false;
	return true;
}

void lab_disk_error(struct lab_work *work, int error)
{
	if (!work->errors++)
		work->error = error;
}

/* ---- through the page cache ------------------------------------------------- */

void lab_transfer_write(struct lab_transfer *transfer, struct lab_work *work)
{
	static uint64_t words[UNIT_MAX * PAGE / sizeof(uint64_t)];
	unsigned int unit, page;
	ssize_t size, n;

	for (unit = 0; unit < LAB_UNITS; unit++) {
		size = unit_pages(unit) * PAGE;
		for (page = 0; page < unit_pages(unit); page++)
			fill(transfer, unit, page,
			     words + page * PAGE / sizeof(*words));
		n = pwrite(transfer->fd, words, size,
			   transfer->base + unit_offset(unit));
		transfer->stored[unit] = n == size;
		if (n < 0)
			lab_disk_error(work, errno);
	}
	if (!fsync(transfer->fd))
		return;
	/* Which of them are not stored is not told. */
	lab_disk_error(work, errno);
	memset(transfer->stored, 0, sizeof(transfer->stored));
}

void lab_transfer_read(struct lab_transfer *transfer, bool count,
		       struct lab_work *work)
{
	static uint64_t words[UNIT_MAX * PAGE / sizeof(uint64_t)];
	unsigned int unit, page;
	ssize_t size, n;

	for (unit = 0; unit < LAB_UNITS; unit++) {
		if (!transfer->stored[unit])
			continue;
		size = unit_pages(unit) * PAGE;
		n = pread(transfer->fd, words, size,
			  transfer->base + unit_offset(unit));
		if (n < 0)
			lab_disk_error(work, errno);
		if (n != size)
			continue;
		for (page = 0; page < unit_pages(unit); page++)
			if (!is_right(transfer, unit, page,
				      words + page * PAGE / sizeof(*words)))
				break;
		if (page < unit_pages(unit))
			work->wrong++;
		else
			work->done += count;
	}
}

/* ---- past it ------------------------------------------------------------------ */

/* Every second page of it is used. */
struct slot {
	char *memory;
	struct iovec part[UNIT_MAX];
	struct iocb ask;
};

static char *page_of(const struct slot *slot, unsigned int page)
{
	return slot->memory + (size_t)page * 2 * PAGE;
}

/* The memory is there before the first request that is watched. */
static struct slot *slots(void)
{
	static struct slot slot[AT_A_TIME];
	unsigned int i;

	for (i = 0; i < AT_A_TIME; i++) {
		if (slot[i].memory)
			continue;
		slot[i].memory =
			mmap(NULL, 2 * UNIT_MAX * PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (slot[i].memory == MAP_FAILED) {
			slot[i].memory = NULL;
			return NULL;
		}
	}
	return slot;
}

static void prepare(struct slot *slot, const struct lab_transfer *transfer,
		    unsigned int unit, bool write)
{
	unsigned int page;

	for (page = 0; page < unit_pages(unit); page++) {
		slot->part[page] = (struct iovec){ page_of(slot, page), PAGE };
		if (write)
			fill(transfer, unit, page,
			     (uint64_t *)page_of(slot, page));
		else
			memset(page_of(slot, page), 0, PAGE);
	}
	slot->ask = (struct iocb){
		.aio_data = unit,
		.aio_lio_opcode = write ? IOCB_CMD_PWRITEV : IOCB_CMD_PREADV,
		.aio_fildes = transfer->fd,
		.aio_buf = (uintptr_t)slot->part,
		.aio_nbytes = unit_pages(unit),
		.aio_offset = transfer->base + unit_offset(unit),
	};
}

static bool slot_is_right(const struct slot *slot,
			  const struct lab_transfer *transfer,
			  unsigned int unit)
{
	unsigned int page;

	for (page = 0; page < unit_pages(unit); page++)
		if (!is_right(transfer, unit, page,
			      (uint64_t *)page_of(slot, page)))
			return false;
	return true;
}

/* What came of the request for a unit. */
static void conclude(struct lab_transfer *transfer, const struct slot *slot,
		     int64_t result, bool count, struct lab_work *work)
{
	const unsigned int unit = slot->ask.aio_data;
	const bool write = slot->ask.aio_lio_opcode == IOCB_CMD_PWRITEV;

	if (result < 0)
		lab_disk_error(work, -result);
	if (write)
		transfer->stored[unit] = result ==
					 (int64_t)unit_pages(unit) * PAGE;
	else if (result != (int64_t)unit_pages(unit) * PAGE)
		return;
	else if (slot_is_right(slot, transfer, unit))
		work->done += count;
	else
		work->wrong++;
}

/* Returns whether all that was submitted came back. */
static bool finish(aio_context_t context, struct lab_transfer *transfer,
		   unsigned int count, bool done, struct lab_work *work)
{
	struct io_event event[AT_A_TIME];
	struct timespec most = { .tv_sec = ANSWER_S };
	long n, i;

	while (count) {
		n = syscall(SYS_io_getevents, context, 1, count, event, &most);
		if (n <= 0)
			return false;
		for (i = 0; i < n; i++)
			conclude(transfer,
				 (const struct slot *)((const char *)(uintptr_t)
							       event[i]
								       .obj -
						       offsetof(struct slot,
								ask)),
				 event[i].res, done, work);
		count -= n;
	}
	return true;
}

/* Hands requests to the kernel; those that it refuses are told of. */
static unsigned int submit(aio_context_t context, struct slot *slot,
			   unsigned int count, struct lab_work *work)
{
	unsigned int i, taken = 0;
	struct iocb *ask;

	for (i = 0; i < count; i++) {
		ask = &slot[i].ask;
		if (syscall(SYS_io_submit, context, 1, &ask) == 1)
			taken++;
		else
			lab_disk_error(work, errno);
	}
	return taken;
}

static void transfer_direct(struct lab_transfer *transfer, bool write,
			    bool count, struct lab_work *work)
{
	struct slot *slot = slots();
	aio_context_t context = 0;
	unsigned int unit = 0, ready, taken;

	if (!slot || syscall(SYS_io_setup, AT_A_TIME, &context)) {
		lab_disk_error(work, errno);
		return;
	}
	while (unit < LAB_UNITS) {
		for (ready = 0; ready < AT_A_TIME && unit < LAB_UNITS; unit++)
			if (write || transfer->stored[unit])
				prepare(&slot[ready++], transfer, unit, write);
		taken = submit(context, slot, ready, work);
		if (!finish(context, transfer, taken, count, work))
			break;
	}
	syscall(SYS_io_destroy, context);
}

void lab_transfer_write_direct(struct lab_transfer *transfer,
			       struct lab_work *work)
{
	memset(transfer->stored, 0, sizeof(transfer->stored));
	transfer_direct(transfer, true, false, work);
	if (!fsync(transfer->fd))
		return;
	lab_disk_error(work, errno);
	memset(transfer->stored, 0, sizeof(transfer->stored));
}

void lab_transfer_read_direct(struct lab_transfer *transfer, bool count,
			      struct lab_work *work)
{
	transfer_direct(transfer, false, count, work);
}
