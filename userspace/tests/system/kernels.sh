#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/kernels.sh - what can be given as a kernel, and what is said otherwise.
#
# shellcheck disable=SC2016,SC2317  # inner shells expand; functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# refuses NAME SPEC PATTERN: as bad input, with a reason.
refuses() {
	exits 2 "$1" "$TOP/scripts/runtime/kernel.sh" path "$2"
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

# A source tree that stands for a fetched one, with a patch that takes and one that does not.
SOURCES=$TMP/cache/labyrinth/sources
TREE=$SOURCES/linux-source-5.99_5.99.1-1
mkdir -p "$TREE/mm"
printf 'VERSION = 5\nPATCHLEVEL = 99\n' >"$TREE/Makefile"
touch "$TREE"/{Kbuild,MAINTAINERS}
printf 'one\ntwo\nthree\n' >"$TREE/mm/slab.c"
cp -r "$TREE" "$TMP/plain"
sed 's/two/2/' "$TREE/mm/slab.c" | diff -u --label a/mm/slab.c --label b/mm/slab.c "$TREE/mm/slab.c" - >"$TMP/good.patch"
sed 's/^-two/-zwei/' "$TMP/good.patch" >"$TMP/bad.patch"
exits 0 "a kernel with a patch" "$TOP/scripts/runtime/kernel.sh" source "source:5.99+$TMP/good.patch"
PATCHED=$(tail -n 1 "$OUT")
ok "has a tree of its own" test "$PATCHED" != "$TREE" -a -d "$PATCHED"
ok "with the patch applied" grep -qx 2 "$PATCHED/mm/slab.c"
ok "which leaves the other alone" diff -r "$TMP/plain" "$TREE"
exits 0 "is made once" "$TOP/scripts/runtime/kernel.sh" source "source:5.99+$TMP/good.patch"
says "by its name" "^$PATCHED\$"
refuses "a patch that does not apply" "source:5.99+$TMP/bad.patch" 'do not apply'
ok "which leaves nothing" test -z "$(find "$SOURCES" -name '*.part')"
refuses "a patch that is not there" "source:5.99+$TMP/none.patch" 'none.patch. is not there'
refuses "a patch for what is built" "stock:6.12+$TMP/good.patch" 'patched by whoever has it'
exits 2 "a patch by another name" "$LABYRINTH" lab smoke --patch "$TMP/plain"
says "says what it has to be called" 'NAME.patch or NAME.diff'
rm -r "$SOURCES"

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
	"$TOP/scripts/runtime/kernel.sh" path "$TMP/bzImage,$TMP/headers"
DIR=$(tail -n 1 "$OUT")
ok "with the image where a build has it" cmp "$TMP/bzImage" "$DIR/arch/x86/boot/bzImage"
ok "with the headers" test -e "$DIR/Module.symvers"
ok "which are what they were" diff -r "$TMP/before" "$TMP/headers"
exits 0 "the same again is the same directory" \
	"$TOP/scripts/runtime/kernel.sh" path "$TMP/bzImage,$TMP/headers"
says "by its name" "^$DIR\$"
# Packages of the same, as Debian and as Red Hat lay them out.
R=5.99.0-lab
mkdir -p "$TMP/deb"/{image/boot,headers/usr/src}
cp "$TMP/bzImage" "$TMP/deb/image/boot/vmlinuz-$R"
cp -a "$TMP/headers" "$TMP/deb/headers/usr/src/linux-headers-$R"
echo "include /usr/src/linux-headers-$R/other" >"$TMP/deb/headers/usr/src/linux-headers-$R/Makefile"
for part in image headers; do
	mkdir -p "$TMP/deb/$part/DEBIAN"
	printf 'Package: linux-%s-%s\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody\nDescription: none\n' \
		$part $R >"$TMP/deb/$part/DEBIAN/control"
	dpkg-deb --build "$TMP/deb/$part" "$TMP/linux-$part-$R.deb" >/dev/null
done
mkdir "$TMP/alone"
cp "$TMP/linux-image-$R.deb" "$TMP/alone/"
refuses "a package without its headers" "$TMP/alone/linux-image-$R.deb" 'no headers beside it'
exits 0 "a .deb becomes a build directory" "$TOP/scripts/runtime/kernel.sh" path "$TMP/linux-image-$R.deb"
DIR=$(tail -n 1 "$OUT")
ok "with the image of it" cmp "$TMP/bzImage" "$DIR/arch/x86/boot/bzImage"
ok "whose Makefile finds the headers" grep -q "include $DIR/vendor/usr/src/linux-headers-$R/other" "$DIR/Makefile"

cat >"$TMP/kernel.spec" <<END
Name: kernel
Version: 5.99.0
Release: lab
Summary: none
License: none
%description
%package core
Summary: none
%description core
%package devel
Summary: none
%description devel
%files core
/lib/modules/$R/vmlinuz
%files devel
/usr/src/kernels/$R
END
mkdir -p "$TMP/rpm/lib/modules/$R" "$TMP/rpm/usr/src/kernels"
cp "$TMP/bzImage" "$TMP/rpm/lib/modules/$R/vmlinuz"
cp -a "$TMP/headers" "$TMP/rpm/usr/src/kernels/$R"
# rpmbuild empties the place that it packs: the files are put there by it.
sed -i "1i %define _rpmdir $TMP\n%define _topdir $TMP/rpmbuild\n%define _rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm" "$TMP/kernel.spec"
sed -i "s|^%files core|%install\ncp -a $TMP/rpm/. %{buildroot}/\n%files core|" "$TMP/kernel.spec"
ok "an .rpm to test with" rpmbuild -bb "$TMP/kernel.spec"
exits 0 "an .rpm becomes a build directory" "$TOP/scripts/runtime/kernel.sh" path "$TMP/kernel-core-$R.rpm"
DIR=$(tail -n 1 "$OUT")
ok "with the image of that" cmp "$TMP/bzImage" "$DIR/arch/x86/boot/bzImage"
ok "and its headers" test -e "$DIR/Module.symvers"

exits 0 "they are listed" "$LABYRINTH" list kernels
says "as ready" "ready .*image-5.99.0-lab"
says "each of them" "ready .*package-linux-image-5.99.0-lab"

# ---- which of many -------------------------------------------------------------

# newest SERIES: what in_suites finds where suites have the versions that a table
# names; "!" is one that cannot be reached.
newest() {
	SERIES=$1 bash -c '
		set -euo pipefail
		SCRIPTS=$0/scripts
		. "$SCRIPTS/runtime/lib.sh"
		. "$SCRIPTS/kernel/source.sh"
		declare -A has=(["own own-security"]="6.1.9-1" ["own-backports"]="6.12.95-1~bpo12+1" ["next next-security"]="6.12.94-1 6.12.117-1" ["gone"]="!" ["sid"]="7.3.4-1 6.12.117-1")
		suite_sets() { printf "%s\n" "own own-security" own-backports gone "next next-security" sid; }
		apt_root_sites() { :; }
		apt_root_init() { HERE_NOW=$*; APT_ROOT_ERROR="cannot reach $*"; [[ ${has[$*]} != "!" ]]; }
		apt_root_versions() { tr " " "\n" <<<"${has[$HERE_NOW]}" | sort -Vr; }
		in_suites "linux $SERIES" has_series linux "$SERIES" 2>/dev/null
		echo "$VERSION of $SUITES at $HERE_NOW"' "$TOP"
}

ok "the newest of all suites" newest 6.12
says "is the security suite's, not the backport" '^6.12.117-1 of next next-security at next next-security$'
ok "what one suite alone has" newest 7.3
says "is from there" '^7.3.4-1 of sid at sid$'
exits 1 "what no suite has" newest 5.10
refuses_update() {
	"$TOP/scripts/runtime/kernel.sh" update "$TMP/bzImage"
}
exits 2 "no update of what is not fetched" refuses_update

# What package lists say is kept beside them, as lines of SPEC|VERSION|SUITE.
ROOT=$TMP/cache/labyrinth/apt/own
mkdir -p "$ROOT" "$TMP/cache/labyrinth/kernels/stock-6.12_6.12.95-1~bpo12+1-0"/arch/x86/boot
touch "$TMP/cache/labyrinth/kernels/stock-6.12_6.12.95-1~bpo12+1-0"/{arch/x86/boot/bzImage,Module.symvers}
echo '6.12.95-1~bpo12+1' >"$TMP/cache/labyrinth/kernels/stock-6.12_6.12.95-1~bpo12+1-0/.labyrinth-ready"
touch "$ROOT/apt.conf" "$ROOT/refreshed"
sleep 0.1
printf '%s\n' 'stock:6.12|6.12.95-1~bpo12+1|own-backports' 'stock:6.12|6.12.117-1|next-security' \
	'stock:6.1|6.1.9-1|own' 'source:6.12|6.12.117-1|next-security' >"$ROOT/offered"
exits 0 "a list with suites" "$LABYRINTH" list kernels
says "what is kept, and from where" 'ready .*stock-6.12_.*\(6.12.95-1~bpo12\+1 from own-backports\)'
says "that there is a newer one, and how to get it" 'newer .*stock:6.12  \(6.12.117-1 from next-security, 6.12.95-1~bpo12\+1 is kept; .*kernel.sh update stock:6.12\)'
says "what can be had, and from where" 'to fetch .*stock:6.1  \(6.1.9-1 from own\)'
says "sources too" 'to fetch .*source:6.12  \(6.12.117-1 from next-security\)'
ok "what is kept is used until then" bash -c '[[ $("$0/scripts/runtime/kernel.sh" path stock:6.12) == *6.12.95* ]]' "$TOP"

done_testing
