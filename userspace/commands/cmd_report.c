// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_report.c - "labyrinth report": runs, or two sides of them, as a page. */
#include <getopt.h>
#include <unistd.h>

#include "command.h"
#include "known_option.h"
#include "compare/compare.h"
#include "report/repeats.h"
#include "report/report.h"
#include "lib/output.h"
#include "results/merge.h"
#include "results/build.h"

/*
 * Loads one side of the page: a run, or several merged into one. Runs that the
 * harness broke and duplicates are left out, and the comparison notes it.
 */
static bool load_side(struct lab_comparison *comparison, enum lab_side side,
		      const char *where, struct lab_run *whole,
		      struct lab_repeats *repeats)
{
	struct lab_set *set = &comparison->set[side];
	struct lab_run_list list = {};
	struct lab_merge merge = {};
	bool good = lab_runs_find(&list, where);
	size_t i;

	set->where = where;
	for (i = 0; good && i < list.count; i++) {
		const size_t before = set->runs;
		struct lab_run run;
		char why[400];

		if (!lab_run_load(&run, list.path[i])) {
			good = false;
			break;
		}
		good = lab_gather_run(comparison, side, &run);
		if (good && set->runs > before)
			lab_repeats_add(repeats, &run);
		if (good && (set->runs > before || list.count == 1) &&
		    !lab_merge_add(&merge, &run, why, sizeof(why))) {
			fprintf(stderr, "labyrinth: %s: %s\n", list.path[i],
				why);
			good = false;
		}
		lab_run_free(&run);
	}
	if (good && !merge.runs) {
		fprintf(stderr,
			"labyrinth: %s: none of its %zu runs says anything of the kernel: the harness broke in all\n",
			where, list.count);
		good = false;
	}
	if (good)
		lab_merge_take(&merge, whole);
	lab_merge_free(&merge);
	lab_runs_free(&list);
	return good;
}

static int write_page(const struct lab_run *run, size_t n,
		      const struct lab_comparison *comparison,
		      const struct lab_repeats *repeats, const char *file)
{
	struct lab_output output;
	int err;

	if (!lab_output_open(&output, file))
		return LAB_USAGE;
	err = lab_page_write(run, n, n > 1 ? comparison : NULL, repeats,
			     output.to);
	return lab_output_close(&output, !err) && !err ? LAB_PASS : LAB_HARNESS;
}

static int report(char **where, size_t n, const char *file,
		  struct lab_known_option *known)
{
	struct lab_comparison comparison = { .threshold = LAB_THRESHOLD,
					     .alpha = LAB_ALPHA };
	struct lab_repeats repeats[LAB_PAGE_RUNS] = {};
	struct lab_run run[LAB_PAGE_RUNS] = {};
	bool good = lab_known_option_load(known);
	int code;
	size_t i;

	for (i = 0; good && i < n; i++) {
		good = load_side(&comparison, i, where[i], &run[i],
				 &repeats[i]);
		if (good)
			lab_known_option_mark(known, &run[i].results);
	}
	if (good && n > 1)
		lab_judge(&comparison);
	code = good ? write_page(run, n, &comparison, repeats, file) :
		      LAB_USAGE;
	for (i = 0; i < n; i++) {
		lab_run_free(&run[i]);
		lab_repeats_free(&repeats[i]);
	}
	lab_comparison_free(&comparison);
	return code;
}

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "known", required_argument, NULL, 'K' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int report_main(int argc, char **argv)
{
	struct lab_known_option known = {};
	const char *file = NULL;
	int option, code;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_report, LAB_PASS);
		if (option == 'K')
			lab_known_option_add(&known, optarg);
		else if (option == 'o')
			file = optarg;
		else
			return lab_command_usage(&lab_cmd_report, LAB_USAGE);
	}
	if (optind == argc || argc - optind > LAB_PAGE_RUNS)
		return lab_command_usage(&lab_cmd_report, LAB_USAGE);
	if (!file && isatty(STDOUT_FILENO)) {
		fprintf(stderr,
			"labyrinth: a page is nothing for a terminal: -o FILE, or into a pipe\n");
		return LAB_USAGE;
	}
	code = report(argv + optind, argc - optind, file, &known);
	lab_known_option_free(&known);
	return code;
}

const struct lab_command lab_cmd_report = {
	.name = "report",
	.usage = "RUN [RUN] [--known FILE] [-o FILE]",
	.help = "shows runs, or two sides of them, as one HTML file",
	.details =
		"  RUN      the folder of a run, or its results.json; or a folder of runs\n"
		"           of one scenario and kernel, seed after seed, or a pattern for\n"
		"           such: they are added up. Of two, the page says what differs.\n"
		"           Of a real machine it begins with how much its runs differ\n"
		"  --known FILE\n"
		"           known issues, beside the project's\n"
		"  --output FILE, -o FILE\n"
		"           where to; standard output else\n"
		"\n"
		"The file is complete in itself, for browsers, paper and screen readers.\n"
		"gnuplot draws its figures; LABYRINTH_GNUPLOT names another one.\n",
	.options = options,
	.main = report_main,
};
