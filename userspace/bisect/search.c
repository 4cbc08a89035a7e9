// SPDX-License-Identifier: GPL-2.0-only
/* bisect/search.c - see bisect/search.h. */
#include "search.h"

const char *const lab_search_words[] = {
	[LAB_UNTRIED] = "untried",   [LAB_GOOD] = "good",
	[LAB_BAD] = "bad",	     [LAB_UNTESTABLE] = "skipped",
	[LAB_UNTESTABLE + 1] = NULL,
};

void lab_search_left(const struct lab_search *search, size_t *first,
		     size_t *last)
{
	size_t i;

	*first = 0;
	*last = search->count - 1;
	for (i = 0; i < *last; i++) {
		if (search->outcome[i] == LAB_GOOD)
			*first = i + 1;
		else if (search->outcome[i] == LAB_BAD)
			*last = i;
	}
}

bool lab_search_next(const struct lab_search *search, size_t *next)
{
	size_t first, last, middle, away;

	lab_search_left(search, &first, &last);
	if (first == last)
		return false;
	/* With it good or bad, the halves differ by one at most. */
	middle = first + (last - first - 1) / 2;
	for (away = 0; away <= last - first; away++) {
		if (middle >= first + away &&
		    search->outcome[middle - away] == LAB_UNTRIED) {
			*next = middle - away;
			return true;
		}
		if (middle + away < last &&
		    search->outcome[middle + away] == LAB_UNTRIED) {
			*next = middle + away;
			return true;
		}
	}
	return false;
}

size_t lab_search_trials(size_t count)
{
	size_t trials = 0;

	while (count > 1) {
		count -= count / 2;
		trials++;
	}
	return trials;
}
