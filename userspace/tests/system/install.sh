#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/install.sh - an installation works without the source tree and is
# removed completely; its manual pages and completion list the same options as
# the program.
#
# shellcheck disable=SC2317  # functions are called through ok and exits

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

ROOT=$TMP/root
PAGES=$ROOT/usr/share/man/man1
COMPLETION=$ROOT/usr/share/bash-completion/completions/labyrinth

# make without the variables of a calling make, which has other goals and flags.
plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL make -C "$TOP" "$@"
}

installed() {
	env -C / "$ROOT/usr/bin/labyrinth" "$@"
}

# The options of a command according to --help, the manual page and the
# completion.
options_of_help() {
	installed "$1" --help | grep -oE -- '--[a-z][a-z-]*' | grep -vx -- --help | sort -u
}

options_of_page() {
	mandoc -T ascii -O width=500 "$PAGES/labyrinth-$1.1" | col -b |
		grep -oE -- '--[a-z][a-z-]*' | grep -vx -- --help | sort -u
}

options_of_completion() {
	installed complete "$1" -- | grep -vx -- --help | sort -u
}

same() {
	diff <("$1" "$3") <("$2" "$3")
}

# offers WORD...: bash's completions of the last word.
offers() {
	PATH=$ROOT/usr/bin:$PATH bash -c '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_labyrinth
		printf "%s\n" "${COMPREPLY[@]}"' "$COMPLETION" labyrinth "$@"
}

# As a user who may not write to the installation.
read_only() {
	! find "$ROOT" ! -type l -perm /022 | grep . && ! find "$ROOT" ! -perm -444 | grep .
}

before() {
	(cd "$TOP" && find . \( -path ./.git -o -path ./build \) -prune -o -newer "$TMP/start" -type f -print)
}

: >"$TMP/start"
exits 0 "make install" plain_make install "DESTDIR=$ROOT" prefix=/usr
ok "all below the prefix" test "$(ls -A "$ROOT")" = usr
ok "nobody may write to it but its owner" read_only
ok "the source tree is as it was" test -z "$(before)"
exits 0 "a second time, over the first" plain_make install "DESTDIR=$ROOT" prefix=/usr

exits 0 "the program finds its scenarios" installed list scenarios
says "and lists them" '^  smoke '
exits 0 "and its scripts" installed list kernels
printf '%s\n' '[scenario]' 'claim = c' '[phase a]' 'context = task' 'expect = each success == 100%' >"$TMP/brief.ini"
ok "a guest of the installed program passes a scenario" \
	env XDG_CACHE_HOME="$TMP/cache" "$ROOT/usr/bin/labyrinth" lab "$TMP/brief.ini" \
	--kernel "$("$TOP/scripts/runtime/kernel.sh" path "$KERNEL")" --mode fast --out "$TMP/results"
ok "what it built is in the cache" test -e "$(echo "$TMP"/cache/labyrinth/guests/*/ready)"

mapfile -t commands < <(installed complete '' | grep -v ^-)
ok "there are commands" test "${#commands[@]}" -ge 4
for command in "${commands[@]}"; do
	ok "$command: has a manual page" test -e "$PAGES/labyrinth-$command.1"
	ok "$command: its options are those of --help" same options_of_help options_of_page "$command"
	ok "$command: and those that are completed" same options_of_help options_of_completion "$command"
	ok "$command: is told of by labyrinth(1)" grep -q "Xr labyrinth-$command 1" "$PAGES/labyrinth.1"
done
ok "no page is of a command that is not there" \
	diff <(printf '%s\n' "${commands[@]}" | sort) <(cd "$PAGES" && printf '%s\n' labyrinth-*.1 | sed 's/^labyrinth-//; s/\.1$//' | sort)
exits 0 "the pages are well-formed" mandoc -T lint -W warning "$PAGES"/*
# The comparison must be able to fail.
sed -i 's/^\.It Fl -seeds /.It Fl -sheds /' "$PAGES/labyrinth-lab.1"
exits 1 "an option that a page calls otherwise is seen" same options_of_help options_of_page lab

exits 0 "completion of commands" offers la
says "offers the command" '^lab$'
exits 0 "completion of scenarios" offers lab smo
says "offers the scenario" '^smoke$'
exits 0 "completion of options" offers lab --se
says "offers the option" '^--seeds$'
exits 0 "completion of an option's values" offers lab --mode d
says "offers the mode" '^deterministic$'
exits 0 "completion of files" offers lab --out /
says "is left to the shell" '^$'
exits 0 "completion of lists" offers list in
says "offers the list" '^injectors$'

exits 0 "make uninstall" plain_make uninstall "DESTDIR=$ROOT" prefix=/usr
ok "leaves nothing" test -z "$(find "$ROOT" ! -type d)"

done_testing
