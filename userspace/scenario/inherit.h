/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/inherit.h - a section takes over what another one says and it does not. */
#ifndef LAB_INHERIT_H
#define LAB_INHERIT_H

#include "lib/ini.h"

/* The entry of a key, or NULL. */
struct lab_entry *lab_section_find(const struct lab_section *section,
				   const char *key);

/*
 * Puts copies of the entries of @from before those of @section, but for keys
 * that it has itself; of "expect" it gets all. What belongs to an injector or
 * a pressure is left when the section names another one.
 */
void lab_section_inherit(struct lab_section *section,
			 const struct lab_section *from);

#endif /* LAB_INHERIT_H */
