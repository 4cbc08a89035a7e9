// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_export.c - "labyrinth export": a run in the form that a lab wants. */
#include <getopt.h>
#include <string.h>

#include "command.h"
#include "known_option.h"
#include "lib/option.h"
#include "lib/output.h"
#include "export/export.h"
#include "results/build.h"
#include "results/load.h"

LAB_OPTION_FORMAT(find_format, struct lab_export, lab_exports)

static int export(const struct lab_export *format, const char *where,
		  const char *file, struct lab_known_option *known)
{
	struct lab_output output;
	struct lab_run run;
	int code = LAB_USAGE;

	if (!lab_known_option_load(known))
		return LAB_USAGE;
	if (lab_run_load_one(&run, where) && lab_output_open(&output, file)) {
		lab_known_option_mark(known, &run.results);
		format->write(run.results, output.to);
		code = lab_output_close(&output, true) ? LAB_PASS : LAB_HARNESS;
	}
	lab_run_free(&run);
	return code;
}

static const struct option options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	{ "known", required_argument, NULL, 'K' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int export_main(int argc, char **argv)
{
	const struct lab_export *format = NULL;
	struct lab_known_option known = {};
	const char *file = NULL;
	int option, code;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 'h':
			return lab_command_usage(&lab_cmd_export, LAB_PASS);
		case 'f':
			format = find_format(optarg);
			if (!format)
				return LAB_USAGE;
			break;
		case 'K':
			lab_known_option_add(&known, optarg);
			break;
		case 'o':
			file = optarg;
			break;
		default:
			return lab_command_usage(&lab_cmd_export, LAB_USAGE);
		}
	}
	if (optind + 1 != argc || !format)
		return lab_command_usage(&lab_cmd_export, LAB_USAGE);
	code = export(format, argv[optind], file, &known);
	lab_known_option_free(&known);
	return code;
}

const struct lab_command lab_cmd_export = {
	.name = "export",
	.usage = "RUN --format ktap|junit|kcidb|lava|csv|reference|summary\n"
		 "                [--known FILE] [-o FILE]",
	.help = "gives a run the form that another program reads",
	.details =
		"  RUN      the folder of a run, or its results.json\n"
		"  --format F\n"
		"           one of these:\n"
		"  ktap     KTAP 1, for the kernel's tools: a test for each verdict\n"
		"  junit    JUnit XML, in the shape that KUnit gives it\n"
		"  kcidb    KCIDB 5.3, of the origin \"labyrinth\"\n"
		"  lava     what a LAVA test shell runs to report; scripts/packaging/lava has a test\n"
		"  csv      a row for each cell\n"
		"  reference\n"
		"           counts and verdicts that every build of kernel and program gives\n"
		"  summary  what labyrinth lab prints\n"
		"  --known FILE\n"
		"           known issues, beside the project's; what fails and is known is XFAIL,\n"
		"           skipped, or an incident of its issue\n"
		"  --output FILE, -o FILE\n"
		"           where to; standard output else\n",
	.options = options,
	.main = export_main,
};
