/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/kmsg.h - what the kernel says of failures while shots are fired. */
#ifndef LAB_KMSG_H
#define LAB_KMSG_H

#include <stdint.h>

struct lab_kmsg {
	uint64_t reports; /* of requests that found nothing */
	uint64_t announced; /* of failures that were injected */
	uint64_t lost; /* times that the log was faster than its reader */
};

/* An open log, at its end: a file, or a negative errno. */
int lab_kmsg_open(void);

/* Counts what was said since the last call. */
void lab_kmsg_count(int log, struct lab_kmsg *kmsg);

#endif /* LAB_KMSG_H */
