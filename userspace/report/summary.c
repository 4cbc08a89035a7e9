// SPDX-License-Identifier: GPL-2.0-only
/* report/summary.c - what a person reads at a glance, in 80 columns. */
#include <inttypes.h>
#include <string.h>

#include "../json.h"
#include "report.h"

struct row {
	const char *phase, *context;
	uint64_t attempts, ok, injected, exhausted, refused;
	uint64_t median, max; /* each the largest among the cells */
};

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void add_cell(struct row *row, const json_t *cell)
{
	const json_t *latency = json_object_get(cell, "latency");

	row->attempts += lab_number(cell, "attempts");
	row->ok += lab_number(cell, "ok");
	row->injected += lab_number(cell, "injected");
	row->exhausted += lab_number(cell, "exhausted");
	row->refused += lab_number(cell, "refused");
	row->median = larger(row->median, lab_number(latency, "p50"));
	row->max = larger(row->max, lab_number(latency, "max"));
}

static void write_row(const struct row *row, FILE *to)
{
	const uint64_t asked = row->ok + row->exhausted;
	char rate[16] = "-";

	if (asked)
		snprintf(rate, sizeof(rate), "%.2f%%", 100.0 * row->ok / asked);
	fprintf(to,
		"  %-10s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %9" PRIu64
		" %8s %7" PRIu64 " %7" PRIu64,
		row->context, row->attempts, row->ok, row->injected,
		row->exhausted, rate, row->median, row->max);
	if (row->refused)
		fprintf(to, "  refused %" PRIu64, row->refused);
	fputc('\n', to);
}

static bool same_row(const struct row *row, const json_t *cell)
{
	return row->phase && lab_is(cell, "phase", row->phase) &&
	       lab_is(cell, "context", row->context);
}

static void write_cells(const json_t *cells, FILE *to)
{
	const char *unit = lab_text(
		json_object_get(json_array_get(cells, 0), "latency"), "unit");
	struct row row = {};
	json_t *cell;
	size_t i;

	if (!json_array_size(cells))
		return;
	fprintf(to, "\n  %-10s %8s %8s %8s %9s %8s %7s %7s  (%s)\n", "",
		"shots", "ok", "injected", "exhausted", "success", "median",
		"max", unit);
	json_array_foreach(cells, i, cell) {
		if (!same_row(&row, cell)) {
			const bool new_phase =
				!row.phase || !lab_is(cell, "phase", row.phase);

			if (row.phase)
				write_row(&row, to);
			if (new_phase)
				fprintf(to, " %s\n", lab_text(cell, "phase"));
			row = (struct row){ .phase = lab_text(cell, "phase"),
					    .context =
						    lab_text(cell, "context") };
		}
		add_cell(&row, cell);
	}
	write_row(&row, to);
}

/* What failed, in full; then how many there were of each. */
static void write_verdicts(const json_t *results, FILE *to)
{
	const json_t *verdicts = json_object_get(results, "verdicts");
	size_t i, passed = 0, failed = 0, skipped = 0;
	json_t *verdict;

	fputc('\n', to);
	json_array_foreach(verdicts, i, verdict) {
		if (lab_is(verdict, "verdict", "fail")) {
			failed++;
			fprintf(to, "  FAIL %s\n       %s\n",
				lab_text(verdict, "name"),
				lab_text(verdict, "found"));
		} else if (lab_is(verdict, "verdict", "skip")) {
			skipped++;
			fprintf(to, "  SKIP %s\n       %s\n",
				lab_text(verdict, "name"),
				lab_text(verdict, "found"));
		} else {
			passed++;
		}
	}
	fprintf(to, "  %s: %zu checks held, %zu failed, %zu skipped\n",
		lab_text(results, "verdict"), passed, failed, skipped);
}

static void write_head(const json_t *results, FILE *to)
{
	const json_t *scenario = json_object_get(results, "scenario");
	const json_t *machine = json_object_get(results, "machine");

	fprintf(to, "%s: %s\n", lab_text(scenario, "name"),
		lab_text(scenario, "claim"));
	fprintf(to,
		"  kernel %s, seed %" PRIu64 ", %" PRIu64 " CPUs, %" PRIu64
		" nodes",
		lab_text(json_object_get(results, "kernel"), "release"),
		lab_number(results, "seed"), lab_number(machine, "cpus"),
		lab_number(machine, "nodes"));
	if (lab_number(machine, "memory_per_node"))
		fprintf(to, " of %" PRIu64 " MiB",
			lab_number(machine, "memory_per_node") >> 20);
	fprintf(to, ", %s\n", lab_text(machine, "mode"));
}

static void summary_write(const json_t *results, FILE *to)
{
	write_head(results, to);
	write_cells(json_object_get(results, "cells"), to);
	write_verdicts(results, to);
}

const struct lab_report lab_report_summary = {
	.name = "summary",
	.write = summary_write,
};
