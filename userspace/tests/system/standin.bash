# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# tests/standin.bash - kernels of which nothing is built, for tests of what tries
# many kernels. To be sourced, after tap.bash.
#
# STANDIN is a copy of the program beside scripts of its own. Of these a kernel is
# a folder with the file "kernel", which holds a word:
#	plain      $KERNEL as it is
#	resets     does not boot: its first instruction resets the machine
#	ballast    the same, with 10 MB less of memory
#	no-build   does not build
# $TMP/builds gets a line for each that is built, which takes as many seconds as
# STANDIN_SLOW says.

# shellcheck disable=SC2034  # for those who source this
STANDIN=$TMP/standin/build/labyrinth
export STANDIN_DIR=$TMP/standin

# QEMU finds the entry by the note: XEN_ELFNOTE_PHYS32_ENTRY.
standin_make_resets() {
	gcc -x assembler - -m32 -nostdlib -static -Wl,--build-id=none,-Ttext=0x1000000,-e,start \
		-o "$STANDIN_DIR/resets.elf" <<-'END'
		.section .note.pvh, "a", @note
		.long 4, 4, 18
		.asciz "Xen"
		.long start
		.text
		.code32
		.globl start
		start: lidt none
		int3
		none: .long 0, 0
	END
}

standin_make() {
	local runtime=$STANDIN_DIR/scripts/runtime

	mkdir -p "$STANDIN_DIR/build" "$runtime"
	cp "$LABYRINTH" "$TOP/build/qemu_lockstep.so" "$STANDIN_DIR/build/"
	standin_make_resets || return
	STANDIN_BUNDLE=$("$TOP/scripts/runtime/guest.sh" "$KERNEL") || return
	export STANDIN_BUNDLE
	cat >"$runtime/kernel.sh" <<-'END'
		#!/bin/bash
		word=$(<"$2/kernel") || exit 2
		printf '%s\n' "$word" >>"$STANDIN_DIR/../builds"
		sleep "${STANDIN_SLOW:-0}"
		[[ $word != no-build ]] || { echo 'mm/page_alloc.c:1:1: error: it does not build' >&2; exit 1; }
		printf '%s\n' "$2"
	END
	cat >"$runtime/guest.sh" <<-'END'
		#!/bin/bash
		set -euo pipefail
		"${BASH_SOURCE[0]%/*}/kernel.sh" path "$1" >/dev/null || exit
		word=$(<"$1/kernel")
		bundle=$STANDIN_DIR/$word
		if [[ ! -d $bundle ]]; then
			mkdir "$bundle" "$bundle/more"
			cp -s "$STANDIN_BUNDLE"/{kernel,labyrinth.ko,origin} "$bundle"
			[[ $word != ballast ]] || head -c 10000000 /dev/zero >"$bundle/more/ballast"
			(cd "$bundle/more" && find . | cpio --quiet -o -H newc) >"$bundle/initramfs"
			cat "$STANDIN_BUNDLE/initramfs" >>"$bundle/initramfs"
			[[ $word != resets ]] || ln -sf "$STANDIN_DIR/resets.elf" "$bundle/kernel"
		fi
		printf '%s\n' "$bundle"
	END
	chmod +x "$runtime"/*.sh
	cat >"$TMP/t.ini" <<-'END'
		[scenario]
		claim = Requests are served while there is memory
		[guest]
		nodes = 1
		cpus = 1
		memory = 72M
		[phase plenty]
		context = task
		shots = 8000
		hold = 8000
		expect = each ok == 8000
	END
}

# standin FOLDER WORD: a kernel.
standin() {
	mkdir -p "$1"
	echo "$2" >"$1/kernel"
}

# standin_repo REPO WORD...: a repository with a commit for each.
standin_repo() {
	local repo=$1 word n=0
	shift

	git init -q -b main "$repo"
	for word; do
		standin "$repo" "$word"
		n=$((n + 1))
		echo "$n" >"$repo/number"
		git -C "$repo" add .
		git -C "$repo" -c user.name=T -c user.email=t@example.org -c commit.gpgsign=false \
			commit -q -m "commit $n, $word"
	done
}
