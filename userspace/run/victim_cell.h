/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/victim_cell.h - the victim of a phase, beside the shots of a cell.
 *
 *	lab_victim_begin()	it has its devices, and loses nothing
 *	  memory is made short, the injector is armed
 *	lab_victim_go()		its passes, in a thread of its own
 *	  shots are fired
 *	lab_victim_join()	all passes are done
 *	  the injector is disarmed, memory is given back
 *	lab_victim_end()	passes until nothing is lost, and its devices go
 *
 * Without a victim in the phase none of them does anything.
 */
#ifndef LAB_VICTIM_CELL_H
#define LAB_VICTIM_CELL_H

#include <jansson.h>
#include <pthread.h>
#include <semaphore.h>

#include "scenario/scenario.h"
#include "victim/victim.h"

struct lab_victim_cell {
	const struct lab_phase_victim *victim;
	pthread_t thread;
	sem_t go;
	bool has_thread, called_off;
	bool open; /* it has its devices */
	bool well; /* in the end */
	struct lab_work work; /* of all passes of the thread */
	uint64_t wrong; /* of the other passes */
	unsigned int passes; /* at the end, until nothing was lost */
	char trouble[256]; /* why it is not well, or "" */
};

/*
 * Whether the victim of a phase does its work here, before anything is made to
 * fail: NULL, or the reason why not. Ends it again.
 */
const char *lab_victim_trouble(const struct lab_phase_victim *victim);

/* 0, or a negative errno: there is no thread. Ended by lab_victim_end() anyway. */
int lab_victim_begin(struct lab_victim_cell *cell,
		     const struct lab_phase_victim *victim);
void lab_victim_go(struct lab_victim_cell *cell);
void lab_victim_join(struct lab_victim_cell *cell);
void lab_victim_end(struct lab_victim_cell *cell);

/* Adds what it did to the record of a cell. */
void lab_victim_record(const struct lab_victim_cell *cell, json_t *record);

#endif /* LAB_VICTIM_CELL_H */
