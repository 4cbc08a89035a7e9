// SPDX-License-Identifier: GPL-2.0-only
/* lib/file.c - see lib/file.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"

char *lab_stream_read(FILE *from, size_t *size)
{
	char *text = NULL, bytes[4096];
	size_t length = 0, n;
	FILE *to = xcheck(open_memstream(&text, &length));
	int err;

	errno = 0;
	while ((n = fread(bytes, 1, sizeof(bytes), from)))
		fwrite(bytes, 1, n, to);
	err = ferror(from) ? errno ?: EIO : 0;
	if (fclose(to))
		xcheck(NULL);
	if (err) {
		free(text);
		errno = err;
		return NULL;
	}
	if (size)
		*size = length;
	return text;
}

char *lab_file_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *text;
	int err;

	if (!f)
		return NULL;
	text = lab_stream_read(f, size);
	err = errno;
	fclose(f);
	errno = err;
	return text;
}

void lab_file_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");

	line[0] = '\0';
	if (!f)
		return;
	if (!fgets(line, size, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(f);
}

int lab_file_number(const char *path, int base, uint64_t *number)
{
	char line[64], *end;
	FILE *f = fopen(path, "re");
	int err = 0;

	if (!f)
		return -errno;
	if (!fgets(line, sizeof(line), f))
		err = ferror(f) ? -errno : -EIO;
	fclose(f);
	if (err)
		return err;
	errno = 0;
	*number = strtoull(line, &end, base);
	return end == line || errno ? -EIO : 0;
}

int lab_file_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int lab_file_create(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	int err = 0;

	if (!f)
		return -errno;
	if (fputs(text, f) < 0)
		err = -EIO;
	if (fclose(f))
		err = -errno;
	return err;
}
