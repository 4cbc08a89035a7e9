// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/coverage.c - see scenario/coverage.h.
 *
 * Combinations are counted once for each scenario, not for each phase: two
 * phases of a scenario test the same claim.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "inject/inject.h"
#include "pressure/pressure.h"
#include "victim/victim.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "sys/names.h"
#include "scenario.h"
#include "source.h"
#include "lib/words.h"

#define LIST "regressions.list"
#define COLUMNS_MAX 64

struct library {
	struct lab_scenario **scenario;
	size_t count;
	char *folder; /* folder of the first scenario, where regressions.list is */
	bool whole;
};

static void library_load(struct library *library)
{
	char **paths;
	size_t n, i;

	*library = (struct library){ .whole = true };
	if (lab_scenario_names(&paths, &n))
		library->whole = false;
	library->scenario = xcheck(calloc(n + 1, sizeof(*library->scenario)));
	for (i = 0; i < n; i++) {
		struct lab_scenario *one = lab_scenario_load(paths[i]);
		char *slash = strrchr(paths[i], '/');

		if (one && one->by_name)
			lab_scenario_free(one);
		else if (one)
			library->scenario[library->count++] = one;
		else
			library->whole = false;
		if (!library->folder && slash)
			library->folder =
				xcheck(strndup(paths[i], slash - paths[i]));
		free(paths[i]);
	}
	free(paths);
}

static void library_free(struct library *library)
{
	size_t i;

	for (i = 0; i < library->count; i++)
		lab_scenario_free(library->scenario[i]);
	free(library->scenario);
	free(library->folder);
}

/* ---- what a phase has, as a set of bits over the names of an axis --------- */

struct axis {
	const char *name;
	const char *names[COLUMNS_MAX]; /* ended by NULL */
	uint64_t (*of)(const struct lab_phase *phase);
};

static uint64_t contexts_of(const struct lab_phase *phase)
{
	return phase->contexts;
}

static uint64_t apis_of(const struct lab_phase *phase)
{
	return phase->apis;
}

static uint64_t orders_of(const struct lab_phase *phase)
{
	return phase->orders;
}

static uint64_t injector_of(const struct lab_phase *phase)
{
	unsigned int i = 0;

	while (lab_injectors[i] != phase->injector)
		i++;
	return 1ull << i;
}

static uint64_t pressures_of(const struct lab_phase *phase)
{
	uint64_t set = 0;
	unsigned int i;

	for (i = 0; lab_pressures[i]; i++)
		if (lab_phase_presses(phase, lab_pressures[i]))
			set |= 1ull << i;
	return set;
}

/* Bit 0: none. */
static uint64_t victim_of(const struct lab_phase *phase)
{
	unsigned int i = 0;

	if (!phase->victim.ops)
		return 1;
	while (lab_victims[i] != phase->victim.ops)
		i++;
	return 1ull << (i + 1);
}

static const char *const shapes[] = { "1 node",	 "2 nodes", "more",
				      "unequal", "distant", NULL };

static unsigned int shape_of(const struct lab_shape *shape)
{
	unsigned int i;

	if (shape->distant)
		return 4;
	for (i = 1; i < shape->nodes; i++)
		if (shape->node[i].memory != shape->node[0].memory)
			return 3;
	return shape->nodes < 3 ? shape->nodes - 1 : 2;
}

enum { CONTEXTS, APIS, ORDERS, PRESSURES, INJECTORS, VICTIMS, AXES };

static struct axis axes[AXES] = {
	[CONTEXTS] = { .name = "context", .of = contexts_of },
	[APIS] = { .name = "api", .of = apis_of },
	[ORDERS] = { .name = "order", .of = orders_of },
	[PRESSURES] = { .name = "pressure", .of = pressures_of },
	[INJECTORS] = { .name = "inject", .of = injector_of },
	[VICTIMS] = { .name = "victim", .of = victim_of },
};

static void name_axes(void)
{
	static const char *const orders[] = { "0",  "1",  "2",	"3", "4",  "5",
					      "6",  "7",  "8",	"9", "10", "11",
					      "12", "13", "14", "15" };
	size_t i;

	for (i = 0; lab_context_names[i]; i++)
		axes[CONTEXTS].names[i] = lab_context_names[i];
	for (i = 0; lab_api_names[i]; i++)
		axes[APIS].names[i] = lab_api_names[i];
	/* MAX_PAGE_ORDER is 10 on x86, in all kernels that are supported. */
	for (i = 0; i <= 10; i++)
		axes[ORDERS].names[i] = orders[i];
	for (i = 0; lab_pressures[i]; i++)
		axes[PRESSURES].names[i] = lab_pressures[i]->name;
	for (i = 0; lab_injectors[i]; i++)
		axes[INJECTORS].names[i] = lab_injectors[i]->name;
	axes[VICTIMS].names[0] = "none";
	for (i = 0; lab_victims[i]; i++)
		axes[VICTIMS].names[1 + i] = lab_victims[i]->name;
}

/* ---- tables ---------------------------------------------------------------- */

static bool covers(const struct lab_scenario *scenario, const struct axis *a,
		   size_t i, const struct axis *b, size_t j)
{
	size_t k;

	for (k = 0; k < scenario->nphases; k++)
		if (a->of(&scenario->phases[k]) >> i & 1 &&
		    b->of(&scenario->phases[k]) >> j & 1)
			return true;
	return false;
}

static unsigned int covered(const struct library *library, const struct axis *a,
			    size_t i, const struct axis *b, size_t j)
{
	unsigned int n = 0;
	size_t k;

	for (k = 0; k < library->count; k++)
		n += covers(library->scenario[k], a, i, b, j);
	return n;
}

static void print_head(const char *first, const struct axis *columns)
{
	size_t j;

	printf("| %s |", first);
	for (j = 0; columns->names[j]; j++)
		printf(" %s |", columns->names[j]);
	printf("\n|---|");
	for (j = 0; columns->names[j]; j++)
		printf("---:|");
	putchar('\n');
}

static void print_matrix(const struct library *library, const struct axis *rows,
			 const struct axis *columns)
{
	size_t i, j;

	printf("\n### %s × %s\n\n", rows->name, columns->name);
	print_head(rows->name, columns);
	for (i = 0; rows->names[i]; i++) {
		printf("| `%s` |", rows->names[i]);
		for (j = 0; columns->names[j]; j++) {
			unsigned int n = covered(library, rows, i, columns, j);

			if (n)
				printf(" %u |", n);
			else
				printf(" **–** |");
		}
		putchar('\n');
	}
}

static void print_set(const struct axis *axis, uint64_t set)
{
	size_t i;
	uint64_t all = 0;

	for (i = 0; axis->names[i]; i++)
		all |= 1ull << i;
	if ((set & all) == all) {
		printf(" all |");
		return;
	}
	for (i = 0; axis->names[i]; i++)
		if (set >> i & 1)
			printf(" %s", axis->names[i]);
	printf(" |");
}

static void print_scenario(const struct lab_scenario *scenario)
{
	unsigned int i;
	size_t k;

	printf("| `%s` | %s, %u CPUs |", scenario->name,
	       shapes[shape_of(&scenario->shape)], scenario->shape.cpus);
	for (i = 0; i < AXES; i++) {
		uint64_t set = 0;

		for (k = 0; k < scenario->nphases; k++)
			set |= axes[i].of(&scenario->phases[k]);
		print_set(&axes[i], set);
	}
	putchar('\n');
}

static void print_scenarios(const struct library *library)
{
	size_t i;

	printf("| scenario | nodes |");
	for (i = 0; i < AXES; i++)
		printf(" %s |", axes[i].name);
	printf("\n|---|---|---|---|---|---|---|---|\n");
	for (i = 0; i < library->count; i++)
		print_scenario(library->scenario[i]);
}

/* ---- regressions ------------------------------------------------------------ */

static bool names_word(const char *list, const char *word)
{
	struct lab_words words;
	bool found = false;
	size_t i;

	lab_words_split(list ? list : "", &words);
	for (i = 0; i < words.count; i++)
		found |= !strcmp(words.word[i], word);
	lab_words_free(&words);
	return found;
}

/* The scenarios that name a regression, "`a`, `b`", or "": malloc()ed. */
static char *claimed_by(const struct library *library, const char *id)
{
	char *names = xstrdup("");
	size_t i;

	for (i = 0; i < library->count; i++) {
		char *longer;

		if (!names_word(library->scenario[i]->regressions, id))
			continue;
		longer = xasprintf("%s%s`%s`", names, *names ? ", " : "",
				   library->scenario[i]->name);
		free(names);
		names = longer;
	}
	return names;
}

enum { ID, RELEASE, EFFECT, EXCUSE, PARTS };

/* "ID | release | effect | why it is not provoked": false when it is not that. */
static bool split_row(char *line, char *part[PARTS])
{
	unsigned int i;

	for (i = 0; i < PARTS; i++) {
		char *bar = strchr(line, '|');
		char *end;

		if (!bar && i + 1 < PARTS)
			return false;
		end = bar ? bar : line + strlen(line);
		part[i] = line + strspn(line, " \t");
		line = bar ? bar + 1 : end;
		*end = '\0';
		while (end > part[i] && strchr(" \t\n", end[-1]))
			*--end = '\0';
	}
	return *part[ID] && *part[EFFECT];
}

static int print_regression(const struct library *library, const char *path,
			    unsigned int number, char *line)
{
	char *part[PARTS], *claims;
	int code = LAB_PASS;

	if (!split_row(line, part)) {
		fprintf(stderr,
			"%s:%u: no row; allowed: ID | RELEASE | EFFECT | WHY NOT\n",
			path, number);
		return LAB_USAGE;
	}
	claims = claimed_by(library, part[ID]);
	printf("| %s | %s | %s | %s |\n", part[ID], part[RELEASE], part[EFFECT],
	       *claims ? claims : part[EXCUSE]);
	if (!*claims == !*part[EXCUSE]) {
		fprintf(stderr,
			*claims ?
				"%s:%u: %s is claimed, and excused as well\n" :
				"%s:%u: %s is claimed by no scenario; say why not\n",
			path, number, part[ID]);
		code = LAB_USAGE;
	}
	free(claims);
	return code;
}

static bool listed(const char *text, const char *id)
{
	const size_t length = strlen(id);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, id, length) && strchr(" \t|", text[length]))
			return true;
	}
	return false;
}

static int check_claims(const struct lab_scenario *scenario, const char *path,
			const char *text)
{
	struct lab_words words;
	int code = LAB_PASS;
	size_t i;

	lab_words_split(scenario->regressions ? scenario->regressions : "",
			&words);
	for (i = 0; i < words.count; i++) {
		if (listed(text, words.word[i]))
			continue;
		fprintf(stderr, "%s: regressions: \"%s\" is not in %s\n",
			scenario->sources[0].path, words.word[i], path);
		code = LAB_USAGE;
	}
	lab_words_free(&words);
	return code;
}

static int print_regressions(const struct library *library)
{
	char *path = xasprintf("%s/" LIST, library->folder), *text, *rest;
	unsigned int number = 0;
	char why[256], *line;
	int code = LAB_PASS;
	size_t i;

	if (lab_source_read(path, &text, why, sizeof(why))) {
		fprintf(stderr, "%s: %s\n", path, why);
		free(path);
		return LAB_USAGE;
	}
	printf("\n## Regressions of the past\n\n"
	       "| commit | release | effect | provoked by, or why not |\n"
	       "|---|---|---|---|\n");
	for (i = 0; i < library->count; i++)
		if (check_claims(library->scenario[i], path, text))
			code = LAB_USAGE;
	for (rest = text; (line = strsep(&rest, "\n"));) {
		number++;
		if (*line && *line != '#' &&
		    print_regression(library, path, number, line))
			code = LAB_USAGE;
	}
	free(text);
	free(path);
	return code;
}

int lab_coverage_print(void)
{
	struct library library;
	int code = LAB_USAGE;

	name_axes();
	library_load(&library);
	if (library.whole && library.count) {
		printf("<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
		       "# What the scenarios cover\n\n"
		       "Made by `labyrinth list coverage` from the scenarios themselves; `make check` compares. "
		       "Those that run by name only are left out: they are made of others, or for nights. "
		       "Numbers are scenarios that have such a combination in one phase, **–** is none.\n\n");
		print_scenarios(&library);
		print_matrix(&library, &axes[CONTEXTS], &axes[APIS]);
		print_matrix(&library, &axes[CONTEXTS], &axes[ORDERS]);
		print_matrix(&library, &axes[CONTEXTS], &axes[PRESSURES]);
		print_matrix(&library, &axes[CONTEXTS], &axes[INJECTORS]);
		print_matrix(&library, &axes[PRESSURES], &axes[INJECTORS]);
		code = print_regressions(&library);
	}
	library_free(&library);
	return code;
}
