// SPDX-License-Identifier: GPL-2.0-only
/* lab/gdb_remote.c - see lab/gdb_remote.h. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "gdb_remote.h"

#define ANSWER_MS 10000

int lab_gdb_connect(struct lab_gdb_remote *remote, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*remote = (struct lab_gdb_remote){ .fd = -1 };
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	remote->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (remote->fd < 0)
		return -errno;
	if (connect(remote->fd, (struct sockaddr *)&address, sizeof(address))) {
		const int err = -errno;

		lab_gdb_close(remote);
		return err;
	}
	return 0;
}

void lab_gdb_close(struct lab_gdb_remote *remote)
{
	if (remote->fd >= 0)
		close(remote->fd);
	lab_received_free(&remote->received);
	*remote = (struct lab_gdb_remote){ .fd = -1 };
}

static int put(const struct lab_gdb_remote *remote, const char *text)
{
	const ssize_t size = strlen(text);

	/* QEMU may have ended: that is no reason for a signal. */
	if (send(remote->fd, text, size, MSG_NOSIGNAL) == size)
		return 0;
	return errno ? -errno : -EIO;
}

int lab_gdb_send(struct lab_gdb_remote *remote, const char *packet)
{
	unsigned char sum = 0;
	const char *at;
	char *text;
	int err;

	for (at = packet; *at; at++)
		sum += (unsigned char)*at;
	text = xasprintf("$%s#%02x", packet, sum);
	err = put(remote, text);
	free(text);
	return err;
}

bool lab_gdb_next(struct lab_gdb_remote *remote, char *reply, size_t size)
{
	struct lab_received *received = &remote->received;
	char *begin, *end;

	lab_received_more(received, remote->fd);
	begin = received->text ? strchr(received->text, '$') : NULL;
	end = begin ? strchr(begin, '#') : NULL;
	if (!end || !end[1] || !end[2])
		return false;
	snprintf(reply, size, "%.*s", (int)(end - begin - 1), begin + 1);
	lab_received_drop(received, end + 3);
	put(remote, "+");
	return true;
}

/* A question and its answer. */
static int ask(struct lab_gdb_remote *remote, const char *packet, char *reply,
	       size_t size)
{
	struct pollfd ready = { .fd = remote->fd, .events = POLLIN };
	int err = lab_gdb_send(remote, packet);

	while (!err && !lab_gdb_next(remote, reply, size)) {
		if (!poll(&ready, 1, ANSWER_MS))
			err = -ETIMEDOUT;
		else if (ready.revents & POLLHUP)
			err = -EPIPE;
	}
	return err;
}

int lab_gdb_break(struct lab_gdb_remote *remote, uint64_t address, bool set)
{
	char packet[64], reply[LAB_GDB_REPLY];
	int err;

	snprintf(packet, sizeof(packet), "%c1,%" PRIx64 ",1", set ? 'Z' : 'z',
		 address);
	err = ask(remote, packet, reply, sizeof(reply));
	return err ?: strcmp(reply, "OK") ? -EPROTO : 0;
}

/* Two digits a byte, in the order of memory. */
static int take_bytes(const char *digits, unsigned char *to, size_t size)
{
	size_t i;

	if (strlen(digits) != 2 * size)
		return -EPROTO;
	for (i = 0; i < size; i++)
		if (sscanf(digits + 2 * i, "%2hhx", &to[i]) != 1)
			return -EPROTO;
	return 0;
}

int lab_gdb_register(struct lab_gdb_remote *remote, unsigned int number,
		     uint64_t *value)
{
	char packet[32], reply[LAB_GDB_REPLY];
	int err;

	snprintf(packet, sizeof(packet), "p%x", number);
	err = ask(remote, packet, reply, sizeof(reply));
	/* Guests and hosts of the lab are little-endian. */
	return err ?: take_bytes(reply, (void *)value, sizeof(*value));
}

int lab_gdb_memory(struct lab_gdb_remote *remote, uint64_t address, void *to,
		   size_t size)
{
	char packet[64], reply[LAB_GDB_REPLY];
	int err;

	snprintf(packet, sizeof(packet), "m%" PRIx64 ",%zx", address, size);
	err = ask(remote, packet, reply, sizeof(reply));
	return err ?: take_bytes(reply, to, size);
}
