// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/wireguard.c - a layer: the traffic goes through a tunnel of WireGuard,
 * whose packets go between the addresses below.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>
#include <net/if.h>
#include <netinet/in.h>

#include "interface.h"
#include "netlink.h"
#include "wire.h"
#include "wireguard_keys.h"

#define NAME "lab-tunnel"
#define PORT 51820
/* Heads of IPv4 and UDP, and what WireGuard adds; rounded as wg-quick does. */
#define OVERHEAD 80

static int find_family(uint16_t *family)
{
	const struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY,
					 .version = 1 };
	struct lab_netlink ask, answer;
	const uint16_t *found;
	int err;

	lab_netlink_begin(&ask, GENL_ID_CTRL, NLM_F_ACK, &head, sizeof(head));
	lab_netlink_text(&ask, CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME);
	err = lab_netlink_send(&ask, NETLINK_GENERIC, &answer);
	if (err)
		return err;
	found = lab_netlink_find(&answer, sizeof(head), CTRL_ATTR_FAMILY_ID,
				 sizeof(*found));
	if (!found)
		return -EPROTO;
	*family = *found;
	return 0;
}

/* All addresses are the peer's. */
static void put_allowed(struct lab_netlink *ask)
{
	const size_t list = lab_netlink_nest(ask, WGPEER_A_ALLOWEDIPS);
	const size_t one = lab_netlink_nest(ask, 0);

	lab_netlink_u16(ask, WGALLOWEDIP_A_FAMILY, AF_INET);
	lab_netlink_u32(ask, WGALLOWEDIP_A_IPADDR, INADDR_ANY);
	lab_netlink_u8(ask, WGALLOWEDIP_A_CIDR_MASK, 0);
	lab_netlink_unnest(ask, one);
	lab_netlink_unnest(ask, list);
}

static void put_peer(struct lab_netlink *ask, const struct lab_wire_end *peer)
{
	struct sockaddr_in endpoint = { .sin_family = AF_INET,
					.sin_port = htons(PORT) };
	const size_t list = lab_netlink_nest(ask, WGDEVICE_A_PEERS);
	const size_t one = lab_netlink_nest(ask, 0);

	inet_pton(AF_INET, peer->link_address, &endpoint.sin_addr);
	lab_netlink_put(ask, WGPEER_A_PUBLIC_KEY,
			lab_wireguard_keys[peer->right].public,
			LAB_WIREGUARD_KEY);
	lab_netlink_put(ask, WGPEER_A_ENDPOINT, &endpoint, sizeof(endpoint));
	put_allowed(ask);
	lab_netlink_unnest(ask, one);
	lab_netlink_unnest(ask, list);
}

static int configure(const struct lab_wire_end *end)
{
	const struct genlmsghdr head = { .cmd = WG_CMD_SET_DEVICE,
					 .version = WG_GENL_VERSION };
	struct lab_netlink ask;
	uint16_t family;
	int err = find_family(&family);

	if (err)
		return err;
	lab_netlink_begin(&ask, family, NLM_F_ACK, &head, sizeof(head));
	lab_netlink_text(&ask, WGDEVICE_A_IFNAME, NAME);
	lab_netlink_put(&ask, WGDEVICE_A_PRIVATE_KEY,
			lab_wireguard_keys[end->right].private,
			LAB_WIREGUARD_KEY);
	lab_netlink_u16(&ask, WGDEVICE_A_LISTEN_PORT, PORT);
	put_peer(&ask, lab_wire_other(end));
	return lab_netlink_send(&ask, NETLINK_GENERIC, NULL);
}

static int put_wireguard(struct lab_wire_end *end)
{
	int err = lab_interface_make(NAME, "wireguard");

	if (err)
		return err;
	lab_wire_on_top(end, NAME);
	end->address = end->right ? "10.98.0.2" : "10.98.0.1";
	err = configure(end);
	if (!err)
		err = lab_interface_mtu(NAME, end->mtu - OVERHEAD);
	if (!err)
		err = lab_interface_address(NAME, end->address);
	return err ? err : lab_interface_flags(NAME, IFF_UP, IFF_UP);
}

static const char *const modules[] = { "wireguard", NULL };

const struct lab_layer lab_layer_wireguard = {
	.name = "wireguard",
	.help = "a tunnel of WireGuard",
	.medium = LAB_WIRE,
	.modules = modules,
	.net = put_wireguard,
};
