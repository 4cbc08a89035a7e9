// SPDX-License-Identifier: GPL-2.0-only
/* cluster/boot_task.c - a guest on a node; see cluster/boots.h and cluster/task.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/file.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "scenario/shape.h"
#include "boots.h"
#include "task.h"

#define SCHEMA "labyrinth-cluster-boot/1"
#define POLL_US 20000

const char *const lab_boot_endings[LAB_UNFIT + 1] = {
	[LAB_ENDED] = "ended", [LAB_PANICKED] = "panicked",
	[LAB_HUNG] = "hung",   [LAB_KILLED] = "killed",
	[LAB_UNFIT] = "unfit",
};

bool lab_cluster_is_boot(const json_t *result)
{
	return lab_is(result, "schema", SCHEMA) &&
	       json_is_array(json_object_get(result, "records"));
}

/* The list of "devices", ended by NULL, as QEMU is to get it; or NULL. */
static const char **devices_of(const json_t *machine)
{
	const json_t *list = json_object_get(machine, "devices"), *one;
	const char **devices;
	size_t i;

	if (!json_array_size(list))
		return NULL;
	devices = xcheck(calloc(json_array_size(list) + 1, sizeof(*devices)));
	json_array_foreach(list, i, one)
		devices[i] = json_string_value(one);
	return devices;
}

/* As boots.c wrote it; its texts are those of json. */
static struct lab_machine machine_of(const struct lab_cluster_plan *plan,
				     const json_t *json, const char **devices)
{
	const char *program = lab_text(plan->json, "guest_program");
	struct lab_machine machine = {
		.mode = plan->lab.mode,
		.shape = lab_shape_plain(lab_number(json, "nodes"),
					 lab_number(json, "cpus"),
					 lab_number(json, "node_memory")),
		.program = *program ? program : NULL,
		.devices = devices,
		.devices_saved =
			json_is_true(json_object_get(json, "devices_saved")),
		.disk = lab_number(json, "disk"),
		.deadline = lab_number(json, "deadline"),
		.boot_deadline = lab_number(json, "boot_deadline"),
		.host_deadline = lab_number(json, "host_deadline"),
	};

	snprintf(machine.boot.append, sizeof(machine.boot.append), "%s",
		 lab_text(json, "append"));
	return machine;
}

/* What a kernel has written need not be text: that is all that JSON takes. */
static void make_ascii(char *text)
{
	for (; *text; text++)
		if (*text & 0x80)
			*text = '?';
}

static json_t *result_of(const struct lab_task *task,
			 const struct lab_guest *guest, enum lab_ending ending,
			 const char *why)
{
	json_t *result = xcheck(json_pack(
		"{s:s, s:I, s:i, s:s, s:s, s:s, s:s, s:f, s:o}", "schema",
		SCHEMA, "entry", (json_int_t)task->attempt.entry, "exit",
		LAB_PASS, "node", task->attempt.node, "qemu",
		task->plan->lab.qemu.version, "ending",
		lab_boot_endings[ending], "why", why, "seconds",
		guest->ended - guest->started, "records",
		lab_guest_records(guest)));
	char *console;

	if (ending != LAB_ENDED) {
		console = lab_guest_console_tail(guest, LAB_CONSOLE_TAIL);
		/* What is no text has no place in JSON, here as in what is made of it. */
		json_object_set_new(result, "console",
				    json_string(console ?: ""));
		free(console);
	}
	return result;
}

static int publish(struct lab_task *task, const struct lab_guest *guest)
{
	char why[600] = "";
	const enum lab_ending ending =
		lab_guest_ending(guest, why, sizeof(why));
	json_t *result;
	int code;

	make_ascii(why);
	if (!lab_boot_endings[ending])
		return lab_task_broke(task, "the guest broke: %s", why);
	result = result_of(task, guest, ending, why);
	code = lab_task_settle(task, lab_task_claim(task, result));
	json_decref(result);
	return code;
}

static int run_guest(struct lab_task *task, const struct lab_machine *machine,
		     const struct lab_request *request)
{
	const struct lab_plan *lab = &task->plan->lab;
	struct lab_guest guest = {};
	int code;

	lab_interrupt_catch(NULL);
	code = lab_guest_start(&guest, &lab->qemu, machine, &lab->bundle,
			       task->work, request);
	if (code)
		return lab_task_broke(task, "cannot start a guest: %s",
				      strerror(-code));
	while (!lab_guest_poll(&guest) && !lab_interrupted())
		usleep(POLL_US);
	code = lab_interrupted() ? lab_task_ended(task) : publish(task, &guest);
	lab_guest_finish(&guest);
	return code;
}

int lab_cluster_boot_task(struct lab_task *task)
{
	const char *out = task->plan->out;
	char *path = lab_cluster_path(out, "boots/%" PRIu64 ".json",
				      task->attempt.entry);
	char *program = lab_cluster_path(out, "boots/program");
	json_t *boot = json_load_file(path, 0, NULL);
	const json_t *json = json_object_get(boot, "machine");
	const char **devices = devices_of(json);
	const struct lab_machine machine =
		machine_of(task->plan, json, devices);
	struct lab_request request = {
		.json = json_object_get(boot, "request"),
		.program = lab_file_read(program, &request.program_size),
	};
	int code;

	if (!request.json || (!request.program && !access(program, F_OK)))
		code = lab_task_broke(task, "cannot read %s",
				      request.json ? program : path);
	else
		code = run_guest(task, &machine, &request);
	free(request.program);
	free(devices);
	json_decref(boot);
	free(program);
	free(path);
	return code;
}
