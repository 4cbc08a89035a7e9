// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/net.c - TCP and UDP over the loopback, whose payload is verified.
 *
 * What is received over it is received in softirq, with GFP_ATOMIC allocations
 * that are the kernel's own. One worker drives both ends of every flow by an
 * io_uring. A byte's value follows from its flow and its place, so that each is
 * checked where it arrives: under injection and in scarcity data may come late,
 * and datagrams not at all, but never other than they were sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <liburing.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pressure/common/level.h"
#include "pressure.h"
#include "pressure/common/workers.h"

#define FLOWS_MAX 32
#define SIZE_MAX_BYTES (60u << 10) /* less than a datagram can hold */

static const struct lab_key keys[] = {
	{ "tcp", LAB_KEY_NUMBER, 0, FLOWS_MAX / 2, 2, true, "TCP connections" },
	{ "udp", LAB_KEY_NUMBER, 0, FLOWS_MAX / 2, 2, true, "UDP flows" },
	{ "size", LAB_KEY_BYTES, 16, SIZE_MAX_BYTES, 16384, true,
	  "bytes of a message" },
	{},
};

/* What the worker says: bytes, bytes, bytes, datagrams, tries. */
enum { SENT, VERIFIED, WRONG, LOST, RETRIED };

struct flow {
	unsigned int number;
	bool datagrams;
	int from, to;
	uint64_t sent, received; /* bytes, or datagrams */
	char *out, *in; /* a message each */
	bool heard;
};

struct net {
	struct io_uring ring;
	struct lab_worker_report *report;
	struct flow flow[FLOWS_MAX];
	unsigned int flows, unheard;
	size_t size;
};

static struct lab_workers workers = { .pressure = "net" };
static bool raised; /* the loopback, by us */

static int net_probe(const char **why)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*why = "";
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	*why = "the kernel has no IPv4 (CONFIG_INET)";
	return -EAFNOSUPPORT;
}

/* The eight bytes at position @at of a flow. */
static uint64_t word_of(unsigned int flow, uint64_t at)
{
	uint64_t z = (at + ((uint64_t)flow << 56)) * 0x9e3779b97f4a7c15;

	return z ^ z >> 29;
}

static unsigned char byte_of(unsigned int flow, uint64_t at)
{
	return word_of(flow, at / 8) >> at % 8 * 8;
}

static void put(char *to, unsigned int flow, uint64_t from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = byte_of(flow, from + i);
}

static size_t count_wrong(const char *bytes, unsigned int flow, uint64_t from,
			  size_t n)
{
	size_t i, wrong = 0;

	for (i = 0; i < n; i++)
		wrong += (unsigned char)bytes[i] != byte_of(flow, from + i);
	return wrong;
}

static int listen_on_loopback(int type, struct sockaddr_in *address)
{
	socklen_t size = sizeof(*address);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (bind(fd, (struct sockaddr *)address, size) ||
	    getsockname(fd, (struct sockaddr *)address, &size) ||
	    (type == SOCK_STREAM && listen(fd, 1))) {
		size = errno;
		close(fd);
		return -(int)size;
	}
	return fd;
}

static int open_flow(struct flow *flow, size_t size)
{
	const int type = flow->datagrams ? SOCK_DGRAM : SOCK_STREAM;
	struct sockaddr_in address;
	int end = listen_on_loopback(type, &address);

	if (end < 0)
		return end;
	flow->from = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (flow->from < 0 ||
	    connect(flow->from, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	flow->to = flow->datagrams ? end : accept(end, NULL, NULL);
	if (flow->to < 0)
		return -errno;
	flow->out = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (flow->out == MAP_FAILED)
		return -errno;
	flow->in = flow->out + size;
	return 0;
}

/* Tags of what completes: the flow, and whether it was a receive. */
static uint64_t tag_of(const struct flow *flow, bool receive)
{
	return flow->number * 2 + receive;
}

static void send_next(struct net *net, struct flow *flow)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&net->ring);
	const uint64_t number = flow->sent;

	if (flow->datagrams) {
		memcpy(flow->out, &number, sizeof(number));
		put(flow->out + 8, flow->number, number * net->size,
		    net->size - 8);
	} else {
		put(flow->out, flow->number, flow->sent, net->size);
	}
	io_uring_prep_send(sqe, flow->from, flow->out, net->size, MSG_NOSIGNAL);
	io_uring_sqe_set_data64(sqe, tag_of(flow, false));
}

static void receive_next(struct net *net, struct flow *flow)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&net->ring);

	io_uring_prep_recv(sqe, flow->to, flow->in, net->size, 0);
	io_uring_sqe_set_data64(sqe, tag_of(flow, true));
}

/* Gaps in the numbers are lost datagrams; numbers never decrease. */
static void take_datagram(struct net *net, struct flow *flow, size_t n)
{
	uint64_t number, *value = net->report->value;

	memcpy(&number, flow->in, sizeof(number));
	if (n != net->size || number < flow->received ||
	    number >= flow->sent + 1) {
		value[WRONG] += n;
		return;
	}
	value[LOST] += number - flow->received;
	flow->received = number + 1;
	value[WRONG] += count_wrong(flow->in + 8, flow->number,
				    number * net->size, n - 8);
}

static void take(struct net *net, struct flow *flow, size_t n)
{
	uint64_t *value = net->report->value;

	if (flow->datagrams) {
		take_datagram(net, flow, n);
	} else {
		value[WRONG] +=
			count_wrong(flow->in, flow->number, flow->received, n);
		flow->received += n;
	}
	value[VERIFIED] += n;
	net->unheard -= !flow->heard;
	flow->heard = true;
}

/* Operations that failed for lack of memory are tried again. */
static bool is_late(int err)
{
	return err == -ENOMEM || err == -ENOBUFS || err == -EAGAIN ||
	       err == -EINTR;
}

static int complete(struct net *net, const struct io_uring_cqe *cqe)
{
	const uint64_t tag = io_uring_cqe_get_data64(cqe);
	struct flow *flow = &net->flow[tag / 2];

	if (cqe->res <= 0 && !is_late(cqe->res))
		return cqe->res ? cqe->res : -EPIPE;
	if (cqe->res < 0)
		net->report->value[RETRIED]++;
	if (tag % 2) {
		if (cqe->res > 0)
			take(net, flow, cqe->res);
		receive_next(net, flow);
		return 0;
	}
	if (cqe->res > 0) {
		net->report->value[SENT] += cqe->res;
		flow->sent += flow->datagrams ? 1 : cqe->res;
	}
	send_next(net, flow);
	return 0;
}

static int drive(struct net *net)
{
	struct io_uring_cqe *cqe;
	bool rung = false;
	int err;

	for (;;) {
		err = io_uring_submit_and_wait(&net->ring, 1);
		if (err < 0 && !is_late(err))
			return err;
		while (!io_uring_peek_cqe(&net->ring, &cqe)) {
			err = complete(net, cqe);
			io_uring_cqe_seen(&net->ring, cqe);
			if (err)
				return err;
		}
		if (!net->unheard && !rung) {
			lab_worker_notify();
			rung = true;
		}
	}
}

static int open_all(struct net *net, unsigned int tcp, unsigned int udp)
{
	unsigned int i;
	int err;

	net->flows = tcp + udp;
	net->unheard = net->flows;
	err = io_uring_queue_init(4 * FLOWS_MAX, &net->ring, 0);
	for (i = 0; !err && i < net->flows; i++) {
		net->flow[i].number = i;
		net->flow[i].datagrams = i >= tcp;
		err = open_flow(&net->flow[i], net->size);
	}
	if (err)
		return err;
	/*
	 * Its own memory is locked, so it does not fault while memory is short.
	 */
	mlockall(MCL_CURRENT);
	for (i = 0; i < net->flows; i++) {
		receive_next(net, &net->flow[i]);
		send_next(net, &net->flow[i]);
	}
	return 0;
}

/* "net INDEX TCP UDP SIZE" */
static int net_worker(int argc, char **argv)
{
	static struct net net;
	int err;

	net.report = lab_worker_report_slot(argc, argv);
	if (!net.report || argc != 5)
		return 2;
	net.size = strtoull(argv[4], NULL, 10);
	err = open_all(&net, strtoul(argv[2], NULL, 10),
		       strtoul(argv[3], NULL, 10));
	if (!err)
		err = drive(&net);
	lab_worker_park(net.report, err);
}

static int set_loopback(bool up, bool *was)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCGIFFLAGS, &request))
		err = -errno;
	*was = request.ifr_flags & IFF_UP;
	request.ifr_flags = up ? request.ifr_flags | IFF_UP :
				 request.ifr_flags & ~IFF_UP;
	if (!err && *was != up && ioctl(fd, SIOCSIFFLAGS, &request))
		err = -errno;
	close(fd);
	return err;
}

static int net_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t numbers[] = {
		lab_setting_get(settings, "tcp"),
		lab_setting_get(settings, "udp"),
		lab_setting_get(settings, "size"),
	};
	bool was = true;
	int err;

	(void)seed;
	if (!numbers[0] && !numbers[1])
		return 0;
	err = set_loopback(true, &was);
	raised = !err && !was;
	if (!err)
		err = lab_workers_start_numbers(&workers, 0, numbers, 3);
	if (err)
		fprintf(stderr, "labyrinth: net: %s\n", strerror(-err));
	return err;
}

static int net_stop(void)
{
	const struct lab_worker_report *report;
	bool was;
	int err;

	if (!lab_workers_has(&workers, 0))
		return 0;
	report = lab_workers_report(&workers, 0);
	lab_pressed_note(
		"net", -1,
		json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "sent",
			  (json_int_t)report->value[SENT], "verified",
			  (json_int_t)report->value[VERIFIED], "wrong",
			  (json_int_t)report->value[WRONG], "lost_datagrams",
			  (json_int_t)report->value[LOST], "retried",
			  (json_int_t)report->value[RETRIED], "error",
			  report->error ? strerror(-report->error) : ""));
	err = lab_workers_stop(&workers);
	if (raised)
		set_loopback(false, &was);
	raised = false;
	return err;
}

const struct lab_pressure lab_press_net = {
	.name = "net",
	.help = "TCP and UDP over the loopback, by io_uring, every byte verified (verdict payload)",
	.keys = keys,
	.probe = net_probe,
	.start = net_start,
	.stop = net_stop,
	.worker = net_worker,
};
