/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/sampler.h - what is seen while a cell is fired: single shots, and the zones.
 *
 * All memory is got before the pressure is on, for the cells of a phase at
 * once; nothing of it is shared between CPUs.
 */
#ifndef LAB_SAMPLER_H
#define LAB_SAMPLER_H

#include <jansson.h>
#include <stdint.h>

#include "labyrinth.h" /* module/uapi */
#include "scenario/scenario.h"

struct lab_watch {
	uint64_t events; /* at most, of each CPU */
	unsigned int cpus;
	struct lab_event *event; /* cpus * events */
	uint64_t *seen; /* of each CPU */

	uint64_t looks; /* at most, of the zones */
	uint64_t looked;
	unsigned int nzones;
	struct lab_zone *zone; /* looks * nzones */
	uint64_t *shot; /* of the first CPU, at each look */
	struct lab_zones *scratch;
};

/* device: an open one. 0 or a negative errno. */
int lab_watch_open(struct lab_watch *watch, const struct lab_phase *phase,
		   unsigned int cpus, int device);
void lab_watch_close(struct lab_watch *watch);
/* Before a cell is fired. */
void lab_watch_reset(struct lab_watch *watch);

/* Takes what the ring of a CPU has, the index-th of the cell. */
void lab_watch_events(struct lab_watch *watch, unsigned int index,
		      struct lab_ring *ring);
/* Looks at the zones; device is that of the run, shot the number of the next. */
void lab_watch_zones(struct lab_watch *watch, int device, uint64_t shot);

/* Into the record of the cell. */
void lab_watch_record(const struct lab_watch *watch, json_t *record);

#endif /* LAB_SAMPLER_H */
