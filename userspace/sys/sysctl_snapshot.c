// SPDX-License-Identifier: GPL-2.0-only
/* sys/sysctl_snapshot.c - see sys/sysctl_snapshot.h. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysctl_snapshot.h"

#define VALUE_MAX 256

struct setting {
	char *path;
	char value[VALUE_MAX];
};

struct lab_settings {
	struct setting *setting;
	size_t count;
};

static const char *const patterns[] = {
	"/sys/kernel/debug/fail*/*",
	"/proc/sys/vm/*",
};

/* Reading it does something. */
static bool is_an_order(const char *path)
{
	return !!strstr(path, "/stat_refresh");
}

static bool read_value(const char *path, char *value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, value, VALUE_MAX - 1);
	close(fd);
	if (n < 0)
		return false;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}

/* A file that cannot be read is not a setting. */
static int add_all(struct lab_settings *settings, const glob_t *found)
{
	size_t i;

	settings->setting = calloc(found->gl_pathc + 1, sizeof(struct setting));
	if (!settings->setting)
		return -1;
	for (i = 0; i < found->gl_pathc; i++) {
		struct setting *to = &settings->setting[settings->count];

		if (is_an_order(found->gl_pathv[i]) ||
		    !read_value(found->gl_pathv[i], to->value))
			continue;
		to->path = strdup(found->gl_pathv[i]);
		if (!to->path)
			return -1;
		settings->count++;
	}
	return 0;
}

struct lab_settings *lab_settings_take(void)
{
	struct lab_settings *settings = calloc(1, sizeof(*settings));
	glob_t found = {};
	size_t i;
	int err;

	if (!settings)
		return NULL;
	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found);
	err = add_all(settings, &found);
	globfree(&found);
	if (!err)
		return settings;
	lab_settings_free(settings);
	return NULL;
}

size_t lab_settings_count(const struct lab_settings *settings)
{
	return settings->count;
}

bool lab_settings_same(const struct lab_settings *settings, char *why,
		       size_t size)
{
	char now[VALUE_MAX];
	size_t i;

	for (i = 0; i < settings->count; i++) {
		const struct setting *setting = &settings->setting[i];

		if (!read_value(setting->path, now))
			snprintf(why, size, "%s cannot be read any more",
				 setting->path);
		else if (strcmp(now, setting->value) != 0)
			snprintf(why, size, "%s was %s and is %s",
				 setting->path, setting->value, now);
		else
			continue;
		return false;
	}
	return true;
}

void lab_settings_free(struct lab_settings *settings)
{
	size_t i;

	for (i = 0; settings && i < settings->count; i++)
		free(settings->setting[i].path);
	if (settings)
		free(settings->setting);
	free(settings);
}
