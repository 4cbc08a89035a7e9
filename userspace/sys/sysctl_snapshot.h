/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/sysctl_snapshot.h - verifies that the settings of the machine are the
 * same as before.
 *
 * restore.h restores what this program changed. This compares everything that
 * anybody could have changed: the attributes of fault injection and all sysctls
 * of vm.
 */
#ifndef LAB_SYSCTL_SNAPSHOT_H
#define LAB_SYSCTL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

struct lab_settings;

/* Reads all settings; NULL when memory is short. */
struct lab_settings *lab_settings_take(void);

/* The number of settings. */
size_t lab_settings_count(const struct lab_settings *settings);

/* Are all settings the same now? If not, why[] names the first that differs. */
bool lab_settings_same(const struct lab_settings *settings, char *why,
		       size_t size);

void lab_settings_free(struct lab_settings *settings);

#endif /* LAB_SYSCTL_SNAPSHOT_H */
