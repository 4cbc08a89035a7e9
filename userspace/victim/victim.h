/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/victim.h - the contract of victims: workloads that make atomic
 * requests and check their own results.
 *
 *	table.c    all of them
 *	nic.c      pairs of network cards on one wire, a row a card
 *	wire.c     what is sent over it: UDP, TCP, ICMP, each byte verified
 *	pci_driver.c  devices of a driver, bound and unbound through sysfs
 *	program.c  any program that checks its own work; stress-ng
 *	planted.c  a driver with planted defects, for tests
 *	kernel_state.c  what the kernel holds: free pages, objects of each cache
 *	trial.c    one pass of a victim with a fault plan, and what came of it
 *
 * A victim is used in a guest, by process 1's child, as root. A trial is
 *
 *	open    the devices get their driver            not watched
 *	start   interfaces up, file systems mounted     watched, may be struck
 *	work    the workload, all of it checked         watched, may be struck
 *	work    again until nothing is lost             watched
 *	stop    what start did, undone                  watched
 *	close   the driver lets its devices go          not watched
 */
#ifndef LAB_VICTIM_H
#define LAB_VICTIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a pass of the workload came to. Units are the victim's own. */
struct lab_work {
	uint64_t asked; /* units of work */
	uint64_t done; /* of these, seen to be done, and right */
	uint64_t wrong; /* came back with other bytes than were sent */
	uint64_t errors; /* calls that reported an error to the caller */
	int error; /* errno of the first of these */
	char detail[128]; /* what was lost, in words; "" when nothing was */
};

/*
 * @name:    as the command line calls it
 * @help:    one line
 * @devices: QEMU's arguments, ended by NULL; NULL: none
 * @modules: what a vendor's kernel loads for it beside what it needs itself,
 *           as modprobe(8) calls it, ended by NULL; NULL: none
 * @takes:   what follows its name on the command line, in words; NULL: nothing
 * @program: that the guest is given for it, as of PATH on the host, or NULL
 * @driver:  for open: what it is told of the driver, such as its name
 * @loses:   percent of its work that is lost with nothing done to it: the
 *           emulated device's doing
 * @arguments: takes what followed its name, ended by NULL, once, before the
 *           first open; 0, or a negative errno
 * @open:    0, or -ENODEV and why: this kernel has no driver for it
 * @start:   0, or a negative errno that the kernel gave; may be called again
 * @work:    one pass; always returns, in bounded guest time
 * @stop:    undoes start, whatever became of it
 * @close:   undoes open. 0, or a negative errno: the driver does not let go, and
 *           something that the victim gave back is still held
 */
struct lab_victim_ops {
	const char *name;
	const char *help;
	const char *const *devices;
	const char *const *modules;
	const char *takes;
	const char *program;
	const char *driver;
	unsigned int loses;
	int (*arguments)(const char *const *list);
	int (*open)(const struct lab_victim_ops *victim, char *why,
		    size_t size);
	int (*start)(void);
	void (*work)(struct lab_work *work);
	void (*stop)(void);
	int (*close)(void);
};

/* By which a program says that data came back with other bytes. */
#define LAB_PROGRAM_WRONG 99

/* Ended by NULL. */
extern const struct lab_victim_ops *const lab_victims[];
const struct lab_victim_ops *lab_victim_find(const char *name);

/* "labyrinth victim FILE": see trial.c. For guests of "labyrinth explore". */
int lab_victim_main(int argc, char **argv);

/* ---- victim/pci_driver.c ---------------------------------------------------------- */

#define LAB_VICTIM_DEVICES 8

struct lab_pci_devices {
	char driver[32];
	char address[LAB_VICTIM_DEVICES][16];
	unsigned int count;
};

/* The devices that a driver has now. 0, or -ENODEV. */
int lab_pci_of_driver(const char *driver, struct lab_pci_devices *devices);
/* 0 or a negative errno. */
int lab_pci_bind(const struct lab_pci_devices *devices);
int lab_pci_unbind(const struct lab_pci_devices *devices);
/* The network interface of a device. 0 or -ENODEV. */
int lab_pci_interface(const char *address, char *name, size_t size);

/* ---- victim/wire.c --------------------------------------------------------- */

/*
 * Two interfaces, each in a network namespace of its own, joined by a wire: what
 * one sends can only reach the other through their drivers.
 */
int lab_wire_start(const char *left, const char *right);
void lab_wire_work(struct lab_work *work);
void lab_wire_stop(void);

/* ---- victim/kernel_state.c -------------------------------------------------------- */

#define LAB_STATE_CACHES 384

struct lab_kernel_state {
	int64_t free_pages; /* those on per-CPU lists included */
	unsigned int count;
	struct {
		char name[48];
		int64_t objects;
	} cache[LAB_STATE_CACHES];
};

/* Has caches give back what nobody uses, then counts. Takes a while. */
void lab_state_read(struct lab_kernel_state *state);

#endif /* LAB_VICTIM_H */
