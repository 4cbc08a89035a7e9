// SPDX-License-Identifier: GPL-2.0-only
/* run/sampler.c - see run/sampler.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/device.h"
#include "sys/names.h"
#include "sys/zones_json.h"
#include "record.h"
#include "sampler.h"

static int open_events(struct lab_watch *watch)
{
	if (!watch->events)
		return 0;
	watch->event =
		calloc(watch->cpus * watch->events, sizeof(*watch->event));
	watch->seen = calloc(watch->cpus, sizeof(*watch->seen));
	return watch->event && watch->seen ? 0 : -ENOMEM;
}

static int open_timeline(struct lab_watch *watch, int device)
{
	int err;

	if (!watch->looks)
		return 0;
	watch->scratch = calloc(1, sizeof(*watch->scratch));
	if (!watch->scratch)
		return -ENOMEM;
	err = lab_device_zones(device, watch->scratch);
	if (err)
		return err;
	watch->nzones = watch->scratch->count;
	watch->zone =
		calloc(watch->looks * watch->nzones, sizeof(*watch->zone));
	watch->shot = calloc(watch->looks, sizeof(*watch->shot));
	return watch->zone && watch->shot ? 0 : -ENOMEM;
}

int lab_watch_open(struct lab_watch *watch, const struct lab_phase *phase,
		   unsigned int cpus, int device)
{
	int err;

	*watch = (struct lab_watch){
		.events = phase->events,
		.cpus = cpus,
		.looks = phase->timeline,
	};
	err = open_events(watch);
	if (!err)
		err = open_timeline(watch, device);
	if (err)
		lab_watch_close(watch);
	return err;
}

void lab_watch_close(struct lab_watch *watch)
{
	free(watch->event);
	free(watch->seen);
	free(watch->zone);
	free(watch->shot);
	free(watch->scratch);
	*watch = (struct lab_watch){};
}

void lab_watch_reset(struct lab_watch *watch)
{
	watch->looked = 0;
	if (watch->events)
		memset(watch->seen, 0, watch->cpus * sizeof(*watch->seen));
}

void lab_watch_events(struct lab_watch *watch, unsigned int index,
		      struct lab_ring *ring)
{
	struct lab_event *to = &watch->event[index * watch->events];
	const struct lab_event *event;

	while (watch->seen[index] < watch->events &&
	       (event = lab_ring_next(ring))) {
		to[watch->seen[index]++] = *event;
		lab_ring_taken(ring);
	}
}

/* Zones that come on line after lab_watch_open() are not recorded. */
void lab_watch_zones(struct lab_watch *watch, int device, uint64_t shot)
{
	unsigned int n;

	if (watch->looked == watch->looks ||
	    lab_device_zones(device, watch->scratch))
		return;
	n = watch->scratch->count < watch->nzones ? watch->scratch->count :
						    watch->nzones;
	memcpy(&watch->zone[watch->looked * watch->nzones],
	       watch->scratch->zone, n * sizeof(*watch->zone));
	watch->shot[watch->looked++] = shot;
}

/*
 * A row for each shot: CPU (by its place in the cell), part, number, outcome,
 * clock and latency in ticks, passage or null, free pages, pages above min,
 * node and zone of the page or -1; and of the preferred zone usable pages and mark,
 * free pages of CMA, pages of the highatomic reserve, boost.
 */
static json_t *event_json(unsigned int cpu, const struct lab_event *e)
{
	const char *passage =
		e->outcome == LAB_OK ? lab_passage_name(e->passage) : NULL;

	return json_pack("[i, i, I, s, I, I, s?, I, I, i, i, I, I, I, I, I]",
			 (int)cpu, (int)e->part, (json_int_t)e->shot,
			 lab_outcome_name(e->outcome), (json_int_t)e->clock,
			 (json_int_t)e->latency, passage, (json_int_t)e->free,
			 (json_int_t)e->free - e->min, (int)e->node,
			 (int)e->zone, (json_int_t)e->usable,
			 (json_int_t)e->mark, (json_int_t)e->cma,
			 (json_int_t)e->highatomic, (json_int_t)e->boost);
}

static json_t *events_json(const struct lab_watch *watch)
{
	json_t *list = json_array();
	unsigned int cpu;
	uint64_t i;

	for (cpu = 0; cpu < watch->cpus; cpu++)
		for (i = 0; i < watch->seen[cpu]; i++)
			json_array_append_new(
				list,
				event_json(
					cpu,
					&watch->event[cpu * watch->events + i]));
	return list;
}

static json_t *timeline_json(const struct lab_watch *watch)
{
	json_t *list = json_array();
	uint64_t i;

	for (i = 0; i < watch->looked; i++)
		json_array_append_new(
			list, json_pack("{s:I, s:o}", "shot",
					(json_int_t)watch->shot[i], "zones",
					lab_zones_json(
						&watch->zone[i * watch->nzones],
						watch->nzones)));
	return list;
}

void lab_watch_record(const struct lab_watch *watch, json_t *record)
{
	if (watch->events)
		json_object_set_new(record, "events", events_json(watch));
	if (watch->looks)
		json_object_set_new(record, "timeline", timeline_json(watch));
}
