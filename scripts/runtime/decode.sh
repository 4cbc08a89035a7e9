#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Adds source lines to the frames in a kernel's log: "(mm/page_alloc.c:3482)" after
# "get_page_from_freelist+0x1f4/0xd40". Lines without a function, or with one that
# has no debug information, are not changed.
#
# usage: decode.sh VMLINUX [LABYRINTH.KO] <LOG
#
# For inlined code the line is that of the inlined function. Frames are
# ambiguous, and not changed, if two functions have the same name and size.
# Frames of a module outside of .text are not changed, because other sections
# have no addresses yet.

set -euo pipefail

(($# == 1 || $# == 2)) || {
	echo "usage: decode.sh VMLINUX [LABYRINTH.KO] <LOG" >&2
	exit 2
}

readonly FRAME='([A-Za-z_][A-Za-z0-9_.]*)\+0x([0-9a-f]+)/0x([0-9a-f]+)( \[([a-z0-9_]+)[] ])?'
declare -A WHERE

# Splits a frame of this line into NAME, OFFSET, SIZE and MODULE. The frame of a
# call is its return address: the call is a byte before it. The first frame of
# an exception is the instruction itself.
read_frame() {
	[[ $1 =~ $FRAME ]] || return 1
	NAME=${BASH_REMATCH[1]} SIZE=${BASH_REMATCH[3]} MODULE=${BASH_REMATCH[5]}
	OFFSET=$((16#${BASH_REMATCH[2]}))
	[[ $1 == *RIP:* || $1 == *WARNING:* || $OFFSET == 0 ]] || OFFSET=$((OFFSET - 1))
}

# symbols OBJECT: "ADDRESS t NAME" of its functions, sorted.
symbols() {
	case $1 in
	*.ko) objdump -t -j .text "$1" | awk '/ F \.text\t/ { print $1, "t", $NF }' | sort ;;
	*) nm -n "$1" ;;
	esac 2>/dev/null || true
}

# spans OBJECT FRAMES: for the functions that the frames in a file name, their
# address and that of the next function, which the kernel takes for their end
# (kernel/kallsyms.c, get_symbol_pos()).
spans() {
	symbols "$1" | awk '
		NR == FNR { wanted[$1]; next }
		NF != 3 || $2 !~ /[tTwW]/ { next }
		$1 "" != start "" {
			while (n)
				print name[n--], start, $1
			start = $1
		}
		$3 in wanted { name[++n] = $3 }
		END { while (n) print name[n--], start, start }' "$2" -
}

# addresses OBJECT FRAMES: the frames, "NAME SIZE OFFSET", that are in the
# object, each with its address. There may be several functions with one name.
addresses() {
	local name size offset start end
	local -A at count fit

	while read -r name start end; do
		printf -v size %x $((16#$end - 16#$start))
		at[$name]=$start count[$name]=$((${count[$name]:-0} + 1))
		at["$name $size"]=$start fit["$name $size"]=$((${fit["$name $size"]:-0} + 1))
	done < <(spans "$1" "$2")
	while read -r name size offset; do
		if ((${count[$name]:-0} == 1)); then
			start=${at[$name]}
		elif ((${fit["$name $size"]:-0} == 1)); then
			start=${at["$name $size"]}
		else
			continue
		fi
		printf '%s %s %s %x\n' "$name" "$size" "$offset" $((16#$start + offset))
	done <"$2"
}

# find_places OBJECT MODULE LINE...: stores places in WHERE, by "NAME SIZE
# OFFSET MODULE".
find_places() {
	local object=$1 module=$2 line place work frame root
	local -a section=()
	shift 2
	[[ $object != *.ko ]] || section=(-j .text)

	work=$(mktemp -d)
	for line in "$@"; do
		if read_frame "$line" && [[ $MODULE == "$module" ]]; then
			printf '%s %s %d\n' "$NAME" "$SIZE" "$OFFSET"
		fi
	done | sort -u >"$work/frames"
	addresses "$object" "$work/frames" >"$work/known"
	awk '{ print $4 }' "$work/known" | addr2line "${section[@]}" -e "$object" >"$work/places" 2>/dev/null || true
	while IFS=$'\t' read -r frame place; do
		place=${place% (discriminator*}
		for root in "${ROOTS[@]}" "$(dirname "$(readlink -f "$object")")"; do
			place=${place#"$root"/}
		done
		while [[ $place == ./* ]]; do place=${place#./}; done
		[[ $place == *'?'* || $place == *:0 ]] || WHERE["${frame% *} $module"]=$place
	done < <(paste "$work/known" "$work/places")
	rm -rf "$work"
}

# Source paths are relative to the folder of the build, or to that of its
# source.
BUILD=$(dirname "$(readlink -f "$1")")
ROOTS=("$BUILD" "$(readlink -f "$BUILD/source" || true)")
mapfile -t LOG
find_places "$1" '' "${LOG[@]}"
[[ -z ${2:-} ]] || find_places "$2" labyrinth "${LOG[@]}"
for line in "${LOG[@]}"; do
	place=
	! read_frame "$line" || place=${WHERE["$NAME $SIZE $OFFSET $MODULE"]:-}
	printf '%s%s\n' "$line" "${place:+ ($place)}"
done
