// SPDX-License-Identifier: GPL-2.0-only
/*
 * panic.c - tells the emulator why the kernel panics.
 *
 * The lab reads the reason of a panic from the console. A kernel without a
 * driver for the serial port has no console. So whoever loads the module may
 * name an I/O port, of QEMU's isa-debugcon device, that the text of a panic is
 * written to.
 *
 * An I/O port works on any kernel: unlike pvpanic it needs no driver, and it
 * needs no mapping and no lock, so that it is legal in every context that a
 * kernel may panic in, NMI included. Nothing is written unless the parameter is
 * set and the device answers as isa-debugcon does: other machines have other
 * devices at that port.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "internal.h"

#ifdef CONFIG_X86
#include <linux/io.h>

#define PANIC_TEXT_MAX 1024 /* what kernel/panic.c, vpanic(), has room for */

static ushort panic_port;
module_param(panic_port, ushort, 0400);
MODULE_PARM_DESC(
	panic_port,
	"I/O port of QEMU's isa-debugcon that the reason of a panic is written to; 0: none");

/* Called by panic(), on the last CPU that runs; @data is the text of it. */
static int lab_panicked(struct notifier_block *block, unsigned long event,
			void *data)
{
	const char *text = data;
	size_t i;

	for (i = 0; i < PANIC_TEXT_MAX && text[i]; i++)
		outb(text[i], panic_port);
	outb('\n', panic_port);
	return NOTIFY_DONE;
}

/* Called before other notifiers: one of them may not return. */
static struct notifier_block lab_panic_block = {
	.notifier_call = lab_panicked,
	.priority = INT_MAX,
};

static bool registered;

void lab_panic_init(void)
{
	if (!panic_port)
		return;
	if (inb(panic_port) != LAB_PANIC_READBACK) {
		pr_warn("labyrinth: no isa-debugcon at port %#x: a panic is not told there\n",
			panic_port);
		return;
	}
	registered = !atomic_notifier_chain_register(&panic_notifier_list,
						     &lab_panic_block);
}

void lab_panic_exit(void)
{
	if (registered)
		atomic_notifier_chain_unregister(&panic_notifier_list,
						 &lab_panic_block);
}

#else /* CONFIG_X86 */

void lab_panic_init(void)
{
}

void lab_panic_exit(void)
{
}

#endif /* CONFIG_X86 */
