// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/wire.c - two interfaces, joined by a wire, and the layers on them.
 *
 * Each interface lies in a network namespace of its own, so that what one sends
 * to the other's address has to go through both drivers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "interface.h"
#include "wire.h"

#define CARRIER_MS 10000

struct lab_wire_end lab_wire_left = { .namespace = -1,
				      .link_address = "10.99.0.1" };
struct lab_wire_end lab_wire_right = { .namespace = -1,
				       .right = true,
				       .link_address = "10.99.0.2" };

/* The namespace of this process at its start, or -1: there is no wire. */
static int home = -1;

static const struct lab_layer *layers[LAB_LAYERS_MAX];
static unsigned int layer_count;

static bool neighbours_told;

/* What did not succeed, when the wire could not be built. */
static char trouble[96];

void lab_wire_layers(uint32_t set)
{
	unsigned int i;

	layer_count = 0;
	for (i = 0; lab_layers[i]; i++)
		if (set & 1u << i)
			layers[layer_count++] = lab_layers[i];
}

void lab_wire_tell_neighbours(bool tell)
{
	neighbours_told = tell;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

void lab_wire_enter(const struct lab_wire_end *end)
{
	if (end->namespace >= 0)
		setns(end->namespace, CLONE_NEWNET);
}

void lab_wire_leave(void)
{
	if (home >= 0)
		setns(home, CLONE_NEWNET);
}

/* A new namespace; this thread stays where it is. */
static int make_namespace(void)
{
	int fd;

	if (unshare(CLONE_NEWNET))
		return -1;
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	lab_wire_leave();
	return fd;
}

static int failed(const char *what, int err)
{
	snprintf(trouble, sizeof(trouble), "%s: %s", what, strerror(-err));
	return err;
}

static int make_ends(const char *left, const char *right)
{
	int err;

	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	lab_wire_left.namespace = make_namespace();
	lab_wire_right.namespace = make_namespace();
	if (home < 0 || lab_wire_left.namespace < 0 ||
	    lab_wire_right.namespace < 0)
		return failed("a network namespace", -errno);
	snprintf(lab_wire_left.link, sizeof(lab_wire_left.link), "%s", left);
	snprintf(lab_wire_right.link, sizeof(lab_wire_right.link), "%s", right);
	err = lab_interface_move(left, lab_wire_left.namespace);
	if (!err)
		err = lab_interface_move(right, lab_wire_right.namespace);
	return err ? failed("moving an interface to a network namespace", err) :
		     0;
}

void lab_wire_on_top(struct lab_wire_end *end, const char *name)
{
	snprintf(end->made[end->made_count++], sizeof(end->made[0]), "%s",
		 name);
	snprintf(end->top, sizeof(end->top), "%s", name);
}

/* The layers that are links, the address, and the layers above it. */
static int build(struct lab_wire_end *end)
{
	unsigned int i;
	int err;

	snprintf(end->top, sizeof(end->top), "%s", end->link);
	end->mtu = LAB_WIRE_MTU;
	end->address = end->link_address;
	for (i = 0; i < layer_count; i++) {
		err = layers[i]->link ? layers[i]->link(end) : 0;
		if (err)
			return failed(layers[i]->name, err);
	}
	memcpy(end->addressed, end->top, sizeof(end->addressed));
	err = lab_interface_address(end->top, end->address);
	if (!err)
		err = lab_interface_flags(end->top, IFF_UP, IFF_UP);
	if (err)
		return failed("bringing an interface up", err);
	for (i = 0; i < layer_count; i++) {
		err = layers[i]->net ? layers[i]->net(end) : 0;
		if (err)
			return failed(layers[i]->name, err);
	}
	return 0;
}

/* An error is a result of the kernel, and reported as that. */
static int bring_up(struct lab_wire_end *end)
{
	int err;

	lab_wire_enter(end);
	err = build(end);
	lab_wire_leave();
	return err;
}

static int tell_neighbour(const struct lab_wire_end *end)
{
	const struct lab_wire_end *other = lab_wire_other(end);
	unsigned char link[ETH_ALEN];
	int err;

	lab_wire_enter(other);
	err = lab_interface_link(other->addressed, link);
	lab_wire_leave();
	if (err)
		return err;
	lab_wire_enter(end);
	err = lab_interface_neighbour(end->addressed, other->link_address, link,
				      sizeof(link));
	lab_wire_leave();
	return err;
}

static bool has_carrier(const struct lab_wire_end *end)
{
	struct ifreq ask = {};
	bool running = false;
	int s;

	lab_wire_enter(end);
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", end->link);
	if (s >= 0 && !ioctl(s, SIOCGIFFLAGS, &ask))
		running = ask.ifr_flags & IFF_RUNNING;
	if (s >= 0)
		close(s);
	lab_wire_leave();
	return running;
}

static void wait_for_carrier(void)
{
	const uint64_t end = now_ms() + CARRIER_MS;

	while (now_ms() < end &&
	       !(has_carrier(&lab_wire_left) && has_carrier(&lab_wire_right)))
		usleep(20000);
}

/* The first datagrams wait for neighbour discovery: this is done before. */
static void wait_for_neighbour(void)
{
	const uint64_t end = now_ms() + CARRIER_MS;
	struct lab_work work = {};

	while (now_ms() < end && !work.done)
		lab_traffic_echo(&work, 1);
}

static void tear_down(struct lab_wire_end *end)
{
	if (end->namespace < 0)
		return;
	lab_wire_enter(end);
	while (end->made_count)
		lab_interface_delete(end->made[--end->made_count]);
	lab_interface_flags(end->link, 0, IFF_UP);
	lab_interface_move(end->link, home);
	lab_wire_leave();
	close(end->namespace);
	end->namespace = -1;
}

void lab_wire_stop(void)
{
	if (home < 0)
		return;
	tear_down(&lab_wire_left);
	tear_down(&lab_wire_right);
	close(home);
	home = -1;
}

static int build_both(const char *left, const char *right)
{
	int err = home < 0 ? make_ends(left, right) : 0;

	if (!err)
		err = bring_up(&lab_wire_left);
	if (!err)
		err = bring_up(&lab_wire_right);
	if (!err && neighbours_told) {
		err = tell_neighbour(&lab_wire_left);
		if (!err)
			err = tell_neighbour(&lab_wire_right);
		if (err)
			failed("telling a neighbour", err);
	}
	if (err)
		lab_wire_stop();
	return err;
}

int lab_wire_start(const char *left, const char *right)
{
	int err = build_both(left, right);

	if (err)
		return err;
	wait_for_carrier();
	wait_for_neighbour();
	return 0;
}

int lab_wire_probe(const char *left, const char *right, char *why, size_t size)
{
	int err;

	if (!layer_count)
		return 0;
	err = build_both(left, right);
	if (err)
		snprintf(why, size,
			 "this kernel or this interface cannot do it: %s",
			 trouble);
	else
		lab_wire_stop();
	return err;
}
