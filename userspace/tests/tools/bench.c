// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench.c - what measuring costs, in a guest that counts instructions.
 *
 *	labyrinth lab --exec build/tests/bench [-- PART]
 *
 * The bare loop of a context is alloc_pages() and __free_pages(), order 0, on
 * one CPU, in time spent inside the context; what is measured is compared with
 * it. Prints lines of words, in instructions: the lab's guests take 8 ns, eight
 * ticks, for one.
 *
 *	histogram CONTEXT BARE MEASURED PERCENT
 *	events CONTEXT BARE MEASURED PERCENT
 *	oracle NAME BARE MEASURED PERCENT	beside the histograms, in a task
 *	look WHAT WITHOUT WITH PERCENT		the zone is looked at before shots
 *	scaling CPUS MEASURED			the mean over CPUs that fire at once
 *	memory WHAT BYTES			that a run takes, whatever it fires
 *
 * PART is contexts, oracles, look, scaling, or brief: a task, a hard interrupt and the
 * memory; without one it is all of them but that.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/device.h"
#include "run/record.h"
#include "sys/names.h"

#define SHOTS 100000
#define BURST 64
#define TICKS 8 /* of an instruction: 1 << LAB_ICOUNT_SHIFT */
#define RING 4096
#define MAX_CPUS 64

static void bind_to(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void die(const char *why)
{
	fprintf(stderr, "bench: %s\n", why);
	exit(3);
}

/* Empties the ring as it fills, between volleys. */
static void fire(int fd, const struct lab_spec *spec)
{
	struct lab_ring *ring = NULL;
	__u64 fired, shots;

	if (spec->events)
		ring = lab_device_ring(fd, spec->events);
	for (shots = 0; shots < SHOTS; shots += fired) {
		if (lab_device_fire(fd, spec->events ? RING / 2 : SHOTS,
				    &fired))
			die("no shot was fired");
		while (ring && lab_ring_next(ring))
			lab_ring_taken(ring);
	}
	lab_device_ring_close(ring);
}

/* What whole shots take, and what of that is called their latency. */
struct cost {
	double whole, latency;
};

static struct cost cost_of(struct lab_spec spec)
{
	struct lab_stats *stats = calloc(1, sizeof(*stats));
	struct cost cost = {};
	char why[256];
	int fd = lab_device_open(why, sizeof(why));

	if (!stats || fd < 0)
		die(why);
	spec.gfp_mods = LAB_GFP_MOD(NOWARN);
	spec.node = LAB_NODE_ANY;
	spec.burst = BURST;
	if (lab_device_setup(fd, &spec, why, sizeof(why)))
		die(why);
	fire(fd, &spec);
	if (lab_device_read(fd, 0, stats))
		die("cannot read");
	if (stats->events_lost)
		die("events were lost");
	cost.whole =
		(double)stats->volley_ticks / (stats->volleys * BURST) / TICKS;
	if (stats->outcome[LAB_OK])
		cost.latency = (double)stats->latency[LAB_OK].sum /
			       stats->outcome[LAB_OK] / TICKS;
	close(fd);
	free(stats);
	return cost;
}

static double instructions(struct lab_spec spec)
{
	return cost_of(spec).whole;
}

static void print(const char *kind, const char *name, double bare,
		  double measured)
{
	printf("%s %s %.1f %.1f %.1f\n", kind, name, bare, measured,
	       100 * (measured / bare - 1));
}

static void bench_contexts(int fd, bool brief)
{
	struct lab_row row;
	__u32 i;

	for (i = 0; !lab_device_context(fd, i, &row); i++) {
		double bare;

		/* Where shots interrupt each other there is no bare loop. */
		if (!row.usable || i == LAB_CTX_NMI || i == LAB_CTX_NESTED)
			continue;
		if (brief && i != LAB_CTX_TASK && i != LAB_CTX_HARDIRQ_HRTIMER)
			continue;
		bare = instructions((struct lab_spec){ .flags = LAB_RUN_BARE,
						       .context = i });
		print("histogram", row.name, bare,
		      instructions((struct lab_spec){ .context = i }));
		print("events", row.name, bare,
		      instructions((struct lab_spec){ .context = i,
						      .events = RING }));
	}
}

static void bench_oracles(void)
{
	const double bare = instructions((struct lab_spec){ .events = RING });
	__u32 i;

	for (i = 0; i < LAB_ORACLE_COUNT; i++)
		print("oracle", lab_oracle_name(i), bare,
		      instructions((struct lab_spec){ .events = RING,
						      .oracles = 1u << i }));
	print("oracle", "all", bare,
	      instructions((struct lab_spec){ .events = RING,
					      .oracles = LAB_ORACLES_ALL }));
}

/*
 * Both runs do the same beside: without a look a shot takes the way that those
 * with oracles take.
 */
static void bench_look(void)
{
	const struct lab_spec spec = { .oracles = 1u << LAB_ORACLE_ZEROED };
	struct lab_spec blind = spec;
	struct cost with, without;

	blind.flags = LAB_RUN_BLIND;
	with = cost_of(spec);
	without = cost_of(blind);
	print("look", "whole", without.whole, with.whole);
	print("look", "latency", without.latency, with.latency);
}

struct shooter {
	pthread_t thread;
	unsigned int cpu;
	double mean;
};

static void *shooter_main(void *arg)
{
	struct shooter *s = arg;

	bind_to(s->cpu);
	s->mean = instructions((struct lab_spec){ .cpu = s->cpu });
	return NULL;
}

static void bench_scaling(unsigned int cpus)
{
	struct shooter shooters[MAX_CPUS];
	double sum = 0;
	unsigned int i;

	for (i = 0; i < cpus; i++) {
		shooters[i].cpu = i;
		if (pthread_create(&shooters[i].thread, NULL, shooter_main,
				   &shooters[i]))
			die("cannot start a thread");
	}
	for (i = 0; i < cpus; i++) {
		pthread_join(shooters[i].thread, NULL);
		sum += shooters[i].mean;
	}
	printf("scaling %u %.1f\n", cpus, sum / cpus);
}

static bool is_asked(const char *part, const char *name)
{
	return !part || !strcmp(part, name);
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : NULL;
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int cpus;
	char why[256];
	int fd;

	bind_to(0);
	fd = lab_device_open(why, sizeof(why));
	if (fd < 0)
		die(why);
	if (part && !strcmp(part, "brief"))
		bench_contexts(fd, true);
	if (is_asked(part, "contexts"))
		bench_contexts(fd, false);
	if (is_asked(part, "oracles"))
		bench_oracles();
	if (is_asked(part, "look"))
		bench_look();
	for (cpus = 1;
	     is_asked(part, "scaling") && cpus <= online && cpus <= MAX_CPUS;
	     cpus *= 2)
		bench_scaling(cpus);
	printf("memory counts %zu\n", sizeof(struct lab_stats));
	printf("memory event %zu\n", sizeof(struct lab_event));
	return 0;
}
