/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/option.h - numbers and words on a command line. */
#ifndef LAB_OPTION_H
#define LAB_OPTION_H

#include <stdbool.h>
#include <stdint.h>

/* False, after a message that names the option, when it is no such number. */
bool lab_option_number(const char *option, const char *text, uint64_t min,
		       uint64_t max, uint64_t *number);

/* Bytes, with K, M, G or T after them. */
bool lab_option_bytes(const char *option, const char *text, uint64_t *bytes);
/* The same of a number that may have a point. */
bool lab_option_real(const char *option, const char *text, double min,
		     double max, double *number);

/* The place of a word in a list ended by NULL; -1 after a message. */
int lab_option_word(const char *option, const char *text,
		    const char *const *words);

#endif /* LAB_OPTION_H */
