// SPDX-License-Identifier: GPL-2.0-only
/*
 * run/run.c - see run/run.h.
 *
 *	for each phase: pressure on
 *	  for each cell: arm, shoot, disarm
 *	pressure off
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/device.h"
#include "inject/inject.h"
#include "journal/journal.h"
#include "journal/losses.h"
#include "sys/kmsg.h"
#include "log/log.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure/pressure.h"
#include "lib/interrupt.h"
#include "lib/random.h"
#include "record.h"
#include "run.h"
#include "sys/names.h"
#include "sys/sysctl_snapshot.h"
#include "fire.h"
#include "perturb.h"
#include "victim_cell.h"
#include "sys/restore.h"
#include "sys/vmstat.h"

struct run {
	const struct lab_scenario *scenario;
	const char *no_victim; /* why there can be none, or NULL */
	int device;
	struct lab_info info;
	struct lab_settings *settings; /* taken before any setting was changed */
	uint64_t random;
	int log; /* the kernel's */
	size_t cells, done; /* of all phases, for progress */

	/*
	 * Allocated here because it is large and is used while memory is short.
	 */
	struct lab_zones zones;
	struct lab_watch watch;
	struct lab_outcome_of_cell outcome;
	struct lab_victim_cell victim;
	struct lab_vmstat before, after; /* of the cell's shots */
	struct lab_zones zones_before, zones_after;
	struct lab_kmsg said;
};

static void brace(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		fprintf(stderr, "labyrinth: memory is not locked: %s\n",
			strerror(errno));
}

void lab_run_hide(void)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "we");

	if (!f)
		return;
	fputs("-1000", f);
	fclose(f);
}

static int open_device(struct run *run)
{
	char why[256];

	run->device = lab_device_open(why, sizeof(why));
	if (run->device < 0) {
		fprintf(stderr, "labyrinth: %s\n", why);
		return run->device;
	}
	return lab_device_info(run->device, &run->info);
}

static void record_machine(struct run *run)
{
	struct lab_row row;
	unsigned int i;

	lab_journal(lab_record_kernel());
	lab_journal(lab_record_module(&run->info));
	lab_journal(lab_record_program());
	for (i = 0; i < run->info.contexts; i++)
		if (!lab_device_context(run->device, i, &row))
			lab_journal(lab_record_row("context", &row));
	for (i = 0; i < run->info.apis; i++)
		if (!lab_device_api(run->device, i, &row))
			lab_journal(lab_record_row("api", &row));
	for (i = 0; i < run->info.oracles; i++)
		if (!lab_device_oracle(run->device, i, &row))
			lab_journal(lab_record_oracle(&row));
}

__attribute__((format(printf, 2, 3))) static void
record_zones(struct run *run, const char *format, ...)
{
	char at[256];
	va_list args;

	va_start(args, format);
	vsnprintf(at, sizeof(at), format, args);
	va_end(args);
	if (!lab_device_zones(run->device, &run->zones))
		lab_journal(lab_record_zones(at, &run->zones));
}

/*
 * The injector is armed for each cell: its limits (times, space) are those of a
 * cell.
 */
static int shoot_armed(struct run *run, const struct lab_cell *cell,
		       uint64_t cpus, int64_t *hits)
{
	const struct lab_injector *injector = cell->phase->injector;
	uint64_t count;
	int err = injector->arm(cell->phase->inject);

	if (!err)
		err = lab_device_zones(run->device, &run->zones_before);
	if (!err)
		err = lab_vmstat_read(&run->before);
	lab_kmsg_count(run->log, &run->said);
	lab_perturb_time(&run->random);
	if (!err)
		lab_victim_go(&run->victim);
	if (!err)
		err = lab_fire_cell(cell, cpus, lab_random(&run->random),
				    &run->watch, &run->outcome);
	if (!err)
		lab_victim_join(&run->victim);
	if (!err)
		err = lab_vmstat_read(&run->after);
	if (!err)
		err = lab_device_zones(run->device, &run->zones_after);
	lab_kmsg_count(run->log, &run->said);
	*hits = injector->hits(&count) ? -1 : (int64_t)count;
	injector->disarm();
	return err;
}

#define BOOST_FACTOR "/proc/sys/vm/watermark_boost_factor"
#define SCALE_FACTOR "/proc/sys/vm/watermark_scale_factor"

/*
 * Taking pages whose blocks have another migratetype boosts watermarks to
 * several times min (mm/page_alloc.c, boost_watermark()). Pressure would then
 * aim at a moving target, and the OOM killer would come early. So the boost is
 * disabled while memory is being taken, and shots are fired with the kernel's
 * own factor. Writing vm.watermark_scale_factor, whatever the value, recomputes
 * the watermarks and clears the boost that the last cell caused.
 */
static int forbid_boosts(void)
{
	int err = lab_restore_write(BOOST_FACTOR, "0");

	if (!err)
		err = lab_restore_save(SCALE_FACTOR);
	return err ? err : lab_restore_one(SCALE_FACTOR);
}

static int press(struct run *run, const struct lab_phase *phase)
{
	const bool boosts = phase->press[0].pressure->keys &&
			    !access(BOOST_FACTOR, W_OK);
	int err = boosts ? forbid_boosts() : 0, unset;
	size_t i;

	for (i = 0; !err && i < phase->npresses; i++) {
		const struct lab_press *press = &phase->press[i];
		const uint64_t seed = lab_random(&run->random);

		err = lab_check_node(press->settings);
		if (!err)
			err = press->pressure->start(press->settings, seed);
		if (lab_refused_by_kernel(err))
			lab_loss_refused(press->pressure->name, err, false);
	}
	unset = boosts ? lab_restore_one(BOOST_FACTOR) : 0;
	return err ? err : unset;
}

/* Stops all pressures, in reverse order, whatever fails. */
static int unpress(const struct lab_phase *phase)
{
	size_t i = phase->npresses;
	int err = 0, one;

	while (i--) {
		one = phase->press[i].pressure->stop();
		err = err ? err : one;
	}
	return err;
}

/*
 * Pressure is put on anew for each cell: the cell before moved pages to per-CPU
 * lists, woke kswapd and may have had the pressure killed. So all cells start
 * from the same state.
 */
static int shoot_pressed(struct run *run, const struct lab_cell *cell,
			 const char *where, uint64_t cpus, int64_t *hits,
			 bool *survived)
{
	const bool presses = cell->phase->press[0].pressure->keys;
	int err = lab_victim_begin(&run->victim, &cell->phase->victim);

	if (lab_refused_by_kernel(err))
		lab_loss_refused("the thread of the victim", err, false);
	if (!err)
		err = lab_perturb_memory(cpus, &run->random);
	lab_losses_at(cell->phase->name, where, LAB_MOMENT_PRESSING);
	if (!err)
		err = press(run, cell->phase);
	if (!err) {
		if (presses)
			record_zones(run, "%s: %s order %u: pressed",
				     cell->phase->name,
				     lab_context_name(cell->context),
				     cell->order);
		lab_journal_shooting();
		lab_losses_at(cell->phase->name, where, LAB_MOMENT_FIRING);
		err = shoot_armed(run, cell, cpus, hits);
		if (lab_refused_by_kernel(err))
			lab_loss_refused(LAB_SHOOTER, err, false);
		if (presses)
			record_zones(run, "%s: %s order %u: fired",
				     cell->phase->name,
				     lab_context_name(cell->context),
				     cell->order);
	}
	*survived = !unpress(cell->phase);
	lab_victim_end(&run->victim);
	return err;
}

/* Adds the event counters of the kernel and the changes of its zones. */
static void record_kernel(const struct run *run, json_t *record)
{
	const struct lab_vmstat *from = &run->before, *to = &run->after;

	json_object_set_new(record, "pages_counted",
			    json_integer(to->allocated - from->allocated));
	json_object_set_new(
		record, "kernel_counted",
		json_pack("{s:I, s:I, s:I}", "stalls",
			  (json_int_t)(to->stalls - from->stalls), "kswapd",
			  (json_int_t)(to->kswapd - from->kswapd), "ooms",
			  (json_int_t)(to->ooms - from->ooms)));
	json_object_set_new(record, "log",
			    json_pack("{s:I, s:I, s:I}", "reports",
				      (json_int_t)run->said.reports,
				      "announced",
				      (json_int_t)run->said.announced, "lost",
				      (json_int_t)run->said.lost));
	lab_record_reserve(&run->zones_before, &run->zones_after, record);
}

/* The state that the cell's shots were to meet was never there, and WHY. */
static int refuse_shots(struct run *run, const struct lab_cell *cell,
			uint64_t cpus, const char *why)
{
	int err = lab_device_zones(run->device, &run->zones_before);

	if (!err)
		err = lab_vmstat_read(&run->before);
	run->zones_after = run->zones_before;
	run->after = run->before;
	lab_kmsg_count(run->log, &run->said);
	lab_watch_reset(&run->watch);
	lab_fire_nothing(cell, cpus, why, &run->outcome);
	return err;
}

static int shoot_cell(struct run *run, const struct lab_cell *cell,
		      uint64_t cpus)
{
	char where[256];
	bool survived;
	int64_t hits = -1;
	json_t *record;
	int err;

	if (lab_interrupted())
		return -EINTR;
	snprintf(where, sizeof(where), "%s: %s order %u", cell->phase->name,
		 lab_context_name(cell->context), cell->order);
	lab_journal_progress("%s (%zu of %zu)", where, ++run->done, run->cells);
	lab_log_mark_cell(run->done, where);
	err = shoot_pressed(run, cell, where, cpus, &hits, &survived);
	lab_losses_at(cell->phase->name, where, LAB_MOMENT_BETWEEN);
	if (lab_lost_to_kernel(err))
		err = refuse_shots(
			run, cell, cpus,
			"the kernel took what the cell needs, see processes");
	else if (err == -ERANGE)
		err = refuse_shots(run, cell, cpus, lab_level_unreachable());
	else if (err == -ENODEV)
		err = refuse_shots(
			run, cell, cpus,
			"the machine has no such node, or atomic requests get no memory of it");
	if (err) {
		fprintf(stderr, "labyrinth: %s: %s order %u: %s\n",
			cell->phase->name, lab_context_name(cell->context),
			cell->order, strerror(-err));
		return err;
	}
	record = lab_record_cell(cell, &run->outcome, hits);
	json_object_set_new(record, "cpus",
			    json_integer(__builtin_popcountll(cpus)));
	if (!survived)
		json_object_set_new(record, "pressure_died", json_true());
	lab_victim_record(&run->victim, record);
	record_kernel(run, record);
	lab_watch_record(&run->watch, record);
	lab_journal(record);
	return 0;
}

static int shoot_phase(struct run *run, const struct lab_phase *phase)
{
	const uint64_t cpus = phase->cpus ? phase->cpus : lab_cpus_allowed();
	struct lab_cell cell;
	bool more;
	int err;

	err = lab_watch_open(&run->watch, phase, __builtin_popcountll(cpus),
			     run->device);
	for (more = lab_cell_first(&cell, phase); more && !err;
	     more = lab_cell_next(&cell)) {
		cell.number = run->done;
		run->random ^= lab_journal_reseed(run->done);
		err = shoot_cell(run, &cell, cpus);
	}
	lab_watch_close(&run->watch);
	return err;
}

static size_t count_cells(const struct lab_phase *phase)
{
	struct lab_cell cell;
	size_t n = 0;
	bool more;

	for (more = lab_cell_first(&cell, phase); more;
	     more = lab_cell_next(&cell))
		n++;
	return n;
}

/* The reason why a phase cannot run on this machine, or NULL. */
static const char *phase_refusal(const struct run *run,
				 const struct lab_phase *phase)
{
	const char *why;
	size_t i;

	if (phase->injector->probe(&why))
		return why;
	for (i = 0; i < phase->npresses; i++)
		if (phase->press[i].pressure->probe(&why))
			return why;
	if (phase->injector->fits && phase->injector->fits(phase->inject, &why))
		return why;
	if (phase->injector->keys && !(run->info.caps & LAB_CAP_ATTRIBUTION))
		return "injected and exhausted cannot be told apart: the kernel has no mm_page_alloc tracepoint";
	if (phase->cpus & ~lab_cpus_allowed())
		return "the machine lacks a CPU that the phase names";
	if (phase->victim.ops && run->no_victim)
		return run->no_victim;
	return lab_victim_trouble(&phase->victim);
}

#define MIN_FREE "/proc/sys/vm/min_free_kbytes"

static int set_min_free(const struct lab_phase *phase)
{
	char text[24];
	int err;

	if (!phase->min_free)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, phase->min_free >> 10);
	err = lab_restore_write(MIN_FREE, text);
	if (err)
		fprintf(stderr, "labyrinth: " MIN_FREE ": %s\n",
			strerror(-err));
	return err;
}

static void restore(const struct run *run, const struct lab_phase *phase)
{
	char why[512] = "";
	int n = lab_restore_all(why, sizeof(why));
	bool ok = n >= 0 && lab_settings_same(run->settings, why, sizeof(why));

	lab_journal(json_pack("{s:s, s:s, s:i, s:I, s:b, s:s}", "record",
			      "restored", "phase", phase->name, "settings",
			      n < 0 ? 0 : n, "looked_at",
			      (json_int_t)lab_settings_count(run->settings),
			      "ok", ok, "why", why));
}

static int run_phase(struct run *run, const struct lab_phase *phase)
{
	const char *refusal = phase_refusal(run, phase);
	int err;

	if (refusal) {
		lab_journal(json_pack("{s:s, s:s, s:s}", "record", "skip",
				      "phase", phase->name, "reason", refusal));
		return 0;
	}
	lab_losses_at(phase->name, phase->name, LAB_MOMENT_BETWEEN);
	record_zones(run, "%s: before", phase->name);
	err = set_min_free(phase);
	if (!err)
		err = shoot_phase(run, phase);
	restore(run, phase);
	if (err)
		return err;

	record_zones(run, "%s: after", phase->name);
	lab_device_info(run->device, &run->info);
	lab_journal(json_pack("{s:s, s:s, s:I}", "record", "phase", "name",
			      phase->name, "pages_left",
			      (json_int_t)run->info.pages_held));
	return 0;
}

static int run_phases(struct run *run)
{
	size_t i;
	int err = 0;

	for (i = 0; i < run->scenario->nphases; i++)
		run->cells += count_cells(&run->scenario->phases[i]);
	for (i = 0; !err && i < run->scenario->nphases; i++)
		err = run_phase(run, &run->scenario->phases[i]);
	lab_log_mark_end();
	return err;
}

int lab_run(const struct lab_scenario *scenario, uint64_t seed,
	    const char *no_victim)
{
	struct run *run = calloc(1, sizeof(*run));
	int err;

	if (!run)
		return -ENOMEM;
	run->scenario = scenario;
	run->no_victim = no_victim;
	run->random = seed;
	lab_interrupt_catch(lab_fire_stop);

	run->log = lab_kmsg_open();
	run->settings = lab_settings_take();
	err = run->settings ? open_device(run) : -ENOMEM;
	if (!err) {
		brace();
		record_machine(run);
		err = run_phases(run);
		if (!err)
			lab_journal(json_pack("{s:s}", "record", "end"));
		close(run->device);
	}
	if (run->log >= 0)
		close(run->log);
	lab_settings_free(run->settings);
	free(run);
	return err;
}
