// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites.c - watches every atomic request of the machine and fails chosen ones.
 *
 * A site is a place that atomic requests are made from: the interface that was
 * called, the kind of context, the flags and the call stack above the
 * allocator. The function tracer calls this file at the entry of the page
 * allocator and of the slab allocator's interfaces. Each atomic request is
 * counted at its site, and the index of the site is appended to a log. A plan
 * says which occurrence of which site returns NULL, or for which site all
 * requests fail during a time.
 *
 * Works on kernels without fault injection: a request that has to fail
 * continues at a function that returns NULL to its caller, as livepatch makes a
 * function continue at its replacement (FTRACE_OPS_FL_IPMODIFY,
 * Documentation/trace/ftrace-uses.rst). The function tracer is used and not
 * kprobes, because an interrupt within a kprobe's handler is not probed
 * (kernel/kprobes.c, kprobe_running()): of the requests of a network card's
 * driver, one in a hundred was missed.
 *
 * A stack begins at the return address of the traced function and ends where
 * the interrupt began: the interrupted code has no part in the request
 * (kernel/stacktrace.c, filter_irq_stacks()). The softirq loop is in no entry
 * section of the kernel, so it is recognised by its name.
 *
 * The handler runs in any context, and may be interrupted by itself. Its data
 * is protected by a raw spinlock that is taken with interrupts off. A request
 * from NMI context is only counted as lost, because the interrupted code may
 * hold the lock. Nothing here allocates.
 */
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "internal.h"

#if defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) && defined(CONFIG_KPROBES) && \
	defined(LAB_HAVE_REDIRECT) && defined(CONFIG_STACKTRACE)

#define LAB_SITE_ANY_SIZE -1 /* the cache knows it */
#define LAB_SITE_NO_SIZE -2 /* a page each */

/*
 * A stack begins with the frames of the tracer and of this file: at most this
 * many.
 */
#define LAB_SITE_OWN_FRAMES 10

/*
 * A function that atomic requests come through. Arguments by their number;
 * size is LAB_SITE_ANY_SIZE where argument 0 is the cache.
 */
struct lab_gate {
	const char *symbol;
	enum lab_site_interface interface;
	int gfp;
	int size;
	bool pages; /* size is an order */
	bool first; /* other functions of this interface call it */
};

static const struct lab_gate lab_gates[] = { LAB_SITE_GATES };

#define LAB_GATES ARRAY_SIZE(lab_gates)

/*
 * What identifies a site, beside its stack. Small, because it is on the stack
 * of whoever makes the request.
 */
struct lab_site_what {
	u32 interface; /* enum lab_site_interface */
	u32 context; /* enum lab_site_context */
	u32 gfp;
	u32 order; /* of a request for pages, else 0 */
};

struct lab_site {
	u64 key; /* hash of what and of the addresses; 0: free */
	struct lab_site_row row;
};

/*
 * The place in a function where the tracer is called is at most so far from its
 * beginning.
 */
#define LAB_GATE_SLACK 16

struct lab_gate_place {
	unsigned long address;
	const struct lab_gate *gate;
};

/* The state while requests are watched. */
struct lab_sites {
	raw_spinlock_t lock;
	struct lab_watched seen;
	atomic64_t lost;
	struct lab_fault_plan plan[LAB_MAX_PLANS];
	u64 began[LAB_MAX_PLANS]; /* ns, start of a plan with a duration; 0: not started */
	unsigned int plans;
	struct lab_site *site; /* LAB_MAX_SITES */
	u32 *log; /* LAB_MAX_REQUESTS */
	struct ftrace_ops ops;
	struct lab_gate_place place[LAB_GATES];
	unsigned int places;
};

/* Protects the registration of a watcher. */
static DEFINE_MUTEX(lab_sites_mutex);
static struct lab_sites *lab_sites;

/*
 * Functions that serve softirqs and interrupts: their callers are the
 * interrupted code. kernel/softirq.c, kernel/irq/handle.c,
 * kernel/time/hrtimer.c, kernel/irq_work.c, kernel/smp.c.
 */
static const char *const lab_server_names[] = {
	"handle_softirqs",
	"handle_softirqs.constprop.0",
	"__do_softirq",
	"__handle_irq_event_percpu",
	"hrtimer_interrupt",
	"irq_work_run_list",
	"flush_smp_call_function_queue",
};

struct lab_text_range {
	unsigned long from, to;
};

static struct lab_text_range lab_server[ARRAY_SIZE(lab_server_names)];

static notrace noinline void *lab_sites_say_null(void)
{
	return NULL;
}

/* ---- where a request comes from ---------------------------------------- */

static enum lab_site_context lab_site_context(void)
{
	if (in_nmi())
		return LAB_SITE_NMI;
	if (hardirq_count())
		return LAB_SITE_HARDIRQ;
	if (in_serving_softirq())
		return LAB_SITE_SOFTIRQ;
	if (irqs_disabled())
		return LAB_SITE_IRQS_OFF;
	return softirq_count() ? LAB_SITE_BH_OFF : LAB_SITE_TASK;
}

static bool lab_serves(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lab_server); i++)
		if (address > lab_server[i].from && address <= lab_server[i].to)
			return true;
	return false;
}

/*
 * Stores the frames from the caller on. Returns their number; *first is the
 * first one.
 */
static unsigned int lab_site_stack(unsigned long caller, bool serving,
				   unsigned long *frame, unsigned int max,
				   unsigned int *first)
{
	unsigned int n = stack_trace_save(frame, max, 0), i;

	for (*first = 0; *first < n && frame[*first] != caller; ++*first)
		;
	if (*first == n)
		*first = 0;
	n = lab_filter_irq_stacks(frame + *first, n - *first);
	for (i = 0; i < n; i++)
		if (serving && lab_serves(frame[*first + i]))
			return i + 1;
	return n;
}

static u64 lab_mix(u64 hash, u64 value)
{
	hash ^= value;
	return lab_random(&hash);
}

static u64 lab_site_seed(const struct lab_site_what *what)
{
	return lab_mix(lab_mix(what->interface, what->order),
		       (u64)what->context << 32 | what->gfp);
}

static u64 lab_site_key(const struct lab_site_what *what,
			const unsigned long *frame, unsigned int n)
{
	u64 key = lab_site_seed(what);
	unsigned int i;

	for (i = 0; i < n; i++)
		key = lab_mix(key, frame[i]);
	return key ?: 1;
}

/*
 * Writes the stack as text, one line for each frame, and the id of the site:
 * FNV-1a.
 */
static void lab_site_describe(struct lab_site_row *row,
			      const struct lab_site_what *what,
			      const unsigned long *frame, unsigned int n)
{
	const size_t size = sizeof(row->stack);
	size_t used = 0, i;

	*row = (struct lab_site_row){
		.id = lab_site_seed(what),
		.interface = what->interface,
		.context = what->context,
		.gfp = what->gfp,
		.order = what->order,
		.size_min = U32_MAX,
		.frames = n,
	};
	for (i = 0; i < n && used + 1 < size; i++)
		used += scnprintf(row->stack + used, size - used, "%s%pB",
				  i ? "\n" : "", (void *)frame[i]);
	for (i = 0; i < used; i++)
		row->id = (row->id ^ (u8)row->stack[i]) * 0x100000001b3ull;
}

static struct lab_site *lab_site_find(struct lab_sites *sites,
				      const struct lab_site_what *what,
				      const unsigned long *frame,
				      unsigned int n)
{
	const u64 key = lab_site_key(what, frame, n);
	unsigned int at = key % LAB_MAX_SITES, tried;
	struct lab_site *site;

	for (tried = 0; tried < LAB_MAX_SITES; tried++) {
		site = &sites->site[at];
		if (site->key == key)
			return site;
		if (!site->key)
			break;
		at = (at + 1) % LAB_MAX_SITES;
	}
	/* At most three quarters full, so that a search is short. */
	if (sites->seen.sites >= LAB_MAX_SITES / 4 * 3)
		return NULL;
	sites->seen.sites++;
	lab_site_describe(&site->row, what, frame, n);
	site->key = key;
	return site;
}

/* ---- which request fails ------------------------------------------------ */

static bool lab_plan_strikes(struct lab_sites *sites, unsigned int i,
			     const struct lab_site_row *row)
{
	const struct lab_fault_plan *plan = &sites->plan[i];
	u64 now;

	if (plan->site != row->id && plan->site != LAB_SITE_ALL)
		return false;
	if (!plan->duration)
		return row->occurrences >= plan->first &&
		       row->occurrences - plan->first < plan->count;
	if (!sites->began[i] && row->occurrences < plan->first)
		return false;
	now = ktime_get_mono_fast_ns();
	if (!sites->began[i])
		sites->began[i] = now;
	return now - sites->began[i] < plan->duration;
}

static bool lab_site_strikes(struct lab_sites *sites, struct lab_site_row *row)
{
	struct lab_watched *seen = &sites->seen;
	bool strikes = false;
	unsigned int i;

	for (i = 0; i < sites->plans; i++)
		strikes |= lab_plan_strikes(sites, i, row);
	if (!strikes)
		return false;
	if (!seen->faults++) {
		seen->fault_request = seen->requests;
		seen->hash_before_fault = seen->hash;
	}
	row->failed++;
	return true;
}

/* Returns whether the request is to fail. */
static bool lab_site_count(struct lab_sites *sites,
			   const struct lab_site_what *what,
			   const unsigned long *frame, unsigned int n, u32 size)
{
	struct lab_site *site = lab_site_find(sites, what, frame, n);
	struct lab_watched *seen = &sites->seen;
	struct lab_site_row *row;
	bool strikes;

	if (!site) {
		seen->dropped++;
		return false;
	}
	row = &site->row;
	if (!row->occurrences++)
		row->first_request = seen->requests;
	row->size_min = min(row->size_min, size);
	row->size_max = max(row->size_max, size);
	strikes = lab_site_strikes(sites, row);
	if (seen->requests < LAB_MAX_REQUESTS)
		sites->log[seen->requests] = site - sites->site;
	seen->requests++;
	seen->hash = lab_mix(seen->hash, row->id);
	return strikes;
}

/* Bytes, or an order. */
static u32 lab_gate_size(const struct lab_gate *gate, struct pt_regs *regs)
{
	if (gate->size >= 0)
		return regs_get_kernel_argument(regs, gate->size);
	if (gate->size == LAB_SITE_NO_SIZE)
		return PAGE_SIZE;
	return kmem_cache_size((void *)regs_get_kernel_argument(regs, 0));
}

/*
 * The gate that contains an address. A linear search: there are about twenty.
 */
static const struct lab_gate *lab_gate_at(const struct lab_sites *sites,
					  unsigned long ip)
{
	const struct lab_gate_place *place = sites->place;

	while (ip - place->address > LAB_GATE_SLACK)
		place++;
	return place->gate;
}

static notrace void lab_on_gate(unsigned long ip, unsigned long caller,
				struct ftrace_ops *ops, LAB_FTRACE_REGS *traced)
{
	struct lab_sites *sites = container_of(ops, struct lab_sites, ops);
	const struct lab_gate *gate = lab_gate_at(sites, ip);
	struct pt_regs *regs = lab_ftrace_pt_regs(traced);
	const gfp_t gfp =
		(__force gfp_t)regs_get_kernel_argument(regs, gate->gfp);
	unsigned long frame[LAB_SITE_FRAMES + LAB_SITE_OWN_FRAMES], flags;
	struct lab_site_what what;
	unsigned int first, n;
	bool strikes;
	u32 size;

	if (gfp & (__GFP_DIRECT_RECLAIM | __GFP_NOFAIL))
		return;
	if (in_nmi()) {
		atomic64_inc(&sites->lost);
		return;
	}
	size = lab_gate_size(gate, regs);
	what = (struct lab_site_what){
		.interface = gate->interface,
		.context = lab_site_context(),
		.gfp = (__force u32)gfp,
		.order = gate->pages ? size : 0,
	};
	n = lab_site_stack(caller, what.context >= LAB_SITE_SOFTIRQ, frame,
			   ARRAY_SIZE(frame), &first);

	raw_spin_lock_irqsave(&sites->lock, flags);
	strikes = lab_site_count(sites, &what, frame + first,
				 min_t(unsigned int, n, LAB_SITE_FRAMES),
				 gate->pages ? PAGE_SIZE << size : size);
	raw_spin_unlock_irqrestore(&sites->lock, flags);
	if (unlikely(strikes))
		lab_redirect(regs, lab_sites_say_null);
}

/* ---- registering and unregistering --------------------------------------- */

/*
 * The address of a function, or 0. A function that is not exported can only be
 * found so.
 */
static unsigned long lab_address_of(const char *symbol)
{
	struct kprobe finder = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;

	if (register_kprobe(&finder))
		return 0;
	address = (unsigned long)finder.addr;
	unregister_kprobe(&finder);
	return address;
}

/* The end of the function that begins there, from "name+0x0/0x123". */
static unsigned long lab_end_of(unsigned long address)
{
	char text[KSYM_SYMBOL_LEN], *size;
	unsigned long bytes;

	sprint_symbol(text, address);
	size = strchr(text, '/');
	if (!size || kstrtoul(strim(size + 1), 16, &bytes))
		return address;
	return address + bytes;
}

static void lab_find_servers(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lab_server_names); i++) {
		lab_server[i].from = lab_address_of(lab_server_names[i]);
		lab_server[i].to =
			lab_server[i].from ? lab_end_of(lab_server[i].from) : 0;
	}
}

static void lab_gate_add(struct lab_sites *sites, const struct lab_gate *gate,
			 u32 *served)
{
	const u32 bit = gate->first << gate->interface;
	unsigned long address;

	if (*served & bit)
		return;
	/*
	 * By address: by name, all functions of the kernel would be searched.
	 */
	address = lab_address_of(gate->symbol);
	if (!address || ftrace_set_filter_ip(&sites->ops, address, 0, 0))
		return;
	*served |= bit;
	sites->place[sites->places++] =
		(struct lab_gate_place){ address, gate };
}

/* ftrace_free_filter(), which does the same, is not for modules before 5.16. */
static void lab_gates_forget(struct lab_sites *sites)
{
	ftrace_set_filter(&sites->ops, NULL, 0, 1);
}

static int lab_gates_open(struct lab_sites *sites, const char **why)
{
	u32 served = 0; /* interfaces */
	unsigned int i;
	int err;

	sites->ops = (struct ftrace_ops){
		.func = lab_on_gate,
		.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY |
			 LAB_FTRACE_NO_RECURSION,
	};
	for (i = 0; i < LAB_GATES; i++)
		lab_gate_add(sites, &lab_gates[i], &served);
	/* An empty filter would trace every function. */
	if (!sites->places) {
		*why = "the kernel has none of the functions that requests come through";
		return -EOPNOTSUPP;
	}
	err = register_ftrace_function(&sites->ops);
	if (!err)
		return 0;
	lab_gates_forget(sites);
	*why = err == -EBUSY ?
		       "a livepatch or another tracer holds one of the allocator's functions" :
		       "the kernel's function tracer refuses";
	return err == -EBUSY ? err : -EOPNOTSUPP;
}

/*
 * Returns when no CPU runs the handler and no request is on its way to the
 * function that returns NULL: the tracer waits for tasks that were preempted
 * (kernel/trace/ftrace.c, ftrace_shutdown()).
 */
static void lab_gates_close(struct lab_sites *sites)
{
	unregister_ftrace_function(&sites->ops);
	lab_gates_forget(sites);
}

static void lab_sites_free(struct lab_sites *sites)
{
	vfree(sites->log);
	vfree(sites->site);
	kfree(sites);
}

static struct lab_sites *lab_sites_alloc(void)
{
	struct lab_sites *sites = kzalloc(sizeof(*sites), GFP_KERNEL);

	if (!sites)
		return NULL;
	raw_spin_lock_init(&sites->lock);
	sites->site = vzalloc(LAB_MAX_SITES * sizeof(*sites->site));
	sites->log = vzalloc(LAB_MAX_REQUESTS * sizeof(*sites->log));
	if (sites->site && sites->log)
		return sites;
	lab_sites_free(sites);
	return NULL;
}

static int lab_watch_check(const struct lab_site_watch *watch, const char **why)
{
	const struct lab_fault_plan *plan = watch->plan;
	unsigned int i;

	*why = watch->flags		    ? "flags: unknown" :
	       watch->pad		    ? "pad: not zero" :
	       watch->plans > LAB_MAX_PLANS ? "plans: too many" :
					      "";
	for (i = 0; !**why && i < LAB_MAX_PLANS; i++, plan++) {
		if (i >= watch->plans)
			*why = plan->site || plan->first || plan->count ||
					       plan->duration ?
				       "plan: set beyond the last" :
				       "";
		else if (!plan->site)
			*why = "site: 0 is none";
		else if (!plan->first)
			*why = "first: from 1 on";
		else if (!plan->count == !plan->duration)
			*why = "one of count and duration";
		else if (plan->duration > LAB_MAX_STARVE)
			*why = "duration: too long";
	}
	return **why ? -EINVAL : 0;
}

/* Resets the counts. Sites keep their places. */
static void lab_sites_begin(struct lab_sites *sites,
			    const struct lab_site_watch *watch)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&sites->lock, flags);
	memcpy(sites->plan, watch->plan, sizeof(sites->plan));
	memset(sites->began, 0, sizeof(sites->began));
	sites->plans = watch->plans;
	sites->seen = (struct lab_watched){ .sites = sites->seen.sites };
	for (i = 0; i < LAB_MAX_SITES; i++) {
		sites->site[i].row.occurrences = 0;
		sites->site[i].row.failed = 0;
	}
	raw_spin_unlock_irqrestore(&sites->lock, flags);
	atomic64_set(&sites->lost, 0);
}

static int lab_sites_open(const char **why)
{
	struct lab_sites *sites = lab_sites_alloc();
	int err;

	if (!sites)
		return -ENOMEM;
	lab_find_servers();
	err = lab_gates_open(sites, why);
	if (err)
		lab_sites_free(sites);
	else
		lab_sites = sites;
	return err;
}

int lab_sites_watch(const struct lab_site_watch *watch, bool mine,
		    const char **why)
{
	int err = lab_watch_check(watch, why);

	if (err)
		return err;
	mutex_lock(&lab_sites_mutex);
	if (!mine && lab_sites) {
		*why = "another file watches";
		err = -EBUSY;
	} else if (!lab_sites) {
		err = lab_sites_open(why);
	}
	if (!err)
		lab_sites_begin(lab_sites, watch);
	mutex_unlock(&lab_sites_mutex);
	return err;
}

void lab_sites_close(void)
{
	mutex_lock(&lab_sites_mutex);
	lab_gates_close(lab_sites);
	lab_sites_free(lab_sites);
	lab_sites = NULL;
	mutex_unlock(&lab_sites_mutex);
}

void lab_sites_seen(struct lab_watched *seen)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lab_sites->lock, flags);
	*seen = lab_sites->seen;
	raw_spin_unlock_irqrestore(&lab_sites->lock, flags);
	seen->lost = atomic64_read(&lab_sites->lost);
}

/* Rows never move: once visible, a row is complete, but for its counts. */
int lab_sites_row(struct lab_site_row __user *to, u32 index)
{
	struct lab_site *site;
	struct lab_site_row *row;
	unsigned long flags;
	int err;

	if (index >= LAB_MAX_SITES)
		return -ENOENT;
	row = kmalloc(sizeof(*row), GFP_KERNEL);
	if (!row)
		return -ENOMEM;
	site = &lab_sites->site[index];
	raw_spin_lock_irqsave(&lab_sites->lock, flags);
	*row = site->row;
	if (!site->key)
		row->id = 0;
	raw_spin_unlock_irqrestore(&lab_sites->lock, flags);
	row->index = index;
	err = copy_to_user(to, row, sizeof(*row)) ? -EFAULT : 0;
	kfree(row);
	return err;
}

int lab_sites_log(u32 __user *to, u64 size)
{
	u64 count = min_t(u64, READ_ONCE(lab_sites->seen.requests),
			  LAB_MAX_REQUESTS);

	if (size % sizeof(u32) || size / sizeof(u32) > count)
		return -EINVAL;
	return copy_to_user(to, lab_sites->log, size) ? -EFAULT : 0;
}

#else

int lab_sites_watch(const struct lab_site_watch *watch, bool mine,
		    const char **why)
{
	*why = "watching takes x86_64 with CONFIG_DYNAMIC_FTRACE_WITH_REGS, KPROBES and STACKTRACE";
	return -EOPNOTSUPP;
}

void lab_sites_close(void)
{
}

void lab_sites_seen(struct lab_watched *seen)
{
}

int lab_sites_row(struct lab_site_row __user *to, u32 index)
{
	return -ENXIO;
}

int lab_sites_log(u32 __user *to, u64 size)
{
	return -ENXIO;
}

#endif
