/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tests/capture.h - what a call prints on stderr or stdout, as a text.
 *
 *	capture_start(&capture, &stderr);
 *	call();
 *	text = capture_end(&capture);		malloc()ed
 */
#ifndef LAB_CAPTURE_H
#define LAB_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>

struct capture {
	FILE **stream;
	FILE *saved;
	char *text;
	size_t size;
};

static inline void capture_start(struct capture *capture, FILE **stream)
{
	fflush(*stream);
	capture->stream = stream;
	capture->saved = *stream;
	*stream = open_memstream(&capture->text, &capture->size);
	if (!*stream)
		abort();
}

static inline char *capture_end(struct capture *capture)
{
	fclose(*capture->stream);
	*capture->stream = capture->saved;
	return capture->text;
}

#endif /* LAB_CAPTURE_H */
