/* SPDX-License-Identifier: GPL-2.0-only */
/* guest/guest.h - process 1 of a guest of the lab. */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

/*
 * Runs the request that is in the channel and powers off. Does not return
 * unless that fails.
 */
int lab_guest_init(void);

#endif /* LAB_GUEST_H */
