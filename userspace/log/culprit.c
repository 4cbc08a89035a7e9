// SPDX-License-Identifier: GPL-2.0-only
/* log/culprit.c - see log/culprit.h. */
#include <fnmatch.h>
#include <string.h>

#include "culprit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const lab_ran_in_words[LAB_IN_COUNT] = {
	[LAB_IN_UNKNOWN] = "unknown",
	[LAB_IN_TASK] = "task",
	[LAB_IN_SOFTIRQ] = "softirq",
	[LAB_IN_HARDIRQ] = "hard interrupt",
	[LAB_IN_INTERRUPT] = "interrupt, hard or soft",
	[LAB_IN_NMI] = "NMI",
};

/* Functions of the allocators and of the report itself, as patterns. */
static const char *const allocators[] = {
	"dump_stack*",
	"show_stack*",
	"unwind_backtrace*",
	"dump_backtrace*",
	"walk_stackframe*",
	"warn_alloc*",
	"__alloc_pages*",
	"alloc_pages*",
	"__alloc_frozen_pages*",
	"alloc_frozen_pages*",
	"get_page_from_freelist*",
	"__get_free_page*",
	"get_free_pages*",
	"get_zeroed_page*",
	"new_slab*",
	"allocate_slab*",
	"___slab_alloc*",
	"__slab_alloc*",
	"slab_alloc*",
	"slab_out_of_memory*",
	"kmem_cache_alloc*",
	"__kmem_cache_alloc*",
	"__kmalloc*",
	"kmalloc*",
	"krealloc*",
	"__do_krealloc*",
	"cache_grow*",
	"cache_alloc*",
	"fallback_alloc*",
	"kmem_getpages*",
	"____cache_alloc*",
	"__cache_alloc*",
	"alloc_slab_page*",
	"page_frag_alloc*",
	"__page_frag_alloc*",
	"__page_frag_cache*",
	"page_frag_refill*",
	"__alloc_page_frag*",
	"kmalloc_order*",
	"kmalloc_large*",
	"___kmalloc_large*",
	"__kmalloc_large*",
	"kzalloc*",
	"kcalloc*",
	"kvmalloc*",
	"__kvmalloc*",
	"folio_alloc*",
	"__folio_alloc*",
	"vma_alloc_folio*",
	"dump_header*",
	"out_of_memory*",
	"oom_kill_process*",
	"__vmalloc*",
	"vmalloc*",
	"vzalloc*",
	"pcpu_*",
	"kmem_*alloc*",
	"vprintk*",
	"printk*",
	"nmi_*backtrace*",
	"__alloc_page*",
	"alloc_page*",
	"__alloc_bootmem*",
	"__warn_alloc*",
	"sheaf*",
	"__pcs_*",
	"refill_*sheaf*",
	"barn_*",
	"alloc_from_pcs*",
	"alloc_empty_sheaf*",
	"alloc_full_sheaf*",
	"prepare_alloc_pages*",
	"mempool_alloc*",
	"__mempool_alloc*",
	"kvzalloc*",
	"__get_order*",
	"rmqueue*",
};

static const char *const slab_functions[] = {
	"new_slab*",	     "allocate_slab*", "___slab_alloc*",
	"__slab_alloc*",     "cache_grow*",    "cache_alloc*",
	"fallback_alloc*",   "kmem_getpages*", "____cache_alloc*",
	"kmem_cache_alloc*",
};

/* Of the allocator that 6.8 did away with. */
static const char *const slab_only[] = {
	"cache_grow*",	  "cache_alloc_refill*", "fallback_alloc*",
	"kmem_getpages*", "____cache_alloc*",	 "__cache_alloc*",
};

static const char *const slub_only[] = {
	"new_slab*",
	"allocate_slab*",
	"___slab_alloc*",
	"__slab_alloc*",
};

static const char *const frag_functions[] = {
	"page_frag_alloc*",
	"__page_frag_alloc*",
	"__page_frag_cache*",
	"__alloc_page_frag*",
};

/* None of these asks for memory: their frames are left from before. */
static const char *const freeing[] = {
	"kmem_cache_free*", "kfree*",	    "__kfree*",	    "vfree*",
	"__free_pages*",    "free_pages*",  "put_page*",    "__put_page*",
	"skb_free*",	    "__slab_free*", "free_unref_*", "page_frag_free*",
};

/* Helpers that serve many: who called them is the one to name. */
static const char *const helpers[] = {
	"*alloc_skb*",
	"build_skb*",
	"*napi_alloc*",
	"netdev_alloc*",
	"__netdev_alloc*",
	"dev_alloc_skb*",
	"pskb_*",
	"__pskb_*",
	"skb_*",
	"__skb_*",
	"kmemdup*",
	"kstrdup*",
	"kasprintf*",
	"kvasprintf*",
	"dma_alloc*",
	"dma_direct_alloc*",
	"__dma_direct_alloc*",
	"__dma_alloc*",
	"radix_tree_*",
	"__radix_tree_*",
	"xas_*",
	"__xa_*",
	"xa_*",
	"sk_prot_alloc*",
	"sk_clone*",
	"sk_alloc*",
	"idr_*",
	"dmam_alloc*",
	"arm_dma_alloc*",
	"page_pool_*",
	"__page_pool*",
	"usb_alloc_urb*",
	"sg_alloc*",
	"__sg_alloc*",
	"sg_kmalloc*",
	"skb_copy*",
	"bio_alloc*",
	"_raw_spin*",
	"dmabounce*",
	"dma_pool_*",
	"__build_skb*",
	"__alloc_skb*",
	"seq_*",
	"kvmemdup*",
	"inet_csk_clone*",
	"dma_map_*",
	"devm_k*",
	"mempool_*",
	"alloc_skb*",
	"btree_*",
	"maple_*",
	"mas_*",
};

static const char *const softirq_marks[] = {
	"__do_softirq*",
	"do_softirq*",
	"handle_softirqs*",
	"net_rx_action*",
	"net_tx_action*",
	"run_ksoftirqd*",
	"tasklet_action*",
	"call_softirq*",
	"blk_done_softirq*",
	"run_timer_softirq*",
	"__napi_poll*",
	"napi_poll*",
	"__run_timers*",
	"rcu_process_callbacks*",
	"rcu_core*",
	"__local_bh_enable*",
	"local_bh_enable*",
	"call_timer_fn*",
	"irq_exit*",
	"__irq_exit_rcu*",
	"invoke_softirq*",
	"tasklet_hi_action*",
	"hrtimer_run_softirq*",
	"usb_giveback_urb_bh*",
};

static const char *const hardirq_marks[] = {
	"handle_irq_event*",   "__handle_irq_event*",
	"handle_IRQ_event*",   "handle_edge_irq*",
	"handle_fasteoi_irq*", "handle_level_irq*",
	"handle_simple_irq*",  "handle_percpu*",
	"hrtimer_interrupt*",  "generic_smp_call_function*",
	"irq_work_run*",       "tick_sched_timer*",
	"tick_nohz_*handler*", "do_IO_irq*",
};

/*
 * Where an interrupt enters: a softirq that follows runs above it, so these
 * alone do not say which of the two it was.
 */
static const char *const entry_marks[] = {
	"do_IRQ*",
	"__do_IRQ*",
	"common_interrupt*",
	"__common_interrupt*",
	"handle_irq*",
	"handle_IRQ*",
	"gic_handle_irq*",
	"generic_handle*",
	"asm_do_IRQ*",
	"plat_irq_dispatch*",
	"do_irq*",
	"__irq_svc*",
	"el1_irq*",
	"el0_irq*",
	"timer_interrupt*",
	"*apic_timer_interrupt*",
	"__sysvec_*",
	"sysvec_*",
	"asm_common_interrupt*",
	"smp_apic_*",
	"flush_smp_call_function*",
	"bcm*_handle_irq*",
	"do_ext_irq*",
	"io_int_handler*",
	"el1h_64_irq*",
	"el1_interrupt*",
	"do_interrupt_handler*",
	"handle_int*",
	"call_on_irq_stack*",
};

/* Of a packet that comes in during an interrupt: the network's softirq. */
static const char *const network_marks[] = {
	"tcp_rcv*",
	"tcp_v4_*",
	"tcp_v6_*",
	"tcp_check_req*",
	"ip_rcv*",
	"ip_local_*",
	"ipv6_rcv*",
	"netif_receive_skb*",
	"__netif_receive*",
	"napi_gro_*",
	"napi_complete*",
	"ip_forward*",
	"br_handle_*",
	"udp_rcv*",
	"__udp4_lib_rcv*",
	"process_backlog*",
	"dev_gro_receive*",
	"icmp_rcv*",
	"tcp_create_openreq_child*",
	"nf_hook_slow*",
	"*_napi_poll*",
};

/* Below these there is only how the softirq was reached. */
static const char *const task_marks[] = {
	"sys_*",
	"SyS_*",
	"__x64_sys_*",
	"__se_sys_*",
	"do_syscall*",
	"entry_SYSCALL*",
	"system_call*",
	"ret_from_fork*",
	"kthread*",
	"worker_thread*",
	"process_one_work*",
	"el0_svc*",
	"ret_fast_syscall*",
	"syscall_*",
	"kernel_thread*",
	"__do_sys_*",
	"__arm64_sys_*",
	"invoke_syscall*",
	"irq_thread*",
	"smpboot_thread_fn*",
	"do_page_fault*",
	"handle_mm_fault*",
	"asm_exc_page_fault*",
	"exc_page_fault*",
	"kswapd*",
	"__ia32_sys_*",
	"do_fast_syscall*",
	"sysenter_*",
	"tracesys*",
	"vfs_write*",
	"vfs_read*",
	"handle_sys*",
	"ret_from_kernel_thread*",
	"kernel_init*",
	"do_one_initcall*",
	"io_schedule*",
	"schedule_timeout*",
	"shrink_node*",
	"try_to_free_*",
	"do_page_cache*",
	"stack_trace_end",
};

static const char *const reclaim_marks[] = {
	"kswapd",
	"balance_pgdat*",
	"try_to_free_pages*",
	"shrink_zone*",
	"shrink_node*",
	"shrink_slab*",
	"shrink_lruvec*",
	"shrink_list*",
	"shrink_inactive*",
	"shrink_page*",
	"shrink_folio*",
	"pageout*",
	"swap_writepage*",
	"swap_writeout*",
	"__perform_reclaim*",
	"do_try_to_free*",
	"shrink_one*",
	"evict_folios*",
	"__alloc_pages_direct_*",
};

/* The first row that fits a frame, from the caller on, names the subsystem. */
static const struct {
	const char *pattern, *words;
} subsystems[] = {
	{ "add_dma_entry*",
	  "DMA API debugging (dma-debug), which switches itself off: harmless" },
	{ "*dma_debug*", "DMA API debugging (dma-debug)" },
	{ "debug_dma_*",
	  "DMA API debugging (dma-debug), which switches itself off: harmless" },
	{ "p_lkrg*", "Linux Kernel Runtime Guard" },
	{ "*_rx_agg*", "network: receive" },
	{ "*_tx_agg*", "network: transmit, frames gathered into one buffer" },
	{ "mlx5e_*rx*", "network: NIC receive refill" },
	{ "*rx_refill*", "network: NIC receive refill" },
	{ "*rx_fill*", "network: NIC receive refill" },
	{ "*refill_rx*", "network: NIC receive refill" },
	{ "*fill_rx*", "network: NIC receive refill" },
	{ "*alloc_rx*", "network: NIC receive refill" },
	{ "*rx_alloc*", "network: NIC receive refill" },
	{ "*rx_buf*", "network: NIC receive refill" },
	{ "try_fill_recv*", "network: NIC receive refill (virtio_net)" },
	{ "*add_recvbuf*", "network: NIC receive refill (virtio_net)" },
	{ "*rx_napi*", "network: NIC receive" },
	{ "*napi_poll_rx*", "network: NIC receive" },
	{ "*poll_rx*", "network: NIC receive" },
	{ "*_clean_rx*", "network: NIC receive" },
	{ "*_rx_*", "network: receive" },
	{ "sk_prot_alloc*", "network: a new socket" },
	{ "sk_clone*", "network: a new socket for a connection" },
	{ "tcp_create_openreq_child*", "TCP: a socket for a new connection" },
	{ "inet_csk_clone*", "TCP: a socket for a new connection" },
	{ "tcp_collapse*", "TCP: receive queue pruning" },
	{ "tcp_send*", "TCP: transmit" },
	{ "tcp_write*", "TCP: transmit" },
	{ "tcp_*", "TCP" },
	{ "xdp_*", "network: XDP" },
	{ "xsk_*", "network: XDP sockets" },
	{ "dev_hard_start_xmit*", "network: transmit" },
	{ "*_start_xmit*", "network: transmit" },
	{ "dev_queue_xmit*", "network: transmit" },
	{ "nf_*", "netfilter" },
	{ "ip6*", "IPv6" },
	{ "ip_*", "IPv4" },
	{ "ieee80211_*", "wifi (mac80211)" },
	{ "cfg80211_*", "wifi (cfg80211)" },
	{ "ath*k_*", "wifi (Atheros)" },
	{ "iwl_*", "wifi (Intel)" },
	{ "brcmf_*", "wifi (Broadcom)" },
	{ "rtw*", "wifi (Realtek)" },
	{ "mt76*", "wifi (MediaTek)" },
	{ "wl1271*", "wifi (TI)" },
	{ "usbnet_*", "USB network adapter" },
	{ "usb_stor*", "USB storage" },
	{ "uas_*", "USB storage" },
	{ "uvc_*", "USB video" },
	{ "usb_submit_urb*", "USB" },
	{ "xhci_*", "USB host controller (xHCI)" },
	{ "ehci_*", "USB host controller (EHCI)" },
	{ "dwc*_*", "USB host controller (DesignWare)" },
	{ "musb_*", "USB host controller (MUSB)" },
	{ "usb_*", "USB" },
	{ "hci_*", "Bluetooth" },
	{ "btusb_*", "Bluetooth" },
	{ "l2cap_*", "Bluetooth" },
	{ "ata_*", "SATA/IDE (libata)" },
	{ "scsi_*", "SCSI" },
	{ "sd_*", "SCSI disk" },
	{ "mpt*sas*", "SCSI (LSI)" },
	{ "megasas*", "SCSI (MegaRAID)" },
	{ "aac_*", "SCSI (Adaptec)" },
	{ "nvme_*", "NVMe" },
	{ "mmc_*", "MMC/SD card" },
	{ "sdhci_*", "MMC/SD card" },
	{ "virtio_queue_rq*", "virtio disk" },
	{ "virtblk*", "virtio disk" },
	{ "virtqueue_add*", "virtio" },
	{ "nbd_*", "network block device" },
	{ "rbd_*", "Ceph block device" },
	{ "ceph_*", "Ceph" },
	{ "aoe*", "ATA over Ethernet" },
	{ "drbd_*", "DRBD" },
	{ "iscsi_*", "iSCSI" },
	{ "dm_*", "device mapper" },
	{ "crypt_*", "dm-crypt" },
	{ "raid5_*", "MD RAID" },
	{ "md_*", "MD RAID" },
	{ "zram_*", "zram" },
	{ "zs_*", "zsmalloc" },
	{ "zswap_*", "zswap" },
	{ "blk_*", "block layer" },
	{ "bio_*", "block layer" },
	{ "submit_bio*", "block layer" },
	{ "nfs*_*", "NFS" },
	{ "rpc_*", "NFS (RPC)" },
	{ "xprt_*", "NFS (RPC)" },
	{ "svc_*", "NFS server" },
	{ "cifs_*", "SMB" },
	{ "ext4_*", "ext4" },
	{ "xfs_*", "XFS" },
	{ "btrfs_*", "btrfs" },
	{ "f2fs_*", "f2fs" },
	{ "fuse_*", "FUSE" },
	{ "i915_*", "graphics (i915)" },
	{ "amdgpu_*", "graphics (amdgpu)" },
	{ "drm_*", "graphics (DRM)" },
	{ "ttm_*", "graphics (TTM)" },
	{ "nv_*", "graphics (nvidia)" },
	{ "snd_*", "sound" },
	{ "kvm_*", "KVM" },
	{ "perf_*", "perf" },
	{ "bpf_*", "BPF" },
	{ "avc_*", "SELinux" },
	{ "audit_*", "audit" },
	{ "io_uring*", "io_uring" },
	{ "cpufreq_*", "cpufreq" },
	{ "copy_process*", "fork" },
	{ "dup_task_struct*", "fork: a kernel stack" },
	{ "pipe_*", "pipes" },
	{ "alloc_pidmap*", "process ids" },
	{ "swap_*", "swap" },
	{ "add_to_swap*", "swap" },
	{ "do_huge_pmd*", "transparent huge pages" },
	{ "do_swap_page*", "page fault: swap in" },
	{ "handle_mm_fault*", "page fault" },
	{ "filemap_fault*", "page fault of a mapped file" },
	{ "*readahead*", "page cache: readahead" },
	{ "unix_*", "Unix sockets" },
	{ "netlink_*", "netlink" },
	{ "*_irq_rx*", "network: receive" },
	{ "net_rx_action*", "network: receive" },
	{ "*_queue_rx*", "network: receive" },
	{ "netif_*", "network: receive" },
	{ "*napi*", "network: receive" },
	{ "*alloc_skb*", "network: a packet's buffer" },
	{ "__netdev_alloc*", "network: NIC receive" },
};

static bool fits(const char *function, const char *const *patterns, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!fnmatch(patterns[i], function, 0))
			return true;
	return false;
}

#define FITS(function, patterns) fits(function, patterns, COUNT(patterns))

static bool is_mark(const struct lab_report_frame *frame)
{
	return frame->function[0] == '<';
}

static bool all_unsure(const struct lab_kernel_report *report)
{
	unsigned int i;

	for (i = 0; i < report->frames; i++)
		if (!is_mark(&report->frame[i]) && !report->frame[i].unsure)
			return false;
	return true;
}

static bool is_allocator(const struct lab_report_frame *frame)
{
	/* Sums of words that others have as well, "kmem_zone_alloc" of XFS. */
	return !frame->module[0] && FITS(frame->function, allocators);
}

/*
 * Whether the trace begins with the report itself or the allocator: otherwise
 * its start is cut off. What is marked '?' may be left from before.
 */
static bool begins_with_allocator(const struct lab_kernel_report *report)
{
	const bool unsure = all_unsure(report);
	unsigned int i, seen = 0;

	for (i = 0; i < report->frames && seen < 3; i++) {
		const struct lab_report_frame *frame = &report->frame[i];

		if (is_mark(frame))
			continue;
		if (is_allocator(frame))
			return true;
		if (!frame->unsure && !unsure)
			return false;
		seen++;
	}
	return false;
}

/* The last of the allocator's frames that the trace begins with. */
static int last_allocator(const struct lab_kernel_report *report)
{
	unsigned int i, others = 0;
	int last = -1;

	if (!begins_with_allocator(report))
		return -1;
	for (i = 0; i < report->frames && others < 4; i++) {
		if (is_mark(&report->frame[i]))
			continue;
		if (is_allocator(&report->frame[i])) {
			last = (int)i;
			others = 0;
		} else {
			others++;
		}
	}
	return last;
}

static void find_caller(const struct lab_kernel_report *report,
			struct lab_culprit *culprit)
{
	const bool unsure = all_unsure(report);
	unsigned int i;

	for (i = last_allocator(report) + 1; i < report->frames; i++) {
		const struct lab_report_frame *frame = &report->frame[i];

		if (is_mark(frame) || (frame->unsure && !unsure) ||
		    FITS(frame->function, freeing))
			continue;
		if (culprit->caller < 0)
			culprit->caller = (int)i;
		if (FITS(frame->function, helpers))
			continue;
		culprit->driver = (int)i;
		return;
	}
}

static void find_path(const struct lab_kernel_report *report,
		      struct lab_culprit *culprit)
{
	const int last = last_allocator(report);
	int i;

	for (i = 0; i <= last; i++) {
		const char *function = report->frame[i].function;

		if (!culprit->slab && FITS(function, slab_functions))
			culprit->slab = "slab allocator";
		if (FITS(function, slab_only))
			culprit->slab = "SLAB";
		if (FITS(function, slub_only))
			culprit->slab = "SLUB";
		culprit->page_frag |= FITS(function, frag_functions);
	}
}

static bool ends_at_interrupt(const struct lab_kernel_report *report,
			      unsigned int i)
{
	return !strcmp(report->frame[i].function, "</IRQ>");
}

/* The mark that is nearest to the request says where it ran. */
static enum lab_ran_in context_of_trace(const struct lab_kernel_report *report)
{
	const bool unsure = all_unsure(report);
	bool irq = false;
	unsigned int i;

	for (i = 0; i < report->frames; i++) {
		const struct lab_report_frame *frame = &report->frame[i];

		if (!strcmp(frame->function, "<NMI>"))
			return LAB_IN_NMI;
		if (!strcmp(frame->function, "<IRQ>"))
			irq = true;
		if (!strcmp(frame->function, "<TASK>"))
			return LAB_IN_TASK;
		if (is_mark(frame) && !ends_at_interrupt(report, i))
			continue;
		if (ends_at_interrupt(report, i))
			return LAB_IN_INTERRUPT;
		if (frame->unsure && !unsure)
			continue;
		if (FITS(frame->function, softirq_marks) ||
		    (irq && FITS(frame->function, network_marks)))
			return LAB_IN_SOFTIRQ;
		if (FITS(frame->function, hardirq_marks))
			return LAB_IN_HARDIRQ;
		if (FITS(frame->function, entry_marks))
			return LAB_IN_INTERRUPT;
		if (!irq && FITS(frame->function, task_marks))
			return LAB_IN_TASK;
	}
	if (irq)
		return LAB_IN_INTERRUPT;
	/* A stack that was walked only in part: the rest is marked '?'. */
	for (i = 0; i < report->frames; i++) {
		if (FITS(report->frame[i].function, hardirq_marks) ||
		    FITS(report->frame[i].function, entry_marks) ||
		    FITS(report->frame[i].function, softirq_marks))
			return LAB_IN_UNKNOWN;
		if (FITS(report->frame[i].function, task_marks))
			return LAB_IN_TASK;
	}
	return LAB_IN_UNKNOWN;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/*
 * Without a trace the name of a kernel thread says something: but not which
 * context, for an interrupt may have come in its time.
 */
static void find_context(const struct lab_kernel_report *report,
			 struct lab_culprit *culprit)
{
	const bool unsure = all_unsure(report);
	unsigned int i;

	culprit->context = context_of_trace(report);
	/* A trace without its start: an interrupt may have come before. */
	if (last_allocator(report) < 0)
		culprit->context =
			culprit->context == LAB_IN_TASK	   ? LAB_IN_UNKNOWN :
			culprit->context == LAB_IN_UNKNOWN ? LAB_IN_UNKNOWN :
							     LAB_IN_INTERRUPT;
	if (culprit->context == LAB_IN_UNKNOWN && report->workqueue[0] &&
	    report->frames) {
		culprit->context = LAB_IN_TASK;
		culprit->by_comm = true;
	}
	if (culprit->context != LAB_IN_TASK)
		return;
	/* PF_MEMALLOC is a task's: an interrupt does not have it. */
	culprit->reclaims = has_prefix(report->comm, "kswapd") &&
			    report->frames;
	for (i = last_allocator(report) + 1; i < report->frames; i++)
		if ((unsure || !report->frame[i].unsure) &&
		    FITS(report->frame[i].function, reclaim_marks))
			culprit->reclaims = true;
}

static void find_subsystem(const struct lab_kernel_report *report,
			   struct lab_culprit *culprit)
{
	const bool unsure = all_unsure(report);
	unsigned int i, seen = 0;
	size_t row;

	if (culprit->caller < 0)
		return;
	for (i = culprit->caller; i < report->frames && seen < 10; i++) {
		const struct lab_report_frame *frame = &report->frame[i];

		if (is_mark(frame) || (frame->unsure && !unsure))
			continue;
		seen++;
		if (!strcmp(frame->module, "p_lkrg")) {
			culprit->subsystem = "Linux Kernel Runtime Guard";
			return;
		}
		/* A helper says something only when nobody else does. */
		if (FITS(frame->function, helpers) &&
		    (int)i != culprit->driver && culprit->driver >= 0 &&
		    (int)i < culprit->driver &&
		    !has_prefix(frame->function, "sk_"))
			continue;
		for (row = 0; row < COUNT(subsystems); row++)
			if (!fnmatch(subsystems[row].pattern, frame->function,
				     0)) {
				culprit->subsystem = subsystems[row].words;
				return;
			}
	}
	for (row = 0; row < COUNT(subsystems); row++)
		if (!fnmatch(subsystems[row].pattern,
			     report->frame[culprit->caller].function, 0))
			culprit->subsystem = subsystems[row].words;
}

static void find_kprobe(const struct lab_kernel_report *report,
			struct lab_culprit *culprit)
{
	static const char *const marks[] = { "optimized_callback*",
					     "kprobe_*handler*",
					     "pre_handler_kretprobe*",
					     "kprobe_ftrace_handler*",
					     "aggr_pre_handler*" };
	unsigned int i;

	for (i = 0; i < report->frames; i++)
		if (FITS(report->frame[i].function, marks))
			culprit->kprobe = report->frame[i].function;
}

struct lab_culprit lab_culprit_of(const struct lab_kernel_report *report)
{
	struct lab_culprit culprit = { .caller = -1, .driver = -1 };

	/* The frames of two traces: whose they are, nobody can tell. */
	if (report->flaws & LAB_FLAW_MIXED)
		return culprit;
	find_caller(report, &culprit);
	culprit.start_cut = culprit.caller >= 0 && last_allocator(report) < 0;
	find_path(report, &culprit);
	find_context(report, &culprit);
	find_subsystem(report, &culprit);
	find_kprobe(report, &culprit);
	return culprit;
}
