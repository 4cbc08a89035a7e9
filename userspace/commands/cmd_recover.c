// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_recover.c - "labyrinth recover": restores settings after a run
 * was killed.
 *
 * The module needs no recovery: it frees its pages when the last process that
 * has the device open is gone, however it ended. That is checked here.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "sys/device.h"
#include "results/build.h"
#include "sys/restore.h"

static int put_back(void)
{
	char why[512];
	int n;

	lab_restore_show(stdout);
	n = lab_restore_all(why, sizeof(why));
	if (n < 0) {
		fprintf(stderr,
			"labyrinth: %s (is debugfs mounted?); what could not be put back stays on the\n"
			"labyrinth: list in " LAB_RESTORE_DIR "/undo\n",
			why);
		return LAB_HARNESS;
	}
	if (n)
		printf("put back %d settings\n", n);
	else
		printf("no run has left anything to put back\n");
	return LAB_PASS;
}

/* Without the module there are no pages to check. */
static int check_module(void)
{
	struct lab_info info;
	char why[256];
	int fd = lab_device_open(why, sizeof(why));
	int err;

	if (fd < 0)
		return LAB_PASS;
	err = lab_device_info(fd, &info);
	close(fd);
	if (err || !info.pages_held)
		return LAB_PASS;
	printf("labyrinth.ko still holds %" PRIu64
	       " pages; whoever has /dev/labyrinth open has them\n",
	       (uint64_t)info.pages_held);
	return LAB_FAIL;
}

static int refuse(int err)
{
	if (err == -EBUSY)
		fprintf(stderr,
			"labyrinth: a run is active (process %d) and puts back itself what it changed;\n"
			"labyrinth: end it first\n",
			(int)lab_restore_holder());
	else
		fprintf(stderr, "labyrinth: " LAB_RESTORE_DIR ": %s\n",
			strerror(-err));
	return LAB_USAGE;
}

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int recover_main(int argc, char **argv)
{
	int err, code;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return lab_command_usage(&lab_cmd_recover, LAB_PASS);
	if (argc > 1)
		return lab_command_usage(&lab_cmd_recover, LAB_USAGE);
	if (geteuid()) {
		fprintf(stderr,
			"labyrinth: settings are root's to put back: run it with sudo\n");
		return LAB_USAGE;
	}
	err = lab_restore_lock();
	if (err)
		return refuse(err);
	code = put_back();
	return code ? code : check_module();
}

const struct lab_command lab_cmd_recover = {
	.name = "recover",
	.usage = "",
	.help = "puts back what a run that was killed has changed",
	.details =
		"Needs root. Exit code 0 when everything is as it was before that run, 1 when the\n"
		"module still holds pages, 3 when a setting could not be put back. The next run\n"
		"does the same before it starts.\n",
	.options = options,
	.main = recover_main,
};
