#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a LAVA job that boots a kernel on a device and fires scenarios there: the
# kernel, a ramdisk with the program and the module built for that kernel, and
# job.yaml, which is submitted.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/packaging/lava}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=../../kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=../../kernel/arch.sh
. "$SCRIPTS/kernel/arch.sh"

readonly TOP=${SCRIPTS%/*}

usage() {
	cat <<-END
		usage: job.sh [OPTION...] METHOD KERNEL FOLDER SCENARIO...

		Puts a LAVA job into FOLDER. METHOD is how the device boots: $(methods).
		KERNEL is as labyrinth lab --kernel takes it; for another architecture it is
		a build folder or stock:X.Y/arm64. SCENARIO is a name or a file.

		  -t TYPE    the device type, as the lab's LAVA calls it (qemu)
		  -u URL     of FOLDER, for the lab's dispatchers (file:// and its path)
		  -d URL     of the device tree, for u-boot
		  -n TIMES   each scenario is run so often, with the same seed (2)
		  -s SEED    (1)
		  -o OPTION  of labyrinth run; once for each (--inject-system-wide,
		             --swap-floor=0): devices of a lab may be lost
		  -m MINUTES that all scenarios may take (10)
	END
}

methods() {
	basename -s .yaml "$HERE"/job/*.yaml | paste -sd ' '
}

# What goes into the job must not end a line, a quote or a sed expression.
check_plain() {
	[[ $2 =~ ^[A-Za-z0-9._~:/%+@=-]+$ ]] || die 2 "$1 '$2': letters, digits and ._~:/%+@=- are allowed"
}

check_number() {
	[[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || die 2 "$1 '$2' is no number from 1 to 999999"
}

# A static busybox for the device: its shell and all that on-device.sh calls.
find_busybox() {
	if arch_is_native; then
		BUSYBOX=$(command -v busybox) || die 2 "there is no busybox; apt-get install busybox-static"
		return
	fi
	APT_ROOT_ARCH=$ARCH_DEBIAN
	apt_root_init "$(apt_root_codename)" || die 2 "no busybox for $ARCH: $APT_ROOT_ERROR"
	apt_root_download busybox-static "$(apt_root_newest busybox-static)" "$WORK" ||
		die 2 "cannot fetch busybox-static for $ARCH"
	dpkg-deb --fsys-tarfile "$WORK"/busybox-static_*.deb | tar -xO ./bin/busybox >"$WORK/busybox"
	chmod +x "$WORK/busybox"
	BUSYBOX=$WORK/busybox
}

# The guest's initramfs has the program and drivers for this kernel.
make_ramdisk() {
	local root=$WORK/root bundle=$1

	mkdir "$root"
	(cd "$root" && cpio --quiet -idm <"$bundle/initramfs")
	rm "$root/init"
	mkdir -p "$root"/{labyrinth,root}
	cp "$BUSYBOX" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	cp "$HERE/device-init.sh" "$root/init"
	cp "$HERE/on-device.sh" "$bundle/labyrinth.ko" "$root/labyrinth/"
	cp -R "$TOP/scenarios" "$root/labyrinth/"
	((${#FILES[@]} == 0)) || cp "${FILES[@]}" "$root/labyrinth/scenarios/"
	mv "$root/bin/labyrinth" "$root/labyrinth/"
	ln -s /labyrinth/labyrinth "$root/bin/labyrinth"
	touch "$root/modules/load"
	chmod 755 "$root/init" "$root/labyrinth/on-device.sh"
	(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) | gzip -n >"$FOLDER/ramdisk.cpio.gz"
}

sum_of() {
	sha256sum "$1" | cut -d' ' -f1
}

# A boot image is what fastboot starts; its ramdisk cannot be changed by LAVA.
make_boot_image() {
	command -v mkbootimg >/dev/null || die 2 "there is no mkbootimg; apt-get install mkbootimg"
	mkbootimg --kernel "$FOLDER/kernel" --ramdisk "$FOLDER/ramdisk.cpio.gz" \
		--cmdline "console=ttyMSM0,115200n8 panic=5 ip=dhcp" --output "$FOLDER/boot.img"
}

write_job() {
	local args=$* boot_sum=

	[[ ! -e $FOLDER/boot.img ]] || boot_sum=$(sum_of "$FOLDER/boot.img")
	args="-n $TIMES -s $SEED${RUN_OPTIONS[*]/#/ -o } $args"
	sed -e "s|@TYPE@|$TYPE|; s|@URL@|$URL|; s|@DTB@|$DTB|; s|@ARCH@|$ARCH_DEBIAN|" \
		-e "s|@MINUTES@|$MINUTES|; s|@JOB_MINUTES@|$((MINUTES + 20))|; s|@KERNEL@|$NAME|" \
		-e "s|@KERNEL_SUM@|$(sum_of "$FOLDER/kernel")|; s|@RAMDISK_SUM@|$(sum_of "$FOLDER/ramdisk.cpio.gz")|" \
		-e "s|@BOOT_SUM@|$boot_sum|; s|@ARGS@|$args|" \
		-e '/^#/d' "$HERE/job/$METHOD.yaml" >"$FOLDER/job.yaml.part"
	mv "$FOLDER/job.yaml.part" "$FOLDER/job.yaml"
}

TYPE=qemu URL='' DTB='' TIMES=2 SEED=1 MINUTES=10 RUN_OPTIONS=()
while getopts t:u:d:n:s:o:m:h option; do
	case $option in
	t) TYPE=$OPTARG ;;
	u) URL=$OPTARG ;;
	d) DTB=$OPTARG ;;
	n) TIMES=$OPTARG ;;
	s) SEED=$OPTARG ;;
	o) RUN_OPTIONS+=("$OPTARG") ;;
	m) MINUTES=$OPTARG ;;
	h) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# >= 4)) || { usage >&2; exit 2; }
METHOD=$1 NAME=$2 FOLDER=$3
shift 3
[[ -e $HERE/job/$METHOD.yaml ]] || die 2 "no method '$METHOD'; there are: $(methods)"
((${#RUN_OPTIONS[@]} > 0)) || RUN_OPTIONS=(--inject-system-wide --swap-floor=0)
mkdir -p "$FOLDER"
FOLDER=$(readlink -f "$FOLDER")
URL=${URL:-file://$FOLDER}
check_plain "the device type" "$TYPE"
check_plain "the address" "$URL"
check_plain "the kernel" "$NAME"
[[ $METHOD != u-boot || -n $DTB ]] || die 2 "u-boot needs the address of a device tree: -d"
[[ -z $DTB ]] || check_plain "the device tree" "$DTB"
for number in "-n $TIMES" "-s $SEED" "-m $MINUTES"; do
	check_number "${number% *}" "${number#* }"
done
for word in "${RUN_OPTIONS[@]}" "$@"; do
	check_plain "the word" "$word"
done
"$TOP/build/labyrinth" run "$@" --dry-run >/dev/null || exit 2
# A scenario that is a file goes with the others, and is called by its name there.
FILES=() NAMES=()
for word in "$@"; do
	[[ ! -f $word ]] || FILES+=("$word")
	NAMES+=("$(basename "$word" .ini)")
done

KERNEL_DIR=$("$SCRIPTS/runtime/kernel.sh" path "$NAME")
BUNDLE=$("$SCRIPTS/runtime/guest.sh" "$NAME")
arch_of_build "$KERNEL_DIR" || die 3 "$KERNEL_DIR has no kernel image"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
find_busybox
make_ramdisk "$BUNDLE"
cp -L "$KERNEL_DIR/$ARCH_IMAGE" "$FOLDER/kernel"
rm -f "$FOLDER/boot.img"
[[ $METHOD != fastboot ]] || make_boot_image
write_job "${NAMES[@]}"
say "the job is $FOLDER/job.yaml"
