// SPDX-License-Identifier: GPL-2.0-only
/* log/kernel_version.c - see log/kernel_version.h. */
#include <stdio.h>
#include <string.h>

#include "kernel_version.h"

#define NEWEST INT64_MAX

int64_t lab_version_key(int major, int minor, int patch)
{
	return (int64_t)major * 1000000 + (int64_t)minor * 1000 +
	       (patch < 0   ? 0 :
		patch > 999 ? 999 :
			      patch);
}

bool lab_version_parse(const char *release, struct lab_version *version)
{
	int major, minor, patch, n = 0;

	*version = (struct lab_version){ .patch = -1 };
	if (sscanf(release, "%3d.%3d%n", &major, &minor, &n) != 2 ||
	    major < 2 || major > 99 || minor < 0)
		return false;
	version->major = major;
	version->minor = minor;
	if (sscanf(release + n, ".%3d", &patch) == 1 && patch >= 0)
		version->patch = patch;
	return true;
}

/*
 * Kernels of vendors whose memory management is newer than their number: what
 * they are known to have taken over reaches up to a version.
 */
static const struct {
	const char *mark; /* within the release */
	int major, minor; /* of its number */
	int to_major, to_minor;
} vendors[] = {
	{ ".el8", 4, 18, 5, 9 },     { ".el9", 5, 14, 6, 12 },
	{ ".el10", 6, 12, 6, 99 },   { ".lp15", 5, 3, 5, 9 },
	{ "-default", 4, 12, 5, 0 }, { "-default", 5, 3, 5, 9 },
	{ "-default", 5, 14, 6, 6 }, { "-default", 6, 4, 6, 12 },
	{ "uek", 4, 14, 5, 9 },	     { "uek", 5, 4, 5, 9 },
	{ "uek", 5, 15, 6, 11 },     { "6.8.0-", 6, 8, 6, 11 },
	{ "-pve", 6, 8, 6, 11 },
};

/*
 * What a format tells of the version, by the commit that brought or took it.
 * Bounds are of the first version that can be (from) and the last (to).
 */
static bool says_dot(const struct lab_kernel_report *report)
{
	return report->failure_dot;
}

static bool says_words(const struct lab_kernel_report *report)
{
	return report->words[0];
}

static bool says_no_words(const struct lab_kernel_report *report)
{
	return report->has_mode && !report->words[0] &&
	       !(report->flaws & LAB_FLAW_MODE) &&
	       report->kind == LAB_REPORT_PAGE;
}

static bool any_zone(const struct lab_kernel_report *report, size_t field)
{
	unsigned int i;

	for (i = 0; i < report->zones; i++) {
		const char *base = (const char *)&report->zone[i];
		const int64_t *value = (const int64_t *)(base + field);

		if (*value != LAB_UNSAID)
			return true;
	}
	return false;
}

static bool says_boost(const struct lab_kernel_report *report)
{
	return any_zone(report, offsetof(struct lab_report_zone, boost));
}

static bool says_highatomic(const struct lab_kernel_report *report)
{
	return any_zone(report, offsetof(struct lab_report_zone, highatomic));
}

static bool says_highatomic_free(const struct lab_kernel_report *report)
{
	return any_zone(report,
			offsetof(struct lab_report_zone, highatomic_free));
}

static bool says_cma(const struct lab_kernel_report *report)
{
	return any_zone(report, offsetof(struct lab_report_zone, cma));
}

static bool says_cpuset(const struct lab_kernel_report *report)
{
	return report->cpuset_printed;
}

static bool says_nodemask(const struct lab_kernel_report *report)
{
	return report->nodemask[0] && report->kind == LAB_REPORT_PAGE;
}

static bool says_managed(const struct lab_kernel_report *report)
{
	return any_zone(report, offsetof(struct lab_report_zone, managed));
}

/* Of a line that is whole. */
static bool says_no_managed(const struct lab_kernel_report *report)
{
	return any_zone(report, offsetof(struct lab_report_zone, present)) &&
	       !says_managed(report) && !(report->flaws & LAB_FLAW_CUT);
}

static bool has_letter(const struct lab_kernel_report *report,
		       unsigned int letters)
{
	unsigned int i, order;

	for (i = 0; i < report->zones; i++)
		for (order = 0; order < report->zone[i].orders; order++)
			if (report->zone[i].types[order] & letters)
				return true;
	return false;
}

static bool says_letter_h(const struct lab_kernel_report *report)
{
	return has_letter(report, LAB_BLOCK_HIGHATOMIC);
}

static bool says_letter_r(const struct lab_kernel_report *report)
{
	return has_letter(report, LAB_BLOCK_RESERVE);
}

static const struct {
	bool (*says)(const struct lab_kernel_report *report);
	int from_major, from_minor, to_major, to_minor;
	const char *words;
} formats[] = {
	{ says_dot, 2, 6, 2, 6, "\"failure.\" with a dot" },
	{ says_words, 4, 6, 99, 0, "the mode in words" },
	{ says_no_words, 2, 6, 4, 5, "the mode without words" },
	{ says_nodemask, 4, 11, 99, 0, "nodemask= in the head" },
	{ says_cpuset, 5, 0, 99, 0, "cpuset= in the head" },
	{ says_cma, 3, 7, 99, 0, "free_cma" },
	{ says_managed, 3, 8, 99, 0, "managed" },
	{ says_no_managed, 2, 6, 3, 7, "no managed" },
	{ says_letter_r, 3, 8, 4, 3, "the letter R" },
	{ says_letter_h, 4, 4, 99, 0, "the letter H" },
	{ says_highatomic, 5, 6, 99, 0, "reserved_highatomic" },
	{ says_boost, 5, 18, 99, 0, "boost" },
	{ says_highatomic_free, 6, 12, 99, 0, "free_highatomic" },
};

static struct lab_version_range
from_format(const struct lab_kernel_report *report)
{
	struct lab_version_range range = { .to = NEWEST };
	const char *why = "nothing";
	char until[24] = "now";
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const int64_t from = lab_version_key(formats[i].from_major,
						     formats[i].from_minor, 0);
		const int64_t to = lab_version_key(formats[i].to_major,
						   formats[i].to_minor, 999);

		if (!formats[i].says(report))
			continue;
		if (from > range.from)
			range.from = from;
		if (to < range.to)
			range.to = to;
		why = formats[i].words;
	}
	if (range.to < lab_version_key(99, 0, 0))
		snprintf(until, sizeof(until), "%d.%d",
			 (int)(range.to / 1000000),
			 (int)(range.to / 1000 % 1000));
	if (range.from / 1000 == range.to / 1000)
		snprintf(range.words, sizeof(range.words),
			 "not stated; by the format (%s) %s", why, until);
	else if (range.from)
		snprintf(range.words, sizeof(range.words),
			 "not stated; by the format (%s) %d.%d to %s", why,
			 (int)(range.from / 1000000),
			 (int)(range.from / 1000 % 1000), until);
	else
		snprintf(range.words, sizeof(range.words),
			 "not stated; the format tells nothing of it");
	return range;
}

/* "5.8.0-00013-g192f2fd7b678" by git-describe(1), not "5.15.0-126-generic". */
static bool has_commit(const char *release)
{
	const char *at = release;

	while ((at = strstr(at, "-g"))) {
		at += 2;
		if (strspn(at, "0123456789abcdef") >= 7)
			return true;
	}
	return false;
}

/* "5.10.0-21-amd64": the patch level of a distribution that counts its own. */
static bool patch_is_hidden(const struct lab_kernel_report *report)
{
	char start[32];

	snprintf(start, sizeof(start), "%d.%d.0-", report->version.major,
		 report->version.minor);
	return !strncmp(report->release, start, strlen(start)) &&
	       report->release[strlen(start)] >= '0' &&
	       report->release[strlen(start)] <= '9' &&
	       !has_commit(report->release);
}

struct lab_version_range lab_version_of(const struct lab_kernel_report *report)
{
	const struct lab_version *version = &report->version;
	struct lab_version_range range = { .stated = true };
	size_t i;

	if (!version->major)
		return from_format(report);
	range.from =
		lab_version_key(version->major, version->minor, version->patch);
	range.to = range.from;
	if (version->patch < 0 || patch_is_hidden(report)) {
		range.from = lab_version_key(version->major, version->minor, 0);
		range.to = lab_version_key(version->major, version->minor, 999);
	}
	for (i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		if (!strstr(report->release, vendors[i].mark) ||
		    version->major != vendors[i].major ||
		    version->minor != vendors[i].minor)
			continue;
		range.vendor = true;
		range.to = lab_version_key(vendors[i].to_major,
					   vendors[i].to_minor, 999);
	}
	snprintf(range.words, sizeof(range.words), "%s", report->release);
	return range;
}
