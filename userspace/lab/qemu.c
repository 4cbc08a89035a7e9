// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/qemu.c - the emulator's command line.
 *
 * Deterministic mode counts instructions: guest time is what the guest
 * executed and nothing else, its CPUs take turns in one thread, that thread
 * and the one that moves the clock on take turns (qemu_lockstep.c), and no device of
 * it waits for the host. What could let the host's time in is left out:
 * no disk, no network, no display, a clock that starts at a fixed date. The
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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/process.h"
#include "scenario/shape.h"
#include "labyrinth.h"
#include "lab.h"

#define QEMU_ENV "LABYRINTH_QEMU"
#define QEMU_DEFAULT "qemu-system-x86_64"

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

int lab_qemu_find(struct lab_qemu *qemu)
{
	const char *asked = getenv(QEMU_ENV);
	char *argv[] = { qemu->program, "--version", NULL };
	struct lab_process process;
	int null, n = 0;

	memset(qemu, 0, sizeof(*qemu));
	snprintf(qemu->program, sizeof(qemu->program), "%s",
		 asked ? asked : QEMU_DEFAULT);
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
		"labyrinth: %s%s does not run: the lab needs QEMU (make setup installs it, or set " QEMU_ENV
		")\n",
		qemu->program, asked ? " (from " QEMU_ENV ")" : "");
	return -ENOENT;
}

bool lab_qemu_counts_smp(const struct lab_qemu *qemu)
{
	return qemu->major > SMP_MAJOR ||
	       (qemu->major == SMP_MAJOR && qemu->minor >= SMP_MINOR);
}

/* Two for each pair of nodes, where distances are given. */
struct args {
	char *list[96 + 2 * LAB_MAX_GUEST_NODES * LAB_MAX_GUEST_NODES];
	size_t count;
};

__attribute__((format(printf, 2, 3))) static void add(struct args *args,
						      const char *format, ...)
{
	va_list values;
	char *text;

	va_start(values, format);
	if (vasprintf(&text, format, values) < 0)
		abort();
	va_end(values);
	/* The last stays NULL. */
	if (args->count + 1 == sizeof(args->list) / sizeof(args->list[0]))
		abort();
	args->list[args->count++] = text;
}

static void add_accelerator(struct args *args, enum lab_mode mode)
{
	add(args, "-accel");
	switch (mode) {
	case LAB_DETERMINISTIC:
		add(args, "tcg,thread=single");
		add(args, "-icount");
		add(args, "shift=%d,sleep=off", LAB_ICOUNT_SHIFT);
		add(args, "-rtc");
		add(args, "base=2026-01-01T00:00:00,clock=vm");
		add(args, "-seed");
		add(args, "1");
		break;
	case LAB_FAST:
		add(args, "tcg,thread=multi");
		break;
	case LAB_KVM:
		add(args, "kvm");
		break;
	}
	add(args, "-cpu");
	add(args, mode == LAB_KVM ? "host" : "qemu64");
}

/*
 * A node without a backend has no memory, one without CPUs none of these: the
 * kernel finds both so in the firmware's tables.
 */
static void add_node(struct args *args, const struct lab_shape *shape,
		     unsigned int node, unsigned int first)
{
	const unsigned int cpus = shape->node[node].cpus;
	const uint64_t memory = shape->node[node].memory >> 20;
	char ram[32] = "", of[48] = "";

	if (memory) {
		add(args, "-object");
		add(args, "memory-backend-ram,id=ram%u,size=%" PRIu64 "M", node,
		    memory);
		snprintf(ram, sizeof(ram), ",memdev=ram%u", node);
	}
	if (cpus)
		snprintf(of, sizeof(of), ",cpus=%u-%u", first,
			 first + cpus - 1);
	add(args, "-numa");
	add(args, "node,nodeid=%u%s%s", node, ram, of);
}

static void add_distances(struct args *args, const struct lab_shape *shape)
{
	unsigned int from, to;

	for (from = 0; from < shape->nodes; from++) {
		for (to = 0; to < shape->nodes; to++) {
			add(args, "-numa");
			add(args, "dist,src=%u,dst=%u,val=%u", from, to,
			    shape->node[from].distance[to]);
		}
	}
}

static void add_shape(struct args *args, const struct lab_shape *shape)
{
	unsigned int node, first = 0;
	uint64_t memory = 0;

	for (node = 0; node < shape->nodes; node++)
		memory += shape->node[node].memory;
	add(args, "-smp");
	/* CPUs of one socket on several nodes make the kernel's scheduler warn. */
	add(args, "%u,sockets=%u,cores=1,threads=1", shape->cpus, shape->cpus);
	add(args, "-m");
	add(args, "%" PRIu64 "M", memory >> 20);
	for (node = 0; node < shape->nodes; node++) {
		add_node(args, shape, node, first);
		first += shape->node[node].cpus;
	}
	if (shape->distant)
		add_distances(args, shape);
}

/*
 * A comma in a path is doubled, as QEMU's option syntax wants it.
 */
static void add_path(struct args *args, const char *before, const char *path)
{
	char *text = malloc(strlen(before) + 2 * strlen(path) + 1);
	char *to;

	if (!text)
		abort();
	to = stpcpy(text, before);
	for (; *path; path++) {
		if (*path == ',')
			*to++ = ',';
		*to++ = *path;
	}
	*to = '\0';
	add(args, "%s", text);
	free(text);
}

char **lab_qemu_argv(const struct lab_qemu *qemu,
		     const struct lab_machine *machine,
		     const struct lab_bundle *bundle, const char *folder)
{
	const char *const *device;
	struct args args = {};
	char **argv, memory[96], path[4200];

	add(&args, "%s", qemu->program);
	add(&args, "-nodefaults");
	add(&args, "-no-user-config");
	add(&args, "-display");
	add(&args, "none");
	/* A panic reboots (panic=-1), and a reboot ends the emulator. */
	add(&args, "-no-reboot");
	add(&args, "-machine");
	add(&args, "q35");
	add_accelerator(&args, machine->mode);
	add_shape(&args, &machine->shape);

	add(&args, "-chardev");
	snprintf(path, sizeof(path), "%s/console.log", folder);
	add_path(&args, "file,id=console,append=on,path=", path);
	add(&args, "-serial");
	add(&args, "chardev:console");

	/*
	 * Where the module writes the reason of a panic (module/panic.c): a port
	 * needs no driver, no memory and no lock, on any kernel.
	 */
	add(&args, "-chardev");
	snprintf(path, sizeof(path), "%s/panic", folder);
	add_path(&args, "file,id=panic,path=", path);
	add(&args, "-device");
	add(&args, "isa-debugcon,chardev=panic,iobase=%#x,readback=%#x",
	    LAB_PANIC_PORT, LAB_PANIC_READBACK);

	add(&args, "-object");
	snprintf(memory, sizeof(memory),
		 "memory-backend-file,id=channel,share=on,size=%u,mem-path=",
		 LAB_CHANNEL_SIZE);
	snprintf(path, sizeof(path), "%s/channel", folder);
	add_path(&args, memory, path);
	add(&args, "-device");
	add(&args, "ivshmem-plain,memdev=channel");

	/* A hung kernel gets an NMI: CPU 0 says where it is, and panics. */
	add(&args, "-device");
	add(&args, "i6300esb");
	add(&args, "-action");
	add(&args, "watchdog=inject-nmi");
	/*
	 * Armed for the boot, before there is a kernel. Only where guest time is
	 * what the guest executes: else a busy host would make it pass.
	 */
	if (machine->mode == LAB_DETERMINISTIC) {
		add(&args, "-option-rom");
		snprintf(path, sizeof(path), "%s/boot.rom", folder);
		add_path(&args, "romfile=", path);
	}

	/* Last, so that the places of all others stay. */
	for (device = machine->devices; device && *device; device++)
		add(&args, "%s", *device);

	add(&args, "-kernel");
	add(&args, "%s/kernel", bundle->folder);
	add(&args, "-initrd");
	add(&args, "%s/initramfs%s%s", bundle->folder,
	    machine->program ? "+" : "",
	    machine->program ? machine->program : "");
	add(&args, "-append");
	add(&args,
	    "console=ttyS0 loglevel=6 panic=-1 oops=panic unknown_nmi_panic nokaslr");

	argv = malloc(sizeof(args.list));
	if (!argv)
		abort();
	memcpy(argv, args.list, sizeof(args.list));
	return argv;
}

void lab_qemu_free(char **argv)
{
	size_t i;

	for (i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
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
	return json;
}
