// SPDX-License-Identifier: GPL-2.0-only
/* export/summary.c - a summary as text, in 80 columns. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "results/known.h"
#include "results/boot_words.h"
#include "export.h"

#define NAME 17 /* columns of the longest context name */

struct row {
	const char *context;
	uint64_t attempts, ok, injected, exhausted, refused;
	uint64_t p50, max, missed; /* the largest of all cells */
};

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void add_cell(struct row *row, const json_t *cell)
{
	const json_t *latency = json_object_get(cell, "latency");

	/* Cells that were not fired are listed at the end with the reason. */
	if (json_object_get(cell, "refusal"))
		return;
	row->attempts += lab_number(cell, "attempts");
	row->ok += lab_number(cell, "ok");
	row->injected += lab_number(cell, "injected");
	row->exhausted += lab_number(cell, "exhausted");
	row->refused += lab_number(cell, "refused");
	row->p50 = larger(row->p50, lab_number(latency, "p50"));
	row->max = larger(row->max, lab_number(latency, "max"));
	row->missed = larger(
		row->missed,
		lab_number(json_object_get(cell, "latency_exhausted"), "p50"));
}

static void write_row(const struct row *row, FILE *to)
{
	const uint64_t asked = row->ok + row->exhausted;
	char rate[16] = "-";

	if (!row->attempts)
		return;
	if (asked)
		snprintf(rate, sizeof(rate), "%.2f%%", 100.0 * row->ok / asked);
	fprintf(to,
		"  %-*s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %9" PRIu64
		" %8s %7" PRIu64 " %7" PRIu64,
		NAME, row->context, row->attempts, row->ok, row->injected,
		row->exhausted, rate, row->p50, row->max);
	if (row->missed)
		fprintf(to, "  exhausted p50 %" PRIu64, row->missed);
	if (row->refused)
		fprintf(to, "  refused %" PRIu64, row->refused);
	fputc('\n', to);
}

/* Rows of a phase. With more, a phase is shown as a sum. */
#define MAX_ROWS 32
#define MANY 8

struct rows {
	struct row row[MAX_ROWS];
	size_t count;
};

static struct row *row_of(struct rows *rows, const json_t *cell)
{
	size_t i;

	for (i = 0; i < rows->count; i++)
		if (lab_is(cell, "context", rows->row[i].context))
			return &rows->row[i];
	if (rows->count < MAX_ROWS)
		rows->count++;
	rows->row[rows->count - 1] =
		(struct row){ .context = lab_text(cell, "context") };
	return &rows->row[rows->count - 1];
}

/* The row with the lower success rate; both have shots. */
static const struct row *worse(const struct row *a, const struct row *b)
{
	const double rate_a = a->ok / ((double)a->ok + a->exhausted);
	const double rate_b = b->ok / ((double)b->ok + b->exhausted);

	return rate_b < rate_a ? b : a;
}

/*
 * Writes the sum of all contexts, and the context with the lowest success if
 * any failed.
 */
static void write_sum(const struct rows *rows, FILE *to)
{
	const struct row *lowest = NULL;
	char name[32];
	struct row sum = {};
	size_t i, n = 0;

	for (i = 0; i < rows->count; i++) {
		const struct row *row = &rows->row[i];

		if (!row->attempts)
			continue;
		n++;
		sum.attempts += row->attempts;
		sum.ok += row->ok;
		sum.injected += row->injected;
		sum.exhausted += row->exhausted;
		sum.refused += row->refused;
		sum.p50 = larger(sum.p50, row->p50);
		sum.max = larger(sum.max, row->max);
		sum.missed = larger(sum.missed, row->missed);
		if (row->exhausted)
			lowest = lowest ? worse(lowest, row) : row;
	}
	snprintf(name, sizeof(name), "%zu contexts", n);
	sum.context = name;
	if (n)
		write_row(&sum, to);
	if (lowest) {
		fprintf(to, "  lowest success:\n");
		write_row(lowest, to);
	}
}

static void write_phase(const char *phase, const json_t *cells, FILE *to)
{
	struct rows rows = {};
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (lab_is(cell, "phase", phase))
			add_cell(row_of(&rows, cell), cell);
	fprintf(to, " %s\n", phase);
	if (rows.count > MANY) {
		write_sum(&rows, to);
		return;
	}
	for (i = 0; i < rows.count; i++)
		write_row(&rows.row[i], to);
}

/* What the victim of a cell did beside its shots. */
static void write_victim(const json_t *cell, FILE *to)
{
	const json_t *victim = json_object_get(cell, "victim");
	const uint64_t asked = lab_number(victim, "asked");
	const uint64_t done = lab_number(victim, "done");
	const uint64_t passes = lab_number(victim, "passes");

	if (!victim || json_object_get(cell, "refusal"))
		return;
	fprintf(to, "  victim %s, %s order %" PRIu64 ":\n",
		lab_text(victim, "name"), lab_text(cell, "context"),
		lab_number(cell, "order"));
	fprintf(to,
		"       asked %" PRIu64 ", done %" PRIu64 ", lost %" PRIu64
		", wrong %" PRIu64 ", errors %" PRIu64,
		asked, done, asked > done ? asked - done : 0,
		lab_number(victim, "wrong"), lab_number(victim, "errors"));
	if (*lab_text(victim, "error"))
		fprintf(to, " (%s)", lab_text(victim, "error"));
	if (lab_number(victim, "stuck"))
		fprintf(to, "\n       stuck: %s\n",
			lab_text(victim, "trouble"));
	else
		fprintf(to, ", well again after %" PRIu64 " pass%s\n", passes,
			passes == 1 ? "" : "es");
}

static void write_victims(const char *phase, const json_t *cells, FILE *to)
{
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (lab_is(cell, "phase", phase))
			write_victim(cell, to);
}

static void write_cells(const json_t *cells, FILE *to)
{
	const char *unit = lab_text(
		json_object_get(json_array_get(cells, 0), "latency"), "unit");
	const char *phase = NULL;
	json_t *cell;
	size_t i;

	if (!json_array_size(cells))
		return;
	fprintf(to, "\n  latencies in %s\n", unit);
	fprintf(to, "  %-*s %8s %8s %8s %9s %8s %7s %7s\n", NAME, "", "shots",
		"ok", "injected", "exhausted", "success", "p50", "max");
	/* Cells of a phase are consecutive. */
	json_array_foreach(cells, i, cell) {
		if (phase && lab_is(cell, "phase", phase))
			continue;
		phase = lab_text(cell, "phase");
		write_phase(phase, cells, to);
		write_victims(phase, cells, to);
	}
}

static bool refused_before(const json_t *cells, size_t end, const char *reason)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (lab_is(json_array_get(cells, i), "refusal", reason))
			return true;
	return false;
}

/* Writes each reason once, with the first cell that has it. */
static void write_refusals(const json_t *cells, FILE *to)
{
	bool first = true;
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) {
		const char *reason = lab_text(cell, "refusal");

		if (!*reason || refused_before(cells, i, reason))
			continue;
		if (first)
			fprintf(to, "\n  not fired\n");
		first = false;
		fprintf(to, "  %s, %s, order %" PRIu64 ":\n       %s\n",
			lab_text(cell, "context"), lab_text(cell, "api"),
			lab_number(cell, "order"), reason);
	}
}

static void write_failure(const json_t *verdict, FILE *to)
{
	const json_t *known = json_object_get(verdict, "known");

	fprintf(to, "  %s %s\n       %s\n",
		lab_known_of(verdict) ? "KNOWN" : "FAIL",
		lab_text(verdict, "name"), lab_text(verdict, "found"));
	if (!known)
		return;
	fprintf(to, "       %s: %s\n       %s\n", lab_text(known, "issue"),
		lab_text(known, "what"), lab_text(known, "link"));
	if (!lab_known_of(verdict))
		fprintf(to,
			"       was known until %s, which is past: it counts again\n",
			lab_text(known, "expired"));
}

static void write_absent(const json_t *results, FILE *to)
{
	json_t *issue;
	size_t i;

	json_array_foreach(json_object_get(results, "known_absent"), i, issue)
		fprintf(to,
			"  the known issue %s did not occur\n       %s\n       %s\n",
			lab_text(issue, "issue"), lab_text(issue, "what"),
			lab_text(issue, "link"));
}

/* Writes failed verdicts in full, then the number of each kind. */
static void write_verdicts(const json_t *results, FILE *to)
{
	const json_t *verdicts = json_object_get(results, "verdicts");
	size_t i, passed = 0, failed = 0, known = 0, skipped = 0;
	json_t *verdict;

	fputc('\n', to);
	json_array_foreach(verdicts, i, verdict) {
		if (lab_is(verdict, "verdict", "fail")) {
			failed++;
			known += !!lab_known_of(verdict);
			write_failure(verdict, to);
		} else if (lab_is(verdict, "verdict", "skip")) {
			skipped++;
			fprintf(to, "  SKIP %s\n       %s\n",
				lab_text(verdict, "name"),
				lab_text(verdict, "found"));
		} else {
			passed++;
		}
	}
	write_absent(results, to);
	fprintf(to, "  %s: %zu checks held, %zu failed",
		lab_text(results, "verdict"), passed, failed);
	if (known)
		fprintf(to, " (%zu known)", known);
	fprintf(to, ", %zu skipped\n", skipped);
}

/* Writes the memory of the nodes: one number if all are equal. */
static void write_memory(const json_t *machine, FILE *to)
{
	json_t *node;
	size_t i;

	if (lab_number(machine, "memory_per_node"))
		fprintf(to, " of %" PRIu64 " MiB",
			lab_number(machine, "memory_per_node") >> 20);
	json_array_foreach(json_object_get(machine, "shape"), i, node)
		fprintf(to, "%s%" PRIu64, i ? ", " : " of ",
			lab_number(node, "memory") >> 20);
	if (json_object_get(machine, "shape"))
		fprintf(to, " MiB");
}

/*
 * Of a package that nobody changed there is nothing to be said: the release
 * says it.
 */
static void write_source(const json_t *source, FILE *to)
{
	const char *commit = lab_text(source, "commit");
	const char *branch = lab_text(source, "branch");
	const char *package = lab_text(source, "package");
	const uint64_t uncommitted = lab_number(source, "uncommitted");
	const json_t *patches = json_object_get(source, "patches");
	json_t *patch;
	size_t i;

	if (!*commit && !uncommitted && !json_array_size(patches))
		return;
	if (*commit)
		fprintf(to, "  source commit %.12s", commit);
	else
		fprintf(to, "  source %s", *package ? package : "not known");
	if (*branch)
		fprintf(to, " of %s", branch);
	if (uncommitted)
		fprintf(to, ", not committed: %" PRIu64 " file%s", uncommitted,
			uncommitted == 1 ? "" : "s");
	json_array_foreach(patches, i, patch)
		fprintf(to, "%s%s", i ? ", " : "; patched by ",
			lab_text(patch, "name"));
	fputc('\n', to);
}

/* What is not so in a guest of the lab. */
static void write_real(const json_t *host, FILE *to)
{
	const json_t *others = json_object_get(host, "others_cpu_seconds");

	fputs("  a real machine: nothing repeats, latencies have other work in them\n",
	      to);
	if (others)
		fprintf(to,
			"  other work took %.1f s of CPU time in the %.1f s of the run\n",
			json_number_value(others),
			json_number_value(json_object_get(host, "seconds")));
}

static void write_head(const json_t *results, const json_t *host, FILE *to)
{
	const json_t *scenario = json_object_get(results, "scenario");
	const json_t *machine = json_object_get(results, "machine");
	const bool is_real = lab_is(machine, "mode", "this machine");
	char *boot;

	fprintf(to, "%s: %s\n", lab_text(scenario, "name"),
		lab_text(scenario, "claim"));
	fprintf(to,
		"  kernel %s, seed %" PRIu64 ", %" PRIu64 " CPUs, %" PRIu64
		" nodes",
		lab_text(json_object_get(results, "kernel"), "release"),
		lab_number(results, "seed"), lab_number(machine, "cpus"),
		lab_number(machine, "nodes"));
	write_memory(machine, to);
	boot = lab_boot_words(machine);
	fprintf(to, ", %s%s%s\n", lab_text(machine, "mode"),
		!*boot	? "" :
		is_real ? "\n  " :
			  "\n  booted with ",
		boot);
	free(boot);
	if (is_real)
		write_real(host, to);
	write_source(json_object_get(host, "kernel_source"), to);
}

static void summary_write(const struct lab_exported *run, FILE *to)
{
	const json_t *results = run->results;

	write_head(results, run->host, to);
	write_cells(json_object_get(results, "cells"), to);
	write_refusals(json_object_get(results, "cells"), to);
	write_verdicts(results, to);
}

const struct lab_export lab_export_summary = {
	.name = "summary",
	.write = summary_write,
};
