/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/progress.h - one line on the terminal that says how far a command is.
 *
 * It is drawn on standard error, over the one before, and only where that is a
 * terminal. Clear it before anything else is printed.
 */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

__attribute__((format(printf, 1, 2))) void lab_progress(const char *format,
							...);
void lab_progress_clear(void);

#endif /* LAB_PROGRESS_H */
