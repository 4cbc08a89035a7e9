#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: test.sh FOLDER
#
# Installs the packages of FOLDER in a Debian made for it, as root, sees them
# work, and removes them: nothing of them may be left.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/packaging/debian}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=../../kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=../own_debian.bash
. "$SCRIPTS/packaging/own_debian.bash"

# The headers are what the module is built against; a kernel is not booted.
readonly WITH=dkms,linux-headers-amd64

[[ $# == 1 && -n $(ls "$1"/labyrinth_*_amd64.deb 2>/dev/null) ]] || die 2 "no packages in '${1:-}'; run make deb"
DEB=$(readlink -f "$1")
ROOT=$(mktemp -d)
trap 'rm -rf --one-file-system "$ROOT"' EXIT
LOG=$DEB/test.log

inside() {
	in_debian "$ROOT" "$@"
}

# step TEXT COMMAND...
step() {
	local text=$1
	shift

	"$@" >>"$LOG" 2>&1 || { say "FAIL  $text"; show_failure "$LOG"; exit 1; }
	say "ok    $text"
}

# All that packages could leave, but for what dpkg and apt write about themselves,
# and for depmod's index of a kernel's modules, which is the kernel's.
list_files() {
	(cd "$ROOT" && find . -path ./proc -prune -o -path ./tmp -prune -o -path ./var/log -prune -o \
		-path ./var/lib/dpkg -prune -o -path ./var/lib/apt -prune -o -path ./var/cache -prune -o \
		-path './usr/lib/modules/*/modules.*' -o -print | sort)
}

module_builds() {
	local kernel

	kernel=$(basename "$(echo "$ROOT"/lib/modules/*-amd64)")
	inside dkms install "labyrinth/$VERSION" -k "$kernel" &&
		inside modinfo -k "$kernel" -F name labyrinth
}

only_what_was() {
	list_files >"$DEB/after"
	diff "$DEB/before" "$DEB/after"
}

VERSION=$(dpkg-deb -f "$DEB"/labyrinth_*_amd64.deb Version)
: >"$LOG"
step "a Debian to install them in" own_debian "$(apt_root_codename)" "$ROOT" "$WITH"
mkdir "$ROOT/srv/packages"
cp "$DEB"/labyrinth_*_amd64.deb "$DEB"/labyrinth-dkms_*_all.deb "$ROOT/srv/packages/"
list_files >"$DEB/before"

step "they install" inside sh -c 'apt-get install -y --no-install-recommends /srv/packages/labyrinth*.deb'
step "the program says its version" inside labyrinth --version
step "it finds its scenarios" inside labyrinth list scenarios
step "it finds its scripts" inside labyrinth list kernels
step "it says what is missing" inside sh -c 'labyrinth doctor; test $? = 1'
step "DKMS builds the module, and it is there" module_builds
step "they install over themselves" inside sh -c 'apt-get install -y --reinstall --no-install-recommends /srv/packages/labyrinth*.deb'
step "they are removed" inside apt-get purge -y labyrinth labyrinth-dkms
rm -rf "$ROOT/root/.cache"
step "and nothing is left" only_what_was
