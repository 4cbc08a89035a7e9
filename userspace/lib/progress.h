/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/progress.h - a progress line on the terminal.
 *
 * It is written to standard error, and only if that is a terminal. Each call
 * overwrites the line before. Clear it before printing anything else.
 */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

__attribute__((format(printf, 1, 2))) void lab_progress(const char *format,
							...);
void lab_progress_clear(void);

#endif /* LAB_PROGRESS_H */
