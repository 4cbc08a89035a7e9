// SPDX-License-Identifier: GPL-2.0-only
/* export/kcidb_files.c - the files of a run; see export/kcidb.h. */
#include <stdlib.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "kcidb.h"

#define LOG "console.log" /* which has an address of its own in a report */

static const char *const files[] = { "results.json", "host.json",
				     "results.ktap", LOG };

#define FILES (sizeof(files) / sizeof(files[0]))

static bool is_there(const struct lab_kcidb *report, const char *file)
{
	char *path;
	bool there;

	if (!report->run->folder)
		return false;
	path = xasprintf("%s/%s", report->run->folder, file);
	there = !access(path, R_OK);
	free(path);
	return there;
}

void lab_kcidb_add_urls(const struct lab_kcidb *report, json_t *test)
{
	const char *url = report->run->url;
	json_t *list;
	size_t i;

	if (!url)
		return;
	list = json_array();
	for (i = 0; i < FILES; i++) {
		if (!is_there(report, files[i]))
			continue;
		if (!strcmp(files[i], LOG))
			json_object_set_new(test, "log_url",
					    json_sprintf("%s/%s", url, LOG));
		else
			json_array_append_new(
				list,
				json_pack("{s:s, s:o}", "name", files[i], "url",
					  json_sprintf("%s/%s", url,
						       files[i])));
	}
	json_object_set_new(test, "output_files", list);
}

json_t *lab_kcidb_files(const struct lab_kcidb *report)
{
	char hash[LAB_FINGERPRINT], *path;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < FILES; i++) {
		if (!is_there(report, files[i]))
			continue;
		path = xasprintf("%s/%s", report->run->folder, files[i]);
		if (lab_fingerprint_file(path, hash))
			json_array_append_new(list, json_pack("{s:s, s:s}",
							      "name", files[i],
							      "sha256", hash));
		free(path);
	}
	return list;
}
