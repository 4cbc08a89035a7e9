/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/cgroup.h - a cgroup of its own, for a worker or for who shoots.
 *
 * cgroup v2, at /sys/fs/cgroup. A controller that was not on for children of
 * the root is so while the group is there.
 */
#ifndef LAB_GROUP_H
#define LAB_GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lab_group {
	const char *controller;
	char folder[64]; /* empty: there is none */
	bool switched; /* the controller, by us */
	bool entered; /* by this very process */
};

/* As a pressure's probe(). */
int lab_group_probe(const char *controller, const char **why);

/* Static and zero but for the controller. */
int lab_group_make(struct lab_group *group);
int lab_group_set(const struct lab_group *group, const char *file,
		  const char *value);
/* A number of one of its files; 0 when it cannot be read. */
uint64_t lab_group_get(const struct lab_group *group, const char *file);
int lab_group_add(const struct lab_group *group, pid_t pid);
/* This process, all threads of it; until the group is removed. */
int lab_group_enter(struct lab_group *group);
int lab_group_remove(struct lab_group *group);

#endif /* LAB_GROUP_H */
