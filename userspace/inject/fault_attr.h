/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/fault_attr.h - a folder of the kernel's fault injection in debugfs.
 *
 * "times" is also used as the counter of hits, because the kernel has no other
 * (lib/fault-inject.c, should_fail_ex()): where a scenario sets no limit, a
 * large one is set.
 */
#ifndef LAB_FAULT_ATTR_H
#define LAB_FAULT_ATTR_H

#include "inject.h"

#define LAB_FAULT_FOLDER "/sys/kernel/debug/"
#define LAB_FAULT_UNLIMITED \
	1000000000 /* no limit; more than any run can deliver */
#define LAB_FAULT_TO_THE_END UINT64_MAX

/*
 * The keys that all folders have, named as their files are, in the order of
 * arming: probability, which starts it, comes last. Defaults are those of
 * scenarios: nothing is printed, because a stack dump for each failure would
 * dominate what is measured.
 */
/* clang-format off */
#define LAB_FAULT_KEYS \
	{ "interval", LAB_KEY_NUMBER, 1, 1000000000, 1, true, \
	  "only every Nth eligible request" }, \
	{ "times", LAB_KEY_SIGNED, 0, LAB_FAULT_UNLIMITED, \
	  LAB_FAULT_TO_THE_END, true, \
	  "failures at most in each cell; -1: no limit" }, \
	{ "space", LAB_KEY_NUMBER, 0, 1000000000, 0, true, \
	  "pages, of slabs bytes, that pass before the first failure" }, \
	{ "verbose", LAB_KEY_NUMBER, 0, 2, 0, false, \
	  "1: a line per failure in the log, 2: and a stack dump" }, \
	{ "task-filter", LAB_KEY_BOOL, 0, 1, 0, false, \
	  "only tasks marked make-it-fail; interrupts never" }, \
	{ "ignore-gfp-wait", LAB_KEY_BOOL, 0, 1, 1, false, \
	  "requests that may sleep pass" }, \
	{ "stacktrace-depth", LAB_KEY_NUMBER, 0, 32, 32, false, \
	  "frames that the stack filter looks at" }, \
	{ "own", LAB_KEY_BOOL, 0, 1, 0, false, \
	  "stack filter: only where a frame of the module is in the stack" }, \
	{ "require-start", LAB_KEY_NUMBER, 0, UINT64_MAX, 0, false, \
	  "stack filter: address range that must be in the stack" }, \
	{ "require-end", LAB_KEY_NUMBER, 0, UINT64_MAX, UINT64_MAX, false, \
	  "stack filter: its end" }, \
	{ "reject-start", LAB_KEY_NUMBER, 0, UINT64_MAX, 0, false, \
	  "stack filter: address range that must not be in the stack" }, \
	{ "reject-end", LAB_KEY_NUMBER, 0, UINT64_MAX, 0, false, \
	  "stack filter: its end" }, \
	{ "probability", LAB_KEY_NUMBER, 0, 100, 0, true, \
	  "percent of eligible requests" }, \
	{}
/* clang-format on */

struct lab_fault_attr {
	const char *name; /* of the folder */
	const char *option; /* of the kernel's configuration */
	uint64_t times, probability; /* as armed */
};

int lab_fault_probe(const struct lab_fault_attr *attr, const char **why);
int lab_fault_fits(const struct lab_fault_attr *attr,
		   const struct lab_setting *settings, const char **why);
int lab_fault_arm(struct lab_fault_attr *attr,
		  const struct lab_setting *settings);
int lab_fault_level(const struct lab_fault_attr *attr, unsigned int percent);
int lab_fault_disarm(const struct lab_fault_attr *attr);
int lab_fault_hits(const struct lab_fault_attr *attr, uint64_t *count);

/*
 * Writes one file of the folder. That the kernel lacks the file is an error
 * only if the value was asked for.
 */
int lab_fault_set(const struct lab_fault_attr *attr, const char *name,
		  uint64_t number, bool given);

#endif /* LAB_FAULT_ATTR_H */
