/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit/capture.h - what a call prints on stderr or stdout, as a text.
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

/* What a call that must fail says; with kselftest_harness.h. */
#define EXPECT_SAID(words, call)                                      \
	do {                                                          \
		struct capture __capture;                             \
		char *__said;                                         \
		bool __good;                                          \
                                                                      \
		capture_start(&__capture, &stderr);                   \
		__good = (call);                                      \
		__said = capture_end(&__capture);                     \
		EXPECT_FALSE(__good);                                 \
		EXPECT_NE(NULL, strstr(__said, words))                \
		{                                                     \
			TH_LOG("'%s' is not in '%s'", words, __said); \
		}                                                     \
		free(__said);                                         \
	} while (0)

#endif /* LAB_CAPTURE_H */
