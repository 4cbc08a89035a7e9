// SPDX-License-Identifier: GPL-2.0-only
/*
 * shoot.c - see shoot.h.
 *
 * Everything that needs memory is got before the first shot: a shooter that
 * faults in a page while memory is short waits for reclaim, or for the OOM
 * killer.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "random.h"
#include "shoot.h"

#define STACK_SIZE (256 << 10) /* with MCL_FUTURE all of it is there at once */

struct shooter {
	pthread_t thread;
	unsigned int cpu;
	struct lab_spec spec;
	uint64_t shots;
	pthread_barrier_t *start;
	int error; /* the harness's */
	const char *refusal;
	uint64_t left;
	struct lab_stats stats;
};

static volatile sig_atomic_t stop;

void lab_shoot_stop(void)
{
	stop = 1;
}

uint64_t lab_cpus_allowed(void)
{
	uint64_t cpus = 0;
	cpu_set_t set;
	int cpu;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	for (cpu = 0; cpu < LAB_MAX_CPUS; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus |= 1ull << cpu;
	return cpus;
}

static int bind_to_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/* Shots per call: a signal reaches one thread only, the others look here. */
#define CHUNK 4096

static int fire(int fd, uint64_t shots)
{
	__u64 fired;
	int err = 0;

	while (shots && !stop) {
		err = lab_device_fire(fd, shots < CHUNK ? shots : CHUNK,
				      &fired);
		shots -= fired;
		if (err && err != -EINTR)
			break;
		err = 0;
	}
	return stop ? -EINTR : err;
}

/* What SETUP says about the machine rather than about us. */
static const char *refusal_of(int err)
{
	switch (err) {
	case -EOPNOTSUPP:
		return "the context cannot be used on this kernel";
	case -ENODEV:
		return "the machine has no such node";
	default:
		return NULL;
	}
}

static void *shooter_main(void *arg)
{
	struct shooter *s = arg;
	char why[256];
	int fd;

	fd = lab_device_open(why, sizeof(why));
	s->error = fd < 0 ? fd : bind_to_cpu(s->cpu);
	if (!s->error)
		s->error = lab_device_setup(fd, &s->spec);
	s->refusal = refusal_of(s->error);

	pthread_barrier_wait(s->start);
	if (!s->error)
		s->error = fire(fd, s->shots);
	/* All keep what they hold until all have fired. */
	pthread_barrier_wait(s->start);

	if (!s->error)
		s->error = lab_device_read(fd, &s->stats);
	if (!s->error)
		s->error = lab_device_release(fd);
	if (!s->error) {
		/* Freeing checks the blocks as well: read once more. */
		s->error = lab_device_read(fd, &s->stats);
		s->left = s->stats.held;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void add_oracle(struct lab_oracle_stats *sum,
		       const struct lab_oracle_stats *one)
{
	if (!sum->violations)
		sum->culprit = one->culprit;
	sum->checked += one->checked;
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

static void add_stats(struct lab_stats *sum, const struct lab_stats *one)
{
	size_t i;

	sum->attempts += one->attempts;
	sum->unattributed += one->unattributed;
	sum->held += one->held;
	sum->volleys += one->volleys;
	sum->volley_ticks += one->volley_ticks;
	sum->latency_sum += one->latency_sum;
	if (one->latency_min < sum->latency_min)
		sum->latency_min = one->latency_min;
	if (one->latency_max > sum->latency_max)
		sum->latency_max = one->latency_max;
	ADD_ARRAY(sum, one, outcome);
	ADD_ARRAY(sum, one, histogram);
	ADD_ARRAY(sum, one, cliff_ok);
	ADD_ARRAY(sum, one, cliff_exhausted);
	ADD_ARRAY(sum, one, origin);
	for (i = 0; i < LAB_MAX_ORACLES; i++)
		add_oracle(&sum->oracle[i], &one->oracle[i]);
}

static struct lab_spec spec_of(const struct lab_cell *cell, unsigned int cpu,
			       uint64_t seed, uint32_t flags)
{
	return (struct lab_spec){
		.flags = flags,
		.context = cell->context,
		.api = cell->api,
		.order = cell->order,
		.gfp_base = cell->gfp->base,
		.gfp_mods = cell->gfp->mods,
		.node = *cell->node,
		.cpu = cpu,
		.hold = cell->phase->hold,
		.burst = cell->phase->burst,
		.seed = seed,
	};
}

/* -EINTR of one shooter is a signal; anything else is worth more. */
static int collect(const struct shooter *shooters, unsigned int n,
		   struct lab_outcome_of_cell *outcome)
{
	unsigned int i;
	int err = 0;

	memset(outcome, 0, sizeof(*outcome));
	outcome->stats.latency_min = UINT64_MAX;
	for (i = 0; i < n; i++) {
		const struct shooter *s = &shooters[i];

		if (s->refusal) {
			outcome->refusal = s->refusal;
			outcome->stats.attempts += s->shots;
			outcome->stats.outcome[LAB_REFUSED] += s->shots;
		} else if (s->error) {
			err = s->error;
		} else {
			add_stats(&outcome->stats, &s->stats);
			outcome->left += s->left;
		}
	}
	return err;
}

int lab_shoot(const struct lab_cell *cell, uint64_t cpus, uint64_t seed,
	      uint32_t flags, struct lab_outcome_of_cell *outcome)
{
	unsigned int n = __builtin_popcountll(cpus), i = 0, cpu;
	struct shooter *shooters;
	pthread_barrier_t start;
	pthread_attr_t attr;
	int err;

	if (!n)
		return -ENODEV;
	shooters = calloc(n, sizeof(*shooters));
	if (!shooters)
		return -ENOMEM;
	pthread_barrier_init(&start, NULL, n);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);

	for (cpu = 0; cpu < LAB_MAX_CPUS; cpu++) {
		struct shooter *s = &shooters[i];

		if (!(cpus & 1ull << cpu))
			continue;
		s->cpu = cpu;
		s->start = &start;
		s->shots = cell->phase->shots;
		s->spec = spec_of(cell, cpu, lab_random(&seed), flags);
		/* Without its thread the others would wait for ever. */
		err = pthread_create(&s->thread, &attr, shooter_main, s);
		if (err) {
			fprintf(stderr, "labyrinth: no thread for CPU %u: %s\n",
				cpu, strerror(err));
			exit(3);
		}
		i++;
	}
	for (i = 0; i < n; i++)
		pthread_join(shooters[i].thread, NULL);

	err = collect(shooters, n, outcome);
	pthread_attr_destroy(&attr);
	pthread_barrier_destroy(&start);
	free(shooters);
	return err;
}
