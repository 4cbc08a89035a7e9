/* SPDX-License-Identifier: GPL-2.0-only */
/* explore/site_words.h - sites, faults and how to repeat them, as text. */
#ifndef LAB_SITE_WORDS_H
#define LAB_SITE_WORDS_H

#include <jansson.h>
#include <stddef.h>

#define LAB_SITE_WORDS 200
#define LAB_FAULT_WORDS 64

/* The site of a fault. */
const json_t *lab_site_of(const json_t *found, const json_t *fault);
/* The function that made the request: "e100_rx_alloc_skb [e100]". */
void lab_site_words(const json_t *site, char *text, size_t size);
/*
 * For example "occurrence 3", "nothing for 2.0 s", "occurrence 3, and then 1 of
 * 47b1c2d3".
 */
void lab_fault_words(const json_t *fault, char *text, size_t size);
/* The command that repeats a fault, malloc()ed. */
char *lab_repeat_words(const json_t *found, const json_t *fault);

#endif /* LAB_SITE_WORDS_H */
