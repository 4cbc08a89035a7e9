// SPDX-License-Identifier: GPL-2.0-only
/* sys/cpu.c - see sys/cpu.h. */
#include <errno.h>
#include <sched.h>

#include "cpu.h"

uint64_t lab_cpus_allowed(void)
{
	uint64_t cpus = 0;
	cpu_set_t set;
	int cpu;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	for (cpu = 0; cpu < LAB_MAX_CPUS; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus |= 1ull << cpu;
	return cpus;
}

int lab_bind_to_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}
