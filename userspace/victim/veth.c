// SPDX-License-Identifier: GPL-2.0-only
/* victim/veth.c - two virtual interfaces, each the other's wire: no device. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "interface.h"
#include "victim.h"

#define LEFT "lab-left"
#define RIGHT "lab-right"

static bool probed;

static int make(void)
{
	int err = lab_interface_make_veth(LEFT, RIGHT);

	/* It is there already when a start that failed is tried again. */
	return err == -EEXIST ? 0 : err;
}

static int veth_open(const struct lab_victim_ops *victim, char *why,
		     size_t size)
{
	int err;

	(void)victim;
	if (probed)
		return 0;
	err = make();
	if (err) {
		snprintf(why, size, "this kernel makes no veth: %s",
			 strerror(-err));
		return -ENODEV;
	}
	err = lab_wire_probe(LEFT, RIGHT, why, size);
	lab_interface_delete(LEFT);
	probed = !err;
	return err ? -ENODEV : 0;
}

static int veth_start(void)
{
	int err = make();

	lab_wire_tell_neighbours(false);
	return err ? err : lab_wire_start(LEFT, RIGHT);
}

static void veth_stop(void)
{
	lab_wire_stop();
	lab_interface_delete(LEFT);
}

static int veth_close(void)
{
	return 0;
}

static const char *const modules[] = { "veth", NULL };

const struct lab_victim_ops lab_victim_veth = {
	.name = "veth",
	.help = "two virtual interfaces, joined",
	.modules = modules,
	.memory = 24,
	.medium = LAB_WIRE,
	.open = veth_open,
	.start = veth_start,
	.work = lab_wire_work,
	.stop = veth_stop,
	.close = veth_close,
};
