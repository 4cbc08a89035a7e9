// SPDX-License-Identifier: GPL-2.0-only
/* lib/received.c - see lib/received.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/alloc.h"
#include "received.h"

void lab_received_more(struct lab_received *received, int socket)
{
	char more[4096];
	ssize_t n;

	while ((n = recv(socket, more, sizeof(more), MSG_DONTWAIT)) > 0) {
		received->text = xcheck(
			realloc(received->text, received->length + n + 1));
		memcpy(received->text + received->length, more, n);
		received->length += n;
		received->text[received->length] = '\0';
	}
}

void lab_received_drop(struct lab_received *received, const char *end)
{
	received->length -= end - received->text;
	memmove(received->text, end, received->length + 1);
}

void lab_received_free(struct lab_received *received)
{
	free(received->text);
	*received = (struct lab_received){};
}
