// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/static_link.c - what libraries reach for that a static program does not have.
 *
 * SQLite would load extensions, libnuma resolve the hosts of nodes that are
 * named "ip:HOST". Nobody here asks for either. glibc's own functions need its
 * shared libraries at run time, and the linker warns of that: the makefile has
 * it take these instead, so that a warning of the linker means something.
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
