// SPDX-License-Identifier: GPL-2.0-only
/* cluster/attempts.c - see cluster/attempts.h. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/copy.h"
#include "lib/json.h"
#include "attempts.h"
#include "cluster_plan.h"

static int write_json(char *path, json_t *json)
{
	char *text = xcheck(json_dumps(json, JSON_COMPACT));
	const int err = lab_write_whole(path, text);

	free(text);
	json_decref(json);
	free(path);
	return err;
}

static char *path_of(const char *out, const struct lab_attempt *attempt)
{
	return lab_cluster_path(out, "attempts/%" PRIu64 ".%" PRIu64 ".%u",
				attempt->entry, attempt->job, attempt->restart);
}

int lab_attempt_write(const char *out, const struct lab_attempt *attempt)
{
	return write_json(path_of(out, attempt),
			  xcheck(json_pack("{s:s, s:b, s:s}", "node",
					   attempt->node, "unfit",
					   attempt->unfit, "why",
					   attempt->why)));
}

void lab_attempt_remove(const char *out, const struct lab_attempt *attempt)
{
	char *path = path_of(out, attempt);

	unlink(path);
	free(path);
}

/* Calls each() for each JSON file of a folder whose name does not begin with a dot. */
static void each_file(char *path,
		      void (*each)(void *arg, const char *name,
				   const json_t *json),
		      void *arg)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char *file = xasprintf("%s/%s", path, entry->d_name);
		json_t *json = NULL;

		if (entry->d_name[0] != '.')
			json = json_load_file(file, 0, NULL);
		if (json)
			each(arg, entry->d_name, json);
		json_decref(json);
		free(file);
	}
	if (folder)
		closedir(folder);
	free(path);
}

static void take_attempt(void *arg, const char *name, const json_t *json)
{
	struct lab_attempts *attempts = arg;
	struct lab_attempt attempt = {
		.unfit = json_is_true(json_object_get(json, "unfit")),
	};
	int end = 0;

	if (sscanf(name, "%" SCNu64 ".%" SCNu64 ".%u%n", &attempt.entry,
		   &attempt.job, &attempt.restart, &end) != 3 ||
	    name[end])
		return;
	snprintf(attempt.node, sizeof(attempt.node), "%s",
		 lab_text(json, "node"));
	snprintf(attempt.why, sizeof(attempt.why), "%s", lab_text(json, "why"));
	attempts->attempt = xgrow(attempts->attempt, attempts->count);
	attempts->attempt[attempts->count++] = attempt;
}

void lab_attempts_read(struct lab_attempts *attempts, const char *out)
{
	*attempts = (struct lab_attempts){};
	each_file(lab_cluster_path(out, "attempts"), take_attempt, attempts);
}

void lab_attempts_free(struct lab_attempts *attempts)
{
	free(attempts->attempt);
	*attempts = (struct lab_attempts){};
}

int lab_unfit_write(const char *out, const char *node, const char *why)
{
	return write_json(
		lab_cluster_path(out, "unfit/%s", node),
		xcheck(json_pack("{s:s, s:s}", "node", node, "why", why)));
}

static void take_unfit(void *arg, const char *name, const json_t *json)
{
	struct lab_unfit *unfit = arg;

	/* What is being written has another name. */
	if (!lab_is(json, "node", name))
		return;
	unfit->node = xgrow(unfit->node, unfit->count);
	unfit->why = xgrow(unfit->why, unfit->count);
	unfit->node[unfit->count] = xstrdup(name);
	unfit->why[unfit->count++] = xstrdup(lab_text(json, "why"));
}

void lab_unfit_read(struct lab_unfit *unfit, const char *out)
{
	*unfit = (struct lab_unfit){};
	each_file(lab_cluster_path(out, "unfit"), take_unfit, unfit);
}

void lab_unfit_free(struct lab_unfit *unfit)
{
	size_t i;

	for (i = 0; i < unfit->count; i++) {
		free(unfit->node[i]);
		free(unfit->why[i]);
	}
	free(unfit->node);
	free(unfit->why);
	*unfit = (struct lab_unfit){};
}

bool lab_unfit_has(const struct lab_unfit *unfit, const char *node)
{
	size_t i;

	for (i = 0; i < unfit->count; i++)
		if (!strcmp(unfit->node[i], node))
			return true;
	return false;
}

void lab_attempts_forget(const char *out)
{
	struct lab_attempts attempts;
	struct lab_unfit unfit;
	size_t i;

	lab_attempts_read(&attempts, out);
	for (i = 0; i < attempts.count; i++)
		if (*attempts.attempt[i].why)
			lab_attempt_remove(out, &attempts.attempt[i]);
	lab_attempts_free(&attempts);
	lab_unfit_read(&unfit, out);
	for (i = 0; i < unfit.count; i++) {
		char *path = lab_cluster_path(out, "unfit/%s", unfit.node[i]);

		unlink(path);
		free(path);
	}
	lab_unfit_free(&unfit);
}
