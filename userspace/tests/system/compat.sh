#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/compat.sh - every form that a kernel interface has had is detected by
# module/Kbuild, and module/compat.h compiles with the result.
#
# The headers are made for this test: one small tree that compat.h compiles
# against, in which one declaration at a time takes each of its historic forms.
# So every form is tested on any machine, without a kernel.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

CC=${CC:-gcc}
INCLUDE=$TMP/tree/include/linux

# header FILE: writes it from standard input.
header() {
	cat >"$INCLUDE/$1"
}

# Declarations that do not change, and the oldest form of those that do.
fresh() {
	rm -rf "$TMP/tree"
	mkdir -p "$INCLUDE"
	touch "$INCLUDE"/{preempt,ftrace,percpu,ptrace,stacktrace,timex,page_frag_cache,workqueue}.h
	echo '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))' |
		header version.h
	echo '#define LINUX_VERSION_CODE KERNEL_VERSION(5, 10, 0)' >>"$INCLUDE/version.h"
	header types.h <<-'EOF'
		#ifndef TYPES
		#define TYPES
		#define NULL ((void *)0)
		#define __percpu
		#define READ_ONCE(x) (x)
		#define per_cpu_ptr(p, cpu) ((void)(cpu), p)
		#define alloc_hooks(x) (x)
		typedef unsigned int gfp_t;
		typedef unsigned int slab_flags_t;
		typedef unsigned long size_t;
		typedef unsigned long long u64;
		typedef long long clockid_t;
		typedef struct { int counter; } atomic_t;
		static inline int atomic_read(const atomic_t *v) { return v->counter; }
		struct page;
		#endif
	EOF
	header frag.h <<-'EOF'
		struct page_frag_cache { void *va; unsigned int pagecnt_bias; };
	EOF
	header gfp.h <<-'EOF'
		#include <linux/types.h>
		#include <linux/frag.h>
		extern void __page_frag_cache_drain(struct page *page, unsigned int count);
	EOF
	header hrtimer.h <<-'EOF'
		#include <linux/types.h>
		enum hrtimer_mode { HRTIMER_MODE_REL };
		enum hrtimer_restart { HRTIMER_NORESTART };
		enum { CLOCK_MONOTONIC };
		struct hrtimer { enum hrtimer_restart (*function)(struct hrtimer *); };
		void hrtimer_init_on_stack(struct hrtimer *timer, clockid_t which,
					   enum hrtimer_mode mode);
	EOF
	echo 'struct page *virt_to_head_page(const void *x);' | header mm.h
	header mmzone.h <<-'EOF'
		#include <linux/types.h>
		#define MAX_ORDER 11
		#define ZONES_SHIFT 2
		struct per_cpu_pages { int count; };
		struct per_cpu_pageset { struct per_cpu_pages pcp; };
		struct zone {
			struct per_cpu_pageset __percpu *pageset;
			unsigned long nr_reserved_highatomic;
		};
		typedef struct pglist_data { int kswapd_failures; } pg_data_t;
	EOF
	header sched.h <<-'EOF'
		#define PF_NO_SETAFFINITY 0x04000000
		struct task_struct { unsigned int flags; };
		extern struct task_struct *current;
	EOF
	header slab.h <<-'EOF'
		#define SLAB_NOLEAKTRACE 1
		struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
			unsigned int align, slab_flags_t flags, void (*ctor)(void *));
	EOF
	header timer.h <<-'EOF'
		struct timer_list { int expires; };
		extern int del_timer_sync(struct timer_list *timer);
		extern void destroy_timer_on_stack(struct timer_list *timer);
	EOF
	echo 'u64 ktime_get_mono_fast_ns(void);' | header timekeeping.h
	echo 'long copy_from_kernel_nofault(void *dst, const void *src, size_t size);' |
		header uaccess.h
}

# detected: the macros that Kbuild derives from the tree.
detected() {
	make -s -f - print <<-EOF
		src := $TOP/module
		srctree := $TMP/tree
		include $TOP/module/Kbuild
		print: ; @echo \$(patsubst -D%,%,\$(filter -DLAB_HAVE_%,\$(ccflags-y)))
	EOF
}

# compiles MACRO...: whether compat.h compiles with these.
compiles() {
	"$CC" -std=gnu11 -fsyntax-only -Wall -Wextra -Werror -Wno-unused-parameter \
		-nostdinc -I "$TMP/tree/include" -DCONFIG_64BIT \
		"${@/#/-D}" -x c "$TOP/module/compat.h"
}

is() {
	local got

	got=$(detected)
	echo "detected '$got'"
	[[ $got == "$*" ]]
}

# form NAME MACRO...: Kbuild derives these from the tree, and compat.h compiles
# with them.
form() {
	local name=$1
	shift

	ok "detected: $name" is "$*"
	ok "compiles: $name" compiles "$@"
}

# breaks MACRO...: compat.h does not compile with a wrong macro.
breaks() {
	! compiles "$@"
}

fresh
form "nothing, as 5.10"

fresh
header hrtimer.h <<-'EOF'
	#include <linux/types.h>
	enum hrtimer_mode { HRTIMER_MODE_REL };
	enum hrtimer_restart { HRTIMER_NORESTART };
	enum { CLOCK_MONOTONIC };
	struct hrtimer { int node; };
	extern void hrtimer_setup_on_stack(struct hrtimer *timer,
					   enum hrtimer_restart (*function)(struct hrtimer *),
					   clockid_t clock_id, enum hrtimer_mode mode);
EOF
form "hrtimer_setup_on_stack(), 6.13" LAB_HAVE_HRTIMER_SETUP
ok "and the form before does not compile there" breaks

fresh
echo 'static inline void migrate_disable(void) { }' >"$INCLUDE/preempt.h"
form "migrate_disable() is an inline function, 5.10"
fresh
header preempt.h <<-'EOF'
	extern void migrate_disable(void);
	extern void migrate_enable(void);
EOF
form "migrate_disable(), 5.11" LAB_HAVE_MIGRATE_DISABLE
fresh
header sched.h <<-'EOF'
	extern void migrate_disable(void);
	extern void migrate_enable(void);
EOF
form "migrate_disable() is in sched.h, 6.18" LAB_HAVE_MIGRATE_DISABLE
ok "and the form before does not compile there" breaks

fresh
header mmzone.h <<-'EOF'
	#include <linux/types.h>
	#define MAX_ORDER 11
	#define ZONES_SHIFT 2
	struct per_cpu_pages { int count; };
	struct zone {
		struct per_cpu_pages	__percpu *per_cpu_pageset;
		unsigned long nr_reserved_highatomic;
	};
	typedef struct pglist_data { int kswapd_failures; } pg_data_t;
EOF
form "per_cpu_pageset, 5.14" LAB_HAVE_PER_CPU_PAGESET
ok "and the form before does not compile there" breaks

# Without a count of free pages the whole reserve is counted, so that is not an
# error.
fresh
sed -i 's/unsigned long nr_reserved_highatomic;/&\n\tunsigned long nr_free_highatomic;/' "$INCLUDE/mmzone.h"
form "nr_free_highatomic, 6.12" LAB_HAVE_FREE_HIGHATOMIC

fresh
sed -i 's/int kswapd_failures;/atomic_t kswapd_failures;	\/* runs *\//' "$INCLUDE/mmzone.h"
form "kswapd_failures is an atomic_t, 6.18" LAB_HAVE_ATOMIC_KSWAPD_FAILURES
ok "and the form before does not compile there" breaks

fresh
header timer.h <<-'EOF'
	/*
	 * Instead of timer_delete_sync(struct timer_list *) of later kernels,
	 * and of timer_destroy_on_stack(struct timer_list *).
	 */
	struct timer_list { int expires; };
	extern int del_timer_sync(struct timer_list *timer);
	extern void destroy_timer_on_stack(struct timer_list *timer);
EOF
form "names in a comment alone"

fresh
sed -i 's/del_timer_sync/timer_delete_sync/' "$INCLUDE/timer.h"
form "timer_delete_sync(), 6.2" LAB_HAVE_TIMER_DELETE_SYNC
ok "and the form before does not compile there" breaks

fresh
sed -i 's/destroy_timer_on_stack/timer_destroy_on_stack/' "$INCLUDE/timer.h"
form "timer_destroy_on_stack(), 6.16" LAB_HAVE_TIMER_DESTROY
ok "and the form before does not compile there" breaks

# bulk NAME NODE-NAME [hooks]: a bulk allocation; with hooks it is called _noprof.
bulk() {
	local name=$1 inner=$1 node=$2 hooks=${3:-}

	fresh
	if [[ $hooks ]]; then
		inner+=_noprof
		node+=_noprof
		cat >>"$INCLUDE/gfp.h" <<-EOF
			#define $1(...) alloc_hooks($inner(__VA_ARGS__))
			#define $2(...)				\\
				alloc_hooks($node(__VA_ARGS__))
		EOF
	fi
	cat >>"$INCLUDE/gfp.h" <<-EOF
		unsigned long $inner(gfp_t gfp, unsigned long nr_pages, struct page **page_array);
		static inline unsigned long
		$node(gfp_t gfp, int nid, unsigned long nr_pages,
				struct page **page_array) { return 0; }
	EOF
}

bulk alloc_pages_bulk_array alloc_pages_bulk_array_node
# The function that takes a list had the name that the one for arrays got later.
echo 'unsigned long alloc_pages_bulk(gfp_t gfp, unsigned long nr_pages, struct list_head *list);' |
	sed 's/struct list_head/void/' >>"$INCLUDE/gfp.h"
form "alloc_pages_bulk_array(), 5.13" LAB_HAVE_BULK_ARRAY
bulk alloc_pages_bulk_array alloc_pages_bulk_array_node hooks
form "alloc_pages_bulk_array(), 6.10" LAB_HAVE_BULK_ARRAY
bulk alloc_pages_bulk alloc_pages_bulk_node hooks
form "alloc_pages_bulk(), 6.14" LAB_HAVE_BULK

# nolock NAME ARGUMENTS: with alloc_hooks(), as in the kernel.
nolock() {
	fresh
	cat >>"$INCLUDE/gfp.h" <<-EOF
		/* alloc_pages_nolock() and try_alloc_pages() are for any context. */
		struct page *$1_noprof($2);
		#define $1(...)			alloc_hooks($1_noprof(__VA_ARGS__))
	EOF
}

nolock try_alloc_pages 'int nid, unsigned int order'
form "try_alloc_pages(), 6.15" LAB_HAVE_TRY_ALLOC
nolock alloc_pages_nolock 'int nid, unsigned int order'
form "alloc_pages_nolock() of two arguments, 6.15 to 6.17" LAB_HAVE_NOLOCK_NODE
ok "and three of them do not compile there" breaks LAB_HAVE_NOLOCK_GFP
nolock alloc_pages_nolock 'gfp_t gfp_flags, int nid, unsigned int order'
form "alloc_pages_nolock() of three arguments, 6.18" LAB_HAVE_NOLOCK_GFP
ok "and two of them do not compile there" breaks LAB_HAVE_NOLOCK_NODE
nolock alloc_pages_nolock '
		gfp_t gfp_flags,
		int nid, unsigned int order'
form "the same, wrapped elsewhere" LAB_HAVE_NOLOCK_GFP
nolock alloc_pages_nolock 'void *context'
form "a form that nobody knows yet is none"

fresh
echo 'void page_frag_cache_drain(struct page_frag_cache *nc);' >>"$INCLUDE/gfp.h"
form "page_frag_cache_drain(), 6.9" LAB_HAVE_FRAG_DRAIN

fresh
header frag.h </dev/null
header page_frag_cache.h <<-'EOF'
	#ifndef FRAG
	#define FRAG
	struct page_frag_cache { unsigned long encoded_page; };
	void page_frag_cache_drain(struct page_frag_cache *nc);
	void __page_frag_cache_drain(struct page *page, unsigned int count);
	void *__page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz,
				      gfp_t gfp_mask, unsigned int align_mask);
	static inline void *page_frag_alloc(struct page_frag_cache *nc,
					    unsigned int fragsz, gfp_t gfp_mask)
	{
		return __page_frag_alloc_align(nc, fragsz, gfp_mask, ~0u);
	}
	#endif
EOF
form "fragments have a header of their own, 6.13" LAB_HAVE_PAGE_FRAG_CACHE_H LAB_HAVE_FRAG_DRAIN
ok "and the form before does not compile there" breaks

fresh
echo 'extern struct workqueue_struct *system_bh_wq;' >>"$INCLUDE/workqueue.h"
form "system_bh_wq, 6.9" LAB_HAVE_BH_WORK

fresh
cat >>"$INCLUDE/slab.h" <<-'EOF'
	struct kmem_cache_args {
		unsigned int align;
		/* @sheaf_capacity: objects of a sheaf */
		unsigned int sheaf_capacity;
	};
EOF
form "caches have sheaves, 6.18" LAB_HAVE_SHEAVES

fresh
echo 'unsigned int filter_irq_stacks(unsigned long *entries, unsigned int nr_entries);' >>"$INCLUDE/stacktrace.h"
form "filter_irq_stacks(), 5.16" LAB_HAVE_FILTER_IRQ_STACKS

fresh
echo 'extern struct atomic_notifier_head panic_notifier_list;' >>"$INCLUDE/panic_notifier.h"
form "panic_notifier_list in a header of its own, 5.14" LAB_HAVE_PANIC_NOTIFIER_H

fresh
cat >>"$INCLUDE/ftrace.h" <<-'EOF'
	#include <linux/types.h>
	struct ftrace_regs;
	static inline struct pt_regs *
	ftrace_get_regs(struct ftrace_regs *fregs) { return NULL; }
EOF
form "ftrace_get_regs(), 5.11" LAB_HAVE_FTRACE_REGS

# All macros that Kbuild can set were tested above.
all_tried() {
	local macro missing=0

	for macro in $(grep -o 'LAB_HAVE_[A-Z_0-9]*)' "$TOP/module/Kbuild" | tr -d ')'); do
		grep -Eq "^form .*\\<$macro\\>" "$0" || {
			echo "no form has $macro"
			missing=1
		}
	done
	return "$missing"
}
ok "every detection has its form" all_tried

fresh
exits 1 "a 32-bit kernel is refused when the module is built" \
	"$CC" -std=gnu11 -fsyntax-only -nostdinc -I "$TMP/tree/include" -x c "$TOP/module/compat.h"
says "with the reason" 'error.*labyrinth needs a 64-bit kernel'

# laid_out WIDTH [HEADER]: the structures of the UAPI header have no padding,
# and the same sizes with this pointer width.
laid_out() {
	"$CC" -std=gnu11 -fsyntax-only "-m$1" -isystem "/usr/include/$("$CC" -print-multiarch)" \
		-x c "${2:-$TOP/module/layout.h}"
}
ok "what is shared has no hidden padding" laid_out 64
ok "and is the same for processes of 32 bits" laid_out 32
mkdir -p "$TMP/layout/uapi"
cp "$TOP/module/layout.h" "$TMP/layout"
sed 's/^	__u32 mark;.*//' "$TOP/module/uapi/labyrinth.h" >"$TMP/layout/uapi/labyrinth.h"
exits 1 "a member less is noticed" laid_out 64 "$TMP/layout/layout.h"
says "as what it is" 'error: padding struct'

done_testing
