// SPDX-License-Identifier: GPL-2.0-only
/*
 * sys/restore.c - see sys/restore.h.
 *
 * The list is a text file with one setting a line: path, tab, value. A line is
 * appended before the setting is changed, so the list is always complete. For
 * things that are not files in /sys or /proc the kind ("swap") stands in place
 * of the path.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/file.h"
#include "restore.h"

#define LOCK LAB_RESTORE_DIR "/lock"
#define LIST LAB_RESTORE_DIR "/undo"
#define VALUE_MAX 128

static int read_value(const char *path, char *value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, value, VALUE_MAX - 1);
	close(fd);
	if (n < 0)
		return -errno;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

static int undo_swap(const char *name)
{
	return swapoff(name) ? -errno : 0;
}

static int undo_zram(const char *name)
{
	return lab_file_write("/sys/class/zram-control/hot_remove", name);
}

static int undo_folder(const char *name)
{
	return rmdir(name) ? -errno : 0;
}

static int stop(const char *name)
{
	return lab_file_write(name, "0");
}

static const struct {
	const char *name;
	int (*undo)(const char *name);
	int gone; /* the error of something that is gone already */
} kinds[] = {
	[LAB_RESTORE_SWAP] = { "swap", undo_swap, -EINVAL },
	[LAB_RESTORE_ZRAM] = { "zram", undo_zram, -ENODEV },
	[LAB_RESTORE_FOLDER] = { "folder", undo_folder, -ENOENT },
	[LAB_RESTORE_STOP] = { "stop", stop, -ENOENT },
};

struct saved {
	char line[512]; /* path, NUL, value, NUL */
	char *value;
};

/*
 * Reads the list into a malloc()ed array: the number of entries or a negative
 * errno.
 */
static int list_read(struct saved **all)
{
	FILE *f = fopen(LIST, "re");
	char line[512];
	int n = 0;

	*all = NULL;
	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (fgets(line, sizeof(line), f)) {
		struct saved *more = realloc(*all, (n + 1) * sizeof(**all));
		size_t tab = strcspn(line, "\t");

		if (!more || !line[tab])
			break;
		*all = more;
		line[strcspn(line, "\n")] = '\0';
		line[tab] = '\0';
		memcpy(more[n].line, line, sizeof(line));
		n++;
	}
	fclose(f);
	/* After the loop, because realloc() moved the entries. */
	for (int i = 0; i < n; i++)
		(*all)[i].value = strchr((*all)[i].line, '\0') + 1;
	return n;
}

/* An entry with a slash is a path, others are kinds. */
static int undo_one(const struct saved *saved)
{
	char now[VALUE_MAX];
	size_t i;
	int err;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(saved->line, kinds[i].name))
			continue;
		err = kinds[i].undo(saved->value);
		return err == kinds[i].gone || err == -ENOENT ? 0 : err;
	}
	err = lab_file_write(saved->line, saved->value);
	if (!err)
		err = read_value(saved->line, now);
	if (!err && strcmp(now, saved->value))
		err = -EIO;
	return err;
}

static bool is_stop(const struct saved *saved)
{
	return !strcmp(saved->line, kinds[LAB_RESTORE_STOP].name);
}

int lab_restore_all(char *why, size_t size)
{
	struct saved *all;
	int n, i, err, worst = 0;

	n = list_read(&all);
	for (i = 0; i < n; i++)
		if (is_stop(&all[i]))
			undo_one(&all[i]);
	for (i = n - 1; i >= 0; i--) {
		err = is_stop(&all[i]) ? 0 : undo_one(&all[i]);
		if (err && !worst) {
			snprintf(why, size, "%s is not %s again: %s",
				 all[i].line, all[i].value, strerror(-err));
			worst = err;
		}
	}
	free(all);
	/*
	 * When something could not be restored the list is kept for the next
	 * start.
	 */
	if (n > 0 && !worst)
		unlink(LIST);
	return worst ? worst : n;
}

void lab_restore_show(FILE *to)
{
	struct saved *all;
	int n = list_read(&all), i;

	for (i = 0; i < n; i++)
		fprintf(to, "  %s = %s\n", all[i].line, all[i].value);
	free(all);
}

int lab_restore_lock(void)
{
	int fd, err;

	if (mkdir(LAB_RESTORE_DIR, 0700) && errno != EEXIST)
		return -errno;
	fd = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
		close(fd);
		return err;
	}
	if (ftruncate(fd, 0) || dprintf(fd, "%d\n", getpid()) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return 0;
}

pid_t lab_restore_holder(void)
{
	char text[VALUE_MAX];

	return read_value(LOCK, text) ? 0 : atoi(text);
}

int lab_restore_begin(size_t *restored)
{
	char why[512];
	int n = lab_restore_lock();

	*restored = 0;
	if (n)
		return n;
	n = lab_restore_all(why, sizeof(why));
	if (n < 0) {
		fprintf(stderr,
			"labyrinth: an earlier run left its mark: %s\n"
			"labyrinth: make that possible (is debugfs mounted?), or put it back by hand and\n"
			"labyrinth: remove " LIST "\n",
			why);
		return n;
	}
	*restored = n;
	return 0;
}

static int list_append(const char *path, const char *value)
{
	FILE *f = fopen(LIST, "ae");
	int err = 0;

	if (!f)
		return -errno;
	if (fprintf(f, "%s\t%s\n", path, value) < 0)
		err = -EIO;
	if (fclose(f))
		err = -errno;
	return err;
}

/*
 * Is the path in the list, with that value unless it is NULL? 1, 0 or a
 * negative errno.
 */
static int list_has(const char *path, const char *value)
{
	struct saved *all;
	int n = list_read(&all), i;

	for (i = 0; i < n; i++)
		if (!strcmp(all[i].line, path) &&
		    (!value || !strcmp(all[i].value, value)))
			break;
	free(all);
	return n < 0 ? n : i < n;
}

int lab_restore_note(enum lab_restore_kind kind, const char *name)
{
	const int has = list_has(kinds[kind].name, name);

	return has ? has < 0 ? has : 0 : list_append(kinds[kind].name, name);
}

int lab_restore_save(const char *path)
{
	char value[VALUE_MAX];
	int err = list_has(path, NULL);

	if (err)
		return err < 0 ? err : 0;
	err = read_value(path, value);
	return err ? err : list_append(path, value);
}

int lab_restore_write(const char *path, const char *value)
{
	int err = lab_restore_save(path);

	return err ? err : lab_file_write(path, value);
}

/* The entry stays in the list: restoring it again does no harm. */
int lab_restore_one(const char *path)
{
	struct saved *all;
	int n = list_read(&all), i, err = n < 0 ? n : -ENOENT;

	for (i = 0; i < n; i++)
		if (!strcmp(all[i].line, path))
			err = lab_file_write(path, all[i].value);
	free(all);
	return err;
}

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static volatile sig_atomic_t guarded;

/*
 * A terminal signals both processes, kill(1) only one: pass it on to the child.
 */
static void pass_on(int number)
{
	if (guarded)
		kill(guarded, number);
}

static void handle_ending(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaction(ending[i], &action, NULL);
}

/* If the guard is gone already nobody would restore the settings. */
static void guarded_work(int (*work)(void *), void *arg, pid_t guard)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != guard)
		_exit(128 + SIGTERM);
	exit(work(arg));
}

int lab_restore_guard(int (*work)(void *), void *arg)
{
	const pid_t guard = getpid();
	sigset_t all, before;
	char why[512];
	int status;
	pid_t pid;

	fflush(NULL);
	/* Signals are blocked until both processes have their handlers. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	guarded = pid > 0 ? pid : 0;
	handle_ending(pid ? pass_on : SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return -errno;
	if (!pid)
		guarded_work(work, arg, guard);

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	guarded = 0;
	if (lab_restore_all(why, sizeof(why)) < 0)
		fprintf(stderr, "labyrinth: %s\n", why);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
