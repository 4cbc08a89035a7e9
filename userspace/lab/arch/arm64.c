// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/arch/arm64.c - QEMU's "virt" machine with 64-bit Arm CPUs.
 *
 * The kernel is started without firmware: nothing executes an option ROM. The
 * machine delivers no NMI on demand (hw/arm/virt.c has no NMI interface), so that
 * a kernel that hangs is reset, which ends the guest.
 *
 * cortex-a57 has nothing of what counts differently from run to run, and what
 * the kernel's table of errata asks for it is cheap. GICv2 serves eight CPUs,
 * GICv3 more.
 */
#include "arch.h"

const struct lab_arch lab_arch_arm64 = {
	.name = "arm64",
	.emulator = "qemu-system-aarch64",
	.package = "qemu-system-arm",
	.machine = "virt,gic-version=3",
	.cpu = "cortex-a57",
	.console = "ttyAMA0",
	.append = "",
	.watchdog_action = "reset",
};
