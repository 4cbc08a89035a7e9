#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/why.sh - the cell that decided that a run fails is found.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

KERNEL=${KERNEL:-source:6.12}

# scenario NAME PROBABILITY SHOTS: chance is in the second of three phases.
scenario() {
	cat >"$TMP/$1.ini" <<-END
		[scenario]
		claim = Nothing is made to fail
		[guest]
		nodes = 1
		memory = 128M
		cpus = 1
		[phase first]
		context = task
		shots = 20
		expect = each ok > 0
		[phase second]
		context = task
		shots = $3
		inject = kprobe
		inject.probability = $2
		expect = total injected == 0
		[phase third]
		context = task
		shots = 20
		expect = each ok > 0
	END
}

# It fails with every other seed: that none of eight does has a chance of 1 in 256.
scenario chance 4 17
for seed in {1..8}; do
	"$LABYRINTH" lab "$TMP/chance.ini" --kernel "$KERNEL" --seed "$seed" --out "$TMP/runs" >"$OUT" 2>&1
	status=$?
	((status == 0)) || break
	passed=$(echo "$TMP"/runs/chance-*-s"$seed"-*)
done
ok "a run that fails by chance" test "$status" = 1
run=$(echo "$TMP"/runs/chance-*-s"$seed"-*)
exits 0 "asked why" "$LABYRINTH" why "$run" --seeds 7 --plot "$TMP/why.svg"
says "names the verdict" '^  fails: second: total injected == 0: injected was [1-9]'
says "says how many runs" 'total injected == 0: 2 cells, 7 runs at each moment, 28 in all, or some more or less'
says "knows the cell" '^inevitable after cell 2: second: task, '
says "chance decides in it" 'With other chance in that cell and after it, it fails in [0-6] of 7 runs; what comes after it cannot change that verdict'
ok "draws it" grep -q '<svg' "$TMP/why.svg"
ok "leaves nothing behind" test -z "$(find "$TMP/runs" results -maxdepth 1 -name '.chance-*' 2>/dev/null)"

scenario always 100 17
exits 1 "a run that fails whatever chance does" "$LABYRINTH" lab "$TMP/always.ini" --kernel "$KERNEL" --out "$TMP/runs"
always=$(echo "$TMP"/runs/always-*)
exits 0 "asked why" "$LABYRINTH" why "$always" --seeds 3
says "says so" '^inevitable from the start'
says "says what so few runs do not decide" 'Not decided: .*less than [1-9][0-9]* %, which 9 runs that all fail do not exclude'

# A run of which a cell before the moment was another one.
python3 - "$always" <<-'END'
	import hashlib, json, sys
	folder = sys.argv[1]
	results = json.load(open(folder + "/results.json"))
	results["cells"][0]["volley_ticks"] += 8
	text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
	open(folder + "/results.json", "w").write(text)
	host = json.load(open(folder + "/host.json"))
	host["fingerprint"] = hashlib.sha256(text.encode()).hexdigest()
	json.dump(host, open(folder + "/host.json", "w"))
END
exits 1 "a run that is not the same again" "$LABYRINTH" why "$always" --seeds 1 --all
says "names the cell" "^  first: task, "

exits 4 "a verdict that did not fail" "$LABYRINTH" why "$run" --verdict third
says "says so" 'no verdict of .* that fails has "third" in its name'
if [[ -n ${passed:-} ]]; then
	exits 4 "a run that passed" "$LABYRINTH" why "$passed"
	says "says so" 'did not fail$'
fi
exits 2 "no runs" "$LABYRINTH" why "$run" --seeds 0
exits 2 "a plot into nowhere" "$LABYRINTH" why "$run" --plot "$TMP/none/why.svg"
echo "# more" >>"$TMP/chance.ini"
exits 2 "a scenario that has changed" "$LABYRINTH" why "$run"
says "names it" "chance.ini, with what it includes, has changed since"
done_testing
