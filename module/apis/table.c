// SPDX-License-Identifier: GPL-2.0-only
/* apis/table.c - all interfaces that memory can be requested by. */
#include "apis/apis.h"

#define LAB_ROW(id, name, call) [LAB_API_##id] = &lab_api_##name,

const struct lab_api *const lab_apis[LAB_API_COUNT] = { LAB_APIS(LAB_ROW) };

/* 0, or a negative errno with the reason in *why. */
int lab_api_usable(const struct lab_api *api, const char **why)
{
	*why = "";
	return api->usable ? api->usable(why) : 0;
}

size_t lab_size_of_order(const struct lab_shooter *shooter)
{
	return PAGE_SIZE << shooter->spec.order;
}
