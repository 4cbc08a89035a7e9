/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/sysctl_snapshot.h - whether the machine is set as it was before.
 *
 * restore.h puts back what was changed and looks whether it is back. This looks
 * at everything that could have been changed, by whomever: all attributes of
 * fault injection, and all of vm's sysctls.
 */
#ifndef LAB_SYSCTL_SNAPSHOT_H
#define LAB_SYSCTL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

struct lab_settings;

/* As they are now; NULL when there is no memory. */
struct lab_settings *lab_settings_take(void);

/* How many there are. */
size_t lab_settings_count(const struct lab_settings *settings);

/* Whether all are as they were; else why names the first that is not. */
bool lab_settings_same(const struct lab_settings *settings, char *why,
		       size_t size);

void lab_settings_free(struct lab_settings *settings);

#endif /* LAB_SYSCTL_SNAPSHOT_H */
