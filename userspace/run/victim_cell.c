// SPDX-License-Identifier: GPL-2.0-only
/* run/victim_cell.c - see run/victim_cell.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "victim_cell.h"

#define STACK_SIZE (256 << 10) /* MCL_FUTURE populates all of it */

static void add_work(struct lab_work *sum, const struct lab_work *one)
{
	sum->asked += one->asked;
	sum->done += one->done;
	sum->wrong += one->wrong;
	if (!sum->errors)
		sum->error = one->error;
	sum->errors += one->errors;
	if (!*sum->detail)
		memcpy(sum->detail, one->detail, sizeof(sum->detail));
}

static void *victim_main(void *arg)
{
	struct lab_victim_cell *cell = arg;
	const uint64_t passes =
		lab_setting_get(cell->victim->settings, "passes");
	struct lab_work one;
	uint64_t i;

	while (sem_wait(&cell->go))
		;
	for (i = 0; i < passes && !cell->called_off; i++) {
		memset(&one, 0, sizeof(one));
		cell->victim->ops->work(&one);
		add_work(&cell->work, &one);
	}
	return NULL;
}

/* Passes until one loses nothing; if none does, trouble says so. */
static bool recover(struct lab_victim_cell *cell, int start_error,
		    const char *when)
{
	struct lab_work last = {};
	const bool well = lab_victim_recover(cell->victim->ops, NULL, &last,
					     &cell->passes, &start_error);

	cell->wrong += last.wrong;
	if (well)
		return true;
	if (start_error)
		snprintf(cell->trouble, sizeof(cell->trouble),
			 "%s: it cannot be started: %s", when,
			 strerror(-start_error));
	else
		snprintf(cell->trouble, sizeof(cell->trouble), "%s: %s%s", when,
			 last.wrong ? "other bytes came back" : "it loses ",
			 last.wrong   ? "" :
			 *last.detail ? last.detail :
					"some of its work");
	return false;
}

static void set_layers(const struct lab_phase_victim *victim)
{
	const bool wire = victim->ops->medium == LAB_WIRE;

	lab_wire_layers(wire ? victim->layers : 0);
	lab_disk_layers(wire ? 0 : victim->layers);
}

/* It has its devices and loses nothing, or trouble says why not. */
static bool set_up(struct lab_victim_cell *cell,
		   const struct lab_phase_victim *victim)
{
	memset(cell, 0, sizeof(*cell));
	cell->victim = victim;
	set_layers(victim);
	if (victim->ops->open(victim->ops, cell->trouble,
			      sizeof(cell->trouble)))
		return false;
	/* Victims may write there before they know that there is trouble. */
	cell->trouble[0] = '\0';
	cell->open = true;
	return recover(cell, victim->ops->start(),
		       "before anything was made to fail");
}

static void take_down(struct lab_victim_cell *cell)
{
	int err;

	if (!cell->open)
		return;
	cell->victim->ops->stop();
	err = cell->victim->ops->close();
	if (!err)
		return;
	cell->well = false;
	if (!*cell->trouble)
		snprintf(cell->trouble, sizeof(cell->trouble),
			 "it cannot be ended, something of it is in use: %s",
			 strerror(-err));
}

const char *lab_victim_trouble(const struct lab_phase_victim *victim)
{
	static struct lab_victim_cell cell;
	static char reason[400];

	if (!victim->ops)
		return NULL;
	set_up(&cell, victim);
	take_down(&cell);
	snprintf(reason, sizeof(reason), "victim %s: %s", victim->ops->name,
		 cell.trouble);
	return *cell.trouble ? reason : NULL;
}

int lab_victim_begin(struct lab_victim_cell *cell,
		     const struct lab_phase_victim *victim)
{
	pthread_attr_t attr;
	int err;

	memset(cell, 0, sizeof(*cell));
	if (!victim->ops)
		return 0;
	/* What a cell before has done to it may show only now. */
	cell->well = set_up(cell, victim);
	if (!cell->well)
		return 0;
	sem_init(&cell->go, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = -pthread_create(&cell->thread, &attr, victim_main, cell);
	pthread_attr_destroy(&attr);
	cell->has_thread = !err;
	return err;
}

void lab_victim_go(struct lab_victim_cell *cell)
{
	if (cell->has_thread)
		sem_post(&cell->go);
}

void lab_victim_join(struct lab_victim_cell *cell)
{
	if (!cell->has_thread)
		return;
	pthread_join(cell->thread, NULL);
	cell->has_thread = false;
}

void lab_victim_end(struct lab_victim_cell *cell)
{
	if (!cell->victim)
		return;
	/* Where the cell came to no shots. */
	cell->called_off = true;
	lab_victim_go(cell);
	lab_victim_join(cell);
	if (cell->well)
		cell->well = recover(cell, 0, "not well again");
	take_down(cell);
}

void lab_victim_record(const struct lab_victim_cell *cell, json_t *record)
{
	struct lab_work work = cell->work;
	json_t *json;
	char *words;

	if (!cell->victim)
		return;
	work.wrong += cell->wrong;
	words = lab_victim_words(cell->victim->ops, cell->victim->layers);
	json = lab_work_json(&work);
	json_object_set_new(json, "name", json_string(words));
	json_object_set_new(json, "passes", json_integer(cell->passes));
	json_object_set_new(json, "stuck", json_integer(!cell->well));
	if (*cell->trouble)
		json_object_set_new(json, "trouble",
				    json_string(cell->trouble));
	json_object_set_new(record, "victim", json);
	free(words);
}
