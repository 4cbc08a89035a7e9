// SPDX-License-Identifier: GPL-2.0-only
/* victim/service.c - see victim/service.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "service.h"

int lab_service_start(void)
{
	return 0;
}

void lab_service_stop(void)
{
}

int lab_service_close(void)
{
	return 0;
}

void lab_service_error(struct lab_work *work, int error)
{
	if (!work->errors++)
		work->error = error;
}

void lab_service_end(struct lab_work *work, const char *units)
{
	if (work->done < work->asked)
		snprintf(work->detail, sizeof(work->detail), "%llu %s",
			 (unsigned long long)(work->asked - work->done), units);
}

int lab_service_missing(const char *what, int error, char *why, size_t size)
{
	snprintf(why, size, "this kernel has no %s: %s", what, strerror(error));
	return -ENODEV;
}
