/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/sha256.h - SHA-256 fingerprints, as 64 hexadecimal digits. */
#ifndef LAB_SHA256_H
#define LAB_SHA256_H

#include <nettle/sha2.h>
#include <stdbool.h>

#define LAB_FINGERPRINT 65 /* 64 digits and NUL */

/* The fingerprint of a text, such as that of results.json. */
void lab_fingerprint(const char *text, char hex[LAB_FINGERPRINT]);
/*
 * The fingerprint of the bytes of a file. False, without a message, when it
 * cannot be read or is not a regular file.
 */
bool lab_fingerprint_file(const char *path, char hex[LAB_FINGERPRINT]);
void lab_fingerprint_end(struct sha256_ctx *sha, char hex[LAB_FINGERPRINT]);

/*
 * The fingerprint that a host.json records; "" when the file is missing or has
 * none. False when it is there and is not JSON.
 */
bool lab_fingerprint_told(const char *host_json, char hex[LAB_FINGERPRINT]);

#endif /* LAB_SHA256_H */
