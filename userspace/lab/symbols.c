// SPDX-License-Identifier: GPL-2.0-only
/* lab/symbols.c - see lab/symbols.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/progress.h"
#include "symbols.h"

#define POLL_US 20000

/* The data of all frames of a type, one after the other, malloc()ed. */
static char *frames(const struct lab_guest *guest, enum lab_frame_type type,
		    const char *after)
{
	const struct lab_frame_head *frame;
	char *text = NULL;
	size_t size = 0;
	uint64_t at = 0;
	FILE *to = xcheck(open_memstream(&text, &size));

	while ((frame = lab_channel_next(&guest->channel, &at)))
		if (frame->type == type)
			fprintf(to, "%.*s%s", (int)frame->size,
				lab_frame_data(frame), after);
	fclose(to);
	return xcheck(text);
}

static int take(struct lab_symbols *symbols, const struct lab_guest *guest)
{
	char why[600];

	symbols->sections = frames(guest, LAB_FRAME_SECTIONS, "\n");
	symbols->kallsyms = frames(guest, LAB_FRAME_KALLSYMS, "");
	if (*symbols->sections && *symbols->kallsyms)
		return 0;
	lab_guest_ending(guest, why, sizeof(why));
	fprintf(stderr,
		"labyrinth: a guest did not tell where its kernel and module are%s%s; it takes a kernel with CONFIG_KALLSYMS\n",
		*why ? ": " : "", why);
	return LAB_HARNESS;
}

int lab_symbols_read(struct lab_symbols *symbols, const struct lab_plan *plan,
		     const struct lab_job *like)
{
	struct lab_job job = { .machine = like->machine };
	int code;

	*symbols = (struct lab_symbols){};
	job.request.json =
		xcheck(json_pack("{s:b, s:[s], s:i}", "symbols", 1, "modules",
				 "/modules/labyrinth.ko", "deadline",
				 (int)job.machine.deadline));
	code = lab_job_start(plan, &job, "symbols");
	if (code)
		return code;
	while (!lab_guest_poll(&job.guest) && !lab_interrupted()) {
		lab_progress("where the kernel and the module are: booting");
		usleep(POLL_US);
	}
	lab_progress_clear();
	code = lab_interrupted() ? LAB_HARNESS : take(symbols, &job.guest);
	lab_guest_finish(&job.guest);
	lab_store_drop(&job.store);
	return code;
}

void lab_symbols_free(struct lab_symbols *symbols)
{
	free(symbols->kallsyms);
	free(symbols->sections);
	*symbols = (struct lab_symbols){};
}

uint64_t lab_symbols_find(const struct lab_symbols *symbols, const char *name)
{
	const size_t length = strlen(name);
	const char *at = symbols->kallsyms;

	while ((at = strstr(at, name))) {
		const char *line = at;

		while (line > symbols->kallsyms && line[-1] != '\n')
			line--;
		if (at[-1] == ' ' && at - line > 2 && at[-3] == ' ' &&
		    strchr("\n\t", at[length]))
			return strtoull(line, NULL, 16);
		at += length;
	}
	return 0;
}
