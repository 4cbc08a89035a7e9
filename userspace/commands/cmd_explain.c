// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_explain.c - "labyrinth explain": a log of anybody's kernel. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "explain/explain.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/option.h"
#include "lib/output.h"

#define BUFFER ((size_t)1 << 18)

struct asked {
	const struct lab_explain_form *form;
	const char *version, *output, *path, *scenario;
	bool all;
	FILE *to;
};

static void write_each(void *data, const struct lab_explanation *e)
{
	const struct asked *asked = data;

	asked->form->each(asked->to, e);
}

/* 0, or an errno. */
static int feed(struct lab_explain_reader *reader, int fd)
{
	char *buffer = xcheck(malloc(BUFFER));
	ssize_t n;

	while ((n = read(fd, buffer, BUFFER)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		lab_explain_feed(reader, buffer, n);
	}
	free(buffer);
	return n < 0 ? errno : 0;
}

/* Of the first group that one can be written of. */
static int write_scenario(const char *path, const struct lab_explained_log *log)
{
	const char *why = "there is no report";
	struct lab_output output;
	bool written = false;
	size_t i;

	if (!lab_output_open(&output, path))
		return LAB_USAGE;
	for (i = 0; !written && i < log->groups; i++)
		written = lab_explain_scenario(
			output.to, &log->group[i]->explanation, &why);
	if (!lab_output_close(&output, written))
		return LAB_USAGE;
	if (written)
		return LAB_PASS;
	fprintf(stderr, "labyrinth: --scenario: %s\n", why);
	return LAB_SKIP;
}

static int explain(struct asked *asked, int fd)
{
	struct lab_explain_reader *reader;
	struct lab_explained_log *log;
	struct lab_output output;
	int err, code = LAB_PASS;
	size_t i;

	if (!lab_output_open(&output, asked->output))
		return LAB_USAGE;
	asked->to = output.to;
	if (asked->form->start)
		asked->form->start(output.to, asked->path);
	reader = lab_explain_begin(asked->version,
				   asked->all ? write_each : NULL, asked);
	err = feed(reader, fd);
	log = lab_explain_end(reader);
	for (i = 0; !asked->all && i < log->groups; i++)
		asked->form->each(output.to, &log->group[i]->explanation);
	if (asked->form->end)
		asked->form->end(output.to, log);
	if (err) {
		fprintf(stderr, "labyrinth: %s: %s\n", asked->path,
			strerror(err));
		code = LAB_USAGE;
	} else if (!log->reports) {
		fprintf(stderr,
			"labyrinth: %s: no report of a failed request in %llu lines\n",
			asked->path, (unsigned long long)log->lines);
		code = LAB_SKIP;
	}
	if (!code && asked->scenario)
		code = write_scenario(asked->scenario, log);
	lab_explained_log_free(log);
	if (!lab_output_close(&output, !err))
		return LAB_USAGE;
	return code;
}

static int open_and_explain(struct asked *asked)
{
	int fd, code;

	if (!strcmp(asked->path, "-"))
		return explain(asked, STDIN_FILENO);
	fd = open(asked->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "labyrinth: %s: %s\n", asked->path,
			strerror(errno));
		return LAB_USAGE;
	}
	code = explain(asked, fd);
	close(fd);
	return code;
}

static const struct option options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "all", no_argument, NULL, 'a' },
	{ "output", required_argument, NULL, 'o' },
	{ "scenario", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static bool take_version(struct asked *asked, const char *text)
{
	struct lab_version version;

	if (!lab_version_parse(text, &version)) {
		fprintf(stderr,
			"labyrinth: --kernel %s: no version; it is like 5.10, 6.12.9-amd64 or 2.6.32-279.el6\n",
			text);
		return false;
	}
	asked->version = text;
	return true;
}

LAB_OPTION_FORMAT(find_form, struct lab_explain_form, lab_explain_forms)

static int explain_main(int argc, char **argv)
{
	struct asked asked = { .form = &lab_explain_text, .path = "-" };
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		bool good = true;

		if (option == 'h')
			return lab_command_usage(&lab_cmd_explain, LAB_PASS);
		if (option == '?')
			return lab_command_usage(&lab_cmd_explain, LAB_USAGE);
		if (option == 'f')
			good = (asked.form = find_form(optarg));
		else if (option == 'k')
			good = take_version(&asked, optarg);
		else if (option == 's')
			asked.scenario = optarg;
		else if (option == 'a')
			asked.all = true;
		else
			asked.output = optarg;
		if (!good)
			return LAB_USAGE;
	}
	if (optind + 1 < argc)
		return lab_command_usage(&lab_cmd_explain, LAB_USAGE);
	if (optind < argc)
		asked.path = argv[optind];
	else if (isatty(STDIN_FILENO))
		return lab_command_usage(&lab_cmd_explain, LAB_USAGE);
	return open_and_explain(&asked);
}

const struct lab_command lab_cmd_explain = {
	.name = "explain",
	.usage =
		"[FILE|-] [--format F] [--kernel VERSION] [--all] [-o OUT] [--scenario INI]",
	.help = "says why requests failed that a kernel log reports",
	.details =
		"  FILE              a log of any kernel and in any form: dmesg, syslog, journal,\n"
		"                    a serial console, a mail; standard input without one\n"
		"  --format F        text (the default), json (an object a line), html or markdown\n"
		"  --kernel VERSION  the rules of this version, where the log does not name its own\n"
		"  --all             every report, rather than the first of those that are alike\n"
		"  -o, --output OUT  where to write it\n"
		"  --scenario INI    writes a scenario that asks of any kernel whether it would serve\n"
		"                    the first request that one can be written of\n"
		"\n"
		"Exit codes: 0 something was found and explained as far as it bears it,\n"
		"2 the file cannot be read, 4 there is no report in it, or none for --scenario.\n",
	.options = options,
	.main = explain_main,
};
