#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: build.sh VERSION FOLDER
#
# Builds the Debian packages into FOLDER and has lintian look at them.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/packaging/debian}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}

[[ $# == 2 && -d $2 ]] || die 2 "usage: build.sh VERSION FOLDER"
readonly VERSION=$1
DEB=$(readlink -f "$2")
readonly TREE=$DEB/labyrinth-$VERSION
readonly LOG=$DEB/build.log

for tool in dpkg-buildpackage dh_dkms lintian; do
	command -v "$tool" >/dev/null ||
		die 2 "$tool is not there; scripts/setup.sh package installs what building packages takes"
done

# As git would archive it, changes that are not committed included.
copy_tree() {
	rm -rf "$TREE"
	mkdir "$TREE"
	(cd "$TOP" && find . \( -path ./.git -o -path ./build -o -path './results/*' -type d \) -prune \
		-o ! -type d -print0 | cpio -0pdm --quiet "$TREE")
	cp -R "$TREE/scripts/packaging/debian" "$TREE/debian"
	rm "$TREE/debian/build.sh"
}

# The time of the last change, so that the same tree gives the same packages.
write_changelog() {
	local epoch=${SOURCE_DATE_EPOCH:-$(git -C "$TOP" log -1 --format=%ct 2>/dev/null || stat -c %Y "$TOP/Makefile")}

	cat >"$TREE/debian/changelog" <<-END
		labyrinth ($VERSION) unstable; urgency=medium

		  * Built from its own source tree.

		 -- The Labyrinth authors <labyrinth@labyrinth.invalid>  $(date -R -u -d "@$epoch")
	END
}

copy_tree
write_changelog
rm -f "$DEB"/*.deb
cd "$TREE"
: >"$LOG"
# A make above has flags that are not for this one.
run_long "building packages" "$LOG" '' env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL \
	dpkg-buildpackage -us -uc -b || { show_failure "$LOG"; die 1 "the packages were not built; all of it is in $LOG"; }
lintian --fail-on error,warning --info "$DEB/"*.changes
ls "$DEB"/*.deb
