// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject/kprobe.c - the injector of the module, for kernels without fault
 * injection.
 *
 * The same keys as fail_page_alloc, with the same meaning and tested in the
 * same order. It is armed for an open descriptor of the device, so it ends with
 * this process, however that ends.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/device.h"
#include "inject.h"

static const struct lab_key keys[] = {
	{ "probability", LAB_KEY_NUMBER, 0, 100, 0, true,
	  "percent of eligible requests" },
	{ "interval", LAB_KEY_NUMBER, 1, 1000000000, 1, true,
	  "only every Nth eligible request" },
	{ "times", LAB_KEY_SIGNED, 0, 1000000000, UINT64_MAX, true,
	  "failures at most in each cell; -1: no limit" },
	{ "space", LAB_KEY_NUMBER, 0, 1000000000, 0, true,
	  "pages that pass before the first failure" },
	{ "min-order", LAB_KEY_NUMBER, 0, 10, 0, true,
	  "requests below this order pass" },
	{ "system", LAB_KEY_BOOL, 0, 1, 0, false,
	  "every atomic request of the machine, not shots alone" },
	{ "slow-path", LAB_KEY_BOOL, 0, 1, 0, false,
	  "nothing fails: the fast pass misses, the slow path is taken" },
	{},
};

static int armed = -1;

static int arm(const struct lab_inject *wanted, char *why, size_t size)
{
	struct lab_inject inject = *wanted;
	int err, fd = lab_device_open(why, size);

	if (fd < 0)
		return fd;
	err = lab_device_inject(fd, &inject);
	if (err) {
		snprintf(why, size, "%s", inject.reason);
		close(fd);
		return err;
	}
	armed = fd;
	return 0;
}

static int kprobe_disarm(void)
{
	if (armed >= 0)
		close(armed);
	armed = -1;
	return 0;
}

/* Whether the kprobe works is only known by arming it: with probability 0. */
static int try(const struct lab_inject *nothing, const char **why)
{
	static char reason[256];
	int err;

	reason[0] = '\0';
	err = arm(nothing, reason, sizeof(reason));
	kprobe_disarm();
	*why = reason;
	return err;
}

static int kprobe_probe(const char **why)
{
	const struct lab_inject nothing = { .interval = 1 };

	return try(&nothing, why);
}

static struct lab_inject asked(const struct lab_setting *settings)
{
	struct lab_inject inject = {
		.probability = lab_setting_get(settings, "probability"),
		.interval = lab_setting_get(settings, "interval"),
		.times = lab_setting_get(settings, "times"),
		.space = lab_setting_get(settings, "space"),
		.min_order = lab_setting_get(settings, "min-order"),
	};

	if (lab_setting_get(settings, "system"))
		inject.flags |= LAB_INJECT_SYSTEM;
	if (lab_setting_get(settings, "slow-path"))
		inject.flags |= LAB_INJECT_SLOW;
	return inject;
}

static int kprobe_fits(const struct lab_setting *settings, const char **why)
{
	struct lab_inject inject = asked(settings);

	inject.probability = 0;
	return try(&inject, why);
}

static int kprobe_arm(const struct lab_setting *settings)
{
	const struct lab_inject inject = asked(settings);
	char why[256];
	int err = arm(&inject, why, sizeof(why));

	if (err)
		fprintf(stderr, "labyrinth: kprobe: %s\n", why);
	return err;
}

static int kprobe_hits(uint64_t *count)
{
	__u64 hits;
	int err = lab_device_injected(armed, &hits);

	*count = err ? 0 : hits;
	return err;
}

static bool kprobe_own_only(const struct lab_setting *settings)
{
	return !lab_setting_get(settings, "system");
}

const struct lab_injector lab_inject_kprobe = {
	.name = "kprobe",
	.help = "the module's own, for kernels without fault injection",
	.keys = keys,
	.probe = kprobe_probe,
	.fits = kprobe_fits,
	.arm = kprobe_arm,
	.disarm = kprobe_disarm,
	.hits = kprobe_hits,
	.own_only = kprobe_own_only,
};
