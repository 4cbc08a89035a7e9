// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl_fuzz.c - calls of the device that nobody would make, in a guest.
 *
 *	labyrinth lab --exec build/tests/ioctl_fuzz -- [CALLS] [SEED]
 *
 * A program is some calls on a few open files. Programs that reach code which
 * none has reached before are kept, changed and tried again; where the kernel
 * has KCOV, that is: elsewhere they are made up anew. One process a CPU, each
 * with a second thread that makes calls on the same files; a timer interrupts
 * what takes long; and what uses up the memory is ended by the OOM killer,
 * which is as good a death as any.
 *
 * It passes when the kernel has not complained and all pages are back. Prints
 *
 *	calls N programs N kept N covered N deaths N findings N
 *
 * where covered counts the instrumented places of the module that a task came
 * by; those that run in interrupts are not counted by KCOV.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/kcov.h>

#include "sys/device.h"
#include "lib/random.h"
#include "tests/guest/selfcheck.h"

#define CALLS 20000
#define DEVICE "/dev/" LAB_DEVICE
#define FILES 4 /* open at a time */
#define LENGTH 12 /* calls in a program, at most */
#define KEPT 4096 /* programs, at most */
#define TEXT_MAX (1u << 18) /* bytes of the module's text, at most */
#define TRACE_WORDS (1u << 16)
#define PATIENCE_NS 5000000 /* what takes longer is interrupted */
/* What the guest itself, and KASAN's quarantine, may keep: a 32nd of all. */
#define LEFT_PART 32

/* All that a call does follows from this. */
struct call {
	uint32_t op;
	uint32_t file;
	uint64_t seed;
};

struct program {
	uint32_t length;
	struct call call[LENGTH];
};

/* What outlives the processes that fill it. */
struct shared {
	atomic_ullong calls, programs;
	atomic_uint kept;
	atomic_uchar reached[TEXT_MAX];
	struct program program[KEPT];
};

static struct shared *shared;
static uint64_t text_start, text_size; /* of the module */

struct file {
	_Atomic int fd; /* -1: not open */
	struct lab_ring *ring;
	size_t size;
};

static struct file files[FILES];
static unsigned char *arena; /* two pages of memory, then one of none */
static size_t page;

/* ---- choices ---------------------------------------------------------------- */

static __thread uint64_t state;

static uint64_t below(uint64_t limit)
{
	return limit ? lab_random(&state) % limit : 0;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

#define PICK(array) ((array)[below(sizeof(array) / sizeof(*(array)))])

static uint64_t odd_number(void)
{
	static const uint64_t odd[] = {
		0,
		1,
		2,
		7,
		63,
		64,
		255,
		256,
		4095,
		4096,
		65535,
		65536,
		1u << 20,
		(1u << 20) + 1,
		INT32_MAX,
		1u << 31,
		UINT32_MAX,
		1ull << 32,
		(1ull << 32) + 1,
		INT64_MAX,
		1ull << 63,
		UINT64_MAX,
	};

	return one_in(4) ? lab_random(&state) : PICK(odd);
}

/* Where @size bytes can be read and written, mostly. */
static void *address(size_t size)
{
	static const uint64_t wrong[] = {
		0,
		1,
		0xffff888000000000,
		0xffffffff81000000,
		0x0000800000000000,
		0xfffffffffffff000,
	};

	switch (below(24)) {
	case 0:
		return (void *)(uintptr_t)PICK(wrong);
	case 1: /* runs out of memory on its way */
		return arena + 2 * page -
		       below(size < 2 * page ? size + 1 : 2 * page);
	case 2:
		return arena + 2 * page;
	default:
		return arena;
	}
}

static struct lab_spec likely_spec(void)
{
	static const uint32_t holds[] = { 0, 0, 0, 1, 8, 100, 1000 };
	static const uint32_t rings[] = { 0, 0, 0, 1, 16, 64 };
	static const uint64_t pauses[] = { 0, 0, 0, 0, 0, 1000, 1000000000 };
	struct lab_spec spec = {
		.flags = one_in(16) ? LAB_RUN_BARE : 0,
		.context = below(LAB_CTX_COUNT),
		.api = one_in(2) ? LAB_API_PAGES : below(LAB_API_COUNT),
		.order = one_in(2) ? 0 :
			 one_in(4) ? below(11) :
				     below(4),
		.gfp_base = below(LAB_GFP_BASE_COUNT),
		.gfp_mods = LAB_GFP_MOD(NOWARN),
		.node = (int)below(3) - 1,
		.cpu = one_in(8) ? below(4) : (uint32_t)sched_getcpu(),
		.burst = one_in(4) ? 1 + below(LAB_MAX_BURST) : 1 + below(8),
		.pattern = below(LAB_PATTERN_COUNT),
		.victim = below(LAB_VICTIM_COUNT),
		.oracles = one_in(2) ? LAB_ORACLES_ALL :
				       below(LAB_ORACLES_ALL + 1),
		.seed = lab_random(&state),
	};

	if (one_in(2))
		spec.gfp_mods |= 1u << below(LAB_GFP_MOD_COUNT);
	if (spec.flags)
		spec.oracles = 0;
	if (!spec.flags) {
		/* The largest take longest to set up. */
		spec.hold = one_in(64) ? LAB_MAX_HOLD : PICK(holds);
		spec.events = one_in(64) ? LAB_MAX_EVENTS : PICK(rings);
	}
	/* A volley of large blocks, zeroed with interrupts off, takes for ever. */
	if (spec.order > 4)
		spec.burst = 1;
	if (spec.api == LAB_API_MEMPOOL)
		spec.reserve = 1 + below(64);
	if (one_in(4))
		spec.floor = below(1u << 16);
	spec.interval = PICK(pauses);
	return spec;
}

/* ---- calls ------------------------------------------------------------------ */

/* Some of what is asked is changed, a word at a time. */
static void spoil(void *what, size_t size)
{
	uint32_t *words = what;
	unsigned int n;

	if (!one_in(4))
		return;
	for (n = 1 + below(2); n; n--)
		words[below(size / sizeof(*words))] = odd_number();
}

static void *argument(const void *what, size_t size)
{
	void *const end = arena + 2 * page;
	void *to = address(size);

	memcpy(arena, what, size);
	if (to > (void *)arena && to < end)
		memcpy(to, what,
		       size < (size_t)(end - to) ? size : (size_t)(end - to));
	return to;
}

/* A timer of the thread's own: the other one's calls take as long as they do. */
static __thread timer_t patience;

static void have_patience(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
	};

	event._sigev_un._tid = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, &patience))
		_exit(3);
}

static void impatiently(bool on)
{
	const long ns = on ? PATIENCE_NS : 0;
	const struct itimerspec soon = {
		.it_value.tv_nsec = ns,
		.it_interval.tv_nsec = ns,
	};

	timer_settime(patience, 0, &soon, NULL);
}

static void do_open(struct file *file)
{
	const int fd = open(DEVICE, one_in(8) ? O_RDONLY : O_RDWR);
	const int old = atomic_exchange(&file->fd, fd);

	if (old >= 0)
		close(old);
}

static void do_close(struct file *file)
{
	const int old = atomic_exchange(&file->fd, -1);

	if (old >= 0)
		close(old);
}

static void do_info(struct file *file)
{
	ioctl(file->fd, LAB_IOC_INFO, address(sizeof(struct lab_info)));
}

static void do_row(struct file *file)
{
	static const unsigned long rows[] = { LAB_IOC_CONTEXT, LAB_IOC_API,
					      LAB_IOC_ORACLE };
	struct lab_row row = { .index = one_in(4) ? odd_number() : below(24) };

	ioctl(file->fd, PICK(rows), argument(&row, sizeof(row)));
}

static void do_setup(struct file *file)
{
	struct lab_setup setup = { .spec = likely_spec() };

	spoil(&setup.spec, sizeof(setup.spec));
	ioctl(file->fd, LAB_IOC_SETUP, argument(&setup, sizeof(setup)));
}

static void do_fire(struct file *file)
{
	struct lab_fire fire = { .shots = one_in(32) ? 1ull << 32 : below(50) };

	spoil(&fire, sizeof(fire));
	impatiently(true);
	ioctl(file->fd, LAB_IOC_FIRE, argument(&fire, sizeof(fire)));
	impatiently(false);
}

static void do_buffer(struct file *file, unsigned long request, size_t size)
{
	static unsigned char
		room[sizeof(struct lab_zones) > sizeof(struct lab_stats) ?
			     sizeof(struct lab_zones) :
			     sizeof(struct lab_stats)];
	struct lab_buffer buffer = {
		.address = one_in(8) ? (uintptr_t)address(size) :
				       (uintptr_t)room,
		.size = size,
		.part = one_in(4) ? below(4) : 0,
	};

	/* Any other address may be one of the fuzzer's own. */
	spoil(&buffer.size, sizeof(buffer) - offsetof(struct lab_buffer, size));
	ioctl(file->fd, request, argument(&buffer, sizeof(buffer)));
}

static void do_read(struct file *file)
{
	do_buffer(file, LAB_IOC_READ, sizeof(struct lab_stats));
}

static void do_zones(struct file *file)
{
	do_buffer(file, LAB_IOC_ZONES, sizeof(struct lab_zones));
}

static void do_release(struct file *file)
{
	ioctl(file->fd, LAB_IOC_RELEASE);
}

static void do_bust(struct file *file)
{
	struct lab_bust bust = { .name = "twice" };

	ioctl(file->fd, LAB_IOC_BUST, argument(&bust, sizeof(bust)));
}

/* Any number, any size, any pointer. */
static void do_wild(struct file *file)
{
	ioctl(file->fd,
	      one_in(2) ? _IOC(below(4), LAB_IOC_MAGIC, below(16), below(512)) :
			  odd_number(),
	      address(64));
}

static void do_unmap(struct file *file)
{
	if (file->ring)
		munmap(file->ring, file->size);
	file->ring = NULL;
}

static void do_map(struct file *file)
{
	static const uint32_t rings[] = { 1, 16, 64, LAB_MAX_EVENTS };
	const size_t size = one_in(4) ? page * (1 + below(80)) :
					LAB_RING_SIZE(PICK(rings), page);
	void *ring = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  one_in(8) ? MAP_PRIVATE : MAP_SHARED, file->fd,
			  one_in(8) ? page : 0);

	if (ring == MAP_FAILED)
		return;
	do_unmap(file);
	file->ring = ring;
	file->size = size;
}

/* The reader may write what it likes to its own ring. */
static void do_scribble(struct file *file)
{
	uint64_t *words = (uint64_t *)file->ring;

	if (words)
		words[one_in(2) ? below(4) : below(file->size / 8)] =
			odd_number();
}

static void do_move(struct file *file)
{
	cpu_set_t set;

	(void)file;
	CPU_ZERO(&set);
	CPU_SET(below(2), &set);
	if (one_in(4))
		CPU_SET(below(2), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* The first ones may be called by two threads at once. */
static void (*const ops[])(struct file *file) = {
	do_info,  do_row,     do_setup,	   do_fire, do_read,
	do_zones, do_release, do_bust,	   do_wild, do_open,
	do_close, do_move,    do_scribble, do_map,  do_unmap,
};
#define OPS (sizeof(ops) / sizeof(*ops))
#define SHARED_OPS (OPS - 3)

static void make_call(const struct call *call, unsigned int limit)
{
	state = call->seed;
	ops[call->op % limit](&files[call->file % FILES]);
	atomic_fetch_add(&shared->calls, 1);
}

/* ---- programs --------------------------------------------------------------- */

/* What most programs have to do before anything else can be done. */
static const uint32_t beginnings[] = { 9, 2, 3 }; /* open, setup, fire */

static struct call any_call(uint64_t *chance)
{
	return (struct call){
		.op = lab_random(chance) % OPS,
		.file = lab_random(chance) % 8 ? 0 : lab_random(chance) % FILES,
		.seed = lab_random(chance),
	};
}

static void make_up(struct program *p, uint64_t *chance)
{
	unsigned int i;

	p->length = 3 + lab_random(chance) % (LENGTH - 2);
	for (i = 0; i < p->length; i++) {
		p->call[i] = any_call(chance);
		if (i >= sizeof(beginnings) / sizeof(*beginnings))
			continue;
		p->call[i].op = beginnings[i];
		p->call[i].file = 0;
	}
}

static void change(struct program *p, uint64_t *chance)
{
	struct call *call = &p->call[lab_random(chance) % p->length];

	switch (lab_random(chance) % 4) {
	case 0:
		call->seed = lab_random(chance);
		break;
	case 1:
		*call = any_call(chance);
		break;
	case 2:
		if (p->length < LENGTH)
			p->call[p->length++] = any_call(chance);
		break;
	default:
		if (p->length > 1)
			*call = p->call[--p->length];
		break;
	}
}

static void choose(struct program *p, uint64_t *chance)
{
	unsigned int kept = atomic_load(&shared->kept), n;

	kept = kept > KEPT ? KEPT : kept;
	if (!kept || !(lab_random(chance) % 4)) {
		make_up(p, chance);
		return;
	}
	*p = shared->program[lab_random(chance) % kept];
	/* Another process may be writing it. */
	if (!p->length || p->length > LENGTH) {
		make_up(p, chance);
		return;
	}
	for (n = 1 + lab_random(chance) % 3; n; n--)
		change(p, chance);
}

static void keep(const struct program *p)
{
	const unsigned int at = atomic_fetch_add(&shared->kept, 1);

	if (at < KEPT)
		shared->program[at] = *p;
}

/* ---- coverage --------------------------------------------------------------- */

static unsigned long *trace;

static void find_text(void)
{
	FILE *f = fopen("/sys/module/labyrinth/sections/.text", "re");
	unsigned long start = 0, size = 0;

	if (f && fscanf(f, "%lx", &start) != 1)
		start = 0;
	if (f)
		fclose(f);
	f = fopen("/sys/module/labyrinth/coresize", "re");
	if (f && fscanf(f, "%lu", &size) != 1)
		size = 0;
	if (f)
		fclose(f);
	text_start = start;
	text_size = size < TEXT_MAX ? size : TEXT_MAX;
}

static void trace_start(void)
{
	const int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	void *map;

	if (fd < 0 || ioctl(fd, KCOV_INIT_TRACE, TRACE_WORDS))
		return;
	map = mmap(NULL, TRACE_WORDS * sizeof(*trace), PROT_READ | PROT_WRITE,
		   MAP_SHARED, fd, 0);
	if (map != MAP_FAILED && !ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		trace = map;
}

/* Whether it came by somewhere new. */
static bool trace_look(void)
{
	bool news = false;
	uint64_t i, n, at;

	if (!trace)
		return false;
	n = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	for (i = 1; i <= n && i < TRACE_WORDS; i++) {
		at = trace[i] - text_start;
		if (at < text_size && !atomic_load(&shared->reached[at]) &&
		    !atomic_exchange(&shared->reached[at], 1))
			news = true;
	}
	return news;
}

static void trace_reset(void)
{
	if (trace)
		__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

static unsigned int covered(void)
{
	unsigned int n = 0, i;

	for (i = 0; i < TEXT_MAX; i++)
		n += atomic_load(&shared->reached[i]);
	return n;
}

/* ---- processes -------------------------------------------------------------- */

static uint64_t wanted;

static void on_alarm(int number)
{
	(void)number;
}

static void *disturb(void *arg)
{
	uint64_t chance = *(uint64_t *)arg;
	struct call call;

	have_patience();
	while (atomic_load(&shared->calls) < wanted) {
		call = any_call(&chance);
		make_call(&call, SHARED_OPS);
	}
	return NULL;
}

static void run(const struct program *p)
{
	unsigned int i;

	trace_reset();
	for (i = 0; i < p->length; i++)
		make_call(&p->call[i], OPS);
	if (trace_look())
		keep(p);
	for (i = 0; i < FILES; i++) {
		do_unmap(&files[i]);
		do_close(&files[i]);
	}
	atomic_fetch_add(&shared->programs, 1);
}

static void make_arena(void)
{
	page = sysconf(_SC_PAGESIZE);
	arena = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED || mprotect(arena + 2 * page, page, PROT_NONE))
		_exit(3);
}

/* The first to go when memory is used up. */
static void offer_oneself(void)
{
	selfcheck_tell("/proc/self/oom_score_adj", "1000");
}

__attribute__((noreturn)) static void process(uint64_t seed)
{
	/* No SA_RESTART: calls are to come back. */
	struct sigaction action = { .sa_handler = on_alarm };
	uint64_t chance = seed, other = ~seed;
	struct program p;
	pthread_t thread;
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGALRM, &action, NULL);
	offer_oneself();
	make_arena();
	have_patience();
	for (i = 0; i < FILES; i++)
		files[i].fd = -1;
	/* Before the thread: tracing is of this one alone. */
	trace_start();
	if (pthread_create(&thread, NULL, disturb, &other))
		_exit(3);
	while (atomic_load(&shared->calls) < wanted) {
		choose(&p, &chance);
		run(&p);
	}
	pthread_join(thread, NULL);
	_exit(0);
}

static pid_t spawn(uint64_t *chance)
{
	const uint64_t seed = lab_random(chance);
	const pid_t pid = fork();

	if (!pid)
		process(seed);
	return pid;
}

/* How many processes died before they were done: killed for memory. */
static unsigned int fuzz(uint64_t seed, unsigned int *broke)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int deaths = 0;
	int status;
	long i;

	for (i = 0; i < cpus; i++)
		spawn(&seed);
	while (wait(&status) > 0) {
		if (WIFEXITED(status)) {
			*broke += WEXITSTATUS(status);
			continue;
		}
		deaths++;
		if (WTERMSIG(status) != SIGKILL) {
			printf("ioctl_fuzz: a process died of %s\n",
			       strsignal(WTERMSIG(status)));
			++*broke;
		}
		spawn(&seed);
	}
	return deaths;
}

static long free_pages(int fd)
{
	static struct lab_zones zones;
	long pages = 0;
	unsigned int i;

	if (lab_device_zones(fd, &zones))
		return -1;
	for (i = 0; i < zones.count; i++)
		pages += zones.zone[i].free + zones.zone[i].pcp;
	return pages;
}

/* Pages that runs still hold, and those that nobody has any more. */
static unsigned int missing(long before)
{
	struct lab_info info = {};
	char why[200];
	const int fd = lab_device_open(why, sizeof(why));
	unsigned int findings = 0;
	long after;

	if (fd < 0 || lab_device_info(fd, &info)) {
		printf("ioctl_fuzz: %s\n", why);
		return 1;
	}
	/* What is cached of files, and of directories, is not missing. */
	selfcheck_tell("/proc/sys/vm/drop_caches", "3");
	after = free_pages(fd);
	if (info.pages_held) {
		printf("ioctl_fuzz: %llu pages are held by nobody\n",
		       (unsigned long long)info.pages_held);
		findings++;
	}
	printf("pages before %ld after %ld\n", before, after);
	findings += before - after > before / LEFT_PART;
	close(fd);
	return findings;
}

static void keep_probe(int fd)
{
	const struct lab_spec spec = { .node = LAB_NODE_ANY, .burst = 1 };

	lab_device_setup(fd, &spec, NULL, 0);
}

int main(int argc, char **argv)
{
	const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	unsigned int deaths, findings, broke = 0;
	char why[200];
	long before;
	int fd;

	wanted = argc > 1 ? strtoull(argv[1], NULL, 0) : CALLS;
	fd = lab_device_open(why, sizeof(why));
	if (fd < 0) {
		fprintf(stderr, "ioctl_fuzz: %s\n", why);
		return 3;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (shared == MAP_FAILED)
		return 3;
	selfcheck_print();
	selfcheck_start();
	find_text();
	selfcheck_tell("/proc/sys/vm/drop_caches", "3");
	before = free_pages(fd);

	/*
	 * When the last run goes its probe does, and that takes as long as all
	 * CPUs take to forget it. Mostly there is another run that keeps it.
	 */
	if (seed % 4)
		keep_probe(fd);
	deaths = fuzz(seed, &broke);
	close(fd);
	findings = missing(before) + selfcheck_findings();
	printf("calls %llu programs %llu kept %u covered %u deaths %u findings %u\n",
	       atomic_load(&shared->calls), atomic_load(&shared->programs),
	       atomic_load(&shared->kept), covered(), deaths, findings);
	return findings || broke;
}
