#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches, configures, builds and keeps kernels for the lab. See usage() below.
#
# The parts in ../kernel describe the cache,
# ${XDG_CACHE_HOME:-~/.cache}/labyrinth: source.sh, vendor.sh and build.sh.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=lib.sh
. "$HERE/lib.sh"
# shellcheck source=../kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=../kernel/arch.sh
. "$SCRIPTS/kernel/arch.sh"
# shellcheck source=../kernel/kbuild.sh
. "$SCRIPTS/kernel/kbuild.sh"
# shellcheck source=../kernel/vendor_build.sh
. "$SCRIPTS/kernel/vendor_build.sh"
# shellcheck source=../kernel/source.sh
. "$SCRIPTS/kernel/source.sh"
# shellcheck source=../kernel/patched.sh
. "$SCRIPTS/kernel/patched.sh"
# shellcheck source=../kernel/config.sh
. "$SCRIPTS/kernel/config.sh"
# shellcheck source=../kernel/build.sh
. "$SCRIPTS/kernel/build.sh"
# shellcheck source=../kernel/packages.sh
. "$SCRIPTS/kernel/packages.sh"
# shellcheck source=../kernel/vendor.sh
. "$SCRIPTS/kernel/vendor.sh"
# shellcheck source=../kernel/spec.sh
. "$SCRIPTS/kernel/spec.sh"
# shellcheck source=../kernel/origin.sh
. "$SCRIPTS/kernel/origin.sh"

readonly DEFAULT_SPEC=source:6.12

# Not empty: look for a newer version than the one that is kept.
UPDATE=

usage() {
	cat <<-END
		usage: kernel.sh COMMAND [SPEC]

		  path SPEC     build if needed; print the build directory
		  update SPEC   the same, of the newest that can be had, where an older
		                one is kept; that stays in the cache
		  kept SPEC     exit 0 if source:X.Y is built already; fetches nothing
		  source SPEC   fetch if needed; print the source tree
		  config SPEC   only configure, and check that every option was taken
		  list          what is kept and how much room it takes, and what can be had
		  specs FORM    what SPEC can be, as text, markdown, man or c
		  arch NAME     for make: the compiler of an architecture, the folder of its
		                libraries, fetched if needed, and their name

		SPEC is $DEFAULT_SPEC unless given, and one of
	END
	specs_as text | sed 's/^./  &/'
	cat <<-END
		Of source:X.Y and stock:X.Y the newest that is kept is used, else the newest of
		all of Debian's suites is fetched. "list" tells where a newer one is.
	END
}

# Whether it is built here, from a source tree.
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
	keep_origin
	printf '%s\n' "$BUILD"
}

cmd_update() {
	[[ $1 == source:* || $1 == stock:* ]] || refuse_spec "$1" "not fetched, so that there is no newer one"
	UPDATE=1
	cmd_path "$1"
}

# Only for sources of the distribution: for all others "path" is quick enough.
cmd_kept() {
	split_spec "$1"
	[[ $BASE == source:* ]] || refuse_spec "$1" "not built from a source of the distribution"
	kept_source "${BASE#source:}" >/dev/null || exit 1
	resolve "$1"
	is_current || exit 1
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

# suite_of VERSION: the suite that has it, if a package list says so.
suite_of() {
	awk -F '|' -v version="$1" '$2 == version { print " from " $3; exit }' <<<"$OFFERS"
}

list_sources() {
	local dir state version

	for dir in "$CACHE"/sources/*/; do
		[[ -d $dir ]] || continue
		state=ready
		[[ $dir != *.part/ ]] || state=partial
		version=$(source_version "${dir%.part/}")
		list_row source "$state" "${dir%/}" "$version$(suite_of "$version")"
	done
}

list_kernels() {
	local dir state version

	for dir in "$CACHE"/kernels/*/; do
		[[ -d $dir ]] || continue
		state=unfinished
		! is_built "$dir" || state=ready
		version=$(cat "$dir"/.labyrinth-{ready,started} 2>/dev/null | head -n 1) || true
		list_row kernel "$state" "${dir%/}" "${version:-never built}$(suite_of "$version")"
	done
}

# kept_version SPEC: the version that is used: the newest in the cache.
kept_version() {
	local kept series flavour=

	case $1 in
	source:*) kept=$(kept_source "${1#source:}") && source_version "$kept" ;;
	stock:*)
		series=${1#stock:}
		[[ $series != *-* ]] || flavour=${series#*-}
		kept=$(kept_stock "${series%%-*}" "$flavour") && cat "$kept/.labyrinth-ready"
		;;
	esac
}

# The newest version of each SPEC in all suites, unless it is in the cache.
list_offers() {
	local spec version suite kept

	while IFS='|' read -r spec version suite; do
		[[ -n $spec ]] || continue
		kept=$(kept_version "$spec") || kept=
		if [[ -z $kept ]]; then
			printf '%-7s  %-9s  %6s  %s  (%s from %s)\n' kernel 'to fetch' - "$spec" "$version" "$suite"
		elif dpkg --compare-versions "$version" gt "$kept"; then
			printf '%-7s  %-9s  %6s  %s  (%s from %s, %s is kept; %s update %s)\n' \
				kernel newer - "$spec" "$version" "$suite" "$kept" "$HERE/kernel.sh" "$spec"
		fi
	done < <(sort -t '|' -k 1,1V -k 2,2Vr <<<"$OFFERS" | awk -F '|' '!seen[$1]++')
}

cmd_list() {
	arch_load x86_64
	OFFERS=$(offers)
	list_sources
	list_kernels
	list_offers
}

# "SPEC|VERSION|SUITE" from the package lists that were fetched so far. apt is
# slow for each root: its answer is cached as long as its lists do not change.
offers() {
	local conf

	for conf in "$CACHE"/apt/*/apt.conf; do
		APT_ROOT=${conf%/*}
		[[ -e $APT_ROOT/refreshed ]] || continue
		[[ $APT_ROOT/offered -nt $APT_ROOT/refreshed ]] || offers_of_root >"$APT_ROOT/offered"
		cat "$APT_ROOT/offered"
	done
}

# The third column of apt-cache madison is "ADDRESS SUITE/COMPONENT ARCHITECTURE
# Packages".
offers_of_root() {
	local sources

	mapfile -t sources < <(apt_root cache search --names-only '^linux-source-[0-9]+[.][0-9]+$' 2>/dev/null | awk '{ print $1 }')
	apt_root cache madison linux-image-amd64 linux-image-rt-amd64 linux-image-cloud-amd64 "${sources[@]}" 2>/dev/null |
		awk -F ' *[|] *' '{
			gsub(/^ */, "", $1)
			split($3, origin, " ")
			sub(/\/.*/, "", origin[2])
			split($2, number, ".")
			flavour = $1
			gsub(/^linux-image|-amd64$/, "", flavour)
			if ($1 ~ /^linux-source-/)
				spec = "source:" substr($1, 14)
			else
				spec = "stock:" number[1] "." number[2] flavour
			if (origin[2] != "" && $3 !~ /Sources/)
				print spec "|" $2 "|" origin[2]
		}'
}

cmd_arch() {
	arch_load "$1" || die 2 "'$1' is no architecture; there are $(arch_names | paste -sd ' ')"
	arch_need_compiler
	printf '%s %s %s\n' "$(arch_cross)gcc" "$(arch_libraries)" "$ARCH_TRIPLET"
}

main() {
	local command=${1:-} spec=${2:-$DEFAULT_SPEC}

	(($# <= 2)) || { usage >&2; exit 2; }
	case $command in
	path | update | kept | source | config | list | arch)
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
