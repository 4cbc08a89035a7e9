// SPDX-License-Identifier: GPL-2.0-only
/* cluster/bundle.c - see cluster/bundle.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/copy.h"
#include "lib/leftover.h"
#include "lib/paths.h"
#include "lib/words.h"
#include "bundle.h"

#define FIXED 7
#define CARRIED_MAX 32
#define PARTS (FIXED + CARRIED_MAX)

/* Of scripts/runtime/guest.sh; vmlinux and the module with symbols decode logs. */
struct parts {
	char initramfs[CARRIED_MAX][256];
	const char *name[PARTS]; /* some need not be there */
	size_t count;
	size_t needed; /* the first ones have to be */
};

/* False if there are too many archives. */
static bool name_parts(struct parts *parts, const char *program)
{
	static const char *const needed[] = { "kernel", "labyrinth.ko",
					      "initramfs" };
	static const char *const others[] = { "checks-itself", "arch", "origin",
					      "vmlinux" };
	struct lab_words words;
	size_t i;

	parts->count = 0;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		parts->name[parts->count++] = needed[i];
	lab_words_split(program ? program : "", &words);
	for (i = 0; i < words.count && i < CARRIED_MAX; i++) {
		snprintf(parts->initramfs[i], sizeof(parts->initramfs[i]),
			 "initramfs+%s", words.word[i]);
		parts->name[parts->count++] = parts->initramfs[i];
	}
	parts->needed = parts->count;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		parts->name[parts->count++] = others[i];
	i = words.count;
	lab_words_free(&words);
	if (i > CARRIED_MAX)
		fprintf(stderr,
			"labyrinth: %zu archives for guests are too many for one plan; %d at most: name fewer scenarios\n",
			i, CARRIED_MAX);
	return i <= CARRIED_MAX;
}

static int complain(const char *folder, const char *name, int err)
{
	fprintf(stderr, "labyrinth: %s/%s: %s\n", folder, name, strerror(-err));
	return err;
}

static bool add_part(struct sha256_ctx *sha, const char *folder,
		     const char *name, bool needed)
{
	char *path = xasprintf("%s/%s", folder, name);
	char hex[LAB_FINGERPRINT], line[300];
	const bool there = !needed && access(path, F_OK) ? false : true;
	bool good = true;

	if (there) {
		good = lab_fingerprint_file(path, hex);
		snprintf(line, sizeof(line), "%s %s\n", name, hex);
		sha256_update(sha, strlen(line), (const uint8_t *)line);
	}
	free(path);
	if (!good)
		complain(folder, name, errno ? -errno : -EIO);
	return good;
}

bool lab_bundle_fingerprint(const struct lab_bundle *bundle,
			    const char *program, char hex[LAB_FINGERPRINT])
{
	struct sha256_ctx sha;
	struct parts parts;
	size_t i;

	if (!name_parts(&parts, program))
		return false;
	sha256_init(&sha);
	for (i = 0; i < parts.count; i++)
		if (!add_part(&sha, bundle->folder, parts.name[i],
			      i < parts.needed))
			return false;
	lab_fingerprint_end(&sha, hex);
	return true;
}

static int copy_part(const char *from, const char *to, const char *name,
		     bool needed)
{
	char *source = xasprintf("%s/%s", from, name);
	char *target = xasprintf("%s/%s", to, name);
	int err = 0;

	if (needed || !access(source, F_OK))
		err = lab_copy_file(source, target, 0644);
	if (err)
		complain(to, name, err);
	free(source);
	free(target);
	return err;
}

/* The decoder of logs looks for the module with its symbols in a folder. */
static int copy_symbols(const char *from, const char *to)
{
	char *folder = xasprintf("%s/module", to);
	char *mark = xasprintf("%s/vmlinux", to);
	int err = 0;

	if (!access(mark, F_OK)) {
		err = mkdir(folder, 0755) ? -errno : 0;
		if (!err)
			err = copy_part(from, to, "module/labyrinth.ko", false);
	}
	free(folder);
	free(mark);
	return err;
}

static int copy_parts(const char *from, const char *program, const char *to)
{
	struct parts parts;
	int err = 0;
	size_t i;

	if (!name_parts(&parts, program))
		return -E2BIG;
	for (i = 0; !err && i < parts.count; i++)
		err = copy_part(from, to, parts.name[i], i < parts.needed);
	return err ?: copy_symbols(from, to);
}

static int check_copy(const char *folder, const char *program, const char *hex)
{
	struct lab_bundle copy = {};
	char found[LAB_FINGERPRINT];

	snprintf(copy.folder, sizeof(copy.folder), "%s", folder);
	if (!lab_bundle_fingerprint(&copy, program, found))
		return -EIO;
	if (!strcmp(found, hex))
		return 0;
	fprintf(stderr,
		"labyrinth: the copy in %s has the SHA-256 %s and not %s: it is not used\n",
		folder, found, hex);
	return -EBADMSG;
}

/* In a folder of this process, which is nobody's once it died. */
static int make_copy(const struct lab_bundle *bundle, const char *program,
		     const char *parent, const char *hex)
{
	char part[4096], *whole = xasprintf("%s/%s", parent, hex);
	int lock = lab_owned_make(parent, hex, part, sizeof(part)), err;

	if (lock < 0) {
		free(whole);
		return complain(parent, hex, lock);
	}
	err = copy_parts(bundle->folder, program, part);
	if (!err)
		err = check_copy(part, program, hex);
	lab_owned_end(lock, part);
	/* Another that copied the same was first: that is as good. */
	if (!err && rename(part, whole) && errno != EEXIST &&
	    errno != ENOTEMPTY)
		err = complain(parent, hex, -errno);
	lab_remove_tree(part);
	free(whole);
	return err;
}

int lab_bundle_copy(const struct lab_bundle *bundle, const char *program,
		    const char *parent, const char *hex)
{
	char *whole = xasprintf("%s/%s", parent, hex);
	char *path = xasprintf("%s/.%s.lock", parent, hex);
	int lock, err = 0;

	err = lab_make_path((char *)parent);
	if (err)
		complain(parent, hex, err);
	/* Who comes while it is copied waits for the copy, and makes none. */
	lock = err ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	if (!err && access(whole, F_OK)) {
		lab_leftovers_remove(parent);
		err = make_copy(bundle, program, parent, hex);
	}
	if (lock >= 0)
		close(lock);
	free(path);
	free(whole);
	return err;
}
