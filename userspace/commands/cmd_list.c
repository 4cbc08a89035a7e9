// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_list.c - "labyrinth list": the tables, and why a row cannot be used. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "scenario/coverage.h"
#include "scenario/reference.h"
#include "sys/device.h"
#include "victim/victim.h"
#include "scenario/expect.h"
#include "inject/inject.h"
#include "lib/paths.h"
#include "pressure/pressure.h"
#include "results/build.h"
#include "results/judged.h"
#include "scenario/scenario.h"
#include "sys/names.h"

static void row(const char *name, const char *text, const char *why)
{
	printf("  %-18s %s\n", name, text);
	if (why && *why)
		printf("  %-18s not here: %s\n", "", why);
}

struct text_row {
	const char *name, *text;
};

#define TEXT_ROW(id, name, text) { #name, text },
static const struct text_row contexts[] = { LAB_CONTEXTS(TEXT_ROW) };
static const struct text_row apis[] = { LAB_APIS(TEXT_ROW) };
static const struct text_row oracles[] = { LAB_ORACLES(TEXT_ROW) };
#undef TEXT_ROW

/*
 * When the module is missing the reason is printed once, after the first list.
 */
static void none_of_them(const char *why)
{
	static bool said;

	if (!said)
		printf("  none of these here: %s\n", why);
	else
		printf("  none of these here, as above\n");
	said = true;
}

/*
 * What a module says of itself is said by its header too, so that all is known
 * where none is loaded but whether this kernel can do it.
 */
static int list_rows(const struct text_row *rows, uint32_t count,
		     int (*get)(int fd, unsigned int index,
				struct lab_row *row))
{
	struct lab_row info;
	char why[256];
	uint32_t i;
	int fd = lab_device_open(why, sizeof(why));

	for (i = 0; i < count; i++) {
		if (fd < 0 || get(fd, i, &info))
			row(rows[i].name, rows[i].text, NULL);
		else
			row(info.name, info.text, info.reason);
	}
	if (fd >= 0)
		close(fd);
	else
		none_of_them(why);
	return LAB_PASS;
}

static int list_contexts(void)
{
	return list_rows(contexts, LAB_CTX_COUNT, lab_device_context);
}

static int list_apis(void)
{
	return list_rows(apis, LAB_API_COUNT, lab_device_api);
}

/*
 * Oracles of the module, and those that judge a whole run and need no module.
 */
static int list_oracles(void)
{
	size_t i;

	printf("  asked of every shot, in the kernel:\n");
	list_rows(oracles, LAB_ORACLE_COUNT, lab_device_oracle);
	printf("  judged of every run, by the lab:\n");
	for (i = 0; i < LAB_JUDGED_COUNT; i++)
		row(lab_judged[i].name, lab_judged[i].claim, NULL);
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

/*
 * A row with the modules that a vendor's kernel needs for it, and with the program
 * that guests are given, or NULL.
 */
static void row_of_modules(const char *name, const char *help,
			   const char *const *module, const char *program)
{
	char text[300];
	size_t n = snprintf(text, sizeof(text), "%s%s", help,
			    module ? "; needs" : "");

	for (; module && *module && n < sizeof(text); module++)
		n += snprintf(text + n, sizeof(text) - n, " %s", *module);
	if (program && n < sizeof(text))
		snprintf(text + n, sizeof(text) - n, "; and %s on this machine",
			 program);
	row(name, text, NULL);
}

static void list_layers(enum lab_medium medium, const char *title)
{
	const struct lab_layer *const *layer;

	printf("  %s:\n", title);
	for (layer = lab_layers; *layer; layer++)
		if ((*layer)->medium == medium)
			row_of_modules((*layer)->name, (*layer)->help,
				       (*layer)->modules,
				       (*layer)->make ? (*layer)->make[0] :
							NULL);
}

static int list_victims(void)
{
	const struct lab_victim_ops *const *victim;
	char help[200];

	for (victim = lab_victims; *victim; victim++) {
		snprintf(help, sizeof(help), "%s%s%s%s", (*victim)->help,
			 (*victim)->takes ? ": " : "",
			 (*victim)->takes ? (*victim)->name : "",
			 (*victim)->takes ?: "");
		row_of_modules((*victim)->name, help, (*victim)->modules,
			       (*victim)->program);
	}
	list_layers(
		LAB_WIRE,
		"layers between a wire and its traffic, as in veth+vlan+ipsec");
	list_layers(
		LAB_DISK,
		"layers on a disk, of which one may be a file system, as in nvme+crypt+ext4");
	return LAB_PASS;
}

static bool injects(const struct lab_scenario *scenario,
		    const struct lab_injector *injector)
{
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		if (scenario->phases[i].injector == injector)
			return true;
	return false;
}

static bool presses(const struct lab_scenario *scenario,
		    const struct lab_pressure *pressure)
{
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		if (lab_phase_presses(&scenario->phases[i], pressure))
			return true;
	return false;
}

/* A pressure or an injector without keys is "none", and has no needs. */
static void print_needs(const struct lab_scenario *scenario)
{
	const char *separator = "; needs ";
	size_t i;

	for (i = 0; lab_injectors[i]; i++) {
		if (!lab_injectors[i]->keys ||
		    !injects(scenario, lab_injectors[i]))
			continue;
		printf("%s%s", separator, lab_injectors[i]->name);
		separator = ", ";
	}
	separator = "; pressed by ";
	for (i = 0; lab_pressures[i]; i++) {
		if (!lab_pressures[i]->keys ||
		    !presses(scenario, lab_pressures[i]))
			continue;
		printf("%s%s", separator, lab_pressures[i]->name);
		separator = ", ";
	}
	if (lab_scenario_victim(scenario))
		printf("; victim %s", lab_scenario_victim(scenario)->name);
}

/* "2 nodes of 96M", "nodes of 256M 0 128M" */
static void print_shape(const struct lab_shape *shape)
{
	const uint64_t first = shape->node[0].memory;
	unsigned int i;

	for (i = 0; i < shape->nodes; i++)
		if (shape->node[i].memory != first)
			break;
	printf("%u CPUs, ", shape->cpus);
	if (i == shape->nodes) {
		printf("%u nodes of %" PRIu64 "M", shape->nodes, first >> 20);
		return;
	}
	printf("nodes of");
	for (i = 0; i < shape->nodes; i++)
		printf(" %" PRIu64 "M", shape->node[i].memory >> 20);
}

/* Prints the guest, what it needs, and how long the scenario takes. */
static void scenario_row(const struct lab_scenario *scenario)
{
	row(scenario->name, scenario->claim, NULL);
	printf("  %-18s ", "");
	print_shape(&scenario->shape);
	print_needs(scenario);
	if (scenario->takes >= 600)
		printf("; %" PRIu64 " min", scenario->takes / 60);
	else if (scenario->takes)
		printf("; %" PRIu64 " s", scenario->takes);
	printf("%s\n", scenario->by_name ? "; by name only" : "");
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
			scenario_row(scenario);
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
	if (lab_companion_path("kernel.sh", script, sizeof(script))) {
		fprintf(stderr,
			"labyrinth: scripts/runtime/kernel.sh is not there: is the installation whole?\n");
		return LAB_HARNESS;
	}
	execl(script, script, "list", (char *)NULL);
	return LAB_HARNESS;
}

static int list_keys(void)
{
	lab_scenario_print_keys();
	return LAB_PASS;
}

static int list_section(const char *section)
{
	if (lab_reference_print(section))
		return LAB_PASS;
	fprintf(stderr,
		"labyrinth: no section '%s' has keys; there are scenario, guest, phase, metrics, pressures, victim, inject.NAME and pressure.NAME\n",
		section);
	return LAB_USAGE;
}

static int list_coverage(void)
{
	return lab_coverage_print();
}

/* Kernels come last, because that row executes another program. */
static const struct {
	const char *name;
	int (*list)(void);
} lists[] = {
	{ "contexts", list_contexts },	 { "apis", list_apis },
	{ "oracles", list_oracles },	 { "injectors", list_injectors },
	{ "pressures", list_pressures }, { "victims", list_victims },
	{ "scenarios", list_scenarios }, { "keys", list_keys },
	{ "coverage", list_coverage },	 { "kernels", list_kernels },
};

static void list_words(void)
{
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		puts(lists[i].name);
}

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int list_main(int argc, char **argv)
{
	const size_t n = sizeof(lists) / sizeof(lists[0]);
	int code = LAB_PASS, one;
	size_t i;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return lab_command_usage(&lab_cmd_list, LAB_PASS);
	if (argc == 3 && !strcmp(argv[1], "keys"))
		return list_section(argv[2]);
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
		if (lists[i].list == list_keys ||
		    lists[i].list == list_coverage)
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
		"[contexts|apis|oracles|injectors|pressures|victims|scenarios|keys [SECTION]|coverage|kernels]",
	.help = "shows what there is, and why something cannot be used here",
	.details =
		"Contexts, apis, oracles, injectors and pressures are those of the machine that it\n"
		"is called on; keys are those of scenario files, of one SECTION as Markdown;\n"
		"coverage is what the scenarios cover, as Markdown; without a word: all but those\n"
		"two.\n",
	.options = options,
	.words = list_words,
	.main = list_main,
};
