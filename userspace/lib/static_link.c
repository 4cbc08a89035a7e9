// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/static_link.c - replacements of functions that a static program cannot
 * have.
 *
 * SQLite calls dlopen() to load extensions, and libnuma calls getaddrinfo() for
 * nodes that are named "ip:HOST". This program uses neither. In a static
 * program glibc's versions would need its shared libraries at run time, of
 * which the linker warns. The Makefile has the linker use these instead
 * (--wrap), so that all of its other warnings can be errors.
 */
#include <netdb.h>
#include <stddef.h>

void *__wrap_dlopen(const char *file, int mode);
int __wrap_getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **found);

void *__wrap_dlopen(const char *file, int mode)
{
	(void)file;
	(void)mode;
	return NULL;
}

int __wrap_getaddrinfo(const char *node, const char *service,
		       const struct addrinfo *hints, struct addrinfo **found)
{
	(void)node;
	(void)service;
	(void)hints;
	*found = NULL;
	return EAI_FAIL;
}
