// SPDX-License-Identifier: GPL-2.0-only
/* cmd_list.c - "labyrinth list": the tables, and why a row cannot be used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "device.h"
#include "scenario/expect.h"
#include "inject/inject.h"
#include "paths.h"
#include "pressure/pressure.h"
#include "record.h"
#include "results.h"
#include "scenario/scenario.h"

static void row(const char *name, const char *text, const char *why)
{
	printf("  %-16s %s\n", name, text);
	if (why && *why)
		printf("  %-16s not here: %s\n", "", why);
}

/* Without the module the names are known, and what to do about it. */
static int list_contexts(void)
{
	struct lab_context_info info;
	char why[256];
	unsigned int i;
	int fd = lab_device_open(why, sizeof(why));

	for (i = 0; i < LAB_CTX_COUNT; i++) {
		if (fd < 0)
			row(lab_context_name(i), "", why);
		else if (!lab_device_context(fd, i, &info))
			row(info.name, info.rule, info.reason);
	}
	if (fd >= 0)
		close(fd);
	return LAB_PASS;
}

static int list_oracles(void)
{
#define ORACLE_NAME(id, name) #name,
	static const char *const names[] = { LAB_ORACLES(ORACLE_NAME) };
	struct lab_oracle_info info;
	char why[256];
	unsigned int i;
	int fd = lab_device_open(why, sizeof(why));

	for (i = 0; i < LAB_ORACLE_COUNT; i++) {
		if (fd < 0)
			row(names[i], "", why);
		else if (!lab_device_oracle(fd, i, &info))
			row(info.name, info.claim, NULL);
	}
	if (fd >= 0)
		close(fd);
	return LAB_PASS;
}

static int list_injectors(void)
{
	const char *why;
	size_t i;

	for (i = 0; lab_injectors[i]; i++) {
		lab_injectors[i]->probe(&why);
		row(lab_injectors[i]->name, lab_injectors[i]->help, why);
	}
	return LAB_PASS;
}

static int list_pressures(void)
{
	const char *why;
	size_t i;

	for (i = 0; lab_pressures[i]; i++) {
		lab_pressures[i]->probe(&why);
		row(lab_pressures[i]->name, lab_pressures[i]->help, why);
	}
	return LAB_PASS;
}

static int list_scenarios(void)
{
	struct lab_scenario *scenario;
	char **names;
	size_t n, i;
	int code = LAB_PASS;

	if (lab_scenario_names(&names, &n))
		return LAB_HARNESS;
	for (i = 0; i < n; i++) {
		scenario = lab_scenario_load(names[i]);
		if (scenario)
			row(scenario->name, scenario->claim, NULL);
		else
			code = LAB_USAGE;
		lab_scenario_free(scenario);
		free(names[i]);
	}
	free(names);
	return code;
}

static int list_kernels(void)
{
	char script[4200];

	fflush(stdout);
	if (lab_script_path("kernel.sh", script, sizeof(script))) {
		fprintf(stderr,
			"labyrinth: scripts/kernel.sh is not there: is the installation whole?\n");
		return LAB_HARNESS;
	}
	execl(script, script, "list", (char *)NULL);
	return LAB_HARNESS;
}

static int list_keys(void)
{
	lab_scenario_print_keys();
	lab_expect_print();
	return LAB_PASS;
}

/* Kernels come last: that row does not come back. */
static const struct {
	const char *name;
	int (*list)(void);
} lists[] = {
	{ "contexts", list_contexts },	 { "injectors", list_injectors },
	{ "oracles", list_oracles },	 { "pressures", list_pressures },
	{ "scenarios", list_scenarios }, { "keys", list_keys },
	{ "kernels", list_kernels },
};

static int list_main(int argc, char **argv)
{
	const size_t n = sizeof(lists) / sizeof(lists[0]);
	int code = LAB_PASS, one;
	size_t i;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return lab_command_usage(&lab_cmd_list, LAB_PASS);
	if (argc > 2)
		return lab_command_usage(&lab_cmd_list, LAB_USAGE);
	if (argc == 2) {
		for (i = 0; i < n; i++)
			if (!strcmp(argv[1], lists[i].name))
				return lists[i].list();
		fprintf(stderr, "labyrinth: there is no list of '%s'\n",
			argv[1]);
		return lab_command_usage(&lab_cmd_list, LAB_USAGE);
	}
	for (i = 0; i < n; i++) {
		if (lists[i].list == list_keys)
			continue;
		printf("%s\n", lists[i].name);
		one = lists[i].list();
		if (one > code)
			code = one;
	}
	return code;
}

const struct lab_command lab_cmd_list = {
	.name = "list",
	.usage =
		"[contexts|injectors|oracles|pressures|scenarios|keys|kernels]",
	.help = "shows what there is, and why something cannot be used here",
	.details =
		"Contexts, injectors, oracles and pressures are those of the machine that it\n"
		"is called on; keys are those of scenario files; without a word: all but keys.\n",
	.main = list_main,
};
