// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/qemu_disk.c - makes QEMU's disks answer at once. Preloaded into QEMU, with
 * qemu_lockstep.c.
 *
 * QEMU hands what a guest reads from a disk and writes to it to threads, or with
 * aio=native to the host's kernel, and is told later that it is done: after how
 * much of the guest's time depends on the host. This library has the functions of
 * libaio that QEMU calls in place of that library's own. They read and write before
 * they return, so that the guest's clock stands still meanwhile: a request is done
 * when it was submitted, and requests are done in the order of their submission.
 *
 * QEMU takes completions out of the ring that the kernel shares with a program,
 * without a call (block/linux-aio.c, io_getevents_peek()): the ring here has the
 * same form (fs/aio.c, struct aio_ring).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

struct ring {
	unsigned int id;
	unsigned int entries; /* one more than the ring can hold */
	unsigned int head; /* moved by QEMU */
	unsigned int tail;
	unsigned int magic;
	unsigned int compatible, incompatible;
	unsigned int head_size; /* bytes */
	struct io_event event[];
};

/*
 * A guest that is told of an error of the host's would take it for one of its disk,
 * and be judged by it.
 */
__attribute__((noreturn)) static void give_up(const char *what, int err)
{
	dprintf(STDERR_FILENO, "the guest's disk cannot be %s: %s\n", what,
		err ? strerror(err) : "only a part of it was done");
	_exit(1);
}

static int64_t bytes_of(const struct iovec *part, int count)
{
	int64_t bytes = 0;

	while (count--)
		bytes += part++->iov_len;
	return bytes;
}

/* What the kernel would return: bytes, or a negative errno. */
static int64_t execute(const struct iocb *ask)
{
	const struct iovec one = { (void *)(uintptr_t)ask->aio_buf,
				   ask->aio_nbytes };
	const struct iovec *parts = &one;
	int count = 1;
	ssize_t done;

	switch (ask->aio_lio_opcode) {
	case IOCB_CMD_PREADV:
	case IOCB_CMD_PWRITEV:
		parts = (const void *)(uintptr_t)ask->aio_buf;
		count = ask->aio_nbytes;
		break;
	case IOCB_CMD_PREAD:
	case IOCB_CMD_PWRITE:
		break;
	case IOCB_CMD_FSYNC:
	case IOCB_CMD_FDSYNC:
		/* The file ends with the guest. */
		return 0;
	default:
		return -EINVAL;
	}
	if (ask->aio_lio_opcode == IOCB_CMD_PREADV ||
	    ask->aio_lio_opcode == IOCB_CMD_PREAD) {
		done = preadv(ask->aio_fildes, parts, count, ask->aio_offset);
		if (done < 0)
			give_up("read", errno);
		return done;
	}
	done = pwritev(ask->aio_fildes, parts, count, ask->aio_offset);
	if (done != bytes_of(parts, count))
		give_up("written", done < 0 ? errno : 0);
	return done;
}

int io_setup(int most, struct ring **context)
{
	struct ring *ring;

	if (most <= 0)
		return -EINVAL;
	ring = calloc(1, sizeof(*ring) + (most + 1) * sizeof(ring->event[0]));
	if (!ring)
		return -ENOMEM;
	ring->entries = most + 1;
	ring->head_size = sizeof(*ring);
	*context = ring;
	return 0;
}

int io_destroy(struct ring *ring)
{
	free(ring);
	return 0;
}

int io_submit(struct ring *ring, long count, struct iocb **asks)
{
	long i;

	for (i = 0; i < count; i++) {
		struct iocb *ask = asks[i];
		const unsigned int next = (ring->tail + 1) % ring->entries;

		if (next == ring->head % ring->entries)
			return i ? i : -EAGAIN;
		ring->event[ring->tail] = (struct io_event){
			.data = ask->aio_data,
			.obj = (uintptr_t)ask,
			.res = execute(ask),
		};
		ring->tail = next;
		if (ask->aio_flags & IOCB_FLAG_RESFD)
			eventfd_write(ask->aio_resfd, 1);
	}
	return count;
}

/* Bytes: what a guest's disk is addressed by, and the least part of a request. */
#define SECTOR 512

/* Of the guest's disk; -1: not opened yet. QEMU opens it more than once. */
static int disk = -1;

/*
 * QEMU tries which alignment of memory and lengths the file takes
 * (block/file-posix.c, raw_probe_alignment()). If it takes any, QEMU does not believe
 * it and assumes a page; a request whose memory is not aligned so is handed to a
 * thread, as are parts of pages that a file system of the guest reads and writes.
 * So the file seems to want what all requests of a guest have.
 */
ssize_t pread64(int fd, void *memory, size_t size, off64_t offset)
{
	const struct iovec part = { memory, size };

	if (fd >= 0 && fd == disk &&
	    (((uintptr_t)memory | size | offset) & (SECTOR - 1))) {
		errno = EINVAL;
		return -1;
	}
	return preadv64(fd, &part, 1, offset);
}

/*
 * QEMU has aio=native only with files that bypass the page cache, which not every
 * file system can. Here that is of no use: the file is one guest's.
 */
int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list rest;
	int fd;

	va_start(rest, flags);
	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(rest, mode_t);
	va_end(rest);
	fd = openat(AT_FDCWD, path, (flags & ~O_DIRECT) | O_LARGEFILE, mode);
	if (flags & O_DIRECT)
		disk = fd;
	return fd;
}
