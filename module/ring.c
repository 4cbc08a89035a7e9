// SPDX-License-Identifier: GPL-2.0-only
/* ring.c - the event ring; see ring.h. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "ring.h"

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
