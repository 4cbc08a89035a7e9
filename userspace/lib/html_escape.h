/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/html_escape.h - escapes text for HTML and XML. */
#ifndef LAB_HTML_ESCAPE_H
#define LAB_HTML_ESCAPE_H

#include <stdio.h>

/*
 * Writes text with the five special characters escaped. Control characters other
 * than newline and tab, which XML does not allow, are written as "?".
 */
void lab_html_write(FILE *to, const char *text);
/* The same of a format string and its arguments. */
__attribute__((format(printf, 2, 3))) void
lab_html_printf(FILE *to, const char *format, ...);

#endif /* LAB_HTML_ESCAPE_H */
