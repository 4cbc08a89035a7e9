/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/qemu_args.h - the emulator's command line while it is being made. */
#ifndef LAB_QEMU_ARGS_H
#define LAB_QEMU_ARGS_H

#include <stddef.h>

#include "lab.h"

/* Two for each pair of nodes, where distances are given. */
struct lab_qemu_args {
	char *list[96 + 2 * LAB_MAX_GUEST_NODES * LAB_MAX_GUEST_NODES];
	size_t count; /* the one behind the last stays NULL */
};

__attribute__((format(printf, 2, 3))) void
lab_qemu_add(struct lab_qemu_args *args, const char *format, ...);

/* An option of QEMU's that ends in a path. */
void lab_qemu_add_path(struct lab_qemu_args *args, const char *before,
		       const char *path);

/* CPUs, nodes and devices, without what lets a guest begin and be heard. */
void lab_qemu_add_board(struct lab_qemu_args *args,
			const struct lab_machine *machine,
			const struct lab_arch *arch);

/* As lab_qemu_free() frees it. */
char **lab_qemu_args_take(const struct lab_qemu_args *args);

#endif /* LAB_QEMU_ARGS_H */
