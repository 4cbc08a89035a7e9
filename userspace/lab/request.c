// SPDX-License-Identifier: GPL-2.0-only
/* lab/request.c - what a guest is asked to do; see lab/jobs.h and guest/init.c. */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "jobs.h"

/*
 * It has the same name there, relative to the folder of the scenario; sources
 * from elsewhere are put beside it.
 */
char *lab_guest_path(const struct lab_scenario *scenario,
		     const struct lab_source *source)
{
	const char *own = scenario->sources[0].path;
	const char *slash = strrchr(own, '/');
	const size_t folder = slash ? slash + 1 - own : 0;
	char *copy = strdup(source->path), *path;
	const char *name;

	if (!copy)
		abort();
	name = strncmp(copy, own, folder) ? basename(copy) : copy + folder;
	if (asprintf(&path, "/scenarios/%s", name) < 0)
		abort();
	free(copy);
	return path;
}

static json_t *scenario_request(const struct lab_job *job)
{
	const struct lab_scenario *scenario = job->scenario;
	json_t *files = json_array(), *request;
	char seed[24], *path;
	size_t i;

	for (i = 0; i < scenario->nsources; i++) {
		path = lab_guest_path(scenario, &scenario->sources[i]);
		json_array_append_new(
			files, json_pack("{s:s, s:s}", "path", path, "text",
					 scenario->sources[i].text));
		free(path);
	}
	snprintf(seed, sizeof(seed), "%" PRIu64, job->seed);
	path = lab_guest_path(scenario, &scenario->sources[0]);
	request = json_pack("{s:[s, s, s, s, s], s:o, s:[s], s:i}", "argv",
			    "/bin/labyrinth", "run", path, "--seed", seed,
			    "files", files, "modules", "/modules/labyrinth.ko",
			    "deadline", (int)job->machine.deadline);
	if (job->no_victim) {
		json_array_append_new(json_object_get(request, "argv"),
				      json_string("--no-victim"));
		json_array_append_new(json_object_get(request, "argv"),
				      json_string(job->no_victim));
	}
	free(path);
	return request;
}

static json_t *program_request(const struct lab_plan *plan,
			       const struct lab_job *job)
{
	json_t *argv = json_array();
	char **arg;

	json_array_append_new(argv, json_string("/tmp/program"));
	for (arg = plan->args; *arg; arg++)
		json_array_append_new(argv, json_string(*arg));
	return json_pack("{s:o, s:[], s:[s], s:i}", "argv", argv, "files",
			 "modules", "/modules/labyrinth.ko", "deadline",
			 (int)job->machine.deadline);
}

static int read_program(const char *path, struct lab_request *request)
{
	request->program = lab_file_read(path, &request->program_size);
	if (request->program && request->program_size)
		return 0;
	fprintf(stderr, "labyrinth: cannot read %s: %s\n", path,
		request->program ? "it is empty" : strerror(errno));
	free(request->program);
	request->program = NULL;
	return -ENOENT;
}

int lab_request_make(const struct lab_plan *plan, struct lab_job *job)
{
	if (!job->scenario && read_program(plan->exec, &job->request))
		return -ENOENT;
	job->request.json = job->scenario ? scenario_request(job) :
					    program_request(plan, job);
	return 0;
}

void lab_request_free(struct lab_request *request)
{
	json_decref(request->json);
	free(request->program);
	*request = (struct lab_request){};
}
