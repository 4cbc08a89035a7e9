#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/kernels.sh - what can be given as a kernel, and what is said otherwise.
set -uo pipefail
# shellcheck source=userspace/tests/tap.bash
. "$(dirname "$0")/tap.bash"

# refuses NAME SPEC PATTERN: as bad input, with a reason.
refuses() {
	exits 2 "$1" "$TOP/scripts/kernel.sh" path "$2"
	says "and it is said why: $1" "$3"
}

# A cache of its own: nothing is fetched, and nothing of the machine's is touched.
export XDG_CACHE_HOME=$TMP/cache

refuses "a series of one number" stock:6 'two numbers'
refuses "a flavour that is none" stock:6.12-fast '-rt or -cloud'
refuses "a vendor's kernel with more configuration" stock:6.12+debug 'no configuration can be added'
refuses "a kind that is none" vendor:6.12 'of no kind that is known'
refuses "a package that is not there" "$TMP/none.deb" 'not there'
echo nonsense >"$TMP/broken.deb"
refuses "a package that is none" "$TMP/broken.deb" 'not a package'
refuses "a file that is no kernel" "$TOP/README.md" 'neither a package nor a bzImage'

# As much of a kernel image as says what it is: Documentation/arch/x86/boot.rst.
image() {
	head -c 2048 /dev/zero >"$1"
	printf 'HdrS' | dd of="$1" bs=1 seek=514 conv=notrunc 2>/dev/null
	printf '\0\2' | dd of="$1" bs=1 seek=526 conv=notrunc 2>/dev/null
	printf '5.99.0-lab built by nobody' | dd of="$1" bs=1 seek=1024 conv=notrunc 2>/dev/null
}
image "$TMP/bzImage"
refuses "an image without headers" "$TMP/bzImage" "a kernel 5.99.0-lab, and '/lib/modules/5.99.0-lab/build'"
refuses "an image with headers that are none" "$TMP/bzImage,$TMP" 'Module.symvers'

# Adopting one leaves the headers as they are.
mkdir -p "$TMP/headers"/{arch/x86/include,include/config,scripts}
printf 'CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=y\nCONFIG_SMP=y\n' >"$TMP/headers/include/config/auto.conf"
touch "$TMP/headers"/{Makefile,Module.symvers,.config}
cp -a "$TMP/headers" "$TMP/before"
exits 0 "an image with headers becomes a build directory" \
	"$TOP/scripts/kernel.sh" path "$TMP/bzImage,$TMP/headers"
DIR=$(tail -n 1 "$OUT")
ok "with the image where a build has it" cmp "$TMP/bzImage" "$DIR/arch/x86/boot/bzImage"
ok "with the headers" test -e "$DIR/Module.symvers"
ok "which are what they were" diff -r "$TMP/before" "$TMP/headers"
exits 0 "the same again is the same directory" \
	"$TOP/scripts/kernel.sh" path "$TMP/bzImage,$TMP/headers"
says "by its name" "^$DIR\$"
exits 0 "it is listed" "$LABYRINTH" list kernels
says "as ready" "ready .*image-5.99.0-lab"

done_testing
