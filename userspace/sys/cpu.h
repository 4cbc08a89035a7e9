/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/cpu.h - CPUs that this process may use, and binding a thread to one. */
#ifndef LAB_CPU_H
#define LAB_CPU_H

#include <stdint.h>

/* Sets of CPUs are 64 bits everywhere; CPUs from this number on are not used. */
#define LAB_MAX_CPUS 64

/*
 * The CPUs of sched_getaffinity(2) as a set of 1 << cpu; only CPU 0 when that
 * fails.
 */
uint64_t lab_cpus_allowed(void);

/*
 * Binds the calling thread to @cpu, below LAB_MAX_CPUS. Returns 0, or a negative
 * errno of sched_setaffinity(2): -EINVAL when the CPU is not on line.
 */
int lab_bind_to_cpu(unsigned int cpu);

#endif /* LAB_CPU_H */
