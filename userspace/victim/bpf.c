// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/bpf.c - maps and programs of BPF, by bpf(2).
 *
 * Maps without preallocation get the memory of an element when it is added, without
 * waiting (kernel/bpf/memalloc.c, kernel/bpf/lpm_trie.c). A unit is an element that
 * is added, found with its bytes, and removed; some are added by a program that the
 * kernel runs.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "service.h"

#define ELEMENTS 128
#define VALUE 64 /* bytes */
#define RUNS 16
/* An Ethernet frame, which a program is run on. */
#define FRAME 64

/* A key of the trie: a prefix of so many bits. */
struct prefix {
	uint32_t bits;
	uint32_t address;
};

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static uint64_t number_of(const void *pointer)
{
	return (uintptr_t)pointer;
}

/* A file descriptor, or -1. */
static int make_map(uint32_t type, uint32_t key_size)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = key_size,
		.value_size = VALUE,
		.max_entries = 2 * ELEMENTS,
		.map_flags = BPF_F_NO_PREALLOC,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int element(int command, int map, const void *key, void *value)
{
	union bpf_attr attr = { .map_fd = map };

	attr.key = number_of(key);
	attr.value = number_of(value);
	return bpf(command, &attr) ? -errno : 0;
}

static void fill(unsigned char *value, uint32_t number)
{
	unsigned int i;

	for (i = 0; i < VALUE; i++)
		value[i] = number * 31 + i * 7;
}

/* Whether an element is there with its bytes; it is removed. */
static void take_out(int map, const void *key, uint32_t number,
		     struct lab_work *work)
{
	unsigned char want[VALUE], found[VALUE] = {};
	int err = element(BPF_MAP_LOOKUP_ELEM, map, key, found);

	fill(want, number);
	if (err)
		lab_service_error(work, -err);
	else if (memcmp(want, found, VALUE) != 0)
		work->wrong++;
	else
		work->done++;
	err = element(BPF_MAP_DELETE_ELEM, map, key, NULL);
	if (err)
		lab_service_error(work, -err);
}

/* Adds as many as there are, and takes those out that were added. */
static void pass_map(int map, bool trie, struct lab_work *work)
{
	bool added[ELEMENTS] = {};
	unsigned char value[VALUE];
	struct prefix prefix = { .bits = 32 };
	const void *key = trie ? (const void *)&prefix : &prefix.address;
	uint32_t i;
	int err;

	work->asked += ELEMENTS;
	for (i = 0; i < ELEMENTS; i++) {
		prefix.address = i * 0x01010101u;
		fill(value, i);
		err = element(BPF_MAP_UPDATE_ELEM, map, key, value);
		added[i] = !err;
		if (err)
			lab_service_error(work, -err);
	}
	for (i = 0; i < ELEMENTS; i++) {
		prefix.address = i * 0x01010101u;
		if (added[i])
			take_out(map, key, i, work);
	}
}

#define OP(op, to, from, offset, number)                          \
	(struct bpf_insn)                                         \
	{                                                         \
		.code = (op), .dst_reg = (to), .src_reg = (from), \
		.off = (offset), .imm = (number)                  \
	}

/*
 * A program that copies the first bytes of its frame to its stack, as a value, and
 * adds it to the map under the number that the frame has behind them; it returns
 * what that returns.
 */
static int load_program(int map)
{
	const struct bpf_insn code[] = {
		OP(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0),
		/* bpf_skb_load_bytes(frame, 0, stack - VALUE, VALUE) */
		OP(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0),
		OP(BPF_ALU64 | BPF_MOV | BPF_X, 3, 10, 0, 0),
		OP(BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, -VALUE),
		OP(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, VALUE),
		OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_load_bytes),
		OP(BPF_JMP | BPF_JNE | BPF_K, 0, 0, 14, 0),
		/* bpf_skb_load_bytes(frame, VALUE, stack - VALUE - 8, 4) */
		OP(BPF_ALU64 | BPF_MOV | BPF_X, 1, 6, 0, 0),
		OP(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, VALUE),
		OP(BPF_ALU64 | BPF_MOV | BPF_X, 3, 10, 0, 0),
		OP(BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, -VALUE - 8),
		OP(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 4),
		OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_load_bytes),
		/* bpf_map_update_elem(map, stack - VALUE - 8, stack - VALUE, 0) */
		OP(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map),
		OP(0, 0, 0, 0, 0),
		OP(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		OP(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -VALUE - 8),
		OP(BPF_ALU64 | BPF_MOV | BPF_X, 3, 10, 0, 0),
		OP(BPF_ALU64 | BPF_ADD | BPF_K, 3, 0, 0, -VALUE),
		OP(BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, 0),
		OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_update_elem),
		OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
	};

	attr.insns = number_of(code);
	attr.license = number_of("GPL");
	return bpf(BPF_PROG_LOAD, &attr);
}

static void run_program(int program, int map, uint32_t number,
			struct lab_work *work)
{
	unsigned char frame[VALUE + FRAME] = {};
	union bpf_attr attr = {};

	fill(frame, number);
	memcpy(frame + VALUE, &number, sizeof(number));
	attr.test.prog_fd = program;
	attr.test.data_in = number_of(frame);
	attr.test.data_size_in = sizeof(frame);
	if (bpf(BPF_PROG_TEST_RUN, &attr))
		lab_service_error(work, errno);
	else if (attr.test.retval)
		lab_service_error(work, -(int)attr.test.retval);
	else
		take_out(map, &number, number, work);
}

static void pass_program(int map, struct lab_work *work)
{
	const int program = load_program(map);
	uint32_t i;

	work->asked += RUNS;
	if (program < 0) {
		lab_service_error(work, errno);
		return;
	}
	for (i = 0; i < RUNS; i++)
		run_program(program, map, ELEMENTS + i, work);
	close(program);
}

static void bpf_work(struct lab_work *work)
{
	const int hash = make_map(BPF_MAP_TYPE_HASH, sizeof(uint32_t));
	const int trie = make_map(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct prefix));

	memset(work, 0, sizeof(*work));
	if (hash < 0 || trie < 0) {
		work->asked = 1;
		lab_service_error(work, errno);
	} else {
		pass_map(hash, false, work);
		pass_map(trie, true, work);
		pass_program(hash, work);
	}
	if (hash >= 0)
		close(hash);
	if (trie >= 0)
		close(trie);
	lab_service_end(work, "elements");
}

static int bpf_open(const struct lab_victim_ops *victim, char *why, size_t size)
{
	/* Before 5.11 what maps have counts as locked memory. */
	const struct rlimit any = { RLIM_INFINITY, RLIM_INFINITY };
	int map, program;

	(void)victim;
	setrlimit(RLIMIT_MEMLOCK, &any);
	map = make_map(BPF_MAP_TYPE_HASH, sizeof(uint32_t));
	if (map < 0)
		return lab_service_missing("BPF", errno, why, size);
	program = load_program(map);
	if (program < 0) {
		close(map);
		return lab_service_missing("BPF for this program", errno, why,
					   size);
	}
	close(program);
	close(map);
	return 0;
}

const struct lab_victim_ops lab_victim_bpf = {
	.name = "bpf",
	.help = "maps of BPF and a program that adds to them",
	.memory = LAB_SERVICE_MIB,
	.open = bpf_open,
	.start = lab_service_start,
	.work = bpf_work,
	.stop = lab_service_stop,
	.close = lab_service_close,
};
