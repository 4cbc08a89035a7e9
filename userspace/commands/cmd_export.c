// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_export.c - "labyrinth export": a run in the form that a lab wants. */
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "known_option.h"
#include "lib/alloc.h"
#include "lib/option.h"
#include "lib/output.h"
#include "lib/words.h"
#include "export/export.h"
#include "results/build.h"
#include "results/load.h"

LAB_OPTION_FORMAT(find_format, struct lab_export, lab_exports)

struct order {
	const struct lab_export *format;
	const char *file;
	struct lab_exported run;
	struct lab_known_option known;
};

/* The folder of results.json, malloc()ed. */
static char *folder_of(const char *results)
{
	const char *slash = strrchr(results, '/');

	return slash ? xasprintf("%.*s", (int)(slash - results), results) :
		       xstrdup(".");
}

static int export(struct order *order, const char *where)
{
	struct lab_output output;
	struct lab_run run;
	char *folder;
	int code = LAB_USAGE;

	if (!lab_known_option_load(&order->known))
		return LAB_USAGE;
	if (lab_run_load_one(&run, where) &&
	    lab_output_open(&output, order->file)) {
		lab_known_option_mark(&order->known, &run.results);
		folder = folder_of(run.path);
		order->run.results = run.results;
		order->run.host = run.host;
		order->run.folder = folder;
		order->format->write(&order->run, output.to);
		code = lab_output_close(&output, true) ? LAB_PASS : LAB_HARNESS;
		free(folder);
	}
	lab_run_free(&run);
	return code;
}

/* As KCIDB has names of labs. */
static bool take_origin(struct order *order, const char *origin)
{
	const char *c = origin;

	order->run.origin = origin;
	while (islower((unsigned char)*c) || isdigit((unsigned char)*c) ||
	       *c == '_')
		c++;
	if (*origin && !*c)
		return true;
	fprintf(stderr,
		"labyrinth: --origin: '%s'; the name of a lab is of lower-case letters, digits and '_'\n",
		origin);
	return false;
}

static bool check_url(const char *option, const char *url, const char *allowed)
{
	if (lab_is_web_address(url))
		return true;
	fprintf(stderr, "labyrinth: --%s: '%s'; allowed: %s\n", option, url,
		allowed);
	return false;
}

static bool take_url(struct order *order, char *url)
{
	size_t length = strlen(url);

	while (length && url[length - 1] == '/')
		url[--length] = '\0';
	order->run.url = url;
	return check_url(
		"url", url,
		"the address of the run's folder, as https://lab.example.org/runs/17");
}

static bool take_config_url(struct order *order, const char *url)
{
	order->run.config_url = url;
	return check_url(
		"config-url", url,
		"the address of the kernel's configuration, as https://lab.example.org/configs/17");
}

static bool take_tree(struct order *order, const char *tree)
{
	order->run.tree = tree;
	if (*tree)
		return true;
	fprintf(stderr,
		"labyrinth: --tree: has no value; it is a name as mainline, net-next\n");
	return false;
}

static bool take_option(struct order *order, int option)
{
	switch (option) {
	case 'c':
		return take_config_url(order, optarg);
	case 'f':
		order->format = find_format(optarg);
		return order->format;
	case 'K':
		lab_known_option_add(&order->known, optarg);
		return true;
	case 'o':
		order->file = optarg;
		return true;
	case 'O':
		return take_origin(order, optarg);
	case 't':
		return take_tree(order, optarg);
	case 'u':
		return take_url(order, optarg);
	default:
		lab_command_usage(&lab_cmd_export, LAB_USAGE);
		return false;
	}
}

/* An option without effect would be taken for one that had it. */
static bool check(const struct order *order)
{
	const struct lab_exported *run = &order->run;

	if (order->format->reports ||
	    (!run->origin && !run->tree && !run->url && !run->config_url))
		return true;
	fprintf(stderr,
		"labyrinth: --origin, --tree, --url and --config-url are for --format kcidb: %s has no place for them\n",
		order->format->name);
	return false;
}

static const struct option options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	{ "known", required_argument, NULL, 'K' },
	{ "origin", required_argument, NULL, 'O' },
	{ "tree", required_argument, NULL, 't' },
	{ "url", required_argument, NULL, 'u' },
	{ "config-url", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int export_main(int argc, char **argv)
{
	struct order order = {};
	int option, code = LAB_USAGE;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_export, LAB_PASS);
		if (!take_option(&order, option))
			return LAB_USAGE;
	}
	if (optind + 1 != argc || !order.format)
		return lab_command_usage(&lab_cmd_export, LAB_USAGE);
	if (check(&order))
		code = export(&order, argv[optind]);
	lab_known_option_free(&order.known);
	return code;
}

const struct lab_command lab_cmd_export = {
	.name = "export",
	.usage =
		"RUN --format ktap|junit|kcidb|lava|csv|reference|summary\n"
		"                [--known FILE] [--origin LAB] [--tree NAME] [--url URL]\n"
		"                [--config-url URL] [-o FILE]",
	.help = "gives a run the form that another program reads",
	.details =
		"  RUN      the folder of a run, or its results.json\n"
		"  --format F\n"
		"           one of these:\n"
		"  ktap     KTAP 1, for the kernel's tools: a test for each verdict\n"
		"  junit    JUnit XML, in the shape that KUnit gives it\n"
		"  kcidb    KCIDB 5.3: what was tested, a test for the run and each verdict\n"
		"  lava     what a LAVA test shell runs to report; scripts/packaging/lava has a test\n"
		"  csv      a row for each cell\n"
		"  reference\n"
		"           counts and verdicts that every build of kernel and program gives\n"
		"  summary  what labyrinth lab prints\n"
		"  --known FILE\n"
		"           known issues, beside the project's; what fails and is known is XFAIL,\n"
		"           skipped, or an incident of its issue\n"
		"  --origin LAB\n"
		"           of a KCIDB report: the name of the lab that sends it, of lower-case\n"
		"           letters, digits and '_' (labyrinth, which is nobody's)\n"
		"  --tree NAME\n"
		"           of one: the name of the kernel's tree, as mainline; unless given, by the\n"
		"           address that its branch is fetched from\n"
		"  --url URL\n"
		"           of one: where others read the folder of the run; its files are then\n"
		"           listed with their addresses, and else by name and SHA-256 alone\n"
		"  --config-url URL\n"
		"           of one: where others read the configuration that the kernel was built\n"
		"           with; a report has its SHA-256 in any case, where that is known\n"
		"  --output FILE, -o FILE\n"
		"           where to; standard output else\n",
	.options = options,
	.main = export_main,
};
