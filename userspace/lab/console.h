/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/console.h - the file of a guest's console, which has a largest size.
 *
 * QEMU appends to it, without ever waiting. A guest that floods its console is
 * let do so: of what is written the first and the last LAB_CONSOLE_PART bytes are
 * kept, to the next whole line, and a line between them says how much is not.
 * That depends on what was written alone, not on when it was looked at.
 *
 * Room for all that is kept is reserved before the guest starts.
 */
#ifndef LAB_CONSOLE_H
#define LAB_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_CONSOLE_PART (1u << 20)
/* Bytes of disk that it takes at most: both parts, and what comes between two looks. */
#define LAB_CONSOLE_ROOM (4 * LAB_CONSOLE_PART)
/* Where nothing can be cut out of a file, the size at which its guest is ended. */
#define LAB_CONSOLE_MAX (64u << 20)

struct lab_console {
	int fd; /* -1: none */
	uint64_t cut; /* bytes that lie in the hole, from its fixed start on */
	bool cannot_cut;
};

/* Makes the file, and reserves its room. 0 or a negative errno. */
int lab_console_open(struct lab_console *console, const char *path);

/*
 * Gives back what is neither of the beginning nor of the end. To be called now and
 * then while the guest runs. False when the file is too large and nothing can be
 * done about that: the guest has to be ended.
 */
bool lab_console_look(struct lab_console *console);

/* When nobody writes to it any more: makes it the text that is kept. */
void lab_console_close(struct lab_console *console);

#endif /* LAB_CONSOLE_H */
