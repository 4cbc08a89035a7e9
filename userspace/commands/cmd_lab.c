// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_lab.c - "labyrinth lab": its options, and the scenarios it names.
 * What is done with them is in lab/jobs.h.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bisect/bisect.h"
#include "lab/jobs.h"
#include "lab/lab.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/option.h"
#include "lib/paths.h"
#include "lib/words.h"
#include "log/log.h"
#include "scenario/boot_memory.h"
#include "scenario/demand.h"
#include "scenario/scenario.h"
#include "scenario/shape.h"
#include "sys/cpu.h"
#include "cluster_option.h"
#include "command.h"
#include "for_bisect.h"
#include "known_option.h"
#include "until_decided.h"

#define EXEC_CPUS_MAX 16

/* Read by scripts/kernel/module.sh. */
#define MODULE_KEY_ENV "LABYRINTH_MODULE_KEY"

struct order {
	struct lab_plan plan;
	struct lab_until until; /* against NULL: not asked for */
	bool seeds_given, out_given, cpus_given, resume;
	const char *guest; /* a scenario; NULL: not asked for */
	struct lab_known_option known;
	struct lab_cluster_option cluster;
	struct lab_for_bisect for_bisect;
	char *patched; /* the kernel with its patches, or NULL */
	char **patch;
	size_t patches;
};

static void add_to_until(void *until, const char *path)
{
	lab_until_add(until, path);
}

/* A run that fails is a run; one that the harness broke would be none. */
static int run_until_decided(struct order *order)
{
	enum lab_decision decision = LAB_UNDECIDED;
	int code = LAB_SKIP, look = LAB_PASS;
	struct lab_plan *plan = &order->plan;
	const uint64_t jobs = plan->jobs;
	uint64_t seeds = 0, next;

	plan->stored = add_to_until;
	plan->stored_arg = &order->until;
	while (decision == LAB_UNDECIDED) {
		/* What fitted beside few seeds is no limit for more. */
		plan->jobs = jobs;
		next = lab_until_next(&order->until, seeds);
		code = lab_exit_graver(code,
				       lab_jobs_run(plan, plan->seed + seeds,
						    next - seeds));
		if (code == LAB_HARNESS || code == LAB_USAGE)
			return code;
		seeds = next;
		look = lab_until_look(&order->until, seeds, &decision);
	}
	/* What runs passed says nothing of what is not decided. */
	return code == LAB_PASS ? look : lab_exit_graver(code, look);
}

static void add_scenario(struct lab_plan *plan, struct lab_scenario *scenario)
{
	const size_t size = (plan->nscenarios + 1) * sizeof(*plan->scenarios);

	plan->scenarios = realloc(plan->scenarios, size);
	if (!plan->scenarios)
		abort();
	plan->scenarios[plan->nscenarios++] = scenario;
}

/* Memory that --append takes away is missing in phases that were good without. */
static bool check_demands(const struct lab_scenario *s)
{
	struct lab_demand demand;
	size_t i;

	for (i = 0; i < s->nphases; i++) {
		if (!lab_demand_beyond(&s->phases[i], &s->shape, &s->boot,
				       &demand))
			continue;
		fprintf(stderr,
			"labyrinth: --append leaves %s less memory than its phase \"%s\" demands, most for its %s: %" PRIu64
			" MiB of at most %" PRIu64 "\n",
			s->name, s->phases[i].name, demand.key,
			demand.bytes >> 20, demand.max >> 20);
		return false;
	}
	return true;
}

/* What the command line says of how guests boot, after what the scenario says. */
static bool set_boot(const struct lab_plan *plan, struct lab_scenario *s)
{
	char why[1024];

	if (*plan->boot.append &&
	    (lab_boot_append(&s->boot, plan->boot.append, why, sizeof(why)) ||
	     lab_boot_fits(&s->boot, lab_shape_memory(&s->shape), why,
			   sizeof(why)))) {
		fprintf(stderr, "labyrinth: --append, with what %s has: %s\n",
			s->name, why);
		return false;
	}
	if (*plan->boot.append && !check_demands(s))
		return false;
	if (*plan->boot.cpu)
		strcpy(s->boot.cpu, plan->boot.cpu);
	if (*plan->boot.machine)
		strcpy(s->boot.machine, plan->boot.machine);
	return true;
}

static bool set_boots(const struct lab_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nscenarios; i++)
		if (!set_boot(plan, plan->scenarios[i]))
			return false;
	return !plan->guest || set_boot(plan, plan->guest);
}

/* What QEMU does not have, said before the first guest is booted. */
static bool check_boot(const struct lab_plan *plan,
		       const struct lab_scenario *scenario)
{
	struct lab_machine machine = lab_plan_machine(plan, scenario);
	char why[1024];

	/* Devices of a victim that are not there are no error: lab/machine.c. */
	machine.devices = NULL;
	machine.disk = 0;
	if (!*machine.boot.cpu && !*machine.boot.machine)
		return true;
	if (!lab_qemu_takes(&plan->qemu, &machine, why, sizeof(why)))
		return true;
	fprintf(stderr,
		"labyrinth: %s%sQEMU %s does not take this guest%s%s%s%s: %s\n",
		scenario ? scenario->name : "", scenario ? ": " : "",
		plan->qemu.version, *machine.boot.cpu ? ", cpu " : "",
		machine.boot.cpu, *machine.boot.machine ? ", machine " : "",
		machine.boot.machine, why);
	return false;
}

static bool check_boots(const struct lab_plan *plan)
{
	bool ok = !plan->exec || check_boot(plan, NULL);
	size_t i;

	for (i = 0; i < plan->nscenarios; i++)
		ok &= check_boot(plan, plan->scenarios[i]);
	return ok;
}

/* Every one that can be found by name, but those that want to be named. */
static bool load_all(struct lab_plan *plan)
{
	struct lab_scenario *s;
	char **paths;
	size_t i, n;
	bool ok;

	ok = !lab_scenario_names(&paths, &n);
	for (i = 0; i < n; i++) {
		s = lab_scenario_load(paths[i]);
		ok &= !!s;
		if (s && s->by_name)
			lab_scenario_free(s);
		else if (s)
			add_scenario(plan, s);
		free(paths[i]);
	}
	free(paths);
	return ok;
}

static int load_scenarios(struct lab_plan *plan, char **names,
			  const char *guest)
{
	bool ok = true;

	if (plan->exec) {
		plan->guest = guest ? lab_scenario_load(guest) : NULL;
		return guest && !plan->guest ? -EINVAL : 0;
	}

	/* All of them, so that every error is seen at once. */
	for (; *names; names++) {
		struct lab_scenario *s;

		if (!strcmp(*names, "all")) {
			ok &= load_all(plan);
			continue;
		}
		s = lab_scenario_load(*names);
		if (s)
			add_scenario(plan, s);
		else
			ok = false;
	}
	return ok ? 0 : -EINVAL;
}

/* A folder that is named is a set; the one for all that is not named is none. */
static int run_set(struct order *order)
{
	struct lab_plan *plan = &order->plan;
	struct lab_runset set = {};
	int code = 0;

	if (order->out_given && !plan->exec) {
		plan->set = &set;
		code = lab_runset_open(&set, plan, order->resume);
	}
	if (!code)
		code = lab_jobs_run(plan, plan->seed, plan->seeds);
	lab_runset_free(&set);
	return code;
}

/* For git, a kernel that does not build is told apart from what else goes wrong. */
static int make_bundle(struct order *order)
{
	struct lab_plan *plan = &order->plan;
	int code;

	if (!order->for_bisect.on)
		return lab_bundle_make(plan->kernel, lab_plan_program(plan),
				       &plan->bundle);
	plan->stored = lab_for_bisect_look;
	plan->stored_arg = &order->for_bisect;
	code = lab_bisect_make(plan, NULL);
	order->for_bisect.built = !code;
	return code;
}

static int execute(struct order *order)
{
	struct lab_plan *plan = &order->plan;
	char why[600];
	int code;

	if (lab_qemu_find(&plan->qemu, lab_arch_of_kernel(plan->kernel)) ||
	    !check_boots(plan))
		return LAB_USAGE;
	code = lab_cluster_option_build(&order->cluster, plan);
	if (!code)
		code = make_bundle(order);
	if (code)
		return code;
	/* A folder tells its architecture when it is looked into. */
	if (plan->bundle.arch != plan->qemu.arch &&
	    lab_qemu_find(&plan->qemu, plan->bundle.arch))
		return LAB_USAGE;
	if (plan->vmcore && lab_vmcore_check(&plan->qemu))
		return LAB_USAGE;
	if (order->cluster.on)
		return lab_cluster_option_run(&order->cluster, plan,
					      order->known.file,
					      order->known.count);
	if (plan->mode == LAB_KVM &&
	    lab_kvm_probe(&plan->qemu, &plan->bundle, plan->out, why,
			  sizeof(why))) {
		fprintf(stderr,
			"labyrinth: KVM does not work here: %s\n"
			"labyrinth: --mode fast measures time as well, and needs no KVM\n",
			why);
		return LAB_SKIP;
	}
	return order->until.against ? run_until_decided(order) : run_set(order);
}

/* "5%", as scenarios have it, or "5", as compare has it. */
static bool take_percent(const char *option, const char *text, double *percent)
{
	char number[32];
	const size_t length = strcspn(text, "%");

	snprintf(number, sizeof(number), "%.*s", (int)length, text);
	return lab_option_real(option,
			       strcmp(text + length, "%") ? text : number, 0.1,
			       100, percent);
}

static bool add_patch(struct order *order, char *file)
{
	const char *dot = strrchr(file, '.');

	if (!dot || (strcmp(dot, ".patch") != 0 && strcmp(dot, ".diff") != 0) ||
	    strchr(file, '+')) {
		fprintf(stderr,
			"labyrinth: --patch: '%s'; a patch is called NAME.patch or NAME.diff, and has no '+' in its name\n",
			file);
		return false;
	}
	order->patch = xgrow(order->patch, order->patches);
	order->patch[order->patches++] = file;
	return true;
}

/* The kernel as kernel.sh takes it: the patches are part of its name. */
static void name_patched(struct order *order)
{
	char *name = xstrdup(order->plan.kernel);
	size_t i;

	for (i = 0; i < order->patches; i++) {
		char *longer = xasprintf("%s+%s", name, order->patch[i]);

		free(name);
		name = longer;
	}
	order->patched = name;
	order->plan.kernel = name;
}

/* Says which option has a text that cannot be. */
static bool take_boot(struct lab_plan *plan, const char *option,
		      int (*take)(struct lab_boot_options *boot,
				  const char *text, char *why, size_t size))
{
	char why[1024];

	if (!take(&plan->boot, optarg, why, sizeof(why)))
		return true;
	fprintf(stderr, "labyrinth: %s: %s\n", option, why);
	return false;
}

static bool take_option(struct order *order, int option)
{
	struct lab_plan *plan = &order->plan;
	char why[1024];
	int word;

	switch (option) {
	case 'k':
		plan->kernel = optarg;
		return true;
	case 's':
		return lab_option_number("--seed", optarg, 0, UINT64_MAX >> 1,
					 &plan->seed);
	case 'u':
		order->until.against = optarg;
		return true;
	case 'e':
		return take_percent("--effect", optarg, &order->until.effect);
	case 'M':
		return lab_option_number("--max-seeds", optarg, LAB_UNTIL_LEAST,
					 1000, &order->until.most);
	case 'n':
		order->seeds_given = true;
		return lab_option_number("--seeds", optarg, 1, 100000,
					 &plan->seeds);
	case 'j':
		return lab_option_number("--jobs", optarg, 1, 1024,
					 &plan->jobs);
	case 'd':
		return lab_option_number("--deadline", optarg, 1, 900,
					 &plan->deadline);
	case 'D':
		return lab_option_number("--host-deadline", optarg, 1, 86400,
					 &plan->host_deadline);
	case 'm':
		word = lab_option_word("--mode", optarg, lab_mode_names);
		plan->mode = word;
		return word >= 0;
	case 'p':
		return add_patch(order, optarg);
	case 'r':
		return order->resume = true;
	case 'i':
		return order->for_bisect.on = true;
	case 'o':
		order->out_given = true;
		snprintf(plan->out, sizeof(plan->out), "%s", optarg);
		return true;
	case 'V':
		return plan->vmcore = true;
	case 'x':
		plan->exec = optarg;
		return true;
	case 'c':
		order->cpus_given = true;
		return lab_option_number("--cpus", optarg, 2, EXEC_CPUS_MAX,
					 &plan->cpus);
	case 'g':
		order->guest = optarg;
		return true;
	case 'K':
		lab_known_option_add(&order->known, optarg);
		return true;
	case 'y':
		return !setenv(MODULE_KEY_ENV, optarg, true);
	case 'a':
		return take_boot(plan, "--append", lab_boot_append);
	case 'C':
		return take_boot(plan, "--cpu", lab_boot_cpu);
	case 'b':
		return take_boot(plan, "--machine", lab_boot_machine);
	case 'l':
		if (!lab_name_set(optarg, lab_log_names, &plan->log, why,
				  sizeof(why)))
			return true;
		fprintf(stderr, "labyrinth: --log: %s\n", why);
		return false;
	default:
		if (option >= LAB_OPTION_ON)
			return lab_cluster_option_take(&order->cluster, option,
						       optarg);
		lab_command_usage(&lab_cmd_lab, LAB_USAGE);
		return false;
	}
}

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "seed", required_argument, NULL, 's' },
	{ "seeds", required_argument, NULL, 'n' },
	{ "until-decided", required_argument, NULL, 'u' },
	{ "effect", required_argument, NULL, 'e' },
	{ "max-seeds", required_argument, NULL, 'M' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "deadline", required_argument, NULL, 'd' },
	{ "host-deadline", required_argument, NULL, 'D' },
	{ "mode", required_argument, NULL, 'm' },
	{ "out", required_argument, NULL, 'o' },
	{ "vmcore", no_argument, NULL, 'V' },
	{ "exec", required_argument, NULL, 'x' },
	{ "cpus", required_argument, NULL, 'c' },
	{ "guest", required_argument, NULL, 'g' },
	{ "patch", required_argument, NULL, 'p' },
	{ "resume", no_argument, NULL, 'r' },
	{ "for-bisect", no_argument, NULL, 'i' },
	{ "log", required_argument, NULL, 'l' },
	{ "known", required_argument, NULL, 'K' },
	{ "module-key", required_argument, NULL, 'y' },
	{ "append", required_argument, NULL, 'a' },
	{ "cpu", required_argument, NULL, 'C' },
	{ "machine", required_argument, NULL, 'b' },
	LAB_CLUSTER_OPTIONS,
	LAB_CLUSTER_TASK_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{},
};

/* Said before the first guest is booted, which takes its time. */
static bool check_until(const struct order *order)
{
	if (!order->until.against)
		return true;
	if (order->plan.exec || order->seeds_given) {
		fprintf(stderr,
			"labyrinth: --until-decided decides how many seeds are run, and of scenarios: it takes --max-seeds, but no %s\n",
			order->plan.exec ? "--exec" : "--seeds");
		return false;
	}
	return lab_until_check(&order->until);
}

static bool check_resume(const struct order *order)
{
	if (!order->resume ||
	    (order->out_given && !order->plan.exec && !order->until.against))
		return true;
	fprintf(stderr,
		"labyrinth: --resume goes on in the folder that --out names, with scenarios and a number of seeds\n");
	return false;
}

static bool check_for_bisect(const struct order *order)
{
	if (!order->for_bisect.on ||
	    !(order->plan.exec || order->until.against || order->resume ||
	      order->cluster.on || order->cluster.attach))
		return true;
	fprintf(stderr,
		"labyrinth: --for-bisect takes scenarios and a number of seeds, on this machine: no --exec, --until-decided, --resume, --on or --attach\n");
	return false;
}

static bool check_guest(const struct order *order)
{
	if (!order->guest || (order->plan.exec && !order->cpus_given))
		return true;
	fprintf(stderr,
		"labyrinth: --guest says whose guest a program gets: it takes --exec, and no --cpus\n");
	return false;
}

static bool check_cluster(const struct order *order)
{
	const char *other = order->plan.exec	 ? "--exec" :
			    order->plan.vmcore	 ? "--vmcore" :
			    order->until.against ? "--until-decided" :
			    order->resume	 ? "--resume" :
						   NULL;

	return lab_cluster_option_check(&order->cluster, order->out_given,
					other);
}

static int order_main(struct order *order, int argc, char **argv)
{
	struct lab_plan *plan = &order->plan;
	int option, code = LAB_USAGE;
	size_t i;

	*order = (struct order){
		.plan = {
			.kernel = "source:6.12",
			.seed = 1,
			.seeds = 1,
			.cpus = 2,
			.jobs = __builtin_popcountll(lab_cpus_allowed()),
			.argc = argc,
			.argv = argv,
		},
		.until = { .effect = 100 * LAB_THRESHOLD, .most = 50 },
	};
	lab_results_path(plan->out, sizeof(plan->out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_lab, LAB_PASS);
		if (!take_option(order, option))
			return LAB_USAGE;
	}
	plan->args = argv + optind;
	if (!check_for_bisect(order) || !check_cluster(order))
		return LAB_USAGE;
	if (order->cluster.attach)
		return lab_cluster_option_attach(&order->cluster,
						 order->resume);
	if (!plan->exec && optind == argc)
		return lab_command_usage(&lab_cmd_lab, LAB_USAGE);
	if (!check_until(order) || !check_resume(order) || !check_guest(order))
		return LAB_USAGE;
	name_patched(order);
	plan->known = &order->known.known;
	plan->known_pass = order->known.count;
	if (lab_known_option_load(&order->known) &&
	    !load_scenarios(plan, plan->args, order->guest) && set_boots(plan))
		code = execute(order);
	lab_until_free(&order->until);
	lab_known_option_free(&order->known);
	free(order->patched);
	free(order->patch);
	for (i = 0; i < plan->nscenarios; i++)
		lab_scenario_free(plan->scenarios[i]);
	free(plan->scenarios);
	lab_scenario_free(plan->guest);
	return code;
}

static int lab_main(int argc, char **argv)
{
	struct order order;
	int code = order_main(&order, argc, argv);

	return lab_for_bisect_asked(argc, argv) ?
		       lab_for_bisect_code(&order.for_bisect, code) :
		       code;
}

const struct lab_command lab_cmd_lab = {
	.name = "lab",
	.usage =
		"SCENARIO... [--kernel K [--patch FILE]] [--seed N] [--seeds N] [--jobs N]\n"
		"                [--mode deterministic|fast|kvm] [--known FILE] [--out DIR [--resume]]\n"
		"                [--for-bisect] [--vmcore]\n"
		"                [--until-decided RESULTS [--effect PERCENT] [--max-seeds N]]\n"
		"                [--on slurm [--plan | --detach] [--partition P] [--nodes-max N]]\n"
		"       labyrinth lab --attach DIR [--resume]",
	.help = "boots guests and runs scenarios in them",
	.details =
		"  SCENARIO     a name (labyrinth list scenarios) or a file; all: every one that\n"
		"               is not by-name. The verdicts of several runs end in a table\n"
		"  --kernel K   what is booted (source:6.12), one of\n"
		/* made by: scripts/runtime/kernel.sh specs c */
		"    source:X.Y          the source of the distribution, built with the\n"
		"                        configuration of the lab\n"
		"    stock:X.Y           the kernel of the distribution as it is shipped; also\n"
		"                        stock:X.Y-rt and stock:X.Y-cloud\n"
		"    stock:X.Y/arm64     the same for another architecture, in a guest of it;\n"
		"                        also -rt and -cloud; scripts/setup.sh arm64 installs\n"
		"                        what that takes\n"
		"    TREE                a kernel source tree, built with the configuration of\n"
		"                        the lab, outside the tree, again when the tree has\n"
		"                        changed\n"
		"    BUILD               a folder that a kernel was built in (bzImage,\n"
		"                        Module.symvers), used as it is: it needs what\n"
		"                        scripts/kernel/lab.config asks for\n"
		"    installed[:RELEASE] the kernel of this machine, or that of a release; as\n"
		"                        its distribution installed it, with the headers\n"
		"    FILE.deb, FILE.rpm  the package of a kernel, with those of its headers\n"
		"                        beside it: unpacked, not installed\n"
		"    FILE.pkg.tar.zst    likewise, of Arch and its relatives\n"
		"    BZIMAGE[,HEADERS]   a bzImage, with the headers that it was installed\n"
		"                        with, or those in a folder\n"
		"    +debug              after source:X.Y or TREE: the kernel checks itself\n"
		"                        with KASAN, lockdep, kmemleak and the like, and takes\n"
		"                        several times as long\n"
		"    +rt                 likewise: PREEMPT_RT\n"
		"    +tiny               likewise: for one processor, where per-CPU lists are\n"
		"                        guarded in another way\n"
		"    +clang              likewise: built by clang and lld, with link-time\n"
		"                        optimization and kCFI; scripts/setup.sh clang\n"
		"                        installs what that takes\n"
		"    +signed             likewise: loads signed modules only; ours is signed\n"
		"                        with the key of its build; several of these can be\n"
		"                        given, as in source:X.Y+clang+signed\n"
		"    +cma                likewise: 32 MiB of a guest are a contiguous memory\n"
		"                        area, of which atomic requests get nothing\n"
		"    +symbols            likewise: what its log tells of is shown with file\n"
		"                        and line\n"
		"    +FILE.patch         after source:X.Y: with a patch applied, in a tree of\n"
		"                        its own; also FILE.diff, and several\n"
		/* end of what is made */
		"  --patch FILE of source:X.Y, the kernel with a patch applied, in a tree of its\n"
		"               own. Repeatable, in order\n"
		"  --seed N     decides every choice that is left to chance (1)\n"
		"  --seeds N    runs each scenario with so many seeds, from --seed on (1)\n"
		"  --until-decided RESULTS\n"
		"               runs more and more seeds, until it is decided whether the kernel\n"
		"               differs from that of these runs, or cannot be: see compare. Exits\n"
		"               1 when it is worse, 4 when it cannot be decided\n"
		"  --effect PERCENT\n"
		"               of it: differences of less need not be found (5%)\n"
		"  --max-seeds N\n"
		"               of it: how many seeds there may be (50)\n"
		"  --jobs N     guests at a time at most (one per CPU); as many as there is memory\n"
		"               and disk for\n"
		"  --mode M     deterministic: instructions are counted, results are the same\n"
		"               on every machine; fast: emulated, not counted; kvm\n"
		"               (deterministic)\n"
		"  --deadline S seconds of guest time after which a guest is ended; else what\n"
		"               the scenario says\n"
		"  --host-deadline S\n"
		"               the same in seconds of this machine (60 and 20 for each of the\n"
		"               guest's)\n"
		"  --known FILE known issues of this lab, beside the project's: what fails and is\n"
		"               known is no failure then; project: no others. Repeatable\n"
		"  --out DIR    where the folders of the runs go (results)\n"
		"  --resume     goes on with what an earlier call of the same began in --out: runs\n"
		"               that are done are kept, those that the harness broke are repeated\n"
		"  --for-bisect exits as git bisect run wants it: 0 when all passed, 1 when a\n"
		"               verdict failed, 125 when the kernel does not build or boot or the\n"
		"               run was skipped, 130 for bad input and 131 when the harness broke,\n"
		"               which both stop git\n"
		"  --vmcore     a guest that panics or hangs leaves its memory in the file vmcore\n"
		"               of its run's folder, for crash and drgn; of --exec, in exec-NAME\n"
		"               of --out. What is found is the same as without\n"
		"  --module-key FILE\n"
		"               signs the module, for a kernel that takes no other: a PEM file with\n"
		"               key and certificate, or KEY,CERTIFICATE; else that of the build\n"
		"               folder is used where signatures are enforced\n"
		"  --on slurm   runs are jobs of a cluster, which nodes do that have --out by the\n"
		"               same path as this machine; takes --out\n"
		"  --plan       of it: prints a line for each run, and runs nothing: what is\n"
		"               booted, seed, memory and the seconds it is expected to take\n"
		"  --partition P, --account A\n"
		"               of it: not the cluster's default\n"
		"  --nodes-max N\n"
		"               of it: runs on not more than so many nodes\n"
		"  --build-cpus N\n"
		"               of it: the kernel is built by a job with so many CPUs, and not here\n"
		"  --detach     of it: does not wait for the runs\n"
		"  --attach DIR follows the runs on a cluster whose --out is DIR, and submits what\n"
		"               of them is missing; with --resume also what was given up\n"
		"  --entry N    with --attach, the Nth run of them alone, here: what its tasks are\n"
		"               started with\n"
		"  --append TEXT\n"
		"               kernel parameters, after those of the scenario\n"
		"  --cpu MODEL  the CPU that is emulated, as QEMU names it, with properties:\n"
		"               max, qemu64,la57=on (what the scenario says, or qemu64)\n"
		"  --machine BOARD\n"
		"               likewise the board: q35,max-ram-below-4g=128M\n"
		"               (what the scenario says, or q35)\n"
		"  --exec FILE  runs a static program in a guest instead: what follows goes\n"
		"               to it, after --; its output and its success are the result\n"
		"  --cpus N     of that guest, from 2 on; it has two nodes of 256 MiB (2)\n"
		"  --guest SCENARIO\n"
		"               that guest is as the section [guest] of a scenario says: its\n"
		"               nodes, CPUs, memory, kernel parameters, CPU and board\n"
		"  --log KINDS  of such a program: what the kernel's log may tell of without\n"
		"               being a failure; labyrinth list keys names the kinds\n"
		"\n"
		"LABYRINTH_QEMU names another QEMU, LABYRINTH_SCENARIOS more folders of\n"
		"scenarios.\n",
	.options = options,
	.words = lab_complete_scenarios,
	.main = lab_main,
};
