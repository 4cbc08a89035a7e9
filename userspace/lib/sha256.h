/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/sha256.h - which bytes something is: SHA-256, as 64 hex digits. */
#ifndef LAB_SHA256_H
#define LAB_SHA256_H

#include <nettle/sha2.h>
#include <stdbool.h>

#define LAB_FINGERPRINT 65 /* room for one */

/* Of results.json, by its text. */
void lab_fingerprint(const char *text, char hex[LAB_FINGERPRINT]);
/* Of a file's bytes. False, silently, when it cannot be read, or is none. */
bool lab_fingerprint_file(const char *path, char hex[LAB_FINGERPRINT]);
void lab_fingerprint_end(struct sha256_ctx *sha, char hex[LAB_FINGERPRINT]);

/*
 * Of the results that a host.json was written with; "" when it does not say,
 * or is not there. False when it is there and cannot be understood.
 */
bool lab_fingerprint_told(const char *host_json, char hex[LAB_FINGERPRINT]);

#endif /* LAB_SHA256_H */
