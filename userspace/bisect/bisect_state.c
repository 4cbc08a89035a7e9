// SPDX-License-Identifier: GPL-2.0-only
/* bisect/bisect_state.c - the state file; see bisect/bisect.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "bisect.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/paths.h"
#include "results/build.h"

/* A text, or null. */
static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *scenarios_of(const struct lab_plan *plan)
{
	json_t *scenarios = json_array();
	size_t i;

	for (i = 0; i < plan->nscenarios; i++) {
		char sha256[LAB_FINGERPRINT];

		lab_scenario_fingerprint(plan->scenarios[i], sha256);
		json_array_append_new(scenarios,
				      json_pack("{s:s, s:s}", "name",
						plan->scenarios[i]->name,
						"sha256", sha256));
	}
	return scenarios;
}

/* What a bisection has to have in common with one that it goes on with. */
static json_t *asked_for(const struct lab_bisect *bisect)
{
	json_t *asked = json_object();

	json_object_set_new(asked, "good", text_or_null(bisect->good));
	json_object_set_new(asked, "bad", text_or_null(bisect->bad));
	json_object_set_new(asked, "kernels", text_or_null(bisect->kernels));
	json_object_set_new(asked, "variant", json_string(bisect->variant));
	json_object_set_new(asked, "scenarios", scenarios_of(&bisect->plan));
	json_object_set_new(asked, "mode",
			    json_string(lab_mode_names[bisect->plan.mode]));
	json_object_set_new(asked, "seed", json_integer(bisect->plan.seed));
	json_object_set_new(asked, "seeds", json_integer(bisect->seeds));
	json_object_set_new(asked, "seeds_most", json_integer(bisect->most));
	json_object_set_new(asked, "verdict", text_or_null(bisect->verdict));
	json_object_set_new(asked, "metric", text_or_null(bisect->metric));
	json_object_set_new(asked, "where", text_or_null(bisect->where));
	json_object_set_new(asked, "threshold", json_real(bisect->threshold));
	json_object_set_new(asked, "boot_failure",
			    json_string(bisect->boot_failure_is_bad ? "bad" :
								      "skip"));
	json_object_set_new(asked, "author", json_boolean(bisect->author));
	return asked;
}

static bool lock_folder(struct lab_bisect *bisect)
{
	char *path = xasprintf("%s/lock", bisect->folder);

	/*
	 * What is started inherits it: a build that goes on after this program
	 * was killed must not see another commit checked out.
	 */
	bisect->lock = open(path, O_RDWR | O_CREAT, 0666);
	if (bisect->lock < 0)
		fprintf(stderr, "labyrinth: cannot write %s: %s\n", path,
			strerror(errno));
	free(path);
	if (bisect->lock < 0)
		return false;
	if (!flock(bisect->lock, LOCK_EX | LOCK_NB))
		return true;
	fprintf(stderr,
		"labyrinth: waits for another bisection in %s, or for what it has started and left; --out names another folder\n",
		bisect->folder);
	if (!flock(bisect->lock, LOCK_EX))
		return true;
	fprintf(stderr, "labyrinth: %s cannot be locked: %s\n", bisect->folder,
		strerror(errno));
	return false;
}

/* The same commits and kernels, with nothing tried: they may have moved. */
static bool same_candidates(const json_t *fresh, const json_t *stored)
{
	const json_t *a = json_object_get(fresh, "candidates"),
		     *b = json_object_get(stored, "candidates");
	size_t i;

	if (json_array_size(a) != json_array_size(b) ||
	    !lab_is(json_object_get(fresh, "good"), "kernel",
		    lab_text(json_object_get(stored, "good"), "kernel")))
		return false;
	for (i = 0; i < json_array_size(a); i++)
		if (!lab_is(json_array_get(a, i), "kernel",
			    lab_text(json_array_get(b, i), "kernel")))
			return false;
	return true;
}

/* True when the stored state is of what is asked for now, or there is none. */
static bool take_over(struct lab_bisect *bisect, const char *path)
{
	json_error_t error;
	json_t *stored;

	if (access(path, F_OK))
		return true;
	stored = json_load_file(path, 0, &error);
	if (!stored || !lab_is(stored, "schema", LAB_BISECT_SCHEMA)) {
		fprintf(stderr,
			"labyrinth: %s is not the state of a bisection (%s); remove it, or name another folder with --out\n",
			path, stored ? "of another schema" : error.text);
		json_decref(stored);
		return false;
	}
	if (!json_equal(json_object_get(stored, "asked"),
			json_object_get(bisect->state, "asked")) ||
	    !same_candidates(bisect->state, stored)) {
		fprintf(stderr,
			"labyrinth: %s is of another bisection (see \"asked\" in it); remove it, or name another folder with --out\n",
			path);
		json_decref(stored);
		return false;
	}
	json_decref(bisect->state);
	bisect->state = stored;
	bisect->resumed = true;
	return true;
}

bool lab_bisect_open(struct lab_bisect *bisect)
{
	char *path;
	bool good;
	int err;

	bisect->state = json_pack("{s:s, s:o, s:[]}", "schema",
				  LAB_BISECT_SCHEMA, "asked", asked_for(bisect),
				  "again");
	if (!(bisect->kernels ? lab_bisect_list(bisect) :
				lab_bisect_commits(bisect)))
		return false;
	err = lab_make_path(bisect->folder);
	if (err) {
		fprintf(stderr, "labyrinth: cannot make %s: %s\n",
			bisect->folder, strerror(-err));
		return false;
	}
	if (!lock_folder(bisect))
		return false;
	path = xasprintf("%s/bisect.json", bisect->folder);
	good = take_over(bisect, path);
	free(path);
	return good && lab_bisect_save(bisect);
}

bool lab_bisect_save(const struct lab_bisect *bisect)
{
	char *path = xasprintf("%s/bisect.json", bisect->folder);
	struct lab_output output;
	bool good = lab_output_open(&output, path);

	if (good) {
		lab_bisect_json(bisect->state, output.to);
		good = lab_output_close(&output, true);
	}
	free(path);
	return good;
}

void lab_bisect_free(struct lab_bisect *bisect)
{
	json_decref(bisect->state);
	if (bisect->lock > 0)
		close(bisect->lock);
}
