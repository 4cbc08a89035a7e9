// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject/fail_nth.c - the Nth fault point that each shot passes fails.
 *
 * The kernel counts for the calling task alone, and only while it is in task
 * context (lib/fault-inject.c, should_fail_ex()): nobody else is hit, and no
 * softirq or hardirq. Which call is the Nth changes with every kernel, so
 * that a sweep says that all of them were failed once, and a number says
 * little.
 *
 * The attributes' own conditions hold for it as well, and a hit prints and
 * counts as they say: they are made to let everything pass, in silence.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault_attr.h"

#define FILE_OF_THREAD "/proc/thread-self/fail-nth"

static const struct lab_key keys[] = {
	{ "nth", LAB_KEY_NUMBER, 1, 1000, 1, true,
	  "which of the fault points that a shot passes" },
	{},
};

static const struct lab_fault_attr attrs[] = {
	{ .name = "fail_page_alloc", .option = "FAIL_PAGE_ALLOC" },
	{ .name = "failslab", .option = "FAILSLAB" },
};

static uint64_t nth;
static atomic_uint_fast64_t hits;

static int nth_probe(const char **why)
{
	*why = "";
	if (access(FILE_OF_THREAD, F_OK)) {
		*why = "no " FILE_OF_THREAD
		       ": a kernel without CONFIG_FAULT_INJECTION";
		return -ENOENT;
	}
	return lab_fault_probe(&attrs[0], why);
}

/* Without the folder no fault point can be hit. */
static int open_gates(const struct lab_fault_attr *attr)
{
	const char *why;
	int err;

	if (lab_fault_probe(attr, &why))
		return 0;
	err = lab_fault_set(attr, "verbose", 0, true);
	if (!err)
		err = lab_fault_set(attr, "times", LAB_FAULT_UNLIMITED, true);
	return err ? err : lab_fault_set(attr, "min-order", 0, false);
}

static int nth_arm(const struct lab_setting *settings)
{
	size_t i;
	int err = 0;

	nth = lab_setting_get(settings, "nth");
	atomic_store(&hits, 0);
	for (i = 0; !err && i < sizeof(attrs) / sizeof(*attrs); i++)
		err = open_gates(&attrs[i]);
	return err;
}

/*
 * A descriptor of this thread's fail-nth file. It stays open, because an
 * allocation between aiming and firing would be counted.
 */
static __thread int aimed = -1;

static int nth_aim(void)
{
	char text[24];
	int length =
		snprintf(text, sizeof(text), "%llu", (unsigned long long)nth);

	if (aimed < 0)
		aimed = open(FILE_OF_THREAD, O_RDWR | O_CLOEXEC);
	if (aimed < 0)
		return -errno;
	return pwrite(aimed, text, length, 0) == length ? 0 : -errno;
}

/*
 * If the shot did not use it up, it is cleared before it hits another
 * allocation.
 */
static int nth_fired(void)
{
	char left[24] = "";

	if (pread(aimed, left, sizeof(left) - 1, 0) < 0)
		return -errno;
	if (!strtoul(left, NULL, 10))
		atomic_fetch_add(&hits, 1);
	return pwrite(aimed, "0", 1, 0) == 1 ? 0 : -errno;
}

static void nth_over(void)
{
	if (aimed >= 0)
		close(aimed);
	aimed = -1;
}

/* Each shot cleared its own. */
static int nth_disarm(void)
{
	return 0;
}

static int nth_hits(uint64_t *count)
{
	*count = atomic_load(&hits);
	return 0;
}

/* The kernel counts for the calling thread only. */
static bool nth_own_only(const struct lab_setting *settings)
{
	(void)settings;
	return true;
}

const struct lab_injector lab_inject_fail_nth = {
	.name = "fail_nth",
	.help = "the Nth fault point of each shot, in task context alone",
	.keys = keys,
	.probe = nth_probe,
	.arm = nth_arm,
	.aim = nth_aim,
	.fired = nth_fired,
	.over = nth_over,
	.disarm = nth_disarm,
	.hits = nth_hits,
	.own_only = nth_own_only,
};
