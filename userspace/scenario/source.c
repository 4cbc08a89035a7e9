// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/source.c - see scenario/source.h.
 *
 * A name is looked for in a list of folders, those of $LABYRINTH_SCENARIOS
 * first. The first folder that has it wins, so a user can override a scenario.
 */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "scenario.h"

#define SUFFIX ".ini"
#define SIZE_LIMIT (1 << 20)

static bool has_suffix(const char *name)
{
	size_t length = strlen(name);

	return length > strlen(SUFFIX) &&
	       !strcmp(name + length - strlen(SUFFIX), SUFFIX);
}

bool lab_source_is_path(const char *name)
{
	return strchr(name, '/') || has_suffix(name);
}

char *lab_source_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = xstrdup(slash ? slash + 1 : path);

	if (has_suffix(name))
		name[strlen(name) - strlen(SUFFIX)] = '\0';
	return name;
}

/* The parent of the folder that the program is in. */
static char *program_home(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int i;

	if (length < 0)
		return NULL;
	path[length] = '\0';
	for (i = 0; i < 2; i++) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return NULL;
		*slash = '\0';
	}
	return xstrdup(path);
}

struct folders {
	char **path;
	size_t count;
};

static void add_folder(struct folders *folders, char *path)
{
	folders->path = xgrow(folders->path, folders->count);
	folders->path[folders->count++] = path;
}

static void find_folders(struct folders *folders)
{
	const char *list = getenv("LABYRINTH_SCENARIOS");
	char *copy = xstrdup(list ? list : ""), *rest = copy, *path;
	char *home = program_home();

	*folders = (struct folders){};
	while ((path = strsep(&rest, ":")))
		if (*path)
			add_folder(folders, xstrdup(path));
	if (home) {
		add_folder(folders, xasprintf("%s/scenarios", home));
		add_folder(folders,
			   xasprintf("%s/share/labyrinth/scenarios", home));
	}
	free(home);
	free(copy);
}

static void free_folders(struct folders *folders)
{
	size_t i;

	for (i = 0; i < folders->count; i++)
		free(folders->path[i]);
	free(folders->path);
}

char *lab_source_find_file(const char *file)
{
	struct folders folders;
	char *found = NULL;
	size_t i;

	find_folders(&folders);
	for (i = 0; i < folders.count && !found; i++) {
		found = xasprintf("%s/%s", folders.path[i], file);
		if (access(found, F_OK)) {
			free(found);
			found = NULL;
		}
	}
	free_folders(&folders);
	return found;
}

char *lab_source_find(const char *name)
{
	char *file = xasprintf("%s" SUFFIX, name);
	char *found = lab_source_find_file(file);

	free(file);
	return found;
}

char *lab_source_folders(void)
{
	struct folders folders;
	char *joined;
	size_t i;

	find_folders(&folders);
	joined = xstrdup(folders.count ? "" : "no folder");
	for (i = 0; i < folders.count; i++) {
		char *longer = xasprintf("%s%s%s", joined, i ? ", " : "",
					 folders.path[i]);

		free(joined);
		joined = longer;
	}
	free_folders(&folders);
	return joined;
}

static int refuse(int error, const char *reason, char *why, size_t size)
{
	snprintf(why, size, "cannot be read: %s", reason);
	return error;
}

static int check_file(int fd, char *why, size_t size)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return refuse(-errno, strerror(errno), why, size);
	if (S_ISDIR(stat.st_mode))
		return refuse(-EISDIR, strerror(EISDIR), why, size);
	if (!S_ISREG(stat.st_mode))
		return refuse(-EINVAL, "not a regular file", why, size);
	return 0;
}

/* Reads one byte more than the limit, to detect longer files. */
static int read_text(int fd, char *text, char *why, size_t size)
{
	ssize_t length = 0, got;

	do {
		got = read(fd, text + length, SIZE_LIMIT + 1 - length);
		if (got < 0 && errno != EINTR)
			return refuse(-errno, strerror(errno), why, size);
		length += got > 0 ? got : 0;
	} while (got && length <= SIZE_LIMIT);

	if (length > SIZE_LIMIT)
		return refuse(-EFBIG, "larger than 1 MiB", why, size);
	if (memchr(text, '\0', length))
		return refuse(-EINVAL, "has a NUL byte, so it is no text file",
			      why, size);
	text[length] = '\0';
	return 0;
}

int lab_source_read(const char *path, char **text, char *why, size_t size)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *room;
	int ret;

	if (fd < 0)
		return refuse(-errno, strerror(errno), why, size);
	room = xcheck(malloc(SIZE_LIMIT + 2));
	ret = check_file(fd, why, size);
	if (!ret)
		ret = read_text(fd, room, why, size);
	close(fd);
	if (!ret)
		*text = xstrdup(room);
	free(room);
	return ret;
}

struct found {
	char *name;
	char *path;
};

struct finds {
	struct found *found;
	size_t count;
};

static void add_find(struct finds *finds, const char *folder, const char *file)
{
	char *name = lab_source_name(file);
	size_t i;

	for (i = 0; i < finds->count; i++) {
		if (!strcmp(finds->found[i].name, name)) {
			free(name);
			return;
		}
	}
	finds->found = xgrow(finds->found, finds->count);
	finds->found[finds->count++] = (struct found){
		.name = name,
		.path = xasprintf("%s/%s", folder, file),
	};
}

static int scan_folder(struct finds *finds, const char *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && has_suffix(entry->d_name))
			add_find(finds, folder, entry->d_name);
	closedir(dir);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void hand_over(struct finds *finds, char ***paths, size_t *count)
{
	size_t i;

	/* One element more, so that an empty list is not NULL. */
	*paths = xcheck(calloc(finds->count + 1, sizeof(**paths)));
	*count = finds->count;
	if (finds->count)
		qsort(finds->found, finds->count, sizeof(*finds->found),
		      by_name);
	for (i = 0; i < finds->count; i++) {
		(*paths)[i] = finds->found[i].path;
		free(finds->found[i].name);
	}
	free(finds->found);
}

/* A folder that cannot be read does not hide scenarios in others. */
int lab_scenario_names(char ***names, size_t *count)
{
	struct finds finds = {};
	struct folders folders;
	int ret = 0;
	size_t i;

	find_folders(&folders);
	for (i = 0; i < folders.count; i++) {
		int error = scan_folder(&finds, folders.path[i]);

		ret = ret ? ret : error;
	}
	free_folders(&folders);
	if (finds.count)
		ret = 0;
	hand_over(&finds, names, count);
	return ret;
}
