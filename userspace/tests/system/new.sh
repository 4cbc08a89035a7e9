#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/new.sh - files written by "make new" work without changes, in a copy of
# the tree.
#
# shellcheck disable=SC2317  # functions are called through ok and exits

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

COPY=$TMP/tree
NEW=$COPY/scripts/dev/new

copy_tree() {
	mkdir "$COPY" "$COPY/build"
	(cd "$TOP" && find . \( -path ./.git -o -path ./build -o -path './results/*' -type d \) -prune \
		-o ! -type d -print0 | cpio -0pdm --quiet "$COPY")
	cp -a "$TOP/build/labyrinth" "$TOP/build/userspace" "$COPY/build/"
}

digest() {
	(cd "$COPY" && find module userspace scenarios -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

unchanged() {
	[[ $(digest) == "$BEFORE" ]]
}

# make without the variables of a calling make, which has other goals and flags.
plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL make "$@"
}

# The kernel is built first if necessary, so that a failure is one of the
# module.
module_builds() {
	local kernel

	kernel=$("$TOP/scripts/runtime/kernel.sh" path "${LABYRINTH_CHECK_KERNEL:-$KERNEL}") || return
	cp -r "$COPY/module" "$TMP/module" &&
		plain_make -j"$(nproc)" -C "$kernel" "M=$TMP/module" modules &&
		grep -q lab_ctx_migrate_off "$TMP/module/contexts/migrate_off.o"
}

copy_tree
BEFORE=$(digest)

exits 0 "help" "$NEW" --help
says "help names the kinds" "^  injector "
exits 2 "no arguments" "$NEW"
exits 2 "no name" "$NEW" context
exits 2 "unknown kind" "$NEW" gadget x
says "names what there is no kind of" "no kind 'gadget'"
for name in '' 1st Big with-dash ../up 'two words' count all table averyveryverylongnamethatgoesonandon; do
	exits 2 "context '$name' is refused" "$NEW" context "$name"
done
says "says what a name is" "a-z, then up to 30 of"
for name in '' Big with_underscore ../up smoke; do
	exits 2 "scenario '$name' is refused" "$NEW" scenario "$name"
done
says "says that it is there" "scenarios/smoke.ini is there already"
exits 2 "a scenario that all would mean" "$NEW" scenario all
exits 2 "context that is there" "$NEW" context spin_lock_irqsave
exits 2 "pressure that is there" "$NEW" pressure anon
exits 2 "injector that is there" "$NEW" injector fail_page_alloc
ok "nothing was changed by what was refused" unchanged

exits 0 "new scenario" plain_make -C "$COPY" new KIND=scenario NAME=new-one
exits 0 "new context" "$NEW" context migrate_off
exits 0 "new pressure" "$NEW" pressure flood
exits 0 "new injector" "$NEW" injector dice
exits 2 "not a second time" "$NEW" context migrate_off
ok "one row each" test "$(grep -rhoE --include=*.[ch] 'X\(MIGRATE_OFF, migrate_off,|^	&lab_press_flood,$|^	&lab_inject_dice,$' \
	"$COPY/module" "$COPY/userspace" | sort | uniq -c | awk '{ printf "%s", $1 }')" = 111
ok "nothing else is left" test -z "$(find "$COPY" -name '.new.*')"
exits 0 "it is formatted, and has its rows" "$COPY/scripts/dev/check.sh" spdx tables format
exits 1 "it is not finished" "$COPY/scripts/dev/check.sh" leftovers
for file in scenarios/new-one.ini module/contexts/migrate_off.c userspace/pressure/flood.c userspace/inject/dice.c; do
	says "not finished: $file" "$file:"
done

ok "the program builds" plain_make -C "$COPY" -j"$(nproc)" build/labyrinth
for list in scenarios:new-one contexts:migrate_off pressures:flood injectors:dice; do
	exits 0 "list of ${list%:*}" "$COPY/build/labyrinth" list "${list%:*}"
	says "${list#*:} is in it" "^  ${list#*:}( |$)"
done
ok "the module builds" module_builds

# A scenario that uses all of them.
cat >"$COPY/scenarios/new-one.ini" <<END
[scenario]
claim = c
[phase a]
context = migrate_off
pressure = flood
pressure.size = 1 2
inject = dice
expect = each success == 100%
END
exits 0 "a scenario that uses all of it parses" env -u LABYRINTH_SCENARIOS "$COPY/build/labyrinth" list scenarios

done_testing
