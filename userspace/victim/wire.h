/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/wire.h - two ends of a wire, and layers between the wire and the traffic.
 *
 *	wire.c        the ends: namespaces, the interfaces in them, in their order
 *	traffic.c     what is sent from end to end, each byte verified
 *	layers.c      all layers; those that are links: jumbo, vlan, bridge
 *	conntrack.c ipsec.c wireguard.c  layers above a link
 *	interface.c   network interfaces, by netlink
 *	netlink.c     requests to the kernel's network configuration
 */
#ifndef LAB_WIRE_H
#define LAB_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "victim.h"

#define LAB_WIRE_MTU 1500 /* bytes, of a link without the layer jumbo */
#define LAB_WIRE_MADE 4

struct lab_wire_end {
	int namespace; /* a file descriptor, or -1 */
	bool right; /* else left */
	char link[16]; /* the interface at the wire */
	char addressed[16]; /* the interface that has link_address */
	char top[16]; /* the interface whose address the traffic uses */
	uint32_t mtu; /* bytes, of link */
	const char *link_address; /* below layers that are above a link */
	const char *address; /* of top */
	/* Interfaces that layers made, in this order. */
	char made[LAB_WIRE_MADE][16];
	unsigned int made_count;
};

extern struct lab_wire_end lab_wire_left, lab_wire_right;

/* This thread goes to the end's namespace, or back to where it was at first. */
void lab_wire_enter(const struct lab_wire_end *end);
void lab_wire_leave(void);

static inline const struct lab_wire_end *
lab_wire_other(const struct lab_wire_end *end)
{
	return end->right ? &lab_wire_left : &lab_wire_right;
}

/*
 * An interface that a layer made, and that is deleted when the wire ends, is the
 * new top.
 */
void lab_wire_on_top(struct lab_wire_end *end, const char *name);

/* ---- layers, each in the file of its name --------------------------------- */

extern const struct lab_layer lab_layer_ipsec;
extern const struct lab_layer lab_layer_wireguard;
extern const struct lab_layer lab_layer_conntrack;

/* ---- traffic.c ------------------------------------------------------------ */

/* Sends count echo requests from left to right, and waits for each. */
void lab_traffic_echo(struct lab_work *work, unsigned int count);

#endif /* LAB_WIRE_H */
