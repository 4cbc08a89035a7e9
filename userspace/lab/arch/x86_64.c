// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/arch/x86_64.c - QEMU's "q35" machine.
 *
 * The watchdog is armed for the boot by an option ROM, which the firmware
 * executes before it loads the kernel. The ROM is 16-bit code of at most 512
 * bytes. The firmware has assigned the BARs by then, and calls ROMs with 4 GiB
 * segment limits (SeaBIOS, src/optionroms.c, __callrom(): "big real mode"), so
 * that the registers of the watchdog can be reached. What is written is what
 * guest/watchdog.c writes, which also says where the registers are documented.
 * The PCI BIOS is interrupt 0x1a, functions 0xb1xx (PCI BIOS specification 2.1).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"

/* The ROM is assembled with the program, which has to be one for x86 then. */
#ifdef __x86_64__

#define ROM_SIZE 512

/* As in guest/watchdog.c: two stages of periods of 2^15 cycles at 33 MHz. */
#define TICKS(seconds) (33000000ull * (seconds) / 2 >> 15)
#define TICKS_MAX ((1u << 20) - 1)

extern const uint8_t lab_boot_rom[], lab_boot_rom_ticks[];

/* clang-format off */
__asm__(
"	.pushsection .rodata\n"
"	.balign 4\n"
"	.globl	lab_boot_rom, lab_boot_rom_ticks\n"
"	.code16\n"
"lab_boot_rom:\n"
"	.byte	0x55, 0xaa, 1\n"		/* signature, 512-byte units */
"	jmp	1f\n"				/* the entry is at 3 */
"	.org	lab_boot_rom + 0x18\n"
"	.word	0, 0x20\n"			/* no PCI header; PnP header */
"	.org	lab_boot_rom + 0x20\n"
"	.ascii	\"$PnP\"\n"
"	.byte	1, 2\n"				/* revision, 16-byte units */
"	.org	lab_boot_rom + 0x40\n"
"1:	pushal\n"
"	push	%ds\n"
"	mov	$0xb102, %ax\n"			/* find by device and vendor */
"	mov	$0x25ab, %cx\n"
"	mov	$0x8086, %dx\n"
"	xor	%si, %si\n"
"	int	$0x1a\n"			/* bx: bus and function */
"	jc	2f\n"
"	mov	$0xb109, %ax\n"			/* command: memory access on */
"	mov	$0x04, %di\n"
"	int	$0x1a\n"
"	or	$0x02, %cx\n"
"	mov	$0xb10c, %ax\n"
"	int	$0x1a\n"
"	mov	$0xb10a, %ax\n"			/* BAR 0 */
"	mov	$0x10, %di\n"
"	int	$0x1a\n"
"	and	$0xfffffff0, %ecx\n"
"	mov	%ecx, %ebp\n"
"	xor	%ax, %ax\n"
"	mov	%ax, %ds\n"
"	mov	%cs:(lab_boot_rom_ticks - lab_boot_rom), %eax\n"
"	movw	$0x80, %ds:0x0c(%ebp)\n"	/* unlock, stage 1 */
"	movw	$0x86, %ds:0x0c(%ebp)\n"
"	mov	%eax, %ds:0x00(%ebp)\n"
"	movw	$0x80, %ds:0x0c(%ebp)\n"	/* unlock, stage 2 */
"	movw	$0x86, %ds:0x0c(%ebp)\n"
"	mov	%eax, %ds:0x04(%ebp)\n"
"	mov	$0xb10c, %ax\n"			/* no interrupt at stage 1 */
"	mov	$0x03, %cx\n"
"	mov	$0x60, %di\n"
"	int	$0x1a\n"
"	mov	$0xb10b, %ax\n"			/* enable */
"	mov	$0x02, %cl\n"
"	mov	$0x68, %di\n"
"	int	$0x1a\n"
"2:	pop	%ds\n"
"	popal\n"
"	xor	%ax, %ax\n"			/* nothing to boot from */
"	lretw\n"
"	.balign	4\n"
"lab_boot_rom_ticks:\n"
"	.long	0\n"
"	.org	lab_boot_rom + 512\n"
"	.code64\n"
"	.popsection\n"
);
/* clang-format on */

static int arm_by_rom(const char *path, unsigned int seconds)
{
	const uint32_t ticks = TICKS(seconds);
	uint8_t rom[ROM_SIZE], sum = 0;
	int fd, err = 0;
	size_t i;

	if (!ticks || ticks > TICKS_MAX)
		return -ERANGE;
	memcpy(rom, lab_boot_rom, sizeof(rom));
	memcpy(rom + ((uintptr_t)lab_boot_rom_ticks - (uintptr_t)lab_boot_rom),
	       &ticks, sizeof(ticks));
	/* All bytes of a ROM add up to 0. */
	for (i = 0; i < sizeof(rom); i++)
		sum += rom[i];
	rom[sizeof(rom) - 1] = -sum;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (write(fd, rom, sizeof(rom)) != sizeof(rom))
		err = -EIO;
	close(fd);
	return err;
}

#else
#define arm_by_rom NULL
#endif

const struct lab_arch lab_arch_x86_64 = {
	.name = "x86_64",
	.emulator = "qemu-system-x86_64",
	.package = "qemu-system-x86",
	.machine = "q35",
	.cpu = "qemu64",
	.console = "ttyS0",
	.append =
		"unknown_nmi_panic i8042.nokbd i8042.noaux pty.legacy_count=0 ",
	.has_ports = true,
	.saves = true,
	.watchdog_action = "inject-nmi",
	.write_boot_rom = arm_by_rom,
};
