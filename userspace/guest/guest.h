/* SPDX-License-Identifier: GPL-2.0-only */
/* guest/guest.h - process 1 of a guest of the lab. */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

/*
 * Runs the request that is in the channel and powers off. Does not return
 * unless that fails.
 */
int lab_guest_init(void);

/*
 * Where QEMU may pause the guest, save it, and go on or load it, any number of
 * times: whatever was read before is the same in all of these guests. The guest
 * cannot tell.
 */
void lab_guest_stand_still(void);

#endif /* LAB_GUEST_H */
