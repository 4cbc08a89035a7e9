// SPDX-License-Identifier: GPL-2.0-only
/*
 * oracle_test.c - the oracles bark when they should, at nobody else, and
 * are silent otherwise. With the module that breaks promises when told to:
 *
 *	LABYRINTH_BUSTED=1 labyrinth lab --exec build/tests/oracle_test
 */
#include <sys/utsname.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "guest_test.h"

#define SHOTS 100
#define AT 42

/* Every fault of module/busted.c, and which oracle has to see it. */
static const struct fault {
	const char *name;
	__s32 oracle; /* or NONE */
	__u32 mods; /* what was promised, that it breaks */
	__u32 hold;
	bool before; /* it is the block of the shot before that is hurt */
	__u32 missed; /* shots that are made to miss */
} faults[] = {
#define NONE (-1)
	{ .name = "twice",
	  .oracle = LAB_ORACLE_EXCLUSIVE,
	  .hold = 8,
	  .before = true },
	{ .name = "written",
	  .oracle = LAB_ORACLE_EXCLUSIVE,
	  .hold = 8,
	  .before = true },
	{ .name = "dirty",
	  .oracle = LAB_ORACLE_ZEROED,
	  .mods = LAB_GFP_MOD(ZERO) },
	{ .name = "node",
	  .oracle = LAB_ORACLE_NODE,
	  .mods = LAB_GFP_MOD(THISNODE) },
	{ .name = "reference", .oracle = LAB_ORACLE_COMPOUND },
	{ .name = "pfmemalloc", .oracle = LAB_ORACLE_PFMEMALLOC },
	{ .name = "preempt", .oracle = LAB_ORACLE_STATE },
	{ .name = "sleep", .oracle = LAB_ORACLE_SLEPT },
	{ .name = "deep", .oracle = LAB_ORACLE_DEPTH },
	{ .name = "half",
	  .oracle = LAB_ORACLE_DEPTH,
	  .mods = LAB_GFP_MOD(NOMEMALLOC) },
	{ .name = "highatomic", .oracle = LAB_ORACLE_HIGHATOMIC },
	{ .name = "kswapd", .oracle = LAB_ORACLE_KSWAPD, .missed = 1 },
};

/* On PREEMPT_RT locks sleep, and who slept cannot be blamed: oracles/slept.h. */
static bool is_seen(const struct fault *fault)
{
	struct utsname uts;

	return fault->oracle != LAB_ORACLE_SLEPT || uname(&uts) ||
	       !strstr(uts.version, "PREEMPT_RT");
}

FIXTURE(oracle)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_VARIANT(oracle)
{
	__u32 context;
	__u32 order;
	__u32 mods;
};

#define VARIANT(id, name_, order_, mods_)                 \
	FIXTURE_VARIANT_ADD(oracle, name_)                \
	{                                                 \
		.context = LAB_CTX_##id, .order = order_, \
		.mods = LAB_GFP_MOD(NOWARN) | mods_,      \
	}
VARIANT(TASK, task, 0, 0);
VARIANT(TASK, task_order_2, 2, 0);
VARIANT(TASK, task_compound, 2, LAB_GFP_MOD(COMP));
VARIANT(SOFTIRQ_TASKLET, softirq, 0, 0);
VARIANT(SOFTIRQ_TASKLET, softirq_order_2, 2, 0);
VARIANT(HARDIRQ_HRTIMER, hardirq, 0, 0);
VARIANT(HARDIRQ_HRTIMER, hardirq_compound, 2, LAB_GFP_MOD(COMP));
VARIANT(IRQS_OFF, irqs_off, 0, 0);
VARIANT(RCU, rcu, 0, 0);
VARIANT(NESTED, nested, 0, 0);

FIXTURE_SETUP(oracle)
{
	struct lab_info info;

	OPEN();
	ASSERT_EQ(0, lab_device_info(self->fd, &info));
	ASSERT_TRUE(info.caps & LAB_CAP_BUSTED)
	{
		TH_LOG("this needs LABYRINTH_BUSTED=1");
	}
	self->spec.context = variant->context;
	self->spec.order = variant->order;
	self->spec.gfp_mods = variant->mods;
	self->spec.node = 0;
	NEEDS_CONTEXT(variant->context);
}

FIXTURE_TEARDOWN(oracle)
{
	close(self->fd);
}

#define BUST(fault)                                                         \
	do {                                                                \
		SETUP();                                                    \
		ASSERT_EQ(0, lab_device_bust(self->fd, (fault)->name, AT)); \
		SHOOT(SHOTS);                                               \
		ASSERT_EQ(0, lab_device_release(self->fd));                 \
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));   \
	} while (0)

/* Once, of the right shot, and the right one alone. */
TEST_F(oracle, barks_at_each_fault)
{
	const __u32 mods = self->spec.gfp_mods;
	long before = free_pages(self->fd, -1);
	unsigned int i, o;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		const struct fault *fault = &faults[i];

		self->spec.gfp_mods = mods | fault->mods;
		self->spec.hold = fault->hold;
		BUST(fault);
		for (o = 0; o < LAB_ORACLE_COUNT; o++) {
			const struct lab_oracle_stats *oracle =
				&self->stats.oracle[o];

			EXPECT_EQ((__s32)o == fault->oracle && is_seen(fault),
				  oracle->violations)
			{
				TH_LOG("fault %s, oracle %u", fault->name, o);
			}
			if (!oracle->violations)
				continue;
			EXPECT_EQ(AT - fault->before, oracle->culprit)
			{
				TH_LOG("fault %s, oracle %u", fault->name, o);
			}
		}
		EXPECT_EQ(self->stats.attempts,
			  self->stats.outcome[LAB_OK] + fault->missed);
		EXPECT_EQ(fault->missed, self->stats.outcome[LAB_EXHAUSTED]);
		REOPEN();
	}
	/* The machine is whole. */
	EXPECT_GT(64, before - free_pages(self->fd, -1));
}

TEST_F(oracle, says_nothing_that_it_is_not_asked)
{
	const __u32 mods = self->spec.gfp_mods;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		self->spec.gfp_mods = mods | faults[i].mods;
		self->spec.hold = faults[i].hold;
		self->spec.oracles = LAB_ORACLES_ALL &
				     ~(1u << faults[i].oracle);
		BUST(&faults[i]);
		EXPECT_EQ(0, violations(&self->stats))
		{
			TH_LOG("fault %s", faults[i].name);
		}
		REOPEN();

		self->spec.oracles = 1u << faults[i].oracle;
		BUST(&faults[i]);
		EXPECT_EQ(is_seen(&faults[i]), violations(&self->stats))
		{
			TH_LOG("fault %s", faults[i].name);
		}
		REOPEN();
	}
}

/* What was not promised is not broken. */
TEST_F(oracle, is_silent_where_nothing_was_promised)
{
	static const struct {
		struct fault fault;
		__u32 mods;
	} harmless[] = {
		{ { .name = "dirty" }, 0 },
		{ { .name = "node" }, 0 },
		{ { .name = "twice" }, 0 },
		{ { .name = "written" }, 0 },
		{ { .name = "pfmemalloc" }, LAB_GFP_MOD(MEMALLOC) },
		{ { .name = "deep" }, LAB_GFP_MOD(MEMALLOC) },
		{ { .name = "half" }, 0 },
	};
	const __u32 mods = self->spec.gfp_mods;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(harmless); i++) {
		self->spec.gfp_mods = mods | harmless[i].mods;
		BUST(&harmless[i].fault);
		EXPECT_EQ(0, violations(&self->stats))
		{
			TH_LOG("fault %s", harmless[i].fault.name);
		}
		REOPEN();
	}
}

TEST_F(oracle, is_silent_without_a_fault)
{
	static const __u32 holds[] = { 0, 1, 50 };
	unsigned int i;

	self->spec.gfp_mods |= LAB_GFP_MOD(ZERO) | LAB_GFP_MOD(THISNODE);
	for (i = 0; i < ARRAY_SIZE(holds); i++) {
		self->spec.hold = holds[i];
		FIRE(500);
		ASSERT_EQ(0, lab_device_release(self->fd));
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		EXPECT_EQ(self->stats.attempts, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

/* No oracle sees a leak: what is missing when all is over does. */
TEST_F(oracle, has_leaks_that_are_seen_at_the_end)
{
	const struct fault leak = { .name = "leak", .oracle = NONE };
	const long lost = (long)(SHOTS - AT) << variant->order;
	long before, missing;

	if (variant->context == LAB_CTX_NESTED)
		SKIP(return, "the first part fires fewer");
	self->spec.hold = 8;
	/* What a first run takes for good, or sets free, is none. */
	FIRE(SHOTS);
	REOPEN();
	before = free_pages(self->fd, -1);
	BUST(&leak);
	EXPECT_EQ(0, violations(&self->stats));
	EXPECT_EQ(0, self->stats.held);
	EXPECT_EQ(0, pages_held(self->fd));
	REOPEN();
	missing = before - free_pages(self->fd, -1);
	EXPECT_LE(lost - 16, missing);
	EXPECT_GT(lost + 64, missing);
}

/* Blocks of every interface are stamped, and looked at before they go. */
FIXTURE(stamp)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_VARIANT(stamp)
{
	__u32 api;
};

#define STAMP(id, name, call) \
	FIXTURE_VARIANT_ADD(stamp, name){ .api = LAB_API_##id };
LAB_APIS(STAMP)

FIXTURE_SETUP(stamp)
{
	struct lab_row row;

	OPEN();
	self->spec.api = variant->api;
	self->spec.reserve = variant->api == LAB_API_MEMPOOL;
	self->spec.hold = 8;
	ASSERT_EQ(0, lab_device_api(self->fd, variant->api, &row));
	if (!row.usable)
		SKIP(return, "%s", row.reason);
}

FIXTURE_TEARDOWN(stamp)
{
	close(self->fd);
}

TEST_F(stamp, is_looked_at)
{
	static const struct fault stamped[] = { { .name = "twice" },
						{ .name = "written" } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stamped); i++) {
		const struct lab_oracle_stats *exclusive =
			&self->stats.oracle[LAB_ORACLE_EXCLUSIVE];

		BUST(&stamped[i]);
		EXPECT_EQ(1, violations(&self->stats));
		EXPECT_EQ(1, exclusive->violations);
		EXPECT_EQ(AT - 1, exclusive->culprit);
		EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
		REOPEN();
	}
}

/*
 * An NMI of somebody else that takes the place of the run's own: that comes later
 * and is no NMI that nobody knows, of which this guest's kernel would panic.
 */
TEST(foreign_nmi)
{
	static const char foreign[] =
		"/sys/module/labyrinth/parameters/foreign_nmi";
	struct lab_spec spec = plain_spec();
	struct lab_stats stats;
	struct lab_row row = {};
	char why[128];
	__u64 fired;
	int fd = lab_device_open(why, sizeof(why));

	ASSERT_LE(0, fd);
	bind_to(0);
	lab_device_context(fd, LAB_CTX_NMI, &row);
	if (!row.usable)
		SKIP(return, "%s", row.reason);
	spec.context = LAB_CTX_NMI;
	spec.api = LAB_API_NOLOCK;
	ASSERT_EQ(0, lab_device_setup(fd, &spec, why, sizeof(why)));
	write_to(foreign, "1");
	EXPECT_EQ(0, lab_device_fire(fd, 1600, &fired));
	write_to(foreign, "0");
	ASSERT_EQ(0, lab_device_read(fd, 0, &stats));
	EXPECT_EQ(100, stats.volleys);
	EXPECT_EQ(1600, stats.attempts);
	EXPECT_EQ(0, violations(&stats));
	close(fd);
}

/* A mempool asks without a right to reserves: mm/mempool.c, mempool_alloc(). */
TEST_F(stamp, is_of_a_request_whose_depth_is_known)
{
	const struct fault half = { .name = "half" };

	if (variant->api != LAB_API_MEMPOOL && variant->api != LAB_API_PAGES)
		return;
	BUST(&half);
	EXPECT_EQ(variant->api == LAB_API_MEMPOOL,
		  self->stats.oracle[LAB_ORACLE_DEPTH].violations);
}

/* A block that is gone is nobody's: it must not be hurt by a fault after it. */
TEST_F(stamp, is_not_broken_when_it_is_gone)
{
	static const struct fault stamped[] = { { .name = "twice" },
						{ .name = "written" } };
	unsigned int i;

	/* The last before the fault fills it up: all are gone by then. */
	self->spec.pattern = LAB_PATTERN_FILL;
	self->spec.hold = AT;
	for (i = 0; i < ARRAY_SIZE(stamped); i++) {
		BUST(&stamped[i]);
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

FIXTURE(bust)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_SETUP(bust)
{
	OPEN();
}

FIXTURE_TEARDOWN(bust)
{
	close(self->fd);
}

TEST_F(bust, needs_a_run_and_a_name)
{
	EXPECT_EQ(-ENXIO, lab_device_bust(self->fd, "twice", 1));
	SETUP();
	EXPECT_EQ(-ENOENT, lab_device_bust(self->fd, "", 1));
	EXPECT_EQ(-ENOENT, lab_device_bust(self->fd, "twic", 1));
	EXPECT_EQ(-ENOENT, lab_device_bust(self->fd, "twicer", 1));
	EXPECT_EQ(0, lab_device_bust(self->fd, "twice", 1));
}

/* Who waits for no lock says NULL for one as well: that is no lack of pages. */
TEST_F(bust, a_held_lock_is_no_lack_of_pages)
{
	struct lab_row row;

	self->spec.api = LAB_API_NOLOCK;
	ASSERT_EQ(0, lab_device_api(self->fd, LAB_API_NOLOCK, &row));
	if (!row.usable)
		SKIP(return, "%s", row.reason);
	SETUP();
	ASSERT_EQ(0, lab_device_bust(self->fd, "lock", AT));
	SHOOT(SHOTS);
	EXPECT_EQ(SHOTS - 1, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(1, self->stats.outcome[LAB_REFUSED]);
	EXPECT_EQ(1, self->stats.contended);
	EXPECT_EQ(0, self->stats.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(SHOTS, self->stats.checked);
	EXPECT_EQ(0, violations(&self->stats));
}

/*
 * Nobody may still be in the module's text when that goes. The stub that the
 * injector sends requests to is where somebody else can be: page faults for
 * huge pages ask without reclaim and with preemption on, and this build lets
 * them linger there for a tenth of a second.
 */
#define THP "/sys/kernel/mm/transparent_hugepage/"
#define LINGER "/sys/module/labyrinth/parameters/linger"
#define MODULE "/modules/labyrinth.ko"
#define HUGE (2ul << 20)
#define HUGE_PAGES 16

__attribute__((noreturn)) static void fault_for_ever(void)
{
	volatile char *area;
	unsigned int i;

	bind_to(1);
	for (;;) {
		/*
		 * A range that was once given small pages keeps its page table,
		 * and asks for no huge page again, until it is unmapped.
		 */
		area = mmap(NULL, HUGE * (HUGE_PAGES + 1),
			    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
		if (area == MAP_FAILED)
			_exit(1);
		/* RCU tasks waits until a task sleeps of its own accord. */
		for (i = 0; i < HUGE_PAGES; i++, usleep(1000))
			area[HUGE * i] = 1;
		munmap((void *)area, HUGE * (HUGE_PAGES + 1));
	}
}

static int reload(void)
{
	int fd, err;

	if (syscall(SYS_delete_module, "labyrinth", O_NONBLOCK))
		return -errno;
	fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return err;
}

TEST(unloads_after_the_last_stub)
{
	struct lab_inject inject = { .flags = LAB_INJECT_SYSTEM,
				     .probability = 100,
				     .interval = 1,
				     .times = LAB_INJECT_UNLIMITED,
				     .min_order = 9 };
	__u64 hits = 0;
	char why[128];
	unsigned int i;
	pid_t pid;
	int fd;

	if (access(THP "enabled", W_OK))
		SKIP(return, "no huge pages, which ask with preemption on");
	write_to(THP "enabled", "always");
	write_to(THP "defrag", "never");
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		fault_for_ever();
	for (i = 0; i < 3; i++) {
		write_to(LINGER, "1");
		fd = lab_device_open(why, sizeof(why));
		ASSERT_LE(0, fd);
		if (lab_device_inject(fd, &inject)) {
			kill(pid, SIGKILL);
			SKIP(return, "%s", inject.reason);
		}
		/* The first that is failed is in the stub now. */
		do {
			ASSERT_EQ(0, lab_device_injected(fd, &hits));
		} while (!hits);
		close(fd);
		ASSERT_EQ(0, reload());
		EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	}
	kill(pid, SIGKILL);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
}

TEST_HARNESS_MAIN
