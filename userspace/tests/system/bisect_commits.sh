#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/bisect_commits.sh - commits of the kernel's own source: 24 to mm/, of which
# one moves the cliff, one makes p50 8 % more, two do not build and one does not
# boot. bisect finds each culprit in at most 7 builds. Needs an hour or more, and 5 GB in
# the folder LABYRINTH_TEST_BISECT, which is kept; else in one that is not.
#
# shellcheck disable=SC2016  # $a is sed's: after the last line
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

WORK=${LABYRINTH_TEST_BISECT:-$TMP}
REPO=$WORK/repo
TREE=$WORK/bisect/tree
CACHE=$WORK/cache/labyrinth

kernel() {
	"$TOP/scripts/runtime/kernel.sh" "$@"
}

built=$(kernel path source:6.12) && source=$(kernel source source:6.12) || exit 1

# change N TITLE FILE SED: a commit, which has to change the file.
change() {
	sed -i "$4" "$REPO/$3" || exit 1
	git -C "$REPO" -c user.name=T -c user.email=t@example.org -c commit.gpgsign=false \
		commit -q -a -m "$2" || { echo "# commit $1 changes nothing"; exit 1; }
	git -C "$REPO" tag "c$1"
}

# neutral N FILE: a function that nobody calls moves what comes after it.
neutral() {
	change "$1" "mm: an unused function in ${2#mm/}" "$2" \
		"\$a int planted_$1(int a);\nint planted_$1(int a)\n{\n\treturn a * $1 + 1;\n}"
}

# The objects are those of the source as it was unpacked; a copy of it would only
# cost time.
make_repo() {
	mkdir -p "$REPO"
	git init -q -b main "$REPO" && git -C "$REPO" config gc.auto 0 || exit 1
	git -C "$REPO" --work-tree="$source" -c core.compression=1 -c core.fsync=none add -A -f . &&
		git -C "$REPO" -c user.name=T -c user.email=t@example.org -c commit.gpgsign=false \
			commit -q -m 'the source as it is' &&
		git -C "$REPO" tag c0 && git -C "$REPO" checkout -q -f main || exit 1
	neutral 1 mm/vmstat.c
	neutral 2 mm/util.c
	neutral 3 mm/page_alloc.c
	neutral 4 mm/mmzone.c
	neutral 5 mm/vmscan.c
	change 6 'mm: one that does not build' mm/oom_kill.c '$a int planted_6(void) { return no_such_thing; }'
	change 7 'mm: builds again' mm/oom_kill.c '/planted_6/d'
	change 8 'mm: a smaller reserve for those that cannot wait' mm/page_alloc.c \
		'/if (alloc_flags & ALLOC_NON_BLOCK)$/,/min -= min \/ 4;/d'
	neutral 9 mm/slub.c
	neutral 10 mm/page_alloc.c
	neutral 11 mm/compaction.c
	change 12 'mm: another that does not build' mm/vmstat.c '$a int planted_12(void) { return no_such_thing; }'
	change 13 'mm: builds again, too' mm/vmstat.c '/planted_12/d'
	neutral 14 mm/swap.c
	neutral 15 mm/page_alloc.c
	neutral 16 mm/memblock.c
	neutral 17 mm/util.c
	change 18 'mm: one that does not boot' mm/mm_init.c '/^void __init mm_core_init(void)/,/^{/ s/^{/{\n\tpanic("planted");/'
	change 19 'mm: boots again' mm/mm_init.c '/panic("planted");/d'
	change 20 'mm: another way through the allocator' mm/page_alloc.c \
		"/^struct page \*__alloc_pages_noprof(/,/^}/ s/^\tgfp &= gfp_allowed_mask;/\tfor (int i = 0; i < $LOOPS; i++)\n\t\tbarrier();\n&/"
	neutral 21 mm/page_alloc.c
	neutral 22 mm/vmscan.c
	neutral 23 mm/mmzone.c
	neutral 24 mm/filemap.c
	touch "$WORK/repo-ready"
}

# Of p50, which is 568 instructions: 8 % are 45, and a turn takes 3 of them.
LOOPS=15
[[ -e $WORK/repo-ready ]] || make_repo

# A cache of its own, with the sources of the other. The build folder of the work
# tree begins as a copy of source:6.12's, as that of a kernel with a patch does:
# the first commit is the same source. What git checks out later is newer.
begin_tree() {
	local dest compiler=

	mkdir -p "$CACHE" "$WORK/bisect"
	ln -sfn "${built%/kernels/*}/sources" "$CACHE/sources"
	git clone -q --shared --no-checkout "$REPO" "$TREE" && git -C "$TREE" checkout -q --detach c0 &&
		XDG_CACHE_HOME=${CACHE%/*} kernel config "$TREE" || exit 1
	dest=$(echo "$CACHE"/kernels/tree-*)
	rm -rf "$dest"
	cp -a "$built" "$dest"
	rm -f "$dest"/.labyrinth-{ready,origin} "$dest/build.log"
	# make compiles anew what another command was for.
	command -v ccache >/dev/null || compiler='s|ccache gcc |gcc |g'
	find "$dest" \( -name '*.cmd' -o -name '*.d' \) -type f -exec \
		sed -i "${compiler:+$compiler;} s|$source/|$TREE/|g; s|$built/|$dest/|g" {} +
	touch "$WORK/now"
	find "$dest" -exec touch -h -r "$WORK/now" {} +
	touch "$WORK/tree-ready"
}
[[ -e $WORK/tree-ready ]] || begin_tree

cat >"$WORK/reserve.ini" <<END
[scenario]
claim = Atomic requests go as deep into the reserve as the rules say
[guest]
memory = 96M
[phase atomic]
context = task
cpu = 1
node = 1
gfp = GFP_ATOMIC|__GFP_THISNODE|__GFP_NOWARN
hold = 30000
min-free = 24M
shots = 22000
expect = each cliff == 6/16
END
cat >"$WORK/plenty.ini" <<END
[scenario]
claim = Atomic requests are served
[guest]
nodes = 1
cpus = 1
memory = 64M
[phase plenty]
context = task hardirq_hrtimer
shots = 2000
expect = each success == 100%
END

# find_culprit CULPRIT ARGS...: the same folder for each, so that what was built so
# far is there. A test that was killed goes on where it was.
find_culprit() {
	local culprit=$1
	shift

	if [[ -e $WORK/found-$culprit ]]; then
		cp "$WORK/found-$culprit" "$OUT"
	else
		[[ $(cat "$WORK/current" 2>/dev/null) == "$culprit" ]] || rm -f "$WORK/bisect/bisect.json"
		echo "$culprit" >"$WORK/current"
		exits 0 "a culprit is found and confirmed" env XDG_CACHE_HOME="${CACHE%/*}" "$LABYRINTH" bisect \
			--repo "$REPO" --good c0 --bad c24 --out "$WORK/bisect" "$@"
		! grep -q '^culprit: ' "$OUT" || cp "$OUT" "$WORK/found-$culprit"
	fi
	sed -n '/^sought/,$s/^/# /p' "$OUT"
	says "it is commit $culprit" "^culprit: $(git -C "$REPO" rev-parse "c$culprit")"
	says "in at most 7 builds" '^[1-7] of 24 candidates were built'
	says "what does not build is skipped" 'one that does not b|another that does not b'
}

find_culprit 8 "$WORK/reserve.ini"
find_culprit 20 --metric p50 --max-seeds 8 "$WORK/plenty.ini"
done_testing
