// SPDX-License-Identifier: GPL-2.0-only
/* export/kcidb_source.c - checkout and build; see export/kcidb.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "results/build.h"
#include "results/known.h"
#include "kcidb.h"

#define SHORT 12 /* digits of a hash that tell it from others */
#define COMMIT 40 /* digits that KCIDB takes */

/*
 * As KCIDB defines it: SHA-256 of the patches' SHA-256s, a line each, in the
 * order in which they were applied.
 */
static void hash_patches(const json_t *source, char hash[LAB_FINGERPRINT])
{
	const json_t *patches = json_object_get(source, "patches");
	struct sha256_ctx sha;
	json_t *patch;
	size_t i;

	hash[0] = '\0';
	if (!json_array_size(patches))
		return;
	sha256_init(&sha);
	json_array_foreach(patches, i, patch) {
		const char *one = lab_text(patch, "sha256");

		sha256_update(&sha, strlen(one), (const uint8_t *)one);
		sha256_update(&sha, 1, (const uint8_t *)"\n");
	}
	lab_fingerprint_end(&sha, hash);
}

/*
 * The commit, or the package, or, if neither is known, the release. Of a kernel
 * that panicked before it told its release, nothing may be taken for another's.
 */
static void name_checkout(struct lab_kcidb *report, const char *release)
{
	const char *commit = lab_text(report->source, "commit");
	const char *package = lab_text(report->source, "package");
	char *base = xstrdup(*commit  ? commit :
			     *package ? package :
			     *release ? release :
					report->fingerprint);
	char *at;

	for (at = base; (at = strchr(at, ' ')); at++)
		*at = '-';
	snprintf(report->checkout, sizeof(report->checkout), "%.80s%s%.*s",
		 base, *report->patchset ? "-" : "", SHORT, report->patchset);
	free(base);
}

static void fingerprint_of(const json_t *results, char hash[LAB_FINGERPRINT])
{
	char *text = lab_results_text(lab_known_unmarked(results));

	lab_fingerprint(xcheck(text), hash);
	free(text);
}

void lab_kcidb_name(struct lab_kcidb *report, const struct lab_exported *run)
{
	const json_t *kernel = json_object_get(run->results, "kernel");
	const char *build_id = lab_text(kernel, "build_id");
	char tail[64] = "";
	const char *commit;

	*report = (struct lab_kcidb){
		.run = run,
		.origin = run->origin ?: LAB_EXPORT_ORIGIN,
		.source = json_object_get(run->host, "kernel_source"),
	};
	commit = lab_text(report->source, "commit");
	fingerprint_of(run->results, report->fingerprint);
	hash_patches(report->source, report->patchset);
	name_checkout(report, lab_text(kernel, "release"));
	if (*commit || *report->patchset)
		snprintf(tail, sizeof(tail), "-%.*s%.*s", SHORT, commit, SHORT,
			 report->patchset);
	snprintf(report->build, sizeof(report->build), "%.64s%s",
		 *build_id ? build_id : report->fingerprint, tail);
	snprintf(report->test, sizeof(report->test), "%.32s%s",
		 report->fingerprint, tail);
}

json_t *lab_kcidb_id(const struct lab_kcidb *report, const char *kind,
		     const char *unique)
{
	return json_sprintf("%s:%s%s%s", report->origin, kind, *kind ? "-" : "",
			    unique);
}

/* Sets what is known. */
static void set(json_t *object, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(object, key, json_string(text));
}

/*
 * The name of a tree by its address: .../torvalds/linux.git is called mainline,
 * .../stable/linux.git stable, .../net-next.git net-next.
 */
static char *tree_of_url(const char *url)
{
	size_t end = strlen(url), from;
	char *name;

	if (end && url[end - 1] == '/')
		end--;
	if (end > 4 && !strncmp(url + end - 4, ".git", 4))
		end -= 4;
	for (from = end; from && url[from - 1] != '/';)
		from--;
	if (from > 1 && end - from == 5 && !strncmp(url + from, "linux", 5)) {
		end = from - 1;
		for (from = end; from && url[from - 1] != '/';)
			from--;
	}
	name = xasprintf("%.*s", (int)(end - from), url + from);
	if (strcmp(name, "torvalds") != 0)
		return name;
	free(name);
	return xstrdup("mainline");
}

static void set_tree(json_t *checkout, const struct lab_kcidb *report)
{
	const char *known = lab_text(report->source, "tree");
	char *name =
		report->run->tree ? xstrdup(report->run->tree) :
		*known		  ? xstrdup(known) :
			 tree_of_url(lab_text(report->source, "repository"));

	set(checkout, "tree_name", name);
	free(name);
}

static void set_git(json_t *checkout, const json_t *source)
{
	const char *url = lab_text(source, "repository");
	const char *commit = lab_text(source, "commit");

	/* Another scheme is none that others can read. */
	if (!strncmp(url, "https://", 8) || !strncmp(url, "git://", 6))
		set(checkout, "git_repository_url", url);
	if (strlen(commit) == COMMIT)
		set(checkout, "git_commit_hash", commit);
	set(checkout, "git_repository_branch", lab_text(source, "branch"));
}

/* What of the source KCIDB has no key for. */
static json_t *more_of_source(const json_t *source)
{
	static const char *const keys[] = { "package", "uncommitted",
					    "patches" };
	json_t *misc = json_object();
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = json_object_get(source, keys[i]);

		if (value)
			json_object_set(misc, keys[i], value);
	}
	return misc;
}

json_t *lab_kcidb_checkout(const struct lab_kcidb *report)
{
	const json_t *source = report->source;
	json_t *checkout = json_pack(
		"{s:o, s:s, s:s, s:b, s:o}", "id",
		lab_kcidb_id(report, "checkout", report->checkout), "origin",
		report->origin, "comment",
		lab_text(json_object_get(report->run->results, "kernel"),
			 "release"),
		"valid", 1, "misc", more_of_source(source));

	set_tree(checkout, report);
	set_git(checkout, source);
	/* "" says that there are none: said only where the source is known. */
	if (*lab_text(source, "commit") || *lab_text(source, "package") ||
	    *report->patchset)
		json_object_set_new(checkout, "patchset_hash",
				    json_string(report->patchset));
	return checkout;
}

json_t *lab_kcidb_build(const struct lab_kcidb *report)
{
	const json_t *kernel = json_object_get(report->run->results, "kernel");
	json_t *misc =
		json_pack("{s:s}", "build_id", lab_text(kernel, "build_id"));
	json_t *build = json_pack(
		"{s:o, s:o, s:s, s:s, s:s, s:s}", "id",
		lab_kcidb_id(report, "build", report->build), "checkout_id",
		lab_kcidb_id(report, "checkout", report->checkout), "origin",
		report->origin, "architecture", lab_text(kernel, "machine"),
		"comment", lab_text(kernel, "version"), "status", "PASS");

	set(build, "compiler", lab_text(report->source, "compiler"));
	set(build, "config_name", lab_text(report->source, "config"));
	if (report->run->config_url)
		set(build, "config_url", report->run->config_url);
	set(misc, "config_sha256", lab_text(report->source, "config_sha256"));
	json_object_set_new(build, "misc", misc);
	return build;
}
