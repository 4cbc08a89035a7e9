// SPDX-License-Identifier: GPL-2.0-only
/* cluster/need.c - see cluster/need.h. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/jobs.h"
#include "lab/room.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "need.h"

/* The program beside the emulator, with the results of a run as it builds them. */
#define PROGRAM_MIB 128

/*
 * Seconds beside the guest's: a bundle that is copied to the node, results that
 * are copied from it.
 */
#define BESIDE 300

#define EARLIER_MAX 64 /* runs that are looked at; more say no more */

struct earlier {
	double seconds[EARLIER_MAX];
	size_t count;
};

/* Runs of a cluster have their scenario in its folder: its file name counts. */
static bool is_of(const json_t *host, const struct lab_scenario *scenario)
{
	const char *own = strrchr(scenario->sources[0].path, '/');
	const char *other = strrchr(lab_text(host, "scenario"), '/');

	return other &&
	       !strcmp(other + 1, own ? own + 1 : scenario->sources[0].path);
}

static void add_run(struct earlier *earlier, const struct lab_plan *plan,
		    const struct lab_scenario *scenario, const char *path)
{
	json_t *host = json_load_file(path, 0, NULL);

	if (lab_is(host, "kernel", plan->kernel) && is_of(host, scenario))
		earlier->seconds[earlier->count++] =
			json_number_value(json_object_get(host, "seconds"));
	json_decref(host);
}

/* Runs are called SCENARIO-RELEASE-sSEED-MODE-HASH. */
static bool may_be_of(const char *name, const char *scenario, const char *mode)
{
	const size_t length = strlen(scenario);

	return !strncmp(name, scenario, length) && name[length] == '-' &&
	       strstr(name + length, mode);
}

static void look_in(struct earlier *earlier, const struct lab_plan *plan,
		    const struct lab_scenario *scenario, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && earlier->count < EARLIER_MAX && (entry = readdir(dir))) {
		char *path;

		if (!may_be_of(entry->d_name, scenario->name,
			       lab_mode_names[plan->mode]))
			continue;
		path = xasprintf("%s/%s/host.json", folder, entry->d_name);
		add_run(earlier, plan, scenario, path);
		free(path);
	}
	if (dir)
		closedir(dir);
}

static int by_size(const void *a, const void *b)
{
	const double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(struct earlier *earlier)
{
	qsort(earlier->seconds, earlier->count, sizeof(double), by_size);
	return earlier->seconds[earlier->count / 2];
}

static void expect(struct lab_need *need, const struct lab_plan *plan,
		   const struct lab_scenario *scenario,
		   const struct lab_machine *machine)
{
	struct earlier earlier = {};
	char standard[4096];

	lab_results_path(standard, sizeof(standard));
	look_in(&earlier, plan, scenario, plan->out);
	if (strcmp(standard, plan->out) != 0)
		look_in(&earlier, plan, scenario, standard);
	if (earlier.count) {
		need->seconds = median(&earlier);
		need->from = "earlier runs";
	} else if (scenario->takes) {
		/* A kernel that checks itself is slower by as much. */
		need->seconds = (double)scenario->takes *
				machine->boot_deadline / LAB_BOOT_DEADLINE;
		need->from = "takes";
	}
}

struct lab_need lab_need_of_machine(const struct lab_machine *machine)
{
	return (struct lab_need){
		.memory = (lab_room_memory(machine) >> 20) + PROGRAM_MIB,
		/* Counted CPUs take turns in one thread. */
		.cpus = machine->mode == LAB_DETERMINISTIC ?
				1 :
				machine->shape.cpus,
		.minutes = (machine->host_deadline + BESIDE + 59) / 60,
		.seconds = machine->host_deadline,
		.from = "deadline",
	};
}

struct lab_need lab_need_of(const struct lab_plan *plan,
			    const struct lab_scenario *scenario)
{
	const struct lab_machine machine = lab_plan_machine(plan, scenario);
	struct lab_need need = lab_need_of_machine(&machine);

	expect(&need, plan, scenario, &machine);
	return need;
}
