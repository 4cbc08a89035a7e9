/* SPDX-License-Identifier: GPL-2.0-only */
/* results/boot_words.h - how a guest was booted, or what a real machine is, in words. */
#ifndef LAB_BOOT_WORDS_H
#define LAB_BOOT_WORDS_H

#include <jansson.h>

/*
 * Of the "machine" of results, what is not as usual: 'cpu max, append mem=64M',
 * or "". malloc()ed.
 */
char *lab_boot_words(const json_t *machine);

#endif /* LAB_BOOT_WORDS_H */
