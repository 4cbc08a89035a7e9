/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * journal/channel.h - a region of memory shared by a guest and the lab.
 *
 * The lab makes a file, puts a request in it and gives it to QEMU as the
 * memory of an ivshmem-plain device. The guest maps the device's BAR through
 * sysfs, which needs no driver, and appends frames. So what was written stays
 * when the guest panics, hangs or is killed; nothing that the guest does waits
 * for the host, and nothing of the host's timing reaches the guest.
 *
 * A frame is reserved by moving the tail, filled, and then marked ready, so
 * that several processes of a guest may write and a reader may look at any
 * time. Reading ends at the first frame that is not ready: the one that was
 * being written when the guest died.
 *
 * Numbers are little-endian, as is every guest.
 */
#ifndef LAB_CHANNEL_H
#define LAB_CHANNEL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_CHANNEL_SIZE (64u << 20) /* of the file, all of it on the disk */
#define LAB_CHANNEL_ENV "LABYRINTH_CHANNEL" /* the file to map */

/* The state of the guest. It only increases. */
enum lab_state {
	LAB_STATE_NONE, /* initial */
	LAB_STATE_BOOTED, /* the guest's init runs */
	LAB_STATE_STARTED, /* what was requested runs */
	LAB_STATE_SHOOTING, /* the first shot is about to be fired */
	LAB_STATE_DONE, /* it ended, status is set */
};

/*
 * How process 1 begins its last line on the console, before it powers off: the
 * only word of it where the channel could not be opened.
 */
#define LAB_GUEST_GAVE_UP "labyrinth: guest: "
#define LAB_GUEST_REFUSED "labyrinth: guest, refused by the kernel: "
#define LAB_GUEST_UNFIT "labyrinth: no guest of the lab: "

enum lab_frame_type {
	LAB_FRAME_RECORD = 1, /* of the journal: one JSON object */
	LAB_FRAME_OUTPUT = 2, /* output of the requested program */
	LAB_FRAME_PROGRESS = 3, /* a progress line */
	LAB_FRAME_TROUBLE = 4, /* from process 1: why it gave up */
	LAB_FRAME_REFUSED = 5, /* likewise: the kernel refused it memory */
	LAB_FRAME_UNFIT =
		6, /* likewise: this kernel allows no guest of the lab */
	LAB_FRAME_SECTIONS =
		7, /* from process 1: "NAME ADDRESS", of the module */
	LAB_FRAME_KALLSYMS = 8, /* likewise: a part of /proc/kallsyms */
};

struct lab_frame_head {
	uint32_t type;
	uint32_t size; /* bytes that follow, before padding to 16 */
	_Atomic uint32_t ready;
	uint32_t pad;
};

/*
 * The shot before which a debugger wants the guest: the cell by its number in the
 * order in which cells are fired, from 0, the CPU, and LAB_STAND() of the shot; 0: none.
 */
#define LAB_STAND_CELL_BITS 14
struct lab_stand {
	uint64_t cell, cpu, shot;
};

/*
 * Other chance from a cell on: what is mixed into all that is random in the run before
 * that cell, by its number from 0; 0: nothing.
 */
struct lab_reseed {
	uint64_t cell, with;
};

struct lab_channel_head {
	uint64_t magic;
	_Atomic uint32_t state;
	uint32_t status; /* as of waitpid(2), valid when DONE */
	uint64_t request; /* offset and size of a JSON object */
	uint64_t request_size;
	uint64_t program; /* offset and size of an executable, or 0 */
	uint64_t program_size;
	uint64_t log; /* offset of the first frame */
	_Atomic uint64_t tail; /* offset of the first free byte */
	_Atomic uint64_t
		lost; /* frames that were dropped because the region was full */
	/* The lab writes these before the guest starts: */
	struct lab_stand stand;
	struct lab_reseed reseed;
};

struct lab_channel {
	struct lab_channel_head *head;
	size_t size;
	int fd;
};

/* All return 0 or a negative errno. */
int lab_channel_create(struct lab_channel *ch, const char *path,
		       const char *request, const void *program,
		       size_t program_size);
int lab_channel_open(struct lab_channel *ch, const char *path);
void lab_channel_close(struct lab_channel *ch);

void lab_channel_reach(struct lab_channel *ch, enum lab_state state);
int lab_channel_write(struct lab_channel *ch, enum lab_frame_type type,
		      const void *data, size_t size);

/*
 * Returns the frame at *at, which is 0 for the first, and moves *at behind it;
 * NULL when there is no further frame yet. The guest can write anything to the
 * region, so offsets and sizes are checked against its size.
 */
const struct lab_frame_head *lab_channel_next(const struct lab_channel *ch,
					      uint64_t *at);
static inline const char *lab_frame_data(const struct lab_frame_head *frame)
{
	return (const char *)(frame + 1);
}

#endif /* LAB_CHANNEL_H */
