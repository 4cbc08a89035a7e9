#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/compare.sh - compare and history as they are called: exit codes, forms,
# bad input, and that a file is replaced only by a whole one.
#
# shellcheck disable=SC2317  # functions are called through ok

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

SYNTHESIZE=$TOP/build/tests/synthesize
DB=$TMP/history.db

self_contained() {
	# The name of an XML namespace is not a reference.
	! sed 's/xmlns[:a-z]*="[^"]*"//g' "$1" | grep -E 'https?:|<script|src='
}

ok "runs of a kernel" "$SYNTHESIZE" "$TMP/a" 10
ok "of one that differs in layout" "$SYNTHESIZE" "$TMP/same" 10 build=2
ok "of one that is worse in softirq" "$SYNTHESIZE" "$TMP/worse" 10 build=3 changed=softirq_tasklet cliff_change=2
ok "of another scenario" "$SYNTHESIZE" "$TMP/other" 1 scenario=other

exits 0 "layout alone is no difference" "$LABYRINTH" compare "$TMP/a" "$TMP/same"
says "and says so" "no difference"
exits 1 "a moved cliff is one" "$LABYRINTH" compare "$TMP/a" "$TMP/worse"
says "names the context" "^B is worse in softirq_tasklet$"
says "shows the cliff" "cliff 6/16 -> 8/16 of min"
ok "within 80 columns" awk 'length > 80 { exit 1 }' "$OUT"
exits 0 "one seed is worse in nothing that could be told" "$LABYRINTH" compare "$TMP/a/*-s1-1" "$TMP/same/*-s1-2"
says "and says what could hide" "any number of"
ok "within 80 columns as well" awk 'length > 80 { exit 1 }' "$OUT"
exits 1 "which fails if it is asked to" "$LABYRINTH" compare "$TMP/a/*-s1-1" "$TMP/same/*-s1-2" --undecided fail
exits 2 "undecided is pass or fail" "$LABYRINTH" compare "$TMP/a" "$TMP/same" --undecided maybe
exits 0 "the other way round it is better" "$LABYRINTH" compare "$TMP/worse" "$TMP/a"
exits 0 "a pattern names runs" "$LABYRINTH" compare "$TMP/a/*-s[12]-1" "$TMP/same/*"
says "those that it matches" ", 2 runs"

exits 1 "as JSON" "$LABYRINTH" compare "$TMP/a" "$TMP/worse" --format json -o "$TMP/out.json"
ok "which parses" python3 -m json.tool "$TMP/out.json"
exits 1 "as HTML" "$LABYRINTH" compare "$TMP/a" "$TMP/worse" --format html -o "$TMP/out.html"
ok "which is well-formed" xmllint --html --noout "$TMP/out.html"
ok "and needs nothing else" self_contained "$TMP/out.html"
exits 1 "as Markdown" "$LABYRINTH" compare "$TMP/a" "$TMP/worse" --format markdown
says "with tables" "^\| where \| metric \|"

exits 2 "one folder" "$LABYRINTH" compare "$TMP/a"
exits 2 "no such folder" "$LABYRINTH" compare "$TMP/a" "$TMP/none"
says "names it" "none: No such file"
mkdir "$TMP/empty"
exits 2 "an empty folder" "$LABYRINTH" compare "$TMP/a" "$TMP/empty"
says "says how to fill it" "labyrinth lab --out"
exits 2 "two scenarios that differ" "$LABYRINTH" compare "$TMP/a" "$TMP/other"
says "are not comparable" "nothing could be compared"
exits 2 "a threshold that is none" "$LABYRINTH" compare "$TMP/a" "$TMP/a" --threshold nan
exits 2 "an unknown form" "$LABYRINTH" compare "$TMP/a" "$TMP/a" --format pdf
says "names the forms" "text, json, html, markdown"
cp -r "$TMP/a" "$TMP/mixed"
cp -r "$TMP/worse"/*-s1-* "$TMP/mixed"
exits 2 "two kernels in one folder" "$LABYRINTH" compare "$TMP/a" "$TMP/mixed"
says "names both" "build 000000000003.*build 000000000001"
cp -r "$TMP/a" "$TMP/short"
truncate -s 1000 "$TMP/short"/*-s1-*/results.json
exits 2 "a file that was cut short" "$LABYRINTH" compare "$TMP/a" "$TMP/short" -o "$TMP/out.json"
says "is named" "-s1-1/results.json: line .*cut short"
ok "what was there is left" python3 -m json.tool "$TMP/out.json"
exits 2 "output that cannot be written" "$LABYRINTH" compare "$TMP/a" "$TMP/a" -o /proc/nowhere/x

exits 0 "a page of many seeds" "$LABYRINTH" report "$TMP/a" -o "$TMP/page.html"
ok "names them" grep -q '10 runs, seeds 1 2 3 4 5 6 7 8 9 10' "$TMP/page.html"
ok "and compares nothing" test "$(grep -c 'id="differences"' "$TMP/page.html")" = 0
exits 0 "a page of two sides" "$LABYRINTH" report "$TMP/a" "$TMP/worse" -o "$TMP/page.html"
ok "compares" test "$(grep -c 'id="differences"' "$TMP/page.html")" = 1
ok "says what differs" grep -q 'B is worse in softirq_tasklet' "$TMP/page.html"
ok "and needs nothing else" self_contained "$TMP/page.html"
exits 2 "a page of two kernels as one" "$LABYRINTH" report "$TMP/mixed" -o "$TMP/page.html"
says "names both" "build 000000000003.*build 000000000001"
cp -r "$TMP/a" "$TMP/scenarios"
cp -r "$TMP/other"/* "$TMP/scenarios"
exits 2 "a page of two scenarios as one" "$LABYRINTH" report "$TMP/scenarios" -o "$TMP/page.html"
says "says how to name one" "one is wanted: name its runs by a pattern"
exits 2 "a page of a file that was cut short" "$LABYRINTH" report "$TMP/short" -o "$TMP/page.html"

cat >"$TMP/met.ini" <<END
[plenty]
phase = plenty
success = 100%
p99 = 1100
unit = instructions
oracles = all
END
exits 0 "a profile that is met" "$LABYRINTH" compare "$TMP/a" --profile "$TMP/met.ini"
says "says so" "the profile is met"
sed 's/1100/900/' "$TMP/met.ini" >"$TMP/unmet.ini"
exits 1 "a profile that is not" "$LABYRINTH" compare "$TMP/a" --profile "$TMP/unmet.ini"
says "names the demand" "\[plenty\] asks for at most"
sed 's/^p99 .*/median = 1000\nmax = 1300/' "$TMP/met.ini" >"$TMP/old.ini"
exits 0 "a profile of an earlier version" "$LABYRINTH" compare "$TMP/a" --profile "$TMP/old.ini"
sed 's/^p99 .*/median = 900\nlongest = 900/' "$TMP/met.ini" >"$TMP/old.ini"
exits 1 "which is not met" "$LABYRINTH" compare "$TMP/a" --profile "$TMP/old.ini"
says "and calls things as they are called now" "p50"
printf '[a]\ncontext = nmi\nsuccess = 1%%\n' >"$TMP/absent.ini"
exits 1 "a demand that nothing answers" "$LABYRINTH" compare "$TMP/a" --profile "$TMP/absent.ini"
printf '[a]\nsuccess = 5\nbest = 1\n' >"$TMP/bad.ini"
exits 2 "a profile that is none" "$LABYRINTH" compare "$TMP/a" --profile "$TMP/bad.ini"
says "names line and key" "bad.ini:2: success: '5'"
says "all of them" "bad.ini:3: best"

exits 2 "no history" "$LABYRINTH" history --db "$DB"
says "says how to make one" "history import DIR"
exits 0 "import" "$LABYRINTH" history import "$TMP/a" "$TMP/worse" --db "$DB"
says "counts" "^20 runs added, 0 were there"
exits 0 "a second time" "$LABYRINTH" history import "$TMP/a" --db "$DB"
says "adds nothing" "^0 runs added, 10 were there"
exits 2 "of one that was cut short" "$LABYRINTH" history import "$TMP/short" --db "$DB"
says "keeps the others" "^0 runs added, 9 were there already, 1 could not be read"
for form in text html json; do
	exits 0 "trends as $form" "$LABYRINTH" history --db "$DB" --format "$form"
done
says "has the kernels" '"release": "6.12.0"'
exits 2 "what is not there" "$LABYRINTH" history --db "$DB" --scenario none
for night in {1..16}; do
	"$SYNTHESIZE" "$TMP/night-$night" 1 build="$night" release="6.13.0-rc$night" \
		cliff=$((night > 8 ? 9 : 6)) >/dev/null
done
STEPS=$TMP/steps.db
exits 0 "import of nights" "$LABYRINTH" history import "$TMP"/night-* --db "$STEPS" --branch topic
exits 0 "trends that step" "$LABYRINTH" history --db "$STEPS"
says "names the branch" "topic"
says "says in which direction" "worse: [+]3 steps"
says "names one cause" "of 1 cause$"
# The status page: one file, of well-formed HTML, with each kernel and scenario.
exits 0 "a status page" "$LABYRINTH" history --db "$STEPS" --format html -o "$TMP/status.html"
exits 0 "is well-formed and loads nothing" /usr/bin/python3 -c '
import html.parser, sys
class Page(html.parser.HTMLParser):
    open, rows, kernels, scenarios, loads, ids, links = [], 0, [], [], [], set(), []
    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        self.ids.add(a.get("id"))
        if tag in ("script", "link", "img", "iframe") or "src" in a: self.loads.append(tag)
        if a.get("href", "").startswith("#"): self.links.append(a["href"][1:])
        if tag not in ("meta", "br", "polyline", "circle"): self.open.append((tag, a))
    def handle_startendtag(self, tag, attributes): pass
    def handle_endtag(self, tag):
        last = self.open.pop()[0]
        assert last == tag, (last, tag, self.getpos())
    def handle_data(self, data):
        tag, a = self.open[-1] if self.open else ("", {})
        if tag == "th" and a.get("scope") == "row": self.kernels.append(data.strip())
        if tag == "span" and self.open[-2][1].get("scope") == "col": self.scenarios.append(data)
page = Page()
page.feed(open(sys.argv[1]).read())
assert not page.open, page.open
assert not page.loads, page.loads
assert set(page.links) <= page.ids, (page.links, page.ids)
print(len(page.kernels), len(set(page.kernels)), *page.kernels[:2], *sorted(set(page.scenarios)))' "$TMP/status.html"
says "all of the kernels are in it, the newest first, and the scenario" "^16 16 6.13.0-rc16 6.13.0-rc15 made-up$"
exits 0 "older ones are folded" grep -c '<summary>6 older kernels</summary>' "$TMP/status.html"
exits 0 "what stepped is told with its day" grep -cE '<td data-label="when">20[0-9]{2}-[0-9]{2}-[0-9]{2}</td><td data-label="branch">topic</td><td data-label="at">6.13.0-rc9,' "$TMP/status.html"
printf '[issue broken\n' >"$TMP/broken.list"
exits 2 "with a list of known issues that is none" "$LABYRINTH" history --db "$STEPS" --format html --known "$TMP/broken.list" -o "$TMP/other.html"
says "tells file and line" "broken.list:1: "
ok "and nothing is written" test ! -e "$TMP/other.html"
exits 2 "with one that is not there" "$LABYRINTH" history --db "$STEPS" --format html --known "$TMP/none.list"

exits 2 "ack without a reason" "$LABYRINTH" history ack 6.13.0-rc9 --db "$STEPS"
exits 2 "ack of no step" "$LABYRINTH" history ack 6.13.0-rc2 --why no --db "$STEPS"
exits 0 "ack" "$LABYRINTH" history ack 6.13.0-rc9 --why "reserve is smaller" --db "$STEPS"
exits 0 "trends that are acknowledged" "$LABYRINTH" history --db "$STEPS"
says "says why" "acknowledged: reserve is smaller"
exits 0 "ack that is withdrawn" "$LABYRINTH" history ack 6.13.0-rc9 --withdraw --db "$STEPS"
exits 2 "a tree that is none" "$LABYRINTH" history import "$TMP/a" --tree /proc --db "$STEPS"
exits 2 "prune without a limit" "$LABYRINTH" history prune --db "$DB"
exits 2 "an unknown verb" "$LABYRINTH" history forget --db "$DB"
says "names the verbs" "trend, import, ack, prune"

done_testing
