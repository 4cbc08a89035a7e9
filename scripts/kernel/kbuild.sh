# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's own build, the same for all who call it. To be sourced.

# kernel_make ARGS: of the tree TREE in the directory BUILD. What surrounds the caller must not leak into the kernel: a make
# above us passes its variables on through MAKEFLAGS, and Kbuild reads a good many from the
# environment. Names and dates are fixed so that one source makes one binary.
kernel_make() {
	local cc=gcc

	# Kept in our cache as HOME need not be writable. Objects are the same
	# with and without it.
	if command -v ccache >/dev/null; then
		cc='ccache gcc'
		export CCACHE_DIR=$CACHE/ccache CCACHE_MAXSIZE=2G
	fi
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u ARCH -u CROSS_COMPILE -u LLVM \
		-u KCFLAGS -u KAFLAGS -u KCPPFLAGS -u KBUILD_OUTPUT -u KBUILD_EXTMOD -u KCONFIG_CONFIG \
		-u KCONFIG_ALLCONFIG -u LOCALVERSION -u INSTALL_PATH -u V -u C -u W \
		LC_ALL=C KBUILD_BUILD_USER=labyrinth KBUILD_BUILD_HOST=lab KBUILD_BUILD_VERSION=1 \
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' \
		make -C "$TREE" O="$BUILD" CC="$cc" "$@"
}
