/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/monitor.h - the lab's connection to QEMU's monitor (QMP): JSON, a message a
 * line.
 */
#ifndef LAB_MONITOR_H
#define LAB_MONITOR_H

#include <jansson.h>
#include <stddef.h>

#include "lib/received.h"

struct lab_monitor {
	int fd; /* the lab's end, or -1 */
	struct lab_received received; /* and is no whole message yet */
};

/*
 * Connects two ends: the other one is QEMU's, which inherits it by its number, and
 * has to be started with -S: the guest starts when the monitor does answer. Later
 * it may not get to it before the guest ends, as its main loop waits for idle CPUs
 * (qemu_lockstep.c). 0 or a negative errno.
 */
int lab_monitor_open(struct lab_monitor *monitor, int *other);
/* The same, and the guest does not start before lab_monitor_go_on(). */
int lab_monitor_open_stopped(struct lab_monitor *monitor, int *other);
void lab_monitor_close(struct lab_monitor *monitor);

/*
 * Sends a command, and takes over its arguments, or NULL. id comes back with the
 * answer. 0 or a negative errno.
 */
int lab_monitor_send(struct lab_monitor *monitor, const char *command,
		     json_t *arguments, const char *id);

/*
 * Lets a guest go on that paused where it can be saved (lab/snapshot.h), and not
 * pause for that again.
 */
void lab_monitor_go_on(struct lab_monitor *monitor);

/* The next message that has arrived, an answer or an event, or NULL. Does not wait. */
json_t *lab_monitor_next(struct lab_monitor *monitor);

#endif /* LAB_MONITOR_H */
