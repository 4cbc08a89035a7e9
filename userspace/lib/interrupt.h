/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/interrupt.h - long work ends in order when the terminal, or whoever
 * started it, says so: SIGINT, SIGTERM and SIGHUP are remembered and no more.
 */
#ifndef LAB_INTERRUPT_H
#define LAB_INTERRUPT_H

/* Calls that wait end with EINTR. TOO may be NULL; the handler calls it. */
void lab_interrupt_catch(void (*too)(void));

/* The number of the last of them that has come, or 0. */
int lab_interrupted(void);

#endif /* LAB_INTERRUPT_H */
