// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_lab.c - "labyrinth lab": runs scenarios in guests of its own making.
 *
 * A job is a scenario with a seed. Jobs run side by side, a guest each; each
 * is concluded when its guest ended, in the order in which they end.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "until_decided.h"
#include "compare/cache.h"
#include "lib/progress.h"
#include "lib/sha256.h"
#include "lib/json.h"
#include "results/store.h"
#include "lab/lab.h"
#include "lab/room.h"
#include "lab/summary_table.h"
#include "log/log.h"
#include "lib/option.h"
#include "lib/paths.h"
#include "export/export.h"
#include "results/build.h"
#include "pressure/pressure.h"
#include "scenario/scenario.h"
#include "scenario/shape.h"
#include "sys/cpu.h"
#include "lib/words.h"

#define POLL_US 20000
#define TAIL_LINES 40
#define EXEC_CPUS_MAX 16

struct plan {
	const char *kernel;
	enum lab_mode mode;
	uint64_t seed, seeds, jobs;
	uint64_t deadline; /* seconds of guest time; 0: the scenario's */
	uint64_t host_deadline; /* seconds; 0: derived from the other */
	char out[4096];
	const char *exec; /* a program instead of scenarios */
	uint64_t cpus; /* of its guest */
	uint64_t log; /* of it: set of 1 << enum lab_log_kind, expected */
	char **args; /* of it */
	int argc;
	char **argv;

	uint64_t memory; /* bytes that guests may take together */
	struct lab_until until; /* against NULL: not asked for */
	bool seeds_given;

	struct lab_qemu qemu;
	struct lab_bundle bundle;
	struct lab_scenario **scenarios;
	size_t nscenarios;
};

struct job {
	const struct lab_scenario *scenario; /* NULL: a program */
	uint64_t seed;
	struct lab_machine machine;
	struct lab_request request;
	struct lab_store store;
	struct lab_guest guest;
	bool running, done;
	int code;
	json_t *row; /* of the table, when there are several */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/*
 * Older emulators hang when a counted guest has more than one CPU.
 */
static void fit_machine(struct lab_machine *machine,
			const struct lab_qemu *qemu)
{
	struct lab_shape *shape = &machine->shape;
	unsigned int node, cpus = 0;
	static bool said;

	if (machine->mode != LAB_DETERMINISTIC || shape->cpus == 1 ||
	    lab_qemu_counts_smp(qemu))
		return;
	if (!said)
		fprintf(stderr,
			"labyrinth: QEMU %s cannot count instructions of more than one CPU (8.1 can):\n"
			"labyrinth: the guest gets one CPU, and its results compare with such only\n",
			qemu->version);
	said = true;
	for (node = 0; node < shape->nodes; node++) {
		shape->node[node].cpus = !cpus && shape->node[node].cpus;
		cpus += shape->node[node].cpus;
	}
	shape->cpus = cpus;
}

/*
 * What a kernel that checks itself takes of a guest: of the first node some
 * 70 MiB for its text and tables and of each an eighth for KASAN's shadow, and
 * a shot is some 16 times as long.
 */
#define CHECKS_MEMORY (128u << 20)
#define CHECKS_SLOWER 12

/* What some pressure of it runs, or NULL. */
static const char *program_of(const struct lab_scenario *scenario)
{
	const struct lab_pressure *pressure;
	size_t i, j;

	for (i = 0; i < scenario->nphases; i++)
		for (j = 0; j < scenario->phases[i].npresses; j++) {
			pressure = scenario->phases[i].press[j].pressure;
			if (pressure->program)
				return pressure->program;
		}
	return NULL;
}

static const char *program_of_any(const struct plan *plan)
{
	const char *program = NULL;
	size_t i;

	for (i = 0; !program && i < plan->nscenarios; i++)
		program = program_of(plan->scenarios[i]);
	return program;
}

static struct lab_machine machine_of(const struct plan *plan,
				     const struct lab_scenario *scenario)
{
	struct lab_machine machine = {
		.mode = plan->mode,
		.shape = scenario ? scenario->shape :
				    lab_shape_plain(2, plan->cpus, 256u << 20),
		.program = scenario ? program_of(scenario) : NULL,
		.deadline = scenario ? scenario->deadline : 600,
	};
	unsigned int node;

	if (plan->bundle.checks_itself) {
		for (node = 0; node < machine.shape.nodes; node++)
			if (machine.shape.node[node].memory)
				machine.shape.node[node].memory +=
					CHECKS_MEMORY;
		machine.deadline *= CHECKS_SLOWER;
		if (machine.deadline > LAB_DEADLINE_MAX)
			machine.deadline = LAB_DEADLINE_MAX;
	}
	if (plan->deadline)
		machine.deadline = plan->deadline;
	/*
	 * Emulation is up to some ten times slower than the guest's clock; far
	 * beyond that it is the host that does not get on.
	 */
	machine.host_deadline = plan->host_deadline ?
					plan->host_deadline :
					60 + 20 * machine.deadline;
	fit_machine(&machine, &plan->qemu);
	return machine;
}

/*
 * Where a source lies in the guest: found there by the name it has here, which
 * is relative to the scenario's own folder, or else searched for.
 */
static char *guest_path(const struct lab_scenario *scenario,
			const struct lab_source *source)
{
	const char *own = scenario->sources[0].path;
	const char *slash = strrchr(own, '/');
	const size_t folder = slash ? slash + 1 - own : 0;
	char *copy = strdup(source->path), *path;
	const char *name;

	if (!copy)
		abort();
	name = strncmp(copy, own, folder) ? basename(copy) : copy + folder;
	if (asprintf(&path, "/scenarios/%s", name) < 0)
		abort();
	free(copy);
	return path;
}

static json_t *scenario_request(const struct job *job)
{
	const struct lab_scenario *scenario = job->scenario;
	json_t *files = json_array(), *request;
	char seed[24], *path;
	size_t i;

	for (i = 0; i < scenario->nsources; i++) {
		path = guest_path(scenario, &scenario->sources[i]);
		json_array_append_new(
			files, json_pack("{s:s, s:s}", "path", path, "text",
					 scenario->sources[i].text));
		free(path);
	}
	snprintf(seed, sizeof(seed), "%" PRIu64, job->seed);
	path = guest_path(scenario, &scenario->sources[0]);
	request = json_pack("{s:[s, s, s, s, s], s:o, s:[s], s:i}", "argv",
			    "/bin/labyrinth", "run", path, "--seed", seed,
			    "files", files, "modules", "/modules/labyrinth.ko",
			    "deadline", (int)job->machine.deadline);
	free(path);
	return request;
}

static json_t *program_request(const struct plan *plan, const struct job *job)
{
	json_t *argv = json_array();
	char **arg;

	json_array_append_new(argv, json_string("/tmp/program"));
	for (arg = plan->args; *arg; arg++)
		json_array_append_new(argv, json_string(*arg));
	return json_pack("{s:o, s:[], s:[s], s:i}", "argv", argv, "files",
			 "modules", "/modules/labyrinth.ko", "deadline",
			 (int)job->machine.deadline);
}

static int read_program(const char *path, struct lab_request *request)
{
	FILE *f = fopen(path, "re");
	long size = -1;

	if (f && !fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size > 0) {
		rewind(f);
		request->program = malloc(size);
		request->program_size = size;
		if (!request->program ||
		    fread(request->program, 1, size, f) != (size_t)size)
			size = -1;
	}
	if (size <= 0)
		fprintf(stderr, "labyrinth: cannot read %s: %s\n", path,
			strerror(errno));
	if (f)
		fclose(f);
	return size > 0 ? 0 : -ENOENT;
}

static void say_no_room(const struct plan *plan)
{
	const uint64_t need = lab_room_disk();
	uint64_t free = 0;

	lab_room_disk_free(plan->out, &free);
	fprintf(stderr,
		"labyrinth: a guest needs %" PRIu64
		" MiB in %s while it runs, where %" PRIu64
		" MiB are free: name a roomier folder with --out\n",
		need >> 20, plan->out, free >> 20);
}

/* A quota is a disk that is too small, as far as this is concerned. */
static bool is_full(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EFBIG;
}

static int start_job(const struct plan *plan, struct job *job)
{
	char hint[128];
	int err;

	snprintf(hint, sizeof(hint), "%s-s%" PRIu64,
		 job->scenario ? job->scenario->name : "exec", job->seed);
	err = lab_store_make(&job->store, plan->out, hint);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n",
			plan->out, strerror(-err));
		return LAB_USAGE;
	}
	if (!job->scenario && read_program(plan->exec, &job->request)) {
		lab_store_drop(&job->store);
		return LAB_USAGE;
	}
	job->request.json = job->scenario ? scenario_request(job) :
					    program_request(plan, job);
	err = lab_guest_start(&job->guest, &plan->qemu, &job->machine,
			      &plan->bundle, job->store.work, &job->request);
	json_decref(job->request.json);
	free(job->request.program);
	if (err) {
		lab_store_drop(&job->store);
		if (is_full(err)) {
			say_no_room(plan);
			return LAB_USAGE;
		}
		fprintf(stderr, "labyrinth: cannot start a guest: %s\n",
			strerror(-err));
		return LAB_HARNESS;
	}
	job->running = true;
	return 0;
}

/*
 * What makes a run this run, in short: everything that results depend on.
 */
static void run_name(const struct job *job, const json_t *results, char *name,
		     size_t size)
{
	static const char *const parts[] = { "kernel",	"module",   "program",
					     "machine", "scenario", "seed" };
	json_t *identity = json_array();
	char *text, hex[LAB_FINGERPRINT];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		json_array_append(identity, json_object_get(results, parts[i]));
	text = json_dumps(identity, JSON_COMPACT);
	lab_fingerprint(text ? text : "", hex);
	snprintf(name, size, "%s-%s-s%" PRIu64 "-%s-%.8s", job->scenario->name,
		 lab_text(json_object_get(results, "kernel"), "release"),
		 job->seed, lab_mode_names[job->machine.mode], hex);
	free(text);
	json_decref(identity);
}

static json_t *host_json(const struct plan *plan, const struct job *job)
{
	const struct lab_guest *guest = &job->guest;
	json_t *command = json_array(), *host;
	char name[256] = "";
	int i;

	gethostname(name, sizeof(name) - 1);
	for (i = 0; i < plan->argc; i++)
		json_array_append_new(command, json_string(plan->argv[i]));
	host = json_pack("{s:s, s:I, s:f, s:s, s:s, s:o}", "host", name, "time",
			 (json_int_t)time(NULL), "seconds",
			 guest->ended - guest->started, "qemu",
			 plan->qemu.version, "labyrinth", LAB_VERSION,
			 "command", command);
	if (guest->shooting)
		json_object_set_new(
			host, "seconds_to_first_shot",
			json_real(guest->shooting - guest->started));
	return host;
}

static void print_trouble(const struct plan *plan, const struct job *job,
			  const char *why)
{
	char *output = lab_guest_output(&job->guest);
	char *tail = lab_decode(lab_guest_console_tail(&job->guest, TAIL_LINES),
				&plan->bundle);

	fflush(stdout);
	fprintf(stderr, "labyrinth: %s\n", why);
	if (*output)
		fprintf(stderr, "%s", output);
	fprintf(stderr, "--- the last lines of the console:\n%s\n---\n", tail);
	free(output);
	free(tail);
}

static int conclude_scenario(const struct plan *plan, struct job *job)
{
	char fingerprint[LAB_FINGERPRINT], before[LAB_FINGERPRINT], name[512],
		why[600];
	json_t *records = lab_guest_records(&job->guest);
	json_t *machine = lab_machine_json(&job->machine, &plan->qemu);
	json_t *host = host_json(plan, job), *results;
	char *console = lab_guest_console(&job->guest);
	enum lab_ending ending;
	int err, code;

	ending = lab_guest_ending(&job->guest, why, sizeof(why));
	results = lab_results_build(job->scenario, job->seed, records, machine,
				    ending, why, console);
	free(console);
	lab_decode_findings(results, &plan->bundle);
	run_name(job, results, name, sizeof(name));
	if (ending != LAB_ENDED)
		print_trouble(plan, job, why);
	lab_guest_finish(&job->guest);

	code = lab_results_exit(results);
	job->row =
		lab_table_row(results, job->guest.ended - job->guest.started);
	err = lab_store_keep(&job->store, name, results, host, lab_export_files,
			     fingerprint, before);
	if (!err)
		lab_cache_add_run(results, fingerprint);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write %s/%s: %s\n",
			job->store.parent, name, strerror(-err));
		lab_store_drop(&job->store);
		code = LAB_HARNESS;
	} else {
		lab_export_summary.write(results, stdout);
		printf("  fingerprint %s\n  %s\n", fingerprint,
		       job->store.path);
		if (before[0] && job->machine.mode == LAB_DETERMINISTIC)
			printf("  NOT THE SAME as the run before, which had %s\n",
			       before);
		printf("\n");
		fflush(stdout);
	}
	json_decref(results);
	json_decref(machine);
	json_decref(records);
	json_decref(host);
	return code;
}

/* As a shell says that it could not execute something: see guest/init.c. */
static bool not_executed(const struct job *job)
{
	const int status = job->guest.channel.head->status;

	return WIFEXITED(status) && WEXITSTATUS(status) == 127;
}

/* A scenario says of each phase what it expects; a program, for all of it. */
static bool log_tells_of_defect(const struct plan *plan, const struct job *job)
{
	char *console = lab_guest_console(&job->guest);
	struct lab_log *log = lab_log_read(console);
	size_t i, n = 0;

	for (i = 0; i < log->entries; i++) {
		const struct lab_log_entry *entry = &log->entry[i];
		const struct lab_log_line *line = &log->line[entry->first];

		if (lab_log_classes[entry->kind] != LAB_LOG_FAILURE ||
		    plan->log >> entry->kind & 1)
			continue;
		fflush(stdout);
		fprintf(stderr, "labyrinth: the kernel's log, %s: %.*s\n",
			lab_log_names[entry->kind], (int)line->length,
			line->text);
		n++;
	}
	lab_log_free(log);
	free(console);
	return n;
}

/* Its output is the program's; the exit code says pass or fail. */
static int conclude_program(const struct plan *plan, struct job *job)
{
	char *output = lab_guest_output(&job->guest), why[600];
	const enum lab_ending ending =
		lab_guest_ending(&job->guest, why, sizeof(why));
	const bool came_back = job->guest.channel.head->state == LAB_STATE_DONE;
	int code;

	fputs(output, stdout);
	fflush(stdout);
	if (ending != LAB_ENDED && !came_back) {
		print_trouble(plan, job, why);
		code = ending == LAB_STALLED || ending == LAB_BROKE ?
			       LAB_HARNESS :
			       LAB_FAIL;
	} else {
		code = ending == LAB_ENDED ? LAB_PASS :
		       not_executed(job)   ? LAB_HARNESS :
					     LAB_FAIL;
		if (log_tells_of_defect(plan, job) && code == LAB_PASS)
			code = LAB_FAIL;
	}
	free(output);
	lab_guest_finish(&job->guest);
	lab_store_drop(&job->store);
	return code;
}

static void show(const struct job *jobs, size_t n, size_t done)
{
	const struct job *job = NULL;
	size_t i, running = 0;

	for (i = 0; i < n; i++) {
		if (!jobs[i].running || jobs[i].done)
			continue;
		job = &jobs[i];
		running++;
	}
	if (!job) {
		lab_progress_clear();
		return;
	}
	lab_progress("[%zu of %zu done, %zu running, %.0f s] %.60s", done, n,
		     running, lab_now() - job->guest.started,
		     job->guest.progress[0] ? job->guest.progress : "booting");
}

/* Starts what may start; the number of jobs that run, or an exit code < 0. */
static int start_some(const struct plan *plan, struct job *jobs, size_t n)
{
	uint64_t taken = 0, more;
	size_t i, running = 0;
	int code;

	for (i = 0; i < n; i++) {
		if (!jobs[i].running || jobs[i].done)
			continue;
		running++;
		taken += lab_room_memory(&jobs[i].machine);
	}
	for (i = 0; i < n && running < plan->jobs; i++) {
		if (jobs[i].running || jobs[i].done)
			continue;
		more = lab_room_memory(&jobs[i].machine);
		if (!lab_room_fits(taken, more, plan->memory))
			break;
		code = start_job(plan, &jobs[i]);
		if (code)
			return -code;
		running++;
		taken += more;
	}
	return running;
}

static size_t conclude_some(const struct plan *plan, struct job *jobs, size_t n)
{
	size_t i, done = 0;

	for (i = 0; i < n; i++) {
		struct job *job = &jobs[i];

		if (job->running && !job->done && lab_guest_poll(&job->guest)) {
			lab_progress_clear();
			job->code = job->scenario ?
					    conclude_scenario(plan, job) :
					    conclude_program(plan, job);
			job->done = true;
		}
		done += job->done;
	}
	return done;
}

static void abandon(struct job *jobs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!jobs[i].running || jobs[i].done)
			continue;
		lab_guest_finish(&jobs[i].guest);
		lab_store_drop(&jobs[i].store);
	}
}

static int gravest(const struct job *jobs, size_t n)
{
	int code = LAB_SKIP;
	size_t i;

	for (i = 0; i < n; i++)
		code = lab_exit_graver(code, jobs[i].code);
	return code;
}

static void print_table(const struct job *jobs, size_t n)
{
	json_t **rows = calloc(n, sizeof(*rows));
	size_t i;

	if (!rows)
		return;
	for (i = 0; i < n; i++)
		rows[i] = jobs[i].row;
	lab_table_print(rows, n, stdout);
	free(rows);
}

static int run_jobs(const struct plan *plan, struct job *jobs, size_t n)
{
	size_t done = 0;
	int running;

	while (done < n) {
		running = start_some(plan, jobs, n);
		if (running < 0 || interrupted) {
			abandon(jobs, n);
			if (interrupted)
				fprintf(stderr, "\nlabyrinth: interrupted\n");
			return running < 0 ? -running : LAB_HARNESS;
		}
		usleep(POLL_US);
		done = conclude_some(plan, jobs, n);
		show(jobs, n, done);
	}
	return gravest(jobs, n);
}

/*
 * As many guests at a time as there is disk for; those that do not fit are
 * waited with, and only if not one does there is nothing to be done.
 */
static int fit_disk(struct plan *plan, size_t jobs)
{
	const uint64_t need = lab_room_disk();
	uint64_t free;
	int err = lab_make_path(plan->out);

	if (!err)
		err = lab_room_disk_free(plan->out, &free);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n",
			plan->out, strerror(-err));
		return LAB_USAGE;
	}
	if (free < need) {
		say_no_room(plan);
		return LAB_USAGE;
	}
	if (plan->jobs > jobs)
		plan->jobs = jobs;
	if (plan->jobs > free / need) {
		plan->jobs = free / need;
		fprintf(stderr,
			"labyrinth: %s has %" PRIu64
			" MiB free, a guest needs %" PRIu64 ": %" PRIu64
			" at a time\n",
			plan->out, free >> 20, need >> 20, plan->jobs);
	}
	return 0;
}

/* What is started later is started when memory was given back. */
static void fit_memory(struct plan *plan, const struct job *jobs, size_t n)
{
	uint64_t taken = 0, more;
	size_t i;

	plan->memory = lab_room_memory_free();
	for (i = 0; i < n && i < plan->jobs; i++) {
		more = lab_room_memory(&jobs[i].machine);
		if (!i && more > plan->memory)
			fprintf(stderr,
				"labyrinth: the guest may take %" PRIu64
				" MiB of memory, and %" PRIu64
				" are free: this machine may kill it\n",
				more >> 20, plan->memory >> 20);
		if (!lab_room_fits(taken, more, plan->memory))
			break;
		taken += more;
	}
	if (i < n && i < plan->jobs)
		fprintf(stderr,
			"labyrinth: %" PRIu64
			" MiB of memory are free: not more than %zu guests at a time\n",
			plan->memory >> 20, i);
}

/* So many seeds from one on, and with them what the comparison is made of. */
static int make_jobs(struct plan *plan, uint64_t first, uint64_t seeds)
{
	const size_t per = plan->exec ? 1 : plan->nscenarios;
	const size_t n = per * seeds;
	struct job *jobs = calloc(n, sizeof(*jobs));
	size_t i;
	int code;

	if (!jobs)
		return LAB_HARNESS;
	for (i = 0; i < n; i++) {
		jobs[i].scenario = plan->exec ? NULL :
						plan->scenarios[i / seeds];
		jobs[i].seed = first + i % seeds;
		jobs[i].machine = machine_of(plan, jobs[i].scenario);
	}
	fit_memory(plan, jobs, n);
	code = fit_disk(plan, n);
	if (!code) {
		code = run_jobs(plan, jobs, n);
		if (n > 1)
			print_table(jobs, n);
	}
	for (i = 0; i < n; i++) {
		if (plan->until.against && jobs[i].done &&
		    jobs[i].code != LAB_HARNESS)
			lab_until_add(&plan->until, jobs[i].store.path);
		json_decref(jobs[i].row);
	}
	free(jobs);
	return code;
}

/* A run that fails is a run; one that the harness broke would be none. */
static int run_until_decided(struct plan *plan)
{
	enum lab_decision decision = LAB_UNDECIDED;
	int code = LAB_SKIP, look = LAB_PASS;
	const uint64_t jobs = plan->jobs;
	uint64_t seeds = 0, next;

	while (decision == LAB_UNDECIDED) {
		/* What fitted beside few seeds is no limit for more. */
		plan->jobs = jobs;
		next = lab_until_next(&plan->until, seeds);
		code = lab_exit_graver(code, make_jobs(plan, plan->seed + seeds,
						       next - seeds));
		if (code == LAB_HARNESS || code == LAB_USAGE)
			return code;
		seeds = next;
		look = lab_until_look(&plan->until, seeds, &decision);
	}
	/* What runs passed says nothing of what is not decided. */
	return code == LAB_PASS ? look : lab_exit_graver(code, look);
}

static void add_scenario(struct plan *plan, struct lab_scenario *scenario)
{
	const size_t size = (plan->nscenarios + 1) * sizeof(*plan->scenarios);

	plan->scenarios = realloc(plan->scenarios, size);
	if (!plan->scenarios)
		abort();
	plan->scenarios[plan->nscenarios++] = scenario;
}

/* Every one that can be found by name, but those that want to be named. */
static bool load_all(struct plan *plan)
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

static int load_scenarios(struct plan *plan, char **names)
{
	bool ok = true;

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

static int execute(struct plan *plan)
{
	struct sigaction action = { .sa_handler = on_signal };
	char why[600];
	int code;

	if (lab_qemu_find(&plan->qemu))
		return LAB_USAGE;
	code = lab_bundle_make(plan->kernel, program_of_any(plan),
			       &plan->bundle);
	if (code)
		return code;
	if (plan->mode == LAB_KVM &&
	    lab_kvm_probe(&plan->qemu, &plan->bundle, plan->out, why,
			  sizeof(why))) {
		fprintf(stderr,
			"labyrinth: KVM does not work here: %s\n"
			"labyrinth: --mode fast measures time as well, and needs no KVM\n",
			why);
		return LAB_SKIP;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	return plan->until.against ? run_until_decided(plan) :
				     make_jobs(plan, plan->seed, plan->seeds);
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

static bool take_option(struct plan *plan, int option)
{
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
		plan->until.against = optarg;
		return true;
	case 'e':
		return take_percent("--effect", optarg, &plan->until.effect);
	case 'M':
		return lab_option_number("--max-seeds", optarg, LAB_UNTIL_LEAST,
					 1000, &plan->until.most);
	case 'n':
		plan->seeds_given = true;
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
	case 'o':
		snprintf(plan->out, sizeof(plan->out), "%s", optarg);
		return true;
	case 'x':
		plan->exec = optarg;
		return true;
	case 'c':
		return lab_option_number("--cpus", optarg, 2, EXEC_CPUS_MAX,
					 &plan->cpus);
	case 'l':
		if (!lab_name_set(optarg, lab_log_names, &plan->log, why,
				  sizeof(why)))
			return true;
		fprintf(stderr, "labyrinth: --log: %s\n", why);
		return false;
	default:
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
	{ "exec", required_argument, NULL, 'x' },
	{ "cpus", required_argument, NULL, 'c' },
	{ "log", required_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

/* Said before the first guest is booted, which takes its time. */
static bool check_until(const struct plan *plan)
{
	if (!plan->until.against)
		return true;
	if (plan->exec || plan->seeds_given) {
		fprintf(stderr,
			"labyrinth: --until-decided decides how many seeds are run, and of scenarios: it takes --max-seeds, but no %s\n",
			plan->exec ? "--exec" : "--seeds");
		return false;
	}
	return lab_until_check(&plan->until);
}

static int lab_main(int argc, char **argv)
{
	struct plan plan = {
		.kernel = "source:6.12",
		.seed = 1,
		.seeds = 1,
		.cpus = 2,
		.until = { .effect = 100 * LAB_THRESHOLD, .most = 50 },
		.jobs = __builtin_popcountll(lab_cpus_allowed()),
		.argc = argc,
		.argv = argv,
	};
	int option, code = LAB_USAGE;
	size_t i;

	lab_results_path(plan.out, sizeof(plan.out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_lab, LAB_PASS);
		if (!take_option(&plan, option))
			return LAB_USAGE;
	}
	plan.args = argv + optind;
	if (!plan.exec && optind == argc)
		return lab_command_usage(&lab_cmd_lab, LAB_USAGE);
	if (!check_until(&plan))
		return LAB_USAGE;
	if (plan.exec || !load_scenarios(&plan, argv + optind))
		code = execute(&plan);
	lab_until_free(&plan.until);
	for (i = 0; i < plan.nscenarios; i++)
		lab_scenario_free(plan.scenarios[i]);
	free(plan.scenarios);
	return code;
}

const struct lab_command lab_cmd_lab = {
	.name = "lab",
	.usage =
		"SCENARIO... [--kernel K] [--seed N] [--seeds N] [--jobs N]\n"
		"                [--mode deterministic|fast|kvm] [--out DIR]\n"
		"                [--until-decided RESULTS [--effect PERCENT] [--max-seeds N]]",
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
		"    TREE                a kernel source tree, built with the configuration of\n"
		"                        the lab, outside the tree, again when the tree has\n"
		"                        changed\n"
		"    BUILD               a folder that a kernel was built in (bzImage,\n"
		"                        Module.symvers), used as it is: it needs what\n"
		"                        scripts/kernel/lab.config asks for\n"
		"    FILE.deb, FILE.rpm  the package of a kernel, with those of its headers\n"
		"                        beside it: unpacked, not installed\n"
		"    BZIMAGE[,HEADERS]   a bzImage, with the headers that it was installed\n"
		"                        with, or those in a folder\n"
		"    +debug              after source:X.Y or TREE: the kernel checks itself\n"
		"                        with KASAN, lockdep, kmemleak and the like, and takes\n"
		"                        several times as long\n"
		"    +rt                 likewise: PREEMPT_RT\n"
		"    +tiny               likewise: for one processor, where per-CPU lists are\n"
		"                        guarded in another way\n"
		"    +symbols            likewise: what its log tells of is shown with file\n"
		"                        and line\n"
		/* end of what is made */
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
		"  --out DIR    where the folders of the runs go (results)\n"
		"  --exec FILE  runs a static program in a guest instead: what follows goes\n"
		"               to it, after --; its output and its success are the result\n"
		"  --cpus N     of that guest, from 2 on; it has two nodes of 256 MiB (2)\n"
		"  --log KINDS  of such a program: what the kernel's log may tell of without\n"
		"               being a failure; labyrinth list keys names the kinds\n"
		"\n"
		"LABYRINTH_QEMU names another QEMU, LABYRINTH_SCENARIOS more folders of\n"
		"scenarios.\n",
	.options = options,
	.words = lab_complete_scenarios,
	.main = lab_main,
};
