// SPDX-License-Identifier: GPL-2.0-only
/* lab/runset.c - see lab/runset.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/build_id.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "lib/paths.h"
#include "results/build.h"
#include "results/load.h"
#include "jobs.h"
#include "runset.h"
#include "summary_table.h"

static json_t *scenarios_json(const struct lab_plan *plan)
{
	json_t *list = json_array();
	char hex[LAB_FINGERPRINT];
	size_t i;

	for (i = 0; i < plan->nscenarios; i++) {
		lab_scenario_fingerprint(plan->scenarios[i], hex);
		json_array_append_new(list, json_pack("{s:s, s:s}", "name",
						      plan->scenarios[i]->name,
						      "sha256", hex));
	}
	return list;
}

/* "boots" changes with what is booted. */
json_t *lab_runset_identity(const struct lab_plan *plan)
{
	char boots[64], path[4200], program[LAB_BUILD_ID];

	snprintf(path, sizeof(path), "%s/ready", plan->bundle.folder);
	lab_file_line(path, boots, sizeof(boots));
	lab_build_id_own(program);
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:o}",
		"append", plan->boot.append, "cpu", plan->boot.cpu, "machine",
		plan->boot.machine, "kernel", plan->kernel, "boots", boots,
		"program", program, "mode", lab_mode_names[plan->mode], "qemu",
		plan->qemu.version, "deadline", (json_int_t)plan->deadline,
		"seed", (json_int_t)plan->seed, "seeds",
		(json_int_t)plan->seeds, "scenarios", scenarios_json(plan));
}

static int keep(const struct lab_runset *set)
{
	char *text = lab_results_text(set->json);
	const int err = lab_write_whole(set->path, xcheck(text));

	if (err)
		fprintf(stderr, "labyrinth: cannot write %s: %s\n", set->path,
			strerror(-err));
	free(text);
	return err ? LAB_HARNESS : 0;
}

static void say_difference(const char *key, const json_t *then,
			   const json_t *now)
{
	char *was = json_dumps(then, JSON_COMPACT | JSON_ENCODE_ANY);
	char *is = json_dumps(now, JSON_COMPACT | JSON_ENCODE_ANY);

	fprintf(stderr, "labyrinth:   %s was %.200s, and is %.200s\n", key,
		was ?: "not there", is ?: "not there");
	free(was);
	free(is);
}

/* Says of each scenario, as a list of many tells nobody anything. */
static void say_scenarios(const json_t *then, const json_t *now)
{
	json_t *one;
	size_t i;

	json_array_foreach(now, i, one) {
		const char *name = lab_text(one, "name");
		const json_t *was = lab_find(then, "name", name);

		if (!was)
			fprintf(stderr,
				"labyrinth:   the scenario %s was not part of it\n",
				name);
		else if (!json_equal(was, one))
			fprintf(stderr,
				"labyrinth:   the text of the scenario %s is another\n",
				name);
	}
	json_array_foreach(then, i, one)
		if (!lab_find(now, "name", lab_text(one, "name")))
			fprintf(stderr,
				"labyrinth:   the scenario %s was part of it\n",
				lab_text(one, "name"));
}

static bool is_same(const struct lab_runset *set, const json_t *now)
{
	const json_t *then = json_object_get(set->json, "of");
	const char *key;
	json_t *value;

	if (json_equal(then, now))
		return true;
	fprintf(stderr,
		"labyrinth: %s is of another set: give it another --out, or leave out --resume\n",
		set->path);
	json_object_foreach((json_t *)now, key, value) {
		const json_t *was = json_object_get(then, key);

		if (json_equal(was, value))
			continue;
		if (!strcmp(key, "scenarios"))
			say_scenarios(was, value);
		else
			say_difference(key, was, value);
	}
	return false;
}

static int go_on(struct lab_runset *set, json_t *now)
{
	json_error_t error;
	bool same;

	set->json = json_load_file(set->path, JSON_REJECT_DUPLICATES, &error);
	if (!set->json || !lab_is(set->json, "schema", LAB_RUNSET_SCHEMA) ||
	    !json_is_array(json_object_get(set->json, "runs"))) {
		fprintf(stderr,
			"labyrinth: %s: %s; there is nothing to resume there\n",
			set->path,
			set->json ? "is not of the schema " LAB_RUNSET_SCHEMA :
				    error.text);
		json_decref(now);
		return LAB_USAGE;
	}
	same = is_same(set, now);
	json_decref(now);
	return same ? 0 : LAB_USAGE;
}

int lab_runset_open(struct lab_runset *set, const struct lab_plan *plan,
		    bool resume)
{
	char out[4096];
	int err;

	snprintf(set->path, sizeof(set->path), "%s/" LAB_RUNSET_FILE,
		 plan->out);
	if (resume)
		return go_on(set, lab_runset_identity(plan));
	snprintf(out, sizeof(out), "%s", plan->out);
	err = lab_make_path(out);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n", out,
			strerror(-err));
		return LAB_USAGE;
	}
	set->json = json_pack("{s:s, s:o, s:[]}", "schema", LAB_RUNSET_SCHEMA,
			      "of", lab_runset_identity(plan), "runs");
	return keep(set);
}

static json_t *find(const struct lab_runset *set, const struct lab_job *job)
{
	json_t *run;
	size_t i;

	json_array_foreach(json_object_get(set->json, "runs"), i, run)
		if (lab_is(run, "scenario", job->scenario->name) &&
		    lab_number(run, "seed") == job->seed)
			return run;
	return NULL;
}

/*
 * The folder of a run, malloc()ed; NULL if what the file names is none in the
 * set's own folder: somebody may have edited it.
 */
static char *folder_of(const struct lab_runset *set, const json_t *run)
{
	const char *name = lab_text(run, "folder");

	if (!*name || *name == '.' || strchr(name, '/'))
		return NULL;
	return xasprintf("%.*s%s",
			 (int)(strlen(set->path) - strlen(LAB_RUNSET_FILE)),
			 set->path, name);
}

/*
 * The verdict as it counts in this call: what is known may have changed since
 * the run was made.
 */
static void take_results(const struct lab_plan *plan, struct lab_job *job,
			 const struct lab_run *run)
{
	char today[11];
	json_t *marked;

	lab_known_today(today);
	marked = lab_known_mark(run->results, plan->known, today);
	job->row = lab_table_row(marked, json_number_value(json_object_get(
						 run->host, "seconds")));
	job->code = lab_job_code(plan, marked);
	job->done = true;
	json_decref(marked);
}

bool lab_runset_take(const struct lab_plan *plan, struct lab_job *job)
{
	const json_t *run = find(plan->set, job);
	char *folder, *path;
	struct lab_run loaded;
	bool good;

	if (!run || lab_number(run, "exit") == LAB_HARNESS)
		return false;
	folder = folder_of(plan->set, run);
	if (!folder)
		return false;
	snprintf(job->store.path, sizeof(job->store.path), "%s", folder);
	free(folder);
	path = xasprintf("%s/results.json", job->store.path);
	good = lab_run_load(&loaded, path);
	if (good &&
	    strcmp(loaded.fingerprint, lab_text(run, "fingerprint")) != 0) {
		fprintf(stderr,
			"labyrinth: %s is not what this set had there: it is run again\n",
			path);
		good = false;
	}
	if (good)
		take_results(plan, job, &loaded);
	lab_run_free(&loaded);
	free(path);
	return good;
}

void lab_runset_drop_broken(const struct lab_runset *set,
			    const struct lab_job *job)
{
	const json_t *run = find(set, job);
	char *folder, *path;
	struct lab_run loaded;

	if (!run || lab_number(run, "exit") != LAB_HARNESS)
		return;
	folder = folder_of(set, run);
	if (!folder)
		return;
	path = xasprintf("%s/results.json", folder);
	if (lab_run_load(&loaded, path) &&
	    lab_is(loaded.results, "verdict", "broken"))
		lab_remove_tree(folder);
	lab_run_free(&loaded);
	free(path);
	free(folder);
}

int lab_runset_add(struct lab_runset *set, const struct lab_job *job)
{
	json_t *run = find(set, job);
	const char *slash = strrchr(job->store.path, '/');
	char *results = xasprintf("%s/results.json", job->store.path);
	char fingerprint[LAB_FINGERPRINT] = "";

	lab_fingerprint_file(results, fingerprint);
	free(results);
	if (!run) {
		run = json_pack("{s:s, s:I}", "scenario", job->scenario->name,
				"seed", (json_int_t)job->seed);
		json_array_append_new(json_object_get(set->json, "runs"), run);
	}
	json_object_set_new(run, "folder",
			    json_string(slash ? slash + 1 : job->store.path));
	json_object_set_new(run, "fingerprint", json_string(fingerprint));
	json_object_set_new(run, "exit", json_integer(job->code));
	return keep(set);
}

void lab_runset_free(struct lab_runset *set)
{
	json_decref(set->json);
	set->json = NULL;
}
