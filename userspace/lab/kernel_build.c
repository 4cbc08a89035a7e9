// SPDX-License-Identifier: GPL-2.0-only
/* lab/kernel_build.c - see lab/kernel_build.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "kernel_build.h"

static int complain(void)
{
	fprintf(stderr,
		"labyrinth: scripts/runtime/kernel.sh cannot be executed: is the installation whole?\n");
	return LAB_HARNESS;
}

int lab_kernel_build_by(const char *script, const char *kernel, const char *log)
{
	static char command[] =
		"set -o pipefail; { \"$0\" path \"$1\" 2>&1 >/dev/null; } | tee \"$2\" >&2";
	char *argv[] = { "bash",	 "-c",	      command, (char *)script,
			 (char *)kernel, (char *)log, NULL };
	struct lab_process process;
	int code;

	if (lab_process_start(&process, argv, -1, -1))
		return complain();
	free(lab_stream_read(process.from, NULL));
	code = lab_process_end(&process);
	if (code < 0 || code > LAB_USAGE)
		return LAB_HARNESS;
	return code;
}

int lab_kernel_build(const char *kernel, const char *log)
{
	char script[4200];

	if (lab_companion_path("kernel.sh", script, sizeof(script)))
		return complain();
	return lab_kernel_build_by(script, kernel, log);
}

bool lab_kernel_is_built(const char *kernel)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char script[4200];
	char *argv[] = { script, "kept", (char *)kernel, NULL };
	struct lab_process process;
	bool built = false;

	if (!lab_companion_path("kernel.sh", script, sizeof(script)) &&
	    !lab_process_start(&process, argv, -1, null)) {
		free(lab_stream_read(process.from, NULL));
		built = !lab_process_end(&process);
	}
	if (null >= 0)
		close(null);
	return built;
}
