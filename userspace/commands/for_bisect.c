// SPDX-License-Identifier: GPL-2.0-only
/* commands/for_bisect.c - see commands/for_bisect.h. */
#include <string.h>

#include "for_bisect.h"
#include "lab/booted.h"
#include "lib/exit.h"
#include "results/load.h"

bool lab_for_bisect_asked(int argc, char **argv)
{
	static const char option[] = "--for-bisect";
	int i;

	/* getopt_long() takes what is cut short, too. */
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strlen(argv[i]) > strlen("--f") &&
		    !strncmp(argv[i], option, strlen(argv[i])))
			return true;
	return false;
}

void lab_for_bisect_look(void *for_bisect, const char *path)
{
	struct lab_for_bisect *seen = for_bisect;
	struct lab_run run;

	if (!lab_run_load_one(&run, path))
		return;
	seen->not_booted |= !lab_run_booted(&run);
	lab_run_free(&run);
}

int lab_for_bisect_code(const struct lab_for_bisect *for_bisect, int code)
{
	if (code == LAB_HARNESS || code == LAB_USAGE)
		return LAB_GIT_STOP + code;
	if (!for_bisect->built || for_bisect->not_booted || code == LAB_SKIP)
		return LAB_GIT_SKIP;
	return code == LAB_FAIL ? LAB_GIT_BAD : LAB_GIT_GOOD;
}
