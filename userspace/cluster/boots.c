// SPDX-License-Identifier: GPL-2.0-only
/* cluster/boots.c - see cluster/boots.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "boots.h"
#include "bundle.h"
#include "follow.h"
#include "submit.h"
#include "task.h"

/* ---- the kind -------------------------------------------------------------- */

/* Boots are numbered without gaps: each is written before the next one. */
static int read_boots(struct lab_cluster_plan *plan)
{
	bool there;

	do {
		char *path = lab_cluster_path(
			plan->out, "boots/%" PRIu64 ".json", plan->entries);

		there = !access(path, F_OK);
		plan->entries += there;
		free(path);
	} while (there);
	return 0;
}

static size_t need_of(const struct lab_cluster_plan *plan, uint64_t entry)
{
	return plan->need_of[entry];
}

static char *title(const struct lab_cluster_plan *plan, uint64_t entry)
{
	(void)plan;
	return xasprintf("boot %" PRIu64, entry);
}

static void show(const struct lab_cluster_plan *plan, uint64_t entry)
{
	(void)plan;
	(void)entry;
}

static int finish(const struct lab_cluster_plan *plan)
{
	(void)plan;
	return LAB_PASS;
}

const struct lab_cluster_kind lab_cluster_boots = {
	.name = "boots",
	.guests = true,
	.anew = "",
	.read = read_boots,
	.need = need_of,
	.title = title,
	.run = lab_cluster_boot_task,
	.is_result = lab_cluster_is_boot,
	.show = show,
	.finish = finish,
};

/* ---- the plan -------------------------------------------------------------- */

/* What boots of one plan have in common. */
static json_t *of_json(const struct lab_plan *of, const char *hex,
		       const void *file, size_t size)
{
	char program[LAB_FINGERPRINT] = "";
	struct sha256_ctx sha;

	if (file) {
		sha256_init(&sha);
		sha256_update(&sha, size, file);
		lab_fingerprint_end(&sha, program);
	}
	return xcheck(json_pack("{s:s, s:s, s:s, s:s}", "bundle", hex, "qemu",
				of->qemu.version, "mode",
				lab_mode_names[of->mode], "program", program));
}

static int write_program(const char *out, const void *file, size_t size)
{
	char *path = lab_cluster_path(out, "boots/program");
	FILE *to = fopen(path, "we");
	const bool good = to && fwrite(file, 1, size, to) == size;

	if ((to && fclose(to)) || !good) {
		fprintf(stderr, "labyrinth: cannot write %s\n", path);
		free(path);
		return LAB_USAGE;
	}
	free(path);
	return 0;
}

static int write_plan(const struct lab_plan *of,
		      const struct lab_cluster_where *where,
		      const char *carried, const void *file, size_t size)
{
	char out[4096], hex[LAB_FINGERPRINT];
	json_t *json;
	int code = lab_cluster_check_partition(where->partition);

	if (!code)
		code = lab_cluster_folder_make(of, carried, out, hex);
	if (!code && file)
		code = write_program(out, file, size);
	if (code)
		return code;
	json = lab_cluster_plan_base(of, where, &lab_cluster_boots, carried,
				     hex);
	json_object_set_new(json, "of", of_json(of, hex, file, size));
	return lab_cluster_plan_put(out, json);
}

/* Whether the plan that is there is one for these boots. */
static int check_plan(const struct lab_cluster_plan *plan,
		      const struct lab_plan *of, const char *carried,
		      const void *file, size_t size)
{
	char hex[LAB_FINGERPRINT];
	json_t *own;
	bool same;

	if (!lab_bundle_fingerprint(&of->bundle, carried, hex))
		return LAB_HARNESS;
	own = of_json(of, hex, file, size);
	same = plan->kind == &lab_cluster_boots &&
	       json_equal(own, json_object_get(plan->json, "of"));
	json_decref(own);
	if (same)
		return 0;
	fprintf(stderr,
		"labyrinth: %s/" LAB_CLUSTER_FOLDER
		" is of another kernel, program or emulator (see \"of\" in its plan.json): remove it when nothing of it is wanted, or name another folder with --out\n",
		plan->out);
	return LAB_USAGE;
}

/* The SHA-256 of a boot's file. */
static void fingerprint(const json_t *boot, char hex[LAB_FINGERPRINT])
{
	char *text = xcheck(json_dumps(boot, JSON_COMPACT | JSON_SORT_KEYS));

	lab_fingerprint(text, hex);
	free(text);
}

static void add_known(struct lab_cluster_session *session, uint64_t entry,
		      const json_t *boot)
{
	struct lab_cluster_plan *plan = &session->plan;

	session->hex =
		xcheck(realloc(session->hex, (entry + 1) * LAB_FINGERPRINT));
	session->asked =
		xcheck(realloc(session->asked, (entry + 1) * sizeof(bool)));
	plan->need_of = xcheck(
		realloc(plan->need_of, (entry + 1) * sizeof(*plan->need_of)));
	fingerprint(boot, session->hex[entry]);
	session->asked[entry] = false;
	plan->need_of[entry] = 0;
}

static int read_known(struct lab_cluster_session *session)
{
	uint64_t i;

	for (i = 0; i < session->plan.entries; i++) {
		char *path = lab_cluster_path(session->plan.out,
					      "boots/%" PRIu64 ".json", i);
		json_t *boot = json_load_file(path, 0, NULL);

		free(path);
		if (!boot)
			return lab_cluster_plan_complain(
				session->plan.out, "a boot of it is not whole");
		add_known(session, i, boot);
		json_decref(boot);
	}
	return 0;
}

int lab_cluster_session_open(struct lab_cluster_session *session,
			     const struct lab_plan *of,
			     const struct lab_cluster_where *where,
			     const char *carried, const void *file, size_t size)
{
	struct lab_cluster_plan *plan = &session->plan;
	int code = 0;

	*session = (struct lab_cluster_session){ .lock = -1 };
	if (!lab_cluster_has_plan(of->out))
		code = write_plan(of, where, carried, file, size);
	if (!code)
		code = lab_cluster_plan_read(plan, of->out);
	if (code)
		return code;
	session->lock = lab_cluster_lock(plan, "ask.lock");
	if (session->lock < 0)
		return LAB_USAGE;
	if (!lab_cluster_is_where(plan, where))
		return LAB_USAGE;
	code = check_plan(plan, of, carried, file, size);
	return code ?: read_known(session);
}

void lab_cluster_session_close(struct lab_cluster_session *session)
{
	if (session->lock >= 0)
		close(session->lock);
	free(session->hex);
	free(session->asked);
	lab_cluster_plan_free(&session->plan);
	*session = (struct lab_cluster_session){ .lock = -1 };
}

/* ---- boots ----------------------------------------------------------------- */

static json_t *machine_json(const struct lab_machine *machine)
{
	json_t *devices = json_array();
	size_t i;

	for (i = 0; machine->devices && machine->devices[i]; i++)
		json_array_append_new(devices,
				      json_string(machine->devices[i]));
	return json_pack("{s:I, s:I, s:I, s:s, s:o, s:b, s:I, s:I, s:I, s:I}",
			 "nodes", (json_int_t)machine->shape.nodes, "cpus",
			 (json_int_t)machine->shape.cpus, "node_memory",
			 (json_int_t)machine->shape.node[0].memory, "append",
			 machine->boot.append, "devices", devices,
			 "devices_saved", machine->devices_saved, "disk",
			 (json_int_t)machine->disk, "deadline",
			 (json_int_t)machine->deadline, "boot_deadline",
			 (json_int_t)machine->boot_deadline, "host_deadline",
			 (json_int_t)machine->host_deadline);
}

static json_t *boot_json(const struct lab_cluster_boot *boot)
{
	return xcheck(json_pack("{s:o, s:O}", "machine",
				machine_json(boot->machine), "request",
				(json_t *)boot->request));
}

/* Which of plan->need[] this is: a new one unless it is there. */
static size_t add_need(struct lab_cluster_plan *plan,
		       const struct lab_need *need)
{
	size_t i;

	for (i = 0; i < plan->needs; i++)
		if (plan->need[i].memory == need->memory &&
		    plan->need[i].cpus == need->cpus &&
		    plan->need[i].minutes == need->minutes)
			return i;
	plan->need = xgrow(plan->need, plan->needs);
	plan->need[plan->needs++] = *need;
	return i;
}

/* The number of a boot that is there and was not asked for yet, or of none. */
static uint64_t find(const struct lab_cluster_session *session,
		     const json_t *boot)
{
	char hex[LAB_FINGERPRINT];
	uint64_t i;

	fingerprint(boot, hex);
	for (i = 0; i < session->plan.entries; i++)
		if (!session->asked[i] && !strcmp(session->hex[i], hex))
			break;
	return i;
}

/* The entry of a boot, or UINT64_MAX after a message. */
static uint64_t ask_for(struct lab_cluster_session *session,
			const struct lab_cluster_boot *boot)
{
	const struct lab_need need = lab_need_of_machine(boot->machine);
	struct lab_cluster_plan *plan = &session->plan;
	json_t *json = boot_json(boot);
	uint64_t entry = find(session, json);
	char *text;
	int code = 0;

	if (entry == plan->entries) {
		text = xcheck(json_dumps(json, JSON_INDENT(1)));
		code = lab_cluster_put_text(
			lab_cluster_path(plan->out, "boots/%" PRIu64 ".json",
					 entry),
			text);
		free(text);
		if (!code) {
			add_known(session, entry, json);
			plan->entries++;
		}
	}
	json_decref(json);
	if (code)
		return UINT64_MAX;
	session->asked[entry] = true;
	plan->need_of[entry] = add_need(plan, &need);
	return entry;
}

/* Only what is asked for now is followed, and not what others once asked for. */
static int follow(struct lab_cluster_session *session, const uint64_t *entry,
		  size_t n)
{
	struct lab_cluster_plan *plan = &session->plan;
	bool *wanted = xcheck(calloc(plan->entries + 1, sizeof(*wanted)));
	size_t i;
	int code;

	for (i = 0; i < n; i++)
		wanted[entry[i]] = true;
	plan->wanted = wanted;
	code = lab_cluster_follow(plan, session->detach, session->anew);
	session->anew = false;
	plan->wanted = NULL;
	free(wanted);
	return code;
}

int lab_cluster_boots_do(struct lab_cluster_session *session,
			 const struct lab_cluster_boot *boot, size_t n,
			 json_t **result)
{
	uint64_t *entry = xcheck(calloc(n + 1, sizeof(*entry)));
	int code = 0;
	size_t i;

	for (i = 0; !code && i < n; i++) {
		entry[i] = ask_for(session, &boot[i]);
		code = entry[i] == UINT64_MAX ? LAB_USAGE : 0;
	}
	if (!code)
		code = follow(session, entry, n);
	for (i = 0; !code && i < n; i++)
		result[i] = lab_cluster_result(&session->plan, entry[i]);
	free(entry);
	return code;
}
