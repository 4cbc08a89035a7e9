// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/words.c - see lib/words.h.
 *
 * Naming a thing twice is refused everywhere: it is a mistake, and in a list of
 * contexts it would count cells twice.
 */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#define BLANKS " \t"

void lab_words_split(const char *text, struct lab_words *words)
{
	char *rest, *word;

	*words = (struct lab_words){ .text = xstrdup(text) };
	for (word = strtok_r(words->text, BLANKS, &rest); word;
	     word = strtok_r(NULL, BLANKS, &rest)) {
		words->word = xgrow(words->word, words->count);
		words->word[words->count++] = word;
	}
}

void lab_words_free(struct lab_words *words)
{
	free(words->word);
	free(words->text);
	*words = (struct lab_words){};
}

int lab_name_find(const char *const *names, const char *name)
{
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return i;
	return -ENOENT;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

#define DISTANCE_MAX 63

/* Levenshtein distance: the number of letters to insert, drop or replace. */
static size_t distance(const char *from, const char *to)
{
	size_t row[DISTANCE_MAX + 1], i, j, length = strlen(to);

	if (length > DISTANCE_MAX)
		return SIZE_MAX;
	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 0; from[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (j = 1; j <= length; j++) {
			size_t cost = diagonal + (from[i] != to[j - 1]);

			diagonal = row[j];
			cost = least(cost, row[j] + 1);
			row[j] = least(cost, row[j - 1] + 1);
		}
	}
	return row[length];
}

const char *lab_name_suggest(const char *const *names, const char *found)
{
	/*
	 * Allow about one error in four letters; with more it is another word.
	 */
	size_t best = 2 + strlen(found) / 4;
	const char *suggestion = NULL;

	for (; *names; names++) {
		size_t slips = distance(found, *names);

		if (slips < best && slips < strlen(*names)) {
			best = slips;
			suggestion = *names;
		}
	}
	return suggestion;
}

char *lab_names_join(const char *const *names)
{
	char *joined = xstrdup("");

	for (; *names; names++) {
		char *longer = xasprintf("%s%s%s", joined, *joined ? ", " : "",
					 *names);

		free(joined);
		joined = longer;
	}
	return joined;
}

int lab_name_unknown(const char *const *names, const char *found, char *why,
		     size_t size)
{
	const char *suggestion = lab_name_suggest(names, found);
	char *allowed = lab_names_join(names);

	if (suggestion)
		snprintf(why, size, "\"%s\", did you mean \"%s\"?; allowed: %s",
			 found, suggestion, allowed);
	else
		snprintf(why, size, "\"%s\"; allowed: %s", found, allowed);
	free(allowed);
	return -EINVAL;
}

int lab_digits(const char *text, uint64_t *number)
{
	*number = 0;
	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, *text - '0', number))
			return -ERANGE;
	}
	return 0;
}

static int range_ends(const char *word, uint64_t *first, uint64_t *last)
{
	char *copy = xstrdup(word);
	char *dash = strchr(copy, '-');
	int ret;

	if (dash)
		*dash = '\0';
	ret = lab_digits(copy, first);
	*last = *first;
	if (!ret && dash)
		ret = lab_digits(dash + 1, last);
	free(copy);
	return ret;
}

int lab_range(const char *word, uint64_t max, uint64_t *first, uint64_t *last,
	      char *why, size_t size)
{
	if (!range_ends(word, first, last) && *first <= *last && *last <= max)
		return 0;
	snprintf(
		why, size,
		"\"%s\"; allowed: numbers and ranges from 0 to %llu, as in \"0-2 5\"",
		word, (unsigned long long)max);
	return -EINVAL;
}

int lab_named_twice(const char *word, char *why, size_t size)
{
	snprintf(why, size, "\"%s\" is named twice; once is enough", word);
	return -EINVAL;
}

int lab_empty_list(char *why, size_t size)
{
	snprintf(why, size, "nothing; at least one value is needed");
	return -EINVAL;
}

static int number_set_add(const char *word, unsigned int max, uint64_t *set,
			  char *why, size_t size)
{
	uint64_t first, last, bits;

	if (lab_range(word, max, &first, &last, why, size))
		return -EINVAL;
	bits = (UINT64_MAX >> (63 - last)) & (UINT64_MAX << first);
	if (*set & bits)
		return lab_named_twice(word, why, size);
	*set |= bits;
	return 0;
}

int lab_number_set(const char *text, unsigned int max, uint64_t *set, char *why,
		   size_t size)
{
	struct lab_words words;
	int ret = 0;
	size_t i;

	*set = 0;
	lab_words_split(text, &words);
	for (i = 0; i < words.count && !ret; i++)
		ret = number_set_add(words.word[i], max, set, why, size);
	if (!words.count)
		ret = lab_empty_list(why, size);
	lab_words_free(&words);
	return ret;
}

static uint64_t name_set_all(const char *const *names)
{
	uint64_t set = 0;

	for (; *names; names++)
		set = set << 1 | 1;
	return set;
}

int lab_name_set_add(const char *word, const char *const *names, uint64_t *set,
		     char *why, size_t size)
{
	int i = lab_name_find(names, word);

	if (i < 0)
		return lab_name_unknown(names, word, why, size);
	if (*set >> i & 1)
		return lab_named_twice(word, why, size);
	*set |= 1ull << i;
	return 0;
}

/*
 * A pattern has to match at least one name. A name that an earlier word named
 * already is not an error here.
 */
static int name_set_match(const char *pattern, const char *const *names,
			  uint64_t *set, char *why, size_t size)
{
	bool found = false;
	int i;

	for (i = 0; names[i]; i++) {
		if (fnmatch(pattern, names[i], 0))
			continue;
		*set |= 1ull << i;
		found = true;
	}
	return found ? 0 : lab_name_unknown(names, pattern, why, size);
}

static int name_set_words(const struct lab_words *words,
			  const char *const *names, uint64_t *set, char *why,
			  size_t size)
{
	size_t i;

	*set = 0;
	if (words->count == 1 && !strcmp(words->word[0], "all")) {
		*set = name_set_all(names);
		return 0;
	}
	for (i = 0; i < words->count; i++) {
		const char *word = words->word[i];

		if (strpbrk(word, "*?[") ?
			    name_set_match(word, names, set, why, size) :
			    lab_name_set_add(word, names, set, why, size))
			return -EINVAL;
	}
	return words->count ? 0 : lab_empty_list(why, size);
}

int lab_name_set(const char *text, const char *const *names, uint64_t *set,
		 char *why, size_t size)
{
	struct lab_words words;
	int ret;

	lab_words_split(text, &words);
	ret = name_set_words(&words, names, set, why, size);
	lab_words_free(&words);
	return ret;
}

/* The characters of RFC 3986, and '%' as the beginning of any other. */
static bool may_be_in_address(char c)
{
	return isalnum((unsigned char)c) ||
	       (c && strchr("-._~:/?#[]@!$&'()*+,;=%", c));
}

bool lab_is_web_address(const char *text)
{
	const size_t scheme = !strncmp(text, "https://", 8) ? 8 :
			      !strncmp(text, "http://", 7)  ? 7 :
							      0;

	const char *c = text + scheme;

	if (!scheme || !isalnum((unsigned char)*c))
		return false;
	while (may_be_in_address(*c))
		c++;
	return !*c;
}
