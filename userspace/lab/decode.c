// SPDX-License-Identifier: GPL-2.0-only
/* lab/decode.c - asks scripts/decode.sh where in the source a log's frames are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../json.h"
#include "../paths.h"
#include "../scenario/must.h"
#include "lab.h"

/* The lines of a finding, in a file that is removed when it is closed. */
static FILE *write_lines(const json_t *text)
{
	FILE *lines = tmpfile();
	json_t *line;
	size_t i;

	if (!lines)
		return NULL;
	json_array_foreach(text, i, line)
		fprintf(lines, "%s\n", json_string_value(line));
	rewind(lines);
	return lines;
}

static FILE *run_script(const char *script, const char *vmlinux,
			const char *module, FILE *lines, pid_t *pid)
{
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC))
		return NULL;
	fflush(NULL);
	*pid = fork();
	if (!*pid) {
		dup2(fileno(lines), STDIN_FILENO);
		dup2(pipes[1], STDOUT_FILENO);
		execl(script, script, vmlinux, module, NULL);
		_exit(127);
	}
	close(pipes[1]);
	if (*pid < 0) {
		close(pipes[0]);
		return NULL;
	}
	return fdopen(pipes[0], "r");
}

/* As many lines as it was given; NULL: it failed, and nothing is lost. */
static json_t *read_lines(FILE *from, pid_t pid, size_t wanted)
{
	json_t *lines = must(json_array());
	char *line = NULL;
	size_t room = 0;
	int status = -1;
	ssize_t n;

	while (from && (n = getline(&line, &room, from)) > 0)
		json_array_append_new(
			lines,
			json_stringn(line, line[n - 1] == '\n' ? n - 1 : n));
	free(line);
	if (from)
		fclose(from);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!status && json_array_size(lines) == wanted)
		return lines;
	json_decref(lines);
	return NULL;
}

static void decode(json_t *finding, const char *script, const char *vmlinux,
		   const char *module)
{
	const json_t *text = json_object_get(finding, "text");
	FILE *lines = write_lines(text), *from;
	json_t *decoded = NULL;
	pid_t pid = -1;

	if (!lines)
		return;
	from = run_script(script, vmlinux, module, lines, &pid);
	if (pid > 0)
		decoded = read_lines(from, pid, json_array_size(text));
	if (decoded)
		json_object_set_new(finding, "text", decoded);
	fclose(lines);
}

void lab_decode(json_t *results, const struct lab_bundle *bundle)
{
	char script[4200], vmlinux[4200], module[4200];
	json_t *finding;
	size_t i;

	snprintf(vmlinux, sizeof(vmlinux), "%s/vmlinux", bundle->folder);
	snprintf(module, sizeof(module), "%s/module/labyrinth.ko",
		 bundle->folder);
	if (access(vmlinux, R_OK) ||
	    lab_companion_path("decode.sh", script, sizeof(script)))
		return;
	json_array_foreach(json_object_get(json_object_get(results, "log"),
					   "findings"),
			   i, finding)
		if (lab_is(finding, "class", "failure"))
			decode(finding, script, vmlinux, module);
}
