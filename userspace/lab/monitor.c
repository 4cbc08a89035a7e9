// SPDX-License-Identifier: GPL-2.0-only
/* lab/monitor.c - see lab/monitor.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "monitor.h"

int lab_monitor_open_stopped(struct lab_monitor *monitor, int *other)
{
	int ends[2];

	*monitor = (struct lab_monitor){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	monitor->fd = ends[0];
	*other = ends[1];
	/* QEMU takes no other command before the first, and tells of no event. */
	return lab_monitor_send(monitor, "qmp_capabilities", NULL, "hello");
}

int lab_monitor_open(struct lab_monitor *monitor, int *other)
{
	const int err = lab_monitor_open_stopped(monitor, other);

	return err ?: lab_monitor_send(monitor, "cont", NULL, "start");
}

void lab_monitor_close(struct lab_monitor *monitor)
{
	if (monitor->fd >= 0)
		close(monitor->fd);
	lab_received_free(&monitor->received);
	*monitor = (struct lab_monitor){ .fd = -1 };
}

int lab_monitor_send(struct lab_monitor *monitor, const char *command,
		     json_t *arguments, const char *id)
{
	json_t *message =
		xcheck(json_pack("{s:s, s:o*, s:s}", "execute", command,
				 "arguments", arguments, "id", id));
	char *text = xcheck(json_dumps(message, JSON_COMPACT));
	const ssize_t size = strlen(text);
	int err = 0;

	/* QEMU may have ended: that is no reason for a signal. */
	if (send(monitor->fd, text, size, MSG_NOSIGNAL) != size)
		err = errno ? -errno : -EIO;
	free(text);
	json_decref(message);
	return err;
}

void lab_monitor_go_on(struct lab_monitor *monitor)
{
	lab_monitor_send(monitor, "set-action",
			 xcheck(json_pack("{s:s}", "panic", "none")), "action");
	lab_monitor_send(monitor, "cont", NULL, "go-on");
}

json_t *lab_monitor_next(struct lab_monitor *monitor)
{
	struct lab_received *received = &monitor->received;
	json_t *message = NULL;
	char *end;

	if (monitor->fd < 0)
		return NULL;
	lab_received_more(received, monitor->fd);
	while (!message && received->text &&
	       (end = strchr(received->text, '\n'))) {
		message = json_loadb(received->text, end - received->text, 0,
				     NULL);
		lab_received_drop(received, end + 1);
	}
	return message;
}
