// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject/fail_page_alloc.c - the kernel's own, through debugfs.
 *
 * It strikes whoever asks, not only the suite: an injected failure of someone
 * else is part of what is tested. "times" doubles as the counter of hits
 * because nothing else in the kernel counts them (lib/fault-inject.c,
 * should_fail_ex()): where a scenario sets no limit, a large one is set here.
 * Task filter and stack filter are only there as far as the kernel was built
 * with them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../undo.h"
#include "inject.h"

#define FOLDER "/sys/kernel/debug/fail_page_alloc"
#define UNLIMITED 1000000000 /* more than any run can deliver */
#define TO_THE_END UINT64_MAX

/*
 * The order of arming: probability, which starts it, comes last. Names are
 * those of the files. Defaults are what a scenario means when it says nothing:
 * order 0 is eligible, and nothing is printed, as a stack dump per failure
 * would be most of what is measured.
 */
static const struct lab_key keys[] = {
	{ "interval", LAB_KEY_NUMBER, 1, 1000000000, 1, true,
	  "only every so-manieth eligible request" },
	{ "times", LAB_KEY_SIGNED, 0, UNLIMITED, TO_THE_END, true,
	  "failures at most in each cell; -1: no limit" },
	{ "space", LAB_KEY_NUMBER, 0, 1000000000, 0, true,
	  "pages that pass before the first failure" },
	{ "min-order", LAB_KEY_NUMBER, 0, 15, 0, true,
	  "requests below this order pass" },
	{ "verbose", LAB_KEY_NUMBER, 0, 2, 0, false,
	  "1: a line per failure in the log, 2: and a stack dump" },
	{ "task-filter", LAB_KEY_BOOL, 0, 1, 0, false,
	  "only tasks marked make-it-fail; interrupts never" },
	{ "ignore-gfp-highmem", LAB_KEY_BOOL, 0, 1, 1, false,
	  "requests for highmem pass" },
	{ "ignore-gfp-wait", LAB_KEY_BOOL, 0, 1, 1, false,
	  "requests that may sleep pass" },
	{ "stacktrace-depth", LAB_KEY_NUMBER, 0, 32, 32, false,
	  "frames that the stack filter looks at" },
	{ "require-start", LAB_KEY_NUMBER, 0, UINT64_MAX, 0, false,
	  "stack filter: address range that must be in the stack" },
	{ "require-end", LAB_KEY_NUMBER, 0, UINT64_MAX, UINT64_MAX, false,
	  "stack filter: its end" },
	{ "reject-start", LAB_KEY_NUMBER, 0, UINT64_MAX, 0, false,
	  "stack filter: address range that must not be in the stack" },
	{ "reject-end", LAB_KEY_NUMBER, 0, UINT64_MAX, 0, false,
	  "stack filter: its end" },
	{ "probability", LAB_KEY_NUMBER, 0, 100, 0, true,
	  "percent of eligible requests" },
	{},
};

static uint64_t armed_times;

static void file_of(const char *name, char *path, size_t size)
{
	snprintf(path, size, FOLDER "/%s", name);
}

static int fpa_probe(const char **why)
{
	*why = "";
	if (!access(FOLDER "/probability", W_OK))
		return 0;
	*why = errno == EACCES ?
		       "debugfs needs root" :
		       "no " FOLDER
		       ": debugfs not mounted, or a kernel without CONFIG_FAIL_PAGE_ALLOC";
	return -ENOENT;
}

static int set(const char *name, const char *value, bool given)
{
	char path[128];

	file_of(name, path, sizeof(path));
	/* Files of options that this kernel lacks are missed only if asked for. */
	if (access(path, F_OK) && !given)
		return 0;
	return lab_undo_set(path, value);
}

static int arm_key(const struct lab_key *key, const struct lab_setting *setting)
{
	uint64_t number = setting->number;
	char text[32];
	int err;

	if (!strcmp(key->name, "times")) {
		armed_times = number == TO_THE_END ? UNLIMITED : number;
		number = armed_times;
	}
	if (key->type == LAB_KEY_BOOL)
		snprintf(text, sizeof(text), "%c", number ? 'Y' : 'N');
	else
		snprintf(text, sizeof(text), "%" PRIu64, number);

	err = set(key->name, text, setting->given);
	if (err)
		fprintf(stderr, "labyrinth: " FOLDER "/%s = %s: %s\n",
			key->name, text, strerror(-err));
	return err;
}

static int fpa_arm(const struct lab_setting *settings)
{
	size_t i;
	int err;

	err = set("probability", "0", true);
	for (i = 0; !err && keys[i].name; i++)
		err = arm_key(&keys[i], &settings[i]);
	return err;
}

static int fpa_disarm(void)
{
	return set("probability", "0", true);
}

static int fpa_hits(uint64_t *count)
{
	FILE *f = fopen(FOLDER "/times", "re");
	int64_t left;
	int n;

	if (!f)
		return -errno;
	n = fscanf(f, "%" SCNd64, &left);
	fclose(f);
	if (n != 1 || left < 0 || (uint64_t)left > armed_times)
		return -EIO;
	*count = armed_times - left;
	return 0;
}

const struct lab_injector lab_inject_fail_page_alloc = {
	.name = "fail_page_alloc",
	.help = "the kernel's fault injection, system-wide, through debugfs",
	.keys = keys,
	.probe = fpa_probe,
	.arm = fpa_arm,
	.disarm = fpa_disarm,
	.hits = fpa_hits,
};
