/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/plain_text.h - lines as the kernel wrote them, out of what became of them.
 *
 *	quoted-printable, HTML, JSON of a journal, ANSI colours, "#012", "\x0a"
 *
 * What is in a batch decides which of these are undone in it: an equals sign
 * in a report is not to become a character.
 */
#ifndef LAB_PLAIN_TEXT_H
#define LAB_PLAIN_TEXT_H

#include "text_stream.h"

struct lab_plain_line {
	uint64_t number; /* of the file */
	char *text; /* ended by NUL */
	size_t width; /* of the line, before it was parted */
	bool part; /* behind an escaped newline, of the same line */
	bool cut; /* its end is not there */
	bool trailing_blank;
};

struct lab_plain_text {
	struct lab_plain_line *line;
	size_t lines;
};

struct lab_plain_text lab_plain_text_of(const struct lab_text_line *lines,
					size_t n);
void lab_plain_text_free(struct lab_plain_text *plain);

#endif /* LAB_PLAIN_TEXT_H */
