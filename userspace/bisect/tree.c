// SPDX-License-Identifier: GPL-2.0-only
/*
 * bisect/tree.c - commits, and a work tree of their own.
 *
 * The work tree is that of a clone which shares the objects of the user's
 * repository. That one is only read: no reference, no index, no work tree of it
 * changes, and it is never in the state of a bisection, whatever ends this
 * program. "git bisect" is not used, because lists of kernels need a search of
 * their own anyway, and the way in which it goes around skipped commits takes
 * more builds than the nearest neighbour does.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bisect.h"
#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/process.h"

/* What a command prints, malloc()ed; NULL when it fails. */
static char *ask(char *const argv[])
{
	struct lab_process process;
	char *text;

	if (lab_process_start(&process, argv, -1, -1))
		return NULL;
	text = lab_stream_read(process.from, NULL);
	if (!lab_process_end(&process))
		return text;
	free(text);
	return NULL;
}

static bool run(char *const argv[])
{
	char *text = ask(argv);
	const bool good = text;

	free(text);
	return good;
}

static char *resolve(const struct lab_bisect *bisect, const char *revision)
{
	char *what = xasprintf("%s^{commit}", revision);
	char *argv[] = {
		"git",	    "-C",      (char *)bisect->repo, "rev-parse",
		"--verify", "--quiet", "--end-of-options",   what,
		NULL
	};
	char *commit = ask(argv);

	if (!commit)
		fprintf(stderr,
			"labyrinth: '%s' is no commit of the git repository %s; --repo names another\n",
			revision, bisect->repo);
	else
		commit[strcspn(commit, "\n")] = '\0';
	free(what);
	return commit;
}

/* A line is "COMMIT<tab>PARENTS<tab>AUTHOR<tab>SUBJECT". */
static json_t *candidate_of(char *line, bool author)
{
	char *part[4];
	json_t *candidate;
	size_t i;

	for (i = 0; i < 3; i++)
		part[i] = strsep(&line, "\t");
	part[3] = line;
	if (!part[3])
		return NULL;
	/* What is no UTF-8 is left out. */
	candidate = json_pack("{s:s, s:s*, s:b, s:s}", "kernel", part[0],
			      "subject", part[3], "merge",
			      !!strchr(part[1], ' '), "outcome",
			      lab_search_words[LAB_UNTRIED]);
	if (!candidate)
		candidate = json_pack("{s:s, s:s, s:b, s:s}", "kernel", part[0],
				      "subject", "", "merge",
				      !!strchr(part[1], ' '), "outcome",
				      lab_search_words[LAB_UNTRIED]);
	if (author)
		json_object_set_new(candidate, "author", json_string(part[2]));
	return candidate;
}

/* Commits that a range of git names, the oldest first. */
static json_t *list(const struct lab_bisect *bisect, const char *range)
{
	char *argv[] = { "git",
			 "-C",
			 (char *)bisect->repo,
			 "-c",
			 "log.showSignature=false",
			 "-c",
			 "i18n.logOutputEncoding=UTF-8",
			 "log",
			 "--no-color",
			 "--first-parent",
			 "--reverse",
			 "--format=%H%x09%P%x09%an%x09%s",
			 (char *)range,
			 "--",
			 NULL };
	char *text = ask(argv), *line, *rest = text;
	json_t *commits = json_array();

	while (rest && *rest) {
		line = strsep(&rest, "\n");
		json_array_append_new(commits,
				      candidate_of(line, bisect->author));
	}
	free(text);
	return commits;
}

static json_t *list_one(const struct lab_bisect *bisect, const char *commit)
{
	char *range = xasprintf("%s^!", commit);
	json_t *commits = list(bisect, range);
	json_t *one = json_incref(json_array_get(commits, 0));

	json_decref(commits);
	free(range);
	return one;
}

static bool fill(struct lab_bisect *bisect, char *good, char *bad)
{
	char *argv[] = { "git",
			 "-C",
			 (char *)bisect->repo,
			 "merge-base",
			 "--is-ancestor",
			 good,
			 bad,
			 NULL };
	char *range;
	json_t *commits;

	if (!strcmp(good, bad) || !run(argv)) {
		fprintf(stderr,
			"labyrinth: %s is no ancestor of %s: bisect looks for what made a kernel worse, from GOOD on to BAD\n",
			bisect->good, bisect->bad);
		return false;
	}
	range = xasprintf("%s..%s", good, bad);
	commits = list(bisect, range);
	free(range);
	json_object_set_new(bisect->state, "good", list_one(bisect, good));
	json_object_set(bisect->state, "candidates", commits);
	if (!json_array_size(commits))
		fprintf(stderr, "labyrinth: git cannot list %s..%s of %s\n",
			good, bad, bisect->repo);
	json_decref(commits);
	return json_array_size(json_object_get(bisect->state, "candidates"));
}

bool lab_bisect_commits(struct lab_bisect *bisect)
{
	char *good = resolve(bisect, bisect->good);
	char *bad = resolve(bisect, bisect->bad);
	const bool filled = good && bad && fill(bisect, good, bad);

	free(good);
	free(bad);
	return filled;
}

/* Made under another name, so that one that was interrupted is none. */
static bool make_tree(const struct lab_bisect *bisect, const char *tree)
{
	char *part = xasprintf("%s.part", tree);
	char *repo = realpath(bisect->repo, NULL);
	char *clean[] = { "rm", "-rf", part, NULL };
	char *clone[] = {
		"git", "clone", "--quiet", "--shared", "--no-checkout",
		"--",  repo,	part,	   NULL
	};
	const bool made = repo && run(clean) && run(clone) &&
			  !rename(part, tree);

	if (!made)
		fprintf(stderr,
			"labyrinth: git cannot clone %s to %s; is there room?\n",
			bisect->repo, tree);
	free(part);
	free(repo);
	return made;
}

bool lab_bisect_checkout(const struct lab_bisect *bisect, const char *commit)
{
	char *tree = xasprintf("%s/tree", bisect->folder);
	char *lock = xasprintf("%s/.git/index.lock", tree);
	char *argv[] = { "git",
			 "-C",
			 tree,
			 "-c",
			 "core.hooksPath=/dev/null",
			 "checkout",
			 "--quiet",
			 "--force",
			 "--detach",
			 (char *)commit,
			 NULL };
	bool good = !access(tree, F_OK) || make_tree(bisect, tree);

	/* Of a git that was killed: the folder is locked, so none runs in it. */
	unlink(lock);
	if (good && !run(argv)) {
		good = false;
		fprintf(stderr,
			"labyrinth: git cannot check out %s in %s; is there room?\n",
			commit, tree);
	}
	free(lock);
	free(tree);
	return good;
}
