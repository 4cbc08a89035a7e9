// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure.c - what a command takes.
 *
 *	measure COMMAND...	prints its seconds and the MiB it had at most
 *
 * What the command prints is dropped; when it does not end with 0 or 1, it was
 * not measured, and this ends with 3.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	const double start = now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: measure COMMAND...");
	pid = fork();
	if (pid < 0)
		err(3, "fork");
	if (!pid) {
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execv(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	if (wait4(pid, &status, 0, &usage) != pid)
		err(3, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		errx(3, "%s ended with status %#x", argv[1], status);
	printf("%.2f %.2f\n", now() - start, usage.ru_maxrss / 1024.0);
	return 0;
}
