// SPDX-License-Identifier: GPL-2.0-only
/* oracles/table.c - everything that is checked of every shot. */
#include "oracles/oracles.h"

#define LAB_ROW(id, name) [LAB_ORACLE_##id] = &lab_oracle_##name,

const struct lab_oracle *const lab_oracles[LAB_ORACLE_COUNT] = { LAB_ORACLES(
	LAB_ROW) };
