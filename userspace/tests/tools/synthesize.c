// SPDX-License-Identifier: GPL-2.0-only
/*
 * synthesize.c - folders of runs that nobody ran, for tests and benches.
 *
 *	synthesize FOLDER SEEDS [KEY=VALUE...]
 *
 * The keys are fields of struct synthetic: seed is the first, build another
 * kernel, changed the context in which cliff_change and latency_change count.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/synthetic.h"

static void take(struct synthetic *s, char *word)
{
	const struct {
		const char *key;
		int *number;
	} numbers[] = {
		{ "cells", (int *)&s->cells },
		{ "shots", (int *)&s->shots },
		{ "cliff", (int *)&s->cliff },
		{ "latency", (int *)&s->latency },
		{ "detour", (int *)&s->detour },
		{ "cliff_change", &s->cliff_change },
		{ "latency_change", &s->latency_change },
	};
	char *value = strchr(word, '=');
	size_t i;

	if (!value)
		errx(2, "KEY=VALUE is wanted, not '%s'", word);
	*value++ = '\0';
	if (!strcmp(word, "seed"))
		s->seed = strtoull(value, NULL, 10);
	else if (!strcmp(word, "build"))
		s->build = strtoull(value, NULL, 10);
	else if (!strcmp(word, "release"))
		s->release = value;
	else if (!strcmp(word, "scenario"))
		s->scenario = value;
	else if (!strcmp(word, "changed"))
		s->changed = value;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(word, numbers[i].key))
			*numbers[i].number = atoi(value);
}

static void write_run(const char *folder, const struct synthetic *s)
{
	char path[4096];
	json_t *results = synthetic_run(s);

	snprintf(path, sizeof(path), "%s/%s-%s-s%llu-%llx", folder, s->scenario,
		 s->release, (unsigned long long)s->seed,
		 (unsigned long long)s->build);
	if (mkdir(path, 0755) && errno != EEXIST)
		err(3, "%s", path);
	strcat(path, "/results.json");
	if (json_dump_file(results, path, JSON_INDENT(1)))
		errx(3, "cannot write %s", path);
	json_decref(results);
}

int main(int argc, char **argv)
{
	struct synthetic s = SYNTHETIC;
	int i, seeds;

	if (argc < 3)
		errx(2, "usage: synthesize FOLDER SEEDS [KEY=VALUE...]");
	seeds = atoi(argv[2]);
	for (i = 3; i < argc; i++)
		take(&s, argv[i]);
	if (mkdir(argv[1], 0755) && errno != EEXIST)
		err(3, "%s", argv[1]);
	for (i = 0; i < seeds; i++, s.seed++)
		write_run(argv[1], &s);
	return 0;
}
