/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LAB_CONTEXTS_H
#define LAB_CONTEXTS_H

#include "labyrinth.h"

#define LAB_DECLARE(id, name) extern const struct lab_context lab_ctx_##name;
LAB_CONTEXTS(LAB_DECLARE)
#undef LAB_DECLARE

#endif /* LAB_CONTEXTS_H */
