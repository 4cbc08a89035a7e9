// SPDX-License-Identifier: GPL-2.0-only
/* apis/table.c - every way to ask for pages. */
#include "apis/apis.h"

#define LAB_ROW(id, name) [LAB_API_##id] = &lab_api_##name,

const struct lab_api *const lab_apis[LAB_API_COUNT] = { LAB_APIS(LAB_ROW) };
