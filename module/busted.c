// SPDX-License-Identifier: GPL-2.0-only
/*
 * busted.c - breaks a promise of the allocator on purpose, in test builds only.
 *
 * One fault per run, at one shot, applied between the allocator and the
 * oracles: they see what a broken allocator would show them. Each fault is
 * undone as soon as they have looked, so that the machine stays intact. Changes
 * to the content of a block need no undoing: the block is freed.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "internal.h"

struct lab_fault {
	const char *name;
	void (*got)(struct lab_shooter *shooter, struct lab_shot *shot);
	void (*undo)(struct lab_shooter *shooter, struct lab_shot *shot);
	bool leaks; /* from that shot on no block is freed */
};

/* A second owner of the block writes its stamp while the first still has it. */
static void lab_fault_twice(struct lab_shooter *shooter, struct lab_shot *shot)
{
	if (shooter->fault_block)
		*(u64 *)shooter->fault_block = shooter->salt + shot->number;
}

static void lab_fault_written(struct lab_shooter *shooter,
			      struct lab_shot *shot)
{
	if (shooter->fault_block)
		((u64 *)shooter
			 ->fault_block)[shooter->bytes / sizeof(u64) - 1] ^= 1;
}

static void lab_fault_dirty(struct lab_shooter *shooter, struct lab_shot *shot)
{
	if (shot->block)
		((u8 *)shot->block)[shooter->bytes / 2 + 1] = 0x5a;
}

/*
 * The page stays on its node; the shot is made to look as if it had asked for
 * another one.
 */
static void lab_fault_node(struct lab_shooter *shooter, struct lab_shot *shot)
{
	shooter->spec.node ^= 1;
}

static void lab_fault_reference(struct lab_shooter *shooter,
				struct lab_shot *shot)
{
	if (shot->block)
		get_page(virt_to_page(shot->block));
}

static void lab_undo_reference(struct lab_shooter *shooter,
			       struct lab_shot *shot)
{
	if (shot->block)
		put_page(virt_to_page(shot->block));
}

static void lab_fault_pfmemalloc(struct lab_shooter *shooter,
				 struct lab_shot *shot)
{
	if (shot->block)
		set_page_pfmemalloc(virt_to_page(shot->block));
}

static void lab_undo_pfmemalloc(struct lab_shooter *shooter,
				struct lab_shot *shot)
{
	if (shot->block)
		clear_page_pfmemalloc(virt_to_page(shot->block));
}

/*
 * Changes the preemption count of before, so that it differs from that of
 * after.
 */
static void lab_fault_preempt(struct lab_shooter *shooter,
			      struct lab_shot *shot)
{
	shot->preempt_count++;
}

static void lab_undo_preempt(struct lab_shooter *shooter, struct lab_shot *shot)
{
	shot->preempt_count--;
}

/*
 * Sleeps where that is allowed, for longer than any kernel takes to give up the
 * CPU: a timer that has expired by then is no sleep. Elsewhere it lowers the
 * count of context switches before the shot, as if there had been one.
 */
static void lab_fault_sleep(struct lab_shooter *shooter, struct lab_shot *shot)
{
	ktime_t moment = 10 * NSEC_PER_MSEC;

	if (shooter->spec.context != LAB_CTX_TASK) {
		shot->switches--;
		return;
	}
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_hrtimeout(&moment, HRTIMER_MODE_REL);
}

static void lab_undo_sleep(struct lab_shooter *shooter, struct lab_shot *shot)
{
	shot->switches = READ_ONCE(current->nvcsw);
}

/* Makes a shot that succeeded look as if its zone had no free page. */
static void lab_fault_deep(struct lab_shooter *shooter, struct lab_shot *shot)
{
	shot->met.usable = 0;
	shot->met.min = zone_page_state(shooter->zone, NR_FREE_PAGES) * 4;
	shot->met.mark = shot->met.min;
}

/*
 * The zone had two fifths of min and gave a page: less than the half that must
 * stay for a request without a right to reserves, more than the 3/8 for other
 * requests that cannot wait.
 */
static void lab_fault_half(struct lab_shooter *shooter, struct lab_shot *shot)
{
	shot->met.min = zone_page_state(shooter->zone, NR_FREE_PAGES) * 5 / 2;
	shot->met.mark = shot->met.min;
	shot->met.usable = shot->met.min * 2 / 5;
}

static void lab_fault_highatomic(struct lab_shooter *shooter,
				 struct lab_shot *shot)
{
	shooter->zone->nr_reserved_highatomic +=
		zone_managed_pages(shooter->zone);
}

static void lab_undo_highatomic(struct lab_shooter *shooter,
				struct lab_shot *shot)
{
	shooter->zone->nr_reserved_highatomic -=
		zone_managed_pages(shooter->zone);
}

/* Makes a shot look exhausted far below min, while kswapd sleeps. */
static void lab_fault_kswapd(struct lab_shooter *shooter, struct lab_shot *shot)
{
	if (shot->block)
		shooter->api->free(shooter, shot->block);
	shot->block = NULL;
	lab_fault_deep(shooter, shot);
	shooter->frame.said.last = LAB_HEARD_MISS;
}

/*
 * The shot misses although there are plenty of pages, as if the zone's lock
 * were held.
 */
static void lab_fault_lock(struct lab_shooter *shooter, struct lab_shot *shot)
{
	if (shot->block)
		shooter->api->free(shooter, shot->block);
	shot->block = NULL;
	shooter->frame.said.last = LAB_HEARD_MISS;
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
	{ "half", lab_fault_half },
	{ "highatomic", lab_fault_highatomic, lab_undo_highatomic },
	{ "kswapd", lab_fault_kswapd },
	{ "lock", lab_fault_lock },
	{ "leak", .leaks = true },
};

int lab_bust(struct lab_shooter *shooter, const struct lab_bust *bust)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lab_faults); i++) {
		if (strncmp(bust->name, lab_faults[i].name, sizeof(bust->name)))
			continue;
		shooter->fault = &lab_faults[i];
		shooter->fault_shot = bust->shot;
		return 0;
	}
	return -ENOENT;
}

/* Before the oracles look. */
void lab_busted_got(struct lab_shooter *shooter, struct lab_shot *shot)
{
	if (shooter->fault && shooter->fault->got &&
	    shot->number == shooter->fault_shot)
		shooter->fault->got(shooter, shot);
	shooter->fault_block = shooter->hold ? shot->block : NULL;
}

/* After the oracles have looked. */
void lab_busted_judged(struct lab_shooter *shooter, struct lab_shot *shot)
{
	if (shooter->fault && shooter->fault->undo &&
	    shot->number == shooter->fault_shot)
		shooter->fault->undo(shooter, shot);
}

/* Whether the block is to be forgotten instead of freed. */
bool lab_busted_gone(struct lab_shooter *shooter, const void *block, u64 shot)
{
	/* The block has no owner any more. */
	if (shooter->fault_block == block)
		shooter->fault_block = NULL;
	return shooter->fault && shooter->fault->leaks &&
	       shot >= shooter->fault_shot;
}

/*
 * Whether a task that is sent to a stub of the injector stays there for a tenth
 * of a second, as if it had been preempted in it. A module that is unloaded
 * without waiting for such tasks would then crash. Only for callers that may be
 * preempted and are not shots: no others can be in a stub when the module is
 * unloaded.
 */
static bool lab_busted_lingers;
module_param_named(linger, lab_busted_lingers, bool, 0644);
MODULE_PARM_DESC(linger, "requests that the injector fails return late");

void lab_busted_stub(void)
{
	ktime_t until;

	if (!READ_ONCE(lab_busted_lingers) || !preemptible())
		return;
	until = ktime_add_ms(ktime_get(), 100);
	while (ktime_before(ktime_get(), until))
		cpu_relax();
}

/*
 * Whether the NMI that fired the volley is to count as a foreign one: the
 * module's own then arrives after it.
 */
static bool lab_busted_nmis;
module_param_named(foreign_nmi, lab_busted_nmis, bool, 0644);
MODULE_PARM_DESC(foreign_nmi, "every NMI of a volley is followed by another");

bool lab_busted_foreign_nmi(void)
{
	return READ_ONCE(lab_busted_nmis);
}
