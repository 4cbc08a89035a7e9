// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/conntrack.c - a layer: a firewall that knows connections.
 *
 * nft has it as
 *
 *	table ip lab {
 *		chain in {
 *			type filter hook input priority 0; policy drop;
 *			ct state established,related,new accept
 *		}
 *	}
 *
 * A packet that the kernel could not track is dropped: what arrives was
 * tracked.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "netlink.h"
#include "wire.h"

#define TABLE "lab"
#define CHAIN "in"

#define TRACKED                                                                \
	(NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED) | \
	 NF_CT_STATE_BIT(IP_CT_NEW))

/* One message of a batch, which the kernel takes as a whole. */
static void next(struct lab_netlink *ask, uint16_t type, uint16_t flags)
{
	const struct nfgenmsg head = { .nfgen_family = NFPROTO_IPV4 };

	lab_netlink_next(ask, NFNL_SUBSYS_NFTABLES << 8 | type,
			 NLM_F_ACK | NLM_F_CREATE | flags, &head, sizeof(head));
}

/* The nests of an expression: the one in the list, and that of its data. */
struct expression {
	size_t element, data;
};

static struct expression begin_expression(struct lab_netlink *ask,
					  const char *name)
{
	struct expression nests;

	nests.element = lab_netlink_nest(ask, NFTA_LIST_ELEM);
	lab_netlink_text(ask, NFTA_EXPR_NAME, name);
	nests.data = lab_netlink_nest(ask, NFTA_EXPR_DATA);
	return nests;
}

static void end_expression(struct lab_netlink *ask, struct expression nests)
{
	lab_netlink_unnest(ask, nests.data);
	lab_netlink_unnest(ask, nests.element);
}

static void put_value(struct lab_netlink *ask, uint16_t type, uint32_t value)
{
	const size_t nest = lab_netlink_nest(ask, type);

	lab_netlink_u32(ask, NFTA_DATA_VALUE, value);
	lab_netlink_unnest(ask, nest);
}

/* ct state ... */
static void put_state(struct lab_netlink *ask)
{
	struct expression nests = begin_expression(ask, "ct");

	lab_netlink_be32(ask, NFTA_CT_DREG, NFT_REG_1);
	lab_netlink_be32(ask, NFTA_CT_KEY, NFT_CT_STATE);
	end_expression(ask, nests);

	nests = begin_expression(ask, "bitwise");
	lab_netlink_be32(ask, NFTA_BITWISE_SREG, NFT_REG_1);
	lab_netlink_be32(ask, NFTA_BITWISE_DREG, NFT_REG_1);
	lab_netlink_be32(ask, NFTA_BITWISE_LEN, sizeof(uint32_t));
	put_value(ask, NFTA_BITWISE_MASK, TRACKED);
	put_value(ask, NFTA_BITWISE_XOR, 0);
	end_expression(ask, nests);

	nests = begin_expression(ask, "cmp");
	lab_netlink_be32(ask, NFTA_CMP_SREG, NFT_REG_1);
	lab_netlink_be32(ask, NFTA_CMP_OP, NFT_CMP_NEQ);
	put_value(ask, NFTA_CMP_DATA, 0);
	end_expression(ask, nests);
}

static void put_accept(struct lab_netlink *ask)
{
	struct expression nests = begin_expression(ask, "immediate");
	size_t data, verdict;

	lab_netlink_be32(ask, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = lab_netlink_nest(ask, NFTA_IMMEDIATE_DATA);
	verdict = lab_netlink_nest(ask, NFTA_DATA_VERDICT);
	lab_netlink_be32(ask, NFTA_VERDICT_CODE, NF_ACCEPT);
	lab_netlink_unnest(ask, verdict);
	lab_netlink_unnest(ask, data);
	end_expression(ask, nests);
}

static void put_chain(struct lab_netlink *ask)
{
	size_t hook;

	next(ask, NFT_MSG_NEWCHAIN, 0);
	lab_netlink_text(ask, NFTA_CHAIN_TABLE, TABLE);
	lab_netlink_text(ask, NFTA_CHAIN_NAME, CHAIN);
	hook = lab_netlink_nest(ask, NFTA_CHAIN_HOOK);
	lab_netlink_be32(ask, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_IN);
	lab_netlink_be32(ask, NFTA_HOOK_PRIORITY, 0);
	lab_netlink_unnest(ask, hook);
	lab_netlink_be32(ask, NFTA_CHAIN_POLICY, NF_DROP);
	lab_netlink_text(ask, NFTA_CHAIN_TYPE, "filter");
}

static void put_rule(struct lab_netlink *ask)
{
	size_t list;

	next(ask, NFT_MSG_NEWRULE, NLM_F_APPEND);
	lab_netlink_text(ask, NFTA_RULE_TABLE, TABLE);
	lab_netlink_text(ask, NFTA_RULE_CHAIN, CHAIN);
	list = lab_netlink_nest(ask, NFTA_RULE_EXPRESSIONS);
	put_state(ask);
	put_accept(ask);
	lab_netlink_unnest(ask, list);
}

static int put_conntrack(struct lab_wire_end *end)
{
	const struct nfgenmsg batch = { .res_id = htons(NFNL_SUBSYS_NFTABLES) };
	struct lab_netlink ask;

	(void)end;
	lab_netlink_begin(&ask, NFNL_MSG_BATCH_BEGIN, 0, &batch, sizeof(batch));
	next(&ask, NFT_MSG_NEWTABLE, 0);
	lab_netlink_text(&ask, NFTA_TABLE_NAME, TABLE);
	put_chain(&ask);
	put_rule(&ask);
	lab_netlink_next(&ask, NFNL_MSG_BATCH_END, 0, &batch, sizeof(batch));
	return lab_netlink_send(&ask, NETLINK_NETFILTER, NULL);
}

static const char *const modules[] = { "nft_ct", NULL };

const struct lab_layer lab_layer_conntrack = {
	.name = "conntrack",
	.help = "a firewall of nf_tables that knows connections",
	.medium = LAB_WIRE,
	.modules = modules,
	.net = put_conntrack,
};
