// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/trial.c - passes of a victim with fault plans, and their results.
 *
 * Runs in a guest, as "labyrinth victim FILE". The file is JSON:
 *
 *	{ "victim": "e1000e", "layers": [ "vlan" ], "arguments": [], "sites": true, "step": 60,
 *	  "trials": [ { "id": 7, "plans": [ { "site": "1f...", "first": 1,
 *		        "count": 1, "duration": 0 } ], "wait": 0 } ] }
 *
 * "wait": seconds of guest time before the trial, in which nothing is done.
 *
 * Each trial writes two records to the journal: "begin" before it touches
 * anything, so that whoever reads the journal of a guest that died knows in
 * which trial; and "trial" with what was seen. With "sites" the sites of the
 * last trial and its requests, in their order, follow.
 *
 * The reader of the records compares what a trial leaves behind with what
 * trials without a plan leave behind. The records only have the numbers of
 * objects and of free pages.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "journal/journal.h"
#include "lib/file.h"
#include "lib/json.h"
#include "log/log.h"
#include "sys/device.h"
#include "sys/watchdog.h"
#include "victim.h"

/*
 * Seconds of guest time for a step of a trial, on a kernel that does not check
 * itself: a pass takes 20 s at most. A step that takes longer counts as a
 * kernel that hangs.
 */
static unsigned int step_s;

/* All trials of a guest begin at the same phase of its clock. */
#define PHASE_NS 1000000000ll

/* Lines of the kernel's log that are recorded in one trial. */
#define LOG_LINES_MAX 60

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void wait_for_phase(void)
{
	const uint64_t next = (now_ns() / PHASE_NS + 1) * PHASE_NS;
	const struct timespec at = { .tv_sec = next / 1000000000,
				     .tv_nsec = next % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
}

/* ---- the kernel's log ----------------------------------------------------- */

static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* The kind of failure that begins in this line, or NULL. */
static const char *failure_of(const char *line)
{
	const enum lab_log_kind kind = lab_log_kind_of(line, strlen(line));

	if (kind == LAB_LOG_KIND_COUNT ||
	    lab_log_classes[kind] != LAB_LOG_FAILURE)
		return NULL;
	return lab_log_names[kind];
}

static json_t *new_log(void)
{
	return json_pack("{s:[], s:[]}", "kinds", "lines");
}

/*
 * Reads new lines of the log: the kinds of failures, and the lines from the
 * first failure on. Returns whether there is any.
 */
static bool read_log(int fd, json_t *log)
{
	json_t *kinds = json_object_get(log, "kinds");
	json_t *lines = json_object_get(log, "lines");
	char record[2048], *text;
	const char *kind;
	ssize_t n;

	while (fd >= 0) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text++;
		text[strcspn(text, "\n")] = '\0';
		kind = failure_of(text);
		if (kind)
			json_array_append_new(kinds, json_string(kind));
		if (json_array_size(kinds) &&
		    json_array_size(lines) < LOG_LINES_MAX)
			json_array_append_new(lines, json_string(text));
	}
	return json_array_size(kinds);
}

/* ---- records -------------------------------------------------------------- */

/* As text: many JSON readers cannot represent 64-bit numbers. */
static json_t *hex(uint64_t number)
{
	char text[20];

	snprintf(text, sizeof(text), "%016" PRIx64, number);
	return json_string(text);
}

static json_t *seen_json(const struct lab_watched *seen)
{
	return json_pack("{s:I, s:o, s:I, s:I, s:o, s:I, s:I, s:I}", "requests",
			 (json_int_t)seen->requests, "hash", hex(seen->hash),
			 "faults", (json_int_t)seen->faults, "fault_request",
			 (json_int_t)seen->fault_request, "hash_before_fault",
			 hex(seen->hash_before_fault), "lost",
			 (json_int_t)seen->lost, "dropped",
			 (json_int_t)seen->dropped, "sites",
			 (json_int_t)seen->sites);
}

static json_t *state_json(const struct lab_kernel_state *state)
{
	json_t *caches = json_object();
	unsigned int i;

	for (i = 0; i < state->count; i++)
		json_object_set_new(caches, state->cache[i].name,
				    json_integer(state->cache[i].objects));
	return json_pack("{s:I, s:o}", "free_pages",
			 (json_int_t)state->free_pages, "caches", caches);
}

static const char *const interface_names[] = {
#define NAME(id, name) #name,
	LAB_SITE_INTERFACES(NAME)
};

static const char *const context_names[] = { LAB_SITE_CONTEXTS(NAME) };

static json_t *site_json(const struct lab_site_row *row)
{
	return json_pack(
		"{s:s, s:o, s:i, s:s, s:s, s:I, s:i, s:I, s:I, s:I, s:s}",
		"record", "site", "id", hex(row->id), "place", (int)row->index,
		"interface", interface_names[row->interface], "context",
		context_names[row->context], "gfp", (json_int_t)row->gfp,
		"order", (int)row->order, "size_min", (json_int_t)row->size_min,
		"size_max", (json_int_t)row->size_max, "occurrences",
		(json_int_t)row->occurrences, "stack", row->stack);
}

static void journal_sites(int device, const struct lab_watched *seen)
{
	const size_t count = seen->requests < LAB_MAX_REQUESTS ?
				     seen->requests :
				     LAB_MAX_REQUESTS;
	__u32 *places = calloc(count ?: 1, sizeof(*places));
	static struct lab_site_row row;
	json_t *order = json_array();
	unsigned int i;

	for (i = 0; !lab_device_site(device, i, &row); i++)
		if (row.id && row.occurrences)
			lab_journal(site_json(&row));
	if (places && !lab_device_requests(device, places, count))
		for (i = 0; i < count; i++)
			json_array_append_new(order, json_integer(places[i]));
	lab_journal(
		json_pack("{s:s, s:o}", "record", "requests", "places", order));
	free(places);
}

/* Starts the time limit of a new step. */
static void begin_step(void)
{
	if (step_s)
		lab_watchdog_start(step_s);
}

/* What earlier trials left may be let go by timers. */
static void wait_for_timers(unsigned int seconds)
{
	while (seconds--) {
		begin_step();
		usleep(1000000);
	}
}

/* ---- a trial -------------------------------------------------------------- */

static int read_plans(const json_t *trial, struct lab_site_watch *watch)
{
	const json_t *plans = json_object_get(trial, "plans"), *plan;
	size_t i;

	memset(watch, 0, sizeof(*watch));
	if (json_array_size(plans) > LAB_MAX_PLANS)
		return -EINVAL;
	json_array_foreach(plans, i, plan)
		watch->plan[i] = (struct lab_fault_plan){
			.site = strtoull(lab_text(plan, "site"), NULL, 16),
			.first = lab_number(plan, "first"),
			.count = lab_number(plan, "count"),
			.duration = lab_number(plan, "duration"),
		};
	watch->plans = json_array_size(plans);
	return 0;
}

static json_t *try(const struct lab_victim_ops *victim, int device,
		   const json_t *trial, const char **trouble)
{
	struct lab_work work = {}, again = {};
	static struct lab_kernel_state before, after;
	struct lab_site_watch watch;
	struct lab_watched seen = {};
	int start_error, first_error, close_error;
	const int kmsg = open_log();
	json_t *log = new_log();
	unsigned int passes = 0;
	static char why[192];
	uint64_t began;
	bool well = false;

	if (read_plans(trial, &watch)) {
		*trouble = "too many plans for one trial";
		return NULL;
	}
	wait_for_timers(lab_number(trial, "wait"));
	begin_step();
	if (victim->open(victim, why, sizeof(why))) {
		*trouble = why;
		return NULL;
	}
	lab_state_read(&before);
	if (lab_device_watch(device, &watch)) {
		snprintf(why, sizeof(why), "requests cannot be watched: %s",
			 watch.reason);
		*trouble = why;
		return NULL;
	}
	/* Once more, from the same phase of the clock as every trial. */
	wait_for_phase();
	begin_step();
	lab_device_watch(device, &watch);
	began = now_ns();
	first_error = victim->start();
	start_error = first_error;
	if (!start_error)
		victim->work(&work);
	/* A kernel that reported a failure may hold a lock for ever. */
	if (!read_log(kmsg, log))
		well = lab_victim_recover(victim, begin_step, &again, &passes,
					  &start_error);
	begin_step();
	victim->stop();
	close_error = victim->close();
	/* Requests are also made while a driver lets its device go. */
	lab_device_watched(device, &seen);
	lab_state_read(&after);
	read_log(kmsg, log);
	if (kmsg >= 0)
		close(kmsg);
	return json_pack(
		"{s:s, s:I, s:o, s:i, s:i, s:o, s:o, s:i, s:b, s:o, s:o, s:o, s:I}",
		"record", "trial", "id", (json_int_t)lab_number(trial, "id"),
		"watched", seen_json(&seen), "start_error", -first_error,
		"close_error", -close_error, "work", lab_work_json(&work),
		"recovery", lab_work_json(&again), "passes", (int)passes,
		"recovered", well, "log", log, "before", state_json(&before),
		"after", state_json(&after), "ns",
		(json_int_t)(now_ns() - began));
}

/* The trial left nothing that could affect the next one. */
static bool is_well(const json_t *record)
{
	return json_is_true(json_object_get(record, "recovered")) &&
	       !lab_number(record, "close_error") &&
	       !json_array_size(json_object_get(json_object_get(record, "log"),
						"kinds"));
}

/* The strings belong to request, which is not freed before the last trial. */
static int hand_arguments(const struct lab_victim_ops *victim,
			  const json_t *words)
{
	const char **list = calloc(json_array_size(words) + 1, sizeof(*list));
	const json_t *word;
	size_t i;
	int err;

	if (!list)
		return -ENOMEM;
	json_array_foreach(words, i, word)
		list[i] = json_string_value(word);
	err = victim->arguments ? victim->arguments(list) : 0;
	free(list);
	return err;
}

/* The layers of the victim's wire or disk. */
static void set_layers(const json_t *names)
{
	const json_t *name;
	uint32_t set = 0;
	size_t i;

	json_array_foreach(names, i, name)
		set |= 1u << lab_layer_find(json_string_value(name));
	lab_wire_layers(set);
	lab_disk_layers(set);
}

static void journal_kernel(void)
{
	struct utsname name;

	uname(&name);
	lab_journal(json_pack("{s:s, s:s, s:s}", "record", "kernel", "release",
			      name.release, "version", name.version));
}

static int give_up(const char *why)
{
	fprintf(stderr, "labyrinth: victim: %s\n", why);
	lab_journal(json_pack("{s:s, s:s}", "record", "trouble", "why", why));
	return 1;
}

int lab_victim_main(int argc, char **argv)
{
	json_t *request = argc == 2 ? json_load_file(argv[1], 0, NULL) : NULL;
	const struct lab_victim_ops *victim =
		lab_victim_find(lab_text(request, "victim"));
	const json_t *trials = json_object_get(request, "trials"), *trial;
	struct lab_watched seen = {};
	const char *trouble = NULL;
	json_t *record;
	char why[256];
	int device;
	size_t i;

	if (lab_journal_open("/tmp/journal.jsonl"))
		return 3;
	if (!victim)
		return give_up("no such victim");
	if (hand_arguments(victim, json_object_get(request, "arguments")))
		return give_up("its arguments are too many");
	set_layers(json_object_get(request, "layers"));
	device = lab_device_open(why, sizeof(why));
	if (device < 0)
		return give_up(why);
	step_s = lab_number(request, "step");
	/*
	 * The watchdog then panics with the position of a CPU that hangs, which
	 * ends the guest.
	 */
	lab_file_write("/proc/sys/kernel/softlockup_panic", "1");
	journal_kernel();
	lab_journal_shooting();
	json_array_foreach(trials, i, trial) {
		lab_journal(json_pack("{s:s, s:I}", "record", "begin", "id",
				      (json_int_t)lab_number(trial, "id")));
		record = try(victim, device, trial, &trouble);
		if (!record)
			return give_up(trouble);
		json_incref(record);
		lab_journal(record);
		/* Later trials could be affected. */
		trouble = is_well(record) ? NULL : "";
		json_decref(record);
		if (trouble)
			break;
	}
	if (json_is_true(json_object_get(request, "sites")) &&
	    !lab_device_watched(device, &seen))
		journal_sites(device, &seen);
	close(device);
	lab_journal_close();
	json_decref(request);
	return 0;
}
