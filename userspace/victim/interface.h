/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/interface.h - network interfaces of the namespace that the calling
 * thread is in: made, joined, moved, configured.
 *
 * All return 0 or a negative errno, which is the kernel's answer: -ENODEV for an
 * interface that is not there, -EOPNOTSUPP for a kind that this kernel does not
 * have.
 */
#ifndef LAB_INTERFACE_H
#define LAB_INTERFACE_H

#include <stdint.h>

/* Of an interface with this name, in a namespace by its file descriptor. */
int lab_interface_move(const char *name, int namespace);
/* IPv4, with a network of 24 bits. */
int lab_interface_address(const char *name, const char *address);
/* The link address of the neighbour with an IPv4 address, for good. */
int lab_interface_neighbour(const char *name, const char *address,
			    const unsigned char *link, size_t size);
/* Its own link address: 6 bytes. */
int lab_interface_link(const char *name, unsigned char *link);
/* flags of IFF_*: which of mask are set; the others stay. */
int lab_interface_flags(const char *name, unsigned int flags,
			unsigned int mask);
/* Bytes of a frame's payload. */
int lab_interface_mtu(const char *name, uint32_t mtu);
/* The bridge that it becomes a port of. */
int lab_interface_master(const char *name, const char *master);

/* Of a kind that takes no options: "bridge", "wireguard". */
int lab_interface_make(const char *name, const char *kind);
/* A VLAN with this number, 1 to 4094, on another interface. */
int lab_interface_make_vlan(const char *name, const char *lower, uint16_t id);
/* Two virtual interfaces that are each other's wire. */
int lab_interface_make_veth(const char *name, const char *peer);
int lab_interface_delete(const char *name);

#endif /* LAB_INTERFACE_H */
