// SPDX-License-Identifier: GPL-2.0-only
/* source_test.c - files: found by name, included, inherited. */
#include <sys/stat.h>

#include "scenario_text.h"

FIXTURE(folder)
{
	char path[64];
};

FIXTURE_SETUP(folder)
{
	strcpy(self->path, "/tmp/source_test.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	ASSERT_EQ(0, chdir(self->path));
	ASSERT_EQ(0, mkdir("sub", 0700));
	ASSERT_EQ(0, unsetenv("LABYRINTH_SCENARIOS"));
}

FIXTURE_TEARDOWN(folder)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", self->path);
	EXPECT_EQ(0, system(command));
}

static void put_bytes(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file))
		abort();
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

#define EXPECT_LOAD_ERRORS(name, expected) \
	EXPECT_READ_ERRORS(lab_scenario_load, name, expected)

#define ONE(name) "[phase " name "]\n" EXPECT
#define INCLUDES(names) "[scenario]\nclaim = c\ninclude = " names "\n"

TEST_F(folder, load_a_path)
{
	struct lab_scenario *s;

	put("sub/x.ini", CLAIM PHASE);
	s = lab_scenario_load("sub/x.ini");
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("x", s->name);
	EXPECT_STREQ("sub/x.ini", s->sources[0].path);
	EXPECT_STREQ("x", s->sources[0].name);
	EXPECT_STREQ(CLAIM PHASE, s->sources[0].text);
	EXPECT_STREQ("sub/x.ini", s->phases[0].file);
	lab_scenario_free(s);
}

TEST_F(folder, load_a_name)
{
	struct lab_scenario *s;
	char *list;

	put("x.ini", "not this one");
	put("sub/x.ini", CLAIM PHASE);
	ASSERT_LT(0, asprintf(&list, "/nowhere::%s/sub:%s", self->path,
			      self->path));
	setenv("LABYRINTH_SCENARIOS", list, 1);
	free(list);
	s = lab_scenario_load("x");
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("x", s->name);
	EXPECT_NE(NULL, strstr(s->sources[0].path, "/sub/x.ini"));
	lab_scenario_free(s);
}

TEST_F(folder, names)
{
	char **names;
	size_t count;

	put("b.ini", "");
	put("a.ini", "");
	put("c.txt", "");
	put(".ini", "");
	put("sub/a.ini", "");
	put("sub/c.ini", "");
	setenv("LABYRINTH_SCENARIOS", ".:sub", 1);
	ASSERT_EQ(0, lab_scenario_names(&names, &count));
	ASSERT_EQ(3, count);
	EXPECT_STREQ("./a.ini", names[0]);
	EXPECT_STREQ("./b.ini", names[1]);
	EXPECT_STREQ("sub/c.ini", names[2]);
	while (count--)
		free(names[count]);
	free(names);
}

TEST_F(folder, no_names)
{
	char **names;
	size_t count;

	ASSERT_EQ(0, lab_scenario_names(&names, &count));
	EXPECT_EQ(0, count);
	free(names);
}

TEST_F(folder, files_that_cannot_be_read)
{
	char *large = malloc(2 << 20);

	ASSERT_NE(NULL, large);
	memset(large, '\n', 2 << 20);
	put_bytes("large.ini", large, (1 << 20) + 1);
	put_bytes("limit.ini", large, 1 << 20);
	free(large);
	put_bytes("nul.ini", CLAIM "\0" PHASE, sizeof(CLAIM "\0" PHASE) - 1);
	ASSERT_EQ(0, mkfifo("fifo.ini", 0600));
	EXPECT_LOAD_ERRORS("none.ini", "none.ini: cannot be read: No such "
				       "file or directory\n");
	EXPECT_LOAD_ERRORS("./sub", "./sub: cannot be read: Is a directory\n");
	EXPECT_LOAD_ERRORS("fifo.ini",
			   "fifo.ini: cannot be read: not a regular file\n");
	EXPECT_LOAD_ERRORS("large.ini",
			   "large.ini: cannot be read: larger than 1 MiB\n");
	EXPECT_LOAD_ERRORS("limit.ini", "limit.ini:1: [scenario]: is missing; "
					"it has to say claim = ...\n");
	EXPECT_LOAD_ERRORS("nul.ini", "nul.ini: cannot be read: has a NUL "
				      "byte, so it is no text file\n");
}

TEST_F(folder, names_that_are_not_there)
{
	char *errors;

	put("smoke.ini", "");
	setenv("LABYRINTH_SCENARIOS", ".", 1);
	errors = said_by(lab_scenario_load, "smok");
	EXPECT_NE(NULL, strstr(errors, "smok: no such scenario, did you mean "
				       "\"smoke\"?; looked in ., /"));
	free(errors);
	errors = said_by(lab_scenario_load, "other");
	EXPECT_NE(NULL,
		  strstr(errors, "other: no such scenario; looked in ., /"));
	EXPECT_NE(NULL, strstr(errors, "/scenarios, /"));
	EXPECT_NE(NULL, strstr(errors, "/share/labyrinth/scenarios; a path "
				       "has a '/' or ends in .ini\n"));
	free(errors);
}

TEST_F(folder, includes)
{
	static const char *const names[] = { "c", "d", "b", "a" };
	static const char *const files[] = { "sub/c.ini", "sub/../d.ini",
					     "sub/b.ini", "a.ini" };
	struct lab_scenario *s;
	size_t i;

	put("a.ini", INCLUDES("sub/b.ini") "[guest]\ncpus = 3\n" ONE("a"));
	put("sub/b.ini",
	    INCLUDES("c\n\t../d.ini") "[guest]\ncpus = 7\n"
				      "[phase *]\nshots = 5\n" ONE("b"));
	put("sub/c.ini", CLAIM ONE("c"));
	put("d.ini", CLAIM ONE("d"));
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(3, s->shape.cpus);
	ASSERT_EQ(4, s->nphases);
	for (i = 0; i < 4; i++) {
		EXPECT_STREQ(names[i], s->phases[i].name);
		EXPECT_STREQ(files[i], s->phases[i].file);
		EXPECT_EQ(i == 2 ? 5 : 1000, s->phases[i].shots);
	}
	ASSERT_EQ(4, s->nsources);
	EXPECT_STREQ("a", s->sources[0].name);
	EXPECT_STREQ("sub/b.ini", s->sources[1].name);
	EXPECT_STREQ("c", s->sources[2].name);
	EXPECT_STREQ("../d.ini", s->sources[3].name);
	lab_scenario_free(s);
}

#define INHERITS(name) "[scenario]\nclaim = c\ninherit = " name "\n"

TEST_F(folder, inherits_guest_and_defaults)
{
	struct lab_scenario *s;

	put("a.ini", INHERITS("sub/b.ini") "[guest]\ncpus = 3\n"
					   "[phase *]\nburst = 2\n"
					   "expect = total ok > 2\n" ONE("a"));
	put("sub/b.ini", INHERITS("c") "[guest]\ncpus = 7\nmemory = 96M\n"
				       "[phase *]\nshots = 5\nburst = 5\n"
				       "[phase other]\nshots = 1\n");
	/* Nothing but what is inherited: it is no scenario by itself. */
	put("sub/c.ini", "[guest]\nnodes = 4\n[phase *]\nshots = 6\n"
			 "hold = 6\nexpect = total ok > 6\n");
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(3, s->shape.cpus);
	EXPECT_EQ(4, s->shape.nodes);
	EXPECT_EQ(96 << 20, s->shape.node[3].memory);
	ASSERT_EQ(1, s->nphases);
	EXPECT_STREQ("a", s->phases[0].name);
	EXPECT_EQ(5, s->phases[0].shots);
	EXPECT_EQ(2, s->phases[0].burst);
	EXPECT_EQ(6, s->phases[0].hold);
	ASSERT_EQ(3, s->phases[0].nexpects);
	EXPECT_STREQ("total ok > 6", s->phases[0].expects[0].words);
	EXPECT_STREQ("sub/c.ini", s->phases[0].expects[0].file);
	EXPECT_EQ(6, s->phases[0].expects[0].line);
	EXPECT_STREQ("total ok > 2", s->phases[0].expects[1].words);
	EXPECT_STREQ("a.ini", s->phases[0].expects[1].file);
	ASSERT_EQ(3, s->nsources);
	EXPECT_STREQ("c", s->sources[2].name);
	lab_scenario_free(s);
}

/* A base may be that of several, and a scenario of its own beside. */
TEST_F(folder, inherits_twice)
{
	struct lab_scenario *s;

	put("a.ini",
	    "[scenario]\nclaim = c\ninherit = b\ninclude = b c\n" ONE("a"));
	put("b.ini", CLAIM "[phase *]\nshots = 5\n" ONE("b"));
	put("c.ini", INHERITS("b") ONE("c"));
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	ASSERT_EQ(3, s->nphases);
	EXPECT_EQ(5, s->phases[0].shots);
	EXPECT_EQ(5, s->phases[1].shots);
	EXPECT_EQ(5, s->phases[2].shots);
	EXPECT_EQ(3, s->nsources);
	lab_scenario_free(s);
}

/* An error is said once, of the file that it is in. */
TEST_F(folder, inherited_errors)
{
	put("a.ini", INHERITS("b") ONE("a") ONE("z"));
	put("b.ini", "[guest]\nnods = 1\n[phase *]\nshots = 0\n"
		     "hots = 1\n[phase *]\n");
	EXPECT_LOAD_ERRORS("a.ini",
			   "b.ini:2: nods: unknown key \"nods\", did you mean "
			   "\"nodes\"?; allowed: cpus, nodes, memory, "
			   "distance, deadline, append, cpu, machine\n"
			   "b.ini:4: shots: \"0\"; allowed: 1 to "
			   "4294967296\n"
			   "b.ini:5: hots: unknown key \"hots\", did you "
			   "mean \"shots\"?; " PHASE_KEYS
			   "b.ini:6: [phase *]: is there already, in line 3\n");
	put("a.ini", "[scenario]\nclaim = c\ninclude = c d\n");
	put("b.ini", "[phase *]\nshots = 0\n");
	put("c.ini", INHERITS("b") ONE("c"));
	put("d.ini", INHERITS("b") ONE("d"));
	EXPECT_LOAD_ERRORS("a.ini", "b.ini:2: shots: \"0\"; allowed: 1 to "
				    "4294967296\n");
	put("a.ini", INHERITS("none") ONE("a"));
	EXPECT_LOAD_ERRORS("a.ini",
			   "a.ini:3: inherit: \"none\": none.ini cannot be "
			   "read: No such file or directory\n");
	put("a.ini", INHERITS("b") ONE("a"));
	put("b.ini", INHERITS("a"));
	EXPECT_LOAD_ERRORS("a.ini",
			   "b.ini:3: inherit: \"a\" (a.ini) is part of the "
			   "scenario already; once is enough, and never in a "
			   "circle\n");
}

TEST_F(folder, includes_only)
{
	struct lab_scenario *s;

	put("a.ini", INCLUDES("b"));
	put("b.ini", CLAIM PHASE);
	s = lab_scenario_load("./a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(1, s->nphases);
	lab_scenario_free(s);
}

TEST_F(folder, includes_from_the_folders_of_names)
{
	struct lab_scenario *s;

	put("a.ini", INCLUDES("b"));
	put("sub/b.ini", CLAIM PHASE);
	setenv("LABYRINTH_SCENARIOS", "sub", 1);
	s = lab_scenario_load("a.ini");
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("sub/b.ini", s->phases[0].file);
	lab_scenario_free(s);
}

TEST_F(folder, includes_of_a_text)
{
	struct lab_scenario *s;

	put("b.ini", CLAIM PHASE);
	s = parse(INCLUDES("b"));
	ASSERT_NE(NULL, s);
	EXPECT_STREQ("b.ini", s->phases[0].file);
	lab_scenario_free(s);
}

TEST_F(folder, includes_that_are_not_there)
{
	put("a.ini", INCLUDES("b sub/c.ini /d.ini sub/") PHASE);
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"a.ini:3: include: \"b\": b.ini cannot be read: No such file "
		"or directory\n"
		"a.ini:3: include: \"sub/c.ini\": sub/c.ini cannot be read: "
		"No such file or directory\n"
		"a.ini:3: include: \"/d.ini\": /d.ini cannot be read: No such "
		"file or directory\n"
		"a.ini:3: include: \"sub/\": sub/ cannot be read: Is a "
		"directory\n");
}

TEST_F(folder, includes_in_a_circle)
{
	put("a.ini", INCLUDES("b") ONE("a"));
	put("b.ini", INCLUDES("sub/../a.ini") ONE("b"));
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"b.ini:3: include: \"sub/../a.ini\" (sub/../a.ini) is part of "
		"the scenario already; once is enough, and never in a "
		"circle\n");
	put("b.ini", INCLUDES("b") ONE("b"));
	EXPECT_LOAD_ERRORS(
		"b.ini",
		"b.ini:3: include: \"b\" (b.ini) is part of the scenario "
		"already; once is enough, and never in a circle\n");
}

TEST_F(folder, includes_twice)
{
	put("a.ini", INCLUDES("b b"));
	put("b.ini", CLAIM PHASE);
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"a.ini:3: include: \"b\" (b.ini) is part of the scenario "
		"already; once is enough, and never in a circle\n");
}

TEST_F(folder, includes_too_deep)
{
	char path[16], text[128];
	struct lab_scenario *s;
	int i;

	for (i = 0; i < 9; i++) {
		snprintf(path, sizeof(path), "%d.ini", i);
		snprintf(text, sizeof(text), INCLUDES("%d") ONE("p%d"), i + 1,
			 i);
		put(path, text);
	}
	put("9.ini", CLAIM PHASE);
	s = lab_scenario_load("1.ini");
	ASSERT_NE(NULL, s);
	EXPECT_EQ(9, s->nphases);
	lab_scenario_free(s);
	EXPECT_LOAD_ERRORS("0.ini", "8.ini:3: include: \"9\" is too deep; at "
				    "most 8 files deep\n");
}

TEST_F(folder, included_phases_with_the_same_name)
{
	put("a.ini", INCLUDES("b") PHASE);
	put("b.ini", CLAIM "\n" PHASE);
	EXPECT_LOAD_ERRORS("a.ini",
			   "a.ini:4: [phase a]: the name is taken, in "
			   "b.ini:4; allowed: names that are unique over the "
			   "scenario\n");
}

TEST_F(folder, included_errors)
{
	put("a.ini", INCLUDES("b") PHASE "shots = 0\n");
	put("b.ini", "[guest]\ncpus = 0\n" ONE("b") "hold = x\n");
	EXPECT_LOAD_ERRORS(
		"a.ini",
		"b.ini:1: [scenario]: is missing; it has to say claim = ...\n"
		"b.ini:2: cpus: \"0\"; allowed: 1 to 64\n"
		"b.ini:5: hold: \"x\"; allowed: 0 to 1048576\n"
		"a.ini:6: shots: \"0\"; allowed: 1 to 4294967296\n");
}

TEST_F(folder, included_phases_are_for_the_guest_of_the_root)
{
	put("a.ini", INCLUDES("b"));
	put("b.ini", CLAIM "[guest]\nnodes = 4\n" PHASE "node = 3\n");
	EXPECT_LOAD_ERRORS("a.ini",
			   "b.ini:7: node: phase \"a\" asks for node 3, but "
			   "the [guest] has 0 to 1\n");
	put("a.ini", INCLUDES("b") "[guest]\nnodes = 4\n");
	EXPECT_LOAD_ERRORS("a.ini", "it was accepted");
}

TEST_HARNESS_MAIN
