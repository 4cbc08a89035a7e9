// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/elsewhere.c - boots that are done elsewhere, such as by a cluster.
 *
 * All boots that are known to be needed are a round. When all of them are done
 * they are concluded in their order, whichever was done first, and what has to be
 * tried again is the next round. So the rounds follow from the profile alone, and
 * whoever goes on after this program was killed asks for the same boots.
 */
#include <stdio.h>
#include <stdlib.h>

#include "explorer.h"
#include "lib/alloc.h"

static int run(struct explorer *all, const struct lab_boot_order *order,
	       size_t n, struct lab_boot *boot)
{
	const struct lab_elsewhere *elsewhere = all->ex->elsewhere;

	return elsewhere->run(elsewhere->arg, order, n, boot, &all->left);
}

int lab_profile_elsewhere(struct explorer *all, const json_t *trials,
			  int (*take)(struct explorer *all,
				      const struct lab_boot *boot))
{
	struct lab_boot_order order = lab_boot_order(all->ex, trials, true);
	struct lab_boot *boot = &all->boot[0];
	int code = run(all, &order, 1, boot);

	json_decref(order.request);
	if (!code && !all->left)
		code = boot->records ? take(all, boot) : LAB_HARNESS;
	lab_boot_end(boot);
	return code;
}

static struct lab_boot_order *orders_of(const struct explorer *all,
					const struct work_item *item, size_t n)
{
	struct lab_boot_order *order = xcheck(calloc(n + 1, sizeof(*order)));
	json_t *trials;
	size_t i;

	for (i = 0; i < n; i++) {
		trials = lab_trials_of(all, &item[i]);
		order[i] = lab_boot_order(all->ex, trials, false);
		json_decref(trials);
	}
	return order;
}

/* Of a boot that the harness broke nothing is concluded: its faults are not tried. */
static void conclude(struct explorer *all, struct lab_boot *boot,
		     struct work_item *item)
{
	if (boot->records) {
		lab_conclude(all, boot, item);
		return;
	}
	all->broke |= !all->left;
	free(item->fault);
}

static int go_round(struct explorer *all)
{
	const size_t n = all->queued;
	struct work_item *item = all->queue;
	struct lab_boot *boot = xcheck(calloc(n + 1, sizeof(*boot)));
	struct lab_boot_order *order = orders_of(all, item, n);
	size_t i;
	int code;

	all->queue = NULL;
	all->queued = 0;
	code = run(all, order, n, boot);
	for (i = 0; i < n; i++) {
		json_decref(order[i].request);
		conclude(all, &boot[i], &item[i]);
	}
	free(order);
	free(boot);
	free(item);
	return code;
}

void lab_work_off_elsewhere(struct explorer *all)
{
	int code = 0;

	while (all->queued && !code && !all->left && !lab_explore_stopped)
		code = go_round(all);
	all->broke |= code != 0;
	while (all->queued)
		free(all->queue[--all->queued].fault);
	free(all->queue);
}
