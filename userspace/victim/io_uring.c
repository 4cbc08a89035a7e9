// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/io_uring.c - requests of an io_uring that have to wait for what they want,
 * and more completions than its ring has room for.
 *
 * To wait for data takes memory that is not waited for (io_uring/poll.c,
 * io_req_alloc_apoll()), and so does each completion that is put aside
 * (io_uring/io_uring.c, io_cqring_event_overflow()). One for which there is none is
 * dropped, and counted where the program can see it.
 */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service.h"

#define ENTRIES 16
#define WAITING 12 /* requests at a time */
#define ROUNDS 4
#define NOTHINGS 96 /* completions, of which ENTRIES have room */
#define BYTES 200
/* Seconds until a completion counts as lost. */
#define ANSWER_S 2

static int make_ring(struct io_uring *ring)
{
	struct io_uring_params params = { .flags = IORING_SETUP_CQSIZE,
					  .cq_entries = ENTRIES };

	return io_uring_queue_init_params(ENTRIES, ring, &params);
}

/* The next completion; false when none came. */
static bool next(struct io_uring *ring, uint64_t *data, int *result,
		 struct lab_work *work)
{
	struct __kernel_timespec patience = { .tv_sec = ANSWER_S };
	struct io_uring_cqe *done;
	const int err = io_uring_wait_cqe_timeout(ring, &done, &patience);

	if (err) {
		lab_service_error(work, -err);
		return false;
	}
	*data = done->user_data;
	*result = done->res;
	io_uring_cqe_seen(ring, done);
	return true;
}

static bool submit(struct io_uring *ring, int count, struct lab_work *work)
{
	const int n = io_uring_submit(ring);

	if (n < 0)
		lab_service_error(work, -n);
	return n == count;
}

/* ---- requests that wait ----------------------------------------------------- */

struct waiting {
	int pair[2];
	unsigned char got[BYTES];
};

static unsigned char byte_at(unsigned int number, unsigned int i)
{
	return number * 31 + i * 7 + 1;
}

static void ask(struct io_uring *ring, struct waiting *one, unsigned int number)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	/* Every third only asks whether there is something. */
	if (number % 3 == 2)
		io_uring_prep_poll_add(sqe, one->pair[0], POLLIN);
	else
		io_uring_prep_recv(sqe, one->pair[0], one->got, BYTES, 0);
	io_uring_sqe_set_data64(sqe, number);
}

static void give(const struct waiting *one, unsigned int number,
		 struct lab_work *work)
{
	unsigned char bytes[BYTES];
	unsigned int i;

	for (i = 0; i < BYTES; i++)
		bytes[i] = byte_at(number, i);
	if (send(one->pair[1], bytes, BYTES, 0) != BYTES)
		lab_service_error(work, errno);
}

static void check(const struct waiting *one, unsigned int number, int result,
		  struct lab_work *work)
{
	unsigned int i;

	if (result < 0) {
		lab_service_error(work, -result);
		return;
	}
	if (number % 3 == 2) {
		if (result & POLLIN)
			work->done++;
		else
			work->wrong++;
		return;
	}
	for (i = 0; i < BYTES && one->got[i] == byte_at(number, i); i++)
		;
	if (result == BYTES && i == BYTES)
		work->done++;
	else
		work->wrong++;
}

static void pass_waiting(struct io_uring *ring, struct waiting *all,
			 struct lab_work *work)
{
	unsigned char came[WAITING] = {};
	unsigned int i;
	uint64_t data;
	int result;

	work->asked += WAITING;
	for (i = 0; i < WAITING; i++) {
		memset(all[i].got, 0, BYTES);
		ask(ring, &all[i], i);
	}
	if (!submit(ring, WAITING, work))
		return;
	for (i = 0; i < WAITING; i++)
		give(&all[i], i, work);
	for (i = 0; i < WAITING; i++) {
		if (!next(ring, &data, &result, work))
			return;
		if (data >= WAITING || came[data]++)
			work->wrong++;
		else
			check(&all[data], data, result, work);
	}
}

static bool open_pairs(struct waiting *all, struct lab_work *work)
{
	bool good = true;
	unsigned int i;

	for (i = 0; i < WAITING; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			       all[i].pair)) {
			lab_service_error(work, errno);
			all[i].pair[0] = -1;
			good = false;
		}
	return good;
}

static void close_pairs(const struct waiting *all)
{
	unsigned int i;

	for (i = 0; i < WAITING; i++) {
		if (all[i].pair[0] < 0)
			continue;
		close(all[i].pair[0]);
		close(all[i].pair[1]);
	}
}

/* ---- more completions than there is room for ----------------------------------- */

static bool ask_nothings(struct io_uring *ring, struct lab_work *work)
{
	unsigned int i, j;

	for (i = 0; i < NOTHINGS; i += ENTRIES) {
		for (j = i; j < i + ENTRIES; j++) {
			struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

			io_uring_prep_nop(sqe);
			io_uring_sqe_set_data64(sqe, j);
		}
		if (!submit(ring, ENTRIES, work))
			return false;
	}
	return true;
}

static void pass_nothings(struct io_uring *ring, struct lab_work *work)
{
	const unsigned int before = *ring->cq.koverflow;
	unsigned char came[NOTHINGS] = {};
	unsigned int i, dropped;
	uint64_t data;
	int result;

	work->asked += NOTHINGS;
	if (!ask_nothings(ring, work))
		return;
	dropped = *ring->cq.koverflow - before;
	for (i = 0; i < dropped; i++)
		lab_service_error(work, ENOBUFS);
	for (i = dropped; i < NOTHINGS; i++) {
		if (!next(ring, &data, &result, work))
			return;
		if (data >= NOTHINGS || came[data]++ || result)
			work->wrong++;
		else
			work->done++;
	}
}

static void io_uring_work(struct lab_work *work)
{
	static struct waiting all[WAITING];
	struct io_uring ring;
	unsigned int round;
	int err;

	memset(work, 0, sizeof(*work));
	err = make_ring(&ring);
	if (err) {
		work->asked = 1;
		lab_service_error(work, -err);
		lab_service_end(work, "rings");
		return;
	}
	if (open_pairs(all, work))
		for (round = 0; round < ROUNDS; round++)
			pass_waiting(&ring, all, work);
	else
		work->asked++;
	pass_nothings(&ring, work);
	/* Requests that nothing came of end with it. */
	io_uring_queue_exit(&ring);
	close_pairs(all);
	lab_service_end(work, "requests");
}

static int io_uring_open(const struct lab_victim_ops *victim, char *why,
			 size_t size)
{
	struct io_uring ring;
	const int err = make_ring(&ring);

	(void)victim;
	if (err)
		return lab_service_missing("io_uring", -err, why, size);
	io_uring_queue_exit(&ring);
	return 0;
}

const struct lab_victim_ops lab_victim_io_uring = {
	.name = "io_uring",
	.help = "requests of an io_uring that wait, and a ring that overflows",
	.memory = LAB_SERVICE_MIB,
	.open = io_uring_open,
	.start = lab_service_start,
	.work = io_uring_work,
	.stop = lab_service_stop,
	.close = lab_service_close,
};
