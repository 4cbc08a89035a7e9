// SPDX-License-Identifier: GPL-2.0-only
/*
 * log/kinds.c - what can be found in a kernel's log, and by which words.
 *
 * The words are the kernel's own, from 5.10 to 7.3. Those that say more come
 * before those that say less: a line is of the first kind that it fits.
 */
#include <string.h>

#include "log.h"

#define NAME(id, class, name, help) name,
#define HELP(id, class, name, help) help,
#define CLASS(id, class, name, help) LAB_LOG_##class,

const char *const lab_log_names[] = { LAB_LOG_KINDS(NAME) NULL };
const char *const lab_log_help[] = { LAB_LOG_KINDS(HELP) };
const enum lab_log_class lab_log_classes[] = { LAB_LOG_KINDS(CLASS) };

/*
 * A line is of a kind when it holds both needles, the second after the first.
 * It has to start with one that begins with ^, or whoever speaks: "rcu: ".
 */
struct words {
	enum lab_log_kind kind;
	const char *needle[2];
};

static const struct words words[] = {
	{ LAB_LOG_PANIC, { "Kernel panic - not syncing" } },
	{ LAB_LOG_KASAN, { "BUG: KASAN: " } },
	{ LAB_LOG_KFENCE, { "BUG: KFENCE: " } },
	{ LAB_LOG_KCSAN, { "BUG: KCSAN: " } },
	{ LAB_LOG_KMSAN, { "BUG: KMSAN: " } },
	{ LAB_LOG_UBSAN, { "UBSAN: " } },
	{ LAB_LOG_KMEMLEAK, { "kmemleak: ", "new suspected memory leak" } },
	{ LAB_LOG_LOCKUP, { "BUG: soft lockup" } },
	{ LAB_LOG_LOCKUP, { "hard LOCKUP" } },
	{ LAB_LOG_LOCKUP, { "NMI received for unknown reason" } },
	{ LAB_LOG_LOCKUP, { "BUG: workqueue lockup" } },
	{ LAB_LOG_RCU_STALL, { "rcu", "detected stall" } },
	{ LAB_LOG_RCU_STALL, { "rcu", "self-detected stall" } },
	{ LAB_LOG_RCU_STALL, { "rcu", "detected expedited stall" } },
	{ LAB_LOG_RCU_STALL, { "rcu", "kthread starved for" } },
	{ LAB_LOG_HUNG_TASK, { "INFO: task ", " blocked for more than " } },
	{ LAB_LOG_SLEEP, { "BUG: sleeping function called from invalid" } },
	{ LAB_LOG_SLEEP, { "BUG: scheduling while atomic" } },
	{ LAB_LOG_LOCKDEP, { "possible circular locking dependency" } },
	{ LAB_LOG_LOCKDEP, { "possible recursive locking detected" } },
	{ LAB_LOG_LOCKDEP, { "possible irq lock inversion dependency" } },
	{ LAB_LOG_LOCKDEP, { "-safe -> ", "-unsafe lock order detected" } },
	{ LAB_LOG_LOCKDEP, { "inconsistent lock state" } },
	{ LAB_LOG_LOCKDEP, { "bad unlock balance detected" } },
	{ LAB_LOG_LOCKDEP, { "bad contention detected" } },
	{ LAB_LOG_LOCKDEP, { "BUG: Invalid wait context" } },
	{ LAB_LOG_LOCKDEP, { "INFO: trying to register non-static key" } },
	{ LAB_LOG_LOCKDEP, { "WARNING: suspicious RCU usage" } },
	{ LAB_LOG_LOCKDEP, { "held lock freed" } },
	{ LAB_LOG_LOCKDEP, { "lock held when returning to user space" } },
	{ LAB_LOG_LOCKDEP, { "Nested lock was not taken" } },
	{ LAB_LOG_LOCKDEP, { "BUG: MAX_LOCK" } },
	{ LAB_LOG_DEBUG_OBJECTS, { "^ODEBUG: " } },
	{ LAB_LOG_BAD_PAGE, { "BUG: Bad page " } },
	{ LAB_LOG_BAD_PAGE, { "BUG: Bad rss-counter state" } },
	{ LAB_LOG_BAD_PAGE, { "pagealloc: ", "corruption" } },
	{ LAB_LOG_CORRUPTION, { "^list_", " corruption" } },
	/* SLUB: "BUG kmalloc-64 (Not tainted): Redzone overwritten" */
	{ LAB_LOG_CORRUPTION, { "^BUG ", "): " } },
	{ LAB_LOG_OOPS, { "BUG: unable to handle" } },
	{ LAB_LOG_OOPS, { "BUG: kernel NULL pointer dereference" } },
	{ LAB_LOG_OOPS, { "general protection fault" } },
	{ LAB_LOG_OOPS, { "^Oops: " } },
	{ LAB_LOG_OOPS, { "^Internal error: " } },
	{ LAB_LOG_BUG, { "^kernel BUG at " } },
	{ LAB_LOG_BUG, { "^BUG: " } },
	{ LAB_LOG_WARNING, { "^WARNING: " } },
	{ LAB_LOG_OOM, { "invoked oom-killer" } },
	{ LAB_LOG_OOM, { "ut of memory: Killed process " } },
	{ LAB_LOG_ALLOCATION, { "page allocation failure: order:" } },
	{ LAB_LOG_ALLOCATION, { "SLUB: Unable to allocate memory on " } },
	{ LAB_LOG_INJECTION, { "FAULT_INJECTION: forcing a failure" } },
	{ LAB_LOG_SUPPRESSED, { " callbacks suppressed" } },
	{ LAB_LOG_SUPPRESSED, { "printk", "messages dropped" } },
	{ LAB_LOG_SLOW, { "hrtimer: interrupt took " } },
	{ LAB_LOG_SLOW, { "perf: interrupt took too long" } },
	{ LAB_LOG_SLOW, { "workqueue: ", " hogged CPU for " } },
	{ LAB_LOG_SLOW, { "RT throttling activated" } },
	{ LAB_LOG_CLOCK, { "clocksource", "unstable" } },
};

static const char *find(const char *text, const char *end, const char *needle)
{
	return memmem(text, end - text, needle, strlen(needle));
}

static bool fits(const struct words *row, const char *line, const char *end)
{
	const bool starts = row->needle[0][0] == '^';
	const char *needle = row->needle[0] + starts;
	const char *at = find(line, end, needle);

	if (!at)
		return false;
	if (starts && at != line &&
	    (at - line < 2 || memcmp(at - 2, ": ", 2) != 0))
		return false;
	at += strlen(needle);
	return !row->needle[1] || find(at, end, row->needle[1]);
}

enum lab_log_kind lab_log_kind_of(const char *line, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (fits(&words[i], line, line + length))
			return words[i].kind;
	return LAB_LOG_KIND_COUNT;
}
