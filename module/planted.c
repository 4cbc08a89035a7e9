// SPDX-License-Identifier: GPL-2.0-only
/*
 * planted.c - a driver with one defect of each kind in its handling of a failed
 * atomic request. A module of its own, in test builds only: labyrinth explore
 * has to find every defect, and none when the parameter "broken" is not set.
 *
 * /dev/planted carries parcels: a program writes one, and reads what arrived. A
 * parcel's first byte selects a station. Each station asks for memory in
 * another context, and has one defect, which takes effect if planted_broken is
 * set and a request fails. Nothing that the defects do is undone.
 */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#define PLANTED_BYTES 256
/* A size that few others ask for. */
#define PLANTED_LARGE 1500
#define PLANTED_RING 8

static bool planted_broken;
module_param_named(broken, planted_broken, bool, 0400);
MODULE_PARM_DESC(broken, "have the defects");

/* One writes and reads at a time. */
static DEFINE_MUTEX(planted_mutex);
static DEFINE_SPINLOCK(planted_lock);

static u8 planted_in[PLANTED_BYTES];
static u8 planted_out[PLANTED_BYTES];
static bool planted_arrived;

static void *planted_ring[PLANTED_RING];
static unsigned int planted_next; /* place in the ring that the card fills next */
static u8 planted_spare[PLANTED_BYTES];

static void planted_deliver(const void *parcel)
{
	memcpy(planted_out, parcel, PLANTED_BYTES);
	planted_arrived = true;
}

/* ---- stations: 0 or a negative errno, and what is delivered ------------------ */

/* If the second request fails, the first block is not freed. */
static noinline int planted_leak(void)
{
	void *head = kmalloc(PLANTED_LARGE, GFP_ATOMIC), *body;

	if (!head)
		return -ENOMEM;
	body = kmalloc(PLANTED_LARGE, GFP_ATOMIC);
	if (!body) {
		if (!planted_broken)
			kfree(head);
		return -ENOMEM;
	}
	memcpy(body, planted_in, PLANTED_BYTES);
	planted_deliver(body);
	kfree(body);
	kfree(head);
	return 0;
}

/*
 * If the second request fails, the first block is freed twice: here and at the
 * exit.
 */
static noinline int planted_double_free(void)
{
	u8 *head = kmalloc(PLANTED_LARGE, GFP_ATOMIC), *body;
	int err = -ENOMEM;

	if (!head)
		return err;
	body = kmalloc(PLANTED_LARGE, GFP_ATOMIC);
	if (!body) {
		if (planted_broken)
			kfree(head);
		goto out;
	}
	memcpy(body, planted_in, PLANTED_BYTES);
	memset(head, 0, PLANTED_BYTES);
	planted_deliver(body);
	kfree(body);
	err = 0;
out:
	kfree(head);
	return err;
}

static noinline int planted_null_used(void)
{
	u8 *parcel = kmalloc(PLANTED_BYTES, GFP_ATOMIC);

	if (!parcel && !planted_broken)
		return -ENOMEM;
	memcpy(parcel, planted_in, PLANTED_BYTES);
	planted_deliver(parcel);
	kfree(parcel);
	return 0;
}

static noinline int planted_lock_kept(void)
{
	void *parcel;

	spin_lock_bh(&planted_lock);
	parcel = kmalloc(PLANTED_BYTES, GFP_ATOMIC);
	if (!parcel) {
		if (!planted_broken)
			spin_unlock_bh(&planted_lock);
		return -ENOMEM;
	}
	memcpy(parcel, planted_in, PLANTED_BYTES);
	planted_deliver(parcel);
	kfree(parcel);
	spin_unlock_bh(&planted_lock);
	return 0;
}

/* Waits for free memory while it holds a lock. */
static noinline int planted_sleep(void)
{
	void *parcel;

	spin_lock(&planted_lock);
	parcel = kmalloc(PLANTED_BYTES, GFP_ATOMIC);
	if (!parcel) {
		if (planted_broken)
			synchronize_rcu();
		spin_unlock(&planted_lock);
		return -ENOMEM;
	}
	memcpy(parcel, planted_in, PLANTED_BYTES);
	planted_deliver(parcel);
	kfree(parcel);
	spin_unlock(&planted_lock);
	return 0;
}

static noinline void *planted_ring_refill(void)
{
	return kmalloc(PLANTED_LARGE, GFP_ATOMIC);
}

/*
 * A receive ring, as cards have them: what arrives goes into the next buffer,
 * and is lost when there is none. Only a buffer that was used is replaced: once
 * replacing has failed, the card stays at an empty place for ever.
 */
static noinline int planted_ring_receive(void)
{
	unsigned int i;
	void *parcel;

	for (i = 0; i < PLANTED_RING && !planted_broken; i++)
		if (!planted_ring[i])
			planted_ring[i] = planted_ring_refill();
	parcel = planted_ring[planted_next];
	if (!parcel)
		return 0;
	memcpy(parcel, planted_in, PLANTED_BYTES);
	planted_deliver(parcel);
	kfree(parcel);
	planted_ring[planted_next] = planted_ring_refill();
	planted_next = (planted_next + 1) % PLANTED_RING;
	return 0;
}

/* Delivers the content of the parcel before instead. */
static noinline int planted_corrupt(void)
{
	void *copy = kmalloc(PLANTED_BYTES, GFP_ATOMIC);

	if (!copy) {
		if (!planted_broken)
			return -ENOMEM;
		planted_deliver(planted_spare);
		return 0;
	}
	memcpy(copy, planted_in, PLANTED_BYTES);
	planted_deliver(copy);
	memcpy(planted_spare, copy, PLANTED_BYTES);
	kfree(copy);
	return 0;
}

/*
 * Keeps a reference to the module itself, which can then not be unloaded any
 * more.
 */
static noinline int planted_refcount(void)
{
	void *parcel;

	__module_get(THIS_MODULE);
	parcel = kmalloc(PLANTED_BYTES, GFP_ATOMIC);
	if (!parcel) {
		if (!planted_broken)
			module_put(THIS_MODULE);
		return -ENOMEM;
	}
	memcpy(parcel, planted_in, PLANTED_BYTES);
	planted_deliver(parcel);
	kfree(parcel);
	module_put(THIS_MODULE);
	return 0;
}

/* ---- where a station does it --------------------------------------------------- */

struct planted_errand {
	int (*station)(void);
	struct tasklet_struct tasklet;
	struct irq_work work;
	struct completion done;
	int err;
};

static void planted_run(struct planted_errand *errand)
{
	errand->err = errand->station();
	complete(&errand->done);
}

static void planted_tasklet(struct tasklet_struct *tasklet)
{
	planted_run(container_of(tasklet, struct planted_errand, tasklet));
}

static void planted_irq_work(struct irq_work *work)
{
	planted_run(container_of(work, struct planted_errand, work));
}

static void planted_in_task(struct planted_errand *errand)
{
	planted_run(errand);
}

static void planted_in_softirq(struct planted_errand *errand)
{
	tasklet_setup(&errand->tasklet, planted_tasklet);
	local_bh_disable();
	tasklet_schedule(&errand->tasklet);
	local_bh_enable();
	wait_for_completion(&errand->done);
	tasklet_kill(&errand->tasklet);
}

static void planted_in_hardirq(struct planted_errand *errand)
{
	init_irq_work(&errand->work, planted_irq_work);
	irq_work_queue(&errand->work);
	wait_for_completion(&errand->done);
	irq_work_sync(&errand->work);
}

/* Indexed by the first byte of a parcel. */
static const struct {
	int (*station)(void);
	void (*where)(struct planted_errand *errand);
} planted_stations[] = {
	{ planted_leak, planted_in_softirq },
	{ planted_double_free, planted_in_softirq },
	{ planted_null_used, planted_in_hardirq },
	{ planted_lock_kept, planted_in_task },
	{ planted_sleep, planted_in_task },
	{ planted_ring_receive, planted_in_softirq },
	{ planted_corrupt, planted_in_softirq },
	{ planted_refcount, planted_in_hardirq },
};

/* ---- the device ---------------------------------------------------------------- */

static ssize_t planted_write(struct file *file, const char __user *from,
			     size_t size, loff_t *at)
{
	struct planted_errand errand = {};
	ssize_t result = size;

	if (size != PLANTED_BYTES)
		return -EINVAL;
	mutex_lock(&planted_mutex);
	planted_arrived = false;
	if (copy_from_user(planted_in, from, size)) {
		result = -EFAULT;
	} else if (planted_in[0] >= ARRAY_SIZE(planted_stations)) {
		result = -EINVAL;
	} else {
		init_completion(&errand.done);
		errand.station = planted_stations[planted_in[0]].station;
		planted_stations[planted_in[0]].where(&errand);
		if (errand.err)
			result = errand.err;
	}
	mutex_unlock(&planted_mutex);
	return result;
}

/* Returns 0 if the parcel was lost. */
static ssize_t planted_read(struct file *file, char __user *to, size_t size,
			    loff_t *at)
{
	ssize_t result = 0;

	if (size != PLANTED_BYTES)
		return -EINVAL;
	mutex_lock(&planted_mutex);
	if (planted_arrived)
		result = copy_to_user(to, planted_out, size) ? -EFAULT : size;
	planted_arrived = false;
	mutex_unlock(&planted_mutex);
	return result;
}

static const struct file_operations planted_fops = {
	.owner = THIS_MODULE,
	.read = planted_read,
	.write = planted_write,
};

static struct miscdevice planted_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "planted",
	.fops = &planted_fops,
	.mode = 0600,
};

static void planted_ring_free(void)
{
	unsigned int i;

	for (i = 0; i < PLANTED_RING; i++)
		kfree(planted_ring[i]);
}

static int __init planted_init(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < PLANTED_RING && !err; i++) {
		planted_ring[i] = kmalloc(PLANTED_LARGE, GFP_KERNEL);
		if (!planted_ring[i])
			err = -ENOMEM;
	}
	if (!err)
		err = misc_register(&planted_device);
	if (err)
		planted_ring_free();
	return err;
}

static void __exit planted_exit(void)
{
	misc_deregister(&planted_device);
	planted_ring_free();
}

module_init(planted_init);
module_exit(planted_exit);

MODULE_DESCRIPTION(
	"A driver with planted defects, for tests of labyrinth explore");
MODULE_AUTHOR("The Labyrinth authors");
MODULE_LICENSE("GPL");
MODULE_INFO(test, "Y");
