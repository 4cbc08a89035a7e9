// SPDX-License-Identifier: GPL-2.0-only
/* export/files.c - the exports that are stored in the folder of a run. */
#include <errno.h>
#include <stdio.h>

#include "export.h"

static int write_file(const struct lab_export *format, const char *folder,
		      const json_t *results)
{
	const struct lab_exported run = { .results = results };
	char path[4200];
	int err = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, format->file);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	format->write(&run, f);
	if (ferror(f))
		err = -EIO;
	if (fclose(f))
		err = -errno;
	return err;
}

int lab_export_files(const char *folder, const json_t *results)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && lab_exports[i]; i++)
		if (lab_exports[i]->file)
			err = write_file(lab_exports[i], folder, results);
	return err;
}
