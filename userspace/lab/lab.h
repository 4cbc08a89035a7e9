/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/lab.h - boots guests and collects what they found.
 *
 *	carried.h  what the archive of a guest has in addition: modules, programs
 *	image.c    a kernel, its module and its initramfs, by scripts/runtime/guest.sh
 *	qemu.c     the command line of the emulator: what makes it deterministic
 *	qemu_board.c  the part of it that is the machine
 *	qemu_lockstep.c  preloaded into QEMU: its vCPU thread and main loop alternate
 *	qemu_disk.c  preloaded too: a disk's requests are done at once
 *	vm.c       one guest: start, watch, end, and what it left in the channel
 *	boot_deadline.c  a deadline for the boot
 *	arch/      what guests of an architecture are made of, one file each
 *	console.c  the file of its console, which has a maximum size
 *	stand.c    a run once more up to a shot, where debugger.c attaches gdb;
 *		   symbols.c knows addresses, gdb_remote.c goes there
 *	monitor.c  the connection to QEMU's monitor
 *	vmcore.c   the core of a guest that panicked or hung; kdump.c is its format,
 *		   vmcoreinfo.c what its readers want to know of a kernel
 *	room.c     disk and memory that guests take, and how many of them fit
 *	kvm.c      does KVM work here?
 *	kernel_source.h  commit, patches, compiler of what boots
 *	decode.c   source lines of the frames in a log
 *	recipe.c   what a run was made of, to run it again
 *	jobs.h     several guests, a job each
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "arch/arch.h"
#include "console.h"
#include "journal/channel.h"
#include "results/ending.h"
#include "scenario/scenario.h"
#include "snapshot.h"
#include "vmcore.h"

enum lab_mode { LAB_DETERMINISTIC, LAB_FAST, LAB_KVM };

extern const char *const lab_mode_names[]; /* ended by NULL */

/* What boots: the folder holds kernel, initramfs, labyrinth.ko and origin. */
struct lab_bundle {
	char folder[4096];
	const struct lab_arch *arch;
	bool checks_itself; /* KASAN and the like: it is large and slow */
};

/*
 * Makes a kernel ready by its name (source:6.12, a folder), with an archive for each
 * word of carried, which is what guests are to have in addition (carried.h); NULL:
 * nothing. 0, or an exit code after a message.
 */
int lab_bundle_make(const char *kernel, const char *carried,
		    struct lab_bundle *bundle);
/* Looks into the folder of one that is ready. 0, or LAB_HARNESS after a message. */
int lab_bundle_open(struct lab_bundle *bundle);

struct lab_qemu {
	char program[256];
	char version[64];
	unsigned int major, minor;
	const struct lab_arch *arch; /* that it emulates */
};

/* 0, or -ENOENT with a message on stderr that says what to install. */
int lab_qemu_find(struct lab_qemu *qemu, const struct lab_arch *arch);

/* Whether a guest with several CPUs can be run under instruction counting. */
bool lab_qemu_counts_smp(const struct lab_qemu *qemu);

struct lab_machine {
	enum lab_mode mode;
	struct lab_shape shape;
	struct lab_boot_options boot;
	const char *program; /* what guests are given, see carried.h; or NULL */
	const char *const *devices; /* more arguments of QEMU's, or NULL */
	bool devices_saved; /* as struct lab_victim_ops has it */
	unsigned int disk; /* MiB of the devices' "drive=disk"; 0: none */
	unsigned int deadline; /* seconds of guest time, from init on */
	unsigned int boot_deadline; /* seconds of guest time, until init */
	unsigned int host_deadline; /* seconds of the host's; not in results */
	bool vmcore; /* a guest that panics or hangs leaves a core; not in results */
	int monitor; /* QEMU's end of its monitor, or 0: none */
	/* The socket of QEMU's stub for gdb, or NULL: none; not in results. */
	const char *gdb;
	struct lab_stand stand; /* where a debugger wants it; not in results */
	struct lab_reseed reseed; /* other chance; not in results */
	bool pauses; /* where it can be saved; not in results */
	bool loaded; /* by the monitor, and does not boot; not in results */
};

/* Seconds of guest time until init runs, of a kernel that does not check itself. */
#define LAB_BOOT_DEADLINE 54
/* The same for any kernel: one that checks itself is given more. */
unsigned int lab_boot_deadline(const struct lab_bundle *bundle);

/* Instructions take 1 << this ns of guest time in deterministic mode. */
#define LAB_ICOUNT_SHIFT 3

/*
 * The emulator's arguments, ended by NULL, malloc()ed as a whole: for
 * lab_qemu_free(). folder is that of the guest, with the files channel and
 * boot.rom; QEMU adds console.log and panic.
 */
char **lab_qemu_argv(const struct lab_qemu *qemu,
		     const struct lab_machine *machine,
		     const struct lab_bundle *bundle, const char *folder);
void lab_qemu_free(char **argv);

/*
 * Whether QEMU has such a CPU, such a board of that shape, and the devices: 0, or
 * -EINVAL with what it says. Nothing is executed.
 */
int lab_qemu_takes(const struct lab_qemu *qemu,
		   const struct lab_machine *machine, char *why, size_t size);

/* What of a machine goes into the results. */
json_t *lab_machine_json(const struct lab_machine *machine,
			 const struct lab_qemu *qemu);

struct lab_guest {
	const struct lab_qemu *qemu; /* both outlive it */
	const struct lab_bundle *bundle;
	struct lab_machine machine;
	pid_t pid;
	char folder[4096]; /* channel, console.log */
	struct lab_channel channel;
	struct lab_console console;
	struct lab_vmcore vmcore;
	struct lab_snapshot snapshot;
	uint64_t seen; /* frames up to here were shown */
	char progress[256];
	double started, shooting,
		ended; /* CLOCK_MONOTONIC seconds; 0: not yet */
	unsigned int boot_deadline; /* seconds of guest time */
	unsigned int host_deadline; /* seconds */
	bool counted; /* guest time is instructions */
	bool deadline_passed, boot_deadline_passed;
	bool flooded; /* it wrote more to its console than there may be */
	bool killed; /* by the lab */
	int status; /* as of waitpid(2) */
};

/* What a guest is to do; see guest/init.c. */
struct lab_request {
	json_t *json;
	void *program; /* or NULL */
	size_t program_size;
};

int lab_guest_start(struct lab_guest *guest, const struct lab_qemu *qemu,
		    const struct lab_machine *machine,
		    const struct lab_bundle *bundle, const char *folder,
		    const struct lab_request *request);
/* Looks after a guest; true when it ended. Does not wait. */
bool lab_guest_poll(struct lab_guest *guest);
void lab_guest_kill(struct lab_guest *guest);

/* Of a guest that ended. */
json_t *lab_guest_records(const struct lab_guest *guest);
char *lab_guest_output(const struct lab_guest *guest); /* malloc()ed */
enum lab_ending lab_guest_ending(const struct lab_guest *guest, char *why,
				 size_t size);
/* All that it wrote to its console, malloc()ed. */
char *lab_guest_console(const struct lab_guest *guest);
/* The last lines of it, malloc()ed. */
char *lab_guest_console_tail(const struct lab_guest *guest, unsigned int lines);
/*
 * Lines of it that are kept of a guest that died: the same wherever it ran, as they
 * are part of what is found.
 */
#define LAB_CONSOLE_TAIL 60
/* Gives back what it holds; the console's file stays. */
void lab_guest_finish(struct lab_guest *guest);

/* Boots one under KVM, with a deadline. 0, or -ENODEV and why. */
int lab_kvm_probe(const struct lab_qemu *qemu, const struct lab_bundle *bundle,
		  const char *out, char *why, size_t size);

/*
 * Adds to a part of a log where in the source it is, as far as the kernel has
 * debug information. Takes a text, malloc()ed, and returns one.
 */
char *lab_decode(char *text, const struct lab_bundle *bundle);
/* The same to the failures that the log of a run told of. */
void lab_decode_findings(json_t *results, const struct lab_bundle *bundle);

double lab_now(void);

#endif /* LAB_LAB_H */
