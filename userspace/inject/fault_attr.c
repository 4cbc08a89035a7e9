// SPDX-License-Identifier: GPL-2.0-only
/* inject/fault_attr.c - see inject/fault_attr.h. */
#include "fault_attr.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"
#include "sys/restore.h"

static void file_of(const struct lab_fault_attr *attr, const char *name,
		    char *path, size_t size)
{
	snprintf(path, size, LAB_FAULT_FOLDER "%s/%s", attr->name, name);
}

static bool has(const struct lab_fault_attr *attr, const char *name)
{
	char path[128];

	file_of(attr, name, path, sizeof(path));
	return !access(path, F_OK);
}

int lab_fault_probe(const struct lab_fault_attr *attr, const char **why)
{
	static char reason[160];
	char path[128];

	*why = "";
	file_of(attr, "probability", path, sizeof(path));
	if (!access(path, W_OK))
		return 0;
	*why = reason;
	if (errno == EACCES)
		snprintf(reason, sizeof(reason), "debugfs needs root");
	else
		snprintf(
			reason, sizeof(reason),
			"no " LAB_FAULT_FOLDER
			"%s: debugfs not mounted, or a kernel without CONFIG_%s",
			attr->name, attr->option);
	return -ENOENT;
}

/* The file of a key; "own" has none and is written to that of another key. */
static const char *file_key(const char *key)
{
	return strcmp(key, "own") ? key : "require-start";
}

int lab_fault_fits(const struct lab_fault_attr *attr,
		   const struct lab_setting *settings, const char **why)
{
	static char reason[160];

	for (; settings->key; settings++) {
		if (!settings->given ||
		    has(attr, file_key(settings->key->name)))
			continue;
		snprintf(
			reason, sizeof(reason),
			"the kernel has no %s/%s; the stack filter is CONFIG_FAULT_INJECTION_STACKTRACE_FILTER",
			attr->name, file_key(settings->key->name));
		*why = reason;
		return -EOPNOTSUPP;
	}
	return 0;
}

static int set_text(const struct lab_fault_attr *attr, const char *name,
		    const char *value, bool given)
{
	char path[128];
	int err;

	if (!has(attr, name) && !given)
		return 0;
	file_of(attr, name, path, sizeof(path));
	err = lab_restore_write(path, value);
	if (err)
		fprintf(stderr, "labyrinth: %s = %s: %s\n", path, value,
			strerror(-err));
	return err;
}

int lab_fault_set(const struct lab_fault_attr *attr, const char *name,
		  uint64_t number, bool given)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return set_text(attr, name, text, given);
}

/*
 * The address range of the module, from /proc/modules: name, size, users,
 * dependants, state, address. The size covers all of its sections, so the range
 * may end behind the last one.
 */
static int module_range(uint64_t *start, uint64_t *end)
{
	FILE *f = fopen("/proc/modules", "re");
	char line[512];
	uint64_t size;
	int found = 0;

	if (!f)
		return -errno;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line,
			       "labyrinth %" SCNu64 " %*s %*s %*s %" SCNx64,
			       &size, start) == 2;
	fclose(f);
	if (!found || !*start)
		return -ENOENT;
	*end = *start + size;
	return 0;
}

/*
 * An interrupt that arrives while the module runs has the module's frames on
 * its stack too: its requests count as the module's.
 */
static int arm_own(const struct lab_fault_attr *attr)
{
	uint64_t start, end;
	int err = module_range(&start, &end);

	if (err) {
		fprintf(stderr,
			"labyrinth: where the module lies is not in /proc/modules\n");
		return err;
	}
	err = lab_fault_set(attr, "require-start", start, true);
	return err ? err : lab_fault_set(attr, "require-end", end, true);
}

static int arm_key(struct lab_fault_attr *attr,
		   const struct lab_setting *setting)
{
	const struct lab_key *key = setting->key;
	uint64_t number = setting->number;

	if (!strcmp(key->name, "own"))
		return 0;
	if (key->type == LAB_KEY_BOOL)
		return set_text(attr, key->name, number ? "Y" : "N",
				setting->given);
	if (!strcmp(key->name, "times")) {
		attr->times = number == LAB_FAULT_TO_THE_END ?
				      LAB_FAULT_UNLIMITED :
				      number;
		number = attr->times;
	}
	return lab_fault_set(attr, key->name, number, setting->given);
}

/*
 * Whatever ends the run, nothing is injected while the filters are restored:
 * requests of the whole machine would be hit.
 */
static int stop_first(const struct lab_fault_attr *attr)
{
	char path[128];

	file_of(attr, "probability", path, sizeof(path));
	return lab_restore_note(LAB_RESTORE_STOP, path);
}

int lab_fault_arm(struct lab_fault_attr *attr,
		  const struct lab_setting *settings)
{
	const struct lab_setting *setting;
	int err;

	attr->probability = lab_setting_get(settings, "probability");
	err = stop_first(attr);
	if (!err)
		err = lab_fault_set(attr, "probability", 0, true);
	if (!err && lab_setting_get(settings, "own"))
		err = arm_own(attr);
	for (setting = settings; !err && setting->key; setting++)
		if (!lab_setting_get(settings, "own") ||
		    strncmp(setting->key->name, "require-", 8) != 0)
			err = arm_key(attr, setting);
	return err;
}

int lab_fault_level(const struct lab_fault_attr *attr, unsigned int percent)
{
	const unsigned int probability =
		(attr->probability * percent + 50) / 100;
	int err = lab_fault_set(attr, "probability", probability, true);

	return err ? err : (int)probability * 100;
}

int lab_fault_disarm(const struct lab_fault_attr *attr)
{
	return lab_fault_set(attr, "probability", 0, true);
}

int lab_fault_hits(const struct lab_fault_attr *attr, uint64_t *count)
{
	char path[128];
	uint64_t left; /* what is below 0 reads as a large number */
	int err;

	file_of(attr, "times", path, sizeof(path));
	err = lab_file_number(path, 10, &left);
	if (err)
		return err;
	if (left > attr->times)
		return -EIO;
	*count = attr->times - left;
	return 0;
}
