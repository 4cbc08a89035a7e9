// SPDX-License-Identifier: GPL-2.0-only
/* sys/kmsg.c - see sys/kmsg.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"

#define RECORD_MAX 8192 /* kernel/printk/printk.c: longer ones are cut */

int lab_kmsg_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log < 0)
		return -errno;
	lseek(log, 0, SEEK_END);
	return log;
}

void lab_kmsg_count(int log, struct lab_kmsg *kmsg)
{
	static char record[RECORD_MAX + 1];
	ssize_t n;

	memset(kmsg, 0, sizeof(*kmsg));
	if (log < 0)
		return;
	for (;;) {
		n = read(log, record, RECORD_MAX);
		if (n < 0 && errno == EPIPE) {
			kmsg->lost++;
			continue;
		}
		if (n <= 0)
			return;
		record[n] = '\0';
		/* mm/page_alloc.c, warn_alloc(); lib/fault-inject.c, fail_dump() */
		kmsg->reports +=
			!!strstr(record, "page allocation failure: order:");
		kmsg->announced +=
			!!strstr(record, "FAULT_INJECTION: forcing a failure");
	}
}
