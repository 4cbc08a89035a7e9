# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Calls the kernel's own build, in the same way for all scripts. To be sourced.

# The oldest clang whose kCFI kernels take.
# shellcheck disable=SC2034  # read by build.sh
readonly CLANG_MIN=16

# newest_clang: "-19" for the newest clang-19 that has lld-19 beside it, or
# nothing. Unversioned names are of whatever the distribution takes, which may
# be too old.
newest_clang() {
	local name

	compgen -c clang- | grep -xE 'clang-[0-9]+' | sort -u -t - -k 2 -rn | while read -r name; do
		command -v "ld.lld${name#clang}" >/dev/null || continue
		printf '%s\n' "${name#clang}"
		break
	done
}

# Whether one of FRAGMENTS, which are laid over the lab's configuration, is for clang.
by_clang() {
	local name

	for name in "${FRAGMENTS[@]}"; do
		! grep -qx CONFIG_CC_IS_CLANG=y "${BASH_SOURCE[0]%/*}/$name.config" || return 0
	done
	return 1
}

# kernel_tools CCACHE: the arguments of make that choose the compiler, a line
# each; CCACHE goes before it, and may be empty.
kernel_tools() {
	local clang

	if by_clang; then
		clang=$(newest_clang)
		printf '%s\n' "LLVM=$clang" "CC=${1:+$1 }clang$clang"
	else
		printf '%s\n' "CC=${1:+$1 }gcc"
	fi
}

# kernel_make ARGS: make of the tree TREE in the directory BUILD. The caller's
# environment must not influence the build: a calling make passes variables in
# MAKEFLAGS, and Kbuild reads many from the environment. User, host and time are
# fixed, so that the same source gives the same binary.
kernel_make() {
	local ccache=
	local -a tools

	# In the lab's cache, because HOME may not be writable. ccache does not
	# change objects.
	if command -v ccache >/dev/null; then
		ccache=ccache
		export CCACHE_DIR=$CACHE/ccache CCACHE_MAXSIZE=2G
	fi
	mapfile -t tools < <(kernel_tools "$ccache")
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u ARCH -u CROSS_COMPILE -u LLVM \
		-u KCFLAGS -u KAFLAGS -u KCPPFLAGS -u KBUILD_OUTPUT -u KBUILD_EXTMOD -u KCONFIG_CONFIG \
		-u KCONFIG_ALLCONFIG -u LOCALVERSION -u INSTALL_PATH -u V -u C -u W \
		LC_ALL=C KBUILD_BUILD_USER=labyrinth KBUILD_BUILD_HOST=lab KBUILD_BUILD_VERSION=1 \
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' \
		make -C "$TREE" O="$BUILD" "${tools[@]}" "$@"
}
