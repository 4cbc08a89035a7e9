#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Formatting, static analysis and house rules: what a reviewer should not have
# to look for. See usage() below.
#
# A check is a function check_NAME and a row of CHECKS. It passes if it prints
# nothing and returns 0. So a tool that breaks or is missing makes its check
# fail.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=../kernel/module.sh
. "$SCRIPTS/kernel/module.sh"

readonly TOP=${SCRIPTS%/*}
readonly IGNORED=$HERE/checkpatch.list
readonly KERNEL=${LABYRINTH_CHECK_KERNEL:-source:6.12}
# checkpatch.pl changes with the kernel: the same version for everybody.
readonly CHECKPATCH_SOURCE=source:6.12

# Name, what is checked. The quick ones first.
readonly CHECKS='
spdx        every file says what its licence is
top-level   no file at the top that has no place there
executable  what begins with #! may be run, and nothing else
leftovers   nothing is left to do
private     no path of one machine, no registry
versions    compat.h alone knows kernel versions
sleeps      nothing in the module waits by sleeping
pointers    the module prints no address
tables      every row has its file, every file its row
names       base names and include guards are unique
layers      no include from a higher floor of userspace/LAYERS, nor in a circle
format      C is formatted by clang-format
shellcheck  scripts pass shellcheck
checkpatch  C passes checkpatch.pl, but for checkpatch.list
cppcheck    the program passes cppcheck
program     the program builds without a warning
scenarios   every scenario parses
coverage    scenarios/COVERAGE.md is what the scenarios cover
generated   what documents quote of the program is what it says
module      the module builds without a warning of gcc (W=1) or sparse
'

usage() {
	cat <<-END
		usage: check.sh [CHECK...] [-- FILE...]

		Runs all checks, or those named. Exits 0 when all passed, 1 when one failed.
		With files, those that look at one file after another look at no others.

		$(printf '%s\n' "$CHECKS" | sed -n 's/^./  &/p')

		LABYRINTH_CHECK_KERNEL names the kernel that the module is built against, as
		kernel.sh takes it; it is $KERNEL now.
	END
}

# ---- helpers -----------------------------------------------------------------

# need TOOL PACKAGE
need() {
	command -v "$1" >/dev/null && return
	echo "$1 is not installed; it is in the package $2, which scripts/setup.sh installs"
	return 1
}

# grep, but finding nothing is no error.
search() {
	local status=0

	grep "$@" </dev/null || status=$?
	((status <= 1))
}

# The files that git would add; in an unpacked archive, without git, the same by
# name.
list_files() {
	if [[ $(git rev-parse --show-toplevel 2>/dev/null) == "$TOP" ]]; then
		git ls-files --cached --others --exclude-standard
	else
		find . \( -path ./.git -o -path ./build -o -regex '\./results/[^/]*' -type d ! -name reference \) \
			-prune -o ! -type d -printf '%P\n'
	fi | sort -u
}

# files PATTERN...: those of our files that match, and are regular files.
files() {
	local file pattern

	for file in "${FILES[@]}"; do
		for pattern in "$@"; do
			# shellcheck disable=SC2053  # a pattern is meant
			if [[ $file == $pattern && -f $file && ! -L $file ]]; then
				printf '%s\n' "$file"
				break
			fi
		done
	done
}

# Whether a file was written by hand, and not recorded by a run or another
# kernel.
written() {
	files '*' | grep -vE '^(results/reference|userspace/tests/data)/'
}

has_shebang() {
	[[ $(head -c 2 "$1" | tr -d '\0') == '#!' ]]
}

# listed COMMAND...: sets the caller's list to what the command prints. False if
# that is empty: most tools take an empty list for all files.
listed() {
	mapfile -t list < <("$@")
	((${#list[@]} > 0))
}

scripts() {
	local file

	while read -r file; do
		if [[ $file == *.sh || $file == *.bash ]] || head -n 1 "$file" | grep -aqE '^#!.*[/ ](ba)?sh( |$)'; then
			printf '%s\n' "$file"
		fi
	done < <(written)
}

# make without the variables of a calling make, which may have other goals.
plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL -u V make --no-print-directory -j"$(nproc)" "$@"
}

# ---- house rules -------------------------------------------------------------

# JSON has no comments, so results are excepted; COPYING is the licence itself.
check_spdx() {
	local file

	while read -r file; do
		head -n 3 "$file" | grep -qE 'SPDX-License-Identifier: GPL-2\.0' ||
			echo "$file: no line SPDX-License-Identifier: GPL-2.0-only among the first three"
	done < <(written | grep -vx COPYING)
}

# Newcomers read the top level first.
check_top_level() {
	printf '%s\n' "${FILES[@]%%/*}" | sort -u |
		grep -vxE 'Makefile|module|userspace|scenarios|results|scripts|README\.md|CONTRIBUTING\.md|CHANGES\.md|COPYING|\..*' |
		sed 's/$/: not one of the things that are kept at the top/' || true
}

# make calls scripts by name; running a library would do nothing, without a
# message.
check_executable() {
	local file

	while read -r file; do
		if has_shebang "$file"; then
			[[ -x $file ]] || echo "$file: begins with #! and may not be run; chmod +x"
		elif [[ -x $file ]]; then
			echo "$file: may be run and does not begin with #!; chmod -x, or say what runs it"
		fi
	done < <(written)
}

# Templates of scripts/new contain such marks: a file that was made from one is
# unfinished until all are replaced.
check_leftovers() {
	local list

	mapfile -t list < <(written)
	search -HInwE 'TODO|FIXME|XXX' "${list[@]}" | grep -vE '^scripts/dev/(check\.sh|new):' || true
}

# The paths of one home or the address of one mirror do not work elsewhere.
check_private() {
	local list

	mapfile -t list < <(written)
	search -HInE '(^|[^[:alnum:]_.~}-])/(home|root|work|Users)/' "${list[@]}"
	search -HIniE '(deb(ian)?|ubuntu|pypi|npmjs|crates|golang|maven|rubygems)\.(org|com|io)|(docker|quay|ghcr)\.io' "${list[@]}"
}

# Vendors backport: a version says little about what a kernel has, so only one
# file may ask for it.
check_versions() {
	local list

	mapfile -t list < <(files 'module/*' | grep -vx module/compat.h)
	search -HnE 'LINUX_VERSION_CODE|KERNEL_VERSION|linux/version\.h' "${list[@]}"
}

# A sleep that is long enough here is too short on a slower machine, and wastes
# guest time on every other. Wait for the event.
check_sleeps() {
	local list

	mapfile -t list < <(files 'module/*.[ch]')
	search -HnE '\<(msleep|msleep_interruptible|ssleep|mdelay|usleep_range|fsleep|schedule_timeout[a-z_]*)[[:space:]]*\(' "${list[@]}"
}

# Addresses in a log help an attacker, and differ between boots, which spoils
# comparisons. %pS and the like print names.
check_pointers() {
	local list

	mapfile -t list < <(files 'module/*.[ch]')
	search -HnE '%p([^a-zA-Z]|[xK]|$)' "${list[@]}"
}

# rows LIST: the names in "#define LIST(X) X(ID, name, text) ..."; some lists
# have no texts
rows() {
	awk -v list="#define $1(X)" '
		index($0, list) == 1 { on = 1; sub(/^#define [A-Z_]+\(X\)/, "") }
		on {
			more = /\\$/
			sub(/\/\*.*/, "")
			while (match($0, /X\([A-Z0-9_]+, *[a-z0-9_]+[,)]/)) {
				row = substr($0, RSTART, RLENGTH)
				$0 = substr($0, RSTART + RLENGTH)
				gsub(/^[^,]*, *|[,)]$/, "", row)
				print row
			}
			if (!more) exit
		}' module/uapi/labyrinth.h
}

# match_rows FOLDER SUFFIX DEFINITION NAME...: names need FOLDER/NAME.SUFFIX,
# and what a file there defines, "DEFINITION NAME =", needs to be a name.
match_rows() {
	local folder=$1 suffix=$2 definition=$3 name file
	shift 3

	(($# > 0)) || echo "$folder: no row was found"
	for name in "$@"; do
		[[ -f $folder/$name.$suffix ]] || echo "$folder/$name.$suffix: has a row and is not there"
	done
	[[ -n $definition ]] || return 0
	while IFS=: read -r file name; do
		name=${name#"$definition"}
		name=${name%% *}
		[[ " $* " == *" $name "* ]] || echo "$file: '$name' has no row"
	done < <(search -HoE "^${definition}[a-z0-9_]+ =" "$folder"/*.c)
}

check_tables() {
	local name names

	mapfile -t names < <(sed -n 's/^+\([a-z]*\) .*/\1/p' scripts/kernel/spec.list)
	for name in scripts/kernel/*.config; do
		name=${name##*/}
		name=${name%.config}
		[[ $name == lab* || $name == *-* || " ${names[*]} " == *" $name "* ]] ||
			echo "scripts/kernel/$name.config: spec.list has no row +$name"
	done
	mapfile -t names < <(rows LAB_CONTEXTS)
	match_rows module/contexts c 'const struct lab_context lab_ctx_' "${names[@]}"
	mapfile -t names < <(rows LAB_APIS)
	match_rows module/apis c 'const struct lab_api lab_api_' "${names[@]}"
	mapfile -t names < <(rows LAB_ORACLES)
	match_rows module/oracles h '' "${names[@]}"
	mapfile -t names < <(sed -n 's/^\t&lab_press_\([a-z0-9_]*\),$/\1/p' userspace/pressure/table.c)
	match_rows userspace/pressure c 'const struct lab_pressure lab_press_' "${names[@]}"
	mapfile -t names < <(sed -n 's/^\t&lab_inject_\([a-z0-9_]*\),$/\1/p' userspace/inject/table.c)
	match_rows userspace/inject c 'const struct lab_injector lab_inject_' "${names[@]}"
}

# Names of forms that occur in several folders: the folder tells them apart.
readonly SHARED_NAMES='table none text html json markdown'

# Files are searched by name; and two headers with the same guard hide each
# other.
check_names() {
	local list

	mapfile -t list < <(files 'userspace/*.[ch]')
	printf '%s\n' "${list[@]}" | awk -v shared=" $SHARED_NAMES " '{
		stem = $0
		sub(/\.[ch]$/, "", stem)
		name = stem
		sub(/.*\//, "", name)
		if (index(shared, " " name " "))
			next
		if (name in first && first[name] != stem)
			print $0 ": " first[name] ".* has the same base name"
		else
			first[name] = stem
	}'
	mapfile -t list < <(files 'userspace/*.h' 'module/*.h')
	((${#list[@]})) || return 0
	awk 'FNR == 1 { guarded = 0 }
		guarded || $1 != "#ifndef" { next }
		{
			guarded = 1
			name = FILENAME
			sub(/.*\//, "", name)
			wanted = toupper(name)
			gsub(/[^A-Z0-9]/, "_", wanted)
			if (FILENAME ~ /^userspace/ && $2 != "LAB_" wanted)
				print FILENAME ": its guard is " $2 ", not LAB_" wanted
			if ($2 in first)
				print FILENAME ": " first[$2] " has the same guard, " $2
			first[$2] = FILENAME
		}' "${list[@]}"
}

# included FILE...: the includes of each, as the compiler lists them: "FILE
# DEPTH INCLUDED".
included() {
	# shellcheck disable=SC2016  # the inner shell's
	printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" bash -c '
		out=$(gcc -std=gnu11 -D_GNU_SOURCE -DLAB_VERSION="\"0\"" -Imodule/uapi -Iuserspace \
			-E -H -o /dev/null -x c "$0" 2>&1) || printf "%s 0 %s\n" "$0" "$(grep -m 1 error: <<<"$out")"
		awk -v file="$0" "/^\.+ [^\/]/ { print file, length(\$1), \$2 }" <<<"$out"'
}

# Each header is also compiled alone. In a circle of includes it then includes
# itself.
check_layers() {
	local list

	need gcc gcc || return
	mapfile -t list < <(files 'userspace/*.[ch]' | grep -v '^userspace/tests/')
	((${#list[@]})) || return 0
	included "${list[@]}" >"$TMP/included"
	awk 'function folder(path) {
			if (path !~ /^userspace\/[^\/]+\//)
				return path
			sub(/^userspace\//, "", path)
			sub(/\/.*/, "", path)
			return path
		}
		function complain(file, words) {
			if (!said[file, words]++)
				print file ": " words
		}
		FILENAME == "userspace/LAYERS" {
			if ($1 ~ /^[0-9]+$/)
				floor[$2] = $1
			next
		}
		$2 == 0 { sub(/^[^ ]+ 0 /, ""); print; next }
		{
			from = $2 == 1 ? $1 : at[$2 - 1]
			at[$2] = $3
			here = folder(from)
			there = folder($3)
			if ($3 == $1)
				complain($1, "includes itself, by way of " from)
			else if ($3 ~ /^module\/uapi\// || from == "userspace/main.c" || here == there)
				next
			else if (!(there in floor))
				complain(from, "includes " $3 ", which is not on any floor")
			else if (!(here in floor))
				complain(from, "is not on any floor of userspace/LAYERS")
			else if (floor[there] >= floor[here])
				complain(from, "is on floor " floor[here] " and includes " $3 ", floor " floor[there])
		}' userspace/LAYERS "$TMP/included" | sort -u
}

# ---- tools -------------------------------------------------------------------

check_format() {
	local list

	need clang-format clang-format || return
	listed files '*.[ch]' || return 0
	# Only the positions; clang-format -i corrects all of them.
	{ clang-format --dry-run -Werror "${list[@]}" 2>&1 || true; } |
		sed -nE 's/^([^ ]+:[0-9]+:[0-9]+: error: .*)\[-W.*/\1/p; /^(error|Error|YAML|Invalid)/p' | sort -u
}

check_shellcheck() {
	local list

	need shellcheck shellcheck || return
	listed scripts || return 0
	# Settings in .shellcheckrc are found only from the top of the tree.
	shellcheck -f gcc -x -P SCRIPTDIR -P SCRIPTDIR/.. "${list[@]}"
}

# ignored FILE TYPE: whether checkpatch.list excepts it.
ignored() {
	local type patterns reason pattern

	while read -r type patterns reason; do
		[[ $type == "$2" ]] || continue
		: "$reason"
		while read -rd '|' pattern; do
			# shellcheck disable=SC2053  # a pattern is meant
			[[ $1 != $pattern ]] || return 0
		done <<<"$patterns|"
	done <"$IGNORED"
	return 1
}

check_checkpatch() {
	local tree list line file type

	need perl perl || return
	tree=$("$SCRIPTS/runtime/kernel.sh" source "$CHECKPATCH_SOURCE" 2>&3) ||
		{ echo "no kernel source, which checkpatch.pl is taken from"; return 1; }
	listed files 'module/*.[ch]' 'userspace/*.[ch]' || return 0
	# checkpatch writes a file to the current folder, and would spend most
	# of its time on collecting the kernel's CamelCase names.
	mkdir -p "$TMP/checkpatch/include"
	# shellcheck disable=SC2016  # the inner shell's $0 and $@
	printf '%s\0' "${list[@]/#/$TOP/}" | (cd "$TMP/checkpatch" && xargs -0 -n 8 -P "$(nproc)" bash -c '
		perl "$0" --no-tree --root=. --strict --terse --show-types -f "$@" >"out.$$" 2>&1
		(($? <= 1)) || echo "checkpatch.pl broke" >>"out.$$"' "$tree/scripts/checkpatch.pl")
	while IFS= read -r line; do
		line=${line#"$TOP/"}
		file=${line%%:*}
		type=${line#*: *:}
		type=${type%%: *}
		ignored "$file" "$type" || printf '%s\n' "$line"
	done < <(cat "$TMP"/checkpatch/out.* | grep -v 'lines checked$' | sort -t : -k 1,1 -k 2,2n)
}

check_cppcheck() {
	local jansson list

	need cppcheck cppcheck || return
	need pkg-config pkgconf || return
	# Without this, cppcheck does not know that json_array_foreach() is a
	# loop.
	jansson=$(pkg-config --variable=includedir jansson)/jansson.h
	if [[ ! -e $jansson ]]; then
		echo "jansson.h is not there; it is in the package libjansson-dev"
		return 1
	fi
	listed files 'userspace/*.c' || return 0
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr -j "$(nproc)" \
		--error-exitcode=1 --template='{file}:{line}: {severity}: {message} [{id}]' \
		-D_GNU_SOURCE -D__x86_64__ -D'LAB_VERSION="0"' -Imodule/uapi -Iuserspace --include="$jansson" "${list[@]}" 2>&1
}

check_program() {
	{ plain_make build/labyrinth >/dev/null; } 2>&1
}

check_scenarios() {
	plain_make build/labyrinth >/dev/null 2>&1 ||
		{ echo "the program that parses scenarios does not build"; return 1; }
	{ env -u LABYRINTH_SCENARIOS build/labyrinth list scenarios >/dev/null; } 2>&1
}

check_coverage() {
	plain_make build/labyrinth >/dev/null 2>&1 ||
		{ echo "the program that knows what is covered does not build"; return 1; }
	env -u LABYRINTH_SCENARIOS build/labyrinth list coverage >"$TMP/coverage.md" || return
	cmp -s "$TMP/coverage.md" scenarios/COVERAGE.md ||
		echo "scenarios/COVERAGE.md: not what the scenarios cover; build/labyrinth list coverage >scenarios/COVERAGE.md"
}

# The marks of scripts/dev/generate, in the comments of any language.
check_generated() {
	local list

	plain_make build/labyrinth >/dev/null 2>&1 ||
		{ echo "the program that is quoted does not build"; return 1; }
	mapfile -t list < <(written)
	mapfile -t list < <(search -lE '^[[:space:]]*(@?#|<!--|/\*|\.\\") made by: ' "${list[@]}" | grep -vx scripts/dev/generate)
	((${#list[@]})) || return 0
	env -u LABYRINTH_SCENARIOS scripts/dev/generate --check "${list[@]}" || (($? == 1))
}

# In a copy: Kbuild writes beside the sources.
check_module() {
	local kernel found tools status=0

	need sparse sparse || return
	kernel=$("$SCRIPTS/runtime/kernel.sh" path "$KERNEL" 2>&3) ||
		{ echo "no kernel to build it against: '$KERNEL'"; return 1; }
	found=$(module_tools "$kernel") || return
	mapfile -t tools < <([[ -z $found ]] || printf "%s\n" "$found")
	cp -r module "$TMP/module"
	plain_make -C "$kernel" "${tools[@]}" "M=$TMP/module" C=2 W=1 modules >"$TMP/module.log" 2>&1 || status=$?
	# Users who choose another kernel may have another compiler or pahole
	# than it was built with.
	grep -iE 'warning: |error: |\*\*\* ' "$TMP/module.log" | grep -vE 'compiler differs|pahole version differs' |
		sed "s|$TMP/||" || true
	((status == 0)) || echo "it does not build against $kernel"
	return "$status"
}

# ---- the program -------------------------------------------------------------

names() {
	awk 'NF { print $1 }' <<<"$CHECKS"
}

claim() {
	sed -n "s/^$1  *//p" <<<"$CHECKS"
}

# run NAME: prints the result of a check, and below it what was found.
run() {
	local name=$1 found status=0

	[[ ! -t 1 ]] || printf '      %s' "$name"
	# In a shell of its own, so that set -e is in effect: in the condition
	# of an if it would be off.
	set +e
	found=$(set -e; "check_${name//-/_}" 2>&1)
	status=$?
	set -e
	[[ ! -t 1 ]] || printf '\r\033[K'
	if ((status == 0)) && [[ -z $found ]]; then
		printf 'ok    %-11s %s\n' "$name" "$(claim "$name")"
		((++PASSED))
	else
		printf 'FAIL  %-11s %s\n' "$name" "$(claim "$name")"
		printf '%s\n' "${found:-it ended with status $status and said nothing}" | sed 's/^/      /'
		((++FAILED))
	fi
}

# only FILE...: restricts checks to these files.
only() {
	local file

	(($# > 0)) || { say "check.sh: no file after --"; usage >&2; exit 2; }
	for file in "$@"; do
		[[ " ${FILES[*]} " == *" $file "* ]] ||
			{ say "check.sh: '$file' is not a file of this tree, named from its top"; exit 2; }
	done
	FILES=("$@")
}

main() {
	local name chosen=()

	case ${1:-} in
	-h | --help) usage; return ;;
	esac
	while (($# > 0)) && [[ $1 != -- ]]; do
		names | grep -qxFe "$1" || { say "check.sh: there is no check '$1'"; usage >&2; exit 2; }
		chosen+=("$1")
		shift
	done
	((${#chosen[@]} > 0)) || mapfile -t chosen < <(names)

	cd "$TOP"
	# Progress of slow steps, such as a kernel's build, is not captured.
	exec 3>&2
	TMP=$(mktemp -d)
	trap 'rm -rf "$TMP"' EXIT
	mapfile -t FILES < <(list_files)
	(($# == 0)) || only "${@:2}"
	PASSED=0 FAILED=0
	for name in "${chosen[@]}"; do
		run "$name"
	done
	printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
	((FAILED == 0))
}

main "$@"
