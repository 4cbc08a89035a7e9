/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/inherit.h - a section inherits entries of another section. */
#ifndef LAB_INHERIT_H
#define LAB_INHERIT_H

#include "lib/ini.h"

/*
 * Inserts copies of the entries of @from before those of @section, except for
 * keys that @section has itself; entries of "expect" are always copied. Keys of
 * an injector or a pressure are not copied when the section names another one.
 */
void lab_section_inherit(struct lab_section *section,
			 const struct lab_section *from);

#endif /* LAB_INHERIT_H */
