// SPDX-License-Identifier: GPL-2.0-only
/* bisect/list.c - candidates that a file lists. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/json.h"

static json_t *read_kernels(const char *path)
{
	char *text = lab_file_read(path, NULL), *line, *rest = text;
	json_t *kernels = json_array();

	if (!text) {
		fprintf(stderr, "labyrinth: cannot read %s: %s\n", path,
			strerror(errno));
		return kernels;
	}
	while (rest) {
		size_t length;

		line = strsep(&rest, "\n");
		line += strspn(line, " \t");
		length = strlen(line);
		while (length && strchr(" \t\r", line[length - 1]))
			line[--length] = '\0';
		if (*line && *line != '#')
			json_array_append_new(
				kernels,
				json_pack("{s:s, s:s}", "kernel", line,
					  "outcome",
					  lab_search_words[LAB_UNTRIED]));
	}
	free(text);
	return kernels;
}

/* The index of a kernel, or -1 after a message. */
static long find(const struct lab_bisect *bisect, const json_t *kernels,
		 const char *kernel)
{
	json_t *one;
	size_t i;

	json_array_foreach(kernels, i, one)
		if (lab_is(one, "kernel", kernel))
			return (long)i;
	fprintf(stderr, "labyrinth: %s does not list '%s'\n", bisect->kernels,
		kernel);
	return -1;
}

bool lab_bisect_list(struct lab_bisect *bisect)
{
	json_t *kernels = read_kernels(bisect->kernels);
	json_t *candidates = json_array();
	long good = 0, bad = (long)json_array_size(kernels) - 1, i;

	if (bisect->good)
		good = find(bisect, kernels, bisect->good);
	if (bisect->bad)
		bad = find(bisect, kernels, bisect->bad);
	if (good >= 0 && bad >= 0 && good >= bad)
		fprintf(stderr,
			"labyrinth: %s: GOOD has to stand before BAD, one kernel a line\n",
			bisect->kernels);
	if (good >= 0 && good < bad) {
		json_object_set(bisect->state, "good",
				json_array_get(kernels, good));
		for (i = good + 1; i <= bad; i++)
			json_array_append(candidates,
					  json_array_get(kernels, i));
	}
	json_object_set(bisect->state, "candidates", candidates);
	json_decref(candidates);
	json_decref(kernels);
	return good >= 0 && good < bad;
}
