/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/cgroup.h - a cgroup of its own, for a worker or for the
 * shooters.
 *
 * cgroup v2, at /sys/fs/cgroup. The controller is enabled for children of the
 * root while the cgroup exists, if it was not before.
 *
 * Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef LAB_CGROUP_H
#define LAB_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lab_cgroup {
	const char *controller;
	char folder[64]; /* empty: the cgroup does not exist */
	bool switched; /* the controller was enabled by this program */
	bool entered; /* this process is in it */
};

/* For a pressure's probe(): is cgroup v2 mounted, and has it the controller? */
int lab_cgroup_probe(const char *controller, const char **why);

/* Creates the cgroup. group is static and zero but for the controller. */
int lab_cgroup_make(struct lab_cgroup *group);
int lab_cgroup_set(const struct lab_cgroup *group, const char *file,
		   const char *value);
/* The number in one of its files; 0 when it cannot be read. */
uint64_t lab_cgroup_get(const struct lab_cgroup *group, const char *file);
int lab_cgroup_add(const struct lab_cgroup *group, pid_t pid);
/*
 * Moves this process, with all of its threads, into the cgroup until it is
 * removed.
 */
int lab_cgroup_enter(struct lab_cgroup *group);
int lab_cgroup_remove(struct lab_cgroup *group);

#endif /* LAB_CGROUP_H */
