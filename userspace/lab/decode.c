// SPDX-License-Identifier: GPL-2.0-only
/* lab/decode.c - asks scripts/runtime/decode.sh where in the source a log's frames are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "lab.h"

/* What decodes: a script, and what it looks into. */
struct decoder {
	char script[4200], vmlinux[4200], module[4200];
};

static bool find_decoder(struct decoder *decoder,
			 const struct lab_bundle *bundle)
{
	snprintf(decoder->vmlinux, sizeof(decoder->vmlinux), "%s/vmlinux",
		 bundle->folder);
	snprintf(decoder->module, sizeof(decoder->module),
		 "%s/module/labyrinth.ko", bundle->folder);
	return !access(decoder->vmlinux, R_OK) &&
	       !lab_companion_path("decode.sh", decoder->script,
				   sizeof(decoder->script));
}

/* malloc()ed; NULL when the script failed. */
static char *run_script(const struct decoder *decoder, FILE *input)
{
	char *argv[] = { (char *)decoder->script, (char *)decoder->vmlinux,
			 (char *)decoder->module, NULL };
	struct lab_process process;
	char *decoded;

	if (lab_process_start(&process, argv, fileno(input), -1))
		return NULL;
	decoded = lab_stream_read(process.from, NULL);
	if (!lab_process_end(&process))
		return decoded;
	free(decoded);
	return NULL;
}

static char *decode(const struct decoder *decoder, const char *text)
{
	FILE *input = tmpfile();
	char *decoded = NULL;

	if (!input)
		return NULL;
	if (fputs(text, input) >= 0 && !fflush(input)) {
		rewind(input);
		decoded = run_script(decoder, input);
	}
	fclose(input);
	return decoded;
}

char *lab_decode(char *text, const struct lab_bundle *bundle)
{
	struct decoder decoder;
	char *decoded = NULL;

	if (find_decoder(&decoder, bundle))
		decoded = decode(&decoder, text);
	if (!decoded)
		return text;
	free(text);
	return decoded;
}

static char *joined(const json_t *lines)
{
	char *text = NULL;
	json_t *line;
	size_t size, i;
	FILE *to = xcheck(open_memstream(&text, &size));

	json_array_foreach(lines, i, line)
		fprintf(to, "%s\n", json_string_value(line));
	fclose(to);
	return text;
}

static json_t *parted(char *text)
{
	json_t *lines = xcheck(json_array());
	char *line, *at = text;

	while ((line = strsep(&at, "\n")) && at)
		json_array_append_new(lines, json_string(line));
	return lines;
}

void lab_decode_findings(json_t *results, const struct lab_bundle *bundle)
{
	struct decoder decoder;
	json_t *finding;
	size_t i;

	if (!find_decoder(&decoder, bundle))
		return;
	json_array_foreach(json_object_get(json_object_get(results, "log"),
					   "findings"),
			   i, finding) {
		char *text, *decoded;

		if (!lab_is(finding, "class", "failure"))
			continue;
		text = joined(json_object_get(finding, "text"));
		decoded = decode(&decoder, text);
		if (decoded)
			json_object_set_new(finding, "text", parted(decoded));
		free(decoded);
		free(text);
	}
}
