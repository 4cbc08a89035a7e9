// SPDX-License-Identifier: GPL-2.0-only
/* lab/vmcoreinfo.c - see lab/vmcoreinfo.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/file.h"
#include "vmcoreinfo.h"

#define CR4_LA57 (UINT64_C(1) << 12)

/* "ADDRESS TYPE NAME", a line each. */
static bool find_symbol(const char *map, const char *name, uint64_t *address)
{
	const size_t length = strlen(name);
	const char *line = map, *next;

	for (; line && *line; line = next) {
		const char *end = strchr(line, '\n');
		const char *last = end ? memrchr(line, ' ', end - line) : NULL;

		next = end ? end + 1 : NULL;
		if (!last || (size_t)(end - last - 1) != length ||
		    memcmp(last + 1, name, length) != 0)
			continue;
		*address = strtoull(line, NULL, 16);
		return *address;
	}
	return false;
}

/* Each as it is named there, and in System.map. */
static const struct {
	const char *name, *symbol;
} symbols[] = {
	{ "init_uts_ns", "init_uts_ns" },
	{ "_stext", "_stext" },
	/* arch/x86/include/asm/pgtable_64.h: a macro */
	{ "swapper_pg_dir", "init_top_pgt" },
	{ "init_top_pgt", "init_top_pgt" },
};

static char *from_map(const char *map, const char *release, uint64_t cr4)
{
	char *text = NULL;
	uint64_t address = 0;
	size_t size, i;
	FILE *to = xcheck(open_memstream(&text, &size));
	bool whole = true;

	fprintf(to, "OSRELEASE=%s\nPAGESIZE=4096\n", release);
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		whole &= find_symbol(map, symbols[i].symbol, &address);
		fprintf(to, "SYMBOL(%s)=%" PRIx64 "\n", symbols[i].name,
			address);
	}
	fprintf(to,
		"NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=%d\nKERNELOFFSET=0\n",
		!!(cr4 & CR4_LA57));
	fclose(to);
	if (whole)
		return text;
	free(text);
	return NULL;
}

char *lab_vmcoreinfo_make(const char *build, uint64_t cr4)
{
	char *path = xasprintf("%s/include/config/kernel.release", build);
	char release[256], *map, *text = NULL;

	lab_file_line(path, release, sizeof(release));
	free(path);
	path = xasprintf("%s/System.map", build);
	map = lab_file_read(path, NULL);
	free(path);
	if (map && *release)
		text = from_map(map, release, cr4);
	free(map);
	return text;
}
