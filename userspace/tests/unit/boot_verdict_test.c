// SPDX-License-Identifier: GPL-2.0-only
/* boot_verdict_test.c - what a kernel says of parameters that it does not know. */
#include "lib/json.h"
#include "log/log.h"
#include "results/boot_verdict.h"
#include "kselftest_harness.h"

#define LOG                                                                \
	"[    0.000000] Linux version 6.12.118\n"                          \
	"[    0.195146] Unknown kernel command line parameters "           \
	"\"nokaslr hugepages=8 cma=64M\", will be passed to user space.\n" \
	"[    0.2] Memory: 1K/2K available\n"

/* What was found, or "" where there is no verdict. */
static void judge(const char *append, const char *text, char *found,
		  size_t size)
{
	json_t *machine = json_pack("{s:s}", "append", append);
	struct lab_log *log = lab_log_read(text);
	json_t *verdicts = json_array();
	const json_t *one;

	lab_boot_judge(verdicts, machine, log);
	one = lab_find(verdicts, "name", "boot");
	snprintf(found, size, "%s%s%s", one ? lab_text(one, "verdict") : "",
		 one ? ": " : "", one ? lab_text(one, "found") : "");
	lab_log_free(log);
	json_decref(verdicts);
	json_decref(machine);
}

#define EXPECT_JUDGED(expected, append, log)                  \
	do {                                                  \
		char __found[2048];                           \
		judge(append, log, __found, sizeof(__found)); \
		EXPECT_STREQ(expected, __found);              \
	} while (0)

TEST(what_the_kernel_does_not_know)
{
	EXPECT_JUDGED("skip: the kernel does not know: hugepages=8",
		      "mem=1G hugepages=8", LOG);
	EXPECT_JUDGED("skip: the kernel does not know: cma=64M hugepages=8",
		      "cma=64M hugepages=8", LOG);
}

/* Only what was added: nokaslr is the lab's own. */
TEST(what_it_knows)
{
	EXPECT_JUDGED("", "mem=1G", LOG);
	EXPECT_JUDGED("", "hugepages=80 pages=8", LOG);
	EXPECT_JUDGED("", "", LOG);
	EXPECT_JUDGED("", "hugepages=8", "");
}

/* A parameter that it knows, with a value that it does not take. */
TEST(what_it_does_not_take)
{
#define MALFORMED "[    0.000000] Malformed early option 'numa'\n" LOG
	EXPECT_JUDGED("skip: the kernel does not take: numa=fake=4",
		      "mem=1G numa=fake=4", MALFORMED);
	EXPECT_JUDGED(
		"skip: the kernel does not know: hugepages=8; the kernel does not take: numa=fake=4",
		"numa=fake=4 hugepages=8", MALFORMED);
	EXPECT_JUDGED("", "numa_balancing=0", MALFORMED);
}

/* A line that was cut is no less a list. */
TEST(a_line_without_an_end)
{
	EXPECT_JUDGED("skip: the kernel does not know: hugepages=8",
		      "hugepages=8",
		      "[ 0.1] Unknown kernel command line parameters "
		      "\"hugepages=8 cm");
}

TEST_HARNESS_MAIN
