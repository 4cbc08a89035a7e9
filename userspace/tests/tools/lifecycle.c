// SPDX-License-Identifier: GPL-2.0-only
/*
 * lifecycle.c - runs that are killed, and a module that is unloaded, over
 * and over, in a guest.
 *
 *	labyrinth lab --exec build/tests/lifecycle -- [CYCLES] [LOADS] [SEED]
 *
 * A cycle is a process that opens the device, sets up some run, fires without
 * end and is killed at any moment of that: nothing may be held afterwards. A
 * load is the module unloaded and loaded again while somebody tries to open its
 * device; while a run is active it may not go. It passes when all of that was
 * so, no page is missing, and the kernel has not complained.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys/device.h"
#include "lib/random.h"
#include "tests/guest/selfcheck.h"

#define CYCLES 200
#define LOADS 20
#define MODULE "/modules/labyrinth.ko"
#define DEVICE "/dev/" LAB_DEVICE
/* Deaths come at any time up to here. */
#define LIFE_NS 3000000
/* What the guest itself, and KASAN's quarantine, may keep: a 32nd of all. */
#define LEFT_PART 32

static unsigned int passed, failed;

__attribute__((format(printf, 2, 3))) static void
expect(bool good, const char *format, ...)
{
	va_list args;

	passed += good;
	failed += !good;
	if (good)
		return;
	printf("lifecycle: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void nap(uint64_t ns)
{
	const struct timespec time = { .tv_nsec = ns };

	nanosleep(&time, NULL);
}

static void bind_to(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static struct lab_spec any_spec(uint64_t *chance)
{
	static const __u32 holds[] = { 0, 1, 64, 4096 };
	struct lab_spec spec = {
		.context = lab_random(chance) % LAB_CTX_COUNT,
		.api = lab_random(chance) % LAB_API_COUNT,
		.order = lab_random(chance) % 3,
		.gfp_mods = LAB_GFP_MOD(NOWARN),
		.node = LAB_NODE_ANY,
		.burst = 1 + lab_random(chance) % 32,
		.hold = holds[lab_random(chance) % 4],
		.pattern = lab_random(chance) % LAB_PATTERN_COUNT,
		.victim = lab_random(chance) % LAB_VICTIM_COUNT,
		.oracles = LAB_ORACLES_ALL,
		.events = lab_random(chance) % 2 ? 256 : 0,
		.seed = lab_random(chance),
	};

	if (spec.burst > spec.hold)
		spec.pattern = LAB_PATTERN_RING;
	if (spec.api == LAB_API_MEMPOOL)
		spec.reserve = 16;
	return spec;
}

/* Fires until it is killed. What is not legal here is done without. */
__attribute__((noreturn)) static void victim(const struct lab_spec *spec)
{
	struct lab_spec plain = *spec;
	char why[200];
	__u64 fired;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	bind_to(0);
	fd = lab_device_open(why, sizeof(why));
	if (fd < 0)
		_exit(3);
	if (lab_device_setup(fd, spec, why, sizeof(why))) {
		plain.context = LAB_CTX_TASK;
		plain.api = LAB_API_PAGES;
		plain.reserve = 0;
		if (lab_device_setup(fd, &plain, why, sizeof(why)))
			_exit(3);
	}
	for (;;)
		if (lab_device_fire(fd, 1ull << 32, &fired))
			_exit(3);
}

static void cycle(int fd, uint64_t *chance, bool *died)
{
	const struct lab_spec spec = any_spec(chance);
	const uint64_t life = lab_random(chance) % LIFE_NS;
	struct lab_info info = {};
	int status;
	pid_t pid = fork();

	if (!pid)
		victim(&spec);
	nap(life);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	*died = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	lab_device_info(fd, &info);
	if (info.pages_held)
		*died = false;
}

static long free_pages(int fd)
{
	static struct lab_zones zones;
	long pages = 0;
	unsigned int i;

	selfcheck_tell("/proc/sys/vm/drop_caches", "3");
	if (lab_device_zones(fd, &zones))
		return -1;
	for (i = 0; i < zones.count; i++)
		pages += zones.zone[i].free + zones.zone[i].pcp;
	return pages;
}

static int open_device(void)
{
	char why[200];
	const int fd = lab_device_open(why, sizeof(why));

	if (fd < 0) {
		printf("lifecycle: %s\n", why);
		exit(3);
	}
	return fd;
}

static void live_and_die(unsigned long cycles, uint64_t *chance)
{
	const int fd = open_device();
	unsigned long i, clean = 0;
	long before, after;
	bool died;

	/* The first ones make what is then there for good. */
	for (i = 0; i < 10; i++)
		cycle(fd, chance, &died);
	before = free_pages(fd);
	for (i = 0; i < cycles; i++) {
		cycle(fd, chance, &died);
		clean += died;
	}
	after = free_pages(fd);
	expect(clean == cycles, "%lu of %lu cycles did not end as they should",
	       cycles - clean, cycles);
	expect(before - after < before / LEFT_PART, "%ld pages are missing",
	       before - after);
	printf("cycles %lu clean %lu pages before %ld after %ld\n", cycles,
	       clean, before, after);
	close(fd);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "labyrinth", O_NONBLOCK) ? -errno : 0;
}

static int load(void)
{
	const int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return err;
}

/* Opens the device whenever it is there, and lets it go. */
__attribute__((noreturn)) static void knock(void)
{
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
	}
}

static void stays_while_in_use(void)
{
	const struct lab_spec spec = { .gfp_mods = LAB_GFP_MOD(NOWARN),
				       .node = LAB_NODE_ANY,
				       .burst = 16,
				       .hold = 64,
				       .oracles = LAB_ORACLES_ALL };
	const int fd = open_device();
	__u64 fired = 0;

	bind_to(0);
	expect(!lab_device_setup(fd, &spec, NULL, 0), "no run was set up");
	expect(!lab_device_fire(fd, 100, &fired), "no shot was fired");
	expect(unload() == -EWOULDBLOCK, "the module went while a run held it");
	expect(!lab_device_fire(fd, 100, &fired) && fired == 100,
	       "the run did not outlive the attempt");
	close(fd);
}

static void come_and_go(unsigned long loads)
{
	unsigned long i, busy = 0;
	long before, after;
	pid_t knocker;
	int err = 0, fd;

	stays_while_in_use();
	fd = open_device();
	before = free_pages(fd);
	close(fd);
	knocker = fork();
	if (!knocker)
		knock();
	for (i = 0; i < loads && !err; i++) {
		while ((err = unload()) == -EWOULDBLOCK)
			busy++;
		if (!err)
			err = load();
	}
	kill(knocker, SIGKILL);
	waitpid(knocker, NULL, 0);
	expect(!err, "load %lu: %s", i, strerror(-err));
	fd = open_device();
	after = free_pages(fd);
	close(fd);
	expect(before - after < before / LEFT_PART, "%ld pages are missing",
	       before - after);
	printf("loads %lu busy %lu pages before %ld after %ld\n", i, busy,
	       before, after);
}

static unsigned long argument(int argc, char **argv, int at, unsigned long or)
{
	return argc > at ? strtoul(argv[at], NULL, 0) : or ;
}

int main(int argc, char **argv)
{
	uint64_t chance = argument(argc, argv, 3, 1);
	unsigned int findings;

	setvbuf(stdout, NULL, _IOLBF, 0);
	selfcheck_print();
	selfcheck_start();
	live_and_die(argument(argc, argv, 1, CYCLES), &chance);
	come_and_go(argument(argc, argv, 2, LOADS));
	findings = selfcheck_findings();
	expect(!findings, "the kernel has complained");
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0;
}
