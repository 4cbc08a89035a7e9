/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LAB_ORACLES_H
#define LAB_ORACLES_H

#include "labyrinth.h"

#define LAB_DECLARE(id, name) extern const struct lab_oracle lab_oracle_##name;
LAB_ORACLES(LAB_DECLARE)
#undef LAB_DECLARE

#endif /* LAB_ORACLES_H */
