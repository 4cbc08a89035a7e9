/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/debugger.h - gdb, attached to a guest that stands where it is wanted.
 */
#ifndef LAB_DEBUGGER_H
#define LAB_DEBUGGER_H

#include <stdbool.h>

#include "lab.h"
#include "symbols.h"

struct lab_debugger {
	bool mi; /* gdb's machine interface, in place of its command line */
	unsigned int cpu; /* of the guest, that has stopped */
	const char *socket; /* of QEMU's stub */
	const char *folder; /* private, for what gdb is to read */
	const char *release; /* of the kernel */
	const struct lab_bundle *bundle;
	const struct lab_symbols *symbols;
};

/* Whether there is a gdb: else false after a message that says what to install. */
bool lab_debugger_check(const struct lab_arch *arch);

/*
 * Has gdb load all symbols that there are, attach and show the frames, and waits until
 * it ends; it has our standard input, output and error. Meanwhile poll() is called with
 * arg now and then, and interrupt() for each SIGINT. 0, or an exit code after a
 * message.
 */
int lab_debugger_run(const struct lab_debugger *debugger, void (*poll)(void *),
		     void (*interrupt)(void *), void *arg);

#endif /* LAB_DEBUGGER_H */
