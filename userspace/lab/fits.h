/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/fits.h - whether a guest's memory holds the kernel and the initramfs.
 *
 * QEMU puts both into the guest's memory and does not look whether one lies upon
 * the other, or beyond the end: such a kernel hangs, panics, or finds half of its
 * files. No kernel is at fault then, so such a guest is not booted.
 */
#ifndef LAB_FITS_H
#define LAB_FITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_bundle;
struct lab_machine;

/*
 * What a kernel takes of memory before it runs: bytes from the beginning of
 * memory to its end, and of these its own.
 */
struct lab_image_extent {
	uint64_t end, size;
};

/*
 * Of a kernel as QEMU loads it: an ELF program with physical addresses, an x86
 * bzImage (Documentation/arch/x86/boot.rst: pref_address, init_size), or an Image
 * (Documentation/arch/arm64/booting.rst: image_size). False for anything else.
 */
bool lab_image_extent(const char *path, struct lab_image_extent *extent);

/*
 * True when the guest's memory holds them, or that cannot be told. Otherwise the
 * numbers are in why[].
 */
bool lab_bundle_fits(const struct lab_bundle *bundle,
		     const struct lab_machine *machine, char *why, size_t size);

#endif /* LAB_FITS_H */
