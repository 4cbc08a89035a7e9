/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/kmsg.h - counts messages in the kernel's log while shots are fired. */
#ifndef LAB_KMSG_H
#define LAB_KMSG_H

#include <stdint.h>

struct lab_kmsg {
	uint64_t reports; /* "page allocation failure" reports */
	uint64_t announced; /* messages of fault injection */
	uint64_t lost; /* times that records were overwritten before they were read */
};

/* Opens /dev/kmsg at its end: a descriptor or a negative errno. */
int lab_kmsg_open(void);

/*
 * Counts the messages since the last call. With a negative descriptor all
 * counts are 0.
 */
void lab_kmsg_count(int log, struct lab_kmsg *kmsg);

#endif /* LAB_KMSG_H */
