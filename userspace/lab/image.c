// SPDX-License-Identifier: GPL-2.0-only
/* lab/image.c - asks scripts/runtime/guest.sh for what boots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "lib/words.h"
#include "lab.h"

/* The first line that a script prints; its messages go to stderr as they are. */
static int ask(char *const argv[], char *line, size_t size)
{
	struct lab_process process;
	int code = lab_process_start(&process, argv, -1, -1);

	if (code) {
		fprintf(stderr, "labyrinth: cannot execute %s: %s\n", argv[0],
			strerror(-code));
		return LAB_HARNESS;
	}
	if (!fgets(line, size, process.from))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	code = lab_process_end(&process);
	if (code)
		return code == LAB_USAGE ? LAB_USAGE : LAB_HARNESS;
	return line[0] ? 0 : LAB_HARNESS;
}

/* The file arch in the folder, which is there where it is not x86_64. */
static const struct lab_arch *read_arch(const char *folder)
{
	char path[4200], name[32] = "";
	const struct lab_arch *arch;
	FILE *f;

	snprintf(path, sizeof(path), "%s/arch", folder);
	f = fopen(path, "re");
	if (!f)
		return &lab_arch_x86_64;
	arch = fscanf(f, "%31s", name) == 1 ? lab_arch_find(name) : NULL;
	fclose(f);
	if (!arch)
		fprintf(stderr,
			"labyrinth: %s: '%s' is no architecture that guests can have\n",
			path, name);
	return arch;
}

int lab_bundle_open(struct lab_bundle *bundle)
{
	char mark[4200];

	snprintf(mark, sizeof(mark), "%s/checks-itself", bundle->folder);
	bundle->checks_itself = !access(mark, F_OK);
	bundle->arch = read_arch(bundle->folder);
	return bundle->arch ? 0 : LAB_HARNESS;
}

static int make_one(const char *script, const char *kernel, const char *carried,
		    struct lab_bundle *bundle)
{
	char *argv[] = { (char *)script, (char *)kernel, (char *)carried,
			 NULL };

	return ask(argv, bundle->folder, sizeof(bundle->folder));
}

int lab_bundle_make(const char *kernel, const char *carried,
		    struct lab_bundle *bundle)
{
	struct lab_words words;
	char script[4200];
	int code = 0;
	size_t i;

	if (lab_companion_path("guest.sh", script, sizeof(script))) {
		fprintf(stderr,
			"labyrinth: scripts/runtime/guest.sh is not there: is the installation whole?\n");
		return LAB_HARNESS;
	}
	lab_words_split(carried ?: "", &words);
	if (!words.count)
		code = make_one(script, kernel, NULL, bundle);
	for (i = 0; i < words.count && !code; i++)
		code = make_one(script, kernel, words.word[i], bundle);
	lab_words_free(&words);
	return code ?: lab_bundle_open(bundle);
}
