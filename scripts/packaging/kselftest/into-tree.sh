#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: into-tree.sh KERNEL-TREE VERSION LINKING LIBRARIES
#
# Puts the suite into a kernel's source tree as tools/testing/selftests/labyrinth,
# in place of what was put there before, and its name into the list of targets.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/packaging/kselftest}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}

[[ $# == 4 && -n $1 ]] || die 2 "name a kernel's source tree: make kselftest KSRC=~/src/linux"
readonly SELFTESTS=$1/tools/testing/selftests
readonly DEST=$SELFTESTS/labyrinth

[[ -e $SELFTESTS/lib.mk ]] || die 2 "$1 is no kernel source tree: it has no tools/testing/selftests/lib.mk"
grep -q TEST_GEN_MODS_DIR "$SELFTESTS/lib.mk" ||
	die 2 "the selftests of $1 build no modules (lib.mk lacks TEST_GEN_MODS_DIR, which 6.9 has)"
[[ -w $SELFTESTS ]] || die 2 "cannot write to $SELFTESTS"

# Beside it first: what bears the name is whole.
rm -rf "$DEST.part"
mkdir "$DEST.part"
cp -R "$TOP/module" "$TOP/scenarios" "$DEST.part/"
(cd "$TOP" && find userspace \( -path userspace/tests -o -path userspace/man \
	-o -path userspace/lab/qemu_lockstep.c -o -path userspace/lab/qemu_disk.c \) -prune \
	-o -type f -name '*.[ch]' -print0 | cpio -0pdm --quiet "$DEST.part")
cp "$HERE"/{Makefile,config,settings,labyrinth.sh} "$DEST.part/"
cp "$HERE/module.mk" "$DEST.part/module/Makefile"
printf '%s\n' '# SPDX-License-Identifier: GPL-2.0-only' "VERSION := $2" "LINKING := $3" "LIBS := $4" >"$DEST.part/product.mk"
printf '%s\n' '# SPDX-License-Identifier: GPL-2.0-only' /labyrinth '*.o' '*.ko' '*.mod' '*.mod.c' '.*.cmd' \
	modules.order Module.symvers >"$DEST.part/.gitignore"
rm -rf "$DEST"
mv "$DEST.part" "$DEST"

# The list is sorted: before the first name that comes after it.
if ! grep -qx 'TARGETS += labyrinth' "$SELFTESTS/Makefile"; then
	awk '!done && /^TARGETS \+= / && $3 > "labyrinth" { print "TARGETS += labyrinth"; done = 1 }
		{ print }
		END { exit !done }' "$SELFTESTS/Makefile" >"$SELFTESTS/Makefile.part" ||
		die 1 "found no place among the targets of $SELFTESTS/Makefile"
	mv "$SELFTESTS/Makefile.part" "$SELFTESTS/Makefile"
fi
say "the suite is in $DEST; to run it:"
say "    make -C $SELFTESTS TARGETS=labyrinth run_tests"
