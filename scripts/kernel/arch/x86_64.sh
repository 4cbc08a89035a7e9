# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # read by who sources this
#
# What is built for an architecture. The lab's part is userspace/lab/arch/x86_64.c.

ARCH_MACHINE=x86_64		# what uname -m says there
ARCH_KERNEL=x86			# arch/ in a kernel's source
ARCH_DEBIAN=amd64
ARCH_TRIPLET=x86_64-linux-gnu	# of its libraries and cross compiler
ARCH_IMAGE=arch/x86/boot/bzImage
