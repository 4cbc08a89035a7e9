// SPDX-License-Identifier: GPL-2.0-only
/* lib/reserve.c - see lib/reserve.h. */
#include <errno.h>
#include <fcntl.h>

#include "reserve.h"

int lab_reserve(int fd, uint64_t from, uint64_t size)
{
	if (!fallocate(fd, FALLOC_FL_KEEP_SIZE, from, size))
		return 0;
	return errno == EOPNOTSUPP || errno == ENOSYS ? 0 : -errno;
}
