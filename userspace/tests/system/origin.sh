#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/origin.sh - what is known of the source of a kernel: of a git tree, of
# one with changes, of a package with patches, and of a build by somebody else.
#
# shellcheck disable=SC2034,SC2317  # variables are shared with what is sourced; functions are called through exits
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# A cache with a kernel that is built already, of a tree that is not one.
export XDG_CACHE_HOME=$TMP/cache GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_{AUTHOR,COMMITTER}_NAME=nobody GIT_{AUTHOR,COMMITTER}_EMAIL=nobody@example.org
TREE=$TMP/tree
BUILD=$TMP/build
mkdir -p "$TREE/mm" "$BUILD"
printf 'VERSION = 5\nPATCHLEVEL = 99\n' >"$TREE/Makefile"
touch "$TREE"/{Kbuild,MAINTAINERS}
echo one >"$TREE/mm/slab.c"
printf 'CONFIG_CC_VERSION_TEXT="gcc (Debian 12) \\"12\\""\nCONFIG_SMP=y\n' >"$BUILD/.config"

# origin KIND: what is kept of BUILD, made from TREE.
origin() {
	bash -euo pipefail -c '
		. "$1/scripts/runtime/lib.sh"
		. "$1/scripts/kernel/source.sh"
		. "$1/scripts/kernel/origin.sh"
		is_ours() { [[ $KIND == source || $KIND == tree ]]; }
		tree_changed() { [[ -n $CHANGED ]]; }
		TREE=$2 BUILD=$3 KIND=$4 NAME=$5 SERIES=5.99 CHANGED=$7
		read -ra FRAGMENTS <<<"$6"
		shift 7
		PATCHES=("$@")
		keep_origin
		origin_of_build "$BUILD"' - "$TOP" "$TREE" "$BUILD" "$@"
}

# lacks NAME PATTERN: the opposite of says.
lacks() {
	local status=0

	! grep -Eq -- "$2" "$OUT" || status=1
	report "$status" "$1"
}

in_tree() {
	git -C "$TREE" "$@" >/dev/null 2>&1
}

# A tree that lies within a repository of something else is not of its commits.
git init -q "$TMP" && git -C "$TMP" commit -q --allow-empty -m outer
exits 0 "a tree without git" origin tree tree-x '' ''
lacks "is of no commit" '^(commit|branch)'
says "its compiler is that of its configuration" '^compiler gcc \(Debian 12\) "12"$'
says "and so is the hash" "^config-sha256 $(sha256sum <"$BUILD/.config" | cut -c -64)\$"
says "its configuration is the lab's" '^config lab$'
rm -rf "$TMP/.git"

in_tree init -b topic/slab
exits 0 "a repository without a commit" origin tree tree-x '' ''
lacks "tells nothing" '^commit'
in_tree add -A && in_tree commit -m first
in_tree remote add origin "https://somebody:secret@git.example.org/net/linux.git"
HEAD=$(git -C "$TREE" rev-parse HEAD)
exits 0 "a git tree" origin tree tree-x debug ''
says "is of a commit" "^commit $HEAD\$"
says "of a branch" '^branch topic/slab$'
says "that is fetched from somewhere, without the password" '^repository https://git.example.org/net/linux.git$'
says "with the configuration that was laid over" '^config lab with debug$'
lacks "without changes" '^(uncommitted|patch)'

echo two >"$TREE/mm/slab.c"
touch "$TREE/mm/new.c"
exits 0 "one with changes" origin tree tree-x '' ''
says "has them counted" '^uncommitted 2$'
says "as a patch" "^patch $(git -C "$TREE" diff --binary HEAD | sha256sum | cut -c -64) uncommitted.diff\$"
in_tree add -A && in_tree commit -m second && in_tree checkout --detach
exits 0 "one that is on no branch" origin tree tree-x '' ''
says "is of its commit" "^commit $(git -C "$TREE" rev-parse HEAD)\$"
lacks "and of no branch" '^(branch|uncommitted)'
in_tree remote set-url origin "$TMP/linux"
exits 0 "a path of this machine" origin tree tree-x '' ''
lacks "is no address" '^repository'
exits 0 "a tree that changed while it was built" origin tree tree-x '' yes
says "is told of" 'not known of which commit'
lacks "and is of no commit" '^commit'

# Two patches of a package.
mv "$TREE" "$TMP/linux-source-5.99_5.99.7-1"
TREE=$TMP/linux-source-5.99_5.99.7-1
echo first >"$TMP/b.patch"
echo second >"$TMP/a.patch"
exits 0 "a package with patches" origin source source-5.99-patched '' '' "$TMP/b.patch" "$TMP/a.patch"
says "is the distribution's" '^package linux-source-5.99 5.99.7-1$'
grep '^patch ' "$OUT" >"$TMP/patches"
ok "with them in their order" cmp "$TMP/patches" \
	<(cd "$TMP" && sha256sum b.patch a.patch | sed 's/^\([0-9a-f]*\) */patch \1 /')
echo 5.99.8-1 >"$BUILD/.labyrinth-ready"
exits 0 "a kernel as it is shipped" origin vendor stock-5.99 '' ''
says "is of its version" '^package linux 5.99.8-1$'
exits 0 "one of a package by somebody" origin vendor package-x '' ''
lacks "is of none" '^package'

# A folder in which somebody has built: the release tells the commit.
rm "$BUILD/.labyrinth-origin"
mkdir -p "$BUILD/include/config"
ln -s "$TREE" "$BUILD/source"
echo "5.99.0-00001-g${HEAD:0:12}" >"$BUILD/include/config/kernel.release"
exits 0 "a build folder" origin build x '' ''
says "is of the commit that its release names, not of what the tree is at now" "^commit $HEAD\$"
ok "and nothing is written there" test ! -e "$BUILD/.labyrinth-origin"
echo "5.99.0-00001-g${HEAD:0:12}-dirty" >"$BUILD/include/config/kernel.release"
exits 0 "of a tree with changes" origin build x '' ''
says "is told as that" '^uncommitted 1$'
echo "5.99.0-gabcdef012345" >"$BUILD/include/config/kernel.release"
exits 0 "of a commit that is not there" origin build x '' ''
lacks "nothing is told" '^commit'

# All of it by kernel.sh, with a make that builds nothing.
mkdir -p "$TMP/bin" "$TMP/linux/scripts/kconfig"
cat >"$TMP/bin/make" <<'END'
#!/bin/sh
for word; do
	case $word in
	O=*) out=${word#O=} ;;
	tinyconfig) : >"$out/.config" ;;
	bzImage)
		mkdir -p "$out/arch/x86/boot"
		touch "$out/arch/x86/boot/bzImage" "$out/Module.symvers"
		;;
	esac
done
END
printf '#!/bin/sh\nshift 2\ncat "$@" >.config\n' >"$TMP/linux/scripts/kconfig/merge_config.sh"
chmod +x "$TMP/bin/make" "$TMP/linux/scripts/kconfig/merge_config.sh"
printf 'VERSION = 5\nPATCHLEVEL = 99\n' >"$TMP/linux/Makefile"
touch "$TMP/linux"/{Kbuild,MAINTAINERS}
TREE=$TMP/linux
in_tree init -b one && in_tree add -A && in_tree commit -m first
built() {
	exits 0 "$1" env PATH="$TMP/bin:$PATH" "$TOP/scripts/runtime/kernel.sh" path "$TREE"
	BUILD=$(tail -n 1 "$OUT")
	cp "$BUILD/.labyrinth-origin" "$OUT"
}
built "a tree is built"
says "of its commit" "^commit $(git -C "$TREE" rev-parse HEAD)\$"
says "and branch" "^branch one\$"
READY=$(stat -c %z "$BUILD/.labyrinth-ready")
in_tree commit --allow-empty -m second && in_tree branch -m two
built "the same content of another commit"
says "is of that" "^commit $(git -C "$TREE" rev-parse HEAD)\$"
says "and of the branch's name now" "^branch two\$"
ok "and is not built again" test "$READY" = "$(stat -c %z "$BUILD/.labyrinth-ready")"

# A kernel with a patch begins as a copy of the one without, where that is built.
mkdir -p "$TMP/cache/labyrinth/sources"
SOURCE=$TMP/cache/labyrinth/sources/linux-source-5.99_5.99.1-1
cp -r "$TREE" "$SOURCE"
rm -rf "$SOURCE/.git"
mkdir "$SOURCE/mm"
echo one >"$SOURCE/mm/slab.c"
path() {
	env PATH="$TMP/bin:$PATH" "$TOP/scripts/runtime/kernel.sh" path "$1"
}
exits 0 "a kernel without a patch" path source:5.99
BASE=$(tail -n 1 "$OUT")
mkdir "$BASE/mm"
echo "cc -I$SOURCE/include $BASE/tools/x" >"$BASE/mm/.slab.o.cmd"
touch "$BASE/mm/slab.o"
printf -- '--- a/mm/slab.c\n+++ b/mm/slab.c\n@@ -1 +1 @@\n-one\n+two\n' >"$TMP/two.patch"
PATCHED=$("$TOP/scripts/runtime/kernel.sh" source "source:5.99+$TMP/two.patch" 2>/dev/null)
touch -d yesterday "$PATCHED/mm/slab.c"
exits 0 "one with a patch" path "source:5.99+$TMP/two.patch"
says "begins as a copy" "begins as a copy of ${BASE##*/}"
BUILD=$(tail -n 1 "$OUT")
ok "in a folder of its own" test "$BUILD" != "$BASE"
ok "with objects" test -e "$BUILD/mm/slab.o"
ok "whose commands are of its tree and folder" grep -qxF "cc -I$PATCHED/include $BUILD/tools/x" "$BUILD/mm/.slab.o.cmd"
ok "what was patched is newer than these, whenever that was" test "$PATCHED/mm/slab.c" -nt "$BUILD/mm/slab.o"
ok "what was not is as it was" test "$PATCHED/Makefile" -ef "$SOURCE/Makefile"
ok "the kernel without it is as it was" grep -qxF "cc -I$SOURCE/include $BASE/tools/x" "$BASE/mm/.slab.o.cmd"
cp "$BUILD/.labyrinth-origin" "$OUT"
says "it is of the patch" "^patch $(sha256sum <"$TMP/two.patch" | cut -c -64) two.patch\$"
ok "nothing is left" test -z "$(find "$TMP/cache" -name '*.part')"

done_testing
