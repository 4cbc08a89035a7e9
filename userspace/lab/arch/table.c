// SPDX-License-Identifier: GPL-2.0-only
/* lab/arch/table.c - the architectures that guests can have. */
#include <string.h>

#include "arch.h"

const struct lab_arch *const lab_archs[] = {
	&lab_arch_x86_64,
	&lab_arch_arm64,
	NULL,
};

const struct lab_arch *lab_arch_find(const char *name)
{
	const struct lab_arch *const *arch;

	for (arch = lab_archs; *arch; arch++)
		if (!strcmp((*arch)->name, name))
			return *arch;
	return NULL;
}

const struct lab_arch *lab_arch_of_kernel(const char *kernel)
{
	const char *slash = strrchr(kernel, '/');
	const struct lab_arch *arch = NULL;

	if (slash && (!strncmp(kernel, "source:", strlen("source:")) ||
		      !strncmp(kernel, "stock:", strlen("stock:"))))
		arch = lab_arch_find(slash + 1);
	return arch ? arch : &lab_arch_x86_64;
}
