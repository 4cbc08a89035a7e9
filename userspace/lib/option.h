/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/option.h - numbers and words on a command line. */
#ifndef LAB_OPTION_H
#define LAB_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All print a message that names the option and the allowed values, and return
 * false or -1, when the text is wrong. A decimal number from min to max.
 */
bool lab_option_number(const char *option, const char *text, uint64_t min,
		       uint64_t max, uint64_t *number);

/* A number of bytes, with a suffix K, M, G or T for powers of 1024. */
bool lab_option_bytes(const char *option, const char *text, uint64_t *bytes);
/* A number that may have decimals. */
bool lab_option_real(const char *option, const char *text, double min,
		     double max, double *number);

/* The index of a word in a list that is ended by NULL. */
int lab_option_word(const char *option, const char *text,
		    const char *const *words);

/*
 * The index of a row in a table whose rows have a name, such as the forms of
 * output. name_of: the name of the row with this index, NULL after the last one.
 */
int lab_option_row(const char *option, const char *text,
		   const char *(*name_of)(size_t i));

/*
 * Defines a function that finds the value of --format in a table: an array of
 * pointers, ended by NULL, to structures with a member name. The function returns
 * the row with that name, or NULL after a message.
 */
#define LAB_OPTION_FORMAT(function, structure, table)                      \
	static const char *function##_name(size_t i)                       \
	{                                                                  \
		return (table)[i] ? (table)[i]->name : NULL;               \
	}                                                                  \
                                                                           \
	static const structure *function(const char *text)                 \
	{                                                                  \
		const int i =                                              \
			lab_option_row("--format", text, function##_name); \
                                                                           \
		return i < 0 ? NULL : (table)[i];                          \
	}

#endif /* LAB_OPTION_H */
