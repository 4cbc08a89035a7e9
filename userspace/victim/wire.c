// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/wire.c - two interfaces, joined by a wire, and what is sent over it.
 *
 * Each interface lies in a network namespace of its own, so that what one sends
 * to the other's address has to go through both drivers. This process has
 * sockets of both namespaces: a socket belongs to the namespace that the thread
 * was in when it was made (net/socket.c, __sock_create()). One thread does
 * everything, so that only the guest's clock decides when something is sent.
 *
 * A pass is: datagrams of many sizes from left to right, a stream of bytes the
 * other way, and echo requests. Each byte that arrives is compared with what
 * was sent. A pass ends when everything has arrived, or nothing has arrived for
 * a while.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "victim.h"

#define LEFT "10.99.0.1"
#define RIGHT "10.99.0.2"
#define MASK "255.255.255.0"
#define PORT 4711

#define DATAGRAMS 200
#define DATAGRAM_MAX 1472
#define BURST 16
#define STREAM (256u << 10)
#define STREAM_UNIT 4096u /* bytes that count as a unit of work */
#define ECHOES 8
/* Milliseconds without a datagram after which the rest of a burst is late. */
#define BURST_MS 20
/* Milliseconds after which the rest is lost. TCP retransmits later. */
#define QUIET_MS 300
#define STREAM_MS 20000
#define CARRIER_MS 10000

static struct {
	int home; /* the namespace of this process at its start */
	int left, right; /* file descriptors of the namespaces, or -1 */
	char left_name[16], right_name[16];
} wire = { -1, -1, -1, "", "" };

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static void enter(int namespace)
{
	if (namespace >= 0)
		setns(namespace, CLONE_NEWNET);
}

/* A new namespace; this thread stays where it is. */
static int make_namespace(void)
{
	int fd;

	if (unshare(CLONE_NEWNET))
		return -1;
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	enter(wire.home);
	return fd;
}

/* 0 or a negative errno. */
static int move_interface(const char *name, int namespace)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
		struct rtattr attribute;
		int fd;
	} ask = {
		.head = { .nlmsg_len = sizeof(ask),
			  .nlmsg_type = RTM_NEWLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.info = { .ifi_index = if_nametoindex(name) },
		.attribute = { .rta_len = RTA_LENGTH(sizeof(int)),
			       .rta_type = IFLA_NET_NS_FD },
		.fd = namespace,
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[sizeof(ask)];
	} answer = {};
	int err = -EIO, s;

	if (!ask.info.ifi_index)
		return -ENODEV;
	s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (s < 0)
		return -errno;
	if (send(s, &ask, sizeof(ask), 0) < 0 ||
	    recv(s, &answer, sizeof(answer), 0) < 0)
		err = -errno;
	else if (answer.head.nlmsg_type == NLMSG_ERROR)
		err = answer.error.error;
	close(s);
	return err;
}

static int ask_interface(const char *name, unsigned long request,
			 const char *address, short flags)
{
	struct ifreq ask = {};
	struct sockaddr_in *in = (struct sockaddr_in *)&ask.ifr_addr;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (s < 0)
		return -errno;
	snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", name);
	if (address) {
		in->sin_family = AF_INET;
		inet_pton(AF_INET, address, &in->sin_addr);
	} else {
		ask.ifr_flags = flags;
	}
	if (ioctl(s, request, &ask))
		err = -errno;
	close(s);
	return err;
}

/* An error is a result of the kernel, and reported as that. */
static int bring_up(int namespace, const char *name, const char *address)
{
	int err;

	enter(namespace);
	err = ask_interface(name, SIOCSIFADDR, address, 0);
	if (!err)
		err = ask_interface(name, SIOCSIFNETMASK, MASK, 0);
	if (!err)
		err = ask_interface(name, SIOCSIFFLAGS, NULL,
				    IFF_UP | IFF_RUNNING);
	enter(wire.home);
	return err;
}

static bool has_carrier(int namespace, const char *name)
{
	struct ifreq ask = {};
	bool running = false;
	int s;

	enter(namespace);
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", name);
	if (s >= 0 && !ioctl(s, SIOCGIFFLAGS, &ask))
		running = ask.ifr_flags & IFF_RUNNING;
	if (s >= 0)
		close(s);
	enter(wire.home);
	return running;
}

static void wait_for_carrier(void)
{
	const uint64_t end = now_ms() + CARRIER_MS;

	while (now_ms() < end && !(has_carrier(wire.left, wire.left_name) &&
				   has_carrier(wire.right, wire.right_name)))
		usleep(20000);
}

static int make_wire(const char *left, const char *right)
{
	int err;

	wire.home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	wire.left = make_namespace();
	wire.right = make_namespace();
	if (wire.home < 0 || wire.left < 0 || wire.right < 0)
		return -errno;
	snprintf(wire.left_name, sizeof(wire.left_name), "%s", left);
	snprintf(wire.right_name, sizeof(wire.right_name), "%s", right);
	err = move_interface(left, wire.left);
	return err ? err : move_interface(right, wire.right);
}

static void take_home(int namespace, const char *name)
{
	if (namespace < 0)
		return;
	enter(namespace);
	ask_interface(name, SIOCSIFFLAGS, NULL, 0);
	move_interface(name, wire.home);
	enter(wire.home);
	close(namespace);
}

void lab_wire_stop(void)
{
	if (wire.home < 0)
		return;
	take_home(wire.left, wire.left_name);
	take_home(wire.right, wire.right_name);
	close(wire.home);
	wire.home = -1;
	wire.left = -1;
	wire.right = -1;
}

static int open_socket(int namespace, int type, int protocol)
{
	int s;

	enter(namespace);
	s = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	enter(wire.home);
	return s;
}

static struct sockaddr_in address_of(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(PORT) };

	inet_pton(AF_INET, text, &address.sin_addr);
	return address;
}

static void note_error(struct lab_work *work)
{
	if (errno == EAGAIN)
		return;
	if (!work->errors++)
		work->error = errno;
}

static unsigned char byte_at(uint32_t unit, uint32_t i)
{
	return unit * 31 + i * 7;
}

/* Waits for something to read. */
static bool readable(int s, int ms)
{
	struct pollfd look = { .fd = s, .events = POLLIN };

	return poll(&look, 1, ms) > 0;
}

/* ---- datagrams ---------------------------------------------------------- */

struct datagrams {
	int from, to;
	unsigned char seen[DATAGRAMS];
};

static unsigned int datagram_size(uint32_t number)
{
	return 64 + number * 97 % (DATAGRAM_MAX - 64);
}

static void take_datagrams(struct datagrams *set, struct lab_work *work)
{
	unsigned char bytes[2048];
	uint32_t number, i;
	ssize_t n;

	while ((n = recv(set->to, bytes, sizeof(bytes), 0)) > 0) {
		memcpy(&number, bytes, sizeof(number));
		if (n < 4 || number >= DATAGRAMS ||
		    n != (ssize_t)datagram_size(number)) {
			work->wrong++;
			continue;
		}
		for (i = 4; i < n && bytes[i] == byte_at(number, i); i++)
			;
		if (i < n)
			work->wrong++;
		else if (!set->seen[number]++)
			work->done++;
	}
	if (n < 0)
		note_error(work);
}

static void send_datagram(struct datagrams *set, uint32_t number,
			  struct lab_work *work)
{
	const unsigned int size = datagram_size(number);
	unsigned char bytes[DATAGRAM_MAX];
	uint32_t i;

	memcpy(bytes, &number, sizeof(number));
	for (i = 4; i < size; i++)
		bytes[i] = byte_at(number, i);
	if (send(set->from, bytes, size, 0) < 0)
		note_error(work);
}

static void pass_datagrams(struct lab_work *work)
{
	const struct sockaddr_in to = address_of(RIGHT);
	struct datagrams set = {
		.from = open_socket(wire.left, SOCK_DGRAM, 0),
		.to = open_socket(wire.right, SOCK_DGRAM, 0),
	};
	const uint64_t before = work->done;
	uint32_t i;

	work->asked += DATAGRAMS;
	if (set.from < 0 || set.to < 0 ||
	    bind(set.to, (const void *)&to, sizeof(to)) ||
	    connect(set.from, (const void *)&to, sizeof(to)))
		note_error(work);
	for (i = 0; i < DATAGRAMS; i++) {
		send_datagram(&set, i, work);
		/* In bursts, so that no queue on the way overflows. */
		while (i % BURST == BURST - 1 && work->done - before <= i &&
		       readable(set.to, BURST_MS))
			take_datagrams(&set, work);
	}
	while (work->done - before < DATAGRAMS && readable(set.to, QUIET_MS))
		take_datagrams(&set, work);
	close(set.from);
	close(set.to);
}

/* ---- a stream ------------------------------------------------------------ */

static int make_stream(int *sender, int *receiver, struct lab_work *work)
{
	const struct sockaddr_in to = address_of(LEFT);
	const int one = 1;
	int listener = open_socket(wire.left, SOCK_STREAM, 0);

	*sender = open_socket(wire.right, SOCK_STREAM, 0);
	*receiver = -1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (const void *)&to, sizeof(to)) ||
	    listen(listener, 1) ||
	    (connect(*sender, (const void *)&to, sizeof(to)) &&
	     errno != EINPROGRESS)) {
		note_error(work);
	} else if (readable(listener, STREAM_MS)) {
		*receiver = accept4(listener, NULL, NULL,
				    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (*receiver < 0)
			note_error(work);
	}
	close(listener);
	return *receiver < 0 ? -1 : 0;
}

static uint32_t feed(int sender, uint32_t sent, struct lab_work *work)
{
	unsigned char bytes[STREAM_UNIT];
	uint32_t i, n = STREAM - sent;
	ssize_t took;

	if (n > sizeof(bytes))
		n = sizeof(bytes);
	for (i = 0; i < n; i++)
		bytes[i] = byte_at(0, sent + i);
	took = n ? send(sender, bytes, n, MSG_NOSIGNAL) : 0;
	if (took < 0)
		note_error(work);
	return took < 0 ? 0 : took;
}

static uint32_t drink(int receiver, uint32_t got, struct lab_work *work)
{
	unsigned char bytes[STREAM_UNIT];
	ssize_t n = recv(receiver, bytes, sizeof(bytes), 0), i;

	if (n < 0)
		note_error(work);
	for (i = 0; i < n && bytes[i] == byte_at(0, got + i); i++)
		;
	if (n > 0 && i < n)
		work->wrong++;
	return n < 0 ? 0 : n;
}

static void pass_stream(struct lab_work *work)
{
	const uint64_t end = now_ms() + STREAM_MS;
	uint32_t sent = 0, got = 0;
	struct linger abort = { .l_onoff = 1 };
	struct pollfd both[2];
	int sender, receiver;

	work->asked += STREAM / STREAM_UNIT;
	if (!make_stream(&sender, &receiver, work)) {
		while (got < STREAM && now_ms() < end) {
			both[0] = (struct pollfd){ sender,
						   sent < STREAM ? POLLOUT : 0,
						   0 };
			both[1] = (struct pollfd){ receiver, POLLIN, 0 };
			if (poll(both, 2, end - now_ms()) <= 0)
				break;
			if (both[0].revents & POLLOUT)
				sent += feed(sender, sent, work);
			if (both[1].revents & POLLIN)
				got += drink(receiver, got, work);
			if ((both[0].revents | both[1].revents) &
			    (POLLERR | POLLHUP))
				break;
		}
		work->done += got / STREAM_UNIT;
		close(receiver);
	}
	/* Close at once: no connection may remain in TIME_WAIT. */
	setsockopt(sender, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
	close(sender);
}

/* ---- echoes ------------------------------------------------------------- */

static uint16_t checksum(const void *data, size_t size)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; size > 1; size -= 2)
		sum += *word++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

struct echo {
	struct icmphdr head;
	unsigned char bytes[256];
};

static bool echoed(int s, const struct echo *asked)
{
	unsigned char bytes[1024];
	const struct echo *answer =
		(const void *)(bytes + sizeof(struct iphdr));
	ssize_t n;

	while (readable(s, QUIET_MS)) {
		n = recv(s, bytes, sizeof(bytes), 0);
		if (n != (ssize_t)(sizeof(struct iphdr) + sizeof(*asked)) ||
		    answer->head.type != ICMP_ECHOREPLY)
			continue;
		return !memcmp(answer->bytes, asked->bytes,
			       sizeof(asked->bytes));
	}
	return false;
}

static void echo(struct lab_work *work, unsigned int count)
{
	const struct sockaddr_in to = address_of(RIGHT);
	int s = open_socket(wire.left, SOCK_RAW, IPPROTO_ICMP);
	uint32_t i, j;

	work->asked += count;
	for (i = 0; i < count; i++) {
		struct echo ask = { .head = { .type = ICMP_ECHO } };

		ask.head.un.echo.sequence = htons(i);
		for (j = 0; j < sizeof(ask.bytes); j++)
			ask.bytes[j] = byte_at(i, j);
		ask.head.checksum = checksum(&ask, sizeof(ask));
		if (sendto(s, &ask, sizeof(ask), 0, (const void *)&to,
			   sizeof(to)) < 0)
			note_error(work);
		else if (echoed(s, &ask))
			work->done++;
	}
	close(s);
}

static void pass_echoes(struct lab_work *work)
{
	echo(work, ECHOES);
}

/* The first datagrams wait for neighbour discovery: this is done before. */
static void wait_for_neighbour(void)
{
	const uint64_t end = now_ms() + CARRIER_MS;
	struct lab_work work = {};

	while (now_ms() < end && !work.done)
		echo(&work, 1);
}

int lab_wire_start(const char *left, const char *right)
{
	int err = wire.home < 0 ? make_wire(left, right) : 0;

	if (!err)
		err = bring_up(wire.left, wire.left_name, LEFT);
	if (!err)
		err = bring_up(wire.right, wire.right_name, RIGHT);
	if (err) {
		lab_wire_stop();
		return err;
	}
	wait_for_carrier();
	wait_for_neighbour();
	return 0;
}

void lab_wire_work(struct lab_work *work)
{
	static const struct {
		const char *name;
		void (*pass)(struct lab_work *work);
	} parts[] = {
		{ "datagrams", pass_datagrams },
		{ "units of the stream", pass_stream },
		{ "echoes", pass_echoes },
	};
	size_t used = 0, i;

	memset(work, 0, sizeof(*work));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const uint64_t asked = work->asked, done = work->done;
		uint64_t lost;

		parts[i].pass(work);
		lost = (work->asked - asked) - (work->done - done);
		if (lost && used < sizeof(work->detail))
			used += snprintf(work->detail + used,
					 sizeof(work->detail) - used,
					 "%s%llu %s", used ? ", " : "",
					 (unsigned long long)lost,
					 parts[i].name);
	}
}
