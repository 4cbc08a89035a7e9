#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds kernels with a planted bug, on which the suite is tested. See usage()
# below.
#
# A plant is a file in plants/: NAME.cocci, a semantic patch for
# mm/page_alloc.c, or NAME.sed, for mm/Makefile. Its comment says what the bug
# is and which verdict has to find it. The built kernel differs from the
# original in that one file. The compiler sees the changed file in place of the
# original, by a bind mount in a private namespace; objects that do not depend
# on it are reused.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=../kernel/kbuild.sh
. "$SCRIPTS/kernel/kbuild.sh"

readonly PLANTS=$HERE/plants
# Approximate number of lines that a build of the dependent files prints.
readonly LINES_OF_BUILD=40

usage() {
	cat <<-END
		usage: plant.sh path PLANT [SPEC]    build if needed; print the build directory
		       plant.sh verdict PLANT        print which verdict has to see it
		       plant.sh list                 all of them

		SPEC is a kernel that kernel.sh builds from source, source:6.12 unless given.
		neutral:N, N from 2 to 99, is the plant neutral with N unused functions: another
		memory layout of the same kernel.
	END
}

names() {
	local file

	for file in "$PLANTS"/*; do
		file=${file##*/}
		printf '%s\n' "${file%.*}"
	done
}

plant_file() {
	local file

	[[ $1 != *:* || $1 =~ ^neutral:([2-9]|[1-9][0-9])$ ]] ||
		die 2 "'$1': only neutral takes a number, from 2 to 99: neutral:3"
	for file in "$PLANTS/${1%%:*}".{cocci,sed}; do
		[[ ! -e $file ]] || { printf '%s\n' "$file"; return; }
	done
	die 2 "there is no plant '$1'; there are $(names | paste -sd ' ')"
}

# The file of the kernel's tree that the plant changes.
soil() {
	case $1 in
	*.cocci) echo mm/page_alloc.c ;;
	*.sed) echo mm/Makefile ;;
	esac
}

verdict() {
	sed -En 's!^(//|#) verdict: !!p' "$(plant_file "$1")"
}

claim() {
	sed -En '2,/^(\/\/|#) verdict:/ { s!^(//|#) verdict:.*!!; s!^(//|#) !!p }' "$(plant_file "$1")" | paste -sd ' '
}

list() {
	local name

	while read -r name; do
		printf '%-11s %-11s %s\n' "$name" "$(verdict "$name")" "$(claim "$name")"
	done < <(names)
}

# Prints a semantic patch whose added lines are there N times, with numbered
# functions.
repeat() {
	awk -v n="$2" '
		/^\+/ { added = added $0 "\n"; next }
		{ print }
		END {
			for (i = 1; i <= n; i++) {
				text = added
				gsub(/planted_nothing/, "&_" i, text)
				printf "%s", text
			}
		}' "$1"
}

# Writes the changed file to $BUILD/planted. A plant that changes nothing is an
# error.
spoil() {
	case $1 in
	*.cocci) spatch --very-quiet --sp-file "$1" -o "$BUILD/planted" "$TREE/$SOIL" ;;
	*.sed) sed -f "$1" "$TREE/$SOIL" >"$BUILD/planted" ;;
	esac >"$BUILD/plant.log" 2>&1 &&
		[[ -e $BUILD/planted ]] && ! cmp -s "$BUILD/planted" "$TREE/$SOIL"
}

# The changed file needs a newer time than the objects made from the original.
rebuild() {
	touch "$BUILD/planted"
	# shellcheck disable=SC2016  # the inner shell's
	unshare --map-root-user --mount bash -c '
		mount --bind "$1" "$2" || exit
		shift 2
		. "$1"
		TREE=$2 BUILD=$3 kernel_make -j"$(nproc)" bzImage modules' \
		plant "$BUILD/planted" "$TREE/$SOIL" "$SCRIPTS/kernel/kbuild.sh" "$TREE" "$BUILD"
}

estimate() {
	printf '%s\n' $(($(wc -l <"$1") * 100 / LINES_OF_BUILD % 100))
}

plant() {
	local file=$1 from=$2

	rm -rf "$BUILD"
	cp -a "$from" "$BUILD.part"
	rm -f "$BUILD.part/.labyrinth-ready"
	: >"$BUILD.part/build.log"
	mv "$BUILD.part" "$BUILD"
	if ((COPIES > 1)); then
		repeat "$file" "$COPIES" >"$BUILD/plant.cocci"
		file=$BUILD/plant.cocci
	fi
	spoil "$file" || {
		show_failure "$BUILD/plant.log"
		die 1 "${file##*/} does not take in ${TREE##*/}: the code that it changes has changed"
	}
	run_long "planting ${file##*/} in ${from##*/}" "$BUILD/build.log" estimate rebuild || {
		show_failure "$BUILD/build.log"
		die 1 "could not build it; the whole log is $BUILD/build.log"
	}
	: >"$BUILD/.labyrinth-ready"
}

path() {
	local file from key

	file=$(plant_file "$1")
	SOIL=$(soil "$file")
	COPIES=1
	[[ $1 != *:* ]] || COPIES=${1#*:}
	command -v spatch >/dev/null || die 2 "'spatch' is missing; run scripts/setup.sh proof"
	CACHE=$(cache_dir)
	from=$("$SCRIPTS/runtime/kernel.sh" path "$2")
	TREE=$("$SCRIPTS/runtime/kernel.sh" source "$2")
	key=$({ cat "$file"; printf '%s\n' "$from"; } | sha256sum | cut -c 1-12)
	BUILD=$CACHE/kernels/planted-${1/:/-}-$key
	take_lock "$CACHE/locks/${BUILD##*/}" "planting $1"
	rm -rf "$BUILD.part"
	[[ -e $BUILD/.labyrinth-ready ]] || plant "$file" "$from"
	printf '%s\n' "$BUILD"
}

case ${1:-} in
path) (($# == 2 || $# == 3)) || { usage >&2; exit 2; }; path "$2" "${3:-source:6.12}" ;;
verdict) (($# == 2)) || { usage >&2; exit 2; }; verdict "$2" ;;
list) list ;;
-h | --help) usage ;;
*) usage >&2; exit 2 ;;
esac
