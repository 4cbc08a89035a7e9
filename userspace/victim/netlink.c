// SPDX-License-Identifier: GPL-2.0-only
/* victim/netlink.c - requests to the kernel's network configuration. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "netlink.h"

/*
 * Room for size bytes at the end, zeroed and aligned as netlink wants it. NULL:
 * there is none.
 */
static void *add(struct lab_netlink *ask, size_t size)
{
	void *at = ask->bytes + ask->used;

	if (NLMSG_ALIGN(size) > sizeof(ask->bytes) - ask->used) {
		ask->full = true;
		return NULL;
	}
	memset(at, 0, NLMSG_ALIGN(size));
	ask->used += NLMSG_ALIGN(size);
	return at;
}

static struct nlmsghdr *last_message(struct lab_netlink *ask)
{
	return (struct nlmsghdr *)(ask->bytes + ask->message);
}

/* The last message ends where the buffer's content does. */
static void set_length(struct lab_netlink *ask)
{
	last_message(ask)->nlmsg_len = ask->used - ask->message;
}

void lab_netlink_next(struct lab_netlink *ask, uint16_t type, uint16_t flags,
		      const void *head, size_t size)
{
	const size_t at = ask->used;
	struct nlmsghdr *message = add(ask, NLMSG_HDRLEN + size);

	if (!message)
		return;
	ask->message = at;
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	if (flags & NLM_F_ACK)
		ask->acks++;
	memcpy(NLMSG_DATA(message), head, size);
	set_length(ask);
}

void lab_netlink_begin(struct lab_netlink *ask, uint16_t type, uint16_t flags,
		       const void *head, size_t size)
{
	ask->used = 0;
	ask->message = 0;
	ask->acks = 0;
	ask->full = false;
	lab_netlink_next(ask, type, flags, head, size);
}

void lab_netlink_put(struct lab_netlink *ask, uint16_t type, const void *data,
		     size_t size)
{
	struct nlattr *attribute = add(ask, NLA_HDRLEN + size);

	if (!attribute)
		return;
	attribute->nla_type = type;
	attribute->nla_len = NLA_HDRLEN + size;
	memcpy((char *)attribute + NLA_HDRLEN, data, size);
	set_length(ask);
}

void lab_netlink_text(struct lab_netlink *ask, uint16_t type, const char *text)
{
	lab_netlink_put(ask, type, text, strlen(text) + 1);
}

void lab_netlink_u8(struct lab_netlink *ask, uint16_t type, uint8_t number)
{
	lab_netlink_put(ask, type, &number, sizeof(number));
}

void lab_netlink_u16(struct lab_netlink *ask, uint16_t type, uint16_t number)
{
	lab_netlink_put(ask, type, &number, sizeof(number));
}

void lab_netlink_u32(struct lab_netlink *ask, uint16_t type, uint32_t number)
{
	lab_netlink_put(ask, type, &number, sizeof(number));
}

void lab_netlink_be32(struct lab_netlink *ask, uint16_t type, uint32_t number)
{
	lab_netlink_u32(ask, type, htonl(number));
}

void lab_netlink_raw(struct lab_netlink *ask, const void *data, size_t size)
{
	void *at = add(ask, size);

	if (!at)
		return;
	memcpy(at, data, size);
	set_length(ask);
}

size_t lab_netlink_nest(struct lab_netlink *ask, uint16_t type)
{
	const size_t at = ask->used;

	lab_netlink_put(ask, type | NLA_F_NESTED, "", 0);
	return at;
}

void lab_netlink_unnest(struct lab_netlink *ask, size_t nest)
{
	struct nlattr *attribute = (struct nlattr *)(ask->bytes + nest);

	if (!ask->full)
		attribute->nla_len = ask->used - nest;
}

/* Takes the messages of one reception. 0 or the kernel's negative errno. */
static int take(const void *bytes, int size, unsigned int *acks,
		struct lab_netlink *answer)
{
	const struct nlmsghdr *message = bytes;
	const struct nlmsgerr *told;

	for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		if (message->nlmsg_type == NLMSG_ERROR) {
			told = NLMSG_DATA(message);
			if (told->error)
				return told->error;
			if (*acks)
				--*acks;
		} else if (answer && !answer->used) {
			lab_netlink_raw(answer, message, message->nlmsg_len);
		}
	}
	return 0;
}

static int await(int s, unsigned int acks, struct lab_netlink *answer)
{
	static _Alignas(8) unsigned char bytes[16384];
	ssize_t n;
	int err;

	while (acks) {
		n = recv(s, bytes, sizeof(bytes), 0);
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		err = take(bytes, n, &acks, answer);
		if (err)
			return err;
	}
	return 0;
}

int lab_netlink_send(const struct lab_netlink *ask, int protocol,
		     struct lab_netlink *answer)
{
	/*
	 * An acknowledgment may be lost: it takes memory, and requests for that
	 * fail here.
	 */
	const struct timeval patience = { .tv_sec = 1 };
	int s, err;

	if (ask->full)
		return -EMSGSIZE;
	if (answer)
		memset(answer, 0, sizeof(*answer));
	s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (s < 0)
		return -errno;
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	err = send(s, ask->bytes, ask->used, 0) < 0 ?
		      -errno :
		      await(s, ask->acks, answer);
	close(s);
	return err;
}

const void *lab_netlink_find(const struct lab_netlink *answer, size_t head,
			     uint16_t type, size_t size)
{
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(head);
	const struct nlattr *attribute;

	while (answer->used >= NLA_HDRLEN && at <= answer->used - NLA_HDRLEN) {
		attribute = (const void *)(answer->bytes + at);
		if (attribute->nla_len < NLA_HDRLEN ||
		    attribute->nla_len > answer->used - at)
			break;
		if ((attribute->nla_type & NLA_TYPE_MASK) == type)
			return attribute->nla_len >= NLA_HDRLEN + size ?
				       (const char *)attribute + NLA_HDRLEN :
				       NULL;
		at += NLA_ALIGN(attribute->nla_len);
	}
	return NULL;
}
