// SPDX-License-Identifier: GPL-2.0-only
/* lab/recipe.c - see lab/recipe.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/build_id.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "recipe.h"
#include "results/build.h"
#include "results/first_difference.h"

static bool is_patch(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (!strcmp(dot, ".patch") || !strcmp(dot, ".diff"));
}

/* The last patch of "KERNEL+PATCH+PATCH", which is parted from it; or NULL. */
static char *part_patch(char *kernel)
{
	char *plus = strrchr(kernel, '+');

	if (!plus || !is_patch(plus + 1))
		return NULL;
	*plus = '\0';
	return plus + 1;
}

/* A file that was named by a path is looked for from where it was named. */
static char *from_folder(const char *folder, const char *path)
{
	char *beside = xasprintf("%s/%s", folder, path);

	if (*path != '/' && !access(beside, F_OK))
		return beside;
	free(beside);
	return xstrdup(path);
}

/* The kernel and its patches, each by its path. */
static char *kernel_of(const json_t *host)
{
	const char *folder = lab_text(host, "folder");
	char *copy = xstrdup(lab_text(host, "kernel")), *patch;
	char *patches = xstrdup(""), *kernel, *all;

	while ((patch = part_patch(copy))) {
		char *path = from_folder(folder, patch);
		char *longer = xasprintf("+%s%s", path, patches);

		free(path);
		free(patches);
		patches = longer;
	}
	kernel = from_folder(folder, copy);
	all = xasprintf("%s%s", kernel, patches);
	free(kernel);
	free(patches);
	free(copy);
	return all;
}

/* A scenario that was changed may fail, or differ, for reasons of its own. */
static struct lab_scenario *scenario_of(const struct lab_run *run)
{
	const json_t *was = json_object_get(run->results, "scenario");
	const char *path = lab_text(run->host, "scenario");
	struct lab_scenario *scenario = lab_scenario_load(path);
	char now[LAB_FINGERPRINT];

	if (!scenario)
		return NULL;
	lab_scenario_fingerprint(scenario, now);
	if (lab_is(was, "sha256", now))
		return scenario;
	fprintf(stderr,
		"labyrinth: %s, with what it includes, has changed since %s: what is there now can be run with --kernel %s --seed %" PRIu64
		"\n",
		path, run->path, lab_text(run->host, "kernel"),
		lab_number(run->results, "seed"));
	lab_scenario_free(scenario);
	return NULL;
}

/* What the command line of the run had added is part of it. */
static void boot_as(struct lab_boot_options *boot, const json_t *machine)
{
	snprintf(boot->append, sizeof(boot->append), "%s",
		 lab_text(machine, "append"));
	snprintf(boot->cpu, sizeof(boot->cpu), "%s", lab_text(machine, "cpu"));
	snprintf(boot->machine, sizeof(boot->machine), "%s",
		 lab_text(machine, "machine"));
}

bool lab_recipe_read(struct lab_recipe *recipe, const struct lab_run *run)
{
	const json_t *machine = json_object_get(run->results, "machine");
	int i;

	*recipe = (struct lab_recipe){};
	if (!*lab_text(run->host, "kernel") ||
	    !*lab_text(run->host, "scenario")) {
		fprintf(stderr,
			"labyrinth: %s: its host.json does not say which scenario and kernel it was of; name them on the command line\n",
			run->path);
		return false;
	}
	recipe->scenario = scenario_of(run);
	if (!recipe->scenario)
		return false;
	boot_as(&recipe->scenario->boot, machine);
	recipe->kernel = kernel_of(run->host);
	recipe->seed = lab_number(run->results, "seed");
	for (i = 0; lab_mode_names[i]; i++)
		if (lab_is(machine, "mode", lab_mode_names[i]))
			recipe->mode = i;
	return true;
}

bool lab_recipe_fits(const struct lab_recipe *recipe, const struct lab_run *run,
		     const json_t *here)
{
	if (!lab_origin_differences(run->results, here, stderr))
		return true;
	fprintf(stderr,
		"labyrinth: %s cannot be had again: see above; labyrinth lab %s --kernel %s --seed %" PRIu64
		" runs what is here\n",
		run->path, lab_text(run->host, "scenario"), recipe->kernel,
		recipe->seed);
	return false;
}

/* Of program, QEMU and machine it is known before a guest is booted. */
static bool check_before(const struct lab_recipe *recipe,
			 const struct lab_run *run, const struct lab_plan *plan)
{
	const struct lab_machine machine =
		lab_plan_machine(plan, recipe->scenario);
	char build_id[LAB_BUILD_ID];
	json_t *here;
	bool same;

	if (recipe->mode != LAB_DETERMINISTIC) {
		fprintf(stderr,
			"labyrinth: %s is of mode %s, which measures time: only runs of mode deterministic are the same again\n",
			run->path, lab_mode_names[recipe->mode]);
		return false;
	}
	lab_build_id_own(build_id);
	here = json_pack("{s:{s:s}, s:o}", "program", "build_id", build_id,
			 "machine", lab_machine_json(&machine, &plan->qemu));
	same = lab_recipe_fits(recipe, run, here);
	json_decref(here);
	return same;
}

int lab_recipe_prepare(struct lab_recipe *recipe, const struct lab_run *run,
		       struct lab_plan *plan)
{
	int code;

	plan->kernel = recipe->kernel;
	plan->mode = recipe->mode;
	plan->scenarios = &recipe->scenario;
	plan->nscenarios = 1;
	/* --deadline of the run, or what its kernel was given. */
	plan->deadline = lab_number(json_object_get(run->results, "machine"),
				    "deadline_s");
	if (lab_qemu_find(&plan->qemu, lab_arch_of_kernel(plan->kernel)) ||
	    (plan->vmcore && lab_vmcore_check(&plan->qemu)))
		return LAB_USAGE;
	code = lab_bundle_make(plan->kernel, lab_plan_program(plan),
			       &plan->bundle);
	if (code)
		return code;
	if (plan->bundle.arch != plan->qemu.arch &&
	    lab_qemu_find(&plan->qemu, plan->bundle.arch))
		return LAB_USAGE;
	return check_before(recipe, run, plan) ? 0 : LAB_USAGE;
}

void lab_recipe_free(struct lab_recipe *recipe)
{
	lab_scenario_free(recipe->scenario);
	free(recipe->kernel);
	*recipe = (struct lab_recipe){};
}
