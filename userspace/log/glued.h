/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/glued.h - lines of a log that have become one.
 *
 * A page or a form field that does not keep line breaks turns a log into one
 * line, in which each prefix still says where a line began.
 */
#ifndef LAB_GLUED_H
#define LAB_GLUED_H

/*
 * @text with a line break before each prefix but the first, malloc()ed; NULL if
 * it has fewer than three prefixes: two lines in one may be a kernel's that
 * quotes another.
 */
char *lab_unglue(const char *text);

#endif /* LAB_GLUED_H */
