// SPDX-License-Identifier: GPL-2.0-only
/*
 * tests/frames.c - a program as explore takes one: frames from one network card
 * to the other, each byte of them checked.
 *
 * usage: frames COUNT
 *
 * Exits 0: all came, and were right; 99: one came with other bytes; 1: some did
 * not come within two seconds; 2: there are no two cards, or they cannot be
 * used.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define WRONG 99
#define NO_CARDS 2
#define PROTOCOL 0x88b5 /* for experiments */
#define WAIT_MS 2000
/* Frames under way at a time, fewer than a ring has. */
#define BURST 16

struct frame {
	struct ethhdr head;
	uint32_t number;
	unsigned char bytes[ETH_DATA_LEN - sizeof(uint32_t)];
} __attribute__((packed));

/* The two interfaces that have a device, by name. */
static int find_cards(char card[2][IFNAMSIZ])
{
	struct dirent **names;
	int count = 0, i,
	    n = scandir("/sys/class/net", &names, NULL, alphasort);
	char path[300];

	for (i = 0; i < n && count < 2; i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/device",
			 names[i]->d_name);
		if (!access(path, F_OK))
			snprintf(card[count++], IFNAMSIZ, "%.15s",
				 names[i]->d_name);
	}
	return count;
}

/* A socket that sends and receives on this interface, which is up then. */
static int socket_of(const char *card)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(PROTOCOL),
				       .sll_ifindex = if_nametoindex(card) };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(PROTOCOL));
	struct ifreq request = {};

	if (fd < 0)
		err(NO_CARDS, "AF_PACKET");
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", card);
	if (ioctl(fd, SIOCGIFFLAGS, &request))
		err(NO_CARDS, "%s", card);
	request.ifr_flags |= IFF_UP | IFF_PROMISC;
	if (ioctl(fd, SIOCSIFFLAGS, &request) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "%s", card);
	return fd;
}

static void fill(struct frame *frame, uint32_t number)
{
	size_t i;

	memset(frame->head.h_dest, 0xff, ETH_ALEN);
	memset(frame->head.h_source, 2, ETH_ALEN);
	frame->head.h_proto = htons(PROTOCOL);
	frame->number = number;
	for (i = 0; i < sizeof(frame->bytes); i++)
		frame->bytes[i] = (unsigned char)(number * 31 + i * 7);
}

/* Receives up to count frames; what came before was lost and is not waited for. */
static long receive(int fd, long count)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct frame came, right = {};
	long got = 0;

	while (got < count && poll(&ready, 1, WAIT_MS) > 0) {
		if (recv(fd, &came, sizeof(came), 0) != sizeof(came))
			continue;
		fill(&right, came.number);
		if (memcmp(&came, &right, sizeof(came)) != 0)
			errx(WRONG, "frame %u has other bytes", came.number);
		got++;
	}
	return got;
}

/* The link comes up some time after the interface. */
static void wait_for_link(int from, int to)
{
	struct frame frame = {};
	int tries;

	fill(&frame, 0);
	for (tries = 0; tries < 5; tries++) {
		if (send(from, &frame, sizeof(frame), 0) == sizeof(frame) &&
		    receive(to, 1))
			return;
	}
	errx(1, "no link");
}

int main(int argc, char **argv)
{
	const long count = argc == 2 ? atol(argv[1]) : 0;
	char card[2][IFNAMSIZ];
	long sent, got = 0;
	struct frame frame = {};
	int from, to;

	if (count < 1 || find_cards(card) < 2)
		errx(NO_CARDS, "usage: frames COUNT, where two cards are");
	from = socket_of(card[0]);
	to = socket_of(card[1]);
	wait_for_link(from, to);
	for (sent = 0; sent < count;) {
		long burst = 0;

		while (burst < BURST && sent < count) {
			fill(&frame, ++sent);
			if (send(from, &frame, sizeof(frame), 0) ==
			    sizeof(frame))
				burst++;
		}
		got += receive(to, burst);
	}
	printf("%ld of %ld frames\n", got, count);
	return got < count;
}
