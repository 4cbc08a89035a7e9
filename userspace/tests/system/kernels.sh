#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/kernels.sh - what can be given as a kernel, and the messages for
# everything else.
#
# shellcheck disable=SC2016,SC2317  # inner shells expand; functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# refuses NAME SPEC PATTERN: it is bad input, and the message gives the reason.
refuses() {
	exits 2 "$1" "$TOP/scripts/runtime/kernel.sh" path "$2"
	says "and it is said why: $1" "$3"
}

# With its own cache: nothing is fetched, and the machine's cache is not
# touched.
export XDG_CACHE_HOME=$TMP/cache

refuses "a series of one number" stock:6 'two numbers'
refuses "a flavour that is none" stock:6.12-fast '-rt or -cloud'
refuses "a vendor's kernel with more configuration" stock:6.12+debug 'no configuration can be added'
refuses "two configurations, of which one is none" source:6.12+nothing+debug "\+nothing', which is no configuration"
refuses "an architecture that is none" stock:6.12/vax "is for 'vax'; the architectures are arm64 x86_64"
refuses "the lab's configuration for another architecture" source:6.12/arm64 'stock:6.12/arm64'
refuses "a kind that is none" vendor:6.12 'of no kind that is known'
refuses "a package that is not there" "$TMP/none.deb" 'not there'
echo nonsense >"$TMP/broken.deb"
refuses "a package that is none" "$TMP/broken.deb" 'not a package'
refuses "a file that is no kernel" "$TOP/README.md" 'neither a package nor a bzImage'

# A source tree in place of a fetched one, a patch that applies and one that
# does not.
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
refuses "a patch that does not apply" "source:5.99+$TMP/bad.patch" 'does not apply to linux-source-5.99_5.99.1-1: bad.patch: mm/slab.c: Hunk #1 FAILED at 1;'
sed 's/slab/slub/' "$TMP/good.patch" >"$TMP/lost.patch"
refuses "one of a file that is not there" "source:5.99+$TMP/lost.patch" 'lost.patch: b/mm/slub.c: is not there to be changed'
head -n 4 "$TMP/good.patch" >"$TMP/cut.patch"
refuses "one that is cut short" "source:5.99+$TMP/cut.patch" 'cut.patch: malformed patch at line 4'
diff -u --label a/mm/slab.c --label b/mm/slab.c "$PATCHED/mm/slab.c" "$TREE/mm/slab.c" >"$TMP/back.patch"
refuses "one that is applied already" "source:5.99+$TMP/back.patch" 'back.patch: mm/slab.c: it is applied already'
refuses "the second of two" "source:5.99+$TMP/good.patch+$TMP/lost.patch" '5.99.1-1: lost.patch: b/mm/slub.c'
exits 2 "the lab says so, too" "$LABYRINTH" lab smoke --kernel source:5.99 --patch "$TMP/bad.patch"
says "with the hunk" 'bad.patch: mm/slab.c: Hunk #1 FAILED at 1'
ok "which leaves nothing" test -z "$(find "$SOURCES" -name '*.part')"
refuses "a patch that is not there" "source:5.99+$TMP/none.patch" 'none.patch. is not there'
refuses "a patch for what is built" "stock:6.12+$TMP/good.patch" 'patched by whoever has it'
exits 2 "a patch by another name" "$LABYRINTH" lab smoke --patch "$TMP/plain"
says "says what it has to be called" 'NAME.patch or NAME.diff'
exits 1 "a series of which nothing is fetched is not kept" "$TOP/scripts/runtime/kernel.sh" kept source:5.98
exits 1 "nor is one that was not built" "$TOP/scripts/runtime/kernel.sh" kept source:5.99
exits 2 "and of others that is not asked" "$TOP/scripts/runtime/kernel.sh" kept stock:6.12
rm -r "$SOURCES"

# image FILE [RELEASE]: the part of a kernel image that identifies it:
# Documentation/arch/x86/boot.rst.
image() {
	head -c 2048 /dev/zero >"$1"
	printf 'HdrS' | dd of="$1" bs=1 seek=514 conv=notrunc 2>/dev/null
	printf '\0\2' | dd of="$1" bs=1 seek=526 conv=notrunc 2>/dev/null
	printf '%s built by nobody' "${2:-5.99.0-lab}" | dd of="$1" bs=1 seek=1024 conv=notrunc 2>/dev/null
}
image "$TMP/bzImage"
refuses "an image without headers" "$TMP/bzImage" "a kernel 5.99.0-lab, and '/lib/modules/5.99.0-lab/build'"
refuses "an image with headers that are none" "$TMP/bzImage,$TMP" 'Module.symvers'

# Adopting an image does not change the headers.
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
# Packages of that kernel, in the layouts of Debian and Red Hat.
R=5.99.0-lab
mkdir -p "$TMP/deb"/{image/boot,headers/usr/src}
cp "$TMP/bzImage" "$TMP/deb/image/boot/vmlinuz-$R"
cp -a "$TMP/headers" "$TMP/deb/headers/usr/src/linux-headers-$R"
echo "include /usr/src/linux-headers-$R/other" >"$TMP/deb/headers/usr/src/linux-headers-$R/Makefile"
touch "$TMP/deb/headers/usr/src/linux-headers-$R/other"
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
# rpmbuild empties its build root: so the spec copies the files there.
sed -i "1i %define _rpmdir $TMP\n%define _topdir $TMP/rpmbuild\n%define _rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.rpm" "$TMP/kernel.spec"
sed -i "s|^%files core|%install\ncp -a $TMP/rpm/. %{buildroot}/\n%files core|" "$TMP/kernel.spec"
ok "an .rpm to test with" rpmbuild -bb "$TMP/kernel.spec"
exits 0 "an .rpm becomes a build directory" "$TOP/scripts/runtime/kernel.sh" path "$TMP/kernel-core-$R.rpm"
DIR=$(tail -n 1 "$OUT")
ok "with the image of that" cmp "$TMP/bzImage" "$DIR/arch/x86/boot/bzImage"
ok "and its headers" test -e "$DIR/Module.symvers"

# ---- layouts of other distributions
# ---------------------------------------------

path_of() {
	"$TOP/scripts/runtime/kernel.sh" path "$1"
}

# becomes NAME RELEASE SPEC: gives a build directory with image and headers,
# $DIR.
becomes() {
	exits 0 "$1 becomes a build directory" path_of "$3"
	DIR=$(tail -n 1 "$OUT")
	ok "with image and headers: $1" bash -c 'grep -qa "^$0 \|$0 built" "$1/arch/x86/boot/bzImage" && test -e "$1/Module.symvers" &&
		test -e "$1/Makefile" && grep -q CONFIG_SMP=y "$1/include/config/auto.conf"' "$2" "$DIR"
}

# deb FOLDER FILE NAME DEPENDS: makes a package of the folder.
deb() {
	mkdir -p "$1/DEBIAN"
	printf 'Package: %s\nVersion: 5.99.0-7.8\nArchitecture: amd64\nMaintainer: nobody\nDepends: %s\nDescription: none\n' \
		"$3" "$4" >"$1/DEBIAN/control"
	dpkg-deb --build "$1" "$2/$3_5.99.0-7.8_amd64.deb" >/dev/null
}

# A module of release $1 in folder $2, for depmod.
modules() {
	mkdir -p "$2/lib/modules/$1/kernel/lib"
	touch "$2/lib/modules/$1"/modules.{order,builtin}
	: | gcc -c -x c -o "$2/lib/modules/$1/kernel/lib/extra.ko" -
}

# Ubuntu: image, modules, and headers whose files are links to those that all
# flavours share.
U=5.99.0-7-generic
mkdir -p "$TMP/ubuntu" "$TMP/u/image/boot" "$TMP/u/headers/usr/src/linux-headers-$U"/{arch/x86,include/generated} \
	"$TMP/u/common/usr/src/linux-headers-5.99.0-7"/include/linux
image "$TMP/u/image/boot/vmlinuz-$U" $U
modules $U "$TMP/u/modules"
HERE=$TMP/u/headers/usr/src/linux-headers-$U
cp -a "$TMP/headers"/{arch,Makefile,scripts} "$TMP/u/common/usr/src/linux-headers-5.99.0-7/"
echo common >"$TMP/u/common/usr/src/linux-headers-5.99.0-7/include/linux/mm.h"
cp -a "$TMP/headers/include/config" "$HERE/include/"
cp "$TMP/headers"/{Module.symvers,.config} "$HERE/"
ln -s ../linux-headers-5.99.0-7/Makefile "$HERE/Makefile"
ln -s ../linux-headers-5.99.0-7/scripts "$HERE/scripts"
ln -s ../../../linux-headers-5.99.0-7/arch/x86/include "$HERE/arch/x86/include"
ln -s ../../linux-headers-5.99.0-7/include/linux "$HERE/include/linux"
deb "$TMP/u/image" "$TMP/ubuntu" linux-image-unsigned-$U linux-modules-$U
deb "$TMP/u/modules" "$TMP/ubuntu" linux-modules-$U wireless-regdb
deb "$TMP/u/headers" "$TMP/ubuntu" linux-headers-$U "linux-headers-5.99.0-7, libc6 (>= 2.38)"
mkdir "$TMP/half"
cp "$TMP/ubuntu"/* "$TMP/half/"
deb "$TMP/u/common" "$TMP/ubuntu" linux-headers-5.99.0-7 coreutils
# One of another flavour, and one of another build.
deb "$TMP/u/image" "$TMP/ubuntu" linux-image-5.99.0-7-lowlatency none
refuses "Ubuntu's headers of a flavour alone" "$TMP/half/linux-image-unsigned-${U}_5.99.0-7.8_amd64.deb" \
	'refer to ../linux-headers-5.99.0-7/Makefile, which is in another package'
becomes "Ubuntu's" $U "$TMP/ubuntu/linux-image-unsigned-${U}_5.99.0-7.8_amd64.deb"
ok "its links lead where they led" grep -q common "$DIR/include/linux/mm.h"
ok "in arch too" test -d "$DIR/arch/x86/include"
ok "with its modules" test -e "$DIR/modules/kernel/lib/extra.ko"

# rpm_of FOLDER FILE ARCH: makes a package of the folder; NAME-VERSION-RELEASE
# from FILE.
rpm_of() {
	local name=${2##*/} nvr release

	nvr=${name%."$3".rpm}
	release=${nvr##*-}
	nvr=${nvr%-*}
	cat >"$TMP/one.spec" <<-END
		%define _rpmdir $TMP/made
		%define _topdir $TMP/rpmbuild
		%define _rpmfilename $name
		%define __os_install_post %{nil}
		AutoReqProv: no
		Name: ${nvr%-*}
		Version: ${nvr##*-}
		Release: $release
		$([[ $3 != noarch ]] || echo "BuildArch: noarch")
		Summary: none
		License: none
		%description
		%install
		cp -a $1/. %{buildroot}/
		%files
		/*
	END
	mkdir -p "${2%/*}"
	rpmbuild -bb --quiet "$TMP/one.spec" >/dev/null 2>&1 && mv "$TMP/made/$name" "$2"
}

# Fedora: /lib/modules has the image as well.
F=5.99.0-300.fc99.x86_64
mkdir -p "$TMP/f/core/lib/modules/$F" "$TMP/f/devel/usr/src/kernels"
image "$TMP/f/core/lib/modules/$F/vmlinuz" $F
modules $F "$TMP/f/modules"
cp -a "$TMP/headers" "$TMP/f/devel/usr/src/kernels/$F"
for part in core modules devel; do
	rpm_of "$TMP/f/$part" "$TMP/fedora/kernel-$part-$F.rpm" x86_64
done
# A variant whose name begins in the same way.
rpm_of "$TMP/f/devel" "$TMP/fedora/kernel-debug-devel-$F.rpm" x86_64
becomes "Fedora's" $F "$TMP/fedora/kernel-core-$F.rpm"
ok "and Fedora's modules" test -e "$DIR/modules/kernel/lib/extra.ko"
mkdir "$TMP/core"
cp "$TMP/fedora/kernel-core-$F.rpm" "$TMP/core/"
refuses "Fedora's without headers" "$TMP/core/kernel-core-$F.rpm" 'put kernel-devel-5.99.0-300.fc99 into the same folder'
refuses "Fedora's modules alone" "$TMP/fedora/kernel-devel-$F.rpm" 'has no kernel image \(vmlinuz\)'

# SUSE: the image is a link; a build folder, and a source that all flavours
# share.
S=5.99.0-150
mkdir -p "$TMP/s/kernel/"{boot,usr/lib/modules/$S-default} \
	"$TMP/s/devel/usr/src/linux-$S-obj/x86_64" "$TMP/s/source/usr/src/linux-$S"
image "$TMP/s/kernel/usr/lib/modules/$S-default/vmlinuz" $S-default
ln -s ../usr/lib/modules/$S-default/vmlinuz "$TMP/s/kernel/boot/vmlinuz-$S-default"
cp -a "$TMP/headers" "$TMP/s/devel/usr/src/linux-$S-obj/x86_64/default"
echo "include ../../../linux-$S/Makefile" >"$TMP/s/devel/usr/src/linux-$S-obj/x86_64/default/Makefile"
touch "$TMP/s/source/usr/src/linux-$S/Makefile"
rpm_of "$TMP/s/kernel" "$TMP/suse/kernel-default-$S.9.x86_64.rpm" x86_64
rpm_of "$TMP/s/devel" "$TMP/suse/kernel-default-devel-$S.9.x86_64.rpm" x86_64
refuses "SUSE's headers of a flavour alone" "$TMP/suse/kernel-default-$S.9.x86_64.rpm" \
	"refer to ../../../linux-$S/Makefile, which .*on SUSE kernel-devel-$S.9.noarch"
rpm_of "$TMP/s/source" "$TMP/suse/kernel-devel-$S.9.noarch.rpm" noarch
becomes "SUSE's" $S-default "$TMP/suse/kernel-default-$S.9.x86_64.rpm"
ok "whose Makefile finds the source" grep -q "include $DIR/vendor/.*linux-$S/Makefile" "$DIR/Makefile"

# Arch: headers in /usr/lib/modules.
A=5.99.0-arch1-1
mkdir -p "$TMP/arch" "$TMP/a/linux/usr/lib/modules/$A" "$TMP/a/headers/usr/lib/modules/$A"
image "$TMP/a/linux/usr/lib/modules/$A/vmlinuz" $A
cp -a "$TMP/headers" "$TMP/a/headers/usr/lib/modules/$A/build"
touch "$TMP"/a/{linux,headers}/.PKGINFO
bsdtar -C "$TMP/a/linux" --zstd -cf "$TMP/arch/linux-5.99.0.arch1-1-x86_64.pkg.tar.zst" .PKGINFO usr
refuses "Arch's without headers" "$TMP/arch/linux-5.99.0.arch1-1-x86_64.pkg.tar.zst" 'put linux-headers-5.99.0.arch1-1 into'
bsdtar -C "$TMP/a/headers" --zstd -cf "$TMP/arch/linux-headers-5.99.0.arch1-1-x86_64.pkg.tar.zst" .PKGINFO usr
becomes "Arch's" $A "$TMP/arch/linux-5.99.0.arch1-1-x86_64.pkg.tar.zst"

# Programs in the headers that need a library which this machine does not have.
echo 'int nowhere(void) { return 0; }' | gcc -shared -fPIC -x c -o "$TMP/libnowhere.so" -
mkdir -p "$TMP/a/headers/usr/lib/modules/$A/build/scripts/mod"
echo 'int nowhere(void); int main(void) { return nowhere(); }' |
	gcc -x c -o "$TMP/a/headers/usr/lib/modules/$A/build/scripts/mod/modpost" - -L"$TMP" -lnowhere
bsdtar -C "$TMP/a/headers" --zstd -cf "$TMP/arch/linux-headers-5.99.0.arch1-1-x86_64.pkg.tar.zst" .PKGINFO usr
refuses "programs that do not run here" "$TMP/arch/linux-5.99.0.arch1-1-x86_64.pkg.tar.zst" \
	"do not run on this machine.*scripts/mod/modpost"

# ---- what is installed, URLs, tuxmake --------------------------------------------

exits 0 "a URL of a file" path_of "file://$TMP/core%2F../arch/..//bzImage,$TMP/headers"
refuses "a URL of another machine" https://example.org/linux.deb 'is not fetched; fetch it'
mkdir "$TMP/tux"
cp "$TMP/bzImage" "$TMP/tux/"
touch "$TMP/tux"/{metadata.json,config}
refuses "what tuxmake left" "$TMP/tux" 'run tuxmake with --build-dir'
mkdir -p "$TMP/build/arch/x86/boot"
touch "$TMP/build"/{Module.symvers,arch/x86/boot/bzImage}
ln -s "$TMP/gone" "$TMP/build/source"
refuses "a build folder whose tree is gone" "$TMP/build" "was built from $TMP/gone, which is not there"

# elsewhere FOLDER COMMAND...: with another /boot and /lib/modules in a private
# mount namespace. Nothing can be mounted over /lib/modules if it does not
# exist, so /usr/lib is replaced by a folder with links to the real one's
# content.
elsewhere() {
	# shellcheck disable=SC2086
	unshare ${USERNS:-} -m bash -c 'mount --bind "$1/boot" /boot && mount --bind /usr/lib "$1/true" &&
		mount --bind "$1/lib" /usr/lib && shift && "$@"' - "$TMP/machine" "$@"
}

installed() {
	elsewhere "$TOP/scripts/runtime/kernel.sh" path "$@"
}

mkdir -p "$TMP/machine"/{boot,true,lib/modules/{5.99.0-lab,5.98.0+x}}
find /usr/lib -mindepth 1 -maxdepth 1 ! -name modules -printf "$TMP/machine/true/%f\\0" |
	xargs -0 ln -s -t "$TMP/machine/lib"
USERNS=
((EUID == 0)) || USERNS=-r
if elsewhere test -e /lib/modules/5.99.0-lab; then
	exits 2 "no kernel that is installed" installed installed
	says "says where it looked" '/boot/vmlinuz-\*'
	cp "$TMP/bzImage" "$TMP/machine/boot/vmlinuz-5.99.0-lab"
	cp "$TMP/bzImage" "$TMP/machine/lib/modules/5.98.0+x/vmlinuz"
	exits 2 "one without headers" installed installed
	says "names their packages" 'linux-headers-5.99.0-lab, or kernel-devel-5.99.0-lab'
	ln -s "$TMP/headers" "$TMP/machine/lib/modules/5.99.0-lab/build"
	ln -s "$TMP/headers" "$TMP/machine/lib/modules/5.98.0+x/build"
	mkdir "$TMP/machine/lib/modules/5.99.0-lab/kernel"
	touch "$TMP/machine/lib/modules/5.99.0-lab/modules.dep"
	exits 0 "the newest that is installed" installed installed
	DIR=$(tail -n 1 "$OUT")
	ok "is a build directory" test "$(readlink "$DIR/arch/x86/boot/bzImage")" = /boot/vmlinuz-5.99.0-lab
	ok "with the modules that are installed" test "$(readlink "$DIR/vendor/lib/modules/5.99.0-lab")" = /lib/modules/5.99.0-lab
	exits 0 "one that is named" installed installed:5.98.0+x
	says "is that one" 'installed-5.98.0\+x'
	exits 2 "one that is not there" installed installed:5.97
	says "names those that are" 'there are: 5.98.0\+x 5.99.0-lab'
else
	ok "# SKIP nothing can be mounted over /boot and /usr/lib here" true
fi

# ---- the cache
# --------------------------------------------------------------------

OWN_HOME=$(getent passwd "$EUID" | cut -d : -f 6)
ok "without HOME" env -u HOME bash -c '. "$0/runtime/lib.sh"; home_dir' "$TOP/scripts"
says "the password file has it" "^$OWN_HOME\$"
ok "with an empty one" env HOME= bash -c '. "$0/runtime/lib.sh"; home_dir' "$TOP/scripts"
says "likewise" "^$OWN_HOME\$"

# ---- how the module is built -----------------------------------------------------

# of_module FUNCTION ARGUMENT...: calls a function of scripts/kernel/module.sh.
of_module() {
	bash -c 'set -euo pipefail; . "$0/runtime/lib.sh"; . "$0/kernel/module.sh"; "$@"' "$TOP/scripts" "$@"
}

# A kernel with a configuration whose lines are the arguments.
configured() {
	mkdir -p "$TMP/conf/include/config" "$TMP/conf"/{certs,scripts}
	printf '%s\n' "$@" >"$TMP/conf/include/config/auto.conf"
}

configured CONFIG_CC_IS_GCC=y CONFIG_GCC_VERSION=120200
ok "a kernel that gcc has built" of_module module_tools "$TMP/conf"
ok "has the module built as usual" test ! -s "$OUT"
mkdir "$TMP/bin"
for tool in clang-98 ld.lld-98 llvm-{ar,nm,strip,objcopy,objdump}-98; do
	ln -s /bin/true "$TMP/bin/$tool"
done
configured CONFIG_CC_IS_CLANG=y CONFIG_CLANG_VERSION=980001 CONFIG_LD_IS_LLD=y CONFIG_AS_IS_LLVM=y
exits 2 "one that a later clang has built" of_module module_tools "$TMP/conf"
says "names it" 'install clang-98, lld-98 and llvm-98'
SAVED=$PATH PATH=$TMP/bin:$PATH
exits 2 "one without all of its tools" of_module module_tools "$TMP/conf"
says "names the one" "'llvm-readelf-98' is missing"
ln -s /bin/true "$TMP/bin/llvm-readelf-98"
exits 0 "one with all of them" of_module module_tools "$TMP/conf"
says "has the module built with them" '^CC=clang-98$'
says "linked too" '^LD=ld.lld-98$'

# A kernel that is built here by clang. The newest one that has its linker.
of_clang() {
	bash -c 'set -euo pipefail; FRAGMENTS=(clang); . "$0/runtime/lib.sh"; . "$0/kernel/kbuild.sh"; . "$0/kernel/build.sh"
		"$@"' "$TOP/scripts" "$@"
}
ln -s /bin/true "$TMP/bin/clang-99"
exits 0 "+clang is built by clang" of_clang kernel_tools ccache
says "and its tools, of the newest version that has a linker" '^LLVM=-98$'
says "through ccache" '^CC=ccache clang-98$'
PATH=$SAVED
exits 0 "another configuration" bash -c 'FRAGMENTS=(rt); . "$0/scripts/kernel/kbuild.sh"; kernel_tools ""' "$TOP"
says "is built by gcc" '^CC=gcc$'

# Several configurations are laid over the lab's in the order given.
exits 0 "several configurations" bash -c 'set -eu; SCRIPTS=$0/scripts
	for part in runtime/lib kernel/arch kernel/config kernel/spec; do . "$SCRIPTS/$part.sh"; done
	SERIES=6.12
	split_spec source:6.12+signed+tiny
	echo "$BASE"
	configs | sed "s|.*/||"' "$TOP"
ok "the base, and each in its turn" \
	test "$(paste -sd ' ' "$OUT")" = "source:6.12 lab.config signed.config tiny.config"
mkdir "$TMP/old"
ln -s /bin/true "$TMP/old/clang-15"
ln -s /bin/true "$TMP/old/ld.lld-15"
for tool in bash grep sort cut dirname readlink; do
	ln -s "$(command -v "$tool")" "$TMP/old/$tool"
done
exits 2 "a clang that is too old for kCFI" env PATH="$TMP/old" bash -c 'FRAGMENTS=(clang); . "$0/scripts/runtime/lib.sh"
	. "$0/scripts/kernel/kbuild.sh"; . "$0/scripts/kernel/build.sh"; need_clang' "$TOP"
says "says how to get one" "by clang 16 or newer.*setup.sh clang installs"

# Signed like the kernel's own modules: the signature is appended, made with the
# build's key.
configured CONFIG_MODULE_SIG=y CONFIG_MODULE_SIG_FORCE=y 'CONFIG_MODULE_SIG_HASH="sha512"'
exits 2 "a kernel that takes signed modules only" of_module module_key "$TMP/conf"
says "wants a key" 'signing_key.pem.*--module-key'
touch "$TMP"/{own,other}.{key,crt}
cat "$TMP/own.key" "$TMP/own.crt" >"$TMP/conf/certs/signing_key.pem"
exits 0 "that of its build folder" of_module module_key "$TMP/conf"
says "is found" "^$TMP/conf/certs/signing_key.pem\$"
exits 2 "a build folder that cannot sign" of_module module_sign "$TMP/conf" "$TMP/module.ko"
says "says what it lacks" 'no scripts/sign-file'
# shellcheck disable=SC2016  # for the inner shell
printf '#!/bin/sh\necho "$@" >>"$4"\n' >"$TMP/conf/scripts/sign-file"
chmod +x "$TMP/conf/scripts/sign-file"
: >"$TMP/module.ko"
ok "a module is signed" of_module module_sign "$TMP/conf" "$TMP/module.ko"
ok "with that key, by the kernel's hash" grep -q "^sha512 $TMP/conf/certs/signing_key.pem $TMP/conf/certs/signing_key.pem $TMP/module.ko" "$TMP/module.ko"
export LABYRINTH_MODULE_KEY=$TMP/other.key,$TMP/other.crt
ok "or with another" of_module module_sign "$TMP/conf" "$TMP/module.ko"
ok "that is named" grep -q "^sha512 $TMP/other.key $TMP/other.crt " "$TMP/module.ko"
LABYRINTH_MODULE_KEY=$TMP/none.pem
exits 2 "a key that is not there" of_module module_key "$TMP/conf"
says "names that" "none.pem. cannot be read"
unset LABYRINTH_MODULE_KEY
configured CONFIG_MODULE_SIG=y
ok "a kernel that takes any module" of_module module_key "$TMP/conf"
ok "needs no key" test ! -s "$OUT"

exits 0 "they are listed" "$LABYRINTH" list kernels
says "as ready" "ready .*image-5.99.0-lab"
says "each of them" "ready .*package-linux-image-5.99.0-lab"
ok "and nothing is wrong with it" bash -c '! "$0" list kernels 2>&1 >/dev/null | grep .' "$LABYRINTH"

# ---- the newest of several versions
# ----------------------------------------------

# newest SERIES: the version that in_suites finds in suites with the versions of
# a table; "!" is a suite that cannot be reached.
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

# Another lab may be reading the configuration of a root.
root_twice() {
	XDG_CACHE_HOME=$TMP/roots bash -c '
		set -euo pipefail
		. "$0/scripts/runtime/lib.sh"
		. "$0/scripts/kernel/apt-root.sh"
		apt_root_sites() { :; }
		apt_root_keyring() { echo none; }
		apt_root_sources() { echo deb; }
		apt_root_refresh() { :; }
		apt_root_init own
		first=$(stat -c "%i %z" "$APT_ROOT/apt.conf")
		exec 9<"$APT_ROOT/apt.conf"
		apt_root_init own
		[[ $(stat -c "%i %z" "$APT_ROOT/apt.conf") == "$first" ]]
		APT_ROOT_ARCH=arm64 apt_root_conf >"$APT_ROOT/apt.conf"
		exec 8<"$APT_ROOT/apt.conf"
		size=$(stat -L -c %s /proc/self/fd/8)
		apt_root_init own
		[[ $(stat -L -c %s /proc/self/fd/8) == "$size" && ! -e $APT_ROOT/apt.conf.new ]]' "$TOP"
}
ok "a root that is in use is not touched" root_twice

# Answers from package lists are cached beside them, as lines of
# SPEC|VERSION|SUITE.
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
