// SPDX-License-Identifier: GPL-2.0-only
/*
 * module_test.c - the contract of the UAPI header, kept and broken: what
 * a caller may ask, when, and what it is told.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "guest_test.h"

FIXTURE(device)
{
	int fd;
	struct lab_spec spec;
	struct lab_info info;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_SETUP(device)
{
	OPEN();
	ASSERT_EQ(0, lab_device_info(self->fd, &self->info));
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
}

TEST_F(device, says_what_it_is)
{
	EXPECT_EQ(LAB_ABI_VERSION, self->info.abi);
	EXPECT_EQ(LAB_CTX_COUNT, self->info.contexts);
	EXPECT_EQ(LAB_API_COUNT, self->info.apis);
	EXPECT_EQ(LAB_ORACLE_COUNT, self->info.oracles);
	EXPECT_EQ(sysconf(_SC_PAGESIZE), self->info.page_size);
	EXPECT_LT(0, self->info.clock_khz);
	EXPECT_LE(3, self->info.max_order);
	EXPECT_EQ(0, self->info.pages_held);
	EXPECT_EQ(read_number("/sys/module/labyrinth/parameters/floor"),
		  self->info.floor);
	/* Every kernel of the lab has tracepoints. */
	EXPECT_TRUE(self->info.caps & LAB_CAP_ATTRIBUTION);
	EXPECT_FALSE(self->info.caps & LAB_CAP_BUSTED);
}

#define NAME(id, name, text) #name,
#define TEXT(id, name, text) text,

static const char *const contexts[] = { LAB_CONTEXTS(NAME) };
static const char *const apis[] = { LAB_APIS(NAME) };
static const char *const oracles[] = { LAB_ORACLES(NAME) };
static const char *const rules[] = { LAB_CONTEXTS(TEXT) };
static const char *const calls[] = { LAB_APIS(TEXT) };
static const char *const claims[] = { LAB_ORACLES(TEXT) };

TEST_F(device, names_its_tables)
{
	static const struct {
		int (*get)(int fd, unsigned int index, struct lab_row *row);
		const char *const *names, *const *texts;
		unsigned int count;
	} tables[] = {
		{ lab_device_context, contexts, rules, LAB_CTX_COUNT },
		{ lab_device_api, apis, calls, LAB_API_COUNT },
		{ lab_device_oracle, oracles, claims, LAB_ORACLE_COUNT },
	};
	struct lab_row row;
	unsigned int t, i;

	for (t = 0; t < ARRAY_SIZE(tables); t++) {
		for (i = 0; i < tables[t].count; i++) {
			ASSERT_EQ(0, tables[t].get(self->fd, i, &row));
			EXPECT_EQ(i, row.index);
			EXPECT_STREQ(tables[t].names[i], row.name);
			EXPECT_STREQ(tables[t].texts[i], row.text);
			EXPECT_GT(sizeof(row.text) - 1, strlen(row.text));
			EXPECT_GT(sizeof(row.reason) - 1, strlen(row.reason));
			EXPECT_EQ(!row.usable, row.reason[0] != '\0');
		}
		EXPECT_EQ(-ENOENT, tables[t].get(self->fd, i, &row));
		EXPECT_EQ(-ENOENT, tables[t].get(self->fd, UINT32_MAX, &row));
	}
}

/* One field wrong at a time: refused in words, and a right spec is taken. */
#define WRONG(error, ...)                                                    \
	do {                                                                 \
		struct lab_spec right = self->spec;                          \
                                                                             \
		self->spec =                                                 \
			(struct lab_spec){ .gfp_mods = LAB_GFP_MOD(NOWARN),  \
					   .node = LAB_NODE_ANY,             \
					   .burst = 16,                      \
					   __VA_ARGS__ };                    \
		memset(self->why, 0, sizeof(self->why));                     \
		EXPECT_EQ(error,                                             \
			  lab_device_setup(self->fd, &self->spec, self->why, \
					   sizeof(self->why)))               \
		{                                                            \
			TH_LOG(#__VA_ARGS__);                                \
		}                                                            \
		EXPECT_NE('\0', self->why[0])                                \
		{                                                            \
			TH_LOG(#__VA_ARGS__ ": no reason");                  \
		}                                                            \
		self->spec = right;                                          \
	} while (0)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
TEST_F(device, refuses_what_is_out_of_range)
{
	WRONG(-EINVAL, .flags = LAB_RUN_BLIND << 1);
	WRONG(-EINVAL, .flags = 1u << 31);
	WRONG(-EINVAL, .context = LAB_CTX_COUNT);
	WRONG(-EINVAL, .context = UINT32_MAX);
	WRONG(-EINVAL, .api = LAB_API_COUNT);
	WRONG(-EINVAL, .api = UINT32_MAX);
	WRONG(-EINVAL, .order = self->info.max_order + 1);
	WRONG(-EINVAL, .order = UINT32_MAX);
	WRONG(-EINVAL, .gfp_base = LAB_GFP_BASE_COUNT);
	WRONG(-EINVAL, .gfp_base = UINT32_MAX);
	WRONG(-EINVAL, .gfp_mods = LAB_GFP_MODS_ALL + 1);
	WRONG(-EINVAL, .gfp_mods = 1u << 31);
	WRONG(-EINVAL, .gfp_mods = LAB_GFP_MOD(THISNODE));
	WRONG(-EINVAL, .gfp_mods = LAB_GFP_MOD(DMA) | LAB_GFP_MOD(DMA32));
	WRONG(-EINVAL, .node = -2);
	WRONG(-EINVAL, .node = INT32_MIN);
	WRONG(-ENODEV, .node = INT32_MAX);
	WRONG(-ENODEV, .node = 63);
	WRONG(-ENODEV, .node = 2);
	WRONG(-ENODEV, .cpu = 2);
	WRONG(-ENODEV, .cpu = 4096);
	WRONG(-ENODEV, .cpu = UINT32_MAX);
	WRONG(-EINVAL, .hold = LAB_MAX_HOLD + 1);
	WRONG(-EINVAL, .hold = UINT32_MAX);
	WRONG(-EINVAL, .burst = 0);
	WRONG(-EINVAL, .burst = LAB_MAX_BURST + 1);
	WRONG(-EINVAL, .pattern = LAB_PATTERN_COUNT);
	WRONG(-EINVAL, .pattern = LAB_PATTERN_REFILL);
	WRONG(-EINVAL, .pattern = LAB_PATTERN_REFILL, .hold = 15);
	WRONG(-EINVAL, .victim = LAB_VICTIM_COUNT);
	WRONG(-EINVAL, .oracles = LAB_ORACLES_ALL + 1);
	WRONG(-EINVAL, .oracles = 1u << 31);
	WRONG(-EINVAL, .events = LAB_MAX_EVENTS + 1);
	WRONG(-EINVAL, .reserve = 1);
	WRONG(-EINVAL, .api = LAB_API_MEMPOOL, .reserve = 0);
	WRONG(-EINVAL, .api = LAB_API_MEMPOOL, .reserve = LAB_MAX_RESERVE + 1);
	WRONG(-EINVAL, .interval = LAB_MAX_INTERVAL + 1);
	WRONG(-EINVAL, .interval = UINT64_MAX);
	WRONG(-EINVAL, .flags = LAB_RUN_BARE, .hold = 1);
	WRONG(-EINVAL, .flags = LAB_RUN_BARE, .events = 1);
	WRONG(-EINVAL, .flags = LAB_RUN_BARE, .oracles = 1);
	WRONG(-EINVAL, .pad = 1);
	WRONG(-EINVAL, .spare = 1);
	SETUP();
	EXPECT_EQ(-EBUSY,
		  lab_device_setup(self->fd, &self->spec, self->why, 128));
}

/* What an interface or a context does not take is no defect. */
TEST_F(device, refuses_what_does_not_fit)
{
#define FITS_NOT(...) WRONG(-EOPNOTSUPP, __VA_ARGS__)
	FITS_NOT(.api = LAB_API_BULK, .order = 1);
	FITS_NOT(.api = LAB_API_PAGE_FRAG, .order = 1);
	FITS_NOT(.api = LAB_API_KMEM_CACHE, .order = 4);
	FITS_NOT(.api = LAB_API_GET_FREE_PAGES, .node = 0);
	FITS_NOT(.api = LAB_API_EXACT, .node = 0);
	FITS_NOT(.api = LAB_API_PAGE_FRAG, .node = 0);
	FITS_NOT(.api = LAB_API_MEMPOOL, .reserve = 1, .node = 0);
	FITS_NOT(.api = LAB_API_EXACT, .gfp_mods = LAB_GFP_MOD(COMP));
	FITS_NOT(.api = LAB_API_BULK, .gfp_mods = LAB_GFP_MOD(COMP));
	FITS_NOT(.api = LAB_API_KMALLOC, .gfp_mods = LAB_GFP_MOD(DMA32));
	FITS_NOT(.api = LAB_API_KMALLOC, .gfp_mods = LAB_GFP_MOD(NORETRY));
	FITS_NOT(.api = LAB_API_KMEM_CACHE,
		 .gfp_mods = LAB_GFP_MOD(RECLAIMABLE));
	FITS_NOT(.api = LAB_API_PAGE_FRAG, .gfp_mods = LAB_GFP_MOD(DMA));
	FITS_NOT(.api = LAB_API_KMEM_CACHE, .gfp_mods = LAB_GFP_MOD(COMP));
	FITS_NOT(.api = LAB_API_PAGE_FRAG, .gfp_mods = LAB_GFP_MOD(ZERO));
	FITS_NOT(.api = LAB_API_MEMPOOL, .reserve = 1,
		 .gfp_mods = LAB_GFP_MOD(ZERO));
	FITS_NOT(.context = LAB_CTX_NMI);
	SETUP();
}
#pragma GCC diagnostic pop

TEST_F(device, refuses_what_comes_too_early)
{
	__u64 fired;

	EXPECT_EQ(-ENXIO, lab_device_fire(self->fd, 1, &fired));
	EXPECT_EQ(-ENXIO, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_EQ(-ENXIO, lab_device_release(self->fd));
}

TEST_F(device, refuses_what_is_no_call)
{
	static struct lab_zones zones;
	struct lab_fire fire = { .shots = (1ull << 32) + 1 };
	struct lab_buffer buffer = { .address = (uintptr_t)&self->stats,
				     .size = sizeof(self->stats) - 1 };

	SETUP();
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_FIRE, &fire));
	EXPECT_EQ(EINVAL, errno);
	fire = (struct lab_fire){ .shots = 1, .fired = 1 };
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_FIRE, &fire));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_READ, &buffer));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_ZONES, &buffer));
	EXPECT_EQ(EINVAL, errno);
	buffer.size++;
	buffer.pad = 1;
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_READ, &buffer));
	EXPECT_EQ(EINVAL, errno);
	buffer.pad = 0;
	buffer.part = 1;
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_READ, &buffer));
	EXPECT_EQ(ENOENT, errno);
	buffer.part = 0;
	buffer.address = 8;
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_READ, &buffer));
	EXPECT_EQ(EFAULT, errno);
	buffer = (struct lab_buffer){ .address = (uintptr_t)&zones,
				      .size = sizeof(zones),
				      .part = 1 };
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_ZONES, &buffer));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_SETUP, NULL));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_FIRE, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_API, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IO(LAB_IOC_MAGIC, 99)));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, 0));
	EXPECT_EQ(ENOTTY, errno);
}

/* Promises are broken in test builds alone. */
TEST_F(device, cannot_be_busted)
{
	EXPECT_EQ(-ENOTTY, lab_device_bust(self->fd, "twice", 1));
	SETUP();
	EXPECT_EQ(-ENOTTY, lab_device_bust(self->fd, "twice", 1));
}

TEST_F(device, needs_its_cpu)
{
	cpu_set_t both;
	__u64 fired = 7;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "there is one CPU");
	SETUP();
	bind_to(1);
	EXPECT_EQ(-EXDEV, lab_device_fire(self->fd, 1, &fired));
	EXPECT_EQ(0, fired);
	CPU_ZERO(&both);
	CPU_SET(0, &both);
	CPU_SET(1, &both);
	sched_setaffinity(0, sizeof(both), &both);
	EXPECT_EQ(-EXDEV, lab_device_fire(self->fd, 1, &fired));
	bind_to(0);
	EXPECT_EQ(0, lab_device_fire(self->fd, 1, &fired));
	EXPECT_EQ(1, fired);
}

TEST_F(device, needs_the_capability)
{
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (setresuid(1000, 1000, 1000))
			_exit(2);
		_exit(open("/dev/labyrinth", O_RDWR) < 0 && errno == EACCES ?
			      0 :
			      1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

static void on_alarm(int number)
{
	(void)number;
}

/* A signal ends FIRE early, and what was fired is counted. */
TEST_F(device, is_ended_by_a_signal)
{
	const struct itimerval soon = { .it_value.tv_usec = 20000 };
	struct sigaction action = { .sa_handler = on_alarm };
	__u64 fired = 0;

	SETUP();
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &soon, NULL));
	EXPECT_EQ(-EINTR, lab_device_fire(self->fd, 1ull << 32, &fired));
	EXPECT_LT(0, fired);
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_EQ(fired, self->stats.attempts);
	EXPECT_EQ(fired, self->stats.outcome[LAB_OK]);
}

/* Nothing is shared but the memory: each counts its own. */
TEST_F(device, has_runs_beside_each_other)
{
	int other = lab_device_open(self->why, sizeof(self->why));
	__u64 fired;

	ASSERT_LE(0, other);
	self->spec.hold = 8;
	SETUP();
	self->spec.order = 1;
	ASSERT_EQ(0, lab_device_setup(other, &self->spec, NULL, 0));
	EXPECT_EQ(0, lab_device_fire(self->fd, 100, &fired));
	EXPECT_EQ(0, lab_device_fire(other, 10, &fired));
	EXPECT_EQ(8 + 16, pages_held(self->fd));
	ASSERT_EQ(0, lab_device_read(other, 0, &self->stats));
	EXPECT_EQ(10, self->stats.attempts);
	close(other);
	EXPECT_EQ(8, pages_held(self->fd));
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_EQ(100, self->stats.attempts);
	EXPECT_EQ(0, violations(&self->stats));
}

TEST_F(device, zones_add_up)
{
	static struct lab_zones zones;
	__u64 managed = 0;
	unsigned int i;

	ASSERT_EQ(0, lab_device_zones(self->fd, &zones));
	ASSERT_LE(1, zones.count);
	for (i = 0; i < zones.count; i++) {
		const struct lab_zone *zone = &zones.zone[i];
		__u64 free = 0;
		int order;

		managed += zone->managed;
		for (order = 0; order < LAB_MAX_ORDERS; order++)
			free += zone->free_blocks[order] << order;
		/* Nothing else runs: what is free lies on the free lists. */
		EXPECT_EQ(zone->free, free);
		EXPECT_LE(zone->min, zone->low);
		EXPECT_LE(zone->low, zone->high);
		EXPECT_LE(zone->free, zone->managed);
	}
	EXPECT_LT(100 << 20 >> 12, managed);
}

TEST_HARNESS_MAIN
