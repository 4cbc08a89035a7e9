// SPDX-License-Identifier: GPL-2.0-only
/* scenario/demand.c - see scenario/demand.h. */
#include <string.h>

#include <labyrinth.h>

#include "pressure/pressure.h"
#include "boot_memory.h"
#include "demand.h"
#include "shape.h"
#include "victim/victim.h"

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

/* The guest, and the bytes that its kernel can give. */
struct guest {
	const struct lab_shape *shape;
	uint64_t memory;
};

/*
 * Of what is left, half: kswapd reclaims up to the high watermarks, which are
 * half as much again as min-free (mm/page_alloc.c, __setup_per_zone_wmarks()).
 */
static uint64_t max_of(const struct guest *guest)
{
	return guest->memory > TAKEN ? (guest->memory - TAKEN) / 2 : 0;
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

static uint64_t of_victim(const struct lab_phase *phase)
{
	return phase->victim.ops ? (uint64_t)phase->victim.ops->memory << 20 :
				   0;
}

static const struct {
	const char *key;
	bool per_cpu; /* each shooter has it */
	uint64_t (*bytes)(const struct lab_phase *phase);
} fields[] = {
	{ "min-free", false, of_min_free }, { "events", true, of_events },
	{ "hold", true, of_hold },	    { "reserve", true, of_reserve },
	{ "victim", false, of_victim },
};

static uint64_t least_node(const struct lab_shape *guest)
{
	uint64_t least = UINT64_MAX;
	unsigned int node;

	for (node = 0; node < guest->nodes && node < LAB_MAX_GUEST_NODES;
	     node++)
		if (guest->node[node].memory &&
		    guest->node[node].memory < least)
			least = guest->node[node].memory;
	return least;
}

/* Workers of numa want memory of one node, or of each in turn: half of it. */
static uint64_t of_one_node(const struct lab_press *press,
			    const struct guest *guest)
{
	const struct lab_setting *how =
		lab_setting_find(press->settings, "how");
	const uint64_t node = lab_setting_get(press->settings, "node");

	if (strcmp(how->key->names[how->number], "fight"))
		return least_node(guest->shape) / 2;
	return node < guest->shape->nodes && node < LAB_MAX_GUEST_NODES ?
		       guest->shape->node[node].memory / 2 :
		       UINT64_MAX;
}

/*
 * @kind:  of its key "kind", the value that cannot be reclaimed; or NULL
 * @part:  the inverse of the part of it that is taken at once. Of a page of swap,
 *         a zram has 16 bytes (drivers/block/zram/zram_drv.h, struct
 *         zram_table_entry) and the kernel a byte and a share of a cluster
 *         (mm/swapfile.c, setup_swap_map_and_extents()).
 * @share: the inverse of the share of memory that it may have, or 0. Sockets are
 *         files, of which the kernel has one for each 10 KiB of memory
 *         (fs/file_table.c, files_maxfiles_init()), and a pair takes 4 KiB.
 * @most:  another bound of it, or NULL
 */
static const struct {
	const char *pressure, *key, *kind;
	bool per_cpu; /* each worker has it */
	unsigned int part, share;
	uint64_t (*most)(const struct lab_press *press,
			 const struct guest *guest);
} settings[] = {
	{ "slab", "size", "unreclaimable", false, 1, 6, NULL },
	{ "numa", "size", NULL, true, 1, 4, of_one_node },
	{ "memcg", "limit", NULL, false, 1, 0, NULL },
	{ "swap", "size", NULL, false, 128, 0, NULL },
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
	return lab_setting_get(press->settings, settings[i].key) /
	       settings[i].part * (settings[i].per_cpu ? cpus : 1);
}

static uint64_t most_of(const struct lab_press *press, size_t i,
			const struct guest *guest, uint64_t otherwise)
{
	const uint64_t most = settings[i].share ?
				      guest->memory / settings[i].share :
				      otherwise;
	const uint64_t bound = settings[i].most &&
					       !strcmp(press->pressure->name,
						       settings[i].pressure) ?
				       settings[i].most(press, guest) :
				       UINT64_MAX;

	return (bound < most ? bound : most) >> 20 << 20;
}

/*
 * The stack of a shooter (run/fire.c) and what its process takes, twice; and what
 * the worker leaves (pressure/memcg.c, ROOM).
 */
#define OF_SHOOTER (512ull << 10)
#define OF_GROUP (2ull << 20)

/* A group that is full before anything is fired has the shooters refused memory. */
static bool has_no_room(const struct lab_press *press, unsigned int shooters,
			struct lab_demand *demand)
{
	if (strcmp(press->pressure->name, "memcg") ||
	    !lab_setting_get(press->settings, "shooter"))
		return false;
	*demand = (struct lab_demand){
		.key = "limit",
		.pressure = press->pressure,
		.bytes = lab_setting_get(press->settings, "limit"),
		.max = OF_GROUP + shooters * OF_SHOOTER,
		.too_little = true,
	};
	return demand->bytes < demand->max;
}

/* The level that a pressure has, or NULL. */
static const struct lab_setting *target_of(const struct lab_press *press)
{
	const struct lab_setting *setting = press->settings;

	for (; setting < press->settings + LAB_MAX_SETTINGS && setting->key;
	     setting++)
		if (setting->key->type == LAB_KEY_PERMILLE_OF_MIN &&
		    !strcmp(setting->key->name, "target"))
			return setting;
	return NULL;
}

/* Levels are in min watermarks, which min-free sets: so much is never free. */
static bool is_never_free(const struct lab_phase *phase,
			  const struct lab_press *press,
			  const struct guest *guest, struct lab_demand *demand)
{
	const struct lab_setting *target = target_of(press);

	if (!phase->min_free || !target)
		return false;
	*demand = (struct lab_demand){
		.key = "target",
		.pressure = press->pressure,
		.bytes = (phase->min_free >> 10) * target->number / 1000 << 10,
		.max = 2 * max_of(guest),
	};
	return demand->bytes > demand->max;
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
static bool add_press(const struct lab_press *press, const struct guest *guest,
		      struct lab_demand *sum, struct lab_demand *greatest)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const struct lab_demand one = {
			.key = settings[i].key,
			.pressure = press->pressure,
			.bytes = of_press(press, i, guest->shape->cpus),
			.max = most_of(press, i, guest, sum->max),
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
		       const struct lab_shape *shape,
		       const struct lab_boot_options *boot,
		       struct lab_demand *demand)
{
	const unsigned int shooters =
		phase->cpus ? __builtin_popcountll(phase->cpus) : shape->cpus;
	const struct guest guest = {
		shape, lab_boot_memory(boot, lab_shape_memory(shape))
	};
	struct lab_demand sum = { .max = max_of(&guest) }, greatest;
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
	greatest = *demand;
	for (i = 0; i < phase->npresses; i++)
		if (has_no_room(&phase->press[i], shooters, demand) ||
		    is_never_free(phase, &phase->press[i], &guest, demand))
			return true;
	*demand = greatest;
	for (i = 0; i < phase->npresses; i++)
		if (add_press(&phase->press[i], &guest, &sum, demand))
			return true;
	demand->bytes = sum.bytes;
	demand->max = sum.max;
	return sum.bytes > sum.max;
}
