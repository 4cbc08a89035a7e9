// SPDX-License-Identifier: GPL-2.0-only
/* lib/paths.c - see lib/paths.h. */
#include <errno.h>
#include <libgen.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"

/* The parent of the folder that holds the program. */
static int home(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n < 0)
		return -errno;
	path[n] = '\0';
	dirname(dirname(path));
	return 0;
}

int lab_companion_path(const char *name, char *path, size_t size)
{
	static const char *const folders[] = { "scripts/runtime", "build",
					       "lib/labyrinth/runtime",
					       "lib/labyrinth" };
	char base[4096];
	size_t i;

	if (home(base, sizeof(base)))
		return -ENOENT;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, size, "%s/%s/%s", base, folders[i], name);
		if (!access(path, R_OK))
			return 0;
	}
	return -ENOENT;
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

int lab_program_path(const char *name, char *path, size_t size)
{
	const char *folders = getenv("PATH") ?: "/usr/local/bin:/usr/bin:/bin";
	const char *end;
	int n;

	if (strchr(name, '/'))
		folders = "";
	do {
		end = folders + strcspn(folders, ":");
		n = snprintf(path, size, "%.*s%s%s", (int)(end - folders),
			     folders, end > folders ? "/" : "", name);
		if (n >= 0 && (size_t)n < size && is_program(path))
			return 0;
		folders = end + 1;
	} while (*end);
	return -ENOENT;
}

void lab_results_path(char *path, size_t size)
{
	char base[4096], tree[4200];

	/*
	 * results/ of the source tree; outside of one, results/ of the current
	 * folder.
	 */
	if (!home(base, sizeof(base))) {
		snprintf(tree, sizeof(tree), "%s/module/Kbuild", base);
		if (!access(tree, F_OK)) {
			snprintf(path, size, "%s/results", base);
			return;
		}
	}
	snprintf(path, size, "results");
}

/*
 * As the scripts do where HOME is not set (runtime/lib.sh, home_dir()). Not by
 * getpwuid(3), as a static program has no name services.
 */
static void user_home(char *path, size_t size)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *user;

	path[0] = '\0';
	while (file && (user = fgetpwent(file)))
		if (user->pw_uid == geteuid()) {
			snprintf(path, size, "%s", user->pw_dir);
			break;
		}
	if (file)
		fclose(file);
}

void lab_cache_path(char *path, size_t size)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char own[4096];

	if (xdg && *xdg) {
		snprintf(path, size, "%s", xdg);
		return;
	}
	if (!home || !*home) {
		user_home(own, sizeof(own));
		home = own;
	}
	snprintf(path, size, "%s/.cache", home);
}

int lab_make_path(char *path)
{
	char *slash;
	int err = 0;

	for (slash = path + 1; !err && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			err = -errno;
		*slash = '/';
	}
	if (!err && mkdir(path, 0755) && errno != EEXIST)
		err = -errno;
	return err;
}
