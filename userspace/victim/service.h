/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/service.h - services of the kernel that have no device: BPF, io_uring,
 * netlink, timers.
 *
 * A unit of work is a few system calls whose results are checked. A call that
 * reports an error is counted, and the unit is not done.
 */
#ifndef LAB_SERVICE_H
#define LAB_SERVICE_H

#include "victim.h"

/* Of a service that has nothing to start or to end. */
int lab_service_start(void);
void lab_service_stop(void);
int lab_service_close(void);

/* Counts a call that reported an error, a positive errno. */
void lab_service_error(struct lab_work *work, int error);
/* The detail of a pass that is at its end: how many of these units were not done. */
void lab_service_end(struct lab_work *work, const char *units);
/* For open: -ENODEV, and why this kernel does not have the service. */
int lab_service_missing(const char *what, int error, char *why, size_t size);

#define LAB_SERVICE_MIB 16 /* of a guest, at most */

#endif /* LAB_SERVICE_H */
