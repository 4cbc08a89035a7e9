// SPDX-License-Identifier: GPL-2.0-only
/* cluster/node_choice.c - see cluster/node_choice.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "node_choice.h"

void lab_node_choice_add(struct lab_node_choice *choice, const char *name,
			 bool usable, bool idle)
{
	choice->node = xgrow(choice->node, choice->count);
	choice->node[choice->count++] = (struct lab_node){
		.name = xstrdup(name),
		.usable = usable,
		.idle = idle,
	};
}

static bool is_in(const char *list, const char *name)
{
	const size_t length = strlen(name);

	while (list && *list) {
		if (!strncmp(list, name, length) &&
		    (list[length] == ',' || !list[length]))
			return true;
		list = strchr(list, ',');
		list += !!list;
	}
	return false;
}

/* Chooses those that a rank names first: 0 of before, 1 idle, 2 usable. */
static void choose(struct lab_node_choice *choice, uint64_t max,
		   const char *before, int rank)
{
	size_t i;

	for (i = 0; i < choice->count; i++) {
		struct lab_node *node = &choice->node[i];

		if (node->chosen || !node->usable || node->unfit ||
		    (max && choice->usable >= max) ||
		    (rank == 0 && !is_in(before, node->name)) ||
		    (rank == 1 && !node->idle))
			continue;
		node->chosen = true;
		choice->usable++;
	}
}

void lab_node_choice_make(struct lab_node_choice *choice,
			  const struct lab_unfit *unfit, uint64_t max,
			  const char *before)
{
	size_t i;
	int rank;

	for (i = 0; i < choice->count; i++)
		choice->node[i].unfit =
			lab_unfit_has(unfit, choice->node[i].name);
	for (rank = 0; rank <= 2; rank++)
		choose(choice, max, before, rank);
	/* Without a limit one that is down now may run entries when it is up. */
	for (i = 0; !max && i < choice->count; i++)
		choice->node[i].chosen = true;
}

void lab_node_choice_free(struct lab_node_choice *choice)
{
	size_t i;

	for (i = 0; i < choice->count; i++)
		free(choice->node[i].name);
	free(choice->node);
	*choice = (struct lab_node_choice){};
}

struct list {
	char *text;
	size_t count;
};

static void add(struct list *list, const char *name)
{
	char *longer = xasprintf("%s%s%s", list->text ?: "",
				 list->count++ ? "," : "", name);

	free(list->text);
	list->text = longer;
}

char *lab_node_choice_text(const struct lab_node_choice *choice)
{
	struct list list = {};
	size_t i;

	for (i = 0; i < choice->count; i++)
		if (choice->node[i].chosen && choice->node[i].usable &&
		    !choice->node[i].unfit)
			add(&list, choice->node[i].name);
	return list.text ?: xstrdup("");
}

static bool broke_on(const struct lab_attempts *attempts, uint64_t entry,
		     const char *node)
{
	size_t i;

	for (i = 0; i < attempts->count; i++)
		if (attempts->attempt[i].entry == entry &&
		    !strcmp(attempts->attempt[i].node, node))
			return true;
	return false;
}

static size_t left_for(const struct lab_node_choice *choice,
		       const struct lab_attempts *attempts, uint64_t entry)
{
	size_t i, left = 0;

	for (i = 0; i < choice->count; i++) {
		const struct lab_node *node = &choice->node[i];

		left += node->chosen && node->usable && !node->unfit &&
			!broke_on(attempts, entry, node->name);
	}
	return left;
}

char *lab_node_choice_exclude(const struct lab_node_choice *choice,
			      const struct lab_attempts *attempts,
			      uint64_t entry)
{
	const bool elsewhere = left_for(choice, attempts, entry);
	struct list list = {};
	size_t i;

	for (i = 0; i < choice->count; i++) {
		const struct lab_node *node = &choice->node[i];

		if (!node->chosen || node->unfit ||
		    (elsewhere && broke_on(attempts, entry, node->name)))
			add(&list, node->name);
	}
	return list.text ?: xstrdup("");
}
