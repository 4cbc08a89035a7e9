// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev.c - /dev/labyrinth: checks what user space asks and hands it on.
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

#include "labyrinth.h"

struct lab_file {
	struct mutex lock; /* held by every ioctl of the file */
	struct lab_run *run; /* NULL before SETUP; under lock */
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

	if (lf->run)
		lab_run_destroy(lf->run);
	mutex_destroy(&lf->lock);
	kfree(lf);
	return 0;
}

static long lab_ioc_info(struct lab_file *lf, void __user *arg)
{
	struct lab_info info = {
		.abi = LAB_ABI_VERSION,
		.caps = lab_attribution_exact() ? LAB_CAP_ATTRIBUTION : 0,
		.contexts = LAB_CTX_COUNT,
		.apis = LAB_API_COUNT,
		.max_order = LAB_MAX_ORDER,
		.page_size = PAGE_SIZE,
		.clock_khz = lab_clock_khz(),
		.pages_held = lab_pages_held(),
		.oracles = LAB_ORACLE_COUNT,
	};

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long lab_ioc_context(struct lab_file *lf, void __user *arg)
{
	struct lab_context_info info = {};
	const struct lab_context *context;
	const char *why = "";

	if (get_user(info.index, (u32 __user *)arg))
		return -EFAULT;
	if (info.index >= LAB_CTX_COUNT)
		return -ENOENT;

	context = lab_contexts[info.index];
	info.usable = lab_context_usable(context, &why) == 0;
	strscpy(info.name, context->name, sizeof(info.name));
	strscpy(info.rule, context->rule, sizeof(info.rule));
	strscpy(info.reason, why, sizeof(info.reason));
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long lab_ioc_oracle(struct lab_file *lf, void __user *arg)
{
	struct lab_oracle_info info = {};

	if (get_user(info.index, (u32 __user *)arg))
		return -EFAULT;
	if (info.index >= LAB_ORACLE_COUNT)
		return -ENOENT;

	strscpy(info.name, lab_oracles[info.index].name, sizeof(info.name));
	strscpy(info.claim, lab_oracles[info.index].claim, sizeof(info.claim));
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long lab_ioc_setup(struct lab_file *lf, void __user *arg)
{
	struct lab_spec spec;
	struct lab_run *run;

	if (lf->run)
		return -EBUSY;
	if (copy_from_user(&spec, arg, sizeof(spec)))
		return -EFAULT;

	run = lab_run_create(&spec);
	if (IS_ERR(run))
		return PTR_ERR(run);
	lf->run = run;
	return 0;
}

static long lab_ioc_fire(struct lab_file *lf, void __user *arg)
{
	struct lab_fire fire;
	int err;

	if (!lf->run)
		return -ENXIO;
	if (copy_from_user(&fire, arg, sizeof(fire)))
		return -EFAULT;
	if (fire.shots > 1ULL << 32 || fire.fired)
		return -EINVAL;

	err = lab_run_fire(lf->run, fire.shots, &fire.fired);
	if (copy_to_user(arg, &fire, sizeof(fire)))
		return -EFAULT;
	return err;
}

/* The user pointer of a struct lab_buffer meant for size bytes. */
static int lab_buffer_get(void __user *arg, size_t size, void __user **to)
{
	struct lab_buffer buffer;

	if (copy_from_user(&buffer, arg, sizeof(buffer)))
		return -EFAULT;
	if (buffer.size != size || buffer.address != (uintptr_t)buffer.address)
		return -EINVAL;
	*to = u64_to_user_ptr(buffer.address);
	return 0;
}

static long lab_ioc_read(struct lab_file *lf, void __user *arg)
{
	void __user *to;
	int err;

	if (!lf->run)
		return -ENXIO;
	err = lab_buffer_get(arg, sizeof(*lf->run->stats), &to);
	if (err)
		return err;

	lab_run_sum_up(lf->run);
	if (copy_to_user(to, lf->run->stats, sizeof(*lf->run->stats)))
		return -EFAULT;
	return 0;
}

static long lab_ioc_release(struct lab_file *lf, void __user *arg)
{
	if (!lf->run)
		return -ENXIO;
	lab_run_release(lf->run);
	return 0;
}

static long lab_ioc_zones(struct lab_file *lf, void __user *arg)
{
	void __user *to;
	int err = lab_buffer_get(arg, sizeof(struct lab_zones), &to);

	return err ? err : lab_zones_copy(to);
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

const struct file_operations lab_fops = {
	.owner = THIS_MODULE,
	.open = lab_open,
	.release = lab_release,
	.unlocked_ioctl = lab_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
