// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_compare.c - "labyrinth compare": tells two kernels apart. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "compare/compare.h"
#include "compare/decided.h"
#include "explore/explore.h"
#include "lib/json.h"
#include "lib/option.h"
#include "lib/output.h"
#include "results/build.h"

struct request {
	const struct lab_compare_form *form;
	const char *output, *profile;
	double threshold, alpha;
	bool all, undecided_fails;
};

/* Whether each group would have shown a change as large as the threshold. */
static bool is_decided(const struct lab_comparison *comparison)
{
	const double effect = fmax(comparison->threshold, 0.01);
	size_t seeds;

	return lab_compare_decided(comparison, effect, LAB_MANY_SEEDS,
				   &seeds) == LAB_DECIDED;
}

static int exit_code(const struct request *request,
		     const struct lab_comparison *comparison)
{
	const enum lab_judgement judgement = lab_judgement(comparison);
	size_t side;

	if (judgement == LAB_WORSE)
		return LAB_FAIL;
	for (side = 0; side < LAB_SIDES; side++)
		if (!comparison->set[side].runs && comparison->set[side].broken)
			return LAB_HARNESS;
	/*
	 * Two sets of which nothing can be compared are a mistake of the user.
	 */
	if (judgement == LAB_NOT_COMPARABLE && !comparison->count[LAB_SAME])
		return LAB_USAGE;
	if (request->undecided_fails && !request->profile &&
	    !is_decided(comparison))
		return LAB_FAIL;
	return LAB_PASS;
}

static int write_form(const struct request *request,
		      const struct lab_comparison *comparison)
{
	struct lab_output output;

	if (!lab_output_open(&output, request->output))
		return LAB_USAGE;
	request->form->write(comparison, output.to, request->all);
	return lab_output_close(&output, true) ? LAB_PASS : LAB_HARNESS;
}

/* Reads both sides even after an error, so that all errors are reported. */
static bool gather_both(struct lab_comparison *comparison, char **where)
{
	bool good = true;
	size_t side;

	for (side = 0; side < LAB_SIDES; side++)
		good &= lab_gather(comparison, side, where[side]);
	if (good)
		lab_judge(comparison);
	return good;
}

static int compare(const struct request *request, char **where)
{
	struct lab_comparison comparison = {
		.threshold = request->threshold / 100,
		.alpha = request->alpha,
	};
	int code = LAB_USAGE, written;
	bool good;

	if (request->profile)
		good = lab_gather(&comparison, LAB_B, where[0]) &&
		       lab_judge_by_profile(&comparison, request->profile);
	else
		good = gather_both(&comparison, where);
	if (good) {
		code = exit_code(request, &comparison);
		written = write_form(request, &comparison);
		code = written ? written : code;
	}
	lab_comparison_free(&comparison);
	return code;
}

/* Explorations have forms of their own: text, and json. */
static int write_explorations(const struct request *request,
			      const json_t *comparison)
{
	const bool json = !strcmp(request->form->name, "json");
	struct lab_output output;

	if (!json && strcmp(request->form->name, "text") != 0) {
		fprintf(stderr,
			"labyrinth: two explorations are compared as text or json, not %s\n",
			request->form->name);
		return LAB_USAGE;
	}
	if (!lab_output_open(&output, request->output))
		return LAB_USAGE;
	if (json) {
		json_dumpf(comparison, output.to,
			   JSON_INDENT(1) | JSON_SORT_KEYS);
		fputc('\n', output.to);
	} else {
		lab_explorations_text(comparison, output.to);
	}
	if (!lab_output_close(&output, true))
		return LAB_HARNESS;
	return json_is_true(json_object_get(comparison, "worse")) ? LAB_FAIL :
								    LAB_PASS;
}

static int compare_explorations(const struct request *request,
				const json_t *found[LAB_SIDES], char **where)
{
	const char *victim[LAB_SIDES];
	json_t *comparison;
	size_t side;
	int code;

	for (side = 0; side < LAB_SIDES; side++) {
		if (!found[side]) {
			fprintf(stderr,
				"labyrinth: %s is no exploration, and %s is one\n",
				where[side], where[!side]);
			return LAB_USAGE;
		}
		victim[side] = lab_text(
			json_object_get(found[side], "identity"), "victim");
	}
	if (strcmp(victim[LAB_A], victim[LAB_B]) != 0) {
		fprintf(stderr,
			"labyrinth: the explorations are of two victims, %s and %s\n",
			victim[LAB_A], victim[LAB_B]);
		return LAB_USAGE;
	}
	comparison = lab_explorations_compare(found[LAB_A], found[LAB_B]);
	code = write_explorations(request, comparison);
	json_decref(comparison);
	return code;
}

static int compare_sides(const struct request *request, char **where)
{
	json_t *found[LAB_SIDES] = { lab_exploration_load(where[LAB_A]),
				     lab_exploration_load(where[LAB_B]) };
	int code;

	code = found[LAB_A] || found[LAB_B] ?
		       compare_explorations(request, (const json_t **)found,
					    where) :
		       compare(request, where);
	json_decref(found[LAB_A]);
	json_decref(found[LAB_B]);
	return code;
}

static const struct option options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	{ "threshold", required_argument, NULL, 't' },
	{ "alpha", required_argument, NULL, 'l' },
	{ "profile", required_argument, NULL, 'p' },
	{ "undecided", required_argument, NULL, 'u' },
	{ "all", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

LAB_OPTION_FORMAT(find_form, struct lab_compare_form, lab_compare_forms)

static bool take_undecided(struct request *request, const char *word)
{
	request->undecided_fails = !strcmp(word, "fail");
	if (request->undecided_fails || !strcmp(word, "pass"))
		return true;
	fprintf(stderr, "labyrinth: --undecided takes pass, fail, not '%s'\n",
		word);
	return false;
}

static bool take_option(struct request *request, int option)
{
	switch (option) {
	case 'f':
		request->form = find_form(optarg);
		return request->form;
	case 'o':
		request->output = optarg;
		return true;
	case 't':
		return lab_option_real("--threshold", optarg, 0, 100,
				       &request->threshold);
	case 'l':
		return lab_option_real("--alpha", optarg, 1e-9, 0.5,
				       &request->alpha);
	case 'p':
		request->profile = optarg;
		return true;
	case 'u':
		return take_undecided(request, optarg);
	case 'a':
		request->all = true;
		return true;
	default:
		lab_command_usage(&lab_cmd_compare, LAB_USAGE);
		return false;
	}
}

static int compare_main(int argc, char **argv)
{
	struct request request = {
		.form = lab_compare_forms[0],
		.threshold = 100 * LAB_THRESHOLD,
		.alpha = LAB_ALPHA,
	};
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_compare, LAB_PASS);
		if (!take_option(&request, option))
			return LAB_USAGE;
	}
	if (argc - optind != (request.profile ? 1 : 2))
		return lab_command_usage(&lab_cmd_compare, LAB_USAGE);
	return request.profile ? compare(&request, argv + optind) :
				 compare_sides(&request, argv + optind);
}

const struct lab_command lab_cmd_compare = {
	.name = "compare",
	.usage =
		"A B [--format text|json|html|markdown] [-o FILE]\n"
		"                    [--threshold PERCENT] [--alpha P] [--undecided pass|fail]\n"
		"                    [--all]\n"
		"                    or RUNS --profile FILE, in place of A and B",
	.help = "tells two kernels apart, and says how far to believe it",
	.details =
		"  A, B         the runs of a kernel each: the folder of a run, a folder of such\n"
		"               folders, or a pattern in quotes:\n"
		"               'results/default-6.12.*'. B is judged by A. Or two folders of\n"
		"               labyrinth explore, of one victim: which sites are new, gone, or\n"
		"               fail now, as text or json\n"
		"  --format F   text, json, html (one file that needs nothing else), markdown\n"
		"  -o, --output FILE\n"
		"               writes there, and replaces the file only when all is written\n"
		"  --threshold PERCENT\n"
		"               a difference is claimed when the bound that is nearer to none is\n"
		"               beyond it: points of a rate of success, percent of a latency (5).\n"
		"               Of a group of cells: beyond a fifth of it\n"
		"  --alpha P    how often a comparison may claim what is not so (0.01)\n"
		"  --undecided pass|fail\n"
		"               whether it fails when a group of cells could have changed by the\n"
		"               threshold without being seen (pass)\n"
		"  --profile FILE\n"
		"               judges runs by fixed numbers instead; results/README.md has the\n"
		"               keys\n"
		"  --all        every finding; else the gravest, and of those that show no\n"
		"               difference only their number\n"
		"\n"
		"Numbers are of three kinds. Exact ones differ or do not. Conditional ones are\n"
		"what became of shots given the free pages that they met: the cliff, which is\n"
		"claimed from five seeds of each kernel on. The rest is chaotic: it takes five\n"
		"seeds to see 5 % in a group of cells, and some fifteen to see it in one.\n"
		"\n"
		"Exits 0: B is worse in nothing that could be told, or meets the profile; 1: it\n"
		"is not so; 2: nothing to compare; 3: what B or A holds says nothing of a\n"
		"kernel.\n",
	.options = options,
	.main = compare_main,
};
