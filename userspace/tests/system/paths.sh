#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/paths.sh - a checkout works in any folder, and independently of other
# checkouts.
#
# shellcheck disable=SC2016,SC2317  # inner shells expand; functions are called through ok and exits

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# Characters that have a meaning to shells, make, the loader or QEMU.
ODD="$TMP/a b, 'c' \"d\" (e) \$f #g ü"

# copy_tree DIRECTORY: a copy of the checkout with everything that was built.
copy_tree() {
	mkdir -p "$1/build"
	(cd "$TOP" && find . \( -path ./.git -o -path ./build -o -path './results/*' -type d \) -prune \
		-o ! -type d -print0 | cpio -0pdm --quiet "$1")
	cp -a "$TOP/build/labyrinth" "$TOP/build/userspace" "$TOP/build/qemu_lockstep.so" "$1/build/"
	# Something has to be compiled and linked.
	touch "$1/userspace/main.c" "$1/userspace/lab/qemu_lockstep.c"
}

# make without the variables of a calling make, which has other goals and flags.
plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL make "$@"
}

short() {
	"$1/build/labyrinth" lab "$SHORT" --kernel "$KERNEL" --out "$2"
}

fingerprint() {
	sed -n 's/.*"fingerprint": "\(.*\)".*/\1/p' "$1"/short-*/host.json
}

copy_tree "$ODD"
ok "it builds" plain_make -C "$ODD" all
ok "it is the same program as elsewhere" cmp "$ODD/build/labyrinth" "$LABYRINTH"
exits 0 "what needs no guest is checked" "$ODD/scripts/dev/check.sh" spdx tables
# In the value of a make variable, dollars are written twice.
exits 0 "it installs" plain_make -C "$ODD" install DESTDIR="$TMP/r 'oo\" t" prefix=/usr
exits 0 "the installed one finds its scenarios" env -C / "$TMP/r 'oo\" t/usr/bin/labyrinth" list scenarios
says "smoke is one" "^  smoke "
exits 0 "it uninstalls" plain_make -C "$ODD" uninstall DESTDIR="$TMP/r 'oo\" t" prefix=/usr
exits 0 "a guest runs" short "$ODD" "$ODD/res ults"
exits 0 "and a guest of the other" short "$TOP" "$TMP/plain"
ok "both runs are the same" test "$(fingerprint "$ODD/res ults")" = "$(fingerprint "$TMP/plain")"

# ---- folders that are shared ---------------------------------------------------

bundle() {
	basename "$("$1/scripts/runtime/guest.sh" "$KERNEL")"
}

# Checkouts that share a folder, by a symlink or as a cache, have different
# bundles.
other_bundle() {
	[[ $(bundle "$TOP") != "$(bundle "$ODD")" ]]
}

share_build() {
	rm -rf "$ODD/build"
	mkdir "$TMP/build"
	cp "$TOP/build/.checkout" "$TMP/build/"
	ln -s "$TMP/build" "$ODD/build"
}

# Another user's cache is not written to: its owner counts, also behind a
# symlink.
as_other() {
	chown "$1" "$TMP/cache/labyrinth" && env XDG_CACHE_HOME="$TMP/link" bash -c '
		. "$0"/scripts/runtime/lib.sh
		cache_dir' "$TOP"
}

ok "two checkouts have no guest's folder in common" other_bundle
share_build
exits 2 "two checkouts do not share what is built" plain_make -C "$ODD" all
says "says whose it is" "build is a link to what $TOP has built"
mkdir -p "$TMP/cache/labyrinth"
ln -s "$TMP/cache" "$TMP/link"
if ((EUID == 0)); then
	exits 0 "another user's cache" as_other 12345
	says "is left alone" "labyrinth-0$"
	exits 0 "one's own" as_other 0
	says "is used" "link/labyrinth$"
else
	ok "# SKIP folders of another user take root" true
fi
done_testing
