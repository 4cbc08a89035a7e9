// SPDX-License-Identifier: GPL-2.0-only
/* lab/image.c - asks scripts/runtime/guest.sh for what boots. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/paths.h"
#include "lab.h"

/* The first line that a script prints; its messages go to stderr as they are. */
static int ask(char *const argv[], char *line, size_t size)
{
	int pipes[2], status;
	FILE *f;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return LAB_HARNESS;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return LAB_HARNESS;
	if (!pid) {
		dup2(pipes[1], STDOUT_FILENO);
		execv(argv[0], argv);
		fprintf(stderr, "labyrinth: cannot execute %s: %s\n", argv[0],
			strerror(errno));
		_exit(LAB_HARNESS);
	}
	close(pipes[1]);
	f = fdopen(pipes[0], "r");
	if (!f || !fgets(line, size, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status))
		return LAB_HARNESS;
	if (WEXITSTATUS(status))
		return WEXITSTATUS(status) == LAB_USAGE ? LAB_USAGE :
							  LAB_HARNESS;
	return line[0] ? 0 : LAB_HARNESS;
}

int lab_bundle_make(const char *kernel, const char *program,
		    struct lab_bundle *bundle)
{
	char script[4200], mark[4200];
	char *argv[] = { script, (char *)kernel, (char *)program, NULL };
	int code;

	if (lab_companion_path("guest.sh", script, sizeof(script))) {
		fprintf(stderr,
			"labyrinth: scripts/runtime/guest.sh is not there: is the installation whole?\n");
		return LAB_HARNESS;
	}
	code = ask(argv, bundle->folder, sizeof(bundle->folder));
	snprintf(mark, sizeof(mark), "%s/checks-itself", bundle->folder);
	bundle->checks_itself = !code && !access(mark, F_OK);
	return code;
}
