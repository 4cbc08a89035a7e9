# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Architectures of guests: a file arch/NAME.sh for each. To be sourced, after
# lib.sh and apt-root.sh.
#
#	arch_names		prints them, one a line
#	arch_load NAME		sets ARCH, and ARCH_* to what its file says; 1 if it has none
#	arch_is_native		is it that of this machine?
#	arch_mark		prints what names of its kernels end with: nothing for x86_64
#	arch_cross		prints the prefix of its compiler; nothing if it is native
#	arch_make_args		prints what make of a kernel or module is given, a word a line
#	arch_of_build DIR	loads the one whose image is there; 1 if none is
#	arch_libraries		prints the folder that its libraries are unpacked in, fetched if needed

arch_names() {
	basename -s .sh "$SCRIPTS"/kernel/arch/*.sh
}

arch_load() {
	[[ -e $SCRIPTS/kernel/arch/$1.sh ]] || return
	ARCH=$1
	# shellcheck source=arch/x86_64.sh
	. "$SCRIPTS/kernel/arch/$1.sh"
}

arch_is_native() {
	[[ $(uname -m) == "$ARCH_MACHINE" ]]
}

arch_mark() {
	[[ $ARCH == x86_64 ]] || printf '@%s' "$ARCH"
}

arch_cross() {
	arch_is_native || printf '%s-' "$ARCH_TRIPLET"
}

arch_make_args() {
	arch_is_native || printf '%s\n' "ARCH=$ARCH_KERNEL" "CROSS_COMPILE=$(arch_cross)"
}

arch_of_build() {
	local name

	for name in $(arch_names); do
		arch_load "$name"
		[[ ! -e $1/$ARCH_IMAGE ]] || return 0
	done
	return 1
}

# The cross compiler is installed; its libraries are kept in the cache: this
# machine's own libraries are not changed.
arch_need_compiler() {
	command -v "$(arch_cross)gcc" >/dev/null ||
		die 2 "there is no $(arch_cross)gcc, which builds for $ARCH; scripts/setup.sh $ARCH installs it"
}

# The libraries that the program is linked with, by their names in
# scripts/packages. The C library comes with the cross compiler.
arch_library_packages() {
	awk '$2 == "build" && $1 ~ /^(lib|nettle|zlib).*-dev$/ && $1 !~ /^lib(c6|linux-libc)-dev$/ { print $1 }' "$SCRIPTS/packages"
}

arch_fetch_libraries() {
	local root=$1 get=$1.debs package

	rm -rf "$root.part" "$get"
	mkdir -p "$root.part" "$get"
	for package in $(arch_library_packages); do
		apt_root_download "$package" "$(apt_root_newest "$package")" "$get" || return
	done
	for package in "$get"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner --exclude=./usr/share -C "$root.part" || return
	done
	rm -rf "$get"
	mv "$root.part" "$root"
}

arch_libraries() {
	local codename root log

	codename=$(apt_root_codename)
	root=$(cache_dir)/arch/$ARCH-$codename
	log=$root.log
	if [[ ! -d $root ]]; then
		mkdir -p "${root%/*}"
		take_lock "$root.lock" "fetching the libraries of $ARCH"
		if [[ ! -d $root ]]; then
			APT_ROOT_ARCH=$ARCH_DEBIAN apt_root_init "$codename" "$codename-updates" "$codename-security" ||
				die 1 "$APT_ROOT_ERROR"
			: >"$log"
			run_long "fetching the libraries of $ARCH" "$log" '' arch_fetch_libraries "$root" ||
				{ show_failure "$log"; die 1 "could not fetch the libraries of $ARCH; is the mirror reachable?"; }
		fi
		drop_lock
	fi
	printf '%s\n' "$root"
}
