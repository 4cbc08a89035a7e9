/* SPDX-License-Identifier: GPL-2.0-only */
/* results/boot_verdict.h - whether a kernel knew what it was booted with. */
#ifndef LAB_BOOT_VERDICT_H
#define LAB_BOOT_VERDICT_H

#include <jansson.h>

struct lab_log;

/*
 * Adds the verdict "boot", a skip, where the kernel said that it does not know a
 * parameter of the machine's append: then what that was to do was not done. It
 * adds nothing otherwise, as kernels before 5.14 never say so, nor any of a
 * parameter of a module. log may be NULL.
 */
void lab_boot_judge(json_t *verdicts, const json_t *machine,
		    const struct lab_log *log);

#endif /* LAB_BOOT_VERDICT_H */
