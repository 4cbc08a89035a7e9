// SPDX-License-Identifier: GPL-2.0-only
/* scenario/demand.c - see scenario/demand.h. */
#include <string.h>

#include <labyrinth.h>

#include "pressure/pressure.h"
#include "demand.h"

/* The kernel's text and tables, the initramfs, and this program. */
#define TAKEN (48ull << 20)

/*
 * Higher orders fail before anything is killed: mm/page_alloc.c,
 * __alloc_pages_may_oom(), PAGE_ALLOC_COSTLY_ORDER.
 */
#define KILLING_ORDER 3

#define PAGE 4096ull
#define BLOCK \
	16ull /* module/shooter.c: what it notes of a block that it keeps */

static uint64_t memory_of(const struct lab_shape *guest)
{
	uint64_t memory = 0;
	unsigned int node;

	/* A number of nodes that was refused is looked at nevertheless. */
	for (node = 0; node < guest->nodes && node < LAB_MAX_GUEST_NODES;
	     node++)
		memory += guest->node[node].memory;
	return memory;
}

/*
 * Of what is left, half: kswapd reclaims up to the high watermarks, which are
 * half as much again as min-free (mm/page_alloc.c, __setup_per_zone_wmarks()).
 */
static uint64_t max_of(const struct lab_shape *guest)
{
	const uint64_t memory = memory_of(guest);

	return memory > TAKEN ? (memory - TAKEN) / 2 : 0;
}

static uint64_t of_min_free(const struct lab_phase *phase)
{
	return phase->min_free;
}

static uint64_t of_events(const struct lab_phase *phase)
{
	return phase->events * sizeof(struct lab_event);
}

static uint64_t of_hold(const struct lab_phase *phase)
{
	return phase->hold * BLOCK;
}

/* A mempool takes its elements with GFP_KERNEL: module/apis/mempool.c. */
static uint64_t of_reserve(const struct lab_phase *phase)
{
	unsigned int order, greatest = 0;

	if (!(phase->apis >> LAB_API_MEMPOOL & 1))
		return 0;
	for (order = 0; order <= KILLING_ORDER; order++)
		if (phase->orders >> order & 1)
			greatest = order;
	return phase->reserve * (PAGE << greatest);
}

static const struct {
	const char *key;
	bool per_cpu; /* each shooter has it */
	uint64_t (*bytes)(const struct lab_phase *phase);
} fields[] = {
	{ "min-free", false, of_min_free },
	{ "events", true, of_events },
	{ "hold", true, of_hold },
	{ "reserve", true, of_reserve },
};

/*
 * @kind:  of its key "kind", the value that cannot be reclaimed; or NULL
 * @share: the inverse of the share of memory that it may have, or 0. Sockets are
 *         files, of which the kernel has one for each 10 KiB of memory
 *         (fs/file_table.c, files_maxfiles_init()), and a pair takes 4 KiB. The
 *         workers of numa want the memory of one node.
 */
static const struct {
	const char *pressure, *key, *kind;
	bool per_cpu; /* each worker has it */
	unsigned int share;
} settings[] = {
	{ "slab", "size", "unreclaimable", false, 6 },
	{ "numa", "size", NULL, true, 4 },
};

static uint64_t of_press(const struct lab_press *press, size_t i,
			 unsigned int cpus)
{
	const char *kind = settings[i].kind;
	const struct lab_setting *setting;

	if (strcmp(press->pressure->name, settings[i].pressure))
		return 0;
	if (kind) {
		setting = lab_setting_find(press->settings, "kind");
		if (strcmp(setting->key->names[setting->number], kind))
			return 0;
	}
	return lab_setting_get(press->settings, settings[i].key) *
	       (settings[i].per_cpu ? cpus : 1);
}

/* Adds whole MiB to a sum, and keeps the greatest of what was added. */
static void add(struct lab_demand *sum, struct lab_demand *greatest,
		const struct lab_demand *one)
{
	sum->bytes += one->bytes >> 20 << 20;
	if (one->bytes >= greatest->bytes)
		*greatest = *one;
}

/* True when one of its keys alone demands too much: which. */
static bool add_press(const struct lab_press *press,
		      const struct lab_shape *guest, struct lab_demand *sum,
		      struct lab_demand *greatest)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const struct lab_demand one = {
			.key = settings[i].key,
			.pressure = press->pressure,
			.bytes = of_press(press, i, guest->cpus),
			.max = settings[i].share ?
				       (memory_of(guest) / settings[i].share) >>
					       20 << 20 :
				       sum->max,
		};

		add(sum, greatest, &one);
		if (one.bytes > one.max) {
			*greatest = one;
			return true;
		}
	}
	return false;
}

bool lab_demand_beyond(const struct lab_phase *phase,
		       const struct lab_shape *guest, struct lab_demand *demand)
{
	const unsigned int shooters =
		phase->cpus ? __builtin_popcountll(phase->cpus) : guest->cpus;
	struct lab_demand sum = { .max = max_of(guest) };
	size_t i;

	*demand = (struct lab_demand){};
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct lab_demand one = {
			.key = fields[i].key,
			.bytes = fields[i].bytes(phase) *
				 (fields[i].per_cpu ? shooters : 1),
		};

		add(&sum, demand, &one);
	}
	for (i = 0; i < phase->npresses; i++)
		if (add_press(&phase->press[i], guest, &sum, demand))
			return true;
	demand->bytes = sum.bytes;
	demand->max = sum.max;
	return sum.bytes > sum.max;
}
