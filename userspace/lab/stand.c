// SPDX-License-Identifier: GPL-2.0-only
/* lab/stand.c - see lab/stand.h. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debugger.h"
#include "gdb_remote.h"
#include "labyrinth.h" /* module/uapi */
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/progress.h"
#include "lockstep.h"
#include "results/build.h"
#include "results/cell_name.h"
#include "results/first_difference.h"
#include "stand.h"
#include "symbols.h"

#define POLL_US 20000
#define CONNECT_S 30 /* in which QEMU listens, on the slowest of hosts */
#define PAGE 4096
#define STOPPED "T05" /* by a breakpoint: SIGTRAP of gdb's protocol */

/* QEMU's numbers of the registers that arguments are in: rsi, rdx, rcx. */
enum { SECOND = 4, THIRD = 3, FOURTH = 2 };

/* Columns of an event: results/README.md. */
enum { CPU, PART, SHOT, OUTCOME, CLOCK, LATENCY };

struct standing {
	const struct lab_plan *plan;
	const struct lab_point *point;
	struct lab_job job;
	struct lab_symbols symbols;
	struct lab_gdb_remote remote;
	char folder[64], socket[100];
	uint64_t shot, clock, ring; /* arguments of lab_stand_here() */
	uint64_t events; /* of the cell, that were compared */
};

unsigned int lab_point_part(const struct lab_point *point)
{
	return point->stand.shot >> LAB_STAND_PART_BITS;
}

uint64_t lab_point_shot(const struct lab_point *point)
{
	const uint64_t parts = ~0ull << LAB_STAND_PART_BITS;

	return (point->stand.shot & ~parts) - 1;
}

static const json_t *cell_of(const struct lab_point *point)
{
	return json_array_get(json_object_get(point->results, "cells"),
			      point->stand.cell);
}

__attribute__((format(printf, 2, 3))) static int
not_the_same(const struct standing *standing, const char *format, ...)
{
	va_list args;
	char *what;

	va_start(args, format);
	what = xvasprintf(format, args);
	va_end(args);
	printf("NOT THE SAME: %s\n  %s\n", standing->point->path, what);
	free(what);
	return LAB_FAIL;
}

static int trouble(const char *what, int err)
{
	fprintf(stderr, "labyrinth: %s: %s\n", what, strerror(-err));
	return LAB_HARNESS;
}

/* QEMU listens some time after it was started. */
static int connect_to(struct standing *standing)
{
	const double until = lab_now() + CONNECT_S;
	int err;

	do {
		err = lab_gdb_connect(&standing->remote, standing->socket);
		if (err && lab_guest_poll(&standing->job.guest))
			return -ECHILD;
		if (err)
			usleep(POLL_US);
	} while (err && lab_now() < until);
	return err;
}

/* It did not come to the point, and has ended. */
static int passed(const struct standing *standing)
{
	char why[600];
	const enum lab_ending ending =
		lab_guest_ending(&standing->job.guest, why, sizeof(why));

	if (ending == LAB_BROKE || ending == LAB_STALLED) {
		fprintf(stderr, "labyrinth: %s\n", why);
		return LAB_HARNESS;
	}
	return not_the_same(
		standing,
		"the guest came to its end without that shot%s%s (in a context that is refused shots are counted, and not fired)",
		*why ? ": " : "", why);
}

/* Lets the guest go on until it stops: what the stub says then. */
static int go_on(struct standing *standing, char *reply, size_t size)
{
	struct lab_guest *guest = &standing->job.guest;
	const int err = lab_gdb_send(&standing->remote, "c");

	if (err)
		return trouble("QEMU's stub for gdb", err);
	while (!lab_gdb_next(&standing->remote, reply, size)) {
		if (lab_guest_poll(guest))
			return passed(standing);
		if (lab_interrupted())
			return LAB_HARNESS;
		lab_progress("[%.0f s] %.60s", lab_now() - guest->started,
			     *guest->progress ? guest->progress : "booting");
		usleep(POLL_US);
	}
	lab_guest_poll(guest);
	return 0;
}

static bool is_there(const char *reply)
{
	return !strncmp(reply, STOPPED, strlen(STOPPED));
}

/* Until the guest has stopped at the point. */
static int go_there(struct standing *standing)
{
	const uint64_t address =
		lab_symbols_find(&standing->symbols, "lab_stand_here");
	char reply[LAB_GDB_REPLY] = "";
	int err, code;

	if (!address) {
		fprintf(stderr,
			"labyrinth: the kernel does not tell where lab_stand_here of the module is\n");
		return LAB_HARNESS;
	}
	err = connect_to(standing);
	if (!err)
		err = lab_gdb_break(&standing->remote, address, true);
	if (err)
		return trouble("QEMU's stub for gdb", err);
	code = go_on(standing, reply, sizeof(reply));
	/* Where it can be saved, see snapshot.h: there each guest pauses. */
	if (!code && !is_there(reply) &&
	    standing->job.guest.channel.head->state == LAB_STATE_BOOTED)
		code = go_on(standing, reply, sizeof(reply));
	/* Another signal is that of a guest that powers off or panics. */
	return code || is_there(reply) ? code : passed(standing);
}

static int read_arguments(struct standing *standing)
{
	struct lab_gdb_remote *remote = &standing->remote;
	int err = lab_gdb_register(remote, SECOND, &standing->shot);

	err = err ?: lab_gdb_register(remote, THIRD, &standing->clock);
	err = err ?: lab_gdb_register(remote, FOURTH, &standing->ring);
	err = err   ?:
		      lab_gdb_break(remote,
				    lab_symbols_find(&standing->symbols,
						     "lab_stand_here"),
				    false);
	return err ? trouble("QEMU's stub for gdb", err) : 0;
}

/* The event of a shot in the results of the run, or NULL. */
static const json_t *event_of(const struct standing *standing, uint64_t part,
			      uint64_t shot)
{
	const json_t *events = json_object_get(cell_of(standing->point),
					       "events"),
		     *event;
	size_t i;

	json_array_foreach((json_t *)events, i, event) {
		const uint64_t is[] = {
			json_integer_value(json_array_get(event, CPU)),
			json_integer_value(json_array_get(event, PART)),
			json_integer_value(json_array_get(event, SHOT)),
		};

		if (is[0] == standing->point->stand.cpu && is[1] == part &&
		    is[2] == shot)
			return event;
	}
	return NULL;
}

static bool is_event(const json_t *was, const struct lab_event *is)
{
	const uint64_t columns[] = { is->outcome, is->clock, is->latency };
	size_t i;

	for (i = 0; i < 3; i++)
		if ((uint64_t)json_integer_value(
			    json_array_get(was, OUTCOME + i)) != columns[i])
			return false;
	return true;
}

/* The events so far, of this CPU and cell: all that there is room for. */
static int compare_events(struct standing *standing)
{
	struct lab_gdb_remote *remote = &standing->remote;
	struct lab_ring ring = {};
	struct lab_event event;
	const json_t *was;
	uint64_t i;
	int err;

	if (!standing->ring)
		return 0;
	err = lab_gdb_memory(remote, standing->ring, &ring, sizeof(ring));
	for (i = 0; !err && i < ring.entries; i++) {
		err = lab_gdb_memory(remote,
				     standing->ring + PAGE + i * sizeof(event),
				     &event, sizeof(event));
		/* The next one was not written yet. */
		if (err || event.sequence != i + 1)
			break;
		was = event_of(standing, event.part, event.shot);
		if (!was || !is_event(was, &event))
			return not_the_same(
				standing,
				"shot %" PRIu64
				" of the cell: clock %lld in the run, %" PRIu64
				" here",
				(uint64_t)event.shot,
				(long long)json_integer_value(
					json_array_get(was, CLOCK)),
				(uint64_t)event.clock);
	}
	standing->events = i;
	return err ? trouble("QEMU's stub for gdb", err) : 0;
}

static int compare_cells(const struct standing *standing, const json_t *is)
{
	const struct lab_point *point = standing->point;
	const json_t *was = json_object_get(point->results, "cells"), *cell;
	size_t i;

	json_array_foreach((json_t *)is, i, cell) {
		if (!json_equal(cell, json_array_get(was, i))) {
			char *name = lab_cell_words(cell, true);
			const int code = not_the_same(standing, "%s", name);

			free(name);
			return code;
		}
	}
	if (i == point->stand.cell)
		return 0;
	return not_the_same(standing, "%zu cells were fired, not %" PRIu64, i,
			    point->stand.cell);
}

/* All that was found until then, made into results. */
static int compare_so_far(const struct standing *standing)
{
	const struct lab_job *job = &standing->job;
	json_t *machine =
		lab_machine_json(&job->machine, &standing->plan->qemu);
	json_t *records = lab_guest_records(&job->guest);
	json_t *is = lab_results_build(job->scenario, job->seed, records,
				       machine, LAB_ENDED, "", NULL);
	int code = LAB_USAGE;

	if (!lab_origin_differences(standing->point->results, is, stderr))
		code = compare_cells(standing, json_object_get(is, "cells"));
	else
		fprintf(stderr,
			"labyrinth: %s cannot be had again: see above\n",
			standing->point->path);
	json_decref(is);
	json_decref(records);
	json_decref(machine);
	return code;
}

/* That it is the shot that was asked for, at a time that the results allow. */
static int compare_shot(const struct standing *standing)
{
	const struct lab_point *point = standing->point;
	const json_t *event = event_of(standing, lab_point_part(point),
				       lab_point_shot(point));
	const uint64_t clock = json_integer_value(json_array_get(event, CLOCK));

	if (standing->shot != lab_point_shot(point))
		return not_the_same(standing, "it stands before shot %" PRIu64,
				    standing->shot);
	if (event && standing->clock > clock)
		return not_the_same(standing,
				    "its request was made at clock %" PRIu64
				    ", and it is %" PRIu64 " before it",
				    clock, standing->clock);
	return 0;
}

static void say_point(const struct standing *standing)
{
	const struct lab_point *point = standing->point;
	const json_t *event = event_of(standing, lab_point_part(point),
				       lab_point_shot(point));
	char *cell = lab_cell_words(cell_of(point), true);
	FILE *to = point->mi ? stderr : stdout;

	fprintf(to,
		"SAME so far: %s\n  cell %" PRIu64
		", %s\n  before shot %" PRIu64 " of CPU %" PRIu64
		", clock %" PRIu64 " in the cell",
		point->path, point->stand.cell + 1, cell, standing->shot,
		point->stand.cpu, standing->clock);
	if (event)
		fprintf(to, "; its request is at %lld",
			(long long)json_integer_value(
				json_array_get(event, CLOCK)));
	fprintf(to,
		"\n  compared with the run: %" PRIu64 " cells, %" PRIu64
		" events of this one\n",
		point->stand.cell, standing->events);
	fflush(to);
	free(cell);
}

static void poll_guest(void *arg)
{
	struct standing *standing = arg;

	/* Who sits before it takes the time that he takes. */
	standing->job.guest.host_deadline = UINT32_MAX;
	lab_guest_poll(&standing->job.guest);
}

/* gdb's question is read by QEMU's main loop, which waits for idle CPUs. */
static void let_gdb_in(void *arg)
{
	const struct standing *standing = arg;

	if (!standing->job.guest.ended)
		kill(standing->job.guest.pid, LAB_LOCKSTEP_RELEASE);
}

static int debug(struct standing *standing)
{
	const struct lab_point *point = standing->point;
	const struct lab_debugger debugger = {
		.mi = point->mi,
		.cpu = point->stand.cpu,
		.socket = standing->socket,
		.folder = standing->folder,
		.release = lab_text(json_object_get(point->results, "kernel"),
				    "release"),
		.bundle = &standing->plan->bundle,
		.symbols = &standing->symbols,
	};

	say_point(standing);
	lab_gdb_close(&standing->remote);
	return lab_debugger_run(&debugger, poll_guest, let_gdb_in, standing);
}

static int run_guest(struct standing *standing)
{
	struct lab_job *job = &standing->job;
	int code;

	job->machine.gdb = standing->socket;
	job->machine.stand = standing->point->stand;
	if (lab_request_make(standing->plan, job))
		return LAB_USAGE;
	code = lab_job_start(standing->plan, job, "gdb");
	if (code)
		return code;
	code = go_there(standing);
	lab_progress_clear();
	code = code ?: read_arguments(standing);
	code = code ?: compare_so_far(standing);
	code = code ?: compare_shot(standing);
	code = code ?: compare_events(standing);
	code = code ?: debug(standing);
	lab_gdb_close(&standing->remote);
	lab_guest_finish(&job->guest);
	lab_store_drop(&job->store);
	return code;
}

static void remove_folder(const char *folder)
{
	static const char *const names[] = { "gdb", "attach.gdb", "frames.gdb",
					     "kernel.elf" };
	char path[200];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

int lab_stand(const struct lab_plan *plan, uint64_t seed,
	      const struct lab_point *point)
{
	struct standing standing = {
		.plan = plan,
		.point = point,
		.job = { .scenario = plan->scenarios[0], .seed = seed },
		.remote = { .fd = -1 },
		/* Below /tmp: a socket's path is 107 bytes at most. */
		.folder = "/tmp/labyrinth-gdb-XXXXXX",
	};
	int code;

	lab_interrupt_catch(NULL);
	standing.job.machine = lab_plan_machine(plan, plan->scenarios[0]);
	standing.job.no_victim =
		lab_fit_victim(plan, plan->scenarios[0], &standing.job.machine);
	if (!mkdtemp(standing.folder))
		return trouble(standing.folder, -errno);
	snprintf(standing.socket, sizeof(standing.socket), "%s/gdb",
		 standing.folder);
	code = lab_symbols_read(&standing.symbols, plan, &standing.job);
	code = code ?: run_guest(&standing);
	lab_symbols_free(&standing.symbols);
	remove_folder(standing.folder);
	return code;
}
