#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/export.sh - reports and exports of a run, each read by a program of
# another project; an error leaves no file.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# The interpreter with Debian's packages: "python3" in PATH may be another one.
PYTHON=/usr/bin/python3

# A run in which an oracle fails, and whose scenario has the name of an oracle.
cat >"$TMP/log.ini" <<END
[scenario]
claim = "Quotes" & <brackets> are nothing special
[guest]
memory = 128M
[phase a]
context = task
shots = 10
expect = each ok > 0
expect = each ok < 0
END
exits 1 "a run that fails" "$LABYRINTH" lab "$TMP/log.ini" --mode fast --kernel "$KERNEL" --out "$TMP/results"
RUN=$(echo "$TMP"/results/*)

export_as() {
	ok "$1 is written" "$LABYRINTH" export "$RUN" --format "$1" -o "$TMP/$1"
}

for format in ktap junit kcidb lava csv summary; do
	export_as "$format"
done

KUNIT=$(<"$TOP/build/tests/ksrc")/tools/testing/kunit/kunit.py
exits 1 "kunit.py reads the KTAP" "$PYTHON" "$KUNIT" parse "$TMP/ktap"
says "and every test in it" "Ran [0-9]+ tests: passed: [0-9]+, failed: 1(, skipped: [0-9]+)?$"
ok "the folder's own is the same" cmp "$TMP/ktap" "$RUN/results.ktap"

exits 0 "junitparser reads the JUnit XML" "$PYTHON" -c '
import sys
from junitparser import JUnitXml, Failure
xml = JUnitXml.fromfile(sys.argv[1])
cases = [case for suite in xml for case in suite]
failed = [c.name for c in cases if any(isinstance(r, Failure) for r in c.result)]
print(xml.tests == len(cases), xml.failures == len(failed), failed)' "$TMP/junit"
says "and its counts are right" "^True True \['a: each ok < 0'\]"

exits 0 "the KCIDB report has the shape of 5.3" "$PYTHON" -m jsonschema -i "$TMP/kcidb" "$TOP/userspace/tests/system/kcidb-5.3.json"
exits 1 "which is strict" "$PYTHON" -m jsonschema -i "$RUN/results.json" "$TOP/userspace/tests/system/kcidb-5.3.json"

# The same failure, in a list of known issues.
known() {
	printf '[issue less-than-none]\nwhat = nothing is less\nscenario = log\nverdict = a: each ok < 0\nkernels = 5.10-99.0\nlink = https://example.org/none\nuntil = %s\n' "$1" >"$TMP/known.list"
}
known never
exits 0 "a run of which all that fails is known" "$LABYRINTH" lab "$TMP/log.ini" --mode fast --kernel "$KERNEL" --out "$TMP/known" --known "$TMP/known.list"
says "shows it as known" "^  KNOWN a: each ok < 0$"
says "and where it is written about" "https://example.org/none"
exits 0 "results.json does not tell of it" cmp <("$PYTHON" -c 'import json, sys; print(sorted(json.load(open(sys.argv[1]))))' "$RUN/results.json") \
	<("$PYTHON" -c 'import json, sys; print(sorted(json.load(open(sys.argv[1]))))' "$TMP"/known/*/results.json)
for format in ktap junit kcidb; do
	ok "$format of it is written" "$LABYRINTH" export "$RUN" --known "$TMP/known.list" --format "$format" -o "$TMP/known.$format"
done
exits 0 "kunit.py takes it for a pass" "$PYTHON" "$KUNIT" parse "$TMP/known.ktap"
exits 0 "the folder's own says so too" grep -c "XFAIL" "$TMP"/known/*/results.ktap
exits 0 "junitparser finds it skipped" "$PYTHON" -c '
import sys
from junitparser import JUnitXml, Skipped
xml = JUnitXml.fromfile(sys.argv[1])
print(xml.failures, [r.message for suite in xml for case in suite for r in case.result if isinstance(r, Skipped) and "known" in r.message])' "$TMP/known.junit"
says "with its link" "^0 \['known issue: https://example.org/none'\]"
exits 0 "its KCIDB report has the shape of 5.3" "$PYTHON" -m jsonschema -i "$TMP/known.kcidb" "$TOP/userspace/tests/system/kcidb-5.3.json"
exits 0 "and an incident of the issue" grep -c '"issue_id": "labyrinth:issue-less-than-none"' "$TMP/known.kcidb"
exits 0 "a report of it" "$LABYRINTH" report "$RUN" --known "$TMP/known.list" -o "$TMP/known.html"
exits 0 "links to it" grep -c '<a href="https://example.org/none">less-than-none</a>' "$TMP/known.html"
known 2020-02-02
exits 0 "one that is past" "$LABYRINTH" export "$RUN" --known "$TMP/known.list" --format summary
says "counts again" "was known until 2020-02-02, which is past"

# A LAVA test shell has these commands in its PATH.
mkdir "$TMP/bin"
for command in set case; do
	printf '#!/bin/sh\necho "%s $*"\n' "$command" >"$TMP/bin/lava-test-$command"
	chmod +x "$TMP/bin/lava-test-$command"
done
exits 0 "a shell runs what is for LAVA" env PATH="$TMP/bin:$PATH" sh -eu "$TMP/lava"
says "which reports what held" "^case a-each-ok-gt-0 --result pass$"
says "and what did not" "^case a-each-ok-lt-0 --result fail$"
ok "and nothing else" test "$(grep -vcE '^lava-test-(set|case) [a-z]' "$TMP/lava")" = 0

exits 1 "so does the script for a LAVA device" "$TOP/scripts/packaging/lava/labyrinth.sh" -k "$KERNEL" -m fast -o "$TMP/lava.d" "$TMP/log.ini"
says "which reports the same" "^lava-test-case a-each-ok-lt-0 --result fail$"
ok "its test definition is YAML" "$PYTHON" -c '
import sys, yaml
test = yaml.safe_load(open(sys.argv[1]))
assert test["metadata"]["format"] == "Lava-Test Test Definition 1.0"
assert test["run"]["steps"] and set(test["params"]) == {"SCENARIOS", "KERNEL", "SEED", "MODE"}' "$TOP/scripts/packaging/lava/labyrinth.yaml"

exits 0 "a map of what it saw" "$LABYRINTH" map "$RUN" --at "a: before"
says "is of that moment" "^a: before$"
exits 2 "a moment that there was not" "$LABYRINTH" map "$RUN" --at 99
says "lists those that there were" "1  a: before"

exits 0 "csv reads the CSV" "$PYTHON" -c '
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
print(len(rows), rows[0]["scenario"], rows[0]["ok"], rows[0]["gfp"], None in rows[0])' "$TMP/csv"
says "a row a cell" "^1 log 20 GFP_ATOMIC\|__GFP_NOWARN False$"

exits 0 "a report of a run" "$LABYRINTH" report "$RUN" -o "$TMP/page.html"
exits 0 "which is HTML" xmllint --html --noout --nowarning "$TMP/page.html"
ok "no errors but of what libxml2 does not know yet" test -z "$(grep -iE 'error' "$OUT" | grep -vE 'Tag (section|nav|header|details|summary|svg|path|g|rect|circle|use|defs|text|title|filter|fe[A-Za-z]+|polygon|tspan) invalid')"
exits 0 "of two runs" "$LABYRINTH" report "$RUN" "$RUN" -o "$TMP/two.html"
# shellcheck disable=SC2016  # the inner shell's
ok "to standard output" sh -c '"$0" report "$1" | cmp - "$2"' "$LABYRINTH" "$RUN" "$TMP/page.html"

# After an error the old file is unchanged.
cp "$TMP/page.html" "$TMP/before.html"
exits 3 "without gnuplot there is no report" env LABYRINTH_GNUPLOT=/nonexistent/gnuplot "$LABYRINTH" report "$RUN" -o "$TMP/page.html"
says "and it says what to install" "make setup|LABYRINTH_GNUPLOT"
head -n 100 "$RUN/results.json" >"$TMP/cut.json"
exits 2 "half a run" "$LABYRINTH" report "$TMP/cut.json" -o "$TMP/page.html"
says "is told as such" "cut short"
exits 2 "half a run is not exported" "$LABYRINTH" export "$TMP/cut.json" --format csv -o "$TMP/page.html"
exits 2 "no run" "$LABYRINTH" report "$TMP/none" -o "$TMP/page.html"
exits 2 "three runs" "$LABYRINTH" report a b c
exits 2 "no run to export" "$LABYRINTH" export --format csv
exits 2 "no format" "$LABYRINTH" export "$RUN"
exits 2 "unknown format" "$LABYRINTH" export "$RUN" --format yaml
says "names the formats" "ktap, junit, kcidb, lava, csv"
exits 2 "nowhere to write" "$LABYRINTH" export "$RUN" --format csv -o /proc/nowhere
ok "what was there is as it was" cmp "$TMP/before.html" "$TMP/page.html"
ok "and nothing is left" test -z "$(find "$TMP" -name '*.part')"

done_testing
