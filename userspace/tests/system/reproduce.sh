#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/reproduce.sh - a run is the same again; what differs is named.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/forge.bash
. "$(dirname "$0")/forge.bash"

KERNEL=${KERNEL:-source:6.12}

cat >"$TMP/small.ini" <<END
[scenario]
claim = There is a page
[guest]
memory = 128M
[phase plenty]
context = task hardirq_hrtimer
shots = 40
events = 40
expect = each ok > 0
END

exits 0 "a run" "$LABYRINTH" lab "$TMP/small.ini" --kernel "$KERNEL" --out "$TMP/runs"
run=$(echo "$TMP"/runs/small-*)
exits 0 "again" "$LABYRINTH" reproduce "$run"
says "is the same" "^SAME: .*small-"
says "has its fingerprint" "fingerprint $(sha256sum <"$run/results.json" | cut -d' ' -f1)"
ok "adds nothing" test "$(find "$TMP/runs" -maxdepth 1 -name 'small-*' | wc -l)" = 1

forged 'results["cells"][1]["events"][3][4] += 7'
exits 1 "a shot at another time" "$LABYRINTH" reproduce "$TMP/forged"
says "names cell, shot and clock" "^  plenty: hardirq_hrtimer, pages, order 0, .*: shot [0-9]+ of CPU [0-9], clock [0-9]+ in the run, [0-9]+ here"
forged 'results["kernel"]["build_id"] = "00"'
exits 2 "another kernel" "$LABYRINTH" reproduce "$TMP/forged"
says "names it" '^kernel build_id: "00" in the run, "[0-9a-f]+" here'
forged 'results["machine"]["qemu"] = "1.0"; results["program"]["build_id"] = "00"'
exits 2 "another QEMU and program" "$LABYRINTH" reproduce "$TMP/forged"
says "names QEMU" '^machine qemu: "1.0" in the run'
says "names the program" '^program build_id: "00" in the run'
says "says how to run it all the same" "cannot be had again: see above; labyrinth lab .*small.ini --kernel $KERNEL --seed 1"
forged 'results["machine"]["mode"] = "fast"'
exits 2 "a run that measures time" "$LABYRINTH" reproduce "$TMP/forged"
says "says which are the same" "only runs of mode deterministic"
echo "# more" >>"$TMP/small.ini"
exits 2 "a scenario that has changed" "$LABYRINTH" reproduce "$run"
says "names it" "small.ini, with what it includes, has changed since"
done_testing
