// SPDX-License-Identifier: GPL-2.0-only
/* lab/decode.c - asks scripts/runtime/decode.sh where in the source a log's frames are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/json.h"
#include "lib/paths.h"
#include "lib/alloc.h"
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

/* A pipe from the script, which reads what is in a file. */
static FILE *start(const struct decoder *decoder, FILE *input, pid_t *pid)
{
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC))
		return NULL;
	fflush(NULL);
	*pid = fork();
	if (!*pid) {
		dup2(fileno(input), STDIN_FILENO);
		dup2(pipes[1], STDOUT_FILENO);
		execl(decoder->script, decoder->script, decoder->vmlinux,
		      decoder->module, NULL);
		_exit(127);
	}
	close(pipes[1]);
	return fdopen(pipes[0], "r");
}

static char *read_all(FILE *from)
{
	char *text = NULL, bytes[4096];
	size_t size, n;
	FILE *to = xcheck(open_memstream(&text, &size));

	while (from && (n = fread(bytes, 1, sizeof(bytes), from)))
		fwrite(bytes, 1, n, to);
	fclose(to);
	if (from)
		fclose(from);
	return text;
}

/* malloc()ed; NULL when the script failed. */
static char *decode(const struct decoder *decoder, const char *text)
{
	FILE *input = tmpfile();
	int status = -1;
	pid_t pid = -1;
	char *decoded;

	if (!input)
		return NULL;
	if (fputs(text, input) < 0 || fflush(input)) {
		fclose(input);
		return NULL;
	}
	rewind(input);
	decoded = read_all(start(decoder, input, &pid));
	fclose(input);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!status)
		return decoded;
	free(decoded);
	return NULL;
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
