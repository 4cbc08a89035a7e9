// SPDX-License-Identifier: GPL-2.0-only
/* commands/explore_cluster.c - see commands/explore_cluster.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/bundle.h"
#include "cluster/print.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "explore_cluster.h"

/* A result as a guest of this machine would have left it. */
static void take_result(struct lab_boot *boot, const json_t *result)
{
	const char *console =
		json_string_value(json_object_get(result, "console"));
	size_t i;

	if (!result)
		return;
	boot->records = json_incref(json_object_get(result, "records"));
	snprintf(boot->why, sizeof(boot->why), "%s", lab_text(result, "why"));
	boot->seconds = json_number_value(json_object_get(result, "seconds"));
	boot->console = console ? xstrdup(console) : NULL;
	for (i = 0; i <= LAB_UNFIT; i++)
		if (lab_boot_endings[i] &&
		    lab_is(result, "ending", lab_boot_endings[i]))
			boot->ending = i;
}

static int run(void *arg, const struct lab_boot_order *order, size_t n,
	       struct lab_boot *boot, bool *left)
{
	struct lab_explore_cluster *cluster = arg;
	struct lab_cluster_boot *asked = xcheck(calloc(n + 1, sizeof(*asked)));
	json_t **result = xcheck(calloc(n + 1, sizeof(json_t *)));
	size_t i, missing = 0;
	int code;

	for (i = 0; i < n; i++)
		asked[i] = (struct lab_cluster_boot){
			.machine = &order[i].machine,
			.request = order[i].request,
		};
	code = lab_cluster_boots_do(&cluster->session, asked, n, result);
	for (i = 0; i < n; i++) {
		take_result(&boot[i], result[i]);
		missing += !result[i];
		json_decref(result[i]);
	}
	if (!code && missing && cluster->session.detach)
		*left = true;
	/* The others of this command line are not begun. */
	if (lab_interrupted())
		lab_explore_stop();
	free(result);
	free(asked);
	return code;
}

/* ---- only planned ---------------------------------------------------------- */

/* How many trials a guest is asked for. */
static uint64_t trials_of(const json_t *request)
{
	const json_t *file =
		json_array_get(json_object_get(request, "files"), 0);
	json_t *trials = json_loads(lab_text(file, "text"), 0, NULL);
	const uint64_t n = json_array_size(json_object_get(trials, "trials"));

	json_decref(trials);
	return n;
}

static int print(void *arg, const struct lab_boot_order *order, size_t n,
		 struct lab_boot *boot, bool *left)
{
	const struct lab_explore_cluster *cluster = arg;
	const struct lab_exploration *ex = cluster->ex;
	struct lab_plan_sum sum = { .what = "boot" };
	char hex[LAB_FINGERPRINT];
	size_t i;

	(void)boot;
	if (!lab_bundle_fingerprint(&ex->bundle, ex->carried, hex))
		return LAB_HARNESS;
	lab_plan_print_head("victim", "trials");
	for (i = 0; i < n; i++) {
		const struct lab_need need =
			lab_need_of_machine(&order[i].machine);

		lab_plan_print_line(&sum, hex, ex->victim.name,
				    trials_of(order[i].request), &need);
	}
	lab_plan_print_sum(&sum, ex->kernel, ex->qemu.version);
	puts("which sites there are says the profile, and what is tried again the\n"
	     "verdicts: other boots follow");
	*left = true;
	return 0;
}

int lab_explore_cluster_open(struct lab_explore_cluster *cluster,
			     const struct lab_cluster_option *option,
			     const struct lab_exploration *ex, int argc,
			     char **argv)
{
	const struct lab_cluster_where where = lab_cluster_option_where(option);
	struct lab_plan of = {
		.kernel = ex->kernel,
		.mode = ex->machine.mode,
		.qemu = ex->qemu,
		.bundle = ex->bundle,
		.argc = argc,
		.argv = argv,
	};
	int code;

	*cluster = (struct lab_explore_cluster){
		.option = option,
		.ex = ex,
		.session.lock = -1,
		.elsewhere = { .arg = cluster,
			       .run = option->plan ? print : run },
	};
	if (option->plan)
		return 0;
	snprintf(of.out, sizeof(of.out), "%s", ex->folder);
	code = lab_cluster_session_open(&cluster->session, &of, &where,
					ex->carried, ex->program,
					ex->program_size);
	cluster->session.detach = option->detach;
	/* Whoever begins again has seen to what broke. */
	cluster->session.anew = true;
	return code;
}

void lab_explore_cluster_close(struct lab_explore_cluster *cluster)
{
	lab_cluster_session_close(&cluster->session);
}
