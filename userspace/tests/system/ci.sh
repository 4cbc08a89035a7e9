#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/ci.sh - the examples of scripts/ci: what they run, repeat, and exit with.
# The program is a stand-in, as none of this is about guests.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

CI=$TOP/scripts/ci
export CODES=$TMP/codes CALLS=$TMP/calls
mkdir "$CODES"

# Notes its calls, and exits with what the file SCENARIO-SEED says.
cat >"$TMP/labyrinth" <<'END'
#!/bin/bash
[[ $* != *--plan* ]] || exit "$(cat "$CODES/plan" 2>/dev/null || echo 0)"
printf '%q ' "$@" >>"$CALLS.$2-$4"
echo >>"$CALLS.$2-$4"
exit "$(cat "$CODES/$2-$4" 2>/dev/null || echo 0)"
END
chmod +x "$TMP/labyrinth"
export LABYRINTH=$TMP/labyrinth

calls() {
	grep -c "" "$CALLS.$1"
}

exits 2 "parallel without scenarios" "$CI/parallel.sh" "$TMP/runs" 3
says "shows how it is called" "^usage: parallel.sh OUT SEEDS SCENARIO"
exits 2 "parallel with seeds that are none" "$CI/parallel.sh" "$TMP/runs" x smoke
echo 2 >"$CODES/plan"
exits 2 "a scenario that is wrong" "$CI/parallel.sh" "$TMP/runs" 3 smoke
rm "$CODES/plan"
ok "is run by nobody" test ! -e "$CALLS.smoke-1"

echo 1 >"$CODES/smoke-2"
echo 3 >"$CODES/log-3"
exits 3 "runs of which one broke" "$CI/parallel.sh" "$TMP/runs" 3 smoke log -- --append "a=1 b=2"
ok "all were run" test "$(cat "$CALLS".* | wc -l)" = 6
ok "options stay in one piece" grep -qF -- '--append a=1\ b=2' "$CALLS.smoke-1"
echo 0 >"$CODES/log-3"
exits 1 "once more" "$CI/parallel.sh" "$TMP/runs" 4 smoke log -- --append "a=1 b=2"
ok "what broke is repeated" test "$(calls log-3)" = 2
ok "a verdict is not" test "$(calls smoke-2)" = 1
ok "what is new is run" test "$(calls smoke-4)" = 1
exits 2 "another scenario in the same folder" "$CI/parallel.sh" "$TMP/runs" 4 smoke -- --append "a=1 b=2"
says "says what to do" "is of other scenarios or options .*: name another folder"
exits 0 "all passing" "$CI/parallel.sh" "$TMP/passing" 1 smoke

# ---- nightly.sh -----------------------------------------------------------------

# Makes the folder of --out as the cluster or a local run leaves it, and exits with
# what the file "night" or "compare" says.
cat >"$TMP/labyrinth" <<'END'
#!/bin/bash
printf '%q ' "$@" >>"$CALLS"
echo >>"$CALLS"
case $1 in
lab)
	for ((i = 1; i <= $#; i++)); do
		next=$((i + 1))
		[[ ${!i} != --out ]] || out=${!next}
		[[ ${!i} != --on ]] || on=1
	done
	[[ -z ${on-} ]] || { mkdir -p "$out/.cluster" && touch "$out/.cluster/plan.json"; }
	echo what the lab says
	exit "$(cat "$CODES/night" 2>/dev/null || echo 0)" ;;
compare)
	echo '# worse' >"${@: -1}"
	exit "$(cat "$CODES/compare" 2>/dev/null || echo 0)" ;;
esac
END
rm -f "$CODES"/* "$CALLS"*
mkdir "$TMP/nights"
cd "$TMP/nights" || exit 1
tonight=$(date +%F)
nightly=("$CI/nightly.sh" source:6.12 2 smoke default -- --on slurm --partition lab)
exits 2 "a night without scenarios" "$CI/nightly.sh" source:6.12 2
says "shows how it is called" "^usage: nightly.sh KERNEL SEEDS SCENARIO"
exits 2 "a night whose only scenario is an option" "$CI/nightly.sh" source:6.12 2 -- --on slurm
echo 3 >"$CODES/night"
exits 3 "a night that broke" "${nightly[@]}"
says "shows the end of its log" "what the lab says"
ok "gives --on slurm through" grep -qxF "lab smoke default --kernel source:6.12 --seeds 2 --out $tonight --on slurm --partition lab " "$CALLS"
ok "is not finished" test ! -e "$tonight.finished"
rm "$CODES/night"
exits 0 "the same night again" "${nightly[@]}"
ok "takes its runs up again" grep -qxF "lab --attach $tonight --resume " "$CALLS"
ok "says nothing" test ! -s "$OUT"
ok "compares with nothing" test "$(grep -c '^compare' "$CALLS")" = 0
: >2024-02-28.finished
: >2024-02-27.finished
exits 0 "a night after others" "${nightly[@]}"
ok "is compared with the last of them" grep -q "^compare 2024-02-28 $tonight " "$CALLS"
echo 1 >"$CODES/compare"
exits 1 "a worse night" "${nightly[@]}"
says "shows the comparison" "^# worse"
echo 1 >"$CODES/night"
exits 1 "a failed verdict is told of by the comparison" "${nightly[@]}"
cd "$TOP" || exit 1

ok "GitLab's file is YAML" python3 - "$CI/gitlab-ci.yml" <<'END'
import sys, yaml
with open(sys.argv[1]) as file:
    jobs = yaml.safe_load(file)
assert set(jobs["stages"]) == {jobs[name]["stage"] for name in ("build", "smoke", "nightly")}
assert jobs["smoke"]["retry"]["exit_codes"] == [3]
END
done_testing
