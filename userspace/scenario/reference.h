/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/reference.h - the keys of scenario files as tables of Markdown, made
 * from the tables that parse them: what scenarios/README.md quotes.
 */
#ifndef LAB_REFERENCE_H
#define LAB_REFERENCE_H

#include <stdbool.h>

/*
 * Prints the table of "scenario", "guest", "phase", "metrics", "pressures",
 * "inject.NAME" or "pressure.NAME" to stdout. False when there is no such
 * section, or it has no keys.
 */
bool lab_reference_print(const char *section);

/* The names of all sections, a line each, to stdout. */
void lab_reference_print_sections(void);

#endif /* LAB_REFERENCE_H */
