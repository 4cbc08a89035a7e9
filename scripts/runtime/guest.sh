#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prepares a kernel for guests of the lab and prints the folder that holds
#	kernel		the image that QEMU boots
#	labyrinth.ko	the module, built against it
#	initramfs	the program as init, and the module
#	checks-itself	if present: the kernel has debugging checks, and needs more time and memory
#	arch		if present: the architecture, if it is not x86_64
#	origin		what the kernel's source is: see ../kernel/origin.sh
#	vmlinux		if present: the kernel's debug information, for decode.sh
#	build		the folder that kernel.sh gave: its vmlinux and System.map
#	initramfs+PROGRAM	the same and that program, with its libraries
#	initramfs+modules:A,B	the same and those modules of a vendor's kernel
#	initramfs+only:A,B	likewise, but none of modules.list is loaded
#	initramfs+only:A,@P	likewise, and the program P with its libraries
#
# usage: guest.sh KERNEL [PROGRAM|modules:A,B|only:A,B]	KERNEL as kernel.sh takes it
#
# With LABYRINTH_BUSTED=1 in the environment the module is the test build that
# can break promises on purpose (module/busted.c), in a folder of its own, and
# the guest also has the driver with planted defects (module/planted.c).

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=lib.sh
. "$HERE/lib.sh"
# shellcheck source=../kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=../kernel/arch.sh
. "$SCRIPTS/kernel/arch.sh"
# shellcheck source=../kernel/module.sh
. "$SCRIPTS/kernel/module.sh"
# shellcheck source=../kernel/origin.sh
. "$SCRIPTS/kernel/origin.sh"

readonly TOP=${SCRIPTS%/*}
readonly BUSTED=${LABYRINTH_BUSTED:+1}
readonly MODULES=$SCRIPTS/kernel/modules.list

(($# == 1 || $# == 2)) || die 2 "usage: guest.sh KERNEL [PROGRAM|modules:A,B|only:A,B]"
# In a source tree everything is below its top, unless that cannot be written to.
# An installation is not written to.
if [[ -e $TOP/module/Kbuild ]]; then
	MODULE=$TOP/module PROGRAM=$TOP/build/labyrinth GUESTS=$TOP/build/guests
	[[ -w $TOP/build ]] || GUESTS=$(cache_dir)/guests
else
	MODULE=$SCRIPTS/module PROGRAM=${SCRIPTS%/lib/labyrinth}/bin/labyrinth GUESTS=$(cache_dir)/guests
fi
[[ -x $PROGRAM ]] || die 3 "$PROGRAM is not there; run make"

# Hash of everything that the module depends on.
module_fingerprint() {
	{
		printf '%s\n' "$KERNEL" "$BUSTED" "$KEY"
		[[ -z $KEY ]] || cat "${KEY%,*}" "${KEY##*,}"
		stat -c '%Y %s' "$KERNEL/$ARCH_IMAGE"
		find "$MODULE" -type f -print0 | sort -z | xargs -0 sha256sum
		sha256sum "${BASH_SOURCE[0]}" "$SCRIPTS/kernel/module.sh"
	} | sha256sum | cut -c -16
}

# Hash of everything that ends up in the guest, and of what made it.
fingerprint() {
	{
		module_fingerprint
		sha256sum "$PROGRAM" "$MODULES"
	} | sha256sum | cut -c -16
}

# A path that Kbuild can handle: without blanks and without characters that make
# or a shell expands. The cache's own path has none of these.
module_place() {
	local LC_ALL=C

	if [[ $BUNDLE =~ ^[A-Za-z0-9._/+,@=-]+$ ]]; then
		printf '%s\n' "$BUNDLE/module"
	else
		printf '%s/modules/%s\n' "$(cache_dir)" "$(printf '%s' "$BUNDLE" | sha256sum | cut -c -16)"
	fi
}

# prefix_maps PLACE: the same module, and the same build id, wherever it and the
# kernel are: debug information has paths, and the linker takes the build id of
# it. Here and not in Kbuild, as that has no say in labyrinth.mod.c. Of several
# maps that fit, compilers take the last.
prefix_maps() {
	printf -- '-ffile-prefix-map=%s ' "$(readlink -f "$KERNEL")=kernel" "$KERNEL=kernel" "$1=." "$1/="
}

# Built in a copy of the sources, because Kbuild writes beside them and there
# are many kernels. A change of the program does not build the module again.
build_module() {
	local log=$BUNDLE/module.log want place tools file args

	want=$(module_fingerprint)
	[[ ! -e $BUNDLE/module-ready || $(<"$BUNDLE/module-ready") != "$want" ]] || return 0
	place=$(module_place)
	rm -rf "$BUNDLE/module" "$place"
	mkdir -p "${place%/*}"
	cp -r "$MODULE" "$place"
	[[ $place == "$BUNDLE/module" ]] || ln -s "$place" "$BUNDLE/module"
	tools=$(module_tools "$KERNEL") || exit
	mapfile -t args < <(arch_make_args; printf '%s' "${tools:+$tools$'\n'}")
	# -g: for a debugger. It changes no code, and a guest gets none of it.
	args+=("KCFLAGS=$(prefix_maps "$place")-g ${KCFLAGS:-}")
	# ccache may be told to make paths relative, which no map then fits.
	CCACHE_DISABLE=1 make -j"$(nproc)" -C "$KERNEL" "${args[@]}" "M=$place" ${BUSTED:+LAB_BUSTED=1} modules >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die 3 "the module does not build against $KERNEL; all of it is in $log"
	}
	for file in labyrinth.ko ${BUSTED:+planted.ko}; do
		cp "$BUNDLE/module/$file" "$BUNDLE/$file"
		"$(arch_cross)strip" --strip-debug "$BUNDLE/$file"
		module_sign "$KERNEL" "$BUNDLE/$file"
	done
	printf '%s\n' "$want" >"$BUNDLE/module-ready"
}

# A kernel with a PVH entry is booted as vmlinux: decompressing itself would
# take a third of the time of an emulated boot.
take_kernel() {
	local image=$KERNEL/arch/x86/boot/compressed/vmlinux.bin

	if grep -qs '^CONFIG_PVH=y' "$KERNEL/.config" && [[ -e $image ]]; then
		objcopy --strip-all "$image" "$BUNDLE/kernel"
	else
		ln -sf "$KERNEL/$ARCH_IMAGE" "$BUNDLE/kernel"
	fi
}

mark_kernel() {
	rm -f "$BUNDLE/checks-itself" "$BUNDLE/vmlinux" "$BUNDLE/arch"
	[[ $ARCH == x86_64 ]] || printf '%s\n' "$ARCH" >"$BUNDLE/arch"
	! grep -qs '^CONFIG_KASAN=y' "$KERNEL/.config" || : >"$BUNDLE/checks-itself"
	! readelf -S "$KERNEL/vmlinux" 2>/dev/null | grep -qF .debug_line ||
		ln -s "$KERNEL/vmlinux" "$BUNDLE/vmlinux"
	ln -sfn "$KERNEL" "$BUNDLE/build"
}

# Drivers that the lab's kernels have built in are modules in a vendor's kernel.
# They are added uncompressed, with a list in the order of loading.
# vendor_modules LIST [NAME...]: those of the list, a file, then those named, each
# after the modules that it depends on.
vendor_modules() {
	local list=$1 name release
	shift

	[[ -e $KERNEL/modules ]] || return 0
	release=$(basename "$(readlink "$KERNEL/modules")")
	{
		cat "$list"
		(($# == 0)) || printf '%s\n' "$@"
	} | while read -r name; do
		[[ -n $name && $name != '#'* ]] || continue
		modprobe -d "$KERNEL/vendor" -S "$release" --show-depends "$name" 2>/dev/null || true
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# add_vendor_modules ROOT LIST [NAME...]
add_vendor_modules() {
	local file name root=$1
	shift

	: >"$root/modules/load"
	while read -r file; do
		name=$(basename "${file%.ko*}").ko
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -dc "$file" ;;
		*.gz) gzip -dc "$file" ;;
		*) cat "$file" ;;
		esac >"$root/modules/$name"
		printf '/modules/%s\n' "$name" >>"$root/modules/load"
	done < <(vendor_modules "$@")
}

# archive FOLDER: the same input gives the same bytes: no times, owners or inode
# numbers. Not compressed: reading more is cheaper than emulating gunzip.
archive() {
	find "$1" -print0 | xargs -0 touch -h -d @0
	(cd "$1" && find . -print0 | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc -R 0:0 --reproducible)
}

# The kernel unpacks archives one after the other: of a file in both, the last
# one stays.
finish_carrier() {
	archive "$1" | cat "$BUNDLE/initramfs" - >"$BUNDLE/carrier.part"
	mv "$BUNDLE/carrier.part" "$BUNDLE/initramfs+$2"
	rm -rf "$1"
}

# Modules of a vendor's kernel that the lab's kernels have built in, or do not
# have. The list of what is loaded takes the place of that in the initramfs.
build_modules_carrier() {
	local root=$BUNDLE/carried list=$MODULES word
	local -a words names=()

	[[ $1 != only:* ]] || list=/dev/null
	IFS=, read -ra words <<<"${1#*:}"
	rm -rf "$root"
	mkdir -p "$root/modules"
	for word in "${words[@]}"; do
		if [[ $word == @* ]]; then
			add_program "$root" "${word#@}"
		else
			names+=("$word")
		fi
	done
	add_vendor_modules "$root" "$list" "${names[@]}"
	finish_carrier "$root" "$1"
}

# The Debian package that has a program.
package_of() {
	case $1 in
	mkfs.ext4) echo e2fsprogs ;;
	mkfs.xfs) echo xfsprogs ;;
	mkfs.btrfs) echo btrfs-progs ;;
	*) echo "$1" ;;
	esac
}

# add_program ROOT NAME: with its libraries.
add_program() {
	local root=$1 program=$2 binary file

	arch_is_native ||
		die 2 "a guest of another architecture cannot be given $program, which is this machine's"
	binary=$(PATH=$PATH:/usr/sbin:/sbin command -v "$program") ||
		die 3 "$program is not there, which the guest needs: apt-get install $(package_of "$program")"
	{
		echo "$binary"
		ldd "$binary" | grep -o '/[^ ]*'
	} | while read -r file; do
		mkdir -p "$root${file%/*}"
		cp -L "$file" "$root$file"
	done
}

build_program_carrier() {
	local root=$BUNDLE/carried

	rm -rf "$root"
	add_program "$root" "$1"
	finish_carrier "$root" "$1"
}

build_carrier() {
	case $1 in
	modules:* | only:*) build_modules_carrier "$1" ;;
	*) build_program_carrier "$1" ;;
	esac
}

build_initramfs() {
	local root=$BUNDLE/root

	rm -rf "$root"
	mkdir -p "$root"/{bin,modules,proc,sys,dev,tmp,run}
	cp "$PROGRAM" "$root/bin/labyrinth"
	"$(arch_cross)strip" "$root/bin/labyrinth"
	ln -s bin/labyrinth "$root/init"
	cp "$BUNDLE/labyrinth.ko" ${BUSTED:+"$BUNDLE/planted.ko"} "$root/modules/"
	add_vendor_modules "$root" "$MODULES"
	archive "$root" >"$BUNDLE/initramfs.part"
	mv "$BUNDLE/initramfs.part" "$BUNDLE/initramfs"
	rm -rf "$root"
}

# The program for a guest of another architecture is built in the source tree.
find_program() {
	! arch_is_native || return 0
	[[ -e $TOP/module/Kbuild ]] ||
		die 2 "an installation has the program for this machine alone; for guests of $ARCH use a checkout"
	make -s -C "$TOP" -j"$(nproc)" "ARCH=$ARCH" "build/$ARCH/labyrinth" >&2 ||
		die 3 "the program does not build for $ARCH"
	PROGRAM=$TOP/build/$ARCH/labyrinth
}

KERNEL=$("$HERE/kernel.sh" path "$1")
arch_of_build "$KERNEL" || die 3 "$KERNEL has no kernel image"
find_program
KEY=$(module_key "$KERNEL")
# The name depends on this checkout or installation: the folder may be shared
# with others, by a symlink or as a cache, and their programs differ.
BUNDLE=$GUESTS/$(basename "$KERNEL")-$(printf '%s\n' "$KERNEL" "$TOP" | sha256sum | cut -c -8)${BUSTED:+-busted}

take_lock "$BUNDLE.lock" "$BUNDLE"
WANT=$(fingerprint)
if [[ ! -e $BUNDLE/ready || $(<"$BUNDLE/ready") != "$WANT" ]]; then
	rm -f "$BUNDLE/ready" "$BUNDLE"/initramfs+*
	# Of guests that booted otherwise: userspace/lab/snapshot.h.
	rm -rf "$BUNDLE/snapshots"
	mkdir -p "$BUNDLE"
	build_module
	build_initramfs
	take_kernel
	mark_kernel
	printf '%s\n' "$WANT" >"$BUNDLE/ready"
fi
# What changes nothing in the guest is not part of "ready".
origin_of_build "$KERNEL" >"$BUNDLE/origin.part"
mv "$BUNDLE/origin.part" "$BUNDLE/origin"
[[ -z ${2:-} || -e $BUNDLE/initramfs+$2 ]] || build_carrier "$2"
printf '%s\n' "$BUNDLE"
