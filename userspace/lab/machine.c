// SPDX-License-Identifier: GPL-2.0-only
/* lab/machine.c - the guest that a job asks for; see lab/jobs.h. */
#include <stdio.h>

#include "pressure/pressure.h"
#include "scenario/shape.h"
#include "jobs.h"

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

const char *lab_plan_program(const struct lab_plan *plan)
{
	const char *program = NULL;
	size_t i;

	for (i = 0; !program && i < plan->nscenarios; i++)
		program = program_of(plan->scenarios[i]);
	return program;
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
		.program = scenario ? program_of(scenario) : NULL,
		.deadline = scenario ? scenario->deadline : 600,
		.vmcore = plan->vmcore,
		.boot_deadline = lab_boot_deadline(&plan->bundle),
	};
	unsigned int node;

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
