/* SPDX-License-Identifier: GPL-2.0-only */
/* guest/addresses.h - where in memory a guest's kernel and module are. */
#ifndef LAB_ADDRESSES_H
#define LAB_ADDRESSES_H

#include "journal/channel.h"

/*
 * Writes the sections of the module and all symbols to the channel, as frames of
 * LAB_FRAME_SECTIONS and LAB_FRAME_KALLSYMS. What the kernel does not have, or has no
 * room for, is not there.
 */
void lab_guest_symbols(struct lab_channel *channel);

#endif /* LAB_ADDRESSES_H */
