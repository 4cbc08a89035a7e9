#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels for the lab: fetched, configured, built and kept. See usage() below.
#
# The cache, ${XDG_CACHE_HOME:-~/.cache}/labyrinth:
#	sources/linux-source-X.Y_VERSION/	whole trees, put there by one rename
#	kernels/NAME-HASH/			build directories; HASH names what went in
#	kernels/NAME-HASH/.labyrinth-ready	there when the build was finished
#	kernels/stock-X.Y_VERSION-HASH/		vendors' kernels, likewise: see vendor.sh

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=lib.sh
. "$HERE/lib.sh"
# shellcheck source=apt-root.sh
. "$HERE/apt-root.sh"
# shellcheck source=kbuild.sh
. "$HERE/kbuild.sh"
# shellcheck source=vendor.sh
. "$HERE/vendor.sh"

readonly DEFAULT_SPEC=source:6.12
readonly CONFIGS=$HERE/kernel
readonly REFUSED=$HERE/kernel/refused.list

# Lines that make prints for a whole build of 6.12: what "about" rests on until
# a build of the same series was seen here.
readonly USUAL_LINES=2260

# Measured: a tree is 1.7 GB and its package 150 MB; a build is 0.3 GB.
readonly SOURCE_MB=2200
readonly BUILD_MB=800
readonly STOCK_MB=1200

usage() {
	cat <<-END
		usage: kernel.sh COMMAND [SPEC]

		  path SPEC     build if needed; print the build directory
		  source SPEC   fetch if needed; print the source tree
		  config SPEC   only configure, and check that every option was taken
		  list          what is kept and how much room it takes, and what can be had

		SPEC is $DEFAULT_SPEC unless given, and one of
		  source:X.Y    Debian's linux-source-X.Y with the lab's configuration;
		                what is kept is used: remove it to get a newer one
		  stock:X.Y     Debian's kernel as it is shipped, with its headers; also
		                stock:X.Y-rt and stock:X.Y-cloud; kept in the same way
		  a .deb or .rpm
		                such a kernel's package, with those of its headers beside it
		  a bzImage     with the headers that it was installed with; or others,
		                as in bzImage,DIRECTORY
		  a directory   a kernel source tree: built with the lab's configuration,
		                outside the tree, again when the tree has changed;
		                or a build directory (bzImage, Module.symvers): used as it is
		A name after source:X.Y or a source tree, as in $DEFAULT_SPEC+debug, lays
		kernel/NAME.config over the lab's configuration. There is
	END
	fragments | sed 's/^/  +/'
}

# ---- sources ---------------------------------------------------------------

# The newest kept tree of a series. One that is being unpacked is not yet kept.
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

# Sets of suites, a set a line, the likeliest first: the machine's own, its
# backports, then the releases around it.
suite_sets() {
	local codename
	codename=$(apt_root_codename)

	apt_root_own_suites | paste -sd ' '
	[[ -z $codename ]] || printf '%s-backports\n' "$codename"
	printf '%s\n' 'trixie trixie-security' trixie-backports 'bookworm bookworm-security' \
		bookworm-backports forky sid 'bullseye bullseye-security' bullseye
}

# in_suites WHAT COMMAND...: leaves the apt root at suites where COMMAND succeeds,
# which SUITES names.
in_suites() {
	local sets set problem='' tried=' ' what=$1
	shift

	apt_root_sites || die 1 "$APT_ROOT_ERROR"
	mapfile -t sets < <(suite_sets)
	for set in "${sets[@]}"; do
		[[ -n $set && $tried != *" $set "* ]] || continue
		tried+="$set "
		say "looking for $what in $set"
		# shellcheck disable=SC2086  # a set is several words
		if ! apt_root_init $set; then
			problem=$APT_ROOT_ERROR
			continue
		fi
		SUITES=$set
		! "$@" || return 0
	done
	die 1 "no suite of Debian that could be reached has $what${problem:+ (last problem: $problem)}; kernel.sh list tells what can be had"
}

# Both set VERSION.
has_package() {
	VERSION=$(apt_root_newest "$1")
	[[ -n $VERSION ]]
}

# has_series PACKAGE X.Y: in a version of that series.
has_series() {
	VERSION=$(apt_root_versions "$1" | awk -v series="$2." 'index($0, series) == 1 { print; exit }')
	[[ -n $VERSION ]]
}

# The tree is made beside its final name and renamed when whole: what bears
# the name is whole, however this ended last time.
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
	TREE=$(kept_source "$series") && return
	take_lock "$CACHE/locks/source-$series" "fetching linux-source-$series"
	TREE=$(kept_source "$series") || fetch_source "$series"
	drop_lock
	TREE=$(kept_source "$series")
}

# ---- vendors' kernels ------------------------------------------------------

# kept_stock SERIES FLAVOUR: the newest that is kept and whole.
kept_stock() {
	local dir newest=

	for dir in "$CACHE/kernels/stock-$1${2:+-$2}"_*/; do
		is_built "${dir%/}" || continue
		if [[ -z $newest ]] || dpkg --compare-versions "$(<"$dir/.labyrinth-ready")" gt "$(<"$newest/.labyrinth-ready")"; then
			newest=${dir%/}
		fi
	done
	[[ -n $newest ]] && printf '%s\n' "$newest"
}

fetch_packages() {
	local get=$1 package
	shift

	for package; do
		apt_root_download "$package" "$VERSION" "$get" || return
	done
}

# What is made names its own place, so it is made where it stays: the mark says
# that it is whole.
make_vendor_build() {
	local log=$1
	shift

	rm -rf "$BUILD"
	mkdir -p "$BUILD"
	run_long "unpacking $NAME $VERSION" "$log" '' vendor_build_of "$@" ||
		{ show_failure "$log"; rm -rf "$BUILD"; die 1 "could not make a build directory of the packages of $NAME"; }
}

vendor_build_of() {
	vendor_unpack "$BUILD" "$@" && vendor_assemble "$BUILD"
}

# What this machine's compiler is goes into what is made of the headers.
vendor_key() {
	{ printf '%s\n' "$1"; gcc --version | head -n 1; cat "$VENDOR_COMPILERS"; } | sha256sum | cut -c 1-8
}

fetch_stock() {
	local series=$1 flavour=$2 meta=linux-image-${2:+$2-}amd64
	local get=$CACHE/downloads/$NAME log=$CACHE/logs/$NAME.log image packages

	need_space "$CACHE" "$STOCK_MB" "fetching and unpacking $NAME"
	in_suites "$meta $series" has_series "$meta" "$series"
	image=$(vendor_parts "$meta" "$VERSION" | grep -m 1 '^linux-image-') ||
		die 1 "$meta $VERSION names no kernel"
	mapfile -t packages < <(vendor_closure "$image" "linux-headers-${image#linux-image-}" "$VERSION")

	mkdir -p "$get" "$CACHE/logs"
	: >"$log"
	# What was fetched before it was interrupted is there, and not fetched again.
	run_long "fetching $image $VERSION and its headers" "$log" '' fetch_packages "$get" "${packages[@]}" ||
		{ show_failure "$log"; die 1 "could not fetch $image $VERSION; is the mirror reachable?"; }
	BUILD=$CACHE/kernels/${NAME}_${VERSION//:/%3a}-$(vendor_key "$VERSION")
	make_vendor_build "$log" "$get"/*.deb
	[[ -z $(vendor_strangers "$BUILD") ]] || lend_libraries "$log" "${packages[@]}"
	printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	rm -rf "$get"
}

# The tools for building modules are for a newer release than this machine's:
# they get the libraries of their own one, which backports are laid over.
lend_libraries() {
	local log=$1 get=$CACHE/downloads/$NAME/libraries kbuild library
	shift

	kbuild=$(printf '%s\n' "$@" | grep '^linux-kbuild-')
	# shellcheck disable=SC2086  # a set is several words
	apt_root_init $SUITES ${SUITES%-backports} || die 1 "$APT_ROOT_ERROR"
	mkdir -p "$get"
	for library in $(vendor_libraries "$kbuild" "$VERSION"); do
		run_long "fetching $library for the tools of $NAME" "$log" '' \
			apt_root_download "$library" "$(apt_root_newest "$library")" "$get" ||
			{ show_failure "$log"; die 1 "could not fetch $library"; }
	done
	vendor_lend "$BUILD" "$get"/*.deb >>"$log" 2>&1 || { show_failure "$log"; die 1 "could not unpack the libraries of $NAME"; }
}

# Sets BUILD to that of stock:X.Y[-FLAVOUR].
resolve_stock() {
	local series=${1%%-*} flavour=

	[[ $1 != *-* ]] || flavour=${1#*-}
	[[ $series =~ ^[0-9]+\.[0-9]+$ && $flavour =~ ^(|rt|cloud)$ ]] ||
		die 2 "'stock:$1': a series is two numbers, and what may follow is -rt or -cloud, as in stock:6.12-rt"
	KIND=vendor
	NAME=stock-$1
	BUILD=$(kept_stock "$series" "$flavour") && return
	need_tools
	take_lock "$CACHE/locks/$NAME" "fetching $NAME"
	BUILD=$(kept_stock "$series" "$flavour") || fetch_stock "$series" "$flavour"
	drop_lock
}

# belongs NAME RELEASE: whether a package is a part of that kernel.
belongs() {
	[[ $1 == linux-*-"$2" || $1 == linux-headers-*-common || $1 == linux-kbuild-* ]]
}

# Of a kernel's package, those beside it that are of its version and kernel.
packages_beside() {
	local file=$1 folder=${1%/*} version other release

	printf '%s\n' "$file"
	version=$(package_version "$file")
	case $file in
	*.deb)
		release=$(dpkg-deb -f "$file" Package)
		release=${release#linux-image-}
		for other in "$folder"/linux-*.deb; do
			[[ $other != "$file" && -e $other ]] || continue
			[[ $(dpkg-deb -f "$other" Version) == "$version" ]] || continue
			! belongs "$(dpkg-deb -f "$other" Package)" "$release" || printf '%s\n' "$other"
		done
		;;
	*.rpm)
		version=${version#"${version%%[0-9]*}"}
		for other in "$folder"/kernel-*"$version".rpm; do
			[[ $other == "$file" || ! -e $other ]] || printf '%s\n' "$other"
		done
		;;
	esac
}

package_version() {
	case $1 in
	*.deb) dpkg-deb -f "$1" Version ;;
	*) basename "$1" .rpm ;;
	esac
}

# A kernel's packages, which were given. Their times tell whether they are the
# ones that were unpacked before.
resolve_packages() {
	local file packages

	file=$(readlink -f "$1")
	[[ $file != *.rpm ]] || command -v bsdtar >/dev/null ||
		die 2 "'bsdtar' is missing, which unpacks an .rpm; install libarchive-tools"
	mapfile -t packages < <(packages_beside "$file")
	VERSION=$(package_version "$file") || die 2 "'$1' is not a package that can be read"
	[[ ${packages[*]##*/} == *-headers-* || ${packages[*]##*/} == *-devel-* ]] ||
		die 2 "'$1' has no headers beside it, which modules are built against; put the package of its headers, and what that depends on, into the same folder"
	KIND=vendor
	NAME=package-$(basename "${file%.*}" | tr -c 'A-Za-z0-9.+\n-' _)
	BUILD=$CACHE/kernels/$NAME-$(vendor_key "$(stat -c '%n %s %Y' "${packages[@]}")")
	take_lock "$CACHE/locks/${BUILD##*/}" "unpacking $NAME"
	if ! is_built "$BUILD"; then
		need_tools
		need_space "$CACHE" "$STOCK_MB" "unpacking $NAME"
		mkdir -p "$CACHE/logs"
		: >"$CACHE/logs/$NAME.log"
		make_vendor_build "$CACHE/logs/$NAME.log" "${packages[@]}"
		printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	fi
	drop_lock
}

# IMAGE, or IMAGE,HEADERS: where "make install" leaves headers is known.
resolve_image() {
	local image headers=

	[[ $1 != *,* ]] || headers=${1##*,}
	image=$(readlink -f "${1%,*}")
	VERSION=$(vendor_release "$image")
	headers=${headers:-/lib/modules/$VERSION/build}
	[[ -e $headers/Module.symvers ]] ||
		die 2 "'$1' is a kernel $VERSION, and '$headers' has no Module.symvers, which modules are built against; name the folder of its headers behind a comma, as in ${1%,*},DIRECTORY"
	headers=$(readlink -f "$headers")
	KIND=vendor
	NAME=image-$VERSION
	BUILD=$CACHE/kernels/$NAME-$(vendor_key "$(stat -c '%n %s %Y' "$image" "$headers/Module.symvers")")
	take_lock "$CACHE/locks/${BUILD##*/}" "adopting $NAME"
	if ! is_built "$BUILD"; then
		rm -rf "$BUILD"
		mkdir -p "$BUILD"
		vendor_adopt "$BUILD" "$image" "$headers"
		printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	fi
	drop_lock
}

# ---- configuration ---------------------------------------------------------

# The files that make up the configuration, each with what this series needs
# beside it.
configs() {
	local name file

	for name in lab $FRAGMENT; do
		for file in "$CONFIGS/$name.config" "$CONFIGS/$name-$SERIES.config"; do
			[[ ! -e $file ]] || printf '%s\n' "$file"
		done
	done
}

# Their lines that ask for something; of an option, the last that does.
asked_for() {
	local configs
	mapfile -t configs < <(configs)

	grep -hE '^(CONFIG_[A-Za-z0-9_]+=|# CONFIG_[A-Za-z0-9_]+ is not set$)' "${configs[@]}" |
		tac | awk '{ option = $1 == "#" ? $2 : $1; sub(/=.*/, "", option) } !seen[option]++' | tac
}

# What can be laid over the lab's configuration.
fragments() {
	local file

	for file in "$CONFIGS"/*.config; do
		file=${file##*/}
		[[ $file == lab* || $file == *-* ]] || printf '%s\n' "${file%.config}"
	done
}

# The series as "6.12", from the tree itself.
tree_series() {
	awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { print v "." $3; exit }' "$1/Makefile"
}

# may_refuse OPTION SERIES: prints the reason when refused.list has one.
may_refuse() {
	local option versions reason pattern

	while read -r option versions reason; do
		[[ $option == "$1" ]] || continue
		for pattern in ${versions//|/ }; do
			# shellcheck disable=SC2053  # a pattern is meant
			[[ $2 != $pattern ]] || { printf '%s\n' "$reason"; return; }
		done
	done <"$REFUSED"
	return 1
}

# What .config does not have as asked.
options_not_taken() {
	asked_for | grep -vxFf "$BUILD/.config" || true
}

# absent OPTION: whether .config leaves it out because it depends on what is
# off. One that no Kconfig has is a mistake.
absent() {
	! grep -qE "^(# )?$1[= ]" "$BUILD/.config" &&
		grep -rqE "^[[:space:]]*(menu)?config ${1#CONFIG_}\$" --include='Kconfig*' "$TREE"
}

check_config() {
	local line option reason bad=0

	while read -r line; do
		option=${line#\# }
		option=${option%%[= ]*}
		[[ $line != '#'* ]] || ! absent "$option" || continue
		if reason=$(may_refuse "$option" "$SERIES"); then
			say "$SERIES goes without $option: $reason"
			continue
		fi
		say "not taken by $SERIES: $line (it has: $(grep -E "^(# )?${option}[= ]" "$BUILD/.config" || echo 'no such option'))"
		bad=1
	done < <(options_not_taken)
	((bad == 0)) ||
		die 1 "the kernel's Kconfig did not take the options above; see their dependencies, add what they need to kernel/${FRAGMENT:-lab}-$SERIES.config, or give a reason in kernel/${REFUSED##*/} why $SERIES does without"
}

make_config() {
	local configs
	mapfile -t configs < <(configs)

	kernel_make tinyconfig &&
		(cd "$BUILD" && "$TREE/scripts/kconfig/merge_config.sh" -m .config "${configs[@]}") &&
		kernel_make olddefconfig &&
		touch "$BUILD/.labyrinth-configured"
}

# A kept configuration only has to be brought up to a tree that changed.
configure() {
	local log=$BUILD/config.log step=make_config

	[[ ! -e $BUILD/.labyrinth-configured ]] || step='kernel_make olddefconfig'
	: >"$log"
	# shellcheck disable=SC2086  # a command and its argument
	run_long "configuring $NAME" "$log" '' $step ||
		{ show_failure "$log"; die 1 "could not configure $NAME; the whole log is $log"; }
	check_config
}

# ---- builds ----------------------------------------------------------------

need_tools() {
	local tool

	[[ $(uname -m) == x86_64 ]] ||
		die 2 "the lab builds x86-64 kernels on x86-64; this is $(uname -m): give a build directory made elsewhere"
	for tool in make gcc ld flex bison bc xz; do
		command -v "$tool" >/dev/null ||
			die 2 "'$tool' is missing, which building a kernel needs; run scripts/setup.sh"
	done
}

# What went in, so that a change in any of it makes another directory.
key() {
	local configs
	mapfile -t configs < <(configs)

	{ printf '%s\n' "$1"; gcc --version | head -n 1; ld --version | head -n 1; cat "${configs[@]}"; } | sha256sum | cut -c 1-12
}

# A build of this series that was finished tells how long the log gets.
expected_lines() {
	local count

	count=$(cat "$CACHE/kernels/.lines-$SERIES${FRAGMENT:+-$FRAGMENT}" 2>/dev/null) || count=$USUAL_LINES
	printf '%s\n' "$count"
}

# The log is added to when a build goes on, so its length is what was done in all.
estimate_build() {
	local percent=$(($(wc -l <"$1") * 100 / EXPECTED))

	printf '%s\n' $((percent < 99 ? percent : 99))
}

compile() {
	local log=$BUILD/build.log goes_on=

	[[ ! -s $log ]] || goes_on=1
	EXPECTED=$(expected_lines)
	run_long "building $NAME" "$log" estimate_build kernel_make -j"$(nproc)" bzImage modules || {
		show_failure "$log"
		die 1 "could not build $NAME; the whole log is $log; scripts/setup.sh --check tells of missing packages"
	}
	# A log that several runs wrote does not have the usual length.
	[[ -n $goes_on ]] || wc -l <"$log" >"$CACHE/kernels/.lines-$SERIES${FRAGMENT:+-$FRAGMENT}"
}

is_built() {
	[[ -e $1/.labyrinth-ready && -e $1/arch/x86/boot/bzImage && -e $1/Module.symvers ]]
}

# By the change time, which no copying or unpacking can set back. The mark is
# as old as the start of its build, so an edit made during a build counts.
tree_changed() {
	[[ -n $(find "$TREE" -name .git -prune -o -cnewer "$BUILD/.labyrinth-ready" -print -quit) ]]
}

is_current() {
	is_built "$BUILD" && { [[ $KIND == source ]] || ! tree_changed; }
}

build() {
	local version

	need_tools
	need_space "$CACHE" "$BUILD_MB" "building $NAME"
	rm -f "$BUILD/.labyrinth-ready"
	version=$(describe_tree)
	printf '%s\n' "$version" >"$BUILD/.labyrinth-started"
	# The log of a build that was not finished is gone on with, another is not.
	[[ -e $BUILD/.labyrinth-unfinished ]] || : >"$BUILD/build.log"
	touch "$BUILD/.labyrinth-unfinished"
	configure
	compile
	rm "$BUILD/.labyrinth-unfinished"
	mv "$BUILD/.labyrinth-started" "$BUILD/.labyrinth-ready"
}

describe_tree() {
	if [[ $KIND == source ]]; then
		source_version "$TREE"
	else
		printf '%s\n' "$TREE"
	fi
}

# ---- specs -----------------------------------------------------------------

is_tree() {
	[[ -e $1/Kbuild && -e $1/MAINTAINERS ]]
}

has_image() {
	[[ -e $1/arch/x86/boot/bzImage ]]
}

refuse_spec() {
	die 2 "'$1' is $2; what can be given is source:X.Y or a kernel source tree, either with +NAME ($(fragments | paste -sd ' ')); stock:X.Y[-rt|-cloud], a kernel's .deb or .rpm, a bzImage; or a build directory (arch/x86/boot/bzImage and Module.symvers)"
}

what_is_wrong() {
	case $1 in
	*:*) echo "of no kind that is known here" ;;
	*)
		if [[ -d $1 ]]; then
			echo "a directory with neither a source tree (Kbuild, MAINTAINERS) nor a built kernel"
		elif [[ -e $1 ]]; then
			echo "a file that is neither a package nor a bzImage"
		else
			echo "not there"
		fi
		;;
	esac
}

# Splits SPEC+NAME: sets BASE, and FRAGMENT or ''. A directory may have a + in
# its name.
split_spec() {
	BASE=$1
	FRAGMENT=
	[[ $1 == *+* && ! -e $1 ]] || return 0
	BASE=${1%+*}
	FRAGMENT=${1##*+}
	fragments | grep -qxF -- "$FRAGMENT" ||
		refuse_spec "$1" "with '+$FRAGMENT', which is no configuration that can be added"
}

is_package() {
	[[ $1 == *.deb || $1 == *.rpm ]] && [[ -f $1 ]]
}

# Sets KIND (source, tree, build, vendor), FRAGMENT, TREE, BUILD, NAME, SERIES.
resolve() {
	local spec id

	split_spec "$1"
	spec=$BASE
	case $spec in
	source:*)
		KIND=source
		debian_source "${spec#source:}"
		NAME=source-${spec#source:}
		id=$(source_version "$TREE")
		;;
	stock:*)
		[[ -z $FRAGMENT ]] || refuse_spec "$1" "a vendor's kernel, to which no configuration can be added"
		resolve_stock "${spec#stock:}"
		return
		;;
	*)
		if is_package "$spec"; then
			resolve_packages "$spec"
			return
		elif [[ -f ${spec%,*} ]] && vendor_is_image "${spec%,*}"; then
			resolve_image "$spec"
			return
		fi
		[[ -d $spec ]] || refuse_spec "$spec" "$(what_is_wrong "$spec")"
		TREE=$(readlink -f "$spec")
		if has_image "$TREE"; then
			[[ -z $FRAGMENT ]] || refuse_spec "$1" "a build directory, to which no configuration can be added"
			resolve_build "$TREE"
			return
		fi
		is_tree "$TREE" || refuse_spec "$spec" "$(what_is_wrong "$spec")"
		check_tree_clean
		KIND=tree
		NAME=tree-$(basename "$TREE" | tr -c 'A-Za-z0-9.\n-' _)
		id=$TREE
		;;
	esac
	SERIES=$(tree_series "$TREE")
	NAME+=${FRAGMENT:+-$FRAGMENT}
	BUILD=$CACHE/kernels/$NAME-$(key "$id")
}

resolve_build() {
	[[ -e $1/Module.symvers ]] ||
		die 2 "'$1' has a bzImage and no Module.symvers, which modules are built against; run 'make modules' there"
	KIND=build
	BUILD=$1
}

# Kbuild refuses to build elsewhere from a tree that was also built in.
check_tree_clean() {
	[[ $TREE != *[[:space:]:]* ]] ||
		die 2 "'$TREE' holds a space or a colon, which Kbuild cannot take; move the tree"
	[[ ! -e $TREE/.config && ! -d $TREE/include/config && ! -d $TREE/arch/x86/include/generated ]] ||
		die 2 "'$TREE' was configured in place; finish the build there (make bzImage modules) to have it used as it is, or run 'make mrproper' there to have it built with the lab's configuration"
}

# ---- commands --------------------------------------------------------------

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
	-h | --help | help) usage ;;
	*)
		usage >&2
		exit 2
		;;
	esac
}

main "$@"
