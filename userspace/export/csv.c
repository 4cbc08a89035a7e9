// SPDX-License-Identifier: GPL-2.0-only
/* export/csv.c - CSV as in RFC 4180, with a row for each cell. */
#include <inttypes.h>
#include <string.h>

#include "lib/json.h"
#include "export.h"

/* Columns from the cell, and columns from its latency. */
static const char *const cell_keys[] = {
	"phase",   "context",	   "api",	  "order",    "gfp",
	"node",	   "attempts",	   "ok",	  "injected", "exhausted",
	"refused", "unattributed", "success_ppm",
};

static const char *const latency_keys[] = { "unit", "min", "mean", "p50",
					    "p90",  "p99", "p999", "max" };

/* In the same unit. */
static const char *const failed_keys[] = { "min", "mean", "p50", "p90",
					   "p99", "p999", "max" };

static void write_text(const char *text, FILE *to)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

/* A missing value, such as a rate over no shots, is an empty field. */
static void write_value(const json_t *value, FILE *to)
{
	if (json_is_string(value))
		write_text(json_string_value(value), to);
	else if (json_is_integer(value))
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

static void write_keys(const char *const *keys, size_t n, const char *before,
		       FILE *to)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(to, ",%s%s", before, keys[i]);
}

static void write_values(const json_t *object, const char *const *keys,
			 size_t n, FILE *to)
{
	size_t i;

	for (i = 0; i < n; i++) {
		fputc(',', to);
		write_value(json_object_get(object, keys[i]), to);
	}
}

#define LENGTH(array) (sizeof(array) / sizeof(array[0]))

static void csv_write(const struct lab_exported *run, FILE *to)
{
	const json_t *results = run->results;
	const json_t *scenario = json_object_get(results, "scenario");
	const json_t *kernel = json_object_get(results, "kernel");
	json_t *cell;
	size_t i;

	fputs("scenario,kernel,seed", to);
	write_keys(cell_keys, LENGTH(cell_keys), "", to);
	write_keys(latency_keys, LENGTH(latency_keys), "latency_", to);
	write_keys(failed_keys, LENGTH(failed_keys), "latency_exhausted_", to);
	fputs("\r\n", to);
	json_array_foreach(json_object_get(results, "cells"), i, cell) {
		write_text(lab_text(scenario, "name"), to);
		fputc(',', to);
		write_text(lab_text(kernel, "release"), to);
		fprintf(to, ",%" PRIu64, lab_number(results, "seed"));
		write_values(cell, cell_keys, LENGTH(cell_keys), to);
		write_values(json_object_get(cell, "latency"), latency_keys,
			     LENGTH(latency_keys), to);
		write_values(json_object_get(cell, "latency_exhausted"),
			     failed_keys, LENGTH(failed_keys), to);
		fputs("\r\n", to);
	}
}

const struct lab_export lab_export_csv = {
	.name = "csv",
	.write = csv_write,
};
