/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/reserve.h - blocks of a disk that nobody else can take. */
#ifndef LAB_RESERVE_H
#define LAB_RESERVE_H

#include <stdint.h>

/*
 * Reserves the blocks of a file from byte from on, for size bytes; its length stays.
 * 0 or a negative errno, -ENOSPC above all. A file system that cannot reserve is no
 * error: what is written there may then fail.
 */
int lab_reserve(int fd, uint64_t from, uint64_t size);

#endif /* LAB_RESERVE_H */
