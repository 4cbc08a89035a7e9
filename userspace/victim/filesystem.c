// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/filesystem.c - file systems on a disk: made by their own programs, which
 * the guest is given, and mounted.
 *
 * They are made small and without what would be done in the background later.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/file.h"
#include "disk.h"

#define SAID "/tmp/mkfs"
#define WORDS_MAX 24

/* What a program that failed said last. */
static void last_words(char *line, size_t size)
{
	FILE *f = fopen(SAID, "re");
	char next[160];

	*line = '\0';
	while (f && fgets(next, sizeof(next), f)) {
		next[strcspn(next, "\n")] = '\0';
		if (*next)
			snprintf(line, size, ": %s", next);
	}
	if (f)
		fclose(f);
}

int lab_filesystem_make(const struct lab_layer *layer, const char *device,
			char *why, size_t size)
{
	char *argv[WORDS_MAX + 2] = {}, line[170];
	posix_spawn_file_actions_t files;
	int err, status = 0;
	pid_t child;
	size_t n;

	for (n = 0; n < WORDS_MAX && layer->make[n]; n++)
		argv[n] = (char *)layer->make[n];
	argv[n] = (char *)device;
	/* Process 1 has no PATH, and the default one has no folder of these. */
	setenv("PATH", "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin", 0);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, SAID,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	err = posix_spawnp(&child, argv[0], &files, NULL, argv,
			   (char *const *)layer->environment ?: environ);
	posix_spawn_file_actions_destroy(&files);
	if (err) {
		snprintf(why, size, "%s cannot be executed: %s", argv[0],
			 strerror(err));
		return -err;
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	last_words(line, sizeof(line));
	snprintf(why, size, "%s makes no file system%s", argv[0], line);
	return -EIO;
}

static const char *const ext4_modules[] = { "ext4", NULL };
/* Zeros are written as any other bytes: see no_zeroing() in disk.c. */
static const char *const ext4_environment[] = { "UNIX_IO_NOZEROOUT=1", NULL };
static const char *const ext4_make[] = {
	"mkfs.ext4",
	"-q",
	"-F",
	"-b",
	"4096",
	"-J",
	"size=4",
	"-N",
	"1024",
	"-E",
	"nodiscard,lazy_itable_init=0,lazy_journal_init=0",
	NULL
};

const struct lab_layer lab_layer_ext4 = {
	.name = "ext4",
	.help = "the file system ext4",
	.medium = LAB_DISK,
	.modules = ext4_modules,
	.make = ext4_make,
	.environment = ext4_environment,
};

static const char *const xfs_modules[] = { "xfs", NULL };
static const char *const xfs_make[] = { "mkfs.xfs", "-q", "-f", "-K", NULL };

const struct lab_layer lab_layer_xfs = {
	.name = "xfs",
	.help = "the file system XFS",
	.medium = LAB_DISK,
	.modules = xfs_modules,
	.make = xfs_make,
};

static const char *const btrfs_modules[] = { "btrfs", NULL };
static const char *const btrfs_make[] = { "mkfs.btrfs", "-q", "-f", "-K",
					  NULL };

const struct lab_layer lab_layer_btrfs = {
	.name = "btrfs",
	.help = "the file system Btrfs",
	.medium = LAB_DISK,
	.modules = btrfs_modules,
	.make = btrfs_make,
};
