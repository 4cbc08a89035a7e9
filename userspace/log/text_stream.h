/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/text_stream.h - finds the few lines of a log that matter.
 *
 * Takes a log in pieces of any size and hands on batches of lines: those with
 * the words of a report, and what is around them. The rest is only counted.
 * Memory does not depend on the size of the log: a batch is at most
 * LAB_STREAM_BATCH bytes, a longer one is handed on in parts. UTF-16 becomes
 * bytes, NUL bytes are left out.
 */
#ifndef LAB_TEXT_STREAM_H
#define LAB_TEXT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_STREAM_BATCH ((size_t)1 << 20)

struct lab_text_line {
	uint64_t number; /* of the file, from 1 */
	const char *text; /* without its end; not ended by NUL */
	size_t length;
	bool whole; /* false: the file, or a limit, ended within it */
};

struct lab_text_stream;

typedef void (*lab_text_batch)(void *data, const struct lab_text_line *lines,
			       size_t n);

/* Never NULL: exits when there is no memory. */
struct lab_text_stream *lab_text_stream_new(lab_text_batch batch, void *data);
void lab_text_stream_feed(struct lab_text_stream *stream, const char *text,
			  size_t length);
/* Hands on what is left, and frees the stream. Returns the lines of the file. */
uint64_t lab_text_stream_end(struct lab_text_stream *stream);

#endif /* LAB_TEXT_STREAM_H */
