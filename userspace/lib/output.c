// SPDX-License-Identifier: GPL-2.0-only
/* lib/output.c - see lib/output.h. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static bool complain(const char *path, int err)
{
	fprintf(stderr, "labyrinth: cannot write %s: %s\n", path,
		strerror(err));
	return false;
}

/*
 * A device, a pipe: to be written to. As root a file would take its place, and
 * everybody's /dev/null be gone.
 */
static bool is_special(const char *path)
{
	struct stat file;

	return !stat(path, &file) && !S_ISREG(file.st_mode) &&
	       !S_ISDIR(file.st_mode);
}

bool lab_output_open(struct lab_output *output, const char *path)
{
	memset(output, 0, sizeof(*output));
	if (!path || !strcmp(path, "-")) {
		output->to = stdout;
		return true;
	}
	output->path = path;
	if (is_special(path)) {
		output->to = fopen(path, "we");
		return output->to || complain(path, errno);
	}
	if (strlen(path) + 32 > sizeof(output->part))
		return complain(path, ENAMETOOLONG);
	snprintf(output->part, sizeof(output->part), "%s.%d.part", path,
		 getpid());
	output->to = fopen(output->part, "we");
	return output->to || complain(path, errno);
}

bool lab_output_close(struct lab_output *output, bool keep)
{
	bool good = !ferror(output->to);

	if (!output->path) {
		good &= !fflush(output->to);
		return good || complain("to standard output", errno);
	}
	good &= !fclose(output->to);
	if (!output->part[0])
		return good || complain(output->path, errno);
	if (keep && good && !rename(output->part, output->path))
		return true;
	if (keep)
		complain(output->path, errno);
	unlink(output->part);
	return !keep;
}
