/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/victim.h - the contract of victims: workloads that make atomic
 * requests and check their own results.
 *
 *	table.c    all of them
 *	nic.c      pairs of network cards on one wire, a row a card
 *	veth.c     a pair of virtual interfaces
 *	wire.h     what is sent over a wire, and layers such as a VLAN: see there
 *	disk.h     what is stored on a disk, and layers such as ext4: see there
 *	service.h  services of the kernel, a file each: bpf io_uring neighbours timers
 *	bus_driver.c  devices of a driver, bound and unbound through sysfs
 *	program.c  any program that checks its own work; stress-ng
 *	planted.c  a driver with planted defects, for tests
 *	kernel_state.c  what the kernel holds: free pages, objects of each cache
 *	chosen.c   a victim and its layers from a word
 *	passes.c   passes of a victim's work, until one loses nothing
 *	trial.c    one pass of a victim with a fault plan, and what came of it
 *
 * A victim is used in a guest, by a child of process 1, as root: by explore, or in
 * a phase of a scenario (run/victim_cell.c). In explore requests of the steps
 * marked "may fail" are watched, and those that the plan names fail. A trial is
 *
 *	open    the devices get their driver            not watched
 *	start   interfaces up, file systems mounted     watched, may fail
 *	work    the workload, all of it checked         watched, may fail
 *	work    again until nothing is lost             watched
 *	stop    what start did, undone                  watched
 *	close   the driver lets its devices go          not watched
 */
#ifndef LAB_VICTIM_H
#define LAB_VICTIM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/option_value.h"

/* The result of a pass of the workload. Units are the victim's own. */
struct lab_work {
	uint64_t asked; /* units of work */
	uint64_t done; /* of these, done and verified */
	uint64_t wrong; /* came back with other bytes than were sent */
	uint64_t errors; /* calls that reported an error to the caller */
	int error; /* errno of the first of these */
	char detail[128]; /* what was lost, in words; "" when nothing was */
};

/* What a victim's work goes through, on which there may be layers. */
enum lab_medium { LAB_NO_MEDIUM, LAB_WIRE, LAB_DISK };

/*
 * @name:    the name on the command line
 * @help:    one line
 * @devices: QEMU's arguments, ended by NULL; NULL: none
 * @saved:   a guest with these devices that is loaded where another one was saved
 *           (lab/snapshot.h) gives the same bytes as one that boots: shown by
 *           userspace/tests/system/explore.sh. False: it does not, or that was not
 *           tried
 * @modules: modules that a vendor's kernel has to load in addition to those it
 *           always needs, as modprobe(8) names them, ended by NULL; NULL: none
 * @takes:   for usage: the arguments that follow its name on the command line;
 *           NULL: none
 * @program: copied to the guest, found by PATH on the host, or NULL
 * @driver:  for open: what identifies the driver, such as its name
 * @bus:     on which the driver's devices are; NULL: "pci"
 * @disk:    MiB of the disk that the devices have: QEMU's block device "disk";
 *           0: they have none
 * @memory:  MiB of the guest that its work takes at most, with all layers
 * @medium:  layers of this medium may be put on it
 * @loses:   percent of its work that is lost without any fault, because of the
 *           emulated device
 * @short_lost: frames of less than 60 bytes are lost, because of the emulated device;
 *           so is ARP, and the ends are told of each other's addresses
 * @arguments: gets the arguments that follow its name, ended by NULL, once,
 *           before the first open; 0, or a negative errno
 * @open:    0, or -ENODEV and why: this kernel has no driver for it
 * @start:   0, or a negative errno that the kernel gave; may be called again
 * @work:    one pass; always returns, in bounded guest time
 * @stop:    undoes start, whatever its result
 * @close:   undoes open. 0, or a negative errno: the driver cannot be unbound or
 *           unloaded, so something of the victim's is still in use
 */
struct lab_victim_ops {
	const char *name;
	const char *help;
	const char *const *devices;
	bool saved;
	const char *const *modules;
	const char *takes;
	const char *program;
	const char *driver;
	const char *bus;
	unsigned int disk;
	unsigned int memory;
	enum lab_medium medium;
	unsigned int loses;
	bool short_lost;
	int (*arguments)(const char *const *list);
	int (*open)(const struct lab_victim_ops *victim, char *why,
		    size_t size);
	int (*start)(void);
	void (*work)(struct lab_work *work);
	void (*stop)(void);
	int (*close)(void);
};

/* Exit code of a program whose data came back with other bytes. */
#define LAB_PROGRAM_WRONG 99

/* Ended by NULL. */
extern const struct lab_victim_ops *const lab_victims[];
const struct lab_victim_ops *lab_victim_find(const char *name);

/* "labyrinth victim FILE": see trial.c. For guests of "labyrinth explore". */
int lab_victim_main(int argc, char **argv);

/* ---- victim/chosen.c ------------------------------------------------------ */

/* Of the victim of a phase of a scenario, as victim.KEY. */
extern const struct lab_key lab_victim_keys[];

/*
 * The victim that a word names, up to a colon or plus. 0, or -EINVAL with what was
 * found and what is allowed in why[].
 */
int lab_victim_of_word(const char *word, const struct lab_victim_ops **ops,
		       char *why, size_t size);
/*
 * The same of a whole word "NAME[+LAYER...]"; layers: bits of places in
 * lab_layers[].
 */
int lab_victim_choose(const char *word, const struct lab_victim_ops **ops,
		      uint32_t *layers, char *why, size_t size);
/* Its name and those of its layers in the order in which they are put on, malloc()ed. */
char *lab_victim_words(const struct lab_victim_ops *ops, uint32_t layers);

/* ---- victim/passes.c ------------------------------------------------------ */

/* Nothing is lost beyond what the victim always loses, and nothing is wrong. */
bool lab_work_is_done(const struct lab_victim_ops *victim,
		      const struct lab_work *work);
/*
 * Repeats passes until one loses nothing, for 30 s of guest time at most, or until
 * one gets wrong bytes. *start_error: of the start before; while there is one, it
 * is started again. before_pass: called before each, or NULL. Returns whether one
 * lost nothing; last is the last one's result, passes their number.
 */
bool lab_victim_recover(const struct lab_victim_ops *victim,
			void (*before_pass)(void), struct lab_work *last,
			unsigned int *passes, int *start_error);
json_t *lab_work_json(const struct lab_work *work);

/* ---- victim/bus_driver.c ---------------------------------------------------------- */

#define LAB_VICTIM_DEVICES 8

struct lab_bus_devices {
	const char *bus, *driver;
	char address[LAB_VICTIM_DEVICES][16];
	unsigned int count;
};

/*
 * The devices of a bus, such as "pci", that are bound to a driver now. Both
 * strings have to stay. 0, or -ENODEV.
 */
int lab_bus_of_driver(const char *bus, const char *driver,
		      struct lab_bus_devices *devices);
/* 0 or a negative errno. */
int lab_bus_bind(const struct lab_bus_devices *devices);
int lab_bus_unbind(const struct lab_bus_devices *devices);
/* The name of the network interface of the nth device. 0 or -ENODEV. */
int lab_bus_interface(const struct lab_bus_devices *devices, unsigned int n,
		      char *name, size_t size);

/* ---- victim/layers.c ------------------------------------------------------ */

#define LAB_LAYERS_MAX 16

struct lab_wire_end;

/*
 * Something between a medium and the victim's work.
 *
 * On a wire the functions are called for the left end and for the right one, in
 * the end's network namespace, and may be NULL. Both return 0 or the kernel's
 * negative errno. On a disk it is a file system, of which there may be one, or
 * another block device: put makes it and says where it is, as in "/dev/dm-0", and
 * take_off ends it; an error of that: it is still in use.
 *
 * @name: after a + on the command line
 * @help: one line
 * @medium: what it may be put on
 * @modules: as those of struct lab_victim_ops
 * @make: the words that make the file system, but for the device, ended by NULL;
 *        the first is a program, copied to the guest and found by PATH on the host
 * @environment: of that program, ended by NULL; NULL: none of its own
 * @link: readies the end's topmost interface, or puts another one on it, before
 *        it has an address
 * @net:  when that has an address and is up: what lies above it
 */
struct lab_layer {
	const char *name;
	const char *help;
	enum lab_medium medium;
	const char *const *modules;
	const char *const *make;
	const char *const *environment;
	int (*link)(struct lab_wire_end *end);
	int (*net)(struct lab_wire_end *end);
	int (*put)(const char *below, char *node, size_t size);
	int (*take_off)(void);
};

/* In the order in which they are put on, LAB_LAYERS_MAX at most; ended by NULL. */
extern const struct lab_layer *const lab_layers[];
/* Its place in lab_layers[], or -1. */
int lab_layer_find(const char *name);

/* ---- victim/wire.c --------------------------------------------------------- */

/*
 * Two interfaces, each in a network namespace of its own, joined by a wire: what
 * one sends can only reach the other through their drivers.
 */
int lab_wire_start(const char *left, const char *right);
void lab_wire_work(struct lab_work *work);
void lab_wire_stop(void);
/* Whether the next start tells the ends of each other's link addresses. */
void lab_wire_tell_neighbours(bool tell);
/* The layers that the next start puts on: bits of places in lab_layers[]. */
void lab_wire_layers(uint32_t set);
/*
 * Whether this kernel and these interfaces have what the layers need: builds
 * all of it and ends it again. 0, or a negative errno and why.
 */
int lab_wire_probe(const char *left, const char *right, char *why, size_t size);

/* ---- victim/disk.c --------------------------------------------------------- */

/* The layers that disks have from now on: bits of places in lab_layers[]. */
void lab_disk_layers(uint32_t set);

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

/* Makes caches give back what is unused, then counts. Takes up to seconds. */
void lab_state_read(struct lab_kernel_state *state);

#endif /* LAB_VICTIM_H */
