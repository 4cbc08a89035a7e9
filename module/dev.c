// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev.c - /dev/labyrinth: checks requests of user space and passes them on.
 *
 * The contract is uapi/labyrinth.h. file->private_data is a struct lab_file;
 * its mutex makes the ioctls of one file exclude each other, and release()
 * cannot run beside an ioctl because that holds a reference to the file.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "internal.h"

#ifdef LAB_BUSTED
#define LAB_BUSTED_CAPS LAB_CAP_BUSTED
#else
#define LAB_BUSTED_CAPS 0
#endif

struct lab_file {
	struct mutex lock; /* held by every ioctl of the file */
	/*
	 * NULL before SETUP, then constant until the file is released.
	 * Protected by lock, except in mmap(), which may not take it: an ioctl
	 * copies to user space under lock, and the page fault of such a copy
	 * takes mmap_lock, under which mmap() is called.
	 */
	struct lab_shooter *shooter;
	bool injects; /* the injector is armed for this file */
	bool watches; /* requests are watched for this file */
};

static int lab_open(struct inode *inode, struct file *file)
{
	struct lab_file *lf;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	lf = kzalloc(sizeof(*lf), GFP_KERNEL);
	if (!lf)
		return -ENOMEM;
	mutex_init(&lf->lock);
	file->private_data = lf;
	return nonseekable_open(inode, file);
}

static int lab_release(struct inode *inode, struct file *file)
{
	struct lab_file *lf = file->private_data;

	if (lf->injects)
		lab_inject_disarm();
	if (lf->watches)
		lab_sites_close();
	if (lf->shooter)
		lab_shooter_destroy(lf->shooter);
	mutex_destroy(&lf->lock);
	kfree(lf);
	return 0;
}

static long lab_ioc_info(struct lab_file *lf, void __user *arg)
{
	struct lab_info info = {
		.abi = LAB_ABI_VERSION,
		.caps = (lab_attribution_exact() ? LAB_CAP_ATTRIBUTION : 0) |
			LAB_BUSTED_CAPS,
		.contexts = LAB_CTX_COUNT,
		.apis = LAB_API_COUNT,
		.max_order = LAB_MAX_ORDER,
		.page_size = PAGE_SIZE,
		.clock_khz = lab_clock_khz(),
		.pages_held = lab_pages_held(),
		.oracles = LAB_ORACLE_COUNT,
		.floor = lab_floor(),
	};

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

/* The index of a row that user space asks for, or an error. */
static long lab_row_index(void __user *arg, u32 count, struct lab_row *row)
{
	if (get_user(row->index, (u32 __user *)arg))
		return -EFAULT;
	return row->index < count ? 0 : -ENOENT;
}

static long lab_row_put(void __user *arg, struct lab_row *row, const char *name,
			const char *text, const char *reason)
{
	row->usable = !*reason;
	strscpy(row->name, name, sizeof(row->name));
	strscpy(row->text, text, sizeof(row->text));
	strscpy(row->reason, reason, sizeof(row->reason));
	return copy_to_user(arg, row, sizeof(*row)) ? -EFAULT : 0;
}

/*
 * A name or text that would not fit is refused when compiled: it would be cut
 * off silently.
 */
#define LAB_FITS(id, name, words) \
	static_assert(sizeof(words) <= sizeof_field(struct lab_row, text));
LAB_CONTEXTS(LAB_FITS)
LAB_APIS(LAB_FITS)
LAB_ORACLES(LAB_FITS)
#undef LAB_FITS

#define LAB_TEXT(id, name, words) words,
static const char *const lab_context_rules[] = { LAB_CONTEXTS(LAB_TEXT) };
static const char *const lab_api_calls[] = { LAB_APIS(LAB_TEXT) };
#undef LAB_TEXT

static long lab_ioc_context(struct lab_file *lf, void __user *arg)
{
	const struct lab_context *context;
	struct lab_row row = {};
	const char *why;
	long err;

	err = lab_row_index(arg, LAB_CTX_COUNT, &row);
	if (err)
		return err;
	context = lab_contexts[row.index];
	lab_context_usable(context, &why);
	return lab_row_put(arg, &row, context->name,
			   lab_context_rules[row.index], why);
}

static long lab_ioc_api(struct lab_file *lf, void __user *arg)
{
	const struct lab_api *api;
	struct lab_row row = {};
	const char *why;
	long err;

	err = lab_row_index(arg, LAB_API_COUNT, &row);
	if (err)
		return err;
	api = lab_apis[row.index];
	lab_api_usable(api, &why);
	return lab_row_put(arg, &row, api->name, lab_api_calls[row.index], why);
}

static long lab_ioc_oracle(struct lab_file *lf, void __user *arg)
{
	struct lab_row row = {};
	long err;

	err = lab_row_index(arg, LAB_ORACLE_COUNT, &row);
	if (err)
		return err;
	return lab_row_put(arg, &row, lab_oracles[row.index].name,
			   lab_oracles[row.index].claim, "");
}

static long lab_ioc_setup(struct lab_file *lf, void __user *arg)
{
	struct lab_setup setup;
	struct lab_shooter *shooter;
	const char *why;

	if (lf->shooter)
		return -EBUSY;
	if (copy_from_user(&setup, arg, sizeof(setup)))
		return -EFAULT;

	shooter = lab_shooter_create(&setup.spec, &why);
	if (IS_ERR(shooter)) {
		memset(setup.reason, 0, sizeof(setup.reason));
		strscpy(setup.reason, why, sizeof(setup.reason));
		if (copy_to_user(arg, &setup, sizeof(setup)))
			return -EFAULT;
		return PTR_ERR(shooter);
	}
	/* Pairs with the load in mmap(): the shooter is complete. */
	smp_store_release(&lf->shooter, shooter);
	return 0;
}

static long lab_ioc_fire(struct lab_file *lf, void __user *arg)
{
	struct lab_fire fire;
	int err;

	if (!lf->shooter)
		return -ENXIO;
	if (copy_from_user(&fire, arg, sizeof(fire)))
		return -EFAULT;
	if (fire.shots > 1ULL << 32 || fire.fired)
		return -EINVAL;

	err = lab_shooter_fire(lf->shooter, fire.shots, &fire.fired);
	if (copy_to_user(arg, &fire, sizeof(fire)))
		return -EFAULT;
	return err;
}

/* The user pointer of a struct lab_buffer meant for size bytes. */
static int lab_buffer_get(void __user *arg, size_t size, u32 *part,
			  void __user **to)
{
	struct lab_buffer buffer;

	if (copy_from_user(&buffer, arg, sizeof(buffer)))
		return -EFAULT;
	if (buffer.size != size || buffer.address != (uintptr_t)buffer.address)
		return -EINVAL;
	if (buffer.pad)
		return -EINVAL;
	*part = buffer.part;
	*to = u64_to_user_ptr(buffer.address);
	return 0;
}

static long lab_ioc_read(struct lab_file *lf, void __user *arg)
{
	struct lab_shooter *shooter = lf->shooter;
	void __user *to;
	u32 part;
	int err;

	if (!shooter)
		return -ENXIO;
	err = lab_buffer_get(arg, sizeof(*shooter->stats), &part, &to);
	if (err)
		return err;
	if (part >= shooter->parts)
		return -ENOENT;

	shooter = shooter->part[part];
	lab_shooter_sum_up(shooter);
	return copy_to_user(to, shooter->stats, sizeof(*shooter->stats)) ?
		       -EFAULT :
		       0;
}

static long lab_ioc_release(struct lab_file *lf, void __user *arg)
{
	if (!lf->shooter)
		return -ENXIO;
	lab_shooter_release(lf->shooter);
	return 0;
}

static long lab_ioc_zones(struct lab_file *lf, void __user *arg)
{
	void __user *to;
	u32 part;
	int err = lab_buffer_get(arg, sizeof(struct lab_zones), &part, &to);

	if (err)
		return err;
	return part ? -EINVAL : lab_zones_copy(to);
}

static long lab_ioc_inject(struct lab_file *lf, void __user *arg)
{
	const char *target = "", *why = "";
	struct lab_inject inject;
	int err;

	if (lf->injects)
		return -EBUSY;
	if (copy_from_user(&inject, arg, sizeof(inject)))
		return -EFAULT;
	err = lab_inject_arm(&inject, &target, &why);
	lf->injects = !err;
	memset(inject.target, 0, sizeof(inject.target));
	memset(inject.reason, 0, sizeof(inject.reason));
	strscpy(inject.target, target, sizeof(inject.target));
	strscpy(inject.reason, why, sizeof(inject.reason));
	if (copy_to_user(arg, &inject, sizeof(inject)))
		return -EFAULT;
	return err;
}

static long lab_ioc_injected(struct lab_file *lf, void __user *arg)
{
	if (!lf->injects)
		return -ENXIO;
	return put_user(lab_inject_hits(), (u64 __user *)arg);
}

static long lab_ioc_watch(struct lab_file *lf, void __user *arg)
{
	struct lab_site_watch watch;
	const char *why = "";
	int err;

	if (copy_from_user(&watch, arg, sizeof(watch)))
		return -EFAULT;
	err = lab_sites_watch(&watch, lf->watches, &why);
	lf->watches |= !err;
	memset(watch.reason, 0, sizeof(watch.reason));
	strscpy(watch.reason, why, sizeof(watch.reason));
	if (copy_to_user(arg, &watch, sizeof(watch)))
		return -EFAULT;
	return err;
}

static long lab_ioc_watched(struct lab_file *lf, void __user *arg)
{
	struct lab_watched seen;

	if (!lf->watches)
		return -ENXIO;
	memset(&seen, 0, sizeof(seen));
	lab_sites_seen(&seen);
	return copy_to_user(arg, &seen, sizeof(seen)) ? -EFAULT : 0;
}

static long lab_ioc_site(struct lab_file *lf, void __user *arg)
{
	u32 index;

	if (!lf->watches)
		return -ENXIO;
	if (get_user(index, (u32 __user *)arg))
		return -EFAULT;
	return lab_sites_row(arg, index);
}

static long lab_ioc_requests(struct lab_file *lf, void __user *arg)
{
	struct lab_buffer buffer;

	if (!lf->watches)
		return -ENXIO;
	if (copy_from_user(&buffer, arg, sizeof(buffer)))
		return -EFAULT;
	if (buffer.part || buffer.pad ||
	    buffer.address != (uintptr_t)buffer.address)
		return -EINVAL;
	return lab_sites_log(u64_to_user_ptr(buffer.address), buffer.size);
}

static long lab_ioc_bust(struct lab_file *lf, void __user *arg)
{
#ifdef LAB_BUSTED
	struct lab_bust bust;

	if (!lf->shooter)
		return -ENXIO;
	if (copy_from_user(&bust, arg, sizeof(bust)))
		return -EFAULT;
	return lab_bust(lf->shooter, &bust);
#else
	return -ENOTTY;
#endif
}

static const struct lab_ioctl {
	unsigned int cmd;
	long (*handle)(struct lab_file *lf, void __user *arg);
} lab_ioctls[] = {
	{ LAB_IOC_INFO, lab_ioc_info },
	{ LAB_IOC_CONTEXT, lab_ioc_context },
	{ LAB_IOC_ORACLE, lab_ioc_oracle },
	{ LAB_IOC_SETUP, lab_ioc_setup },
	{ LAB_IOC_FIRE, lab_ioc_fire },
	{ LAB_IOC_READ, lab_ioc_read },
	{ LAB_IOC_RELEASE, lab_ioc_release },
	{ LAB_IOC_ZONES, lab_ioc_zones },
	{ LAB_IOC_API, lab_ioc_api },
	{ LAB_IOC_BUST, lab_ioc_bust },
	{ LAB_IOC_INJECT, lab_ioc_inject },
	{ LAB_IOC_INJECTED, lab_ioc_injected },
	{ LAB_IOC_WATCH, lab_ioc_watch },
	{ LAB_IOC_WATCHED, lab_ioc_watched },
	{ LAB_IOC_SITE, lab_ioc_site },
	{ LAB_IOC_REQUESTS, lab_ioc_requests },
};

static long lab_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct lab_file *lf = file->private_data;
	unsigned int i;
	long ret;

	for (i = 0; i < ARRAY_SIZE(lab_ioctls); i++)
		if (lab_ioctls[i].cmd == cmd)
			break;
	if (i == ARRAY_SIZE(lab_ioctls))
		return -ENOTTY;

	if (mutex_lock_interruptible(&lf->lock))
		return -EINTR;
	ret = lab_ioctls[i].handle(lf, (void __user *)arg);
	mutex_unlock(&lf->lock);
	return ret;
}

static int lab_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct lab_file *lf = file->private_data;
	/* Pairs with SETUP's store. */
	const struct lab_shooter *shooter = smp_load_acquire(&lf->shooter);

	if (!shooter || !shooter->events)
		return -ENXIO;
	return lab_events_map(shooter->events, vma);
}

const struct file_operations lab_fops = {
	.owner = THIS_MODULE,
	.open = lab_open,
	.release = lab_release,
	.unlocked_ioctl = lab_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = lab_mmap,
};
