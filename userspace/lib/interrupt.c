// SPDX-License-Identifier: GPL-2.0-only
/* lib/interrupt.c - see lib/interrupt.h. */
#include <signal.h>
#include <stddef.h>

#include "interrupt.h"

static volatile sig_atomic_t came; /* the number of a signal, or 0 */
static void (*do_too)(void);

static void on_signal(int number)
{
	came = number;
	if (do_too)
		do_too();
}

void lab_interrupt_catch(void (*too)(void))
{
	/* No SA_RESTART: what waits in the kernel has to return at a signal. */
	struct sigaction action = { .sa_handler = on_signal };

	do_too = too;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

int lab_interrupted(void)
{
	return came;
}
