// SPDX-License-Identifier: GPL-2.0-only
/* why/answer.c - what is said; see why/why.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/process.h"
#include "results/cell_name.h"
#include "why.h"

#define GNUPLOT_ENV "LABYRINTH_GNUPLOT"
#define TAIL 0.025 /* on each side */
#define BAR 20 /* characters of a whole */

void lab_why_interval(const struct lab_moment *moment, double *low,
		      double *high)
{
	const double fails = moment->fails, passes = moment->runs - fails;

	*low = fails > 0 ? gsl_cdf_beta_Pinv(TAIL, fails, passes + 1) : 0;
	*high = passes > 0 ? gsl_cdf_beta_Qinv(TAIL, fails + 1, passes) : 1;
}

static char *cell_words(const struct lab_why *why, size_t cell)
{
	return lab_cell_words(
		json_array_get(json_object_get(why->was.results, "cells"),
			       cell),
		true);
}

static void tell_moments(const struct lab_why *why, FILE *to)
{
	const struct lab_decision *decision = &why->decision;
	size_t i;
	int bar;

	fprintf(to,
		"\n  other chance from  fails       chance of failing, 95 %%\n");
	for (i = 0; i < decision->cells; i++) {
		const struct lab_moment *moment = &decision->moment[i];
		double low, high;
		char *name;

		if (!moment->runs)
			continue;
		lab_why_interval(moment, &low, &high);
		name = cell_words(why, i);
		bar = (int)(BAR * moment->fails / moment->runs);
		fprintf(to,
			"  cell %-4zu %4" PRIu64 " of %-4" PRIu64
			" %3.0f to %3.0f %%  %.*s%*s  %s\n",
			i + 1, moment->fails, moment->runs, 100 * low,
			100 * high, bar, "####################", BAR - bar, "",
			name);
		free(name);
	}
}

/* The chance of passing that so many runs, which all fail, do not exclude. */
static void tell_rest(const struct lab_moment *moment, FILE *to)
{
	double low, high;

	lab_why_interval(moment, &low, &high);
	fprintf(to,
		"  Not decided: whether it could have passed with a chance of less than %.0f %%, which %" PRIu64
		" runs that all fail do not exclude (95 %%); --seeds takes more.\n",
		100 * (1 - low), moment->runs);
}

void lab_why_tell(const struct lab_why *why, FILE *to)
{
	const struct lab_decision *decision = &why->decision;
	const size_t cell = decision->cell;
	const struct lab_moment *moment = &decision->moment[cell];
	char *name;

	fprintf(to, "%s\n  fails: %s: %s\n", why->was.path,
		lab_text(why->failed, "name"), lab_text(why->failed, "found"));
	tell_moments(why, to);
	if (!decision->cells) {
		fprintf(to,
			"\ninevitable from the start: it failed before the first cell, where nothing is left to chance\n");
		return;
	}
	if (decision->from_the_start) {
		fprintf(to,
			"\ninevitable from the start, as far as runs tell: it fails whatever chance does, from the first cell on\n");
		tell_rest(&decision->moment[0], to);
		return;
	}
	name = cell_words(why, cell);
	fprintf(to, "\ninevitable after cell %zu%s: %s\n", cell + 1,
		cell + 1 == decision->cells ? "" : ", as far as runs tell",
		name);
	free(name);
	fprintf(to,
		"  With other chance in that cell and after it, it fails in %" PRIu64
		" of %" PRIu64 " runs",
		moment->fails, moment->runs);
	if (cell + 1 == decision->cells) {
		fprintf(to,
			"; what comes after it cannot change that verdict.\n");
		return;
	}
	fprintf(to, "; with other chance after it, in all of %" PRIu64 ".\n",
		decision->moment[cell + 1].runs);
	tell_rest(&decision->moment[cell + 1], to);
}

static void write_script(const struct lab_why *why, FILE *to)
{
	const struct lab_decision *decision = &why->decision;
	size_t i;

	fputs("$d << END\n", to);
	for (i = 0; i < decision->cells; i++) {
		const struct lab_moment *moment = &decision->moment[i];
		double low, high;

		if (!moment->runs)
			continue;
		lab_why_interval(moment, &low, &high);
		fprintf(to, "%zu %f %f %f\n", i + 1,
			(double)moment->fails / moment->runs, low, high);
	}
	/* Without other chance it is the run itself, which fails. */
	fprintf(to, "%zu 1 1 1\nEND\n", decision->cells + 1);
	fputs("set terminal svg size 760,340\n", to);
	fprintf(to,
		"set xrange [0.5:%zu]\nset yrange [-0.05:1.05]\n"
		"set xlabel 'other chance from the beginning of this cell on'\n"
		"set ylabel 'fails'\nset key off\n",
		decision->cells + 2);
	if (decision->cells && !decision->from_the_start)
		fprintf(to,
			"set arrow from %zu.5, graph 0 to %zu.5, graph 1 nohead dashtype 2\n",
			decision->cell + 1, decision->cell + 1);
	fputs("plot $d using 1:2:3:4 with yerrorbars pt 7, $d using 1:2 with lines\n",
	      to);
}

static const char *gnuplot(void)
{
	return getenv(GNUPLOT_ENV) ?: "gnuplot";
}

int lab_why_plot(const struct lab_why *why, FILE *to)
{
	char *argv[] = { (char *)gnuplot(), "-", NULL };
	struct lab_process process;
	FILE *script = tmpfile();
	int err = script ? 0 : -errno, c;

	if (!err) {
		write_script(why, script);
		fflush(script);
		rewind(script);
		err = lab_process_start(&process, argv, fileno(script), -1);
		fclose(script);
	}
	if (!err) {
		while ((c = getc(process.from)) != EOF)
			putc(c, to);
		err = lab_process_end(&process);
	}
	if (!err)
		return 0;
	fprintf(stderr,
		"labyrinth: %s did not draw it%s%s: apt-get install gnuplot-nox, or set " GNUPLOT_ENV
		"\n",
		argv[0], err < 0 ? ": " : "", err < 0 ? strerror(-err) : "");
	return LAB_HARNESS;
}
