// SPDX-License-Identifier: GPL-2.0-only
/* cache_test.c - what is kept of runs is what was read, or is not used. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compare/compare.h"
#include "compare/cache.h"
#include "capture.h"
#include "kselftest_harness.h"
#include "synthetic.h"

/* Two folders of runs, a and b, and a cache of its own. */
FIXTURE(cached)
{
	char root[64], a[96], b[96], extracts[128];
};

static void write_runs(const char *folder, unsigned int seeds, uint64_t build)
{
	struct synthetic s = SYNTHETIC;
	char path[300], *text;
	json_t *results;
	FILE *f;

	s.build = build;
	if (mkdir(folder, 0755))
		abort();
	for (; s.seed <= seeds; s.seed++) {
		snprintf(path, sizeof(path), "%s/s%d", folder, (int)s.seed);
		if (mkdir(path, 0755))
			abort();
		strcat(path, "/results.json");
		results = synthetic_run(&s);
		text = lab_results_text(results);
		f = fopen(path, "w");
		if (!f || fputs(text, f) < 0 || fclose(f))
			abort();
		free(text);
		json_decref(results);
	}
}

FIXTURE_SETUP(cached)
{
	strcpy(self->root, "/tmp/labyrinth-cache-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	snprintf(self->a, sizeof(self->a), "%s/a", self->root);
	snprintf(self->b, sizeof(self->b), "%s/b", self->root);
	snprintf(self->extracts, sizeof(self->extracts),
		 "%s/labyrinth/extracts", self->root);
	setenv("XDG_CACHE_HOME", self->root, true);
	write_runs(self->a, 4, 1);
	write_runs(self->b, 4, 2);
}

FIXTURE_TEARDOWN(cached)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	EXPECT_EQ(0, system(command));
}

/* How many files a find lists. */
static int count_files(const char *folder, const char *what)
{
	char command[256];
	int count = -1;
	FILE *f;

	snprintf(command, sizeof(command), "find %s -type f %s | wc -l", folder,
		 what);
	f = popen(command, "r");
	if (!f || fscanf(f, "%d", &count) != 1)
		abort();
	pclose(f);
	return count;
}

/* The whole comparison, as JSON; NULL when it was refused. */
static char *compared(const char *a, const char *b)
{
	struct lab_comparison comparison = { .threshold = LAB_THRESHOLD,
					     .alpha = LAB_ALPHA };
	char *text = NULL;
	size_t i, size;
	FILE *to;

	if (lab_gather(&comparison, LAB_A, a) &&
	    lab_gather(&comparison, LAB_B, b)) {
		lab_judge(&comparison);
		to = open_memstream(&text, &size);
		for (i = 0; lab_compare_forms[i]; i++)
			if (!strcmp(lab_compare_forms[i]->name, "json"))
				lab_compare_forms[i]->write(&comparison, to,
							    true);
		fclose(to);
	}
	lab_comparison_free(&comparison);
	return text;
}

TEST_F(cached, are_what_was_read)
{
	char *read = compared(self->a, self->b), *again;

	ASSERT_NE(NULL, read);
	EXPECT_EQ(8, count_files(self->extracts, ""));
	EXPECT_EQ(0, count_files(self->extracts, "-name '*.part'"));
	again = compared(self->a, self->b);
	EXPECT_STREQ(read, again);
	free(read);
	free(again);
}

/* One is not looked for in vain: without, this would not differ. */
TEST_F(cached, are_used)
{
	char file[256], *read = compared(self->a, self->b), *again;
	struct lab_extract extract, other;
	char first[LAB_FINGERPRINT], second[LAB_FINGERPRINT];

	snprintf(file, sizeof(file), "%s/s1/results.json", self->a);
	ASSERT_TRUE(lab_fingerprint_file(file, first));
	snprintf(file, sizeof(file), "%s/s2/results.json", self->a);
	ASSERT_TRUE(lab_fingerprint_file(file, second));
	ASSERT_TRUE(lab_cache_find(&extract, first));
	ASSERT_TRUE(lab_cache_find(&other, second));
	/* What is of the first run is said to be of the second. */
	strcpy(extract.fingerprint, second);
	lab_cache_add(&extract);
	again = compared(self->a, self->b);
	EXPECT_NE(0, strcmp(read, again));
	lab_extract_free(&extract);
	lab_extract_free(&other);
	free(read);
	free(again);
}

TEST_F(cached, that_are_damaged_are_made_again)
{
	char *read = compared(self->a, self->b), *again;
	const char *const damages[] = {
		"truncate -s -1",
		"truncate -s 1",
		"truncate -s 0",
		"truncate -s 300",
		"truncate -s +1",
		"sh -c 'for f; do printf x | dd of=$f bs=1 seek=2000 conv=notrunc status=none; done' -"
	};
	char command[400];
	size_t i;

	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		snprintf(command, sizeof(command), "%s %s/*", damages[i],
			 self->extracts);
		ASSERT_EQ(0, system(command));
		again = compared(self->a, self->b);
		EXPECT_STREQ(read, again);
		free(again);
	}
	free(read);
}

TEST_F(cached, are_not_used_for_an_edited_run)
{
	char file[256];
	FILE *f;

	snprintf(file, sizeof(file), "%s/s1/results.json", self->a);
	free(compared(self->a, self->b));
	f = fopen(file, "a");
	ASSERT_NE(NULL, f);
	fputs("}", f);
	fclose(f);
	EXPECT_SAID("end of file expected", compared(self->a, self->b));
}

/* Nor for one that host.json says is another's. */
TEST_F(cached, are_not_used_where_host_json_disagrees)
{
	char file[256];
	FILE *f;

	free(compared(self->a, self->b));
	snprintf(file, sizeof(file), "%s/s1/host.json", self->a);
	f = fopen(file, "w");
	ASSERT_NE(NULL, f);
	fputs("{\"fingerprint\": \"00\"}", f);
	fclose(f);
	EXPECT_SAID("it was edited", compared(self->a, self->b));
}

/* It is a matter of speed alone. */
TEST_F(cached, need_no_cache)
{
	char *read = compared(self->a, self->b), *again;

	setenv("XDG_CACHE_HOME", "/dev/null", true);
	again = compared(self->a, self->b);
	EXPECT_STREQ(read, again);
	free(read);
	free(again);
}

TEST_F(cached, go_when_nobody_looks_for_them)
{
	char command[400];

	free(compared(self->a, self->b));
	snprintf(command, sizeof(command),
		 "touch -d '100 days ago' %s/* %s/left.1.part", self->extracts,
		 self->extracts);
	ASSERT_EQ(0, system(command));
	/* Those that are asked for are young again. */
	free(compared(self->a, self->a));
	EXPECT_EQ(4, count_files(self->extracts, ""));
}

TEST_HARNESS_MAIN
