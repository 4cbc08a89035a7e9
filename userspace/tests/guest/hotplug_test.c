// SPDX-License-Identifier: GPL-2.0-only
/*
 * hotplug_test.c - a shot is fired on the CPU of its run or not at all, though
 * that CPU goes off line or its thread is moved; and whoever waits can be
 * killed, in every context.
 *
 * CPU 1 fires and goes off line and on again, CPU 0 looks on. Where a request
 * was made is asked of the kernel's own trace of its allocator.
 */
#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "guest_test.h"

#define ONLINE "/sys/devices/system/cpu/cpu1/online"
#define ORDER 5 /* nobody else in the guest asks for blocks of this order */
#define SHORT_NS 20000000ull
#define REFUSED_TRIES 1000
#define LONG_NS 500000000ull /* a CPU needs less to go */
#define PATIENCE_MS \
	3000 /* of a guest that is emulated, perhaps under lockdep */

/* What a child tells of its FIRE. */
struct told {
	volatile int ready; /* it is about to fire */
	volatile int done;
	volatile int err;
	volatile __u64 fired;
};

FIXTURE(hotplug)
{
	int fd;
	struct lab_spec spec;
	struct told *told;
	__u64 misplaced; /* requests that CPU 0 has made before */
	char why[128];
};

FIXTURE_VARIANT(hotplug)
{
	__u32 id;
};

#define VARIANT(id_, name, rule) \
	FIXTURE_VARIANT_ADD(hotplug, name){ .id = LAB_CTX_##id_ };
LAB_CONTEXTS(VARIANT)

static __u64 requests_on(int cpu)
{
	return misses_on(cpu);
}

static void trace_requests(const char *enable)
{
	char filter[40];

	snprintf(filter, sizeof(filter), "order == %d", ORDER);
	write_to(TRACED "filter", *enable == '1' ? filter : "0");
	write_to(TRACING "trace", "");
	write_to(TRACED "enable", enable);
}

FIXTURE_SETUP(hotplug)
{
	OPEN();
	if (read_number(ONLINE) != 1)
		SKIP(return, "there is no CPU that could go off line");
	NEEDS_CONTEXT(variant->id);
	self->spec.context = variant->id;
	self->spec.cpu = 1;
	self->spec.order = ORDER;
	self->spec.oracles = 0;
	if (variant->id == LAB_CTX_NMI) {
		self->spec.api = LAB_API_NOLOCK;
		self->spec.order = 3;
	}
	self->told = mmap(NULL, sizeof(*self->told), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->told);
}

FIXTURE_TEARDOWN(hotplug)
{
	write_to(ONLINE, "1");
	close(self->fd);
}

static void nap(long ms)
{
	const struct timespec time = { .tv_sec = ms / 1000,
				       .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* Fires from CPU 1 until it may not, or for good, and says what came of it. */
static pid_t start(const struct lab_spec *spec, struct told *told)
{
	pid_t pid = fork();
	__u64 fired = 0;
	char why[128];
	int fd;

	if (pid)
		return pid;
	bind_to(1);
	fd = lab_device_open(why, sizeof(why));
	if (fd < 0 || lab_device_setup(fd, spec, NULL, 0))
		_exit(3);
	told->ready = 1;
	told->err = lab_device_fire(fd, 1ull << 32, &fired);
	told->fired = fired;
	told->done = 1;
	_exit(0);
}

/* Whether it is gone before patience is. */
static bool ends(pid_t pid)
{
	int waited, status;

	for (waited = 0; waited < PATIENCE_MS; waited += 10) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return true;
		nap(10);
	}
	return false;
}

static bool begins(const struct told *told)
{
	int waited;

	for (waited = 0; waited < PATIENCE_MS && !told->ready; waited += 5)
		nap(5);
	return told->ready;
}

#define START()                                             \
	({                                                  \
		pid_t __pid;                                \
		memset(self->told, 0, sizeof(struct told)); \
		__pid = start(&self->spec, self->told);     \
		ASSERT_LT(0, __pid);                        \
		ASSERT_TRUE(begins(self->told));            \
		__pid;                                      \
	})

/*
 * It wakes while its CPU is going, and in the middle of a volley; or when it has
 * gone.
 */
TEST_F(hotplug, refuses_when_its_cpu_has_gone)
{
	static const __u64 intervals[] = { SHORT_NS, LONG_NS };
	unsigned int i;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(intervals); i++) {
		self->spec.interval = intervals[i];
		trace_requests("1");
		pid = START();
		nap(50);
		write_to(ONLINE, "0");
		ASSERT_EQ(0, read_number(ONLINE));
		EXPECT_TRUE(ends(pid))
		{
			TH_LOG("it still waits, interval %llu",
			       self->spec.interval);
			kill(pid, SIGKILL);
			TH_LOG("killed, it %s", ends(pid) ? "dies" : "waits");
			write_to(ONLINE, "1");
			ends(pid);
		}
		EXPECT_EQ(1, self->told->done);
		EXPECT_EQ(-EXDEV, self->told->err);
		EXPECT_LT(0, self->told->fired);
		EXPECT_EQ(0, requests_on(0));
		EXPECT_EQ(0, pages_held(self->fd));
		trace_requests("0");
		write_to(ONLINE, "1");
	}
}

TEST_F(hotplug, makes_no_request_elsewhere)
{
	unsigned int tries = 0;
	pid_t pid;
	cpu_set_t set;

	self->spec.burst = 64;
	trace_requests("1");
	pid = START();
	nap(30);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	/*
	 * Refused while a volley is fired, on kernels that cannot do better. Where
	 * each try meets a volley there has to be a time between them.
	 */
	while (sched_setaffinity(pid, sizeof(set), &set) && errno == EINVAL) {
		nap(1);
		if (++tries != REFUSED_TRIES)
			continue;
		kill(pid, SIGKILL);
		ASSERT_TRUE(ends(pid));
		self->spec.interval = SHORT_NS;
		pid = START();
	}
	EXPECT_TRUE(ends(pid));
	EXPECT_EQ(-EXDEV, self->told->err);
	EXPECT_LT(0, self->told->fired);
	EXPECT_EQ(0, requests_on(0));
	if (variant->id != LAB_CTX_NMI)
		EXPECT_LT(0, requests_on(1));
	trace_requests("0");
}

/* In a volley, between two of them, and while CPUs come and go. */
TEST_F(hotplug, dies_when_it_is_killed)
{
	static const __u64 intervals[] = { 0, LAB_MAX_INTERVAL };
	unsigned int i;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(intervals); i++) {
		self->spec.interval = intervals[i];
		pid = START();
		nap(20);
		kill(pid, SIGKILL);
		EXPECT_TRUE(ends(pid));
		EXPECT_EQ(0, self->told->done);
		EXPECT_EQ(0, pages_held(self->fd));
	}
}

TEST_F(hotplug, dies_while_its_cpu_goes)
{
	pid_t pid, killer;

	self->spec.interval = SHORT_NS;
	pid = START();
	killer = fork();
	ASSERT_LE(0, killer);
	if (!killer) {
		nap(20);
		kill(pid, SIGKILL);
		_exit(0);
	}
	nap(15);
	write_to(ONLINE, "0");
	EXPECT_TRUE(ends(pid))
	{
		write_to(ONLINE, "1");
		ends(pid);
	}
	EXPECT_TRUE(ends(killer));
	EXPECT_EQ(0, pages_held(self->fd));
}

/*
 * The thread of an interrupt that the module has now, or 0. Where all handlers are
 * threads, as with PREEMPT_RT, there are two: that of the handler, and "irq/N-s-NAME"
 * of the thread function (kernel/irq/manage.c, irq_setup_forced_threading()).
 */
static int irq_thread(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[300], comm[32] = "";
	bool second = false;
	int pid = 0;

	while (proc && !second && (entry = readdir(proc))) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fgets(comm, sizeof(comm), f) && !strncmp(comm, "irq/", 4) &&
		    strstr(comm, "-labyrin")) {
			pid = atoi(entry->d_name);
			second = strstr(comm, "-s-labyrin");
		}
		fclose(f);
	}
	if (proc)
		closedir(proc);
	return pid;
}

/* From the first volley on, wherever it was when that came. */
TEST_F(hotplug, binds_the_thread_of_its_interrupt)
{
	cpu_set_t set, other;
	__u64 fired;
	int cpu, pid;

	if (variant->id != LAB_CTX_IRQ_THREAD)
		return;
	for (cpu = 0; cpu < 2; cpu++) {
		bind_to(cpu);
		self->spec.cpu = cpu;
		SETUP();
		ASSERT_EQ(0, lab_device_fire(self->fd, 1, &fired));
		pid = irq_thread();
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, sched_getaffinity(pid, sizeof(set), &set));
		EXPECT_EQ(1, CPU_COUNT(&set));
		EXPECT_TRUE(CPU_ISSET(cpu, &set));

		/* Nor does it stay elsewhere if somebody moves it. */
		CPU_ZERO(&other);
		CPU_SET(!cpu, &other);
		/* On 7.3 nobody may. */
		if (sched_setaffinity(pid, sizeof(other), &other))
			EXPECT_EQ(EINVAL, errno);
		ASSERT_EQ(0, lab_device_fire(self->fd, 64, &fired));
		ASSERT_EQ(0, sched_getaffinity(pid, sizeof(set), &set));
		EXPECT_EQ(1, CPU_COUNT(&set));
		EXPECT_TRUE(CPU_ISSET(cpu, &set));
		REOPEN();
	}
}

TEST_HARNESS_MAIN
