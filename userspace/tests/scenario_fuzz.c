// SPDX-License-Identifier: GPL-2.0-only
/*
 * tests/scenario_fuzz.c - scenario files that nobody would write.
 *
 *	scenario_fuzz [ITERATIONS] [SEED]
 *
 * Mutates valid samples and parses what comes of it, under sanitizers. Most
 * is refused, and must then say something; what is accepted must be complete.
 * The same seed makes the same texts, so what failed once fails again.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/scenario.h"
#include "capture.h"

#define ITERATIONS 20000
#define ROOM 8192 /* a text and what mutations may add to it */

static const char *const samples[] = {
	"# comment\n[scenario]\nclaim = Every context gets its page\n"
	"  while memory is plentiful.\n[guest]\ncpus = 4\nnodes = 2\n"
	"memory = 256M\ndeadline = 2m\n[phase *]\nshots = 10\n"
	"expect = each success == 100%\n  each held == 0\n"
	"[phase quiet]\ncontext = task spin_lock_irqsave\norder = 0-3 5\n"
	"gfp = GFP_ATOMIC|__GFP_NOWARN GFP_NOWAIT\nnode = any 0-1\n"
	"cpu = 0-1 3\nhold = 8\nburst = 16\n",

	"[scenario]\nclaim = c\n[phase sweep]\ninject = fail_page_alloc\n"
	"inject.probability = 1 10\ninject.interval = 1 2 3\n"
	"inject.times = -1\ninject.space = 4K\ninject.verbose = Y\n"
	"inject.delay = 90s\npressure = anon\n"
	"pressure.target = 0.5 min 1.2min\n"
	"expect = each injected binomial 1e-6\n"
	"[phase other]\nexpect = total exhausted > 0\n",

	"\xef\xbb\xbf[scenario]\r\nclaim: c ; comment\r\n[phase a]\r\n"
	"gfp = GFP_ATOMIC|__GFP_THISNODE|__GFP_HIGH|__GFP_ZERO\r\n"
	"node = 0 1\r\nexpect = total injection <= 5.5%\r\n",
};

#define SAMPLES (sizeof(samples) / sizeof(*samples))

/* Pieces that mean something, so that mutations get past the first check. */
static const char *const tokens[] = {
	"[phase b]\n",
	"[phase *]\n",
	"[guest]\n",
	"[scenario]\n",
	"include = a\n",
	"inherit = a\n",
	"like = other\n",
	"schedule = 0 100\n",
	"regressions = x\ntakes = 9s\n",
	"each cliff == 6/16\n",
	"inject = none\n",
	"inject.",
	"pressure.",
	"expect = ",
	"each ",
	"binomial ",
	"all",
	"any",
	"-",
	"|",
	"%",
	"min",
	"4294967296",
	"99999999999999999999999",
	"\n ",
	"=",
	":",
	"[",
	"]",
	";",
	"#",
	"__GFP_THISNODE",
};

#define TOKENS (sizeof(tokens) / sizeof(*tokens))

/* splitmix64: a few lines that are the same everywhere. */
static uint64_t state;

static uint64_t random64(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t below(size_t limit)
{
	return limit ? random64() % limit : 0;
}

/* Puts a piece in place of @length characters at @at. */
static void replace(char *text, size_t at, size_t length, const char *piece,
		    size_t piece_length)
{
	size_t size = strlen(text);

	if (at + length > size || size + piece_length - length >= ROOM)
		return;
	memmove(text + at + piece_length, text + at + length,
		size - at - length + 1);
	memcpy(text + at, piece, piece_length);
}

static void change_byte(char *text)
{
	char byte = (char)(1 + below(255));

	replace(text, below(strlen(text)), 1, &byte, 1);
}

static void insert_byte(char *text)
{
	char byte = (char)(1 + below(255));

	replace(text, below(strlen(text) + 1), 0, &byte, 1);
}

static void drop_bytes(char *text)
{
	replace(text, below(strlen(text)), 1 + below(8), "", 0);
}

static void insert_token(char *text)
{
	const char *token = tokens[below(TOKENS)];

	replace(text, below(strlen(text) + 1), 0, token, strlen(token));
}

/* Where a random line begins, and how long it is with its end. */
static size_t random_line(const char *text, size_t *length)
{
	size_t at = below(strlen(text));

	while (at && text[at - 1] != '\n')
		at--;
	*length = strcspn(text + at, "\n");
	*length += text[at + *length] == '\n';
	return at;
}

static void drop_line(char *text)
{
	size_t length, at = random_line(text, &length);

	replace(text, at, length, "", 0);
}

static void repeat_line(char *text)
{
	size_t length, at = random_line(text, &length), ignored;
	char *line = strndup(text + at, length);

	replace(text, random_line(text, &ignored), 0, line, length);
	free(line);
}

static void splice(char *text)
{
	const char *other = samples[below(SAMPLES)];
	size_t length, at = random_line(other, &length), ignored;

	replace(text, random_line(text, &ignored), 0, other + at,
		below(strlen(other + at) + 1));
}

static void change_digit(char *text)
{
	size_t at = below(strlen(text));
	char digit = (char)('0' + below(10));

	at += strcspn(text + at, "0123456789");
	replace(text, at, 1, &digit, 1);
}

static void (*const mutations[])(char *text) = {
	change_byte, insert_byte, drop_bytes,	insert_token, drop_line,
	repeat_line, splice,	  change_digit, change_digit,
};

#define MUTATIONS (sizeof(mutations) / sizeof(*mutations))

static void mutate(char *text)
{
	size_t rounds = 1 + below(4);

	strcpy(text, samples[below(SAMPLES)]);
	while (rounds--)
		mutations[below(MUTATIONS)](text);
}

static const char *phase_fault(const struct lab_phase *phase)
{
	if (!phase->name || !*phase->name || !phase->file || !phase->line)
		return "a phase without a name or a place";
	if (!phase->contexts || !phase->apis || !phase->orders)
		return "a phase without contexts, interfaces or orders";
	if (!phase->ngfps || !phase->nnodes || !phase->nexpects)
		return "a phase without flags, nodes or expectations";
	if (!phase->shots || !phase->burst)
		return "a phase without shots";
	if (!phase->injector || !phase->npresses)
		return "a phase without an injector or a pressure";
	return NULL;
}

static const char *scenario_fault(const struct lab_scenario *scenario)
{
	size_t i;

	if (!scenario->claim || !scenario->nphases || !scenario->nsources)
		return "a scenario without a claim, phases or sources";
	if (!scenario->shape.cpus || !scenario->shape.nodes ||
	    !scenario->deadline)
		return "a scenario without a guest";
	for (i = 0; i < scenario->nphases; i++) {
		const char *fault = phase_fault(&scenario->phases[i]);

		if (fault)
			return fault;
	}
	return NULL;
}

/* What is wrong with how a text was dealt with, or NULL. */
static const char *try_text(const char *text, bool *accepted)
{
	struct lab_scenario *scenario;
	struct capture capture = {};
	const char *fault = NULL;
	char *said;

	capture_start(&capture, &stderr);
	scenario = lab_scenario_parse("fuzz", "fuzz.ini", text);
	said = capture_end(&capture);
	*accepted = scenario;
	if (scenario)
		fault = *said ? "accepted, but something was said" :
				scenario_fault(scenario);
	else if (strncmp(said, "fuzz.ini:", strlen("fuzz.ini:")) != 0)
		fault = "refused, but nothing was said";
	free(said);
	lab_scenario_free(scenario);
	return fault;
}

static void print_text(const char *text)
{
	printf("# ");
	for (; *text; text++) {
		if (*text == '\n')
			printf("\n# ");
		else if (*text < ' ' || *text == '\x7f')
			printf("\\x%02x", (unsigned char)*text);
		else
			putchar(*text);
	}
	putchar('\n');
}

static bool samples_are_accepted(void)
{
	bool accepted, all = true;
	size_t i;

	for (i = 0; i < SAMPLES; i++)
		all &= !try_text(samples[i], &accepted) && accepted;
	return all;
}

static const char *fuzz(uint64_t iterations, uint64_t *accepted, char *text)
{
	while (iterations--) {
		const char *fault;
		bool taken;

		mutate(text);
		fault = try_text(text, &taken);
		if (fault)
			return fault;
		*accepted += taken;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t iterations = argc > 1 ? strtoull(argv[1], NULL, 10) :
					 ITERATIONS;
	uint64_t accepted = 0;
	static char text[ROOM];
	const char *fault;
	bool fine;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	printf("TAP version 13\n1..2\n");
	fine = samples_are_accepted();
	printf("%sok 1 samples are accepted\n", fine ? "" : "not ");
	fault = fuzz(iterations, &accepted, text);
	printf("# %llu texts, %llu accepted\n", (unsigned long long)iterations,
	       (unsigned long long)accepted);
	if (fault) {
		printf("# %s:\n", fault);
		print_text(text);
	}
	printf("%sok 2 mutated samples are refused aloud or complete\n",
	       fault ? "not " : "");
	return fine && !fault ? 0 : 1;
}
