/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/carried.h - what the archive of a guest contains in addition, in the words
 * of scripts/runtime/guest.sh: "stress-ng", "modules:e1000e,8021q",
 * "only:nvme,@mkfs.ext4".
 */
#ifndef LAB_CARRIED_H
#define LAB_CARRIED_H

#include <stdint.h>

#include "victim/victim.h"

/*
 * Appends modules to "KIND:a,b". text is freed; NULL: there are none yet. module:
 * ended by NULL, or NULL. All results are malloc()ed.
 */
char *lab_carried_modules(char *text, const char *kind,
			  const char *const *module);
/* The same with a program and its libraries. */
char *lab_carried_program(char *text, const char *kind, const char *program);
/* The same with what layers need. */
char *lab_carried_layers(char *text, const char *kind, uint32_t layers);

#endif /* LAB_CARRIED_H */
