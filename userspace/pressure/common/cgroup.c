// SPDX-License-Identifier: GPL-2.0-only
/* pressure/common/cgroup.c - see pressure/common/cgroup.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "sys/restore.h"
#include "cgroup.h"

#define ROOT "/sys/fs/cgroup"

/* Is the word in a file that is a list of words? */
static bool file_has(const char *path, const char *word)
{
	FILE *f = fopen(path, "re");
	bool has = false;
	char text[64];

	while (f && !has && fscanf(f, "%63s", text) == 1)
		has = !strcmp(text, word);
	if (f)
		fclose(f);
	return has;
}

int lab_cgroup_probe(const char *controller, const char **why)
{
	*why = "";
	if (file_has(ROOT "/cgroup.controllers", controller))
		return 0;
	*why = "no cgroup v2 at /sys/fs/cgroup with this controller";
	return -ENODEV;
}

static int switch_controller(struct lab_cgroup *group, bool on)
{
	char text[32];

	snprintf(text, sizeof(text), "%c%s", on ? '+' : '-', group->controller);
	return lab_file_write(ROOT "/cgroup.subtree_control", text);
}

int lab_cgroup_make(struct lab_cgroup *group)
{
	int err = 0;

	if (!file_has(ROOT "/cgroup.subtree_control", group->controller)) {
		err = switch_controller(group, true);
		group->switched = !err;
	}
	if (err)
		return err;
	snprintf(group->folder, sizeof(group->folder), ROOT "/labyrinth-%s",
		 group->controller);
	err = lab_restore_note(LAB_RESTORE_FOLDER, group->folder);
	if (!err && mkdir(group->folder, 0755))
		err = -errno;
	if (err)
		group->folder[0] = '\0';
	return err;
}

int lab_cgroup_set(const struct lab_cgroup *group, const char *file,
		   const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", group->folder, file);
	return lab_file_write(path, value);
}

uint64_t lab_cgroup_get(const struct lab_cgroup *group, const char *file)
{
	uint64_t number = 0;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", group->folder, file);
	return lab_file_number(path, 10, &number) ? 0 : number;
}

int lab_cgroup_add(const struct lab_cgroup *group, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	return lab_cgroup_set(group, "cgroup.procs", text);
}

int lab_cgroup_enter(struct lab_cgroup *group)
{
	int err = lab_cgroup_add(group, getpid());

	group->entered = !err;
	return err;
}

int lab_cgroup_remove(struct lab_cgroup *group)
{
	char text[16];
	int err = 0;

	snprintf(text, sizeof(text), "%d", (int)getpid());
	if (group->entered)
		err = lab_file_write(ROOT "/cgroup.procs", text);
	group->entered = false;
	if (!err && group->folder[0] && rmdir(group->folder))
		err = -errno;
	group->folder[0] = '\0';
	if (!err && group->switched)
		err = switch_controller(group, false);
	group->switched = false;
	return err;
}
