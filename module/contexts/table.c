// SPDX-License-Identifier: GPL-2.0-only
/* contexts/table.c - every place that a shot can be fired from. */
#include "contexts/contexts.h"

#define LAB_ROW(id, name, rule) [LAB_CTX_##id] = &lab_ctx_##name,

const struct lab_context *const lab_contexts[LAB_CTX_COUNT] = { LAB_CONTEXTS(
	LAB_ROW) };

/* 0, or a negative errno with the reason in *why. */
int lab_context_usable(const struct lab_context *context, const char **why)
{
	*why = "";
	return context->usable ? context->usable(why) : 0;
}
