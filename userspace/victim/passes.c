// SPDX-License-Identifier: GPL-2.0-only
/* victim/passes.c - passes of a victim's work, until one loses nothing. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/json.h"
#include "victim.h"

/* Seconds of guest time in which a victim has to recover. */
#define RECOVERY_S 30
/* Between two tests whether it has. */
#define RECOVERY_PAUSE_US 500000

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

bool lab_work_is_done(const struct lab_victim_ops *victim,
		      const struct lab_work *work)
{
	return !work->wrong &&
	       (work->asked - work->done) * 100 <= work->asked * victim->loses;
}

bool lab_victim_recover(const struct lab_victim_ops *victim,
			void (*before_pass)(void), struct lab_work *last,
			unsigned int *passes, int *start_error)
{
	const uint64_t end = now_ns() + RECOVERY_S * 1000000000ull;

	for (*passes = 0;;) {
		if (before_pass)
			before_pass();
		memset(last, 0, sizeof(*last));
		if (*start_error) {
			*start_error = victim->start();
			if (*start_error)
				last->asked = 1;
		}
		if (!*start_error)
			victim->work(last);
		++*passes;
		if (!*start_error && lab_work_is_done(victim, last))
			return true;
		if (last->wrong || now_ns() >= end)
			return false;
		usleep(RECOVERY_PAUSE_US);
	}
}

json_t *lab_work_json(const struct lab_work *work)
{
	json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:s}", "asked",
				 (json_int_t)work->asked, "done",
				 (json_int_t)work->done, "wrong",
				 (json_int_t)work->wrong, "errors",
				 (json_int_t)work->errors, "detail",
				 work->detail);

	if (work->errors)
		json_object_set_new(json, "error",
				    json_string(strerrorname_np(work->error) ?:
							"unknown"));
	return json;
}
