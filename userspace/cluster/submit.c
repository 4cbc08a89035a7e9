// SPDX-License-Identifier: GPL-2.0-only
/* cluster/submit.c - see cluster/submit.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/progress.h"
#include "attempts.h"
#include "node_choice.h"
#include "slurm.h"
#include "submit.h"

struct submission {
	const struct lab_cluster_plan *plan;
	struct lab_entries *entries;
	struct lab_attempts attempts;
	struct lab_unfit unfit;
	struct lab_node_choice choice;
	uint64_t array_max;
	const char *exclude; /* of the array that is being made */
	bool quiet; /* Slurm's messages are not shown */
	bool retries; /* it is of entries that were submitted before */
};

static void take_node(void *arg, const char *node, bool usable, bool idle)
{
	lab_node_choice_add(arg, node, usable, idle);
}

/* The nodes of --nodes-max stay the same for all arrays of a plan. */
static void choose_nodes(struct submission *s)
{
	const uint64_t max = lab_number(s->plan->json, "nodes_max");
	char *path = lab_cluster_path(s->plan->out, "nodes");
	char *before = lab_file_read(path, NULL), *now;

	lab_node_choice_make(&s->choice, &s->unfit, max, before);
	if (max) {
		now = lab_node_choice_text(&s->choice);
		if (!before || strcmp(before, now) != 0)
			lab_write_whole(path, now);
		free(now);
	}
	free(before);
	free(path);
}

static int say_no_node(const struct submission *s)
{
	char *again = lab_cluster_again(s->plan);
	size_t i;

	lab_progress_clear();
	fprintf(stderr, "labyrinth: no node can run this plan:\n");
	for (i = 0; i < s->unfit.count; i++)
		fprintf(stderr, "labyrinth:   %s: %s\n", s->unfit.node[i],
			s->unfit.why[i]);
	fprintf(stderr, "labyrinth: when that is mended, %s%s goes on\n", again,
		s->plan->kind->anew);
	free(again);
	return -ENODEV;
}

static bool all_unfit(const struct submission *s)
{
	size_t i;

	for (i = 0; i < s->choice.count; i++)
		if (!s->choice.node[i].unfit)
			return false;
	return s->choice.count;
}

/* Of a node that cannot run the plan no entry is to blame. */
static unsigned int tries_of(const struct submission *s, uint64_t entry)
{
	unsigned int tries = lab_entry_tries(s->entries->entry[entry]);
	size_t i;

	for (i = 0; tries && i < s->attempts.count; i++)
		tries -= s->attempts.attempt[i].entry == entry &&
			 s->attempts.attempt[i].unfit;
	return tries;
}

static void say_given_up(const struct submission *s, uint64_t entry)
{
	char *title = s->plan->kind->title(s->plan, entry);
	size_t i;

	lab_progress_clear();
	fprintf(stderr,
		"labyrinth: %s: the harness broke %d times, and says nothing of the kernel:\n",
		title, LAB_TRIES_MAX);
	free(title);
	for (i = 0; i < s->attempts.count; i++) {
		const struct lab_attempt *attempt = &s->attempts.attempt[i];

		if (attempt->entry == entry)
			fprintf(stderr, "labyrinth:   on %s: %s\n",
				attempt->node,
				*attempt->why ? attempt->why :
						"it was ended from outside");
	}
}

static void give_up_some(const struct submission *s)
{
	uint64_t i;

	for (i = 0; i < s->entries->count; i++) {
		if (!lab_entry_is_wanted(s->entries, i) ||
		    tries_of(s, i) < LAB_TRIES_MAX)
			continue;
		say_given_up(s, i);
		lab_entry_give_up(s->entries, i);
	}
}

static bool is_of_another_array(void *arg, uint64_t entry)
{
	const struct submission *s = arg;
	bool same;
	char *exclude;

	/* Where nothing was tried, all exclude the same. */
	if (!lab_entry_tries(s->entries->entry[entry]))
		return s->retries;
	exclude = lab_node_choice_exclude(&s->choice, &s->attempts, entry);
	same = s->retries && !strcmp(exclude, s->exclude);
	free(exclude);
	return !same;
}

static int submit_array(struct submission *s, size_t need_of, uint64_t base,
			const char *tasks)
{
	const struct lab_cluster_plan *plan = s->plan;
	const struct lab_need *need = &plan->need[need_of];
	const char *partition = lab_text(plan->json, "partition");
	const char *account = lab_text(plan->json, "account");
	char *script = lab_cluster_path(plan->out, "task.sh");
	char *log = lab_cluster_path(plan->out, "log");
	const struct lab_slurm_array array = {
		.name = lab_text(plan->json, "id"),
		.script = script,
		.log = log,
		.tasks = tasks,
		.base = base,
		.partition = *partition ? partition : NULL,
		.account = *account ? account : NULL,
		.exclude = s->exclude,
		.memory = need->memory,
		.cpus = need->cpus,
		.minutes = need->minutes,
	};
	uint64_t job;
	int err = -EBUSY;

	if (lab_slurm_submit(&array, s->quiet, &job)) {
		err = lab_entries_add_job(s->entries, plan->out, job, base,
					  tasks);
		if (err)
			fprintf(stderr, "labyrinth: %s/.cluster/jobs: %s\n",
				plan->out, strerror(-err));
		err = 0;
	}
	free(log);
	free(script);
	return err;
}

/* The first entry after this one that asks nodes for something else. */
static uint64_t end_of_alike(const struct lab_cluster_plan *plan,
			     uint64_t first)
{
	const size_t need_of = plan->kind->need(plan, first);

	while (++first < plan->entries)
		if (plan->kind->need(plan, first) != need_of)
			break;
	return first;
}

/* One array with the first wanted entry, from first on. */
static int submit_from(struct submission *s, uint64_t first)
{
	char *exclude =
		lab_node_choice_exclude(&s->choice, &s->attempts, first);
	uint64_t base, next;
	char *tasks;
	int err;

	s->exclude = exclude;
	s->retries = lab_entry_tries(s->entries->entry[first]);
	tasks = lab_entries_tasks(s->entries, first,
				  end_of_alike(s->plan, first), s->array_max,
				  &base, &next, is_of_another_array, s);
	err = submit_array(s, s->plan->kind->need(s->plan, base), base, tasks);
	free(tasks);
	free(exclude);
	return err;
}

static int submit_all(struct submission *s)
{
	uint64_t i;
	int err = 0;

	for (i = 0; !err && i < s->entries->count; i++)
		if (lab_entry_is_wanted(s->entries, i))
			err = submit_from(s, i);
	return err;
}

static bool read_nodes(struct submission *s)
{
	const char *partition = lab_text(s->plan->json, "partition");

	if (!lab_slurm_nodes(*partition ? partition : NULL, take_node,
			     &s->choice))
		return false;
	choose_nodes(s);
	return true;
}

size_t lab_cluster_exclude_unfit(const struct lab_cluster_plan *plan,
				 const struct lab_entries *entries,
				 size_t known)
{
	struct submission s = { .plan = plan };
	char *exclude;
	size_t i;

	lab_unfit_read(&s.unfit, plan->out);
	if (s.unfit.count != known && read_nodes(&s)) {
		exclude = lab_node_choice_exclude(&s.choice, &s.attempts, 0);
		for (i = 0; i < entries->njobs; i++)
			lab_slurm_exclude(entries->job[i], exclude);
		free(exclude);
		known = s.unfit.count;
	}
	lab_node_choice_free(&s.choice);
	lab_unfit_free(&s.unfit);
	return known;
}

int lab_cluster_check_partition(const char *partition)
{
	struct lab_node_choice choice = {};
	const bool answers = lab_slurm_nodes(partition, take_node, &choice);
	const size_t nodes = choice.count;

	lab_node_choice_free(&choice);
	if (answers && nodes)
		return 0;
	if (!answers)
		fprintf(stderr,
			"labyrinth: Slurm does not answer: \"sinfo\" and \"scontrol ping\" say why\n");
	else if (partition)
		fprintf(stderr,
			"labyrinth: --partition: there is no '%s' with nodes; \"sinfo\" shows those that there are\n",
			partition);
	else
		fprintf(stderr,
			"labyrinth: the cluster has no default partition: name one with --partition; \"sinfo\" shows those that there are\n");
	return LAB_USAGE;
}

int lab_cluster_submit(const struct lab_cluster_plan *plan,
		       struct lab_entries *entries, bool quiet)
{
	struct submission s = { .plan = plan,
				.entries = entries,
				.quiet = quiet };
	int err = 0;

	if (!lab_entries_any_wanted(entries))
		return 0;
	lab_attempts_read(&s.attempts, plan->out);
	lab_unfit_read(&s.unfit, plan->out);
	give_up_some(&s);
	if (!lab_entries_any_wanted(entries))
		goto out;
	if (!lab_slurm_array_max(&s.array_max) || !read_nodes(&s))
		err = -EAGAIN;
	else
		err = all_unfit(&s) ? say_no_node(&s) : submit_all(&s);
out:
	lab_node_choice_free(&s.choice);
	lab_unfit_free(&s.unfit);
	lab_attempts_free(&s.attempts);
	return err;
}
