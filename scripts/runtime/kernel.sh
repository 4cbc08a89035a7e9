#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels for the lab: fetched, configured, built and kept. See usage() below.
#
# What is kept where in the cache, ${XDG_CACHE_HOME:-~/.cache}/labyrinth, is told
# by its parts in ../kernel: source.sh, vendor.sh and build.sh.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=lib.sh
. "$HERE/lib.sh"
# shellcheck source=../kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=../kernel/kbuild.sh
. "$SCRIPTS/kernel/kbuild.sh"
# shellcheck source=../kernel/vendor_build.sh
. "$SCRIPTS/kernel/vendor_build.sh"
# shellcheck source=../kernel/source.sh
. "$SCRIPTS/kernel/source.sh"
# shellcheck source=../kernel/config.sh
. "$SCRIPTS/kernel/config.sh"
# shellcheck source=../kernel/build.sh
. "$SCRIPTS/kernel/build.sh"
# shellcheck source=../kernel/vendor.sh
. "$SCRIPTS/kernel/vendor.sh"
# shellcheck source=../kernel/spec.sh
. "$SCRIPTS/kernel/spec.sh"

readonly DEFAULT_SPEC=source:6.12

usage() {
	cat <<-END
		usage: kernel.sh COMMAND [SPEC]

		  path SPEC     build if needed; print the build directory
		  source SPEC   fetch if needed; print the source tree
		  config SPEC   only configure, and check that every option was taken
		  list          what is kept and how much room it takes, and what can be had
		  specs FORM    what SPEC can be, as text, markdown, man or c

		SPEC is $DEFAULT_SPEC unless given, and one of
	END
	specs_as text | sed 's/^./  &/'
	cat <<-END
		What is kept of source:X.Y and stock:X.Y is used: remove it to get a newer one.
	END
}

# Built here, from a source tree.
is_ours() {
	[[ $KIND == source || $KIND == tree ]]
}

with_build_lock() {
	mkdir -p "$BUILD"
	take_lock "$CACHE/locks/${BUILD##*/}" "building $NAME"
}

cmd_path() {
	resolve "$1"
	if is_ours && ! is_current; then
		with_build_lock
		is_current || build
	fi
	printf '%s\n' "$BUILD"
}

cmd_source() {
	resolve "$1"
	is_ours || refuse_spec "$1" "built already"
	printf '%s\n' "$TREE"
}

cmd_config() {
	resolve "$1"
	is_ours || refuse_spec "$1" "built already"
	need_tools
	with_build_lock
	configure
	say "$NAME: every option was taken that can be"
}

list_row() {
	printf '%-7s  %-9s  %6s  %s  (%s)\n' "$1" "$2" "$(du -sh "$3" | cut -f 1)" "$3" "$4"
}

cmd_list() {
	local dir state version

	for dir in "$CACHE"/sources/*/; do
		[[ -d $dir ]] || continue
		state=ready
		[[ $dir != *.part/ ]] || state=partial
		version=$(source_version "${dir%.part/}")
		list_row source "$state" "${dir%/}" "$version"
	done
	for dir in "$CACHE"/kernels/*/; do
		[[ -d $dir ]] || continue
		state=unfinished
		! is_built "$dir" || state=ready
		version=$(cat "$dir"/.labyrinth-{ready,started} 2>/dev/null | head -n 1) || true
		list_row kernel "$state" "${dir%/}" "${version:-never built}"
	done
	offers | sort -Vu -t '|' -k 1,1 -k 2,2r | sort -Vu -t '|' -k 1,1 |
		awk -F '|' '{ printf "%-7s  %-9s  %6s  %s  (%s)\n", "kernel", "to fetch", "-", $1, $2 }'
}

# "SPEC|VERSION" of what the package lists that were fetched so far have. apt
# takes its time for each root: what it said is kept as long as its lists.
offers() {
	local conf

	for conf in "$CACHE"/apt/*/apt.conf; do
		APT_ROOT=${conf%/*}
		[[ -e $APT_ROOT/refreshed ]] || continue
		[[ $APT_ROOT/offers -nt $APT_ROOT/refreshed ]] || offers_of_root >"$APT_ROOT/offers"
		cat "$APT_ROOT/offers"
	done
}

offers_of_root() {
	apt_root cache madison linux-image-amd64 linux-image-rt-amd64 linux-image-cloud-amd64 2>/dev/null |
		awk -F ' *[|] *' '{
			flavour = $1
			gsub(/^ *linux-image|-amd64$/, "", flavour)
			split($2, number, ".")
			printf "stock:%s.%s%s|%s\n", number[1], number[2], flavour, $2
		}'
}

main() {
	local command=${1:-} spec=${2:-$DEFAULT_SPEC}

	(($# <= 2)) || { usage >&2; exit 2; }
	case $command in
	path | source | config | list)
		CACHE=$(cache_dir)
		"cmd_$command" "$spec"
		;;
	specs) specs_as "${2:-text}" ;;
	-h | --help | help) usage ;;
	*)
		usage >&2
		exit 2
		;;
	esac
}

main "$@"
