# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# Vendors' kernels: which packages belong to one, and the build directory made
# from them, $CACHE/kernels/NAME-HASH. vendor_build.sh describes such a
# directory. To be sourced, after lib.sh, apt-root.sh, source.sh, build.sh,
# packages.sh and vendor_build.sh.
#
#	resolve_stock X.Y[-FLAVOUR]	Debian's, fetched, for the architecture ARCH
#	resolve_packages FILE		a .deb, .rpm or .pkg.tar.*, with those beside it
#	resolve_image IMAGE[,HEADERS]	a bzImage
#	resolve_installed [RELEASE]	one that is installed on this machine
#
# Each sets KIND, NAME and BUILD.

# Measured: packages and their unpacked content.
readonly STOCK_MB=1200

# kept_stock SERIES FLAVOUR: the newest complete one in the cache.
kept_stock() {
	local dir newest=

	for dir in "$CACHE/kernels/stock-$1${2:+-$2}$(arch_mark)"_*/; do
		is_built "${dir%/}" || continue
		if [[ -z $newest ]] || dpkg --compare-versions "$(<"$dir/.labyrinth-ready")" gt "$(<"$newest/.labyrinth-ready")"; then
			newest=${dir%/}
		fi
	done
	[[ -n $newest ]] && printf '%s\n' "$newest"
}

# The tools that build modules run on this machine: their packages are of its
# architecture, whatever the kernel's is.
fetch_packages() {
	local get=$1 package
	shift

	for package; do
		if [[ $package == linux-kbuild-* ]]; then
			(own_root && apt_root_download "$package" "$VERSION" "$get") || return
		else
			apt_root_download "$package" "$VERSION" "$get" || return
		fi
	done
}

# The suites that the kernel is from, for this machine's architecture.
own_root() {
	APT_ROOT_ARCH=
	# shellcheck disable=SC2086  # a set is several words
	apt_root_init $SUITES
}

# unpack_packages LOG PACKAGE...: the build directory contains absolute paths to
# itself, so it cannot be renamed. Its file .labyrinth-ready marks it as complete.
unpack_packages() {
	local log=$1
	shift

	rm -rf "$BUILD"
	mkdir -p "$BUILD"
	run_long "unpacking $NAME $VERSION" "$log" '' vendor_unpack "$BUILD" "$@" ||
		{ show_failure "$log"; rm -rf "$BUILD"; die 2 "could not unpack the packages of $NAME"; }
}

assemble() {
	vendor_assemble "$BUILD" >>"$1" 2>&1 ||
		{ show_failure "$1"; rm -rf "$BUILD"; die 1 "could not make a build directory of the packages of $NAME"; }
}

# The key depends on this machine's compiler, because the headers are adapted to
# it.
vendor_key() {
	{ printf '%s\n' "$1"; gcc --version | head -n 1; cat "$VENDOR_COMPILERS"; } | sha256sum | cut -c 1-8
}

fetch_stock() {
	local series=$1 flavour=$2 meta=linux-image-${2:+$2-}$ARCH_DEBIAN
	local get=$CACHE/downloads/$NAME log=$CACHE/logs/$NAME.log image packages

	need_space "$CACHE" "$STOCK_MB" "fetching and unpacking $NAME"
	arch_is_native || APT_ROOT_ARCH=$ARCH_DEBIAN
	in_suites "$meta $series" has_series "$meta" "$series"
	BUILD=$CACHE/kernels/${NAME}_${VERSION//:/%3a}-$(vendor_key "$VERSION")
	! is_built "$BUILD" || return 0
	image=$(vendor_parts "$meta" "$VERSION" | grep -m 1 '^linux-image-') ||
		die 1 "$meta $VERSION names no kernel"
	mapfile -t packages < <(vendor_closure "$image" "linux-headers-${image#linux-image-}" "$VERSION")

	mkdir -p "$get" "$CACHE/logs"
	: >"$log"
	# Packages that an interrupted run fetched are used again.
	run_long "fetching $image $VERSION and its headers" "$log" '' fetch_packages "$get" "${packages[@]}" ||
		{ show_failure "$log"; die 1 "could not fetch $image $VERSION; is the mirror reachable?"; }
	unpack_packages "$log" "$get"/*.deb
	assemble "$log"
	[[ -z $(vendor_strangers "$BUILD") ]] || lend_libraries "$log" "${packages[@]}"
	printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	rm -rf "$get"
}

# The tools for building modules may need a newer C library than this machine's:
# they get the libraries of the release that they were built for (for backports,
# of the release that the backports are made from).
lend_libraries() {
	local log=$1 get=$CACHE/downloads/$NAME/libraries suites=$SUITES kbuild library
	shift

	kbuild=$(printf '%s\n' "$@" | grep '^linux-kbuild-')
	APT_ROOT_ARCH=
	[[ $SUITES != *-backports ]] || suites+=" ${SUITES%-backports}"
	# shellcheck disable=SC2086  # a set is several words
	apt_root_init $suites || die 1 "$APT_ROOT_ERROR"
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
	NAME=stock-$1$(arch_mark)
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

# The key of unpacked package files consists of their names, sizes and times.
resolve_packages() {
	local file packages

	file=$(readlink -f "$1")
	[[ $file == *.deb ]] || command -v bsdtar >/dev/null ||
		die 2 "'bsdtar' is missing, which unpacks '${1##*/}'; install libarchive-tools"
	VERSION=$(package_version "$file") || die 2 "'$1' is not a package that can be read"
	mapfile -t packages < <(packages_beside "$file")
	KIND=vendor
	NAME=package-$(package_name "$file" | tr -c 'A-Za-z0-9.+\n-' _)
	BUILD=$CACHE/kernels/$NAME-$(vendor_key "$(stat -c '%n %s %Y' "${packages[@]}")")
	take_lock "$CACHE/locks/${BUILD##*/}" "unpacking $NAME"
	if ! is_built "$BUILD"; then
		need_tools
		need_space "$CACHE" "$STOCK_MB" "unpacking $NAME"
		mkdir -p "$CACHE/logs"
		: >"$CACHE/logs/$NAME.log"
		unpack_packages "$CACHE/logs/$NAME.log" "${packages[@]}"
		check_packages "$1" "${packages[@]}"
		assemble "$CACHE/logs/$NAME.log"
		check_tools "$1"
		printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	fi
	drop_lock
}

# refuse_packages WORDS: exits with a message: the packages are incomplete.
refuse_packages() {
	rm -rf "$BUILD"
	die 2 "$*"
}

# check_packages FILE PACKAGE...: whether the kernel is complete; names what is
# missing.
check_packages() {
	local file=$1 names
	shift

	names=$(printf '%s, ' "${@##*/}")
	[[ -n $(vendor_image "$BUILD") ]] ||
		refuse_packages "'$file' has no kernel image (vmlinuz), nor have those beside it (${names%, }); name the package that has it"
	[[ -n $(vendor_headers "$BUILD") ]] ||
		refuse_packages "'$file' has no headers beside it (Module.symvers), which modules are built against; put $(packages_wanted "$file") into the same folder"
	names=$(vendor_lacking "$BUILD")
	[[ -z $names ]] ||
		refuse_packages "the headers beside '$file' refer to $names, which is in another package; put that of the headers that all flavours have in common into the same folder: $(packages_wanted "$file")"
}

# check_tools FILE: whether the packages contain Kbuild's own programs.
check_tools() {
	local tools
	tools=$(vendor_strangers "$BUILD" |
		grep -E '/(fixdep|modpost|genksyms|objtool|recordmcount)$' | sed 's|.*/vendor/||' | paste -sd ' ' || true)

	[[ -z $tools ]] ||
		refuse_packages "the headers of '$1' have programs that do not run on this machine, whose C library is older or lacks others (${tools% }): build there where that kernel runs, and give the build folder"
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
	adopt_image "image-$VERSION" "$image" "$(readlink -f "$headers")"
}

# installed_image RELEASE: where distributions install it.
installed_image() {
	local file

	for file in "/boot/vmlinuz-$1" "/lib/modules/$1/vmlinuz"; do
		[[ ! -e $file ]] || { printf '%s\n' "$file"; return; }
	done
	return 1
}

# Releases with an installed image, the newest last.
installed_releases() {
	local file

	for file in /boot/vmlinuz-* /lib/modules/*/vmlinuz; do
		[[ -e $file ]] || continue
		case $file in
		/boot/*) printf '%s\n' "${file#/boot/vmlinuz-}" ;;
		*) basename "${file%/vmlinuz}" ;;
		esac
	done | sort -uV
}

# The running release if it is installed, otherwise the newest.
resolve_installed() {
	local release=${1:-$(uname -r)} image

	if [[ -z $1 ]] && ! installed_image "$release" >/dev/null; then
		release=$(installed_releases | tail -n 1)
		[[ -n $release ]] ||
			die 2 "'installed': no kernel is installed here (/boot/vmlinuz-*, /lib/modules/*/vmlinuz)"
	fi
	image=$(installed_image "$release") ||
		die 2 "'installed:$1' is not installed here; there are: $(installed_releases | paste -sd ' ')"
	[[ -r $image ]] ||
		die 2 "'$image' cannot be read by you; give a copy that can, as in COPY,/lib/modules/$release/build"
	[[ -e /lib/modules/$release/build/Module.symvers ]] ||
		die 2 "'$image' is installed, and /lib/modules/$release/build has no Module.symvers, which modules are built against; install the headers of that kernel (linux-headers-$release, or kernel-devel-$release)"
	VERSION=$release
	adopt_image "installed-$release" "$(readlink -f "$image")" "$(readlink -f "/lib/modules/$release/build")"
}

# adopt_image NAME IMAGE HEADERS: sets BUILD to a build directory of the release
# VERSION.
adopt_image() {
	local image=$2 headers=$3

	KIND=vendor
	NAME=$1
	BUILD=$CACHE/kernels/$NAME-$(vendor_key "$(stat -c '%n %s %Y' "$image" "$headers/Module.symvers")")
	take_lock "$CACHE/locks/${BUILD##*/}" "adopting $NAME"
	if ! is_built "$BUILD"; then
		rm -rf "$BUILD"
		mkdir -p "$BUILD"
		vendor_adopt "$BUILD" "$image" "$headers"
		vendor_link_modules "$BUILD" "$VERSION" "/lib/modules/$VERSION"
		printf '%s\n' "$VERSION" >"$BUILD/.labyrinth-ready"
	fi
	drop_lock
}
