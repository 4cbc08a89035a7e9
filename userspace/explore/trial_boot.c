// SPDX-License-Identifier: GPL-2.0-only
/* explore/trial_boot.c - guests that run trials of a victim. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explore.h"
#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lab/carried.h"
#include "scenario/shape.h"

#define TRIALS_FILE "/tmp/trials.json"
/* Seconds of guest time that a trial may take, all recovery included. */
#define TRIAL_S 90
#define BOOT_S 60
/*
 * Seconds that one step of a trial may take; more for a kernel that checks
 * itself.
 */
#define STEP_S 60
#define STEP_SLOW_S 240

/*
 * A vendor's kernel tests its ciphers while it boots and for seconds after
 * (crypto/algboss.c, cryptomgr_test()), which is half of what it executes until
 * its first trial is done.
 */
#define BOOT_APPEND "cryptomgr.notests"

volatile sig_atomic_t lab_explore_stopped;

void lab_explore_stop(void)
{
	lab_explore_stopped = 1;
}

/*
 * What the guest's archive contains in addition: "modules:a,b", a program, or
 * NULL. Victims with modules of their own need no others; what a program needs is
 * not known. To load the others takes two fifths of the time of a boot.
 */
static char *carried_for(const struct lab_chosen *victim)
{
	const char *kind = victim->ops->takes ? "modules:" : "only:";
	char *text;

	if (victim->ops->program)
		return xstrdup(victim->ops->program);
	text = lab_carried_modules(NULL, kind, victim->machine->modules);
	if (victim->machine != victim->ops)
		text = lab_carried_modules(text, kind, victim->ops->modules);
	return lab_carried_layers(text, kind, victim->layers);
}

static json_t *layers_json(const struct lab_chosen *victim)
{
	json_t *names = json_array();
	unsigned int i;

	for (i = 0; lab_layers[i]; i++)
		if (victim->layers & 1u << i)
			json_array_append_new(names,
					      json_string(lab_layers[i]->name));
	return names;
}

static int take_program(struct lab_exploration *ex)
{
	const char *file = ex->victim.file;

	if (!file)
		return 0;
	ex->program = lab_file_read(file, &ex->program_size);
	if (ex->program)
		return 0;
	fprintf(stderr, "labyrinth: %s: %s\n", file, strerror(errno));
	return LAB_USAGE;
}

int lab_explore_prepare(struct lab_exploration *ex, const char *kernel,
			const struct lab_chosen *victim, enum lab_mode mode,
			const char *folder)
{
	size_t i;
	int code;

	memset(ex, 0, sizeof(*ex));
	ex->kernel = kernel;
	ex->victim = *victim;
	snprintf(ex->folder, sizeof(ex->folder), "%s", folder);
	ex->arguments = json_array();
	for (i = 0; i < victim->count; i++)
		json_array_append_new(ex->arguments,
				      json_string(victim->arguments[i]));
	ex->carried = carried_for(victim);
	code = take_program(ex);
	if (code)
		return code;
	if (lab_qemu_find(&ex->qemu, lab_arch_of_kernel(kernel)))
		return LAB_HARNESS;
	code = lab_bundle_make(kernel, ex->carried, &ex->bundle);
	if (code)
		return code;
	ex->machine = (struct lab_machine){
		.mode = mode,
		.shape = lab_shape_plain(
			1, lab_qemu_counts_smp(&ex->qemu) ? 2 : 1,
			(ex->bundle.checks_itself ? 768u : 384u) << 20),
		.program = ex->carried,
		.boot_deadline = lab_boot_deadline(&ex->bundle),
		.devices = victim->machine->devices,
		.devices_saved = victim->machine->saved,
		.disk = victim->machine->disk,
		.boot = { .append = BOOT_APPEND },
	};
	return 0;
}

void lab_explore_end(struct lab_exploration *ex)
{
	json_decref(ex->arguments);
	free(ex->program);
	free(ex->carried);
	memset(ex, 0, sizeof(*ex));
}

struct lab_boot_order lab_boot_order(const struct lab_exploration *ex,
				     const json_t *trials, bool sites)
{
	struct lab_boot_order order = { .machine = ex->machine };
	struct lab_machine *machine = &order.machine;
	/* In other modes the guest's time goes on while the host is busy. */
	const int step = ex->machine.mode != LAB_DETERMINISTIC ? 0 :
			 ex->bundle.checks_itself	       ? STEP_SLOW_S :
								 STEP_S;
	json_t *file = json_pack("{s:s, s:o, s:O, s:b, s:i, s:O}", "victim",
				 ex->victim.ops->name, "layers",
				 layers_json(&ex->victim), "arguments",
				 ex->arguments, "sites", sites, "step", step,
				 "trials", trials);
	char *text = json_dumps(file, JSON_COMPACT);
	const json_t *trial;
	size_t i;

	machine->deadline = BOOT_S + TRIAL_S * json_array_size(trials);
	json_array_foreach(trials, i, trial)
		machine->deadline += lab_number(trial, "wait");
	machine->host_deadline = 120 + 10 * machine->deadline;
	order.request = json_pack("{s:[s, s, s], s:[{s:s, s:s}], s:[s], s:i}",
				  "argv", "/bin/labyrinth", "victim",
				  TRIALS_FILE, "files", "path", TRIALS_FILE,
				  "text", text, "modules",
				  "/modules/labyrinth.ko", "deadline",
				  (int)machine->deadline);
	json_decref(file);
	free(text);
	return order;
}

int lab_boot_start(struct lab_boot *boot, const struct lab_exploration *ex,
		   const json_t *trials, bool sites, unsigned int number)
{
	struct lab_boot_order order = lab_boot_order(ex, trials, sites);
	const struct lab_request request = {
		.json = order.request,
		.program = ex->program,
		.program_size = ex->program_size,
	};
	int err;

	memset(boot, 0, sizeof(*boot));
	snprintf(boot->folder, sizeof(boot->folder), "%s/boot-%u", ex->folder,
		 number);
	err = lab_make_path(boot->folder);
	if (!err)
		err = lab_guest_start(&boot->guest, &ex->qemu, &order.machine,
				      &ex->bundle, boot->folder, &request);
	json_decref(order.request);
	if (err) {
		fprintf(stderr, "labyrinth: cannot start a guest: %s\n",
			strerror(-err));
		return LAB_HARNESS;
	}
	boot->running = true;
	return 0;
}

bool lab_boot_poll(struct lab_boot *boot)
{
	if (!lab_guest_poll(&boot->guest))
		return false;
	boot->running = false;
	boot->records = lab_guest_records(&boot->guest);
	boot->ending =
		lab_guest_ending(&boot->guest, boot->why, sizeof(boot->why));
	boot->seconds = boot->guest.ended - boot->guest.started;
	if (boot->ending != LAB_ENDED)
		boot->console =
			lab_guest_console_tail(&boot->guest, LAB_CONSOLE_TAIL);
	return true;
}

void lab_boot_end(struct lab_boot *boot)
{
	char console[4300];

	/* One that was booted elsewhere has no folder here. */
	if (*boot->folder) {
		lab_guest_finish(&boot->guest);
		snprintf(console, sizeof(console), "%s/console.log",
			 boot->folder);
		unlink(console);
		rmdir(boot->folder);
	}
	json_decref(boot->records);
	free(boot->console);
	memset(boot, 0, sizeof(*boot));
}
