/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/scenario.h - what a scenario file says, parsed and checked.
 *
 * The file format is documented in scenarios/README.md. A scenario knows no
 * machine: that a context is usable or a node exists is found out where it
 * runs. Everything else that can be wrong is refused here, with the file, the
 * line, the key, what was found and what is allowed.
 */
#ifndef LAB_SCENARIO_H
#define LAB_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/option_value.h"
#include "sys/cpu.h"
#include "boot.h"
#include "expect.h"
#include "gfp.h"

struct lab_injector;
struct lab_pressure;
struct lab_victim_ops;

#define LAB_MAX_TIMELINE 256
#define LAB_DEADLINE_MAX 1800 /* seconds; what a watchdog can count, and less */

#define LAB_MAX_GUEST_NODES 16

/* The CPUs and the memory of a machine, by node. */
struct lab_shape {
	unsigned int nodes, cpus; /* cpus of all nodes */
	struct {
		unsigned int cpus;
		uint64_t memory; /* bytes */
		unsigned char distance[LAB_MAX_GUEST_NODES];
	} node[LAB_MAX_GUEST_NODES];
	bool distant; /* whether distances are given; else as usual */
};

/* A file that was read, for whoever must read it again elsewhere: the guest. */
struct lab_source {
	char *path; /* as given, or as found */
	char *name; /* what an include or the command line calls it */
	char *text;
};

#define LAB_MAX_PRESSURES 4

/* A pressure as a phase has it. */
struct lab_press {
	const struct lab_pressure *pressure;
	struct lab_setting
		settings[LAB_MAX_SETTINGS]; /* in the order of its keys */
};

/* A victim as a phase has it. */
struct lab_phase_victim {
	const struct lab_victim_ops *ops; /* NULL: none */
	uint32_t layers; /* bits of places in lab_layers[] */
	struct lab_setting settings[LAB_MAX_SETTINGS]; /* of lab_victim_keys */
};

/*
 * One phase, after sweeps were spread out: a phase with
 * "inject.probability = 1 10" becomes two, "sweep[probability=1]" and
 * "sweep[probability=10]".
 */
struct lab_phase {
	char *name;
	const char *file;
	unsigned int line;

	uint64_t contexts; /* set of 1 << enum lab_context_id */
	uint64_t apis;
	uint64_t orders; /* set of 1 << order */
	struct lab_gfp *gfps;
	size_t ngfps;
	int *nodes; /* LAB_NODE_ANY or a number */
	size_t nnodes;
	uint64_t cpus; /* set of 1 << cpu; 0 means all there are */

	uint64_t shots; /* per cell and CPU */
	uint64_t hold; /* blocks */
	uint64_t burst;
	uint64_t pattern; /* enum lab_pattern */
	uint64_t free_first; /* enum lab_victim */
	uint64_t oracles; /* set of 1 << enum lab_oracle_id */
	uint64_t events; /* kept of each CPU, 0 for none */
	uint64_t reserve; /* elements of a mempool */
	uint64_t floor; /* bytes */
	uint64_t interval; /* ns between volleys */
	uint64_t timeline; /* looks at the zones while a cell is fired */
	bool in_turn; /* CPUs fire one after the other */
	bool blind; /* the zone is not looked at before a shot */
	uint64_t bind; /* set of nodes that shooters are bound to; 0: none */
	uint64_t min_free; /* bytes; 0: left alone */
	/* Percent of the injector's probability, for equal parts of the shots. */
	unsigned int schedule[LAB_MAX_LEVELS];
	unsigned int nschedule;
	uint64_t log; /* set of 1 << enum lab_log_kind: expected in the log */

	const struct lab_injector *injector;
	struct lab_setting
		inject[LAB_MAX_SETTINGS]; /* in the order of its keys */
	struct lab_press press[LAB_MAX_PRESSURES]; /* put on in this order */
	size_t npresses;
	struct lab_phase_victim victim;

	struct lab_expect *expects;
	size_t nexpects;
};

struct lab_scenario {
	char *name;
	char *claim;
	char *regressions; /* commits whose return it would show, or NULL */
	uint64_t takes; /* seconds on two cores, all told; 0: not said */
	bool by_name; /* no part of "all" */

	/* The guest that it asks for; checked, not made, by "run". */
	struct lab_shape shape;
	struct lab_boot_options boot;
	uint64_t deadline; /* seconds of guest time */

	struct lab_phase *phases;
	size_t nphases;

	struct lab_source *sources; /* the file itself first, then includes */
	size_t nsources;
};

/*
 * Both report every error they find on stderr, as "file:line: ...", and return
 * NULL then. lab_scenario_load() takes a path, or a name that is looked for
 * as NAME.ini in the folders of $LABYRINTH_SCENARIOS (colon-separated), then
 * in scenarios/ beside the program's build folder, then in the installed one.
 */
struct lab_scenario *lab_scenario_load(const char *name);
struct lab_scenario *lab_scenario_parse(const char *name, const char *path,
					const char *text);
/* The same without a message, for a text that may be wrong. */
struct lab_scenario *lab_scenario_try(const char *name, const char *path,
				      const char *text);
void lab_scenario_free(struct lab_scenario *scenario);

bool lab_phase_presses(const struct lab_phase *phase,
		       const struct lab_pressure *pressure);
/* By whatever; "none" is no pressure. */
bool lab_phase_is_pressed(const struct lab_phase *phase);

/* The victim of its phases, of which all that have one have the same; or NULL. */
const struct lab_victim_ops *
lab_scenario_victim(const struct lab_scenario *scenario);

/* Prints the keys of every section, their units, ranges and defaults. */
void lab_scenario_print_keys(void);

/*
 * The paths of all scenario files that lab_scenario_load() can find by name,
 * sorted by it: malloc()ed, each and the list. 0, or a negative errno when
 * none was found because a folder could not be read; free the list anyway.
 */
int lab_scenario_names(char ***names, size_t *count);

#endif /* LAB_SCENARIO_H */
