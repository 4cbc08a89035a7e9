// SPDX-License-Identifier: GPL-2.0-only
/* scenario_file_test.c - files that are no scenarios: sections, keys and lines. */

#include "scenario_text.h"

TEST(an_empty_file)
{
	EXPECT_ERRORS("", "t.ini:1: [scenario]: is missing; it has to say "
			  "claim = ...\n");
	EXPECT_ERRORS("\n# nothing\n", "t.ini:1: [scenario]: is missing; it "
				       "has to say claim = ...\n");
}

TEST(no_phase)
{
	const char *error = "t.ini:1: [phase]: there is none; at least one is "
			    "needed, here or in an include\n";

	EXPECT_ERRORS(CLAIM, error);
	EXPECT_ERRORS(CLAIM "[phase *]\n" EXPECT, error);
}

TEST(no_claim)
{
	EXPECT_ERRORS(PHASE "[scenario]\n",
		      "t.ini:3: [scenario]: has no claim; say in a sentence "
		      "what must hold\n");
	EXPECT_ERRORS("[scenario]\nclaim =\n" PHASE,
		      "t.ini:1: [scenario]: has no claim; say in a sentence "
		      "what must hold\n"
		      "t.ini:2: claim: nothing; some text is needed\n");
}

TEST(no_expectation)
{
	EXPECT_ERRORS(CLAIM "[phase a]\n[phase b]\n" EXPECT "[phase c]\n",
		      "t.ini:3: [phase a]: nothing is expected; at least one "
		      "\"expect = ...\" is needed\n"
		      "t.ini:6: [phase c]: nothing is expected; at least one "
		      "\"expect = ...\" is needed\n");
}

TEST(unknown_sections)
{
	EXPECT_ERRORS(CLAIM PHASE "[guset]\nx = 1\n[Phase b]\n[phase]\n[]\n",
		      "t.ini:5: [guset]: unknown section \"guset\", did you "
		      "mean \"guest\"?; allowed: scenario, guest, phase NAME, "
		      "phase *\n"
		      "t.ini:7: [Phase b]: unknown section \"Phase b\", did "
		      "you mean \"phase *\"?; allowed: scenario, guest, phase "
		      "NAME, phase *\n"
		      "t.ini:8: [phase]: has no name; allowed: [phase NAME], "
		      "or [phase *] for defaults\n"
		      "t.ini:9: []: unknown section \"\"; allowed: scenario, "
		      "guest, phase NAME, phase *\n");
}

TEST(sections_twice)
{
	EXPECT_ERRORS(CLAIM "[guest]\ncpus = 1\n[guest]\n" CLAIM PHASE,
		      "t.ini:5: [guest]: is there already, in line 3\n"
		      "t.ini:6: [scenario]: is there already, in line 1\n");
}

TEST(names_of_phases)
{
	EXPECT_ERRORS(CLAIM "[phase A]\n" EXPECT "[phase b c]\n" EXPECT
			    "[phase d_e]\n" EXPECT,
		      "t.ini:3: [phase A]: \"A\" is no name; allowed: a-z, "
		      "0-9 and -\n"
		      "t.ini:5: [phase b c]: \"b c\" is no name; allowed: "
		      "a-z, 0-9 and -\n"
		      "t.ini:7: [phase d_e]: \"d_e\" is no name; allowed: "
		      "a-z, 0-9 and -\n");
}

TEST(phases_twice)
{
	EXPECT_ERRORS(CLAIM PHASE "[phase ab]\n" EXPECT PHASE,
		      "t.ini:7: [phase a]: the name is taken, in t.ini:3; "
		      "allowed: names that are unique over the scenario\n");
	/* Spread out it has another name, but it is the same phase. */
	EXPECT_ERRORS(CLAIM PHASE "inject = fail_page_alloc\n"
				  "inject.interval = 1 2\n" PHASE,
		      "t.ini:7: [phase a]: the name is taken, in t.ini:3; "
		      "allowed: names that are unique over the scenario\n");
}

TEST(keys_outside_of_sections)
{
	EXPECT_ERRORS("claim = c\n" CLAIM PHASE,
		      "t.ini:1: claim: belongs to no section; a heading "
		      "in brackets comes first\n");
}

TEST(keys_twice)
{
	EXPECT_ERRORS(CLAIM PHASE "order = 1\norder = 2\n 3\n",
		      "t.ini:6: order: is set already, in line 5\n");
	EXPECT_ERRORS("[scenario]\nclaim = c\nclaim = d\n" PHASE,
		      "t.ini:3: claim: is set already, in line 2\n");
	EXPECT_ERRORS(CLAIM "[phase *]\nshots = 1\nshots = 1\n" PHASE,
		      "t.ini:5: shots: is set already, in line 4\n");
}

TEST(unknown_keys)
{
	EXPECT_LINE_ERROR("contex = task",
			  "contex: unknown key \"contex\", did you mean "
			  "\"context\"?; " PHASE_KEYS);
	EXPECT_LINE_ERROR(
		"injekt.interval = 1",
		"injekt.interval: unknown key \"injekt.interval\"; " PHASE_KEYS);
	EXPECT_ERRORS("[scenario]\nclaim = c\nincludes = x\n" PHASE,
		      "t.ini:3: includes: unknown key \"includes\", did you "
		      "mean \"include\"?; allowed: claim, include, inherit, "
		      "regressions, takes, by-name\n");
	EXPECT_ERRORS(CLAIM "[guest]\nnods = 1\n" PHASE,
		      "t.ini:4: nods: unknown key \"nods\", did you mean "
		      "\"nodes\"?; allowed: cpus, nodes, memory, "
		      "distance, deadline, append, cpu, machine\n");
}

TEST(lines_that_are_nothing)
{
	EXPECT_ERRORS(CLAIM PHASE "what is this\n  and this\n= 3\n[b\n",
		      "t.ini:5: neither a [section] nor KEY = VALUE nor a # "
		      "comment\n"
		      "t.ini:7: a value without a key; KEY = VALUE\n"
		      "t.ini:8: a heading has no ']'\n");
	EXPECT_ERRORS(CLAIM PHASE "[phase b] c\nd = e\n  [phase f]\n g\n",
		      "t.ini:5: something follows the ']' of a heading\n"
		      "t.ini:7: a heading is indented; it must start its "
		      "line\n");
	EXPECT_ERRORS("  claim = c\n" CLAIM PHASE,
		      "t.ini:1: the line is indented, but there is no key "
		      "above that it could go on with\n");
	EXPECT_ERRORS("[scenario]\n  claim = c\n" PHASE,
		      "t.ini:1: [scenario]: has no claim; say in a sentence "
		      "what must hold\n"
		      "t.ini:2: the line is indented, but there is no key "
		      "above that it could go on with\n");
}

TEST(characters_that_are_no_text)
{
	EXPECT_LINE_ERROR("order = \x1b[31m1",
			  "a control character; this is no text file\n");
	EXPECT_LINE_ERROR("order = 1\r2",
			  "a control character; this is no text file\n");
}

/* "claim = xxx" of so many characters. */
static char *claim_of(int length)
{
	char *text;

	if (asprintf(&text, "[scenario]\nclaim = %0*d\n" PHASE,
		     length - (int)strlen("claim = "), 0) < 0)
		abort();
	return text;
}

TEST(long_lines)
{
	char *text = claim_of(197);
	struct lab_scenario *s = parse(text);

	ASSERT_NE(NULL, s);
	EXPECT_EQ(197 - strlen("claim = "), strlen(s->claim));
	lab_scenario_free(s);
	free(text);

	text = claim_of(198);
	EXPECT_ERRORS(text,
		      "t.ini:1: [scenario]: has no claim; say in a sentence "
		      "what must hold\n"
		      "t.ini:2: the line is too long; at most 197 characters, "
		      "but values go on in lines that begin with a blank\n");
	free(text);
}

TEST(a_line_that_goes_on_from_a_wrong_one)
{
	EXPECT_ERRORS(CLAIM PHASE "order = 1\n\x01\n 2\nshots = 1\n",
		      "t.ini:6: a control character; this is no text file\n");
	EXPECT_ERRORS(CLAIM PHASE "ordr = 1\n 2\n",
		      "t.ini:5: ordr: unknown key \"ordr\", did you mean "
		      "\"order\"?; " PHASE_KEYS);
}

TEST(long_headings)
{
	EXPECT_ERRORS(CLAIM "[phase a23456789b123456789c123456789d123456789"
			    "e123]\n" EXPECT
			    "[phase a23456789b123456789c123456789d123456789"
			    "e1234]\n" EXPECT,
		      "t.ini:5: a heading is too long; at most 49 "
		      "characters\n");
}

TEST(too_many_keys)
{
	struct capture capture = {};
	FILE *stream = NULL;
	char *text;
	int i;

	capture_start(&capture, &stream);
	fputs(CLAIM "[phase a]\n", stream);
	for (i = 0; i < 65; i++)
		fputs(EXPECT, stream);
	text = capture_end(&capture);
	EXPECT_ERRORS(text, "t.ini:68: expect: too many; at most 64 in a "
			    "phase\n");
	free(text);
}

TEST(far_too_many_keys)
{
	struct capture capture = {};
	FILE *stream = NULL;
	char *text, *errors;
	int i;

	capture_start(&capture, &stream);
	fputs(CLAIM "[phase a]\n", stream);
	for (i = 0; i < 1001; i++)
		fprintf(stream, "key%d = 1\n", i);
	text = capture_end(&capture);
	errors = said_by(parse, text);
	EXPECT_NE(NULL, strstr(errors, "t.ini:1004: key1000: too many keys in "
				       "one section\n"));
	free(errors);
	free(text);
}

TEST(at_most_twenty_errors)
{
	char text[1024] = CLAIM PHASE;
	char *errors, *line, *rest;
	int i, lines = 0;

	for (i = 0; i < 30; i++)
		sprintf(text + strlen(text), "bad%d = 1\n", i);
	errors = said_by(parse, text);
	rest = errors;
	while ((line = strsep(&rest, "\n")) && *line)
		if (!strncmp(line, "t.ini:", 6) && atoi(line + 6) == 5 + lines)
			lines++;
		else
			EXPECT_STREQ("there is more; these are the first 20",
				     line);
	EXPECT_EQ(20, lines);
	free(errors);
}

TEST(errors_come_in_the_order_of_lines)
{
	EXPECT_ERRORS("[phase a]\nhold = -1\nexpect = x\norder = 16\n"
		      "zzzzzz = 1\n" CLAIM "bad line\n[guest]\nnodes = 0\n",
		      "t.ini:2: hold: \"-1\"; allowed: 0 to 1048576\n"
		      "t.ini:3: expect: \"x\"; allowed: SCOPE METRIC OPERATOR "
		      "VALUE, as in \"each success == 100%\"\n"
		      "t.ini:4: order: \"16\"; allowed: numbers and ranges "
		      "from 0 to 15, as in \"0-2 5\"\n"
		      "t.ini:5: zzzzzz: unknown key \"zzzzzz\"; " PHASE_KEYS
		      "t.ini:8: neither a [section] nor KEY = VALUE nor a # "
		      "comment\n"
		      "t.ini:10: nodes: \"0\"; allowed: 1 to 16\n");
}

TEST_HARNESS_MAIN
