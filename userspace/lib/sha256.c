// SPDX-License-Identifier: GPL-2.0-only
/* lib/sha256.c - see lib/sha256.h. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sha256.h"
#include "json.h"

void lab_fingerprint_end(struct sha256_ctx *sha, char hex[LAB_FINGERPRINT])
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	size_t i;

	sha256_digest(sha, sizeof(digest), digest);
	for (i = 0; i < sizeof(digest); i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

void lab_fingerprint(const char *text, char hex[LAB_FINGERPRINT])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, strlen(text), (const uint8_t *)text);
	lab_fingerprint_end(&sha, hex);
}

bool lab_fingerprint_file(const char *path, char hex[LAB_FINGERPRINT])
{
	struct sha256_ctx sha;
	uint8_t bytes[1 << 16];
	FILE *f = fopen(path, "re");
	struct stat st;
	bool good;
	size_t n;

	if (!f)
		return false;
	if (fstat(fileno(f), &st) || !S_ISREG(st.st_mode)) {
		fclose(f);
		return false;
	}
	setvbuf(f, NULL, _IONBF, 0);
	sha256_init(&sha);
	while ((n = fread(bytes, 1, sizeof(bytes), f)))
		sha256_update(&sha, n, bytes);
	good = !ferror(f);
	fclose(f);
	lab_fingerprint_end(&sha, hex);
	return good;
}

bool lab_fingerprint_told(const char *host_json, char hex[LAB_FINGERPRINT])
{
	json_t *host;
	bool good;

	hex[0] = '\0';
	if (access(host_json, F_OK))
		return true;
	host = json_load_file(host_json, JSON_REJECT_DUPLICATES, NULL);
	good = json_is_object(host);
	snprintf(hex, LAB_FINGERPRINT, "%s", lab_text(host, "fingerprint"));
	json_decref(host);
	return good;
}
