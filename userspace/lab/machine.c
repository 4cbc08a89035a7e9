// SPDX-License-Identifier: GPL-2.0-only
/* lab/machine.c - the guest that a job asks for; see lab/jobs.h. */
#include <stdio.h>
#include <string.h>

#include "lib/alloc.h"
#include "pressure/pressure.h"
#include "scenario/shape.h"
#include "carried.h"
#include "jobs.h"

/* Beside the modules that guests always load. */
#define KIND "modules:"
/*
 * Seconds of guest time that the victim of a cell may take to recover, twice; and
 * those of a pass. A run that only waits for it is not to count as hung.
 */
#define OF_CELL 60
#define OF_PASS 30
/* Of what QEMU says of a device that it was built without (system/qdev-monitor.c). */
#define NO_DEVICE "is not a valid device model name"

/*
 * Reduces a guest to one CPU where QEMU hangs when it counts instructions of
 * several.
 */
static void fit_machine(struct lab_machine *machine,
			const struct lab_qemu *qemu)
{
	struct lab_shape *shape = &machine->shape;
	unsigned int node, cpus = 0;
	static bool said;

	if (machine->mode != LAB_DETERMINISTIC || shape->cpus == 1 ||
	    lab_qemu_counts_smp(qemu))
		return;
	if (!said)
		fprintf(stderr,
			"labyrinth: QEMU %s cannot count instructions of more than one CPU (8.1 can):\n"
			"labyrinth: the guest gets one CPU, and its results compare with such only\n",
			qemu->version);
	said = true;
	for (node = 0; node < shape->nodes; node++) {
		shape->node[node].cpus = !cpus && shape->node[node].cpus;
		cpus += shape->node[node].cpus;
	}
	shape->cpus = cpus;
}

/*
 * A kernel with KASAN and the like needs more: some 70 MiB of the first node
 * for text and tables, an eighth of each node for shadow memory, and a shot
 * takes about 16 times as long.
 */
#define CHECKS_MEMORY (128u << 20)
#define CHECKS_SLOWER 12

/* The program that a pressure of the scenario executes, or NULL. */
static const char *program_of(const struct lab_scenario *scenario)
{
	const struct lab_pressure *pressure;
	size_t i, j;

	for (i = 0; i < scenario->nphases; i++)
		for (j = 0; j < scenario->phases[i].npresses; j++) {
			pressure = scenario->phases[i].press[j].pressure;
			if (pressure->program)
				return pressure->program;
		}
	return NULL;
}

static uint32_t layers_of(const struct lab_scenario *scenario)
{
	uint32_t layers = 0;
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		layers |= scenario->phases[i].victim.layers;
	return layers;
}

/* The same text at the same place, for as long as this program runs. */
static const char *keep(char *text)
{
	static char **kept;
	static size_t count;
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(kept[i], text) != 0)
			continue;
		free(text);
		return kept[i];
	}
	kept = xgrow(kept, count);
	return kept[count++] = text;
}

/* What the guest's archive has in addition, or NULL: see carried.h. */
static const char *carried_of(const struct lab_scenario *scenario)
{
	const struct lab_victim_ops *victim = lab_scenario_victim(scenario);
	const char *program = program_of(scenario);
	char *text;

	if (!victim)
		return program;
	text = lab_carried_modules(NULL, KIND, victim->modules);
	text = lab_carried_layers(text, KIND, layers_of(scenario));
	if (program)
		text = lab_carried_program(text, KIND, program);
	return text ? keep(text) : NULL;
}

/* Whether a list of words has this one. */
static bool has_word(const char *list, const char *word)
{
	const size_t length = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word))) {
		if ((at == list || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return true;
		at++;
	}
	return false;
}

const char *lab_plan_program(const struct lab_plan *plan)
{
	char *list = xstrdup(""), *longer;
	const char *one;
	size_t i;

	for (i = 0; i < plan->nscenarios; i++) {
		one = carried_of(plan->scenarios[i]);
		if (!one || has_word(list, one))
			continue;
		longer = xasprintf("%s%s%s", list, *list ? " " : "", one);
		free(list);
		list = longer;
	}
	if (*list)
		return keep(list);
	free(list);
	return NULL;
}

static unsigned int cells_of(const struct lab_phase *phase)
{
	return __builtin_popcountll(phase->contexts) *
	       __builtin_popcountll(phase->apis) *
	       __builtin_popcountll(phase->orders) * phase->ngfps *
	       phase->nnodes;
}

/* Seconds of guest time that victims take at most, whatever fails. */
static unsigned int time_of_victims(const struct lab_scenario *scenario)
{
	unsigned int seconds = 0;
	size_t i;

	for (i = 0; i < scenario->nphases; i++) {
		const struct lab_phase *phase = &scenario->phases[i];

		if (phase->victim.ops)
			seconds += cells_of(phase) *
				   (OF_CELL +
				    OF_PASS * lab_setting_get(
						      phase->victim.settings,
						      "passes"));
	}
	return seconds;
}

/* The devices of the scenario's victim, and the time that it takes. */
static void add_victim(struct lab_machine *machine,
		       const struct lab_scenario *scenario)
{
	const struct lab_victim_ops *victim =
		scenario ? lab_scenario_victim(scenario) : NULL;

	if (!victim)
		return;
	machine->devices = victim->devices;
	machine->devices_saved = victim->saved;
	machine->disk = victim->disk;
	machine->deadline += time_of_victims(scenario);
	if (machine->deadline > LAB_DEADLINE_MAX)
		machine->deadline = LAB_DEADLINE_MAX;
}

const char *lab_fit_victim(const struct lab_plan *plan,
			   const struct lab_scenario *scenario,
			   struct lab_machine *machine)
{
	struct lab_machine without = *machine;
	char why[1024];

	without.devices = NULL;
	without.disk = 0;
	/* Whatever else QEMU objects to has the guest not boot, and is said then. */
	if (!machine->devices ||
	    !lab_qemu_takes(&plan->qemu, machine, why, sizeof(why)) ||
	    !strstr(why, NO_DEVICE))
		return NULL;
	*machine = without;
	return keep(xasprintf("QEMU %s has not the devices of victim %s: %s",
			      plan->qemu.version,
			      lab_scenario_victim(scenario)->name, why));
}

unsigned int lab_boot_deadline(const struct lab_bundle *bundle)
{
	return LAB_BOOT_DEADLINE * (bundle->checks_itself ? CHECKS_SLOWER : 1);
}

struct lab_machine lab_plan_machine(const struct lab_plan *plan,
				    const struct lab_scenario *scenario)
{
	const struct lab_scenario *guest = scenario ? scenario : plan->guest;
	struct lab_machine machine = {
		.mode = plan->mode,
		.shape = guest ? guest->shape :
				 lab_shape_plain(2, plan->cpus, 256u << 20),
		.boot = guest ? guest->boot : plan->boot,
		.program = scenario ? carried_of(scenario) : NULL,
		.deadline = scenario ? scenario->deadline : 600,
		.vmcore = plan->vmcore,
		.boot_deadline = lab_boot_deadline(&plan->bundle),
	};
	unsigned int node;

	add_victim(&machine, scenario);
	if (plan->bundle.checks_itself) {
		for (node = 0; node < machine.shape.nodes; node++)
			if (machine.shape.node[node].memory)
				machine.shape.node[node].memory +=
					CHECKS_MEMORY;
		machine.deadline *= CHECKS_SLOWER;
		if (machine.deadline > LAB_DEADLINE_MAX)
			machine.deadline = LAB_DEADLINE_MAX;
	}
	if (plan->deadline)
		machine.deadline = plan->deadline;
	/*
	 * Emulation is up to ten times slower than the guest's clock. Far
	 * beyond that the host is overloaded.
	 */
	machine.host_deadline = plan->host_deadline ?
					plan->host_deadline :
					60 + 20 * machine.deadline;
	fit_machine(&machine, &plan->qemu);
	return machine;
}
