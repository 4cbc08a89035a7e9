/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/kernel_source.h - what the source of a kernel is: its commit, its patches,
 * its compiler and so on, as scripts/kernel/origin.sh found them.
 */
#ifndef LAB_KERNEL_SOURCE_H
#define LAB_KERNEL_SOURCE_H

#include <jansson.h>

/*
 * Of a file of lines "KEY VALUE": an object with tree, package, commit, branch,
 * repository, config, config_sha256 and compiler as texts, the number
 * uncommitted, and the list patches of { sha256, name }. What the file does not
 * tell is not there, nor is what this version does not know; a file that is not
 * there tells nothing.
 */
json_t *lab_kernel_source_read(const char *path);

#endif /* LAB_KERNEL_SOURCE_H */
