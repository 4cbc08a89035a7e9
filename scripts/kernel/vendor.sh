# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# Vendors' kernels: which packages are parts of one, and where a build directory
# made of them is kept, $CACHE/kernels/NAME-HASH. What such a directory is made of
# is in vendor_build.sh. To be sourced, after lib.sh, apt-root.sh, source.sh,
# build.sh and vendor_build.sh.
#
#	resolve_stock X.Y[-FLAVOUR]	Debian's, fetched
#	resolve_packages FILE		a .deb or .rpm, with those beside it
#	resolve_image IMAGE[,HEADERS]	a bzImage
#
# Each sets KIND, NAME and BUILD.

# Measured: packages, and what they hold, unpacked.
readonly STOCK_MB=1200

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

# The build directory contains absolute paths to itself, so it cannot be renamed.
# Its file .labyrinth-ready marks it as complete.
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

# The key depends on this machine's compiler, which the headers are adapted to.
vendor_key() {
	{ printf '%s\n' "$1"; gcc --version | head -n 1; cat "$VENDOR_COMPILERS"; } | sha256sum | cut -c 1-8
}

fetch_stock() {
	local series=$1 flavour=$2 meta=linux-image-${2:+$2-}amd64
	local get=$CACHE/downloads/$NAME log=$CACHE/logs/$NAME.log image packages

	need_space "$CACHE" "$STOCK_MB" "fetching and unpacking $NAME"
	in_suites "$meta $series" has_series "$meta" "$series"
	BUILD=$CACHE/kernels/${NAME}_${VERSION//:/%3a}-$(vendor_key "$VERSION")
	! is_built "$BUILD" || return 0
	image=$(vendor_parts "$meta" "$VERSION" | grep -m 1 '^linux-image-') ||
		die 1 "$meta $VERSION names no kernel"
	mapfile -t packages < <(vendor_closure "$image" "linux-headers-${image#linux-image-}" "$VERSION")

	mkdir -p "$get" "$CACHE/logs"
	: >"$log"
	# Packages that an interrupted run fetched are not fetched again.
	run_long "fetching $image $VERSION and its headers" "$log" '' fetch_packages "$get" "${packages[@]}" ||
		{ show_failure "$log"; die 1 "could not fetch $image $VERSION; is the mirror reachable?"; }
	make_vendor_build "$log" "$get"/*.deb
	[[ -z $(vendor_strangers "$BUILD") ]] || lend_libraries "$log" "${packages[@]}"
	printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	rm -rf "$get"
}

# The tools for building modules were built for a newer release than this
# machine's: give them the libraries of that release (for backports, of the
# release that they belong to).
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
	if [[ -z $UPDATE ]] && BUILD=$(kept_stock "$series" "$flavour"); then
		return
	fi
	need_tools
	take_lock "$CACHE/locks/$NAME" "fetching $NAME"
	if [[ -n $UPDATE ]] || ! BUILD=$(kept_stock "$series" "$flavour"); then
		fetch_stock "$series" "$flavour"
	fi
	drop_lock
}

# belongs NAME RELEASE: is the package a part of that kernel?
belongs() {
	[[ $1 == linux-*-"$2" || $1 == linux-headers-*-common || $1 == linux-kbuild-* ]]
}

# Packages in the same folder that belong to the kernel of a package.
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

# Packages given as files. Their names, sizes and times are the key of what was
# unpacked.
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

# IMAGE, or IMAGE,HEADERS. Without HEADERS those that "make modules_install"
# installed are used.
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
