// SPDX-License-Identifier: GPL-2.0-only
/*
 * cluster/plan_folder.c - what the folder of a plan has of every kind; see
 * cluster/cluster_plan.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/build_id.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/paths.h"
#include "results/build.h"
#include "scenario/source.h"
#include "bundle.h"
#include "cluster_plan.h"

/* The folders in it; bundles/ and scenarios/ are made with what is in them. */
static const char *const folders[] = { "known",	   "attempts", "unfit",
				       "incoming", "results",  "log",
				       "boots" };

/* The program as an installation: what of it a task needs. */
static const struct {
	const char *companion; /* as lab_companion_path() finds it */
	const char *to;
} companions[] = {
	{ "qemu_lockstep.so", "program/lib/labyrinth/qemu_lockstep.so" },
	{ "decode.sh", "program/lib/labyrinth/runtime/decode.sh" },
};

static int complain(const char *path, int err)
{
	fprintf(stderr, "labyrinth: cannot write %s: %s\n", path,
		strerror(-err));
	return LAB_USAGE;
}

/* mkdir -p of the folder that a file is to be in. */
static int make_room(char *path)
{
	char *slash = strrchr(path, '/');
	int err;

	*slash = '\0';
	err = lab_make_path(path);
	*slash = '/';
	return err;
}

/* Takes ownership of the path it is copied to. */
int lab_cluster_put_file(const char *from, char *to, mode_t mode)
{
	int err = make_room(to);

	/* Of an earlier try, which did not come to a plan. */
	unlink(to);
	if (!err)
		err = lab_copy_file(from, to, mode);
	err = err ? complain(to, err) : 0;
	free(to);
	return err;
}

int lab_cluster_put_text(char *to, const char *text)
{
	int err = make_room(to);

	if (!err)
		err = lab_write_whole(to, text);
	err = err ? complain(to, err) : 0;
	free(to);
	return err;
}

static int put_program(const char *out)
{
	char path[4200], *list;
	int code;
	size_t i;

	code = lab_cluster_put_file(
		"/proc/self/exe",
		lab_cluster_path(out, "program/bin/labyrinth"), 0755);
	for (i = 0; !code && i < sizeof(companions) / sizeof(companions[0]);
	     i++) {
		if (lab_companion_path(companions[i].companion, path,
				       sizeof(path))) {
			fprintf(stderr,
				"labyrinth: %s is not there: is the installation whole?\n",
				companions[i].companion);
			return LAB_HARNESS;
		}
		code = lab_cluster_put_file(
			path, lab_cluster_path(out, "%s", companions[i].to),
			0755);
	}
	list = lab_source_find_file("known-issues.list");
	if (!code && list)
		code = lab_cluster_put_file(
			list,
			lab_cluster_path(
				out,
				"program/share/labyrinth/scenarios/known-issues.list"),
			0644);
	free(list);
	return code;
}

/* What the jobs of this plan, and no others, are called. */
static void make_id(char id[32])
{
	unsigned char bytes[6] = {};
	int n = sprintf(id, "labyrinth-");
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort();
	for (i = 0; i < sizeof(bytes); i++)
		n += sprintf(id + n, "%02x", bytes[i]);
}

json_t *lab_cluster_command_json(const struct lab_plan *plan)
{
	json_t *list = json_array();
	char folder[4096];
	int i;

	if (!getcwd(folder, sizeof(folder)))
		folder[0] = '\0';
	for (i = 0; i < plan->argc; i++)
		json_array_append_new(list, json_string(plan->argv[i]));
	return xcheck(
		json_pack("{s:o, s:s}", "command", list, "folder", folder));
}

json_t *lab_cluster_plan_base(const struct lab_plan *plan,
			      const struct lab_cluster_where *where,
			      const struct lab_cluster_kind *kind,
			      const char *program, const char *hex)
{
	json_t *json = lab_cluster_command_json(plan), *own;
	char id[32], build[LAB_BUILD_ID];

	make_id(id);
	lab_build_id_own(build);
	own = xcheck(json_pack(
		"{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s,"
		" s:s?, s:s?, s:I, s:s?}",
		"schema", LAB_CLUSTER_PLAN_SCHEMA, "kind", kind->name, "id", id,
		"time", (json_int_t)time(NULL), "kernel", plan->kernel,
		"bundle", hex, "guest_program", program ? program : "", "qemu",
		plan->qemu.version, "program", build, "mode",
		lab_mode_names[plan->mode], "partition", where->partition,
		"account", where->account, "nodes_max",
		(json_int_t)where->nodes_max, "attach", where->attach));
	json_object_update(json, own);
	json_decref(own);
	return json;
}

/* In single quotes, as a shell takes it whatever is in it. */
static char *quoted(const char *text)
{
	char *all = NULL;
	size_t size;
	FILE *to = xcheck(open_memstream(&all, &size));

	fputc('\'', to);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", to);
		else
			fputc(*text, to);
	fputc('\'', to);
	if (fclose(to))
		xcheck(NULL);
	return all;
}

/* What Slurm starts: its only argument is the entry of the array's task 0. */
static int put_task(const char *out)
{
	char *program = lab_cluster_path(out, "program/bin/labyrinth");
	char *own = quoted(program), *folder = quoted(out), *text;
	int code;

	text = xasprintf(
		"#!/bin/sh\n"
		"exec %s lab --attach %s --entry $(($1 + SLURM_ARRAY_TASK_ID))\n",
		own, folder);
	code = lab_cluster_put_text(lab_cluster_path(out, "task.sh"), text);
	free(text);
	free(own);
	free(folder);
	free(program);
	return code;
}

static int put_bundle(const struct lab_plan *plan, const char *program,
		      const char *out, char hex[LAB_FINGERPRINT])
{
	char *bundles = lab_cluster_path(out, "bundles");
	int err = -EIO;

	if (lab_bundle_fingerprint(&plan->bundle, program, hex))
		err = lab_bundle_copy(&plan->bundle, program, bundles, hex);
	free(bundles);
	return err ? LAB_HARNESS : 0;
}

static int put_folders(const char *out)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *path = lab_cluster_path(out, "%s", folders[i]);

		err = lab_make_path(path);
		if (err)
			complain(path, err);
		free(path);
	}
	return err ? LAB_USAGE : 0;
}

int lab_cluster_plan_put(const char *out, json_t *json)
{
	char *text = lab_results_text(json);
	int code = lab_cluster_put_text(lab_cluster_path(out, "plan.json"),
					xcheck(text));

	free(text);
	json_decref(json);
	return code;
}

bool lab_cluster_has_plan(const char *out)
{
	char *path = lab_cluster_path(out, "plan.json");
	const bool there = !access(path, F_OK);

	free(path);
	return there;
}

static int say_has_plan(const char *out)
{
	fprintf(stderr,
		"labyrinth: %s has runs of a cluster: \"labyrinth lab --attach %s\" goes on with them; for others give it another --out\n",
		out, out);
	return LAB_USAGE;
}

int lab_cluster_folder_make(const struct lab_plan *plan, const char *program,
			    char out[4096], char hex[LAB_FINGERPRINT])
{
	char *real;
	int code, err;

	snprintf(out, 4096, "%s", plan->out);
	err = lab_make_path(out);
	real = realpath(out, NULL);
	if (err || !real)
		return complain(out, err ?: -errno);
	snprintf(out, 4096, "%s", real);
	free(real);
	if (lab_cluster_has_plan(out))
		return say_has_plan(out);
	code = put_folders(out);
	hex[0] = '\0';
	/* Builds have none. */
	if (!code && *plan->bundle.folder)
		code = put_bundle(plan, program, out, hex);
	if (!code)
		code = put_program(out);
	return code ?: put_task(out);
}

void lab_cluster_plan_withdraw(const char *out)
{
	char *jobs = lab_cluster_path(out, "jobs");
	char *plan = lab_cluster_path(out, "plan.json");

	if (access(jobs, F_OK))
		unlink(plan);
	free(plan);
	free(jobs);
}
