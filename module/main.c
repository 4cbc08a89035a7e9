// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - init and exit of labyrinth.ko.
 *
 * Nothing runs until somebody opens the device: no thread, no timer, no probe.
 * The module cannot be unloaded while a file is open, so there is nothing to
 * stop at exit. But tasks may still be inside a stub of the injector
 * (lab_inject_exit()).
 */
#include <linux/build_bug.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "internal.h"

static struct miscdevice lab_miscdevice = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = LAB_DEVICE,
	.fops = &lab_fops,
	.mode = 0600,
};

static int __init lab_init(void)
{
	int err;

	BUILD_BUG_ON(LAB_MAX_ORDER >= LAB_MAX_ORDERS);
	BUILD_BUG_ON(MAX_NR_ZONES > LAB_MAX_ZONES);

	err = lab_attribution_init();
	if (err)
		return err;

	err = misc_register(&lab_miscdevice);
	if (!err)
		lab_panic_init();
	return err;
}

static void __exit lab_exit(void)
{
	lab_panic_exit();
	misc_deregister(&lab_miscdevice);
	lab_inject_exit();
}

module_init(lab_init);
module_exit(lab_exit);

MODULE_DESCRIPTION(
	"Atomic page allocations from every context, measured and checked");
MODULE_AUTHOR("The Labyrinth authors");
MODULE_LICENSE("GPL");
MODULE_INFO(test, "Y");
