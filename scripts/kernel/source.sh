# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# Source trees of Debian's kernels, fetched and kept in $CACHE/sources:
#	linux-source-X.Y_VERSION/	whole trees, put there by one rename
# To be sourced, after lib.sh and apt-root.sh.
#
#	debian_source X.Y	sets TREE to the tree of source:X.Y
#	source_version TREE	prints the version of the package that it is from
#	in_suites WHAT COMMAND	finds the newest in Debian's suites; also for vendor.sh

# Measured: a tree is 1.7 GB and its package 150 MB.
readonly SOURCE_MB=2200

# The newest tree of a series in the cache. One that is being unpacked does not count.
kept_source() {
	local dir newest=

	for dir in "$CACHE/sources/linux-source-$1"_*/; do
		[[ -d $dir && $dir != *.part/ ]] || continue
		if [[ -z $newest ]] || dpkg --compare-versions "$(source_version "$dir")" gt "$(source_version "$newest")"; then
			newest=${dir%/}
		fi
	done
	[[ -n $newest ]] && printf '%s\n' "$newest"
}

source_version() {
	local name=${1%/}

	printf '%s\n' "${name##*_}"
}

# Sets of suites, one on each line: the machine's own, its backports, then other
# releases. All are searched, because a security suite may have a newer version
# than backports.
suite_sets() {
	local codename
	codename=$(apt_root_codename)

	apt_root_own_suites | paste -sd ' '
	[[ -z $codename ]] || printf '%s-backports\n' "$codename"
	printf '%s\n' 'trixie trixie-security' trixie-backports 'bookworm bookworm-security' \
		bookworm-backports forky sid 'bullseye bullseye-security' bullseye
}

# in_suites WHAT COMMAND...: chooses the apt root of the suites in which COMMAND
# finds the newest version, and sets VERSION and SUITES. Of equal versions the
# first suite's is taken; suites that cannot be reached are reported.
in_suites() {
	local sets set best='' version='' tried=' ' what=$1
	shift

	apt_root_sites || die 1 "$APT_ROOT_ERROR"
	mapfile -t sets < <(suite_sets)
	for set in "${sets[@]}"; do
		[[ -n $set && $tried != *" $set "* ]] || continue
		tried+="$set "
		say "looking for $what in $set"
		# shellcheck disable=SC2086  # a set is several words
		if ! apt_root_init $set; then
			say "not looked at: $APT_ROOT_ERROR"
			continue
		fi
		"$@" || continue
		[[ -z $version ]] || dpkg --compare-versions "$VERSION" gt "$version" || continue
		best=$set version=$VERSION
	done
	[[ -n $best ]] ||
		die 1 "no suite of Debian that could be reached has $what; kernel.sh list tells what can be had"
	# shellcheck disable=SC2086
	apt_root_init $best || die 1 "$APT_ROOT_ERROR"
	SUITES=$best
	VERSION=$version
	say "$what is $VERSION in $SUITES"
}

# Both functions set VERSION.
has_package() {
	VERSION=$(apt_root_newest "$1")
	[[ -n $VERSION ]]
}

# has_series PACKAGE X.Y: whether there is a version of that series.
has_series() {
	VERSION=$(apt_root_versions "$1" | awk -v series="$2." 'index($0, series) == 1 { print; exit }')
	[[ -n $VERSION ]]
}

# The tree is unpacked under another name and renamed when it is complete, so that
# an interrupted run does not leave an incomplete tree under the final name.
unpack_source() {
	local deb=$1 series=$2 dest=$3 part=$3.part

	rm -rf "$part"
	mkdir "$part"
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO "./usr/src/linux-source-$series.tar.xz" |
		xz -dc -T0 |
		tar -x --no-same-owner --strip-components=1 -C "$part" || return
	[[ -e $part/Kbuild && -e $part/MAINTAINERS ]] || return
	mv "$part" "$dest"
}

fetch_source() {
	local series=$1 package=linux-source-$1 get=$CACHE/downloads/$1 log=$CACHE/logs/source-$1.log
	local dest deb

	need_space "$CACHE" "$SOURCE_MB" "fetching and unpacking $package"
	in_suites "$package" has_package "$package"
	dest=$CACHE/sources/${package}_${VERSION//:/%3a}
	[[ ! -d $dest ]] || return 0

	rm -rf "$get"
	mkdir -p "$get" "$CACHE/logs" "$CACHE/sources"
	: >"$log"
	run_long "fetching $package $VERSION" "$log" '' apt_root_download "$package" "$VERSION" "$get" ||
		{ show_failure "$log"; die 1 "could not fetch $package $VERSION; is the mirror reachable?"; }
	deb=$(find "$get" -name '*.deb')
	run_long "unpacking $package $VERSION" "$log" '' unpack_source "$deb" "$series" "$dest" ||
		{ show_failure "$log"; die 1 "could not unpack $deb"; }
	rm -rf "$get"
}

# Sets TREE to the tree of source:X.Y.
debian_source() {
	local series=$1

	[[ $series =~ ^[0-9]+\.[0-9]+$ ]] ||
		die 2 "'source:$series': a series is two numbers, as in $DEFAULT_SPEC"
	if [[ -z $UPDATE ]] && TREE=$(kept_source "$series"); then
		return
	fi
	take_lock "$CACHE/locks/source-$series" "fetching linux-source-$series"
	# Another run may have fetched it meanwhile.
	if [[ -n $UPDATE ]] || ! TREE=$(kept_source "$series"); then
		fetch_source "$series"
	fi
	drop_lock
	TREE=$(kept_source "$series")
}
