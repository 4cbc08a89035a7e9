// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/neighbours.c - network configuration by netlink: neighbours of an interface,
 * and a listener that is told of each change.
 *
 * A neighbour takes memory that is not waited for, and so does the message to those
 * who listen (net/core/neighbour.c, neigh_alloc() and __neigh_notify()). A listener
 * that cannot be told gets ENOBUFS. A unit is a neighbour that is made, asked for,
 * heard of and removed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interface.h"
#include "netlink.h"
#include "service.h"

#define LEFT "lab-neigh"
#define RIGHT "lab-other"
#define NEIGHBOURS 48
#define ADDRESS_SIZE 6
/* Milliseconds until a message to listeners counts as lost. */
#define QUIET_MS 200

static int make(void)
{
	int err = lab_interface_make_veth(LEFT, RIGHT);

	return err == -EEXIST ? 0 : err;
}

static uint32_t address_of(unsigned int number)
{
	return htonl(0x0a630100 + number);
}

static void link_of(unsigned int number, unsigned char *address)
{
	unsigned int i;

	for (i = 0; i < ADDRESS_SIZE; i++)
		address[i] = 2 + number * i;
	address[0] = 2;
}

static struct ndmsg head(void)
{
	return (struct ndmsg){ .ndm_family = AF_INET,
			       .ndm_ifindex = if_nametoindex(LEFT),
			       .ndm_state = NUD_PERMANENT };
}

static int request(unsigned int number, uint16_t type, uint16_t flags,
		   struct lab_netlink *answer)
{
	const uint32_t address = address_of(number);
	struct ndmsg info = head();
	unsigned char link[ADDRESS_SIZE];
	struct lab_netlink ask;

	/* net/core/neighbour.c, neigh_valid_get_req() */
	if (type == RTM_GETNEIGH)
		info.ndm_state = 0;
	lab_netlink_begin(&ask, type, NLM_F_ACK | flags, &info, sizeof(info));
	lab_netlink_put(&ask, NDA_DST, &address, sizeof(address));
	if (type == RTM_NEWNEIGH) {
		link_of(number, link);
		lab_netlink_put(&ask, NDA_LLADDR, link, sizeof(link));
	}
	return lab_netlink_send(&ask, NETLINK_ROUTE, answer);
}

/* A socket that hears of changes of neighbours, or -1. */
static int listen_to(void)
{
	const struct sockaddr_nl group = { .nl_family = AF_NETLINK,
					   .nl_groups = RTMGRP_NEIGH };
	const int s = socket(AF_NETLINK,
			     SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			     NETLINK_ROUTE);

	if (s >= 0 && bind(s, (const void *)&group, sizeof(group))) {
		close(s);
		return -1;
	}
	return s;
}

/* The attribute of a message about a neighbour, or NULL. */
static const void *attribute_of(const struct nlmsghdr *message, uint16_t type,
				size_t size)
{
	const struct ndmsg *info = NLMSG_DATA(message);
	const struct rtattr *at = (const void *)(info + 1);
	int left = message->nlmsg_len - NLMSG_LENGTH(sizeof(*info));

	for (; RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == type && RTA_PAYLOAD(at) >= size)
			return RTA_DATA(at);
	return NULL;
}

/* Notes the neighbour that a message says is new, if its address is right. */
static void hear(const struct nlmsghdr *message, unsigned char *heard,
		 struct lab_work *work)
{
	const uint32_t *address =
		attribute_of(message, NDA_DST, sizeof(*address));
	const void *link = attribute_of(message, NDA_LLADDR, ADDRESS_SIZE);
	unsigned char want[ADDRESS_SIZE];
	uint32_t number;

	if (message->nlmsg_type != RTM_NEWNEIGH || !address || !link)
		return;
	number = ntohl(*address) - ntohl(address_of(0));
	if (number >= NEIGHBOURS)
		return;
	link_of(number, want);
	if (memcmp(link, want, ADDRESS_SIZE) != 0)
		work->wrong++;
	else
		heard[number] = 1;
}

static void take_messages(int listener, unsigned char *heard,
			  struct lab_work *work)
{
	static _Alignas(8) unsigned char bytes[16384];
	struct pollfd look = { .fd = listener, .events = POLLIN };
	const struct nlmsghdr *message;
	ssize_t n;
	int left;

	while (poll(&look, 1, QUIET_MS) > 0) {
		n = recv(listener, bytes, sizeof(bytes), 0);
		if (n < 0) {
			/* It is told that it was not told of all. */
			lab_service_error(work, errno);
			continue;
		}
		left = n;
		for (message = (const void *)bytes; NLMSG_OK(message, left);
		     message = NLMSG_NEXT(message, left))
			hear(message, heard, work);
	}
}

/* Whether the kernel has it as it was given. */
static bool is_there(unsigned int number, struct lab_work *work)
{
	struct lab_netlink answer;
	unsigned char want[ADDRESS_SIZE];
	const void *link;
	const int err = request(number, RTM_GETNEIGH, 0, &answer);

	if (err) {
		lab_service_error(work, -err);
		return false;
	}
	link = lab_netlink_find(&answer, sizeof(struct ndmsg), NDA_LLADDR,
				ADDRESS_SIZE);
	link_of(number, want);
	if (link && !memcmp(link, want, ADDRESS_SIZE))
		return true;
	work->wrong += !!link;
	return false;
}

static void pass(int listener, struct lab_work *work)
{
	unsigned char heard[NEIGHBOURS] = {}, made[NEIGHBOURS] = {};
	unsigned int i;
	int err;

	for (i = 0; i < NEIGHBOURS; i++) {
		err = request(i, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE,
			      NULL);
		made[i] = !err;
		if (err)
			lab_service_error(work, -err);
	}
	take_messages(listener, heard, work);
	for (i = 0; i < NEIGHBOURS; i++) {
		if (!made[i])
			continue;
		work->done += is_there(i, work) && heard[i];
		err = request(i, RTM_DELNEIGH, 0, NULL);
		if (err)
			lab_service_error(work, -err);
	}
}

static void neighbours_work(struct lab_work *work)
{
	int listener = listen_to();

	memset(work, 0, sizeof(*work));
	work->asked = NEIGHBOURS;
	if (listener < 0) {
		lab_service_error(work, errno);
	} else {
		pass(listener, work);
		close(listener);
	}
	lab_service_end(work, "neighbours");
}

static int neighbours_start(void)
{
	int err = make();

	if (!err)
		err = lab_interface_flags(LEFT, IFF_UP, IFF_UP);
	return err ? err : lab_interface_flags(RIGHT, IFF_UP, IFF_UP);
}

static void neighbours_stop(void)
{
	lab_interface_delete(LEFT);
}

static int neighbours_open(const struct lab_victim_ops *victim, char *why,
			   size_t size)
{
	const int err = make();

	(void)victim;
	if (err)
		return lab_service_missing("veth", -err, why, size);
	lab_interface_delete(LEFT);
	return 0;
}

static const char *const modules[] = { "veth", NULL };

const struct lab_victim_ops lab_victim_neighbours = {
	.name = "neighbours",
	.help = "neighbours of an interface by netlink, and who listens",
	.modules = modules,
	.memory = LAB_SERVICE_MIB,
	.open = neighbours_open,
	.start = neighbours_start,
	.work = neighbours_work,
	.stop = neighbours_stop,
	.close = lab_service_close,
};
