# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion for bash: asks the program, and offers files where it has nothing
# to offer.

_labyrinth() {
	local word=${COMP_WORDS[COMP_CWORD]} candidates

	candidates=$("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$word")
}

complete -o default -F _labyrinth labyrinth
