# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # read by who sources this
#
# What is built for an architecture. The lab's part is userspace/lab/arch/arm64.c.

ARCH_MACHINE=aarch64		# what uname -m says there
ARCH_KERNEL=arm64		# arch/ in a kernel's source
ARCH_DEBIAN=arm64
ARCH_TRIPLET=aarch64-linux-gnu	# of its libraries and cross compiler
ARCH_IMAGE=arch/arm64/boot/Image
