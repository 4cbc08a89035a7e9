// SPDX-License-Identifier: GPL-2.0-only
/* sys/names.c - see sys/names.h. */
#include <stddef.h>

#include "labyrinth.h" /* module/uapi */
#include "names.h"

#define NAME_ROW(id, name, ...) #name,
#define BASE_ROW(id) "GFP_" #id,
#define MOD_ROW(id) "__GFP_" #id,

const char *const lab_context_names[] = { LAB_CONTEXTS(NAME_ROW) NULL };
const char *const lab_api_names[] = { LAB_APIS(NAME_ROW) NULL };
const char *const lab_oracle_names[] = { LAB_ORACLES(NAME_ROW) NULL };
const char *const lab_passage_names[] = { LAB_PASSAGES(NAME_ROW) NULL };
const char *const lab_unknown_names[] = { LAB_UNKNOWNS(NAME_ROW) NULL };
const char *const lab_pattern_names[] = { LAB_PATTERNS(NAME_ROW) NULL };
const char *const lab_victim_names[] = { LAB_VICTIMS(NAME_ROW) NULL };
const char *const lab_gfp_names[] = { LAB_GFP_BASES(BASE_ROW)
					      LAB_GFP_MODS(MOD_ROW) NULL };
const char *const lab_outcome_names[] = {
	[LAB_OK] = "ok",
	[LAB_INJECTED] = "injected",
	[LAB_EXHAUSTED] = "exhausted",
	[LAB_REFUSED] = "refused",
	[LAB_OUTCOME_COUNT] = NULL,
};

const char *lab_context_name(uint32_t id)
{
	return id < LAB_CTX_COUNT ? lab_context_names[id] : "?";
}

const char *lab_api_name(uint32_t id)
{
	return id < LAB_API_COUNT ? lab_api_names[id] : "?";
}

const char *lab_oracle_name(uint32_t id)
{
	return id < LAB_ORACLE_COUNT ? lab_oracle_names[id] : "?";
}

const char *lab_passage_name(uint32_t id)
{
	return id < LAB_PASSAGE_COUNT ? lab_passage_names[id] : "?";
}

const char *lab_outcome_name(uint32_t id)
{
	return id < LAB_OUTCOME_COUNT ? lab_outcome_names[id] : "?";
}

const struct lab_latencies lab_latencies[] = {
	{ "latency", "ok", LAB_OK },
	{ "latency_injected", "injected", LAB_INJECTED },
	{ "latency_exhausted", "exhausted", LAB_EXHAUSTED },
	{},
};
