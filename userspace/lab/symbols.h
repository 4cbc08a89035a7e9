/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/symbols.h - where in a guest's memory its kernel and the module are.
 *
 * A guest is booted that tells it and does nothing else (guest/addresses.c): without
 * randomised addresses (nokaslr) and with modules loaded in the same order, a guest
 * that runs a scenario has everything at the same places.
 */
#ifndef LAB_SYMBOLS_H
#define LAB_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs.h"

struct lab_symbols {
	char *kallsyms; /* "ADDRESS TYPE NAME[\t[MODULE]]", a line each */
	char *sections; /* of the module: "NAME 0xADDRESS", a line each */
};

/* Boots a guest like that of the job. 0, or an exit code after a message. */
int lab_symbols_read(struct lab_symbols *symbols, const struct lab_plan *plan,
		     const struct lab_job *like);
void lab_symbols_free(struct lab_symbols *symbols);

/* Of the kernel or of a module; 0: there is none of that name. */
uint64_t lab_symbols_find(const struct lab_symbols *symbols, const char *name);

/*
 * Writes an ELF file that has the symbols of the kernel and of modules other than
 * labyrinth and nothing else, for a kernel of which there is no vmlinux. 0 or a
 * negative errno; -ENOENT: the guest told no symbols.
 */
int lab_symbols_write(const struct lab_symbols *symbols, const char *path);

#endif /* LAB_SYMBOLS_H */
