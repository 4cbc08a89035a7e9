// SPDX-License-Identifier: GPL-2.0-only
/* journal/channel.c - see journal/channel.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"

#define LAB_CHANNEL_MAGIC 0x3148435942414cull /* "LABYCH1" */
#define LAB_CHANNEL_ALIGN 64u

static uint64_t align_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

static int channel_map(struct lab_channel *ch, size_t size)
{
	void *map =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ch->fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	ch->head = map;
	ch->size = size;
	return 0;
}

int lab_channel_create(struct lab_channel *ch, const char *path,
		       const char *request, const void *program,
		       size_t program_size)
{
	const size_t size = strlen(request);
	struct lab_channel_head *head;
	int err;

	if (size > LAB_CHANNEL_SIZE / 4 || program_size > LAB_CHANNEL_SIZE / 4)
		return -E2BIG;
	ch->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (ch->fd < 0)
		return -errno;
	/*
	 * A page of a mapped file that finds no block is SIGBUS, to this process
	 * or to the emulator: all of them are asked for now.
	 */
	err = -posix_fallocate(ch->fd, 0, LAB_CHANNEL_SIZE);
	if (!err)
		err = channel_map(ch, LAB_CHANNEL_SIZE);
	if (err) {
		close(ch->fd);
		unlink(path);
		return err;
	}

	head = ch->head;
	head->request = align_up(sizeof(*head), LAB_CHANNEL_ALIGN);
	head->request_size = size;
	memcpy((char *)head + head->request, request, size);
	head->program = align_up(head->request + size, LAB_CHANNEL_ALIGN);
	head->program_size = program_size;
	if (program_size)
		memcpy((char *)head + head->program, program, program_size);
	head->log = align_up(head->program + program_size, LAB_CHANNEL_ALIGN);
	head->tail = head->log;
	head->magic = LAB_CHANNEL_MAGIC;
	return 0;
}

int lab_channel_open(struct lab_channel *ch, const char *path)
{
	int err;

	ch->fd = open(path, O_RDWR | O_CLOEXEC);
	if (ch->fd < 0)
		return -errno;
	err = channel_map(ch, LAB_CHANNEL_SIZE);
	if (!err && ch->head->magic != LAB_CHANNEL_MAGIC) {
		munmap(ch->head, ch->size);
		err = -EPROTO;
	}
	if (err)
		close(ch->fd);
	return err;
}

void lab_channel_close(struct lab_channel *ch)
{
	munmap(ch->head, ch->size);
	close(ch->fd);
}

void lab_channel_reach(struct lab_channel *ch, enum lab_state state)
{
	if (atomic_load(&ch->head->state) < state)
		atomic_store(&ch->head->state, state);
}

int lab_channel_write(struct lab_channel *ch, enum lab_frame_type type,
		      const void *data, size_t size)
{
	struct lab_frame_head *frame;
	uint64_t room, at;

	if (size > ch->size) {
		atomic_fetch_add(&ch->head->lost, 1);
		return -EMSGSIZE;
	}
	room = sizeof(*frame) + align_up(size, sizeof(*frame));
	at = atomic_load(&ch->head->tail);
	do {
		if (at > ch->size || room > ch->size - at) {
			atomic_fetch_add(&ch->head->lost, 1);
			return -ENOSPC;
		}
	} while (
		!atomic_compare_exchange_weak(&ch->head->tail, &at, at + room));

	frame = (void *)((char *)ch->head + at);
	frame->type = type;
	frame->size = size;
	memcpy(frame + 1, data, size);
	atomic_store_explicit(&frame->ready, 1, memory_order_release);
	return 0;
}

const struct lab_frame_head *lab_channel_next(const struct lab_channel *ch,
					      uint64_t *at)
{
	const struct lab_frame_head *frame;
	uint64_t tail = atomic_load(&ch->head->tail);
	uint64_t room;

	if (!*at)
		*at = ch->head->log;
	if (tail > ch->size)
		tail = ch->size;
	if (*at % sizeof(*frame) || *at > tail || tail - *at < sizeof(*frame))
		return NULL;
	frame = (const void *)((const char *)ch->head + *at);
	if (!atomic_load_explicit(&frame->ready, memory_order_acquire))
		return NULL;
	room = sizeof(*frame) + align_up((uint64_t)frame->size, sizeof(*frame));
	if (room > tail - *at)
		return NULL;
	*at += room;
	return frame;
}
