// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/qemu.c - the emulator's command line.
 *
 * Deterministic mode counts instructions: guest time is what the guest
 * executed and nothing else, its CPUs take turns in one thread, that thread
 * and the one that moves the clock on take turns (qemu_lockstep.c), and no device of
 * it waits for the host. What could let the host's time in is left out:
 * no network, no display, no disk but one whose requests take no guest time
 * (qemu_disk.c), a clock that starts at a fixed date. The
 * serial port writes to a file, which takes no guest time, and the channel is
 * memory.
 *
 * An instruction takes 8 ns: a slow machine, on which the waiting that a kernel
 * does while it boots costs a quarter of the instructions that it would cost at
 * 2 ns. The console is spared what is below a notice.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/process.h"
#include "scenario/shape.h"
#include "labyrinth.h"
#include "lab.h"
#include "qemu_args.h"

#define QEMU_ENV "LABYRINTH_QEMU"

/*
 * Before 8.1 the round-robin of counted CPUs starves all but the first, and
 * the kernel hangs when it brings up the second.
 */
#define SMP_MAJOR 8
#define SMP_MINOR 1

const char *const lab_mode_names[] = {
	[LAB_DETERMINISTIC] = "deterministic",
	[LAB_FAST] = "fast",
	[LAB_KVM] = "kvm",
	NULL,
};

int lab_qemu_find(struct lab_qemu *qemu, const struct lab_arch *arch)
{
	const char *asked = getenv(QEMU_ENV);
	char *argv[] = { qemu->program, "--version", NULL };
	struct lab_process process;
	int null, n = 0;

	memset(qemu, 0, sizeof(*qemu));
	snprintf(qemu->program, sizeof(qemu->program), "%s",
		 asked ? asked : arch->emulator);
	qemu->arch = arch;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (!lab_process_start(&process, argv, -1, null)) {
		n = fscanf(process.from, "QEMU emulator version %63s",
			   qemu->version);
		lab_process_end(&process);
	}
	close(null);
	if (n == 1 &&
	    sscanf(qemu->version, "%u.%u", &qemu->major, &qemu->minor) == 2)
		return 0;
	fprintf(stderr,
		"labyrinth: %s%s does not run: the lab needs QEMU (scripts/setup.sh%s%s installs it, or set " QEMU_ENV
		")\n",
		qemu->program, asked ? " (from " QEMU_ENV ")" : "",
		arch == &lab_arch_x86_64 ? "" : " ",
		arch == &lab_arch_x86_64 ? "" : arch->name);
	return -ENOENT;
}

bool lab_qemu_counts_smp(const struct lab_qemu *qemu)
{
	return qemu->major > SMP_MAJOR ||
	       (qemu->major == SMP_MAJOR && qemu->minor >= SMP_MINOR);
}

/*
 * Where the module writes the reason of a panic (module/panic.c): a port needs
 * no driver, no memory and no lock, on any kernel.
 */
static void add_panic_port(struct lab_qemu_args *args, const char *folder)
{
	char path[4200];

	lab_qemu_add(args, "-chardev");
	snprintf(path, sizeof(path), "%s/panic", folder);
	lab_qemu_add_path(args, "file,id=panic,path=", path);
	lab_qemu_add(args, "-device");
	lab_qemu_add(args, "isa-debugcon,chardev=panic,iobase=%#x,readback=%#x",
		     LAB_PANIC_PORT, LAB_PANIC_READBACK);
}

/*
 * A disk of a file, which is gone with the guest. In deterministic mode its
 * requests are done at once (qemu_disk.c), which takes aio=native. The host is
 * never asked to store what it has, and what the guest discards stays.
 */
static void add_disk(struct lab_qemu_args *args, const struct lab_qemu *qemu,
		     const struct lab_machine *machine, const char *folder)
{
	const bool counted = machine->mode == LAB_DETERMINISTIC;
	char path[4200];

	lab_qemu_add(args, "-blockdev");
	snprintf(path, sizeof(path), "%s/disk", folder);
	lab_qemu_add_path(
		args,
		counted ?
			"driver=raw,node-name=disk,cache.direct=on,cache.no-flush=on,file.driver=file,file.locking=off,file.aio=native,file.cache.direct=on,file.cache.no-flush=on,file.filename=" :
			"driver=raw,node-name=disk,cache.no-flush=on,file.driver=file,file.locking=off,file.cache.no-flush=on,file.filename=",
		path);
	/*
	 * The firmware that QEMU has for small machines does not look for disks,
	 * but for those of virtio. The other one asks a controller and spins until it
	 * answers, which it does when all CPUs are idle (qemu_lockstep.c).
	 */
	if (counted && qemu->arch == &lab_arch_x86_64) {
		lab_qemu_add(args, "-bios");
		lab_qemu_add(args, "bios-microvm.bin");
	}
}

/*
 * Of a guest that is to leave a core, what would end QEMU pauses it, until the lab
 * says that it may exit. None of it is known to the guest.
 */
static void add_monitor(struct lab_qemu_args *args,
			const struct lab_machine *machine)
{
	lab_qemu_add(args, "-chardev");
	lab_qemu_add(args, "socket,id=monitor,fd=%d", machine->monitor);
	lab_qemu_add(args, "-mon");
	lab_qemu_add(args, "chardev=monitor,mode=control");
	if (machine->vmcore) {
		lab_qemu_add(args, "-action");
		lab_qemu_add(args, "shutdown=pause");
	}
	lab_qemu_add(args, "-S");
}

/*
 * It starts when gdb, or lab/gdb_remote.c, says so. What would end it stops it, so that
 * a kernel that has panicked can be looked at.
 */
static void add_gdb(struct lab_qemu_args *args, const char *socket)
{
	lab_qemu_add(args, "-chardev");
	lab_qemu_add_path(args,
			  "socket,id=gdb,server=on,wait=off,path=", socket);
	lab_qemu_add(args, "-gdb");
	lab_qemu_add(args, "chardev:gdb");
	lab_qemu_add(args, "-action");
	lab_qemu_add(args, "shutdown=pause");
	lab_qemu_add(args, "-S");
}

/*
 * The device by which process 1 says that the guest can be saved. Its kernel has no
 * driver for it, or one that tells QEMU of a panic, which is no reason to end.
 */
static void add_standstill(struct lab_qemu_args *args,
			   const struct lab_machine *machine)
{
	lab_qemu_add(args, "-device");
	lab_qemu_add(args, "pvpanic-pci");
	lab_qemu_add(args, "-action");
	lab_qemu_add(args, "panic=%s", machine->pauses ? "pause" : "none");
	if (machine->loaded) {
		lab_qemu_add(args, "-incoming");
		lab_qemu_add(args, "defer");
	}
}

char **lab_qemu_argv(const struct lab_qemu *qemu,
		     const struct lab_machine *machine,
		     const struct lab_bundle *bundle, const char *folder)
{
	const struct lab_arch *arch = qemu->arch;
	const char *const *device;
	struct lab_qemu_args args = {};
	char memory[96], path[4200];

	lab_qemu_add(&args, "%s", qemu->program);
	lab_qemu_add_board(&args, machine, arch);

	lab_qemu_add(&args, "-chardev");
	snprintf(path, sizeof(path), "%s/console.log", folder);
	lab_qemu_add_path(&args, "file,id=console,append=on,path=", path);
	lab_qemu_add(&args, "-serial");
	lab_qemu_add(&args, "chardev:console");

	if (arch->has_ports)
		add_panic_port(&args, folder);

	lab_qemu_add(&args, "-object");
	snprintf(memory, sizeof(memory),
		 "memory-backend-file,id=channel,share=on,size=%u,mem-path=",
		 LAB_CHANNEL_SIZE);
	snprintf(path, sizeof(path), "%s/channel", folder);
	lab_qemu_add_path(&args, memory, path);
	lab_qemu_add(&args, "-device");
	lab_qemu_add(&args, "ivshmem-plain,memdev=channel,master=on");

	/* A hung kernel that gets an NMI says where CPU 0 is, and panics. */
	lab_qemu_add(&args, "-device");
	lab_qemu_add(&args, "i6300esb");
	lab_qemu_add(&args, "-action");
	lab_qemu_add(&args, "watchdog=%s", arch->watchdog_action);
	/*
	 * Armed for the boot, before there is a kernel. Only where guest time is
	 * what the guest executes: else a busy host would make it pass.
	 */
	if (machine->mode == LAB_DETERMINISTIC && arch->write_boot_rom) {
		lab_qemu_add(&args, "-option-rom");
		snprintf(path, sizeof(path), "%s/boot.rom", folder);
		lab_qemu_add_path(&args, "romfile=", path);
	}

	if (machine->disk)
		add_disk(&args, qemu, machine, folder);
	if (machine->monitor)
		add_monitor(&args, machine);
	if (machine->gdb)
		add_gdb(&args, machine->gdb);
	/* Last, so that the places of all others stay. */
	for (device = machine->devices; device && *device; device++)
		lab_qemu_add(&args, "%s", *device);
	if (arch->saves)
		add_standstill(&args, machine);

	lab_qemu_add(&args, "-kernel");
	lab_qemu_add(&args, "%s/kernel", bundle->folder);
	lab_qemu_add(&args, "-initrd");
	lab_qemu_add(&args, "%s/initramfs%s%s", bundle->folder,
		     machine->program ? "+" : "",
		     machine->program ? machine->program : "");
	lab_qemu_add(&args, "-append");
	lab_qemu_add(&args,
		     "console=%s loglevel=6 panic=-1 oops=panic %snokaslr%s%s",
		     arch->console, arch->append,
		     *machine->boot.append ? " " : "", machine->boot.append);
	return lab_qemu_args_take(&args);
}

/* Nodes that are not all alike, one by one. */
static json_t *nodes_json(const struct lab_shape *shape)
{
	json_t *nodes = json_array();
	unsigned int node, to;

	for (node = 0; node < shape->nodes; node++) {
		json_t *one = json_pack("{s:i, s:I}", "cpus",
					(int)shape->node[node].cpus, "memory",
					(json_int_t)shape->node[node].memory);
		json_t *row = shape->distant ? json_array() : NULL;

		for (to = 0; row && to < shape->nodes; to++)
			json_array_append_new(
				row,
				json_integer(shape->node[node].distance[to]));
		if (row)
			json_object_set_new(one, "distance", row);
		json_array_append_new(nodes, one);
	}
	return nodes;
}

static bool is_plain(const struct lab_shape *shape)
{
	const struct lab_shape plain = lab_shape_plain(
		shape->nodes, shape->cpus, shape->node[0].memory);

	return !memcmp(&plain, shape, sizeof(plain));
}

/* Only what is not as usual. */
static void add_boot(json_t *json, const struct lab_boot_options *boot)
{
	if (*boot->append)
		json_object_set_new(json, "append", json_string(boot->append));
	if (*boot->cpu)
		json_object_set_new(json, "cpu", json_string(boot->cpu));
	if (*boot->machine)
		json_object_set_new(json, "machine",
				    json_string(boot->machine));
}

json_t *lab_machine_json(const struct lab_machine *machine,
			 const struct lab_qemu *qemu)
{
	const struct lab_shape *shape = &machine->shape;
	json_t *json = json_pack("{s:s, s:s, s:i, s:i, s:i}", "mode",
				 lab_mode_names[machine->mode], "qemu",
				 qemu->version, "cpus", (int)shape->cpus,
				 "nodes", (int)shape->nodes, "deadline_s",
				 (int)machine->deadline);

	if (is_plain(shape))
		json_object_set_new(json, "memory_per_node",
				    json_integer(shape->node[0].memory));
	else
		json_object_set_new(json, "shape", nodes_json(shape));
	if (machine->mode == LAB_DETERMINISTIC)
		json_object_set_new(json, "icount_shift",
				    json_integer(LAB_ICOUNT_SHIFT));
	add_boot(json, &machine->boot);
	return json;
}
