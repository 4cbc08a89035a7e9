#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Building a kernel takes minutes. If source:X.Y has to be built, the
# distribution's kernel of the same version is fetched meanwhile, and the
# scenario smoke runs on it: a first verdict after a minute or two. Silent and
# quick if there is nothing to build.
#
# usage: first_verdict.sh KERNEL
#
# Ends when the kernel is built, with the exit code of the build. The first
# verdict does not change the exit code.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly RUNTIME=${HERE%/*}/runtime
# shellcheck source=../runtime/lib.sh
. "$RUNTIME/lib.sh"

readonly LABYRINTH=${HERE%/scripts/*}/build/labyrinth

(($# == 1)) || die 2 "usage: first_verdict.sh KERNEL"
readonly KERNEL=$1

[[ $KERNEL =~ ^source:([0-9]+\.[0-9]+) ]] || exit 0
readonly STOCK=stock:${BASH_REMATCH[1]}
! "$RUNTIME/kernel.sh" kept "$KERNEL" || exit 0

# The first verdict is more urgent: the build gets the CPU time that it leaves.
nice -n 10 "$RUNTIME/kernel.sh" path "$KERNEL" >/dev/null &
readonly BUILD=$!
trap 'kill "$BUILD" 2>/dev/null; wait "$BUILD" || true; exit 130' INT TERM HUP

say "$KERNEL is not built yet; meanwhile smoke runs on $STOCK"
"$LABYRINTH" lab smoke --kernel "$STOCK" ||
	say "smoke on $STOCK ended with $?; the verdict on $KERNEL does not depend on it"
say "waiting for the build of $KERNEL"
wait "$BUILD"
