// SPDX-License-Identifier: GPL-2.0-only
/* inject/table.c - all injectors. */
#include "inject.h"

extern const struct lab_injector lab_inject_none;
extern const struct lab_injector lab_inject_fail_page_alloc;
extern const struct lab_injector lab_inject_failslab;
extern const struct lab_injector lab_inject_fail_nth;
extern const struct lab_injector lab_inject_kprobe;

/* One a line, which clang-format has another opinion of from six on. */
/* clang-format off */
const struct lab_injector *const lab_injectors[] = {
	&lab_inject_none,
	&lab_inject_fail_page_alloc,
	&lab_inject_failslab,
	&lab_inject_fail_nth,
	&lab_inject_kprobe,
	NULL,
};

/* clang-format on */
