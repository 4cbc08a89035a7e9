// SPDX-License-Identifier: GPL-2.0-only
/* lab/core_line.c - see lab/core_line.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/alloc.h"
#include "results/store.h"
#include "core_line.h"
#include "jobs.h"

void lab_core_print(const struct lab_plan *plan, const struct lab_vmcore *core,
		    const char *folder, FILE *to)
{
	char *link, *vmlinux, *path;
	struct stat file;

	if (!core->written) {
		if (core->why[0])
			fprintf(stderr, "labyrinth: no core was kept: %s\n",
				core->why);
		return;
	}
	link = xasprintf("%s/vmlinux", plan->bundle.folder);
	vmlinux = realpath(link, NULL);
	path = xasprintf("%s/" LAB_STORE_CORE, folder);
	if (stat(path, &file))
		file.st_size = 0;
	fprintf(to, "  core %s, %.1f MiB: ", path, file.st_size / 1048576.0);
	if (vmlinux)
		fprintf(to, "crash %s %s\n", vmlinux, path);
	else
		fprintf(to,
			"crash and drgn read it with a vmlinux that has debug information, which %s has not\n",
			plan->kernel);
	free(path);
	free(vmlinux);
	free(link);
}
