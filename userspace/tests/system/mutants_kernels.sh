#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two mutants of source:6.12 that are built and killed, each by an oracle or expectation
# that is known. The command is killed while the first is built, and goes on.
# LABYRINTH_MUTANTS_WORK names a folder for it that is kept.

. "$(dirname "$0")/tap.bash"
WORK=${LABYRINTH_MUTANTS_WORK:-$TMP/work}
MUTANTS=$TOP/scripts/dev/mutants.sh
# An atomic request does not get the reserve, and all others do.
REFUSED=mm/page_alloc.c:__zone_watermark_ok:negate:2
# The slow path wakes nobody.
ASLEEP=mm/page_alloc.c:wake_all_kswapds:lost-wake-up:1
args=(--kernel "$KERNEL" --out "$WORK" --only "$REFUSED" --only "$ASLEEP"
	--scenarios "kswapd-wake reserve-depth" --library fast --seeds 1)

# shellcheck disable=SC2317  # called by ok
verdict() {
	python3 -c 'import json, sys
result = json.load(open(sys.argv[1]))
sys.exit(result["verdict"] != sys.argv[2])' "$WORK/results/${1//[:\/]/-}.json" "$2"
}

exits 0 "the two are mutants of this kernel" "$MUTANTS" --kernel "$KERNEL" --list --only "$REFUSED" --only "$ASLEEP"
says "with the changes that are meant" '__zone_watermark_ok:negate:2 [|] [0-9]+ [|] alloc_flags & ALLOC_MIN_RESERVE -> !'
says "both of them" 'wake_all_kswapds:lost-wake-up:1 [|] [0-9]+ [|] wakeup_kswapd'

rm -f "$WORK/MUTANTS.md"
setsid "$MUTANTS" "${args[@]}" >"$TMP/killed" 2>&1 &
pid=$!
until grep -q building "$TMP/killed" || ! kill -0 "$pid" 2>/dev/null; do
	sleep 0.2
done
sleep 3
kill -KILL -- "-$pid"
wait "$pid"
ok "the command was killed while it built" eval "grep -q building '$TMP/killed' && [[ ! -e '$WORK/MUTANTS.md' ]]"
exits 0 "it goes on" "$MUTANTS" "${args[@]}"
ok "a mutant that keeps the reserve from atomic requests is killed" verdict "$REFUSED" killed
ok "a mutant that wakes nobody is killed" verdict "$ASLEEP" killed
ok "the table has both" eval "(( \$(grep -c '| killed | .*: ' '$WORK/MUTANTS.md') >= 2 ))"
exits 0 "once more" "$MUTANTS" "${args[@]}"
says "builds nothing" 'so far 2 killed, 0 survived'
ok "what was done is kept" eval "! grep -q building '$OUT'"
ok "the folder of the kernel itself is as it was" \
	eval "[[ -z \$(find \"\$('$TOP/scripts/runtime/kernel.sh' path '$KERNEL')\" -newer '$TMP/killed' -name '*.o' -print -quit) ]]"

done_testing
