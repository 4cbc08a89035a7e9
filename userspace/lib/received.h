/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/received.h - text that arrives at a socket in pieces. */
#ifndef LAB_RECEIVED_H
#define LAB_RECEIVED_H

#include <stddef.h>

struct lab_received {
	char *text; /* ended by a NUL, or NULL: nothing has arrived yet */
	size_t length;
};

/* Adds what has arrived at a socket since. Does not wait. */
void lab_received_more(struct lab_received *received, int socket);

/* Drops what was read: all before end, which is in its text. */
void lab_received_drop(struct lab_received *received, const char *end);

void lab_received_free(struct lab_received *received);

#endif /* LAB_RECEIVED_H */
