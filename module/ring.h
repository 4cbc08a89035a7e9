/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - the event ring: one event for every shot.
 *
 * Written on one CPU by the parts of one run, each of which may interrupt the
 * others: a place is taken by one compare-and-exchange, and an event is valid
 * once its sequence is written. The module only writes the memory that it
 * shares with user space and reads nothing of it but the reader's tail, so that
 * user space cannot harm the module by what it writes there.
 */
#ifndef LAB_RING_H
#define LAB_RING_H

#include <linux/atomic.h>

#include "internal.h"

struct lab_events {
	u64 head; /* private: ring->head is a copy for the reader */
	unsigned int entries;
	struct lab_ring
		*ring; /* vmalloc_user(): the header's page, then events */
	struct lab_event *event;
	size_t size;
};

/*
 * In any context: the place for the next event, or NULL if there is none. Publish it
 * when it is complete. Inlined, as each shot with events does it.
 */
static __always_inline struct lab_event *
lab_event_place(struct lab_events *events, u64 *sequence)
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

static __always_inline void lab_event_publish(struct lab_event *event,
					      u64 sequence)
{
	/* Pairs with the reader's load: the rest of the event is written. */
	smp_store_release(&event->sequence, sequence);
}

#endif /* LAB_RING_H */
