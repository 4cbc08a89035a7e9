// SPDX-License-Identifier: GPL-2.0-only
/* commands/cluster_option.c - see commands/cluster_option.h. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/builds.h"
#include "cluster/follow.h"
#include "cluster/cluster_plan.h"
#include "cluster/slurm.h"
#include "cluster/submit.h"
#include "cluster/task.h"
#include "lab/kernel_build.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/option.h"
#include "cluster_option.h"

/* The command line is one that is gone on with: it is waited for. */
static bool attached;

const char *const lab_cluster_names[] = { "slurm", NULL };

/* Names that a shell, or a list of Slurm's, would take apart are none. */
static bool take_name(const char *option, const char *text, const char **name)
{
	*name = text;
	if (*text && *text != '-' && !strpbrk(text, " \t\n'\"\\;|&$<>"))
		return true;
	fprintf(stderr, "labyrinth: %s takes a name, not '%s'\n", option, text);
	return false;
}

bool lab_cluster_option_take(struct lab_cluster_option *option, int code,
			     const char *text)
{
	switch (code) {
	case LAB_OPTION_ON:
		option->on = text;
		return lab_option_word("--on", text, lab_cluster_names) >= 0;
	case LAB_OPTION_PARTITION:
		return take_name("--partition", text, &option->partition);
	case LAB_OPTION_ACCOUNT:
		return take_name("--account", text, &option->account);
	case LAB_OPTION_NODES_MAX:
		return lab_option_number("--nodes-max", text, 1, 100000,
					 &option->nodes_max);
	case LAB_OPTION_BUILD_CPUS:
		return lab_option_number("--build-cpus", text, 1, 1024,
					 &option->build_cpus);
	case LAB_OPTION_PLAN:
		return option->plan = true;
	case LAB_OPTION_DETACH:
		option->detach = !attached;
		return true;
	case LAB_OPTION_ATTACH:
		option->attach = text;
		return true;
	case LAB_OPTION_ENTRY:
		option->entry_given = true;
		return lab_option_number("--entry", text, 0, UINT64_MAX >> 1,
					 &option->entry);
	default:
		return false;
	}
}

static bool refuse(const char *why)
{
	fprintf(stderr, "labyrinth: %s\n", why);
	return false;
}

/* Those that say nothing without --on. */
static bool has_others(const struct lab_cluster_option *option)
{
	return option->plan || option->detach || option->partition ||
	       option->account || option->nodes_max || option->build_cpus;
}

static bool check_attach(const struct lab_cluster_option *option)
{
	if (option->on || has_others(option))
		return refuse(
			"--attach goes on with what is planned: it takes no --on and no options of it");
	return true;
}

bool lab_cluster_option_check(const struct lab_cluster_option *option,
			      bool out_given, const char *other)
{
	if (option->attach)
		return check_attach(option);
	if (option->entry_given)
		return refuse(
			"--entry is for tasks that a cluster starts: it takes --attach");
	if (!option->on) {
		if (has_others(option))
			return refuse(
				"--plan, --detach, --partition, --account, --nodes-max and --build-cpus are for guests on a cluster: they take --on slurm");
		return true;
	}
	if (other) {
		fprintf(stderr,
			"labyrinth: %s is for guests on this machine: it takes no --on\n",
			other);
		return false;
	}
	if (option->plan && option->detach)
		return refuse(
			"--plan starts nothing that --detach could leave");
	if (!out_given && !option->plan)
		return refuse(
			"--on takes --out: a folder that this machine and all nodes have by the same path");
	return option->plan || lab_slurm_is_there();
}

struct lab_cluster_where
lab_cluster_option_where(const struct lab_cluster_option *option)
{
	return (struct lab_cluster_where){
		.partition = option->partition,
		.account = option->account,
		.nodes_max = option->nodes_max,
	};
}

/* Whether a command line is of this command. LAB_USAGE after a message if not. */
static int check_command(const json_t *json, const char *out, const char *name)
{
	const char *own = json_string_value(
		json_array_get(json_object_get(json, "command"), 0));
	const char *attach = lab_text(json, "attach");

	if (!own || !strcmp(own, name))
		return 0;
	fprintf(stderr,
		"labyrinth: %s is of labyrinth %s: labyrinth %s --attach %s\n",
		out, own, own, *attach ? attach : out);
	return LAB_USAGE;
}

/* What has the command line of a folder: new, or NULL after a message. */
static json_t *command_of(const char *attach)
{
	static const char *const files[] = { "command.json", "plan.json" };
	json_t *json = NULL;
	json_error_t error;
	size_t i;

	for (i = 0; !json && i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = lab_cluster_path(attach, "%s", files[i]);

		json = json_load_file(path, 0, &error);
		free(path);
	}
	if (!json)
		lab_cluster_plan_complain(attach, error.text);
	return json;
}

static int again(const json_t *json, int (*main)(int argc, char **argv))
{
	const json_t *command = json_object_get(json, "command");
	const char *folder = lab_text(json, "folder");
	char **argv =
		xcheck(calloc(json_array_size(command) + 1, sizeof(*argv)));
	const json_t *word;
	size_t i;
	int code;

	if (*folder && chdir(folder)) {
		fprintf(stderr, "labyrinth: %s: %s\n", folder, strerror(errno));
		free(argv);
		return LAB_USAGE;
	}
	json_array_foreach(command, i, word)
		argv[i] = (char *)json_string_value(word);
	attached = true;
	optind = 0;
	code = main((int)i, argv);
	free(argv);
	return code;
}

int lab_cluster_option_again(const char *attach, const char *name,
			     int (*main)(int argc, char **argv))
{
	json_t *json = command_of(attach);
	int code = LAB_USAGE;

	if (json)
		code = check_command(json, attach, name);
	if (!code)
		code = again(json, main);
	json_decref(json);
	return code;
}

/* From its files alone: as for one that somebody else has written. */
static int follow(const char *out, bool detach, bool anew)
{
	struct lab_cluster_plan plan;
	int code = lab_cluster_plan_read(&plan, out);

	if (!code)
		code = check_command(plan.json, out, "lab");
	if (!code)
		code = lab_cluster_follow(&plan, detach, anew);
	lab_cluster_plan_free(&plan);
	return code;
}

static int run_entry(const char *out, uint64_t entry)
{
	struct lab_cluster_plan plan;
	int code = lab_cluster_plan_read(&plan, out);

	/* It was good when it was written: it cannot be read here. */
	code = code ? LAB_HARNESS : lab_cluster_task(&plan, entry);
	lab_cluster_plan_free(&plan);
	return code;
}

int lab_cluster_option_build(const struct lab_cluster_option *option,
			     const struct lab_plan *plan)
{
	const struct lab_cluster_where where = lab_cluster_option_where(option);
	int code;

	if (!option->on || option->plan || !option->build_cpus ||
	    lab_kernel_is_built(plan->kernel))
		return 0;
	code = lab_cluster_build(plan, &where, option->build_cpus, NULL);
	return code == LAB_FAIL ? 0 : code;
}

int lab_cluster_option_run(const struct lab_cluster_option *option,
			   const struct lab_plan *plan, char *const *files,
			   size_t nfiles)
{
	struct lab_cluster_where where = lab_cluster_option_where(option);
	int code;

	if (option->plan)
		return lab_cluster_plan_print(plan);
	where.known = files;
	where.nknown = nfiles;
	code = lab_cluster_check_partition(option->partition);
	if (!code)
		code = lab_cluster_plan_write(plan, &where);
	if (code)
		return code;
	code = follow(plan->out, option->detach, false);
	if (code == LAB_USAGE)
		lab_cluster_plan_withdraw(plan->out);
	return code;
}

int lab_cluster_option_attach(const struct lab_cluster_option *option,
			      bool resume)
{
	if (option->entry_given)
		return run_entry(option->attach, option->entry);
	return lab_slurm_is_there() ? follow(option->attach, false, resume) :
				      LAB_USAGE;
}
