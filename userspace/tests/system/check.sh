#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/check.sh - "make check" can fail: in a copy of the tree, every check
# gets something to find.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

COPY=$TMP/tree
CHECK=$COPY/scripts/dev/check.sh

# Words that must not be found in this file are written in two pieces.
LEFT="TO""DO"
HOST="deb.debian"".org"
HOME_PATH="/ho""me/me/linux"

copy_tree() {
	mkdir "$COPY" "$COPY/build"
	(cd "$TOP" && find . \( -path ./.git -o -path ./build -o -path './results/*' -type d \) -prune \
		-o ! -type d -print0 | cpio -0pdm --quiet "$COPY")
	cp -a "$TOP/build/labyrinth" "$TOP/build/userspace" "$COPY/build/"
}

# plant FILE TEXT: appends the text; a new file begins with its licence.
plant() {
	[[ -e $COPY/$1 ]] || printf '%s\n' '// SPDX-License-Identifier: GPL-2.0-only' >"$COPY/$1"
	printf '%s\n' "$2" >>"$COPY/$1"
}

restore() {
	if [[ -e $TOP/$1 ]]; then
		cp -p "$TOP/$1" "$COPY/$1"
	else
		rm "$COPY/$1"
	fi
}

# barks CHECK FILE WHY: the check fails because of FILE, which is then restored.
barks() {
	exits 1 "$1: fails at $3" "$CHECK" "$1" -- "$2"
	says "$1: names $2" "^ +$2:"
	restore "$2"
}

# planted CHECK FILE TEXT WHY: plants the text and expects the check to fail.
planted() {
	plant "$2" "$3"
	barks "$1" "$2" "$4"
}

copy_tree
exits 2 "there is no such check" "$CHECK" nothing
exits 2 "there is no such file" "$CHECK" spdx -- userspace/nothing.c
says "names it" "'userspace/nothing.c' is not a file of this tree"
exits 2 "no file at all" "$CHECK" spdx --
exits 0 "the quick checks pass as it is" "$CHECK" spdx top-level executable leftovers private versions \
	sleeps pointers tables names layers format shellcheck program scenarios coverage generated
says "says how many" "^17 passed, 0 failed$"

echo 'int a;' >"$COPY/userspace/bare.c"
barks spdx userspace/bare.c "a file without a licence"
planted top-level notes.txt '' "a file that has no place there"
chmod +x "$COPY/userspace/run/run.c"
barks executable userspace/run/run.c "a source that may be run"
chmod -x "$COPY/scripts/runtime/guest.sh"
barks executable scripts/runtime/guest.sh "a script that may not be run"
planted leftovers userspace/run/run.c "/* $LEFT: later */" "a mark that something is left to do"
planted private scripts/runtime/lib.sh "# see $HOST" "a host of a registry"
planted private userspace/run/run.c "static const char *linux_tree = \"$HOME_PATH\";" "a path in a home"
planted versions module/shot.c '#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)' "a test for a version"
planted sleeps module/shooter.c '	msleep(10);' "a sleep"
planted pointers module/shooter.c '	pr_info("%p\n", shooter);' "an address"
planted pointers module/shooter.c '	pr_info("at %px", shooter);' "a raw address"
planted tables module/contexts/lost.c 'const struct lab_context lab_ctx_lost = {' "a context without a row"
rm "$COPY/module/oracles/state.h"
exits 1 "tables: fails at a row without a file" "$CHECK" tables
says "tables: names the file" '^ +module/oracles/state\.h:'
restore module/oracles/state.h
plant userspace/scenario/run.c 'static int a;'
exits 1 "names: fails at a base name that is there already" "$CHECK" names
says "names: names both" '^ +userspace/scenario/run\.c: userspace/run/run\.\* has the same base name'
restore userspace/scenario/run.c
sed -i 's/LAB_EXIT_H/LAB_ALLOC_H/' "$COPY/userspace/lib/exit.h"
exits 1 "names: fails at a guard of another header" "$CHECK" names
says "names: names it" '^ +userspace/lib/exit\.h: its guard is LAB_ALLOC_H, not LAB_EXIT_H'
says "names: and the other" '^ +userspace/lib/exit\.h: userspace/lib/alloc\.h has the same guard'
restore userspace/lib/exit.h
planted layers userspace/scenario/source.c '#include "results/build.h"' "an include from a higher floor"
planted layers userspace/history/db.c '#include "report/report.h"' "an include from the same floor"
planted layers userspace/lib/paths.c '#include "tests/unit/capture.h"' "an include from the tests"
plant userspace/scenario/gfp.h '#include "scenario.h"'
barks layers userspace/scenario/gfp.h "a header that includes itself by another"
planted layers userspace/lib/exit.c '#include "nothing.h"' "an include of nothing"
planted format userspace/run/run.c 'int  a ;' "bad formatting"
# shellcheck disable=SC2016  # what is planted is not to be expanded here
planted shellcheck scripts/runtime/guest.sh 'rm -rf $HOME_OF/*' "an expansion that is not quoted"
# shellcheck disable=SC2016
planted shellcheck userspace/tests/system/cli.sh 'cd $1' "a mistake in a test"
printf '[scenario]\nclaim = c\n[phase a]\nshotz = 1\n' >"$COPY/scenarios/bad.ini"
exits 1 "scenarios: fails at one that does not parse" "$CHECK" scenarios
says "scenarios: names it" 'bad\.ini:4: shotz'
restore scenarios/bad.ini
cp "$COPY/scenarios/smoke.ini" "$COPY/scenarios/another.ini"
barks coverage scenarios/COVERAGE.md "a scenario that it does not know"
rm "$COPY/scenarios/another.ini"
sed -i 's/^claim/regressions = 0123456789ab\n&/' "$COPY/scenarios/smoke.ini"
exits 1 "coverage: fails at a regression that is not listed" "$CHECK" coverage
says "coverage: names it" 'smoke\.ini: regressions: "0123456789ab" is not in '
restore scenarios/smoke.ini
sed -i 's/1.5min/1.6min/' "$COPY/scenarios/README.md"
exits 1 "generated: fails at a table that is not what the program says" "$CHECK" generated
says "generated: names the file" '^ +scenarios/README\.md: quotes what is not so any more'
restore scenarios/README.md
printf '<!-- made by: rm -rf build -->\n<!-- end of what is made -->\n' >>"$COPY/README.md"
exits 1 "generated: fails at a command of another kind" "$CHECK" generated
says "generated: names it" "'rm -rf build' is not a command that documents are made by"
ok "generated: does not run it" test -e "$COPY/build"
restore README.md
touch "$COPY/scripts/kernel/other.config"
exits 1 "tables: fails at a configuration that is not told of" "$CHECK" tables
says "tables: names it" 'other\.config: spec.list has no row \+other'
restore scripts/kernel/other.config
planted program userspace/run/run.c 'static int never_used;' "a warning of the compiler"

# A check whose tool is missing has not passed.
mkdir "$TMP/bin"
cp -rs /usr/bin/. "$TMP/bin"
rm "$TMP/bin/shellcheck" "$TMP/bin/clang-format"
exits 1 "a tool that is missing fails its check" env PATH="$TMP/bin" "$CHECK" shellcheck format spdx
says "names the package" "it is in the package shellcheck"
says "names the other package" "it is in the package clang-format"
says "runs the rest" "^1 passed, 2 failed$"
exits 1 "a kernel that is missing fails its check" env LABYRINTH_CHECK_KERNEL="$TMP/none" "$CHECK" module
says "names the kernel" "no kernel to build it against: '$TMP/none'"

# The slow checks, all at once.
plant userspace/sys/restore.c 'int undo_first(const int *list) { int one[1]; if (!list) return *list; return one[1]; }'
plant module/gfp.c 'int lab_if(int a) { if(a) return 1; return 0; }'
plant module/zones.c 'static void __user *lab_wrong(void *p) { return p; }'
exits 1 "the slow checks fail together" \
	env LABYRINTH_CHECK_KERNEL="${LABYRINTH_CHECK_KERNEL:-$KERNEL}" "$CHECK" checkpatch cppcheck module \
	-- userspace/sys/restore.c module/gfp.c module/zones.c
says "none passes" "^0 passed, 3 failed$"
says "checkpatch: names the file" '^ +module/gfp\.c:[0-9]+: ERROR:SPACING'
says "cppcheck: names the file" '^ +userspace/sys/restore\.c:[0-9]+: error: '
says "module: names the file that sparse objects to" '^ +module/zones\.c:.*address space'
says "module: names the file that gcc objects to" '^ +module/gfp\.c:.*no previous prototype'

done_testing
