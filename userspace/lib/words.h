/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/words.h - the syntax of values: words, lists of names, numbers and
 * ranges.
 *
 * Lists of names end with NULL; the index of a name is its number.
 *
 * All parsing functions return 0, or -EINVAL with what was found and what is
 * allowed in why[].
 */
#ifndef LAB_WORDS_H
#define LAB_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text split at blanks; free it with lab_words_free(). */
struct lab_words {
	char *text;
	char **word;
	size_t count;
};

void lab_words_split(const char *text, struct lab_words *words);
void lab_words_free(struct lab_words *words);

/* The index in names, or -ENOENT. */
int lab_name_find(const char *const *names, const char *name);

/* The name that was probably meant, by edit distance, or NULL. */
const char *lab_name_suggest(const char *const *names, const char *found);

/*
 * Writes '"tsk", did you mean "task"?; allowed: task, spin_lock' to why[].
 * Returns -EINVAL.
 */
int lab_name_unknown(const char *const *names, const char *found, char *why,
		     size_t size);

/* Errors of lists. Both write why[] and return -EINVAL. */
int lab_named_twice(const char *word, char *why, size_t size);
int lab_empty_list(char *why, size_t size);

/* "a, b, c": malloc()ed. */
char *lab_names_join(const char *const *names);

/* Decimal digits and nothing else. 0, -EINVAL or -ERANGE. */
int lab_digits(const char *text, uint64_t *number);

/* "3" or "0-3", up to max. */
int lab_range(const char *word, uint64_t max, uint64_t *first, uint64_t *last,
	      char *why, size_t size);

/* Numbers and ranges up to max, which is below 64, as a set of bits. */
int lab_number_set(const char *text, unsigned int max, uint64_t *set, char *why,
		   size_t size);

/* Adds one name to a set of bits; naming it twice is refused. */
int lab_name_set_add(const char *word, const char *const *names, uint64_t *set,
		     char *why, size_t size);

/* Names, patterns of names (fnmatch(3)), or "all", as a set of bits. */
int lab_name_set(const char *text, const char *const *names, uint64_t *set,
		 char *why, size_t size);

/*
 * Whether a text is an address of the web, http:// or https:// and a host, of
 * characters that may stand in one: it can be a link of a page and a URI of a
 * report as it is.
 */
bool lab_is_web_address(const char *text);

#endif /* LAB_WORDS_H */
