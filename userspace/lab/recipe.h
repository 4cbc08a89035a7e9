/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/recipe.h - what a run was made of, for commands that run it again. It is
 * found by what host.json names, and held against what results.json says.
 */
#ifndef LAB_RECIPE_H
#define LAB_RECIPE_H

#include "jobs.h"
#include "results/load.h"

struct lab_recipe {
	struct lab_scenario *scenario; /* booted as the run was */
	char *kernel; /* as --kernel takes it */
	uint64_t seed;
	enum lab_mode mode;
};

/*
 * False after a message: host.json does not say what it was, or the scenario is
 * not there or not the same.
 */
bool lab_recipe_read(struct lab_recipe *recipe, const struct lab_run *run);

/*
 * Makes ready what the run was made of, in a plan that has no scenario yet. It has
 * to be of mode deterministic; program, QEMU and machine have to be those of the
 * run. 0, or an exit code after a message.
 */
int lab_recipe_prepare(struct lab_recipe *recipe, const struct lab_run *run,
		       struct lab_plan *plan);

/*
 * Whether what results depend on is what it was in the run, as far as here has it:
 * else false after a message that names each that is another one.
 */
bool lab_recipe_fits(const struct lab_recipe *recipe, const struct lab_run *run,
		     const json_t *here);

void lab_recipe_free(struct lab_recipe *recipe);

#endif /* LAB_RECIPE_H */
