// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - the event ring: one event for every shot.
 *
 * Written on one CPU by the parts of one run, each of which may interrupt the
 * others: a place is taken by one compare-and-exchange, and an event is valid
 * once its sequence is written. The module only writes the memory that it
 * shares with user space and reads nothing of it but the reader's tail, so that
 * user space cannot harm the module by what it writes there.
 */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"

struct lab_events {
	u64 head; /* private: ring->head is a copy for the reader */
	unsigned int entries;
	struct lab_ring
		*ring; /* vmalloc_user(): the header's page, then events */
	struct lab_event *event;
	size_t size;
};

struct lab_events *lab_events_create(unsigned int entries)
{
	struct lab_events *events = kzalloc(sizeof(*events), GFP_KERNEL);

	if (!events)
		return NULL;
	events->entries = entries;
	events->size = LAB_RING_SIZE(entries, PAGE_SIZE);
	events->ring = vmalloc_user(events->size);
	if (!events->ring) {
		kfree(events);
		return NULL;
	}
	events->ring->entries = entries;
	events->ring->entry_size = sizeof(struct lab_event);
	events->event = (void *)events->ring + PAGE_SIZE;
	return events;
}

const struct lab_ring *lab_events_ring(const struct lab_events *events)
{
	return events ? events->ring : NULL;
}

void lab_events_destroy(struct lab_events *events)
{
	if (!events)
		return;
	vfree(events->ring);
	kfree(events);
}

/* remap_vmalloc_range() refuses what is larger than the ring. */
int lab_events_map(struct lab_events *events, struct vm_area_struct *vma)
{
	if (vma->vm_end - vma->vm_start != events->size || vma->vm_pgoff)
		return -EINVAL;
	return remap_vmalloc_range(vma, events->ring, 0);
}

void lab_events_sync(struct lab_events *events)
{
	/* All that was written before head is visible first. */
	smp_store_release(&events->ring->head, READ_ONCE(events->head));
}

struct lab_event *lab_event_place(struct lab_events *events, u64 *sequence)
{
	/*
	 * A wrong tail makes the ring full or overwrites events, and no more.
	 */
	const u64 tail = smp_load_acquire(&events->ring->tail);
	u64 head = READ_ONCE(events->head);
	u64 seen;

	for (;;) {
		if (head - tail >= events->entries)
			return NULL;
		seen = cmpxchg64_local(&events->head, head, head + 1);
		if (seen == head)
			break;
		head = seen;
	}
	*sequence = head + 1;
	return &events->event[head % events->entries];
}

void lab_event_publish(struct lab_event *event, u64 sequence)
{
	/* Pairs with the reader's load: the rest of the event is written. */
	smp_store_release(&event->sequence, sequence);
}
