/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/build_id.h - the GNU build ID of an ELF file or of this program. */
#ifndef LAB_BUILD_ID_H
#define LAB_BUILD_ID_H

#include <stddef.h>

#define LAB_BUILD_ID 65 /* a build ID as hexadecimal digits, and NUL */

/*
 * Reads the build ID from a file that holds ELF notes, such as
 * /sys/kernel/notes; "" when there is none.
 */
void lab_build_id_read(const char *path, char hex[LAB_BUILD_ID]);

/* The build ID of this program. */
void lab_build_id_own(char hex[LAB_BUILD_ID]);

#endif /* LAB_BUILD_ID_H */
