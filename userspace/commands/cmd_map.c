// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_map.c - "labyrinth map": zones of this machine or of a run. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "map/map.h"
#include "results/build.h"
#include "results/load.h"

/* Switches to the alternate screen without a cursor, and back. */
#define SCREEN_ON "\033[?1049h\033[?25l"
#define SCREEN_OFF "\033[?25h\033[?1049l"
#define SCREEN_HOME "\033[H\033[J"

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col;
}

static int read_kernel(struct lab_map *map)
{
	FILE *zoneinfo = fopen("/proc/zoneinfo", "re");
	FILE *buddyinfo = fopen("/proc/buddyinfo", "re");
	FILE *pagetypeinfo = fopen("/proc/pagetypeinfo", "re");
	int err =
		zoneinfo && buddyinfo ?
			lab_map_kernel(map, zoneinfo, buddyinfo, pagetypeinfo) :
			-errno;

	if (zoneinfo)
		fclose(zoneinfo);
	if (buddyinfo)
		fclose(buddyinfo);
	if (pagetypeinfo)
		fclose(pagetypeinfo);
	if (err)
		fprintf(stderr,
			"labyrinth: /proc/zoneinfo and /proc/buddyinfo: %s\n",
			strerror(-err));
	return err ? LAB_USAGE : LAB_PASS;
}

static int draw_kernel(void)
{
	static struct lab_map map;
	int code = read_kernel(&map);

	if (!code)
		lab_map_draw(&map, terminal_width(), isatty(STDOUT_FILENO),
			     stdout);
	return code;
}

static int draw_live(void)
{
	int code = LAB_PASS;

	if (!isatty(STDOUT_FILENO)) {
		fprintf(stderr,
			"labyrinth: --live needs a terminal; without it the map is drawn once\n");
		return LAB_USAGE;
	}
	lab_interrupt_catch(NULL);
	fputs(SCREEN_ON, stdout);
	while (!lab_interrupted() && !code) {
		fputs(SCREEN_HOME, stdout);
		code = draw_kernel();
		fflush(stdout);
		if (!code)
			sleep(1);
	}
	fputs(SCREEN_OFF, stdout);
	return code;
}

/*
 * Finds a moment by its number, from 1, or by its name; the last one when none
 * is given.
 */
static const json_t *find_moment(const json_t *timeline, const char *at)
{
	const size_t n = json_array_size(timeline);
	char *end;
	size_t i;

	if (!at)
		return json_array_get(timeline, n - 1);
	i = strtoul(at, &end, 10);
	if (*at && !*end)
		return i ? json_array_get(timeline, i - 1) : NULL;
	return lab_find(timeline, "at", at);
}

static int draw_run(const char *where, const char *at)
{
	static struct lab_map map;
	const json_t *timeline, *moment;
	struct lab_run run;
	int code = LAB_USAGE;
	size_t i;

	if (!lab_run_load_one(&run, where))
		return LAB_USAGE;
	timeline = json_object_get(run.results, "timeline");
	moment = find_moment(timeline, at);
	if (moment) {
		lab_map_moment(&map, moment);
		lab_map_draw(&map, terminal_width(), isatty(STDOUT_FILENO),
			     stdout);
		code = LAB_PASS;
	} else if (!json_array_size(timeline)) {
		fprintf(stderr,
			"labyrinth: %s: the run took no look at its zones\n",
			where);
	} else {
		fprintf(stderr, "labyrinth: %s: no look '%s'; there are\n",
			where, at);
		for (i = 0; i < json_array_size(timeline); i++)
			fprintf(stderr, "  %zu  %s\n", i + 1,
				lab_text(json_array_get(timeline, i), "at"));
	}
	lab_run_free(&run);
	return code;
}

static const struct option options[] = {
	{ "live", no_argument, NULL, 'l' },
	{ "at", required_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int map_main(int argc, char **argv)
{
	const char *at = NULL;
	bool live = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_map, LAB_PASS);
		if (option != 'l' && option != 'a')
			return lab_command_usage(&lab_cmd_map, LAB_USAGE);
		if (option == 'l')
			live = true;
		else
			at = optarg;
	}
	if (optind + 1 < argc || (optind == argc && at) ||
	    (optind < argc && live))
		return lab_command_usage(&lab_cmd_map, LAB_USAGE);
	if (optind < argc)
		return draw_run(argv[optind], at);
	return live ? draw_live() : draw_kernel();
}

const struct lab_command lab_cmd_map = {
	.name = "map",
	.usage = "[--live] | RUN [--at LOOK]",
	.help = "draws nodes, zones, watermarks and free blocks as they stand",
	.details =
		"  --live     once a second, until interrupted; needs a terminal\n"
		"  RUN        a run's folder instead of the running kernel\n"
		"  --at LOOK  which of its looks at the zones: a number from 1, or its words\n"
		"             (the last); one that is not there lists them\n"
		"\n"
		"A bar ends at twice the high watermark; m, l and h are min, low and high.\n"
		"Free blocks by migratetype are shown to root.\n",
	.options = options,
	.main = map_main,
};
