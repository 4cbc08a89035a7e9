/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/recipe.h - what a run was made of, for commands that run it again. It is
 * found by what host.json names, and held against what results.json says.
 */
#ifndef LAB_RECIPE_H
#define LAB_RECIPE_H

#include "lab.h"
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
void lab_recipe_free(struct lab_recipe *recipe);

#endif /* LAB_RECIPE_H */
