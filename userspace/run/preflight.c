// SPDX-License-Identifier: GPL-2.0-only
/* run/preflight.c - see run/preflight.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cell.h"
#include "preflight.h"
#include "sys/cpu.h"
#include "sys/meminfo.h"
#include "inject/inject.h"
#include "pressure/pressure.h"
#include "victim/victim.h"
#include "fire.h"

#define MIB ((uint64_t)1 << 20)

static bool injects(const struct lab_phase *phase)
{
	return phase->injector->keys;
}

static bool strikes_others(const struct lab_phase *phase)
{
	const struct lab_injector *injector = phase->injector;

	return injects(phase) &&
	       !(injector->own_only && injector->own_only(phase->inject));
}

static void print_pressures(const struct lab_phase *phase, FILE *to)
{
	size_t i;

	for (i = 0; i < phase->npresses; i++)
		fprintf(to, "%s%s", i ? ", " : "",
			phase->press[i].pressure->name);
}

static bool changes_watermarks(const struct lab_phase *phase)
{
	return phase->min_free;
}

static const struct lab_phase *
first_phase(const struct lab_scenario *scenario,
	    bool (*does)(const struct lab_phase *phase))
{
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		if (does(&scenario->phases[i]))
			return &scenario->phases[i];
	return NULL;
}

static unsigned int cpus_of(const struct lab_phase *phase)
{
	return __builtin_popcountll(phase->cpus ? phase->cpus :
						  lab_cpus_allowed());
}

/* Shots of all phases, and the most bytes that blocks kept by one cell take. */
static void count(const struct lab_scenario *scenario, uint64_t *shots,
		  uint64_t *kept)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	struct lab_cell cell;
	uint64_t bytes;
	bool more;
	size_t i;

	*shots = *kept = 0;
	for (i = 0; i < scenario->nphases; i++) {
		const struct lab_phase *phase = &scenario->phases[i];

		for (more = lab_cell_first(&cell, phase); more;
		     more = lab_cell_next(&cell)) {
			*shots += phase->shots * cpus_of(phase);
			bytes = (phase->hold * page << cell.order) *
				cpus_of(phase);
			if (bytes > *kept)
				*kept = bytes;
		}
	}
}

void lab_preflight_state(const struct lab_scenario *scenario, FILE *to)
{
	const struct lab_phase *phase;
	uint64_t shots, kept;

	count(scenario, &shots, &kept);
	fprintf(to, "%s, on this machine, is going to\n", scenario->name);
	fprintf(to,
		"  fire %" PRIu64 " atomic requests, keeping up to %" PRIu64
		" MiB at a time;\n",
		shots, (kept + MIB - 1) / MIB);
	phase = first_phase(scenario, lab_phase_is_pressed);
	if (phase) {
		fprintf(to, "  make memory short (");
		print_pressures(phase, to);
		fprintf(to,
			"): %" PRIu64 " MiB are available, %" PRIu64
			" MiB of swap\n"
			"    are free, and the OOM killer may take what it likes;\n",
			lab_meminfo("MemAvailable") / MIB,
			lab_meminfo("SwapFree") / MIB);
	}
	phase = first_phase(scenario, injects);
	if (phase)
		fprintf(to, "  make requests fail (%s), %s;\n",
			phase->injector->name,
			first_phase(scenario, strikes_others) ?
				"those of others on this machine too" :
				"its own and nobody else's");
	if (first_phase(scenario, changes_watermarks))
		fprintf(to, "  change vm.min_free_kbytes;\n");
	fprintf(to,
		"  put back what it changed when it ends. If it is killed: labyrinth recover\n");
}

static bool above(const char *what, uint64_t found, uint64_t floor,
		  const char *option)
{
	if (found >= floor)
		return true;
	fprintf(stderr,
		"labyrinth: %" PRIu64 " MiB of %s, and less than %" PRIu64
		" MiB is too little to be safe; %s sets another floor\n",
		found / MIB, what, floor / MIB, option);
	return false;
}

static bool has_victim(const struct lab_phase *phase)
{
	return phase->victim.ops;
}

/* It takes drivers from their devices, and disks for its own. */
static bool victims_allowed(const struct lab_scenario *scenario)
{
	const struct lab_phase *phase = first_phase(scenario, has_victim);

	if (!phase)
		return true;
	fprintf(stderr,
		"labyrinth: %s:%u: [phase %s]: victim %s is for guests, which have its devices and nothing else on them: labyrinth lab\n",
		phase->file, phase->line, phase->name, phase->victim.ops->name);
	return false;
}

static bool injection_allowed(const struct lab_scenario *scenario,
			      const struct lab_consent *consent)
{
	const struct lab_phase *phase = first_phase(scenario, strikes_others);

	if (!phase || consent->system_wide)
		return true;
	fprintf(stderr,
		"labyrinth: %s:%u: [phase %s]: %s makes requests of the whole machine fail;\n"
		"labyrinth: --inject-system-wide says that it may\n",
		phase->file, phase->line, phase->name, phase->injector->name);
	return false;
}

bool lab_preflight_allowed(const struct lab_scenario *scenario,
			   const struct lab_consent *consent)
{
	if (geteuid()) {
		fprintf(stderr,
			"labyrinth: firing on this machine needs root: run it with sudo\n");
		return false;
	}
	return victims_allowed(scenario) &&
	       injection_allowed(scenario, consent) &&
	       above("memory are available", lab_meminfo("MemAvailable"),
		     consent->memory_floor, "--memory-floor") &&
	       (!first_phase(scenario, lab_phase_is_pressed) ||
		above("swap are free", lab_meminfo("SwapFree"),
		      consent->swap_floor, "--swap-floor"));
}
