# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Calls the kernel's own build, in the same way for all scripts. To be sourced.

# kernel_make ARGS: make of the tree TREE in the directory BUILD. The caller's
# environment must not influence the build: a calling make passes variables in
# MAKEFLAGS, and Kbuild reads many from the environment. User, host and time are
# fixed, so that the same source gives the same binary.
kernel_make() {
	local cc=gcc

	# In the lab's cache, because HOME may not be writable. ccache does not
	# change objects.
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
