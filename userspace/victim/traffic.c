// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/traffic.c - what is sent over a wire, each byte verified.
 *
 * This process has sockets of both ends' namespaces: a socket belongs to the
 * namespace that the thread was in when it was made (net/socket.c,
 * __sock_create()). One thread does everything, so that only the guest's clock
 * decides when something is sent.
 *
 * A pass is: datagrams of many sizes from left to right, a stream of bytes the
 * other way, and echo requests. Each byte that arrives is compared with what
 * was sent. A pass ends when everything has arrived, or nothing has arrived for
 * a while.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define PORT 4711

#define DATAGRAMS 200
#define DATAGRAM_MIN 64
/* Heads of IPv4 and UDP. */
#define DATAGRAM_HEADS 28
#define DATAGRAM_MAX 8972
#define BURST 16
/* Bytes that wait to be received: those of a burst of the longest, and more. */
#define BURST_BYTES (1 << 20)
#define STREAM (256u << 10)
#define STREAM_UNIT 4096u /* bytes that count as a unit of work */
#define ECHOES 8
/* Milliseconds without a datagram after which the rest of a burst is late. */
#define BURST_MS 20
/* Milliseconds after which the rest is lost. TCP retransmits later. */
#define QUIET_MS 300
#define STREAM_MS 20000

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static int open_socket(const struct lab_wire_end *end, int type, int protocol)
{
	int s;

	lab_wire_enter(end);
	s = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	lab_wire_leave();
	return s;
}

static struct sockaddr_in address_of(const struct lab_wire_end *end)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(PORT) };

	inet_pton(AF_INET, end->address, &address.sin_addr);
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

/*
 * With jumbo frames up to their size; else up to that of the wire, so that a
 * layer with a smaller MTU makes fragments of the longest.
 */
static unsigned int datagram_size(uint32_t number)
{
	const uint32_t mtu = lab_wire_left.mtu > LAB_WIRE_MTU ?
				     lab_wire_left.mtu :
				     LAB_WIRE_MTU;

	return DATAGRAM_MIN +
	       number * 97 % (mtu - DATAGRAM_HEADS - DATAGRAM_MIN);
}

static void take_datagrams(struct datagrams *set, struct lab_work *work)
{
	unsigned char bytes[DATAGRAM_MAX + 1];
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
	const struct sockaddr_in to = address_of(&lab_wire_right);
	struct datagrams set = {
		.from = open_socket(&lab_wire_left, SOCK_DGRAM, 0),
		.to = open_socket(&lab_wire_right, SOCK_DGRAM, 0),
	};
	const uint64_t before = work->done;
	const int room = BURST_BYTES;
	uint32_t i;

	setsockopt(set.to, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
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
	const struct sockaddr_in to = address_of(&lab_wire_left);
	const int one = 1;
	int listener = open_socket(&lab_wire_left, SOCK_STREAM, 0);

	*sender = open_socket(&lab_wire_right, SOCK_STREAM, 0);
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

void lab_traffic_echo(struct lab_work *work, unsigned int count)
{
	const struct sockaddr_in to = address_of(&lab_wire_right);
	int s = open_socket(&lab_wire_left, SOCK_RAW, IPPROTO_ICMP);
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
	lab_traffic_echo(work, ECHOES);
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
