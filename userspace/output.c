// SPDX-License-Identifier: GPL-2.0-only
/* output.c - see output.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "scenario/must.h"

static bool complain(const char *path)
{
	fprintf(stderr, "labyrinth: cannot write %s: %s\n",
		path ? path : "to stdout", strerror(errno));
	return false;
}

bool lab_output_begin(struct lab_output *output, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	const int folder = slash ? slash - path + 1 : 0;

	*output = (struct lab_output){ .to = stdout, .path = path };
	if (!path)
		return true;
	output->work = must_printf("%.*s.%s.%d", folder, path, path + folder,
				   getpid());
	output->to = fopen(output->work, "we");
	if (output->to)
		return true;
	complain(path);
	free(output->work);
	return false;
}

bool lab_output_end(struct lab_output *output)
{
	bool good = !fflush(output->to) && !ferror(output->to);

	if (!output->path)
		return good || complain(NULL);
	good &= !fclose(output->to);
	good = good && !rename(output->work, output->path);
	if (!good) {
		complain(output->path);
		unlink(output->work);
	}
	free(output->work);
	return good;
}
