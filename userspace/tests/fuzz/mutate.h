/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz/mutate.h - texts that nobody would write, out of some that somebody
 * might. Whoever includes it has samples[] and tokens[], and sets state: the
 * same makes the same texts.
 */
#ifndef LAB_MUTATE_H
#define LAB_MUTATE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/random.h"

#define SAMPLES (sizeof(samples) / sizeof(*samples))
#define TOKENS (sizeof(tokens) / sizeof(*tokens))

static uint64_t state;

static size_t below(size_t limit)
{
	return limit ? lab_random(&state) % limit : 0;
}

/* Puts a piece in place of @length characters at @at. */
static void replace(char *text, size_t at, size_t length, const char *piece,
		    size_t piece_length)
{
	size_t size = strlen(text);

	if (at + length > size || size + piece_length - length >= ROOM)
		return;
	memmove(text + at + piece_length, text + at + length,
		size - at - length + 1);
	memcpy(text + at, piece, piece_length);
}

static void change_byte(char *text)
{
	char byte = (char)(1 + below(255));

	replace(text, below(strlen(text)), 1, &byte, 1);
}

static void insert_byte(char *text)
{
	char byte = (char)(1 + below(255));

	replace(text, below(strlen(text) + 1), 0, &byte, 1);
}

static void drop_bytes(char *text)
{
	replace(text, below(strlen(text)), 1 + below(8), "", 0);
}

static void insert_token(char *text)
{
	const char *token = tokens[below(TOKENS)];

	replace(text, below(strlen(text) + 1), 0, token, strlen(token));
}

/* Where a random line begins, and how long it is with its end. */
static size_t random_line(const char *text, size_t *length)
{
	size_t at = below(strlen(text));

	while (at && text[at - 1] != '\n')
		at--;
	*length = strcspn(text + at, "\n");
	*length += text[at + *length] == '\n';
	return at;
}

static void drop_line(char *text)
{
	size_t length, at = random_line(text, &length);

	replace(text, at, length, "", 0);
}

static void repeat_line(char *text)
{
	size_t length, at = random_line(text, &length), ignored;
	char *line = strndup(text + at, length);

	replace(text, random_line(text, &ignored), 0, line, length);
	free(line);
}

static void splice(char *text)
{
	const char *other = samples[below(SAMPLES)];
	size_t length, at = random_line(other, &length), ignored;

	replace(text, random_line(text, &ignored), 0, other + at,
		below(strlen(other + at) + 1));
}

static void change_digit(char *text)
{
	size_t at = below(strlen(text));
	char digit = (char)('0' + below(10));

	at += strcspn(text + at, "0123456789");
	replace(text, at, 1, &digit, 1);
}

static void (*const mutations[])(char *text) = {
	change_byte, insert_byte, drop_bytes,	insert_token, drop_line,
	repeat_line, splice,	  change_digit, change_digit,
};

#define MUTATIONS (sizeof(mutations) / sizeof(*mutations))

static void mutate(char *text)
{
	size_t rounds = 1 + below(4);

	strcpy(text, samples[below(SAMPLES)]);
	while (rounds--)
		mutations[below(MUTATIONS)](text);
}

#endif /* LAB_MUTATE_H */
