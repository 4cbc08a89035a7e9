# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Functions that scripts share: messages, the cache, locks, and long commands
# with progress. To be sourced.

say() {
	printf '%s\n' "$*" >&2
}

die() {
	local status=$1
	shift
	say "${0##*/}: $*"
	exit "$status"
}

# Another user's cache is not written to, because its owner could not remove the
# files, and not trusted. A cache of one's own is then used beside it.
own_cache() {
	local own=$1/labyrinth-$EUID owner

	owner=$(stat -Lc %u "$1/labyrinth" 2>/dev/null) || owner=$EUID
	if [[ $owner == "$EUID" ]]; then
		printf '%s\n' "$1/labyrinth"
	else
		[[ -d $own ]] || say "$1/labyrinth is the cache of another user ($owner); what is kept goes to $own"
		printf '%s\n' "$own"
	fi
}

# HOME is often not set in containers and under cron: then the password file has
# it.
home_dir() {
	printf '%s\n' "${HOME:-$(unset HOME && echo ~)}"
}

cache_dir() {
	local base=${XDG_CACHE_HOME:-$(home_dir)/.cache}

	[[ $base == /* ]] || base=$PWD/$base
	# make splits names at spaces, and Kbuild refuses colons in its paths.
	[[ $base != *[[:space:]:]* ]] ||
		die 2 "the cache's path '$base' holds a space or a colon, which kernel builds cannot take; set XDG_CACHE_HOME to another directory"
	base=$(own_cache "$base")
	mkdir -p "$base" 2>/dev/null || true
	[[ -w $base && $(stat -Lc %u "$base") == "$EUID" ]] ||
		die 2 "cannot write to $base; set XDG_CACHE_HOME to a directory you may write to"
	printf '%s\n' "$base"
}

# need_space DIR MEGABYTES WHAT-FOR
need_space() {
	local free

	free=$(df --output=avail -m "$1" | tail -n 1)
	((free >= $2)) ||
		die 1 "$3 needs about $2 MB and $1 has $((free)) MB free; free some, or set XDG_CACHE_HOME to a roomier disk"
}

# take_lock FILE WHAT: held until the script ends. Child processes inherit the
# descriptor on purpose: if the script is killed and a build goes on, the next
# run waits for that build instead of running at the same time.
take_lock() {
	mkdir -p "${1%/*}"
	exec {LOCK_FD}>"$1"
	flock -n "$LOCK_FD" && return
	say "waiting for another run that is at $2"
	flock "$LOCK_FD"
}

drop_lock() {
	exec {LOCK_FD}>&-
}

elapsed() {
	printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
}

# On a terminal one line is redrawn; otherwise there is a line for each 10 %.
SHOWN_TENTH=-1
show_progress() {
	local label=$1 percent=$2 seconds=$3

	if [[ -t 2 ]]; then
		printf '\r\033[K%s%s, %s' "$label" "${percent:+: about $percent %}" "$(elapsed "$seconds")" >&2
	elif [[ -n $percent ]] && ((percent / 10 > SHOWN_TENTH)); then
		SHOWN_TENTH=$((percent / 10))
		say "$label: about $percent %, $(elapsed "$seconds")"
	fi
}

stop_long() {
	kill -TERM -- "-$1" 2>/dev/null || true
	wait "$1" || true
	[[ ! -t 2 ]] || say
	die 130 "interrupted; what was done is kept, run it again to go on"
}

# run_long LABEL LOG ESTIMATE COMMAND...: appends COMMAND's output to LOG. The
# function ESTIMATE, unless '', is called with LOG and prints the percentage
# done. The command gets a process group of its own, so that a pipeline or a
# make is stopped as a whole when the script is interrupted.
run_long() {
	local label=$1 log=$2 estimate=$3 start=$SECONDS pid status=0
	shift 3

	SHOWN_TENTH=-1
	[[ -t 2 || -n $estimate ]] || say "$label"
	set -m
	"$@" >>"$log" 2>&1 </dev/null &
	pid=$!
	set +m
	# shellcheck disable=SC2064  # the pid of now is the one meant
	trap "stop_long $pid" INT TERM HUP
	while kill -0 "$pid" 2>/dev/null; do
		show_progress "$label" "${estimate:+$("$estimate" "$log")}" $((SECONDS - start))
		sleep 0.5
	done
	wait "$pid" || status=$?
	trap - INT TERM HUP
	[[ ! -t 2 ]] || printf '\r\033[K' >&2
	((status != 0)) || say "$label: done, $(elapsed $((SECONDS - start)))"
	return "$status"
}

# show_failure LOG: prints errors and the end of a log. Other jobs of a parallel
# make continue after one has failed, so errors may be far above the end.
show_failure() {
	say "--- errors in $1, and its end ---"
	grep -aE '(^E: |error: |\*\*\* )' "$1" | tail -n 10 >&2 || true
	say "..."
	tail -n 20 "$1" >&2
	say "---"
}
