/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/build_id.h - which build of something this is, by the linker's note in it. */
#ifndef LAB_BUILD_ID_H
#define LAB_BUILD_ID_H

#include <stddef.h>

#define LAB_BUILD_ID 65 /* room for one, as hex digits */

/* Of the ELF notes in a file; "" when there is none. */
void lab_build_id_read(const char *path, char hex[LAB_BUILD_ID]);

/* Of this very program. */
void lab_build_id_own(char hex[LAB_BUILD_ID]);

#endif /* LAB_BUILD_ID_H */
