// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/layers.c - what may lie on a wire or a disk: all layers, in the order in
 * which they are put on; and those that are links.
 */
#include <net/if.h>
#include <string.h>

#include "disk.h"
#include "interface.h"
#include "wire.h"

#define JUMBO_MTU 9000
#define VLAN_ID 42

/* ---- jumbo ---------------------------------------------------------------- */

static int make_jumbo(struct lab_wire_end *end)
{
	int err = lab_interface_mtu(end->top, JUMBO_MTU);

	if (!err)
		end->mtu = JUMBO_MTU;
	return err;
}

/* ---- vlan ----------------------------------------------------------------- */

static int put_vlan(struct lab_wire_end *end)
{
	int err = lab_interface_flags(end->top, IFF_UP, IFF_UP);

	if (!err)
		err = lab_interface_make_vlan("lab-vlan", end->top, VLAN_ID);

	if (!err)
		lab_wire_on_top(end, "lab-vlan");
	return err;
}

/* ---- bridge --------------------------------------------------------------- */

/* A port, up; without an address. */
static int add_port(const char *name)
{
	int err = lab_interface_master(name, "lab-bridge");

	return err ? err : lab_interface_flags(name, IFF_UP, IFF_UP);
}

/*
 * As a container is connected: the traffic's interface is one end of a virtual
 * pair, whose other end is a port of a bridge, as the link is. Without ARP, the
 * bridge does not answer for an address that it does not have.
 */
static int put_bridge(struct lab_wire_end *end)
{
	int err = lab_interface_make("lab-bridge", "bridge");
	char below[sizeof(end->top)];

	if (err)
		return err;
	memcpy(below, end->top, sizeof(below));
	lab_wire_on_top(end, "lab-bridge");
	err = lab_interface_make_veth("lab-inner", "lab-port");
	if (err)
		return err;
	lab_wire_on_top(end, "lab-inner");
	err = lab_interface_mtu("lab-inner", end->mtu);
	if (!err)
		err = lab_interface_mtu("lab-port", end->mtu);
	if (!err)
		err = add_port("lab-port");
	if (!err)
		err = add_port(below);
	if (!err)
		err = lab_interface_flags("lab-bridge", IFF_UP | IFF_NOARP,
					  IFF_UP | IFF_NOARP);
	return err;
}

/* ---- all of them ---------------------------------------------------------- */

static const char *const vlan_modules[] = { "8021q", NULL };
static const char *const bridge_modules[] = { "bridge", "veth", NULL };

static const struct lab_layer jumbo = {
	.name = "jumbo",
	.help = "frames of 9000 bytes",
	.medium = LAB_WIRE,
	.link = make_jumbo,
};

static const struct lab_layer vlan = {
	.name = "vlan",
	.help = "a VLAN of 802.1Q",
	.medium = LAB_WIRE,
	.modules = vlan_modules,
	.link = put_vlan,
};

static const struct lab_layer bridge = {
	.name = "bridge",
	.help = "a bridge at each end, and a virtual pair to the traffic, as a container has",
	.medium = LAB_WIRE,
	.modules = bridge_modules,
	.link = put_bridge,
};

const struct lab_layer *const lab_layers[] = {
	&jumbo,
	&vlan,
	&bridge,
	&lab_layer_ipsec,
	&lab_layer_wireguard,
	&lab_layer_conntrack,
	&lab_layer_raid1,
	&lab_layer_crypt,
	&lab_layer_ext4,
	&lab_layer_xfs,
	&lab_layer_btrfs,
	NULL,
};

int lab_layer_find(const char *name)
{
	int i;

	for (i = 0; lab_layers[i]; i++)
		if (!strcmp(lab_layers[i]->name, name))
			return i;
	return -1;
}
