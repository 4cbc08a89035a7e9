// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/ipsec.c - a layer: all packets between the two addresses are encrypted,
 * with ESP in transport mode.
 *
 * The policies ask for it in both directions, so that a packet which came
 * without is dropped (net/xfrm/xfrm_policy.c, __xfrm_policy_check()).
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "netlink.h"
#include "wire.h"

/* Of what left sends; what right sends has the next one. */
#define SPI 0x1000
#define REPLAY_WINDOW 32
/* Of AES with 128 bits, and of the nonce that RFC 4106 wants after it. */
#define KEY_BYTES 20
#define ICV_BITS 128

static const struct xfrm_lifetime_cfg for_ever = {
	.soft_byte_limit = XFRM_INF,
	.hard_byte_limit = XFRM_INF,
	.soft_packet_limit = XFRM_INF,
	.hard_packet_limit = XFRM_INF,
};

static xfrm_address_t address_of(const struct lab_wire_end *end)
{
	xfrm_address_t address = {};

	inet_pton(AF_INET, end->link_address, &address.a4);
	return address;
}

static struct xfrm_selector between(const struct lab_wire_end *from,
				    const struct lab_wire_end *to)
{
	return (struct xfrm_selector){
		.saddr = address_of(from),
		.daddr = address_of(to),
		.prefixlen_s = 32,
		.prefixlen_d = 32,
		.family = AF_INET,
	};
}

/* The key and counters of one direction. */
static int add_state(const struct lab_wire_end *from,
		     const struct lab_wire_end *to)
{
	const struct xfrm_usersa_info info = {
		.saddr = address_of(from),
		.id = { .daddr = address_of(to),
			.spi = htonl(SPI + from->right),
			.proto = IPPROTO_ESP },
		.lft = for_ever,
		.reqid = 1,
		.family = AF_INET,
		.mode = XFRM_MODE_TRANSPORT,
		.replay_window = REPLAY_WINDOW,
	};
	struct {
		struct xfrm_algo_aead algorithm;
		char key[KEY_BYTES];
	} cipher = {
		.algorithm = { .alg_key_len = KEY_BYTES * 8,
			       .alg_icv_len = ICV_BITS },
	};
	struct lab_netlink ask;

	snprintf(cipher.algorithm.alg_name, sizeof(cipher.algorithm.alg_name),
		 "rfc4106(gcm(aes))");
	memset(cipher.key, 0x5a + from->right, sizeof(cipher.key));
	lab_netlink_begin(&ask, XFRM_MSG_NEWSA, NLM_F_ACK | NLM_F_CREATE, &info,
			  sizeof(info));
	lab_netlink_put(&ask, XFRMA_ALG_AEAD, &cipher, sizeof(cipher));
	return lab_netlink_send(&ask, NETLINK_XFRM, NULL);
}

static int add_policy(const struct lab_wire_end *from,
		      const struct lab_wire_end *to, uint8_t direction)
{
	const struct xfrm_userpolicy_info info = {
		.sel = between(from, to),
		.lft = for_ever,
		.dir = direction,
		.action = XFRM_POLICY_ALLOW,
	};
	const struct xfrm_user_tmpl wanted = {
		.id = { .proto = IPPROTO_ESP },
		.family = AF_INET,
		.reqid = 1,
		.mode = XFRM_MODE_TRANSPORT,
		.aalgos = UINT32_MAX,
		.ealgos = UINT32_MAX,
		.calgos = UINT32_MAX,
	};
	struct lab_netlink ask;

	lab_netlink_begin(&ask, XFRM_MSG_NEWPOLICY, NLM_F_ACK | NLM_F_CREATE,
			  &info, sizeof(info));
	lab_netlink_put(&ask, XFRMA_TMPL, &wanted, sizeof(wanted));
	return lab_netlink_send(&ask, NETLINK_XFRM, NULL);
}

static int put_ipsec(struct lab_wire_end *end)
{
	const struct lab_wire_end *other = lab_wire_other(end);
	int err = add_state(end, other);

	if (!err)
		err = add_state(other, end);
	if (!err)
		err = add_policy(end, other, XFRM_POLICY_OUT);
	return err ? err : add_policy(other, end, XFRM_POLICY_IN);
}

static const char *const modules[] = { "esp4",	"xfrm_user",	 "gcm",
				       "seqiv", "ghash-generic", NULL };

const struct lab_layer lab_layer_ipsec = {
	.name = "ipsec",
	.help = "IPsec: ESP in transport mode, AES-GCM",
	.medium = LAB_WIRE,
	.modules = modules,
	.net = put_ipsec,
};
