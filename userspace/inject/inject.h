/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject/inject.h - the contract of injectors, which make allocations fail.
 *
 * An injector is a file in this folder and a row in table.c. none.c is the one
 * to read first.
 */
#ifndef LAB_INJECT_H
#define LAB_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/option_value.h"

/*
 * @name, @help: as scenarios and "labyrinth list injectors" show it
 * @keys:        its "inject." keys, ended by a row without a name; NULL: none
 * @probe:       0, or a negative errno and why it cannot be used here
 * @fits:        0, or a negative errno and why these settings cannot be had
 *               here; NULL when all can
 * @arm:         called before the first shot of a phase. Whatever it changes
 *               is registered with lab_restore_*() before it is changed.
 * @level:       sets that many percent of the probability that was armed, for
 *               "schedule"; the probability in ten thousandths, or a negative
 *               errno. NULL: has no levels
 * @aim:         in the thread of a shooter, before each of its shots, which
 *               are then fired one by one; NULL: needs no aim
 * @fired:       after each; with aim
 * @over:        after the last of the thread; with aim
 * @disarm:      after the last; required; safe after a partial arm
 * @hits:        failures delivered since arm, to whomever; -ENODATA when the
 *               injector does not count
 * @own_only:    whether nobody's requests but the suite's can fail, with these
 *               settings; NULL: others' can too, for which the owner of a
 *               machine is asked
 */
struct lab_injector {
	const char *name;
	const char *help;
	const struct lab_key *keys;
	int (*probe)(const char **why);
	int (*fits)(const struct lab_setting *settings, const char **why);
	int (*arm)(const struct lab_setting *settings);
	int (*level)(unsigned int percent);
	int (*aim)(void);
	int (*fired)(void);
	void (*over)(void);
	int (*disarm)(void);
	int (*hits)(uint64_t *count);
	bool (*own_only)(const struct lab_setting *settings);
};

extern const struct lab_injector *const lab_injectors[]; /* ended by NULL */

#endif /* LAB_INJECT_H */
