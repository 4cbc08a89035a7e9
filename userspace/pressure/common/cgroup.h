/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/cgroup.h - a cgroup of its own, for a worker or for who shoots.
 *
 * cgroup v2, at /sys/fs/cgroup. A controller that was not on for children of
 * the root is so while the group is there.
 */
#ifndef LAB_CGROUP_H
#define LAB_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lab_cgroup {
	const char *controller;
	char folder[64]; /* empty: there is none */
	bool switched; /* the controller, by us */
	bool entered; /* by this very process */
};

/* As a pressure's probe(). */
int lab_cgroup_probe(const char *controller, const char **why);

/* Static and zero but for the controller. */
int lab_cgroup_make(struct lab_cgroup *group);
int lab_cgroup_set(const struct lab_cgroup *group, const char *file,
		   const char *value);
/* A number of one of its files; 0 when it cannot be read. */
uint64_t lab_cgroup_get(const struct lab_cgroup *group, const char *file);
int lab_cgroup_add(const struct lab_cgroup *group, pid_t pid);
/* This process, all threads of it; until the group is removed. */
int lab_cgroup_enter(struct lab_cgroup *group);
int lab_cgroup_remove(struct lab_cgroup *group);

#endif /* LAB_CGROUP_H */
