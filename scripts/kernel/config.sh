# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# The lab's configuration of a kernel that is built here. To be sourced, after
# lib.sh and kbuild.sh.
#
#	configs		prints the files that make it up, for SERIES and FRAGMENTS
#	fragments	prints what can be laid over it
#	configure	configures BUILD from TREE, and checks that each option was taken

readonly CONFIGS=$SCRIPTS/kernel
readonly REFUSED=$CONFIGS/refused.list

# The files of the configuration, each followed by its additions for this
# series.
configs() {
	local name file

	for name in lab "${FRAGMENTS[@]}"; do
		for file in "$CONFIGS/$name.config" "$CONFIGS/$name-$SERIES.config"; do
			[[ ! -e $file ]] || printf '%s\n' "$file"
		done
	done
}

# The options that these files set; if an option is set several times, the last.
asked_for() {
	local configs
	mapfile -t configs < <(configs)

	grep -hE '^(CONFIG_[A-Za-z0-9_]+=|# CONFIG_[A-Za-z0-9_]+ is not set$)' "${configs[@]}" |
		tac | awk '{ option = $1 == "#" ? $2 : $1; sub(/=.*/, "", option) } !seen[option]++' | tac
}

# Configurations that can be added to the lab's.
fragments() {
	local file

	for file in "$CONFIGS"/*.config; do
		file=${file##*/}
		[[ $file == lab* || $file == *-* ]] || printf '%s\n' "${file%.config}"
	done
}

# The series as "6.12", from the tree itself.
tree_series() {
	awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { print v "." $3; exit }' "$1/Makefile"
}

# may_refuse OPTION SERIES: prints the reason when refused.list has one.
may_refuse() {
	local option versions reason pattern

	while read -r option versions reason; do
		[[ $option == "$1" ]] || continue
		for pattern in ${versions//|/ }; do
			# shellcheck disable=SC2053  # a pattern is meant
			[[ $2 != $pattern ]] || { printf '%s\n' "$reason"; return; }
		done
	done <"$REFUSED"
	return 1
}

# Options that .config does not have as they were set.
options_not_taken() {
	asked_for | grep -vxFf "$BUILD/.config" || true
}

# absent OPTION: whether .config lacks it because of its dependencies. An option
# that no Kconfig defines is an error.
absent() {
	! grep -qE "^(# )?$1[= ]" "$BUILD/.config" &&
		grep -rqE "^[[:space:]]*(menu)?config ${1#CONFIG_}\$" --include='Kconfig*' "$TREE"
}

check_config() {
	local line option reason bad=0

	while read -r line; do
		option=${line#\# }
		option=${option%%[= ]*}
		[[ $line != '#'* ]] || ! absent "$option" || continue
		if reason=$(may_refuse "$option" "$SERIES"); then
			say "$SERIES goes without $option: $reason"
			continue
		fi
		say "not taken by $SERIES: $line (it has: $(grep -E "^(# )?${option}[= ]" "$BUILD/.config" || echo 'no such option'))"
		bad=1
	done < <(options_not_taken)
	((bad == 0)) ||
		die 1 "the kernel's Kconfig did not take the options above; see their dependencies, add what they need to kernel/${FRAGMENTS[0]:-lab}-$SERIES.config, or give a reason in kernel/${REFUSED##*/} why $SERIES does without"
}

# merge_config.sh cannot handle blanks in file names: it gets copies.
make_config() {
	local configs parts=.labyrinth-configs
	mapfile -t configs < <(configs)

	rm -rf "${BUILD:?}/$parts"
	mkdir "$BUILD/$parts" && cp "${configs[@]}" "$BUILD/$parts/" || return
	configs=("${configs[@]##*/}")
	kernel_make tinyconfig &&
		(cd "$BUILD" && "$TREE/scripts/kconfig/merge_config.sh" -m .config "${configs[@]/#/$parts/}") &&
		kernel_make olddefconfig &&
		touch "$BUILD/.labyrinth-configured"
}

# An existing configuration is updated only if the tree changed.
configure() {
	local log=$BUILD/config.log step=make_config

	[[ ! -e $BUILD/.labyrinth-configured ]] || step='kernel_make olddefconfig'
	: >"$log"
	# shellcheck disable=SC2086  # a command and its argument
	run_long "configuring $NAME" "$log" '' $step ||
		{ show_failure "$log"; die 1 "could not configure $NAME; the whole log is $log"; }
	check_config
}
