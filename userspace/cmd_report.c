// SPDX-License-Identifier: GPL-2.0-only
/* cmd_report.c - "labyrinth report": a run, or two, as a page to be read. */
#include <getopt.h>
#include <unistd.h>

#include "commands.h"
#include "html/html.h"
#include "output.h"
#include "results.h"

static int report(char **where, size_t n, const char *file)
{
	struct lab_run run[LAB_PAGE_RUNS] = {};
	struct lab_output output;
	int code = LAB_USAGE, err;
	size_t i;

	for (i = 0; i < n; i++)
		if (!lab_run_load_one(&run[i], where[i]))
			goto out;
	if (!lab_output_open(&output, file))
		goto out;
	err = lab_page_write(run, n, output.to);
	code = lab_output_close(&output, !err) && !err ? LAB_PASS : LAB_HARNESS;
out:
	for (i = 0; i < n; i++)
		lab_run_free(&run[i]);
	return code;
}

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int report_main(int argc, char **argv)
{
	const char *file = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_report, LAB_PASS);
		if (option != 'o')
			return lab_command_usage(&lab_cmd_report, LAB_USAGE);
		file = optarg;
	}
	if (optind == argc || argc - optind > LAB_PAGE_RUNS)
		return lab_command_usage(&lab_cmd_report, LAB_USAGE);
	if (!file && isatty(STDOUT_FILENO)) {
		fprintf(stderr,
			"labyrinth: a page is nothing for a terminal: -o FILE, or into a pipe\n");
		return LAB_USAGE;
	}
	return report(argv + optind, argc - optind, file);
}

const struct lab_command lab_cmd_report = {
	.name = "report",
	.usage = "RUN [RUN] [-o FILE]",
	.help = "shows a run, or two side by side, as one HTML file",
	.details =
		"  RUN      the folder of a run, or its results.json\n"
		"  --output FILE, -o FILE\n"
		"           where to; standard output else\n"
		"\n"
		"The file is complete in itself, for browsers, paper and screen readers.\n"
		"gnuplot draws its figures; LABYRINTH_GNUPLOT names another one.\n",
	.options = options,
	.main = report_main,
};
