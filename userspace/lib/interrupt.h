/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/interrupt.h - long work ends in order when the terminal, or whoever
 * started it, says so: SIGINT, SIGTERM and SIGHUP are remembered and no more.
 */
#ifndef LAB_INTERRUPT_H
#define LAB_INTERRUPT_H

#include <stdbool.h>

void lab_interrupt_catch(void);

/* Whether one of them has come since. */
bool lab_interrupted(void);

#endif /* LAB_INTERRUPT_H */
