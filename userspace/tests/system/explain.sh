#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/explain.sh - a report that a kernel of the lab writes is explained as
# the kernel's own numbers are: the marks are those that the run read from it,
# and shots that met as little were exhausted.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

PYTHON=/usr/bin/python3
DATA=$TOP/userspace/tests/data/reports

exits 0 "a run that the kernel reports on" "$LABYRINTH" lab log --kernel "$KERNEL" --out "$TMP/results"
RUN=$(echo "$TMP"/results/*)
exits 0 "its console is explained" "$LABYRINTH" explain --format json --all "$RUN/console.log" -o "$TMP/explained"

cat >"$TMP/compare.py" <<'END'
import json, sys
reports = [json.loads(line)["report"] for line in open(sys.argv[1]) if '{"report"' in line]
results = json.load(open(sys.argv[2]))
marks = {(z["node"], z["zone"]): (z["min"], z["managed"])
         for look in results["timeline"] if look["at"].startswith("genuine: task")
         for z in look["zones"]}
cells = [c for c in results["cells"] if c["exhausted"] and c["gfp"] == "GFP_ATOMIC"]
met = {band for c in cells for band, ok, exhausted in c["cliff"] if exhausted}
assert reports, "no report"
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
        assert any(zone["usable"] * 16 // marks[zone["node"], zone["zone"]][0] in met
                   for zone in allowed), met
print(len(reports), "reports:", ", ".join(r["verdict"] for r in reports))
END
exits 0 "by the kernel's own numbers" "$PYTHON" "$TMP/compare.py" "$TMP/explained" "$RUN/results.json"
says "which refused it" "below-mark"

exits 0 "the page of the run has it too" "$LABYRINTH" report "$RUN" -o "$TMP/page.html"
ok "in the words of the same engine" grep -q "<strong>below-mark</strong>" "$TMP/page.html"

# What the program says of what it cannot do.
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

# Speed and memory where nothing is found: 200 MB in 256 MiB of addresses.
yes 'Jan  1 00:00:01 host cron[123]: (root) CMD (test -x /usr/sbin/anything)' | head -c 200000000 >"$TMP/large"
exits 4 "a large log in little memory" bash -c "ulimit -v 262144 && exec '$LABYRINTH' explain '$TMP/large'"
says "all of it" "no report of a failed request in [0-9]+ lines"

done_testing
