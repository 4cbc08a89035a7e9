#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds a kernel with one file of its source changed. See usage() below.
#
# The folder is a copy of a built kernel, so that make compiles one file and links. The
# compiler sees the changed file in place of the original, by a bind mount in a private
# namespace.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/dev/*}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=../../kernel/kbuild.sh
. "$SCRIPTS/kernel/kbuild.sh"

usage() {
	cat <<-END
		usage: build.sh TREE BUILD FILE CHANGED

		Builds in BUILD, a copy of a folder in which TREE was built, with the contents
		of CHANGED as TREE/FILE.
	END
}

case ${1:-} in
-h | --help) usage; exit ;;
esac
(($# == 4)) || { usage >&2; exit 2; }
TREE=$1 BUILD=$2 FILE=$3 CHANGED=$4
# shellcheck disable=SC2034  # read by kernel_tools
FRAGMENTS=()
CACHE=$(cache_dir)

# Another command line would have all objects compiled once more: the compiler is called
# as it was, through ccache or not, whether it is installed now or not.
compiler() {
	sed -En '1s/^[^=]*:= ([^-]*[^- ]) -.*/\1/p' "$BUILD/${FILE%/*}/.$(basename "$FILE" .c).o.cmd"
}

CC=$(compiler)
[[ -n $CC ]] || die 3 "$BUILD does not say how $FILE was compiled"
mkdir -p "$BUILD/.labyrinth-bin"
if [[ $CC == ccache\ * ]] && ! command -v ccache >/dev/null; then
	printf '#!/bin/sh\nexec "$@"\n' >"$BUILD/.labyrinth-bin/ccache"
	chmod +x "$BUILD/.labyrinth-bin/ccache"
	PATH=$BUILD/.labyrinth-bin:$PATH
fi
# Guests boot what is not compressed: packing it well would take as long as all the rest.
printf '#!/bin/sh\nexec xz --check=crc32 --x86 --lzma2=preset=0\n' >"$BUILD/.labyrinth-bin/quick-xz"
chmod +x "$BUILD/.labyrinth-bin/quick-xz"
# Newer than the object that was made of the original.
touch "$CHANGED"
# shellcheck disable=SC2016  # the inner shell's
unshare --map-root-user --mount bash -c '
	mount --bind "$1" "$2" || exit
	. "$3"
	CACHE=$4 TREE=$5 BUILD=$6 FRAGMENTS=()
	kernel_make -j"$(nproc)" "CC=$7" "XZ=$BUILD/.labyrinth-bin/quick-xz" bzImage' \
	build "$CHANGED" "$TREE/$FILE" "$SCRIPTS/kernel/kbuild.sh" "$CACHE" "$TREE" "$BUILD" "$CC" </dev/null
