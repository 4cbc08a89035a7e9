/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/netlink.h - requests to the kernel's network configuration.
 *
 * A request is built in a buffer, of one message or several, and sent to the
 * network namespace that the calling thread is in:
 *
 *	struct lab_netlink ask;
 *
 *	lab_netlink_begin(&ask, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
 *	lab_netlink_text(&ask, IFLA_IFNAME, "left");
 *	err = lab_netlink_send(&ask, NETLINK_ROUTE, NULL);
 *
 * No library does this: libmnl has no static archive in Debian, and libnl does
 * not know nf_tables.
 */
#ifndef LAB_NETLINK_H
#define LAB_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_NETLINK_SIZE 4096

struct lab_netlink {
	_Alignas(8) unsigned char bytes[LAB_NETLINK_SIZE];
	size_t used; /* bytes of all messages */
	size_t message; /* where the last one begins */
	unsigned int acks; /* messages that asked for one */
	bool full; /* something did not fit: it cannot be sent */
};

/* Empties the buffer, and adds a message as lab_netlink_next() does. */
void lab_netlink_begin(struct lab_netlink *ask, uint16_t type, uint16_t flags,
		       const void *head, size_t size);
/*
 * Adds a message: its type, flags of NLM_F_* beside NLM_F_REQUEST, and the
 * protocol's own head of size bytes.
 */
void lab_netlink_next(struct lab_netlink *ask, uint16_t type, uint16_t flags,
		      const void *head, size_t size);

/* Attributes of the last message. */
void lab_netlink_put(struct lab_netlink *ask, uint16_t type, const void *data,
		     size_t size);
void lab_netlink_text(struct lab_netlink *ask, uint16_t type, const char *text);
void lab_netlink_u8(struct lab_netlink *ask, uint16_t type, uint8_t number);
void lab_netlink_u16(struct lab_netlink *ask, uint16_t type, uint16_t number);
void lab_netlink_u32(struct lab_netlink *ask, uint16_t type, uint32_t number);
/* In network byte order, as nf_tables has all its numbers. */
void lab_netlink_be32(struct lab_netlink *ask, uint16_t type, uint32_t number);
/* Bytes without an attribute's head, such as the head of a peer's interface. */
void lab_netlink_raw(struct lab_netlink *ask, const void *data, size_t size);

/* An attribute of attributes: those that follow, up to lab_netlink_unnest(). */
size_t lab_netlink_nest(struct lab_netlink *ask, uint16_t type);
void lab_netlink_unnest(struct lab_netlink *ask, size_t nest);

/*
 * Sends all messages, and waits until each that asked for it is acknowledged, a
 * second at most. protocol: NETLINK_ROUTE or the like. answer: NULL, or gets
 * the first message that is no acknowledgment. 0; or a negative errno: the
 * kernel's, that of a socket call, -EMSGSIZE: it did not fit, -ETIMEDOUT: an
 * acknowledgment did not come.
 */
int lab_netlink_send(const struct lab_netlink *ask, int protocol,
		     struct lab_netlink *answer);

/*
 * The content of an attribute of the answer's message, whose protocol has a head
 * of that size; NULL: there is none of at least size bytes.
 */
const void *lab_netlink_find(const struct lab_netlink *answer, size_t head,
			     uint16_t type, size_t size);

#endif /* LAB_NETLINK_H */
