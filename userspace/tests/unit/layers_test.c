// SPDX-License-Identifier: GPL-2.0-only
/*
 * layers_test.c - layers of victims as the command line names them, and the
 * netlink messages that they are made with.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "explore/explore.h"
#include "kselftest_harness.h"
#include "victim/netlink.h"
#include "victim/wire.h"

/* The name of a victim as it is known after it was read, malloc()ed, or NULL. */
static char *chosen(const char *word)
{
	char *only = (char *)word;
	struct lab_chosen victim = {};
	int count;

	if (lab_choose(&only, 1, NULL, &victim, &count))
		return victim.name;
	lab_chosen_free(&victim, 1);
	return NULL;
}

#define EXPECT_CHOSEN(word, name)                   \
	do {                                        \
		char *is = chosen(word);            \
                                                    \
		EXPECT_STREQ(name, is ?: "(none)"); \
		free(is);                           \
	} while (0)

TEST(layers_have_one_order)
{
	EXPECT_CHOSEN("veth", "veth");
	EXPECT_CHOSEN("veth+vlan", "veth+vlan");
	EXPECT_CHOSEN("e1000e+conntrack+vlan+jumbo",
		      "e1000e+jumbo+vlan+conntrack");
	EXPECT_CHOSEN("veth+vlan+vlan", "veth+vlan");
	EXPECT_CHOSEN("nvme", "nvme");
	EXPECT_CHOSEN("nvme+ext4", "nvme+ext4");
	EXPECT_CHOSEN("nvme+ext4+ext4", "nvme+ext4");
	EXPECT_CHOSEN("loop+xfs+crypt+raid1", "loop+raid1+crypt+xfs");
}

TEST(what_is_no_layer)
{
	EXPECT_CHOSEN("veth+", "(none)");
	EXPECT_CHOSEN("veth+none", "(none)");
	EXPECT_CHOSEN("veth+vlanx", "(none)");
	EXPECT_CHOSEN("veth:vlan", "(none)");
	EXPECT_CHOSEN("planted+vlan", "(none)");
	EXPECT_CHOSEN("vethx+vlan", "(none)");
}

TEST(layers_of_another_medium)
{
	EXPECT_CHOSEN("nvme+vlan", "(none)");
	EXPECT_CHOSEN("veth+ext4", "(none)");
	EXPECT_CHOSEN("planted+ext4", "(none)");
}

TEST(a_disk_has_one_file_system)
{
	EXPECT_CHOSEN("nvme+ext4+xfs", "(none)");
	EXPECT_CHOSEN("nvme+xfs+ext4", "(none)");
}

TEST(places_of_layers_are_bits)
{
	int i;

	for (i = 0; lab_layers[i]; i++) {
		EXPECT_EQ(i, lab_layer_find(lab_layers[i]->name));
		EXPECT_EQ(lab_layers[i]->medium == LAB_WIRE,
			  lab_layers[i]->link || lab_layers[i]->net);
		EXPECT_EQ(lab_layers[i]->medium == LAB_DISK,
			  !lab_layers[i]->make != !lab_layers[i]->put);
		EXPECT_EQ(!lab_layers[i]->put, !lab_layers[i]->take_off);
	}
	EXPECT_GE(LAB_LAYERS_MAX, i);
	EXPECT_EQ(-1, lab_layer_find("none"));
}

struct head {
	uint32_t number;
};

TEST(attributes_are_nested_and_aligned)
{
	const struct head head = { 7 };
	struct lab_netlink ask;
	const struct nlmsghdr *message = (const void *)ask.bytes;
	const struct nlattr *outer = (const void *)(ask.bytes + 20);
	size_t nest;

	lab_netlink_begin(&ask, 16, NLM_F_ACK, &head, sizeof(head));
	nest = lab_netlink_nest(&ask, 3);
	lab_netlink_text(&ask, 1, "four");
	lab_netlink_be32(&ask, 2, 0x01020304);
	lab_netlink_unnest(&ask, nest);

	EXPECT_FALSE(ask.full);
	EXPECT_EQ(16, message->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_ACK, message->nlmsg_flags);
	EXPECT_EQ(1, ask.acks);
	/* Heads of 16 and 4 bytes, the nest's of 4, 4 + 5 with 3 of padding, 8. */
	EXPECT_EQ(44, message->nlmsg_len);
	EXPECT_EQ(ask.used, message->nlmsg_len);
	EXPECT_EQ(3 | NLA_F_NESTED, outer->nla_type);
	EXPECT_EQ(24, outer->nla_len);
	EXPECT_EQ(0, memcmp("four\0\0\0\0", ask.bytes + 28, 8));
	EXPECT_EQ(0, memcmp("\1\2\3\4", ask.bytes + 40, 4));
}

TEST(messages_follow_each_other)
{
	const struct head head = { 7 };
	struct lab_netlink ask;
	const struct nlmsghdr *message = (const void *)ask.bytes;

	lab_netlink_begin(&ask, 16, 0, &head, sizeof(head));
	lab_netlink_u8(&ask, 1, 1);
	lab_netlink_next(&ask, 17, NLM_F_ACK, &head, sizeof(head));
	lab_netlink_u16(&ask, 1, 1);
	EXPECT_EQ(28, message->nlmsg_len);
	message = (const void *)(ask.bytes + 28);
	EXPECT_EQ(17, message->nlmsg_type);
	EXPECT_EQ(28, message->nlmsg_len);
	EXPECT_EQ(56, ask.used);
	EXPECT_EQ(1, ask.acks);
}

TEST(what_does_not_fit_is_not_sent)
{
	static const char bytes[LAB_NETLINK_SIZE];
	const struct head head = { 7 };
	struct lab_netlink ask;

	lab_netlink_begin(&ask, 16, NLM_F_ACK, &head, sizeof(head));
	lab_netlink_put(&ask, 1, bytes, 4000);
	EXPECT_FALSE(ask.full);
	lab_netlink_put(&ask, 1, bytes, 100);
	EXPECT_TRUE(ask.full);
	EXPECT_EQ(-EMSGSIZE, lab_netlink_send(&ask, NETLINK_ROUTE, NULL));
}

TEST(attributes_of_answers)
{
	const struct head head = { 7 };
	struct lab_netlink answer;
	const uint16_t *found;
	struct nlattr *first = (void *)(answer.bytes + 20);

	lab_netlink_begin(&answer, 16, 0, &head, sizeof(head));
	lab_netlink_text(&answer, 2, "name");
	lab_netlink_u16(&answer, 1, 4711);
	found = lab_netlink_find(&answer, sizeof(head), 1, sizeof(*found));
	ASSERT_NE(NULL, found);
	EXPECT_EQ(4711, *found);
	EXPECT_EQ(NULL, lab_netlink_find(&answer, sizeof(head), 1, 4));
	EXPECT_EQ(NULL, lab_netlink_find(&answer, sizeof(head), 3, 1));
	/* Lengths that do not fit end the search. */
	first->nla_len = 0;
	EXPECT_EQ(NULL, lab_netlink_find(&answer, sizeof(head), 1, 2));
	first->nla_len = 2000;
	EXPECT_EQ(NULL, lab_netlink_find(&answer, sizeof(head), 1, 2));
	answer.used = 0;
	EXPECT_EQ(NULL, lab_netlink_find(&answer, sizeof(head), 1, 2));
}

TEST_HARNESS_MAIN
