// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/qemu_board.c - the machine that is emulated: how instructions are executed,
 * CPUs, nodes, board; and whether QEMU has such a machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/process.h"
#include "qemu_args.h"

static void add_accelerator(struct lab_qemu_args *args,
			    const struct lab_machine *machine,
			    const struct lab_arch *arch)
{
	const enum lab_mode mode = machine->mode;
	const char *cpu = machine->boot.cpu;

	lab_qemu_add(args, "-accel");
	switch (mode) {
	case LAB_DETERMINISTIC:
		lab_qemu_add(args, "tcg,thread=single");
		lab_qemu_add(args, "-icount");
		lab_qemu_add(args, "shift=%d,sleep=off", LAB_ICOUNT_SHIFT);
		lab_qemu_add(args, "-rtc");
		lab_qemu_add(args, "base=2026-01-01T00:00:00,clock=vm");
		lab_qemu_add(args, "-seed");
		lab_qemu_add(args, "1");
		break;
	case LAB_FAST:
		lab_qemu_add(args, "tcg,thread=multi");
		break;
	case LAB_KVM:
		lab_qemu_add(args, "kvm");
		break;
	}
	lab_qemu_add(args, "-cpu");
	if (!*cpu)
		cpu = mode == LAB_KVM ? "host" : arch->cpu;
	lab_qemu_add(args, "%s", cpu);
}

/*
 * A node without a backend has no memory, one without CPUs none of these: the
 * kernel finds both so in the firmware's tables.
 */
static void add_node(struct lab_qemu_args *args, const struct lab_shape *shape,
		     unsigned int node, unsigned int first)
{
	const unsigned int cpus = shape->node[node].cpus;
	const uint64_t memory = shape->node[node].memory >> 20;
	char ram[32] = "", of[48] = "";

	if (memory) {
		lab_qemu_add(args, "-object");
		lab_qemu_add(args,
			     "memory-backend-ram,id=ram%u,size=%" PRIu64 "M",
			     node, memory);
		snprintf(ram, sizeof(ram), ",memdev=ram%u", node);
	}
	if (cpus)
		snprintf(of, sizeof(of), ",cpus=%u-%u", first,
			 first + cpus - 1);
	lab_qemu_add(args, "-numa");
	lab_qemu_add(args, "node,nodeid=%u%s%s", node, ram, of);
}

static void add_distances(struct lab_qemu_args *args,
			  const struct lab_shape *shape)
{
	unsigned int from, to;

	for (from = 0; from < shape->nodes; from++) {
		for (to = 0; to < shape->nodes; to++) {
			lab_qemu_add(args, "-numa");
			lab_qemu_add(args, "dist,src=%u,dst=%u,val=%u", from,
				     to, shape->node[from].distance[to]);
		}
	}
}

static void add_shape(struct lab_qemu_args *args, const struct lab_shape *shape)
{
	unsigned int node, first = 0;
	uint64_t memory = 0;

	for (node = 0; node < shape->nodes; node++)
		memory += shape->node[node].memory;
	lab_qemu_add(args, "-smp");
	/* CPUs of one socket on several nodes make the kernel's scheduler warn. */
	lab_qemu_add(args, "%u,sockets=%u,cores=1,threads=1", shape->cpus,
		     shape->cpus);
	lab_qemu_add(args, "-m");
	lab_qemu_add(args, "%" PRIu64 "M", memory >> 20);
	for (node = 0; node < shape->nodes; node++) {
		add_node(args, shape, node, first);
		first += shape->node[node].cpus;
	}
	if (shape->distant)
		add_distances(args, shape);
}

void lab_qemu_add_board(struct lab_qemu_args *args,
			const struct lab_machine *machine,
			const struct lab_arch *arch)
{
	const char *board = machine->boot.machine;

	lab_qemu_add(args, "-nodefaults");
	lab_qemu_add(args, "-no-user-config");
	lab_qemu_add(args, "-display");
	lab_qemu_add(args, "none");
	/* A panic reboots (panic=-1), and a reboot ends the emulator. */
	lab_qemu_add(args, "-no-reboot");
	lab_qemu_add(args, "-machine");
	lab_qemu_add(args, "%s", *board ? board : arch->machine);
	add_accelerator(args, machine, arch);
	add_shape(args, &machine->shape);
}

/* A file in memory, or -1. */
static int scratch(const char *name, const char *text)
{
	const int fd = memfd_create(name, MFD_CLOEXEC);
	const ssize_t size = strlen(text);

	if (fd >= 0 &&
	    (write(fd, text, size) != size || lseek(fd, 0, SEEK_SET))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The lines of what QEMU said, but for warnings. */
static void take_reason(int said, char *why, size_t size)
{
	char text[2048], *line, *rest;
	const ssize_t got = pread(said, text, sizeof(text) - 1, 0);
	size_t n = 0;

	text[got > 0 ? got : 0] = '\0';
	snprintf(why, size, "it says nothing");
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (!strstr(line, "warning: ") && n < size)
			n += snprintf(why + n, size - n, "%s%s", n ? "; " : "",
				      line);
}

int lab_qemu_takes(const struct lab_qemu *qemu,
		   const struct lab_machine *machine, char *why, size_t size)
{
	const char *const *device;
	struct lab_qemu_args args = {};
	struct lab_process process;
	int orders = scratch("orders", "quit\n"), said = scratch("said", "");
	char **argv;
	int err;

	lab_qemu_add(&args, "%s", qemu->program);
	lab_qemu_add_board(&args, machine, qemu->arch);
	lab_qemu_add(&args, "-device");
	lab_qemu_add(&args, "i6300esb");
	if (machine->disk) {
		lab_qemu_add(&args, "-blockdev");
		lab_qemu_add(&args, "driver=null-co,node-name=disk,size=%llu",
			     (unsigned long long)machine->disk << 20);
	}
	for (device = machine->devices; device && *device; device++)
		lab_qemu_add(&args, "%s", *device);
	/* Nothing is executed. */
	lab_qemu_add(&args, "-S");
	lab_qemu_add(&args, "-monitor");
	lab_qemu_add(&args, "stdio");
	argv = lab_qemu_args_take(&args);
	err = lab_process_start(&process, argv, orders, said);
	if (!err) {
		while (getc(process.from) != EOF)
			;
		err = lab_process_end(&process);
	}
	if (err)
		take_reason(said, why, size);
	lab_qemu_free(argv);
	close(orders);
	close(said);
	return err ? -EINVAL : 0;
}
