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

# What was tested is in host.json. That of a run of a git tree with two patches,
# as scripts/kernel/origin.sh tells of it.
SCHEMA=$TOP/userspace/tests/system/kcidb-5.3.json
exits 0 "the report of this run" "$PYTHON" -c '
import json, sys
report = json.load(open(sys.argv[1]))
build, tests = report["builds"][0], report["tests"]
print("compiler", build["compiler"])
print("config", build["misc"]["config_sha256"])
print("run", tests[0]["path"], tests[0]["status"], tests[0]["misc"]["fingerprint"])
print("files", *sorted(f["name"] for f in tests[0]["misc"]["files"]))
print("no addresses", not any("log_url" in t or "output_files" in t for t in tests))
print("ids", len({t["id"] for t in tests}) == len(tests), all(t["build_id"] == build["id"] for t in tests))' "$TMP/kcidb"
says "has its compiler" "^compiler .*(gcc|clang)"
says "the hash of its configuration" "^config [0-9a-f]{64}$"
says "a test for the run" "^run labyrinth.log FAIL $(sha256sum <"$RUN/results.json" | cut -c -64)\$"
says "and its files" "^files console.log host.json results.json results.ktap$"
says "without addresses" "^no addresses True$"
says "and ids that are of one run" "^ids True True$"
cp -r "$RUN" "$TMP/tree"
PATCHES=("$(echo 1 | sha256sum | cut -c -64)" "$(echo 2 | sha256sum | cut -c -64)")
"$PYTHON" -c '
import json, sys
path, *hashes = sys.argv[1:]
host = json.load(open(path))
host["kernel_source"] = {
    "commit": "0123456789abcdef0123456789abcdef01234567", "branch": "topic/\"slab\"",
    "repository": "https://git.example.org/torvalds/linux.git", "uncommitted": 2,
    "patches": [{"sha256": h, "name": n} for h, n in zip(hashes, "ba")],
    "config": "lab with debug", "config_sha256": "0" * 64, "compiler": "gcc (Debian) 12"}
json.dump(host, open(path, "w"))' "$TMP/tree/host.json" "${PATCHES[@]}"
exits 0 "of a git tree" "$LABYRINTH" export "$TMP/tree" --format kcidb --origin my_lab2 --url https://lab.example.org/17/ --config-url https://lab.example.org/config-6.12 -o "$TMP/tree.kcidb"
exits 0 "a report has the shape of 5.3" "$PYTHON" -m jsonschema -i "$TMP/tree.kcidb" "$SCHEMA"
exits 0 "and tells of it" "$PYTHON" -c '
import json, sys
report = json.load(open(sys.argv[1]))
checkout, build, test = report["checkouts"][0], report["builds"][0], report["tests"][1]
for key in "tree_name", "git_repository_url", "git_commit_hash", "git_repository_branch", "patchset_hash":
    print(key, checkout[key])
print("uncommitted", checkout["misc"]["uncommitted"])
print("build", build["compiler"], build["config_name"], build["checkout_id"] == checkout["id"])
print("config", build["config_url"], build["misc"]["config_sha256"])
print("log", test["log_url"], *(f["url"] for f in test["output_files"]))
print("origins", *{o["origin"] for k in ("checkouts", "builds", "tests") for o in report[k]})
print("ids", *{o["id"].split(":")[0] for k in ("checkouts", "builds", "tests") for o in report[k]})' "$TMP/tree.kcidb"
says "its tree" "^tree_name mainline$"
says "where that is" "^git_repository_url https://git.example.org/torvalds/linux.git$"
says "its commit" "^git_commit_hash 0123456789abcdef0123456789abcdef01234567$"
says "its branch" '^git_repository_branch topic/"slab"$'
says "its patches, by the hash that KCIDB defines" "^patchset_hash $(printf '%s\n' "${PATCHES[@]}" | sha256sum | cut -c -64)\$"
says "what is not committed" "^uncommitted 2$"
says "its build" "^build gcc \\(Debian\\) 12 lab with debug True$"
says "its configuration, with an address" "^config https://lab.example.org/config-6.12 0{64}$"
says "its files, with addresses" "^log https://lab.example.org/17/console.log https://lab.example.org/17/results.json "
says "whose it is" "^origins my_lab2$"
says "in every id" "^ids my_lab2$"
exits 0 "the summary of it" "$LABYRINTH" export "$TMP/tree" --format summary
says "tells of it, too" '^  source commit 0123456789ab of topic/"slab", not committed: 2 files; patched by b, a$'
exits 0 "and a page" "$LABYRINTH" report "$TMP/tree" -o "$TMP/tree.html"
exits 0 "which has the branch as it is" grep -c 'its branch</th><td><code>topic/&quot;slab&quot;<' "$TMP/tree.html"
exits 0 "the name of a tree can be given" "$LABYRINTH" export "$TMP/tree" --format kcidb --tree next
says "and is the one then" '"tree_name": "next"'
# Equal results of another commit are results of that one.
sed 's/0123456789abcdef01234567/fedcba9876543210fedcba98/' "$TMP/tree/host.json" >"$TMP/host.json" && mv "$TMP/host.json" "$TMP/tree/host.json"
"$LABYRINTH" export "$TMP/tree" --format kcidb --origin my_lab2 -o "$TMP/other.kcidb"
exits 0 "equal results of another commit have other ids" "$PYTHON" -c '
import json, sys
a, b = ({o["id"] for k in ("checkouts", "builds", "tests") for o in json.load(open(f))[k]} for f in sys.argv[1:])
assert not a & b, a & b' "$TMP/tree.kcidb" "$TMP/other.kcidb"
rm "$TMP/tree/host.json"
exits 0 "without host.json" "$LABYRINTH" export "$TMP/tree" --format kcidb -o "$TMP/bare.kcidb"
exits 0 "a report has the shape as well" "$PYTHON" -m jsonschema -i "$TMP/bare.kcidb" "$SCHEMA"
ok "and claims nothing of a source" test "$(grep -cE 'patchset|commit|compiler|config' "$TMP/bare.kcidb")" = 0
for origin in '' Lab my-lab 'a b' lab: $'a\n'; do
	exits 2 "the origin '$origin'" "$LABYRINTH" export "$RUN" --format kcidb --origin "$origin"
done
says "is told what it may be" "lower-case letters, digits and '_'"
for url in '' lab.example.org 'https://a b' 'javascript://x' 'https://a"b'; do
	exits 2 "the address '$url'" "$LABYRINTH" export "$RUN" --format kcidb --url "$url"
	exits 2 "and of a configuration" "$LABYRINTH" export "$RUN" --format kcidb --config-url "$url"
done
exits 2 "a tree without a name" "$LABYRINTH" export "$RUN" --format kcidb --tree ''
exits 2 "an origin of a format that has none" "$LABYRINTH" export "$RUN" --format junit --origin lab
says "says which has one" "for --format kcidb: junit has no place"

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
exits 0 "and incidents of the issue" "$PYTHON" -c '
import json, sys
report = json.load(open(sys.argv[1]))
tests = {t["id"]: t for t in report["tests"]}
print(*sorted((tests[i["test_id"]]["path"], tests[i["test_id"]]["status"], i["issue_id"], i["present"]) for i in report["incidents"]))
print(report["issues"][0]["report_url"], *(i["build_id"] == report["builds"][0]["id"] for i in report["incidents"]))' "$TMP/known.kcidb"
says "of the run, which failed for nothing else, and of the verdict" \
	"^\\('labyrinth.log', 'FAIL', 'labyrinth:issue-less-than-none', True\\) \\('labyrinth.log.a-each-ok-lt-0', 'FAIL', 'labyrinth:issue-less-than-none', True\\)$"
says "with its link, of the build" "^https://example.org/none True True$"
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
