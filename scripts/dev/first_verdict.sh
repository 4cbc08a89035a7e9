#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel's build takes minutes. Where source:X.Y is still to be built, what the
# distribution ships of the same version is fetched meanwhile, and the scenario
# smoke runs on it: a first verdict, after a minute or two. Silent and quick when
# there is nothing to build.
#
# usage: first_verdict.sh KERNEL
#
# Ends when the kernel is built, with the exit code of its build. What the first
# verdict is, or that there is none, decides nothing.

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

# Of less importance than the first verdict: it has the CPUs that this leaves idle.
nice -n 10 "$RUNTIME/kernel.sh" path "$KERNEL" >/dev/null &
readonly BUILD=$!
trap 'kill "$BUILD" 2>/dev/null; wait "$BUILD" || true; exit 130' INT TERM HUP

say "$KERNEL is not built yet; meanwhile smoke runs on $STOCK"
"$LABYRINTH" lab smoke --kernel "$STOCK" ||
	say "smoke on $STOCK ended with $?; the verdict on $KERNEL does not depend on it"
say "waiting for the build of $KERNEL"
wait "$BUILD"
