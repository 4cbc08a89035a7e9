#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/explain.sh - a report from a kernel of the lab is explained with the
# right numbers: those of the zone are what the module recorded of the same
# shot, and the watermarks are those that the run read.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

PYTHON=/usr/bin/python3
DATA=$TOP/userspace/tests/data/reports

# The scenario "log", with each shot of its first phase recorded: memory is
# short as programs take it, which needs NUMA policies.
sed '0,/^context = task$/s//&\nevents = 8192/' "$TOP/scenarios/log.ini" >"$TMP/pressed.ini"
# Memory that is short as shots keep their blocks, which any kernel can do. All
# is kept until the phase ends, no other CPU asks, and between bursts kswapd has
# time to free what it can: so a report tells of what its shot met.
cat >"$TMP/held.ini" <<'END'
[scenario]
claim = The kernel's log tells of a failure that blocks which are kept led to
takes = 7s

[guest]
nodes = 1
memory = 128M
deadline = 3m

[phase genuine]
context = task
cpu = 0
order = 0
gfp = GFP_ATOMIC
shots = 28000
hold = 28000
burst = 16
interval = 500us
min-free = 8M
events = 32768
timeline = 4
expect = total exhausted > 0
END

cat >"$TMP/compare.py" <<'END'
import json, sys
reports = [json.loads(line)["report"] for line in open(sys.argv[1]) if '{"report"' in line]
results = json.load(open(sys.argv[2]))
looks = [look for look in results["timeline"] if look["at"].startswith("genuine: task")]
looks += [look for c in results["cells"] if c["phase"] == "genuine" for look in c.get("timeline", [])]
marks = {(z["node"], z["zone"]): (z["min"], z["managed"]) for look in looks for z in look["zones"]}
cells = [c for c in results["cells"] if c["exhausted"] and c["gfp"] == "GFP_ATOMIC"]
met = {band for c in cells for band, ok, exhausted in c["cliff"] if exhausted}
events = [e for c in results["cells"] if c["phase"] == "genuine" for e in c["events"]]
assert reports, "no report"

def is_of_its_longest_shot(report):
    """A report takes long to write: the longest shot of a CPU wrote one of its reports."""
    cpu, _, shot, _, _, _, _, free, above_min, *_ = max(
        (e for e in events if e[0] == report["cpu"] and e[3] == "exhausted"), key=lambda e: e[5])
    zones = [z for z in report["zones"] if z["allowed"] and z["free"] == free
             and z["free"] - above_min == z["min"] - z["boost"]]
    print("shot", shot, "of CPU", cpu, "met", free, "free pages, min", free - above_min,
          [(z["free"], z["min"], z["boost"]) for z in report["zones"] if z["allowed"]])
    return len(zones) == 1

def step(zone, min_):
    """As the module counts it: what has to stay is the border of two steps (lab_cliff_bucket())."""
    return ((zone["usable"] - zone["has_to_stay"] - 1) * 16 + 6 * min_) // min_

assert any([is_of_its_longest_shot(report) for report in reports]), "no record of a report's shot"
for report in reports:
    assert report["order"] == 0 and report["flags"] == "GFP_ATOMIC", report["flags"]
    assert report["release"] == results["kernel"]["release"], report["release"]
    assert report["context"] == "task", report["context"]
    assert report["caller"]["module"] == "labyrinth", report["caller"]
    allowed = [z for z in report["zones"] if z["allowed"]]
    assert allowed
    for zone in allowed:
        low, managed = marks[zone["node"], zone["zone"]]
        min_ = zone["min"] - zone["boost"]
        assert min_ == low, (zone["zone"], min_, low)
        half = low - low // 2
        assert zone["has_to_stay"] == half - half // 4, zone
        assert zone["usable"] == zone["free"] - zone["cma"], zone
        if report["verdict"] == "below-mark":
            assert zone["usable"] <= zone["mark"], zone
    if report["verdict"] == "below-mark":
        assert any(step(zone, marks[zone["node"], zone["zone"]][0]) in met for zone in allowed), met
print(len(reports), "reports:", ", ".join(r["verdict"] for r in reports),
      "free CMA pages at most", max(z["cma"] for r in reports for z in r["zones"]))
END
# explained NAME: the reports of a scenario, against what the module recorded.
# LABYRINTH_TEST_APPEND: kernel parameters of the guest, as cma=8M.
explained() {
	local name=$1 run

	exits 0 "$name: a run" "$LABYRINTH" lab "$TMP/$name.ini" --kernel "$KERNEL" --out "$TMP/$name" \
		${LABYRINTH_TEST_APPEND:+--append "$LABYRINTH_TEST_APPEND"}
	run=$(echo "$TMP/$name"/*)
	if grep -q 'the kernel has no NUMA policies' "$run/results.json"; then
		echo "# $name: nothing can be said of it, for the kernel has no NUMA policies"
		return
	fi
	exits 0 "$name: its console is explained" "$LABYRINTH" explain --format json --all "$run/console.log" \
		-o "$TMP/explained"
	exits 0 "$name: by the kernel's own numbers" "$PYTHON" "$TMP/compare.py" "$TMP/explained" "$run/results.json"
	says "$name: which refused it" "reports: .*(below-mark|cma)"
	sed -n '/free CMA pages/s/^/# /p' "$OUT"
	exits 0 "$name: the page of the run has it too" "$LABYRINTH" report "$run" -o "$TMP/page.html"
	ok "$name: in the words of the same engine" grep -Eq "<strong>(below-mark|cma)</strong>" "$TMP/page.html"
}
explained pressed
explained held

# Scenarios from logs: only of states that a guest can be brought into.
for report in 14-x86-4.8-all-highatomic 24-mips-5.8-boost 41-6.x-small-zone-reserve-excerpt; do
	exits 0 "$report as a scenario" "$LABYRINTH" explain "$DATA/$report.log" --scenario "$TMP/$report.ini"
	exits 0 "which is a good one" "$LABYRINTH" run "$TMP/$report.ini" --dry-run
done
exits 4 "fragmentation is none" "$LABYRINTH" explain "$DATA/26-x86-5.13-order7-rsyslog-wrapped.log" --scenario "$TMP/none.ini"
says "and why" "cannot set up"
ok "nothing was written" test ! -e "$TMP/none.ini"

# Messages about input that cannot be explained.
exits 2 "a file that is not there" "$LABYRINTH" explain "$TMP/none"
echo "nothing" >"$TMP/nothing"
exits 4 "a log without a report" "$LABYRINTH" explain "$TMP/nothing"
says "which it says" "no report of a failed request in 1 lines"
exits 2 "a version that is none" "$LABYRINTH" explain --kernel new "$TMP/nothing"
says "which it says" "no version"
exits 2 "a form that is none" "$LABYRINTH" explain --format pdf "$TMP/nothing"

for report in "$DATA"/*.log; do
	for format in text json html markdown; do
		exits 0 "$(basename "$report" .log) as $format" "$LABYRINTH" explain --format "$format" "$report"
	done
done

# Speed and memory if nothing is found: 200 MB in 256 MiB of address space.
yes 'Jan  1 00:00:01 host cron[123]: (root) CMD (test -x /usr/sbin/anything)' | head -c 200000000 >"$TMP/large"
exits 4 "a large log in little memory" bash -c "ulimit -v 262144 && exec '$LABYRINTH' explain '$TMP/large'"
says "all of it" "no report of a failed request in [0-9]+ lines"

done_testing
