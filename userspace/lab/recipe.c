// SPDX-License-Identifier: GPL-2.0-only
/* lab/recipe.c - see lab/recipe.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "recipe.h"
#include "results/build.h"

/* A kernel that was named by a path is looked for from where it was named. */
static char *kernel_of(const json_t *host)
{
	const char *kernel = lab_text(host, "kernel");
	char *beside = xasprintf("%s/%s", lab_text(host, "folder"), kernel);

	if (*kernel != '/' && !access(beside, F_OK))
		return beside;
	free(beside);
	return xstrdup(kernel);
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

void lab_recipe_free(struct lab_recipe *recipe)
{
	lab_scenario_free(recipe->scenario);
	free(recipe->kernel);
	*recipe = (struct lab_recipe){};
}
