// SPDX-License-Identifier: GPL-2.0-only
/* victim/interface.c - network interfaces: made, joined, moved, configured. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interface.h"
#include "netlink.h"

#define PREFIX 24

/* Begins a request about an interface that is there. 0 or -ENODEV. */
static int begin(struct lab_netlink *ask, const char *name, uint16_t type,
		 unsigned int flags, unsigned int mask)
{
	const struct ifinfomsg info = {
		.ifi_index = if_nametoindex(name),
		.ifi_flags = flags,
		.ifi_change = mask,
	};

	if (!info.ifi_index)
		return -ENODEV;
	lab_netlink_begin(ask, type, NLM_F_ACK, &info, sizeof(info));
	return 0;
}

static int send_route(const struct lab_netlink *ask)
{
	return lab_netlink_send(ask, NETLINK_ROUTE, NULL);
}

/* Sets one attribute of an interface. */
static int set(const char *name, uint16_t type, uint32_t value)
{
	struct lab_netlink ask;
	int err = begin(&ask, name, RTM_NEWLINK, 0, 0);

	if (err)
		return err;
	lab_netlink_u32(&ask, type, value);
	return send_route(&ask);
}

int lab_interface_move(const char *name, int namespace)
{
	return set(name, IFLA_NET_NS_FD, namespace);
}

int lab_interface_mtu(const char *name, uint32_t mtu)
{
	return set(name, IFLA_MTU, mtu);
}

int lab_interface_master(const char *name, const char *master)
{
	const unsigned int index = if_nametoindex(master);

	return index ? set(name, IFLA_MASTER, index) : -ENODEV;
}

int lab_interface_flags(const char *name, unsigned int flags, unsigned int mask)
{
	struct lab_netlink ask;
	int err = begin(&ask, name, RTM_NEWLINK, flags, mask);

	return err ? err : send_route(&ask);
}

int lab_interface_address(const char *name, const char *address)
{
	const struct ifaddrmsg info = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = PREFIX,
		.ifa_index = if_nametoindex(name),
	};
	struct lab_netlink ask;
	struct in_addr bytes;

	if (!info.ifa_index)
		return -ENODEV;
	inet_pton(AF_INET, address, &bytes);
	lab_netlink_begin(&ask, RTM_NEWADDR,
			  NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &info,
			  sizeof(info));
	lab_netlink_put(&ask, IFA_LOCAL, &bytes, sizeof(bytes));
	lab_netlink_put(&ask, IFA_ADDRESS, &bytes, sizeof(bytes));
	return send_route(&ask);
}

int lab_interface_neighbour(const char *name, const char *address,
			    const unsigned char *link, size_t size)
{
	const struct ndmsg info = {
		.ndm_family = AF_INET,
		.ndm_ifindex = if_nametoindex(name),
		.ndm_state = NUD_PERMANENT,
	};
	struct lab_netlink ask;
	struct in_addr bytes;

	if (!info.ndm_ifindex)
		return -ENODEV;
	inet_pton(AF_INET, address, &bytes);
	lab_netlink_begin(&ask, RTM_NEWNEIGH,
			  NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &info,
			  sizeof(info));
	lab_netlink_put(&ask, NDA_DST, &bytes, sizeof(bytes));
	lab_netlink_put(&ask, NDA_LLADDR, link, size);
	return send_route(&ask);
}

int lab_interface_link(const char *name, unsigned char *link)
{
	const int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ask = {};
	int err = 0;

	snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", name);
	if (s < 0 || ioctl(s, SIOCGIFHWADDR, &ask))
		err = -errno;
	else
		memcpy(link, ask.ifr_hwaddr.sa_data, ETH_ALEN);
	if (s >= 0)
		close(s);
	return err;
}

int lab_interface_delete(const char *name)
{
	struct lab_netlink ask;
	int err = begin(&ask, name, RTM_DELLINK, 0, 0);

	return err ? err : send_route(&ask);
}

/* Begins a new interface, up to the options of its kind. */
static void begin_new(struct lab_netlink *ask, const char *name)
{
	const struct ifinfomsg info = {};

	lab_netlink_begin(ask, RTM_NEWLINK,
			  NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &info,
			  sizeof(info));
	lab_netlink_text(ask, IFLA_IFNAME, name);
}

int lab_interface_make(const char *name, const char *kind)
{
	struct lab_netlink ask;
	size_t link;

	begin_new(&ask, name);
	link = lab_netlink_nest(&ask, IFLA_LINKINFO);
	lab_netlink_text(&ask, IFLA_INFO_KIND, kind);
	lab_netlink_unnest(&ask, link);
	return send_route(&ask);
}

int lab_interface_make_vlan(const char *name, const char *lower, uint16_t id)
{
	const unsigned int index = if_nametoindex(lower);
	struct lab_netlink ask;
	size_t link, options;

	if (!index)
		return -ENODEV;
	begin_new(&ask, name);
	lab_netlink_u32(&ask, IFLA_LINK, index);
	link = lab_netlink_nest(&ask, IFLA_LINKINFO);
	lab_netlink_text(&ask, IFLA_INFO_KIND, "vlan");
	options = lab_netlink_nest(&ask, IFLA_INFO_DATA);
	lab_netlink_u16(&ask, IFLA_VLAN_ID, id);
	lab_netlink_unnest(&ask, options);
	lab_netlink_unnest(&ask, link);
	return send_route(&ask);
}

int lab_interface_make_veth(const char *name, const char *peer)
{
	const struct ifinfomsg info = {};
	struct lab_netlink ask;
	size_t link, options, other;

	begin_new(&ask, name);
	link = lab_netlink_nest(&ask, IFLA_LINKINFO);
	lab_netlink_text(&ask, IFLA_INFO_KIND, "veth");
	options = lab_netlink_nest(&ask, IFLA_INFO_DATA);
	other = lab_netlink_nest(&ask, VETH_INFO_PEER);
	lab_netlink_raw(&ask, &info, sizeof(info));
	lab_netlink_text(&ask, IFLA_IFNAME, peer);
	lab_netlink_unnest(&ask, other);
	lab_netlink_unnest(&ask, options);
	lab_netlink_unnest(&ask, link);
	return send_route(&ask);
}
