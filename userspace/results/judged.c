// SPDX-License-Identifier: GPL-2.0-only
/* results/judged.c - see results/judged.h. */
#include "judged.h"

#define ROW(id, id_name, id_claim) \
	[LAB_JUDGED_##id] = { .name = #id_name, .claim = id_claim },

const struct lab_judged lab_judged[LAB_JUDGED_COUNT] = { LAB_JUDGED(ROW) };

void lab_judged_add(json_t *verdicts, enum lab_judged_id id,
		    enum lab_holds holds, const char *found)
{
	lab_verdict_add(verdicts, "oracle", lab_judged[id].name,
			lab_judged[id].claim, holds, found);
}
