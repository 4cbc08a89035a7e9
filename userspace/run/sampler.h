/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/sampler.h - single shots and zones, recorded while a cell is fired.
 *
 * All memory is allocated before pressure is put on, for all cells of a phase.
 * CPUs share none of it.
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

/* Allocates for a phase. device: an open descriptor. 0 or a negative errno. */
int lab_watch_open(struct lab_watch *watch, const struct lab_phase *phase,
		   unsigned int cpus, int device);
void lab_watch_close(struct lab_watch *watch);
/* Forgets everything: call it before each cell. */
void lab_watch_reset(struct lab_watch *watch);

/* Takes the events from the ring of the index-th CPU of the cell. */
void lab_watch_events(struct lab_watch *watch, unsigned int index,
		      struct lab_ring *ring);
/*
 * Records all zones. device: that of the run; shot: the number of the next
 * shot.
 */
void lab_watch_zones(struct lab_watch *watch, int device, uint64_t shot);

/* Adds everything to the record of the cell. */
void lab_watch_record(const struct lab_watch *watch, json_t *record);

#endif /* LAB_SAMPLER_H */
