// SPDX-License-Identifier: GPL-2.0-only
/* lab/debugger.c - see lab/debugger.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "debugger.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/paths.h"
#include "lib/process.h"

#define GDB_ENV "LABYRINTH_GDB"
#define POLL_US 20000

static const char *gdb(void)
{
	return getenv(GDB_ENV) ?: "gdb";
}

bool lab_debugger_check(const struct lab_arch *arch)
{
	char *argv[] = { (char *)gdb(), "--version", NULL };
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct lab_process process;
	int err;

	if (arch != &lab_arch_x86_64) {
		fprintf(stderr,
			"labyrinth: --gdb is for guests of x86_64: where arguments of functions are on %s is not known to it\n",
			arch->name);
		close(null);
		return false;
	}
	err = lab_process_start(&process, argv, -1, null);
	if (!err) {
		while (getc(process.from) != EOF)
			continue;
		err = lab_process_end(&process);
	}
	close(null);
	if (err)
		fprintf(stderr,
			"labyrinth: %s does not run, which --gdb needs: apt-get install gdb, or set " GDB_ENV
			"\n",
			gdb());
	return !err;
}

/* A path in gdb's commands: as it is, but for quotation marks and backslashes. */
static void put_path(FILE *to, const char *path)
{
	putc('"', to);
	for (; *path; path++) {
		if (strchr("\"\\", *path))
			putc('\\', to);
		putc(*path, to);
	}
	putc('"', to);
}

/*
 * The kernel's vmlinux, whose own scripts gdb then loads too, or what the guest told.
 * False: neither is there.
 */
static bool put_kernel(FILE *to, const struct lab_debugger *debugger)
{
	char *path = xasprintf("%s/build/vmlinux", debugger->bundle->folder);
	char real[PATH_MAX], *slash;

	if (realpath(path, real) && !access(real, R_OK)) {
		free(path);
		fprintf(to, "file ");
		put_path(to, real);
		slash = strrchr(real, '/');
		*slash = '\0';
		fprintf(to, "\nadd-auto-load-safe-path %s\n", real);
		return true;
	}
	free(path);
	path = xasprintf("%s/kernel.elf", debugger->folder);
	if (lab_symbols_write(debugger->symbols, path)) {
		free(path);
		return false;
	}
	fprintf(to, "file ");
	put_path(to, path);
	putc('\n', to);
	free(path);
	return true;
}

/* Of the sections of the module only those that gdb can have use for. */
static void put_module(FILE *to, const struct lab_debugger *debugger)
{
	char *path =
		xasprintf("%s/module/labyrinth.ko", debugger->bundle->folder);
	char *copy = xstrdup(debugger->symbols->sections), *line, *rest;
	char name[64];
	unsigned long long address;

	fprintf(to, "add-symbol-file ");
	put_path(to, path);
	for (line = strtok_r(copy, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%63s %llx", name, &address) == 2 &&
		    (!strncmp(name, ".text", 5) || !strncmp(name, ".data", 5) ||
		     !strncmp(name, ".rodata", 7) || !strcmp(name, ".bss")))
			fprintf(to, " -s %s %#llx", name, address);
	putc('\n', to);
	free(copy);
	free(path);
}

/* A variable of gdb's Python, of a text without control bytes but newlines. */
static void put_python(FILE *to, const char *name, const char *text)
{
	fprintf(to, "python %s = \"", name);
	for (; *text; text++) {
		if (strchr("\"\\", *text))
			putc('\\', to);
		if (*text == '\n')
			fputs("\\n", to);
		else
			putc(*text, to);
	}
	fputs("\"\n", to);
}

/* What gdb may fail at stands in files of its own: it leaves the rest of one. */
static int write_scripts(const struct lab_debugger *debugger, char *attach,
			 char *frames)
{
	FILE *to = fopen(attach, "we");
	char orc[4200], module[4200];

	if (!to)
		return -errno;
	snprintf(module, sizeof(module), "%s/labyrinth.ko",
		 debugger->bundle->folder);
	fprintf(to, "set confirm off\nset architecture i386:x86-64\n");
	if (!put_kernel(to, debugger))
		fprintf(stderr,
			"labyrinth: the kernel has no vmlinux and tells no symbols: its functions have no names\n");
	put_module(to, debugger);
	/* "directory" takes paths as a shell would write them, parted by colons. */
	fprintf(to, "directory %s/module\n", debugger->bundle->folder);
	fprintf(to, "target remote %s\nthread %u\n", debugger->socket,
		debugger->cpu + 1);
	if (fclose(to))
		return -errno;
	to = fopen(frames, "we");
	if (!to)
		return -errno;
	if (!lab_companion_path("orc_unwind.py", orc, sizeof(orc))) {
		put_python(to, "LABYRINTH_RELEASE", debugger->release);
		put_python(to, "LABYRINTH_SECTIONS",
			   debugger->symbols->sections);
		put_python(to, "LABYRINTH_MODULE", module);
		/* "source" takes the rest of the line as it is. */
		fprintf(to, "source %s\n", orc);
	}
	return fclose(to) ? -errno : 0;
}

static volatile sig_atomic_t interrupts;

static void count(int signal)
{
	(void)signal;
	interrupts++;
}

static void wait_for(pid_t pid, void (*poll)(void *), void (*interrupt)(void *),
		     void *arg)
{
	const struct sigaction counted = { .sa_handler = count };
	struct sigaction before;
	sig_atomic_t seen = interrupts;
	int status;

	sigaction(SIGINT, &counted, &before);
	while (!waitpid(pid, &status, WNOHANG)) {
		poll(arg);
		if (seen != interrupts)
			interrupt(arg);
		seen = interrupts;
		usleep(POLL_US);
	}
	sigaction(SIGINT, &before, NULL);
}

int lab_debugger_run(const struct lab_debugger *debugger, void (*poll)(void *),
		     void (*interrupt)(void *), void *arg)
{
	char *attach = xasprintf("%s/attach.gdb", debugger->folder);
	char *frames = xasprintf("%s/frames.gdb", debugger->folder);
	char *argv[16] = { (char *)gdb(), "-q" };
	size_t n = 2;
	pid_t pid;
	int err;

	if (debugger->mi) {
		argv[n++] = "-nx";
		argv[n++] = "--interpreter=mi3";
	}
	argv[n++] = "-x";
	argv[n++] = attach;
	argv[n++] = "-x";
	argv[n++] = frames;
	argv[n++] = "-ex";
	argv[n++] = "backtrace";
	err = write_scripts(debugger, attach, frames);
	fflush(NULL);
	if (!err)
		err = -posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err)
		fprintf(stderr, "labyrinth: cannot start %s: %s\n", argv[0],
			strerror(-err));
	else
		wait_for(pid, poll, interrupt, arg);
	free(attach);
	free(frames);
	return err ? LAB_HARNESS : 0;
}
