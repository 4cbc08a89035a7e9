// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/pinned.c - memory that cannot be reclaimed, or not even moved.
 *
 * As anon, but what was taken is then locked, which reclaim and swap pass by,
 * or registered with io_uring as buffers, which pins it: compaction cannot move it
 * either.
 */
#include <errno.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../device.h"
#include "../random.h"
#include "level.h"
#include "place.h"
#include "pressure.h"
#include "squeeze.h"
#include "team.h"

#define JITTER 64 /* pages by which a seed moves the target */
#define BUFFER (1ul << 30) /* bytes at most in one, io_uring's limit */

enum { LOCKED, REGISTERED };

static const char *const hows[] = { "locked", "registered", NULL };

static const struct lab_key keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 1050, 100000, 2000, true,
	  "free pages left in the largest zone of each node" },
	{ "how", LAB_KEY_CHOICE, 0, 0, REGISTERED, true,
	  "locked by mlock, or registered as buffers of an io_uring", hows },
	{},
};

/* What a worker says. */
enum { TARGET, FREE, TAKEN, BOOST };

static struct lab_team team = { .pressure = "pinned", .polite = true };

static struct io_uring ring;
static bool registered;

static int register_buffers(const struct lab_squeeze *squeeze)
{
	const size_t all = squeeze->taken * squeeze->page;
	struct iovec iov[64];
	size_t n = 0, at;

	for (at = 0; at < all && n < 64; at += iov[n++].iov_len)
		iov[n] =
			(struct iovec){ squeeze->memory + at,
					all - at < BUFFER ? all - at : BUFFER };
	registered = true;
	return io_uring_register_buffers(&ring, iov, n);
}

/* When the ring goes with its process it lets go of them later than that. */
static void unregister(void)
{
	if (!registered)
		return;
	io_uring_unregister_buffers(&ring);
	registered = false;
}

static int pin(const struct lab_squeeze *squeeze, int how)
{
	if (how == REGISTERED)
		return register_buffers(squeeze);
	return mlock(squeeze->memory, squeeze->taken * squeeze->page) ? -errno :
									0;
}

static void unpin(const struct lab_squeeze *squeeze)
{
	unregister();
	munlock(squeeze->memory, squeeze->taken * squeeze->page);
}

#define ROUNDS 16
#define CLOSE 20 /* the part of the target that is close enough */

static bool is_close(const struct lab_squeeze *squeeze)
{
	const uint64_t off = squeeze->free > squeeze->target ?
				     squeeze->free - squeeze->target :
				     squeeze->target - squeeze->free;

	return off <= squeeze->target / CLOSE;
}

/* To pin pages takes some: as many are left for that the next time. */
static int pin_to_level(struct lab_squeeze *squeeze, int how)
{
	uint64_t spare = 0, before;
	int err, rounds = ROUNDS;

	for (;;) {
		squeeze->jitter += spare;
		err = lab_squeeze_down(squeeze);
		squeeze->jitter -= spare;
		before = squeeze->free;
		if (!err)
			err = pin(squeeze, how);
		if (!err)
			err = lab_squeeze_look(squeeze);
		if (err || is_close(squeeze) || !--rounds)
			return err;
		unpin(squeeze);
		spare = before > squeeze->free ? before - squeeze->free : 0;
	}
}

/* "pinned INDEX NODE PERMILLE JITTER HOW" */
static int pinned_worker(int argc, char **argv)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct lab_words_of *said = lab_team_speak(argc, argv);
	static struct lab_squeeze squeeze;
	int err;

	if (!said || argc != 6)
		return 2;
	squeeze.node = strtoul(argv[2], NULL, 10);
	squeeze.permille = strtoull(argv[3], NULL, 10);
	squeeze.jitter = strtoull(argv[4], NULL, 10);
	setrlimit(RLIMIT_MEMLOCK, &all);
	err = io_uring_queue_init(1, &ring, 0);
	if (!err)
		err = lab_squeeze_open(&squeeze);
	if (!err)
		err = pin_to_level(&squeeze, strtoul(argv[5], NULL, 10));
	lab_squeeze_look(&squeeze);
	said->word[TARGET] = squeeze.target;
	said->word[FREE] = squeeze.free;
	said->word[TAKEN] = squeeze.taken;
	said->word[BOOST] = squeeze.boost;
	lab_team_rest_until(said, err, unregister);
}

static int start_on(unsigned int node, const struct lab_setting *settings,
		    uint64_t seed)
{
	uint64_t state = seed + node;
	const uint64_t numbers[] = {
		node,
		lab_setting_get(settings, "target"),
		lab_random(&state) % JITTER,
		lab_setting_get(settings, "how"),
	};
	const struct lab_words_of *said;
	int err = lab_team_start_numbers(&team, node, numbers,
					 sizeof(numbers) / sizeof(*numbers));

	said = lab_team_said(&team, node);
	lab_pressed_record(
		&(struct lab_pressed){ "pinned", node, "pages free",
				       said->word[TARGET], said->word[FREE] },
		json_pack("{s:I, s:I}", "boost", (json_int_t)said->word[BOOST],
			  "taken_pages", (json_int_t)said->word[TAKEN]),
		err);
	return err;
}

static int pinned_start(const struct lab_setting *settings, uint64_t seed)
{
	return lab_start_on_nodes(start_on, settings, seed);
}

static int pinned_stop(void)
{
	return lab_team_stop(&team);
}

const struct lab_pressure lab_press_pinned = {
	.name = "pinned",
	.help = "memory that is locked, or pinned by io_uring",
	.keys = keys,
	.probe = lab_probe_numa,
	.start = pinned_start,
	.stop = pinned_stop,
	.worker = pinned_worker,
};
