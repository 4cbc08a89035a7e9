// SPDX-License-Identifier: GPL-2.0-only
/*
 * boots_test.c - guests that a command has a cluster boot: which are asked of Slurm,
 * in which arrays, and which are done already. Slurm is a few scripts here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/boots.h"
#include "cluster/bundle.h"
#include "lib/exit.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "kselftest_harness.h"
#include "scenario/shape.h"

/* Does each task at once, and notes what was asked for: ARRAY BASE MEMORY TIME. */
#define SBATCH                                                                                                                 \
	"#!/bin/sh\n"                                                                                                          \
	"for word; do case $word in\n"                                                                                         \
	"--array=*) tasks=${word#*=} ;; --mem=*) mem=${word#*=} ;;\n"                                                          \
	"--time=*) time=${word#*=} ;; --chdir=*) log=${word#*=} ;;\n"                                                          \
	"esac; base=$word; done\n"                                                                                             \
	"echo $tasks $base $mem $time >>$log/calls\n"                                                                          \
	"for range in $(echo $tasks | tr , ' '); do\n"                                                                         \
	"for i in $(seq ${range%-*} ${range#*-}); do\n"                                                                        \
	"n=$((base + i))\n"                                                                                                    \
	"test \"$n\" = \"$SKIPS\" || echo '{\"schema\": \"labyrinth-cluster-boot/1\", \"records\": ['$n'], \"exit\": 0}' \\\n" \
	"\t>$log/../results/$n.json\n"                                                                                         \
	"done; done\n"                                                                                                         \
	"echo 7\n"

FIXTURE(boots)
{
	char out[64], path[200];
	struct lab_plan of;
	struct lab_cluster_session session;
	struct lab_machine machine[2];
	json_t *request[4];
};

static void put(const char *out, const char *name, const char *text)
{
	char path[256], *slash;

	snprintf(path, sizeof(path), "%s/%s", out, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	lab_file_create(path, text);
	chmod(path, 0755);
}

/* The plan as lab_cluster_session_open() writes it; the program is not there. */
static void put_plan(const char *out, const struct lab_plan *of)
{
	char hex[LAB_FINGERPRINT], *text;
	json_t *json;

	lab_bundle_fingerprint(&of->bundle, NULL, hex);
	json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:[s], s:{s:s, s:s, s:s, s:s}}",
		"schema", LAB_CLUSTER_PLAN_SCHEMA, "kind", "boots", "id", "x",
		"kernel", "k", "mode", "deterministic", "command", "explore",
		"of", "bundle", hex, "qemu", of->qemu.version, "mode",
		"deterministic", "program", "");
	text = json_dumps(json, 0);
	put(out, ".cluster/plan.json", text);
	free(text);
	json_decref(json);
}

FIXTURE_SETUP(boots)
{
	static const char *const folders[] = {
		".cluster",	     ".cluster/boots", ".cluster/results",
		".cluster/attempts", ".cluster/unfit", ".cluster/log"
	};
	char folder[256];
	size_t i;

	strcpy(self->out, "/tmp/labyrinth-boots-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->out));
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(folder, sizeof(folder), "%s/%s", self->out,
			 folders[i]);
		mkdir(folder, 0755);
	}
	put(self->out, "bin/sbatch", SBATCH);
	put(self->out, "bin/squeue", "#!/bin/sh\n");
	put(self->out, "bin/sinfo", "#!/bin/sh\necho 'lab*|n1|idle'\n");
	put(self->out, "bin/scontrol",
	    "#!/bin/sh\necho 'MaxArraySize = 1001'\n");
	put(self->out, "bundle/kernel", "k");
	put(self->out, "bundle/labyrinth.ko", "m");
	put(self->out, "bundle/initramfs", "i");
	snprintf(self->path, sizeof(self->path), "%s/bin:/usr/bin:/bin",
		 self->out);
	setenv("PATH", self->path, true);
	unsetenv("SKIPS");
	self->of = (struct lab_plan){ .kernel = "k", .qemu.version = "10.0.2" };
	snprintf(self->of.out, sizeof(self->of.out), "%s", self->out);
	snprintf(self->of.bundle.folder, sizeof(self->of.bundle.folder),
		 "%s/bundle", self->out);
	put_plan(self->out, &self->of);
	for (i = 0; i < 4; i++)
		self->request[i] = json_pack("{s:i}", "n", (int)i);
	for (i = 0; i < 2; i++)
		self->machine[i] = (struct lab_machine){
			.shape = lab_shape_plain(1, 1, (384 + i * 384u) << 20),
			.host_deadline = 600,
		};
	self->session.lock = -1;
}

FIXTURE_TEARDOWN(boots)
{
	size_t i;

	lab_cluster_session_close(&self->session);
	for (i = 0; i < 4; i++)
		json_decref(self->request[i]);
	lab_remove_tree(self->out);
}

static int reopen(FIXTURE_DATA(boots) * self)
{
	const struct lab_cluster_where where = {};

	lab_cluster_session_close(&self->session);
	return lab_cluster_session_open(&self->session, &self->of, &where, NULL,
					NULL, 0);
}

/*
 * Asks for boots, "0" to "3" being requests and "a" to "d" the same of the larger
 * guest: the numbers of the results, "-" where there is none.
 */
static const char *ask(FIXTURE_DATA(boots) * self, const char *boots)
{
	static char got[64];
	struct lab_cluster_boot asked[8] = {};
	json_t *result[8] = {};
	const size_t n = strlen(boots);
	size_t i;

	for (i = 0; i < n; i++) {
		const bool large = boots[i] >= 'a';

		asked[i].machine = &self->machine[large];
		asked[i].request =
			self->request[boots[i] - (large ? 'a' : '0')];
	}
	if (lab_cluster_boots_do(&self->session, asked, n, result))
		return "broke";
	for (i = 0; i < n; i++) {
		got[i] = result[i] ? '0' + json_integer_value(json_array_get(
						   json_object_get(result[i],
								   "records"),
						   0)) :
				     '-';
		json_decref(result[i]);
	}
	got[n] = '\0';
	return got;
}

/* What was asked of Slurm: "TASKS BASE MEMORY TIME", a line each. */
static const char *submitted(FIXTURE_DATA(boots) * self)
{
	static char text[400];
	char path[256], *file;

	snprintf(path, sizeof(path), "%s/.cluster/log/calls", self->out);
	file = lab_file_read(path, NULL);
	snprintf(text, sizeof(text), "%s", file ? file : "");
	free(file);
	return text;
}

TEST_F(boots, those_that_ask_for_the_same_are_an_array)
{
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("01234", ask(self, "01ab2"));
	/* Two of the small guest, two of the large one, and one. */
	EXPECT_STREQ("0-1 0 960M 15\n0-1 2 1344M 15\n0 4 960M 15\n",
		     submitted(self));
}

TEST_F(boots, what_is_done_is_not_done_again)
{
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("01", ask(self, "01"));
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("10", ask(self, "10"));
	EXPECT_STREQ("0-1 0 960M 15\n", submitted(self));
	EXPECT_STREQ("2", ask(self, "2"));
	EXPECT_STREQ("0-1 0 960M 15\n0 2 960M 15\n", submitted(self));
}

/* A boot that is to show that another gives the same bytes is one of its own. */
TEST_F(boots, what_one_process_asks_for_twice_is_done_twice)
{
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("0", ask(self, "0"));
	EXPECT_STREQ("1", ask(self, "0"));
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("01", ask(self, "00"));
	EXPECT_STREQ("2", ask(self, "0"));
}

/* What an earlier call asked for and nobody wants now is left alone. */
TEST_F(boots, only_what_is_asked_for_is_submitted)
{
	setenv("SKIPS", "0", true);
	ASSERT_EQ(0, reopen(self));
	self->session.detach = true;
	EXPECT_STREQ("-1", ask(self, "01"));
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("2", ask(self, "2"));
	EXPECT_STREQ("0-1 0 960M 15\n0 2 960M 15\n", submitted(self));
}

TEST_F(boots, those_that_are_lost_are_given_up)
{
	setenv("SKIPS", "1", true);
	ASSERT_EQ(0, reopen(self));
	EXPECT_STREQ("0-", ask(self, "01"));
	EXPECT_STREQ("0-1 0 960M 15\n0 1 960M 15\n0 1 960M 15\n",
		     submitted(self));
	unsetenv("SKIPS");
	ASSERT_EQ(0, reopen(self));
	self->session.anew = true;
	EXPECT_STREQ("01", ask(self, "01"));
}

TEST_F(boots, a_folder_of_another_kernel_is_refused)
{
	ASSERT_EQ(0, reopen(self));
	put(self->out, "bundle/kernel", "another");
	EXPECT_EQ(LAB_USAGE, reopen(self));
	put(self->out, "bundle/kernel", "k");
	strcpy(self->of.qemu.version, "7.2.0");
	EXPECT_EQ(LAB_USAGE, reopen(self));
}

TEST_F(boots, so_is_one_for_other_nodes)
{
	const struct lab_cluster_where where = { .partition = "other" };

	EXPECT_EQ(LAB_USAGE, lab_cluster_session_open(&self->session, &self->of,
						      &where, NULL, NULL, 0));
}

TEST_F(boots, two_do_not_ask_at_a_time)
{
	struct lab_cluster_session other;
	const struct lab_cluster_where where = {};

	ASSERT_EQ(0, reopen(self));
	EXPECT_EQ(LAB_USAGE, lab_cluster_session_open(&other, &self->of, &where,
						      NULL, NULL, 0));
	lab_cluster_session_close(&other);
}

TEST_HARNESS_MAIN
