/* SPDX-License-Identifier: GPL-2.0-only */
/* cluster/node_choice.h - on which nodes of a partition entries may run. */
#ifndef LAB_NODE_CHOICE_H
#define LAB_NODE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attempts.h"

struct lab_node {
	char *name;
	bool usable, idle;
	bool unfit; /* cannot run the plan */
	bool chosen; /* is among those of --nodes-max, or there is no such limit */
};

struct lab_node_choice {
	struct lab_node *node;
	size_t count;
	size_t usable; /* chosen ones that are usable and fit */
};

void lab_node_choice_add(struct lab_node_choice *choice, const char *name,
			 bool usable, bool idle);

/*
 * Chooses at most max nodes, 0 being all: those of before, a list that is parted
 * by commas, as long as they are usable, then idle ones, then others.
 */
void lab_node_choice_make(struct lab_node_choice *choice,
			  const struct lab_unfit *unfit, uint64_t max,
			  const char *before);
void lab_node_choice_free(struct lab_node_choice *choice);

/* Those that are chosen and usable, parted by commas: malloc()ed. */
char *lab_node_choice_text(const struct lab_node_choice *choice);

/*
 * The nodes that an entry is not to run on, parted by commas: those that are not
 * chosen, those that cannot run the plan, and those on which it broke; where
 * nothing would be left, not the latter. malloc()ed.
 */
char *lab_node_choice_exclude(const struct lab_node_choice *choice,
			      const struct lab_attempts *attempts,
			      uint64_t entry);

#endif /* LAB_NODE_CHOICE_H */
