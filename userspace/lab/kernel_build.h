/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/kernel_build.h - builds or fetches a kernel, told apart from what boots it. */
#ifndef LAB_KERNEL_BUILD_H
#define LAB_KERNEL_BUILD_H

#include <stdbool.h>

/*
 * By scripts/runtime/kernel.sh: 0, LAB_FAIL for a kernel that does not build, else an
 * exit code. What is said meanwhile is shown, and kept in a log.
 */
int lab_kernel_build(const char *kernel, const char *log);
/* The same by the kernel.sh of another installation. */
int lab_kernel_build_by(const char *script, const char *kernel,
			const char *log);

/* Whether it is one that was built before, and nothing of it can have changed. */
bool lab_kernel_is_built(const char *kernel);

#endif /* LAB_KERNEL_BUILD_H */
