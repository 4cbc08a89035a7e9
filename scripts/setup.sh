#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes this machine ready: installs the packages of scripts/packages that are
# missing. Silent and quick when there is nothing to do.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=runtime/lib.sh
. "$HERE/runtime/lib.sh"
# shellcheck source=kernel/apt-root.sh
. "$HERE/kernel/apt-root.sh"

readonly PACKAGES=$HERE/packages

# Groups of scripts/packages that are installed when asked for.
readonly ASKED_FOR='package proof arm64 clang hosts slurm lava'

# Older ones hang when a guest with several CPUs runs under -icount. The epoch
# is Debian's.
readonly QEMU_MIN=1:8.1

# apt-get and dpkg call tools from there, which users' paths often lack.
PATH=$PATH:/usr/sbin:/sbin

usage() {
	cat <<-END
		usage: setup.sh [--check] [package|proof|arm64|clang|hosts|slurm|lava]

		Installs what scripts/packages lists and this machine lacks.
		  --check   only report; exit 1 when something is missing
		  package   what building Debian packages takes, instead of all the rest
		  proof     what planting bugs in kernels takes, likewise
		  arm64     what guests of that architecture take, likewise: an emulator, a
		            compiler and its C library
		  clang     what kernels take that are built by clang, likewise
		  hosts     what trying both commands on bare machines takes, likewise
		  slurm     what testing runs on a cluster takes, likewise: its daemons, which
		            the test starts and ends itself
		  lava      what testing jobs for LAVA takes, likewise; LAVA itself is
		            installed in a Debian of its own, not here
		LABYRINTH_SKIP_SETUP=1 in the environment makes it do nothing.
	END
}

# ---- what there is -----------------------------------------------------------

GROUP=

# Those of a group; of all groups that running and testing take, unless named.
names() {
	awk -v group="$GROUP" -v asked_for=" $ASKED_FOR " '
		!/^#/ && NF && (group ? $2 == group : !index(asked_for, " " $2 " ")) { print $1 }' "$PACKAGES"
}

why() {
	awk -v name="$1" '$1 == name { $1 = $2 = ""; sub(/^ +/, ""); print; exit }' "$PACKAGES"
}

# Sets MISSING, QEMU to the emulator among the packages, or nothing, and QEMU_HAS
# to the version of it that is installed.
find_missing() {
	local installed name status version
	declare -A installed=()

	QEMU_HAS=
	MISSING=()
	mapfile -t NAMES < <(names)
	QEMU=$(printf '%s\n' "${NAMES[@]}" | grep -m 1 '^qemu-system-') || true
	while read -r name status version; do
		[[ $status == installed ]] || continue
		installed[$name]=$version
	done < <(dpkg-query -W -f '${Package} ${db:Status-Status} ${Version}\n' "${NAMES[@]}" 2>/dev/null)
	for name in "${NAMES[@]}"; do
		[[ -n ${installed[$name]:-} ]] || MISSING+=("$name")
	done
	[[ -z $QEMU ]] || QEMU_HAS=${installed[$QEMU]:-}
}

qemu_is_old() {
	[[ -n $1 ]] && dpkg --compare-versions "$1" lt "$QEMU_MIN"
}

report() {
	local name

	for name in "${MISSING[@]}"; do
		say "$(printf 'missing: %-22s  %s' "$name" "$(why "$name")")"
	done
	! qemu_is_old "$QEMU_HAS" || say "old:     $QEMU $QEMU_HAS; the lab wants ${QEMU_MIN#*:} or newer"
}

# ---- becoming root -----------------------------------------------------------

# Sets ROOT to what goes before a command that needs root; 1 when there is no way.
find_root() {
	ROOT=()
	((EUID != 0)) || return 0
	command -v sudo >/dev/null || return 1
	if sudo -n true 2>/dev/null; then
		ROOT=(sudo -n)
	elif [[ -t 0 && -t 2 ]] && sudo -v; then
		# Asked for once, here, as what follows runs out of the terminal's sight.
		ROOT=(sudo -n)
	else
		return 1
	fi
}

tell_command() {
	say "to install, as root:"
	say "    apt-get update && apt-get install --no-install-recommends ${MISSING[*]}"
	say "or run $HERE/setup.sh as root, which also finds a newer QEMU where the distribution's is old"
}

# ---- apt ---------------------------------------------------------------------

# apt_run LABEL ARG...: apt-get as root, out of sight unless it fails.
apt_run() {
	local label=$1
	shift

	: >"$LOG"
	run_long "$label" "$LOG" '' "${ROOT[@]}" env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get \
		-q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# What apt has no version of to install, or has never heard of.
unknown_to_apt() {
	LC_ALL=C apt-cache policy "$@" 2>/dev/null | awk -v wanted="$*" '
		/^[^ ]/ { name = $1; sub(/:$/, "", name) }
		$1 == "Candidate:" && $2 != "(none)" { known[name] = 1 }
		END {
			n = split(wanted, names, " ")
			for (i = 1; i <= n; i++) if (!(names[i] in known)) print names[i]
		}'
}

update_lists() {
	apt_run "refreshing the package lists" update ||
		{ show_failure "$LOG"; die 1 "apt-get update failed; mend the machine's apt sources and run this again"; }
}

candidate() {
	LC_ALL=C apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" { print $2 }'
}

# Lists that are old name files that the mirror no longer has: then once more
# with new ones.
install() {
	local unknown updated=

	if [[ -n $(unknown_to_apt "$@") ]]; then
		update_lists
		updated=1
	fi
	unknown=$(unknown_to_apt "$@")
	[[ -z $unknown ]] ||
		die 1 "apt has no package for: ${unknown//$'\n'/ }; is 'main' of a Debian release among the machine's sources?"
	apt_run "installing $*" install --no-install-recommends "$@" && return
	if [[ -z $updated ]]; then
		update_lists
		apt_run "installing $*" install --no-install-recommends "$@" && return
	fi
	show_failure "$LOG"
	die 1 "could not install: $*"
}

# ---- QEMU --------------------------------------------------------------------

# From the release's backports, in a private apt root: the machine's own
# sources do not get a suite that its owner did not choose.
install_backport() {
	local codename newest

	codename=$(apt_root_codename)
	[[ -n $codename ]] || { QEMU_PROBLEM="this is no Debian release"; return 1; }
	# The base suites too, as what the backport depends on is there.
	apt_root_init "$codename" "$codename-updates" "$codename-security" "$codename-backports" ||
		{ QEMU_PROBLEM=$APT_ROOT_ERROR; return 1; }
	newest=$(apt_root_newest "$QEMU")
	if [[ -z $newest ]] || qemu_is_old "$newest"; then
		QEMU_PROBLEM="$codename-backports has none"
		return 1
	fi
	apt_run "installing $QEMU from $codename-backports" -c "$APT_ROOT/apt.conf" \
		-t "$codename-backports" install --no-install-recommends "$QEMU" ||
		{ show_failure "$LOG"; QEMU_PROBLEM="its installation failed"; return 1; }
}

warn_old_qemu() {
	say "warning: no $QEMU of ${QEMU_MIN#*:} or newer: $1; the lab falls back to guests with one CPU"
}

# A machine without newer QEMUs in reach is not asked of the network each time.
tried_today() {
	[[ -n $(find "$TRIED" -mmin -1440 2>/dev/null) ]]
}

setup_qemu() {
	QEMU_PROBLEM=

	if [[ -z $QEMU_HAS && -n $(unknown_to_apt "$QEMU") ]]; then
		update_lists
	fi
	if qemu_is_old "$(candidate "$QEMU")"; then
		if ! tried_today && install_backport; then
			rm -f "$TRIED"
			return
		fi
		touch "$TRIED"
		warn_old_qemu "${QEMU_PROBLEM:-none was found within the last day}"
		[[ -n $QEMU_HAS ]] || install "$QEMU"
	else
		install "$QEMU"
	fi
}

# ---- the program ---------------------------------------------------------------

without_apt() {
	mapfile -t NAMES < <(names)
	say "this is not a Debian system; Labyrinth needs what Debian calls:"
	say "    ${NAMES[*]}"
	die 2 "install the like of them, then set LABYRINTH_SKIP_SETUP=1 to go on without this check"
}

# An old QEMU that cannot be helped is no reason to stop.
install_missing() {
	local name rest=()

	if ! find_root; then
		((${#MISSING[@]} > 0)) || { warn_old_qemu "installing one needs root"; return; }
		tell_command
		exit 2
	fi
	STATE=$(cache_dir)
	LOG=$STATE/setup.log
	TRIED=$STATE/setup-no-newer-qemu
	for name in "${MISSING[@]}"; do
		[[ $name == "$QEMU" ]] || rest+=("$name")
	done
	((${#rest[@]} == 0)) || install "${rest[@]}"
	[[ -n $QEMU ]] || return 0
	if [[ -z $QEMU_HAS ]] || qemu_is_old "$QEMU_HAS"; then
		setup_qemu
	fi
}

main() {
	local check=

	while (($# > 0)); do
		case $1 in
		--check) check=1 ;;
		package | proof | arm64 | clang | slurm | lava) GROUP=$1 ;;
		-h | --help) usage; return ;;
		*) usage >&2; exit 2 ;;
		esac
		shift
	done
	[[ ${LABYRINTH_SKIP_SETUP:-} != 1 ]] || return 0
	type apt-get dpkg-query >/dev/null 2>&1 || without_apt

	find_missing
	if ((${#MISSING[@]} == 0)) && ! qemu_is_old "$QEMU_HAS"; then
		return 0
	fi
	report
	if [[ -n $check ]]; then
		((${#MISSING[@]} == 0)) || exit 1
		return 0
	fi
	install_missing
}

main "$@"
