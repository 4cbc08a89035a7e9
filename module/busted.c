// SPDX-License-Identifier: GPL-2.0-only
/*
 * busted.c - an allocator that breaks its promises, in test builds alone.
 *
 * One fault per run, at one shot, between the allocator and the oracles: what
 * they see is what a broken allocator would have made them see. Each is undone
 * as soon as they have looked, so that the machine stays whole; what a fault
 * does to the content of a block is undone by freeing it.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "labyrinth.h"

struct lab_fault {
	const char *name;
	void (*got)(struct lab_run *run, struct lab_shot *shot);
	void (*undo)(struct lab_run *run, struct lab_shot *shot);
	bool leaks; /* from that shot on no block is given back */
};

/* The second owner of a block stamps it as its own; the first still has it. */
static void lab_fault_twice(struct lab_run *run, struct lab_shot *shot)
{
	if (run->fault_block)
		*(u64 *)run->fault_block = run->salt + shot->number;
}

static void lab_fault_written(struct lab_run *run, struct lab_shot *shot)
{
	if (run->fault_block)
		((u64 *)run->fault_block)[run->bytes / sizeof(u64) - 1] ^= 1;
}

static void lab_fault_dirty(struct lab_run *run, struct lab_shot *shot)
{
	if (shot->block)
		((u8 *)shot->block)[run->bytes / 2 + 1] = 0x5a;
}

/* The page is where it is: it is another node that was asked for. */
static void lab_fault_node(struct lab_run *run, struct lab_shot *shot)
{
	run->spec.node ^= 1;
}

static void lab_fault_reference(struct lab_run *run, struct lab_shot *shot)
{
	if (shot->block)
		get_page(virt_to_page(shot->block));
}

static void lab_undo_reference(struct lab_run *run, struct lab_shot *shot)
{
	if (shot->block)
		put_page(virt_to_page(shot->block));
}

static void lab_fault_pfmemalloc(struct lab_run *run, struct lab_shot *shot)
{
	if (shot->block)
		set_page_pfmemalloc(virt_to_page(shot->block));
}

static void lab_undo_pfmemalloc(struct lab_run *run, struct lab_shot *shot)
{
	if (shot->block)
		clear_page_pfmemalloc(virt_to_page(shot->block));
}

/* What was before is not what is after. */
static void lab_fault_preempt(struct lab_run *run, struct lab_shot *shot)
{
	shot->preempt_count++;
}

static void lab_undo_preempt(struct lab_run *run, struct lab_shot *shot)
{
	shot->preempt_count--;
}

/* Really, where that is allowed; elsewhere it is said to have happened. */
static void lab_fault_sleep(struct lab_run *run, struct lab_shot *shot)
{
	ktime_t moment = 10 * NSEC_PER_USEC;

	if (run->spec.context != LAB_CTX_TASK) {
		shot->switches--;
		return;
	}
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_hrtimeout(&moment, HRTIMER_MODE_REL);
}

static void lab_undo_sleep(struct lab_run *run, struct lab_shot *shot)
{
	shot->switches = READ_ONCE(current->nvcsw);
}

/* The zone had nothing to give, and gave. */
static void lab_fault_deep(struct lab_run *run, struct lab_shot *shot)
{
	shot->free = 0;
	shot->min = zone_page_state(run->zone, NR_FREE_PAGES) * 4;
}

static void lab_fault_highatomic(struct lab_run *run, struct lab_shot *shot)
{
	run->zone->nr_reserved_highatomic += zone_managed_pages(run->zone);
}

static void lab_undo_highatomic(struct lab_run *run, struct lab_shot *shot)
{
	run->zone->nr_reserved_highatomic -= zone_managed_pages(run->zone);
}

/* It missed, far below min, and kswapd sleeps as it does in plenty. */
static void lab_fault_kswapd(struct lab_run *run, struct lab_shot *shot)
{
	if (shot->block)
		run->api->free(run, shot->block);
	shot->block = NULL;
	shot->free = 0;
	shot->min = ULONG_MAX;
	run->frame.heard = LAB_HEARD_MISS;
}

static const struct lab_fault lab_faults[] = {
	{ "twice", lab_fault_twice },
	{ "written", lab_fault_written },
	{ "dirty", lab_fault_dirty },
	{ "node", lab_fault_node, lab_fault_node },
	{ "reference", lab_fault_reference, lab_undo_reference },
	{ "pfmemalloc", lab_fault_pfmemalloc, lab_undo_pfmemalloc },
	{ "preempt", lab_fault_preempt, lab_undo_preempt },
	{ "sleep", lab_fault_sleep, lab_undo_sleep },
	{ "deep", lab_fault_deep },
	{ "highatomic", lab_fault_highatomic, lab_undo_highatomic },
	{ "kswapd", lab_fault_kswapd },
	{ "leak", .leaks = true },
};

int lab_bust(struct lab_run *run, const struct lab_bust *bust)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lab_faults); i++) {
		if (strncmp(bust->name, lab_faults[i].name, sizeof(bust->name)))
			continue;
		run->fault = &lab_faults[i];
		run->fault_shot = bust->shot;
		return 0;
	}
	return -ENOENT;
}

/* Before the oracles look. */
void lab_busted_got(struct lab_run *run, struct lab_shot *shot)
{
	if (run->fault && run->fault->got && shot->number == run->fault_shot)
		run->fault->got(run, shot);
	run->fault_block = run->hold ? shot->block : NULL;
}

/* After they have. */
void lab_busted_judged(struct lab_run *run, struct lab_shot *shot)
{
	if (run->fault && run->fault->undo && shot->number == run->fault_shot)
		run->fault->undo(run, shot);
}

/* Whether it is to be forgotten instead of freed. */
bool lab_busted_gone(struct lab_run *run, const void *block, u64 shot)
{
	/* Nobody has it any more who could be robbed of it. */
	if (run->fault_block == block)
		run->fault_block = NULL;
	return run->fault && run->fault->leaks && shot >= run->fault_shot;
}
