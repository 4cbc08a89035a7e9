// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario_fuzz.c - scenario files that nobody would write.
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

#include "scenario/scenario.h"
#include "tests/unit/capture.h"

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
	"expect = each injected > 0\n"
	"[phase other]\ninject = fail_page_alloc\ninject.probability = 5\n"
	"expect = each injected binomial 1e-6\n",

	"\xef\xbb\xbf[scenario]\r\nclaim: c ; comment\r\n[phase a]\r\n"
	"gfp = GFP_ATOMIC|__GFP_THISNODE|__GFP_HIGH|__GFP_ZERO\r\n"
	"node = 0 1\r\nexpect = total injection <= 5.5%\r\n",
};

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

#include "mutate.h"

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
