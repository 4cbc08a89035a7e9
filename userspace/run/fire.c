// SPDX-License-Identifier: GPL-2.0-only
/*
 * run/fire.c - see run/fire.h.
 *
 * All memory is allocated and populated before the first shot: a thread that
 * faults while memory is short would wait for reclaim or for the OOM killer.
 */
#include <errno.h>
#include <numaif.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/device.h"
#include "inject/inject.h"
#include "journal/journal.h"
#include "journal/losses.h"
#include "pressure/pressure.h"
#include "lib/exit.h"
#include "lib/random.h"
#include "fire.h"

#define STACK_SIZE (256 << 10) /* of a stack: MCL_FUTURE populates all of it */

struct shooter {
	pthread_t thread;
	unsigned int cpu;
	int fd;
	struct lab_spec spec;
	uint64_t shots;
	uint64_t shot; /* fired so far */
	uint64_t step; /* shots from one look at the zones to the next, or 0 */
	uint64_t move; /* shots from one move of pressures to the next, or 0 */
	const struct lab_cell *cell;
	unsigned int index, count; /* among the CPUs of the cell */
	pthread_barrier_t *barrier;
	int error; /* the harness's */
	char refusal[128];
	uint64_t held;
	struct lab_ring *ring;
	struct lab_watch *watch;
	struct lab_stats stats, part;
	struct lab_level_stats level[LAB_MAX_LEVELS];
};

static volatile sig_atomic_t stop;

void lab_fire_stop(void)
{
	stop = 1;
}

/*
 * Shots of one FIRE ioctl. A signal interrupts one thread only: the others
 * notice the request to stop between calls.
 */
#define CHUNK 4096

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t until(const struct shooter *s, uint64_t step, uint64_t chunk)
{
	return step ? least(chunk, step - s->shot % step) : chunk;
}

/*
 * The next call ends at the next look or move at the latest. An injector that
 * aims takes one shot a call.
 */
static uint64_t chunk_of(const struct shooter *s, uint64_t end)
{
	const uint64_t chunk = least(end - s->shot, CHUNK);

	if (s->cell->phase->injector->aim)
		return 1;
	return until(s, s->move, until(s, s->step, chunk));
}

static void move_pressures(const struct shooter *s)
{
	const struct lab_phase *phase = s->cell->phase;
	size_t i;

	for (i = 0; i < phase->npresses; i++)
		if (phase->press[i].pressure->move)
			phase->press[i].pressure->move(s->shot, s->shots);
}

static int fire_chunk(struct shooter *s, uint64_t end)
{
	const struct lab_injector *injector = s->cell->phase->injector;
	int err = injector->aim ? injector->aim() : 0, after = 0;
	__u64 fired = 0;

	if (err)
		return err;
	err = lab_device_fire(s->fd, chunk_of(s, end), &fired);
	if (injector->aim)
		after = injector->fired();
	s->shot += fired;
	return err && err != -EINTR ? err : after;
}

static int fire(struct shooter *s, uint64_t end)
{
	int err = 0;

	while (s->shot < end && !stop && !err) {
		if (s->step && s->shot % s->step == 0)
			lab_watch_zones(s->watch, s->fd, s->shot);
		if (s->move && s->shot % s->move == 0)
			move_pressures(s);
		err = fire_chunk(s, end);
	}
	return stop ? -EINTR : err;
}

/* Errors of SETUP that are about the machine, not about the harness. */
static int refused(struct shooter *s, int err, const char *reason)
{
	if (err == -EOPNOTSUPP)
		memcpy(s->refusal, reason, sizeof(s->refusal));
	else if (err == -ENODEV)
		strcpy(s->refusal, "the machine has no such node");
	else if (err)
		fprintf(stderr, "labyrinth: CPU %u: %s: %s\n", s->cpu,
			strerror(-err), reason);
	return err;
}

/*
 * Sets the memory policy of this thread, which ends with the cell. Its own
 * memory is allocated already. The kernel takes of the nodes those that have
 * memory and that the thread's cpuset allows, and refuses a policy without one
 * (mm/mempolicy.c, mpol_set_nodemask()).
 */
static int bind_memory(struct shooter *s, uint64_t nodes)
{
	unsigned long mask = nodes;

	/*
	 * The kernel subtracts one from maxnode (mm/mempolicy.c, get_nodes()).
	 */
	if (!nodes || !set_mempolicy(MPOL_BIND, &mask, sizeof(mask) * 8 + 1))
		return 0;
	if (errno == EINVAL)
		strcpy(s->refusal,
		       "no node that bind names has memory this process may use");
	else if (errno == ENOSYS)
		strcpy(s->refusal, "the kernel has no memory policies");
	return -errno;
}

static void set_up(struct shooter *s)
{
	char why[256], reason[sizeof(s->refusal)];

	s->fd = lab_device_open(why, sizeof(why));
	s->error = s->fd < 0 ? s->fd : lab_bind_to_cpu(s->cpu);
	if (!s->error)
		s->error = refused(s,
				   lab_device_setup(s->fd, &s->spec, reason,
						    sizeof(reason)),
				   reason);
	if (!s->error)
		s->error = bind_memory(s, s->cell->phase->bind);
	if (s->error || !s->spec.events)
		return;
	s->ring = lab_device_ring(s->fd, s->spec.events);
	if (!s->ring)
		s->error = -errno;
}

static void add_oracle(struct lab_oracle_stats *sum,
		       const struct lab_oracle_stats *one)
{
	if (!sum->violations)
		sum->culprit = one->culprit;
	sum->violations += one->violations;
}

static void add_array(__u64 *sum, const __u64 *one, size_t n)
{
	while (n--)
		*sum++ += *one++;
}

#define ADD_ARRAY(sum, one, field)                                    \
	add_array((__u64 *)(sum)->field, (const __u64 *)(one)->field, \
		  sizeof((sum)->field) / sizeof(__u64))

static void add_latency(struct lab_latency *sum, const struct lab_latency *one)
{
	if (one->min < sum->min)
		sum->min = one->min;
	if (one->max > sum->max)
		sum->max = one->max;
	sum->sum += one->sum;
	ADD_ARRAY(sum, one, histogram);
}

static void clear_stats(struct lab_stats *stats)
{
	size_t i;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < LAB_REFUSED; i++)
		stats->latency[i].min = UINT64_MAX;
}

static void add_stats(struct lab_stats *sum, const struct lab_stats *one)
{
	size_t i;

	sum->attempts += one->attempts;
	sum->unattributed += one->unattributed;
	sum->floored += one->floored;
	sum->contended += one->contended;
	sum->partial += one->partial;
	sum->interrupting += one->interrupting;
	sum->held += one->held;
	sum->checked += one->checked;
	sum->events_lost += one->events_lost;
	sum->volleys += one->volleys;
	sum->volley_ticks += one->volley_ticks;
	sum->apart_ok += one->apart_ok;
	sum->apart_exhausted += one->apart_exhausted;
	sum->boosted += one->boosted;
	sum->reserved += one->reserved;
	sum->with_cma += one->with_cma;
	if (one->volley_max > sum->volley_max)
		sum->volley_max = one->volley_max;
	for (i = 0; i < LAB_REFUSED; i++)
		add_latency(&sum->latency[i], &one->latency[i]);
	ADD_ARRAY(sum, one, outcome);
	ADD_ARRAY(sum, one, cliff_ok);
	ADD_ARRAY(sum, one, cliff_exhausted);
	ADD_ARRAY(sum, one, passage);
	ADD_ARRAY(sum, one, passage_ticks);
	ADD_ARRAY(sum, one, origin);
	ADD_ARRAY(sum, one, unknown);
	for (i = 0; i < LAB_MAX_ORACLES; i++)
		add_oracle(&sum->oracle[i], &one->oracle[i]);
}

static int read_all(struct shooter *s)
{
	unsigned int part;
	int err = 0;

	clear_stats(&s->stats);
	for (part = 0; !err; part++) {
		err = lab_device_read(s->fd, part, &s->part);
		if (!err)
			add_stats(&s->stats, &s->part);
	}
	return err == -ENOENT ? 0 : err;
}

/* Statistics are totals: subtract those at the end of the level before. */
static int level_fired(struct shooter *s, struct lab_level_stats *level)
{
	const struct lab_level_stats *before;
	int err = read_all(s);
	unsigned int i;

	level->attempts = s->stats.attempts;
	for (i = 0; i < LAB_OUTCOME_COUNT; i++)
		level->outcome[i] = s->stats.outcome[i];
	for (before = s->level; before < level; before++) {
		level->attempts -= before->attempts;
		for (i = 0; i < LAB_OUTCOME_COUNT; i++)
			level->outcome[i] -= before->outcome[i];
	}
	return err;
}

static int set_level(struct shooter *s, unsigned int i)
{
	int probability =
		s->cell->phase->injector->level(s->cell->phase->schedule[i]);

	s->level[i].probability = probability < 0 ? 0 : probability;
	return probability < 0 ? probability : 0;
}

/*
 * Fires level after level. The first of the shooters that fire together sets
 * the injector while the others wait at the barrier. A shooter that has failed
 * goes on waiting at barriers.
 */
static void fire_levels(struct shooter *s, bool alone)
{
	const unsigned int n = s->cell->phase->nschedule;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!alone)
			pthread_barrier_wait(s->barrier);
		if (!s->error && (alone || !s->index))
			s->error = set_level(s, i);
		if (!alone)
			pthread_barrier_wait(s->barrier);
		if (!s->error)
			s->error = fire(s, s->shots * (i + 1) / n);
		if (!s->error)
			s->error = level_fired(s, &s->level[i]);
	}
}

static void fire_all(struct shooter *s, bool alone)
{
	if (s->cell->phase->nschedule)
		fire_levels(s, alone);
	else if (!s->error)
		s->error = fire(s, s->shots);
	if (s->cell->phase->injector->over)
		s->cell->phase->injector->over();
}

static void *shooter_main(void *arg)
{
	struct shooter *s = arg;
	const unsigned int turns = s->cell->phase->in_turn ? s->count : 1;
	unsigned int turn;

	set_up(s);
	for (turn = 0; turn < turns; turn++) {
		pthread_barrier_wait(s->barrier);
		if (turns == 1 || turn == s->index)
			fire_all(s, turns > 1);
	}
	/* Nobody frees its blocks before all have fired. */
	pthread_barrier_wait(s->barrier);
	if (s->move) {
		s->shot = s->shots;
		move_pressures(s);
	}

	if (s->ring)
		lab_watch_events(s->watch, s->index, s->ring);
	/* Read after the release, which checks the blocks once more. */
	if (!s->error)
		s->error = lab_device_release(s->fd);
	if (!s->error)
		s->error = read_all(s);
	s->held = s->stats.held;
	lab_device_ring_close(s->ring);
	if (s->fd >= 0)
		close(s->fd);
	return NULL;
}

static struct lab_spec spec_of(const struct lab_cell *cell, unsigned int cpu,
			       uint64_t seed)
{
	return (struct lab_spec){
		.flags = cell->phase->blind ? LAB_RUN_BLIND : 0,
		.context = cell->context,
		.api = cell->api,
		.order = cell->order,
		.gfp_base = cell->gfp->base,
		.gfp_mods = cell->gfp->mods,
		.node = *cell->node,
		.cpu = cpu,
		.hold = cell->phase->hold,
		.burst = cell->phase->burst,
		.pattern = cell->phase->pattern,
		.victim = cell->phase->free_first,
		.oracles = cell->phase->oracles,
		.events = cell->phase->events,
		.reserve = cell->api == LAB_API_MEMPOOL ? cell->phase->reserve :
							  0,
		.floor = cell->phase->floor / getpagesize(),
		.interval = cell->phase->interval,
		.seed = seed,
		.stand = lab_journal_stand(cell->number, cpu),
	};
}

static void add_levels(struct lab_outcome_of_cell *outcome,
		       const struct shooter *s)
{
	unsigned int i, j;

	outcome->nlevels = s->cell->phase->nschedule;
	for (i = 0; i < outcome->nlevels; i++) {
		struct lab_level_stats *sum = &outcome->level[i];

		sum->percent = s->cell->phase->schedule[i];
		sum->attempts += s->level[i].attempts;
		for (j = 0; j < LAB_OUTCOME_COUNT; j++)
			sum->outcome[j] += s->level[i].outcome[j];
		/*
		 * Only one of the shooters that fire together sets the level.
		 */
		if (s->level[i].probability)
			sum->probability = s->level[i].probability;
	}
}

/* -EINTR comes from a signal: an error of another shooter takes precedence. */
static int collect(const struct shooter *shooters, unsigned int n,
		   struct lab_outcome_of_cell *outcome)
{
	unsigned int i;
	int err = 0;

	memset(outcome, 0, sizeof(*outcome));
	clear_stats(&outcome->stats);
	for (i = 0; i < n; i++) {
		const struct shooter *s = &shooters[i];

		if (s->refusal[0]) {
			memcpy(outcome->refusal, s->refusal,
			       sizeof(outcome->refusal));
			outcome->stats.attempts += s->shots;
			outcome->stats.outcome[LAB_REFUSED] += s->shots;
		} else if (s->error) {
			err = s->error;
		} else {
			add_stats(&outcome->stats, &s->stats);
			add_levels(outcome, s);
			outcome->held += s->held;
		}
	}
	return err;
}

/* Only the shooter of the first CPU looks at the zones. */
static uint64_t step_of(const struct lab_phase *phase)
{
	if (!phase->timeline)
		return 0;
	return (phase->shots + phase->timeline - 1) / phase->timeline;
}

static uint64_t move_of(const struct lab_phase *phase)
{
	size_t i;

	for (i = 0; i < phase->npresses; i++)
		if (phase->press[i].pressure->move)
			return (phase->shots + LAB_MOVES - 1) / LAB_MOVES;
	return 0;
}

void lab_fire_nothing(const struct lab_cell *cell, uint64_t cpus,
		      const char *why, struct lab_outcome_of_cell *outcome)
{
	const uint64_t shots = cell->phase->shots * __builtin_popcountll(cpus);

	memset(outcome, 0, sizeof(*outcome));
	clear_stats(&outcome->stats);
	outcome->stats.attempts = shots;
	outcome->stats.outcome[LAB_REFUSED] = shots;
	snprintf(outcome->refusal, sizeof(outcome->refusal), "%s", why);
}

/*
 * The others would wait at the barrier forever. A thread is refused for want of
 * memory, by the kernel (pthread_create(3), clone(2)).
 */
__attribute__((noreturn)) static void no_thread(unsigned int cpu, int err)
{
	fprintf(stderr, "labyrinth: no thread for CPU %u: %s\n", cpu,
		strerror(err));
	if (!lab_refused_by_kernel(-err))
		exit(LAB_HARNESS);
	lab_loss_refused("a thread that fires", -err, true);
	exit(LAB_FAIL);
}

int lab_fire_cell(const struct lab_cell *cell, uint64_t cpus, uint64_t seed,
		  struct lab_watch *watch, struct lab_outcome_of_cell *outcome)
{
	unsigned int n = __builtin_popcountll(cpus), i = 0, cpu;
	struct shooter *shooters;
	pthread_barrier_t barrier;
	pthread_attr_t attr;
	int err;

	if (!n)
		return -EINVAL;
	shooters = calloc(n, sizeof(*shooters));
	if (!shooters)
		return -ENOMEM;
	lab_watch_reset(watch);
	pthread_barrier_init(&barrier, NULL, n);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);

	for (cpu = 0; cpu < LAB_MAX_CPUS; cpu++) {
		struct shooter *s = &shooters[i];

		if (!(cpus & 1ull << cpu))
			continue;
		s->cpu = cpu;
		s->index = i;
		s->count = n;
		s->cell = cell;
		s->watch = watch;
		s->barrier = &barrier;
		s->shots = cell->phase->shots;
		s->step = i ? 0 : step_of(cell->phase);
		s->move = i ? 0 : move_of(cell->phase);
		s->spec = spec_of(cell, cpu, lab_random(&seed));
		err = pthread_create(&s->thread, &attr, shooter_main, s);
		if (err)
			no_thread(cpu, err);
		i++;
	}
	for (i = 0; i < n; i++)
		pthread_join(shooters[i].thread, NULL);

	err = collect(shooters, n, outcome);
	pthread_attr_destroy(&attr);
	pthread_barrier_destroy(&barrier);
	free(shooters);
	return err;
}
