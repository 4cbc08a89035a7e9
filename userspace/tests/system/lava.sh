#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/lava.sh - jobs for LAVA, run by its own dispatcher on an emulated device: one
# that ends, one whose kernel panics, one whose device is lost. Jobs of boards are
# checked against LAVA's schema and by the dispatcher, which has no such board here.
# shellcheck disable=SC2317  # functions are called through ok and exits
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

LAVA=$TOP/scripts/packaging/lava
JOB=$TMP/job

cat >"$TMP/brief.ini" <<'END_OF'
[scenario]
claim = There is a page
[phase plenty]
context = task softirq_tasklet hardirq_hrtimer
shots = 400
expect = each ok > 0
END_OF
# Long enough to be lost in the middle of it.
sed 's/^shots = .*/shots = 4000000000/' "$TMP/brief.ini" >"$TMP/endless.ini"

# cases LOG PATTERN: how many cases of the job's test in a log of LAVA are such.
cases() {
	grep '"lvl": "results".*"definition": "0_labyrinth"' "$1" | grep -c "$2"
}

# All processes below one.
below() {
	local child

	for child in $(pgrep -P "$1"); do
		echo "$child"
		below "$child"
	done
}

# What is on the console of a job that runs.
console_says() {
	grep -q "\"lvl\": \"target\", \"msg\": \"$2" "$1/log.yaml" 2>/dev/null
}

# ---- what job.sh refuses --------------------------------------------------------

exits 2 "a job of nothing" "$LAVA/job.sh" qemu source:6.12
says "shows how it is made" "^usage: job.sh"
exits 2 "a method that there is not" "$LAVA/job.sh" telepathy "$KERNEL" "$JOB" smoke
says "names those that there are" "there are: .*qemu"
exits 2 "a scenario that there is not" "$LAVA/job.sh" qemu "$KERNEL" "$JOB" nowhere
exits 2 "a word that would end a line" "$LAVA/job.sh" -u $'http://a\nb' qemu "$KERNEL" "$JOB" smoke
exits 2 "u-boot without a device tree" "$LAVA/job.sh" u-boot "$KERNEL" "$JOB" smoke
says "says what is missing" "needs the address of a device tree: -d"
ok "none of these has left a job" test ! -e "$JOB/job.yaml"

# ---- a job that ends ---------------------------------------------------------------

exits 0 "a job of an emulated device" "$LAVA/job.sh" qemu "$KERNEL" "$JOB" "$TMP/brief.ini"
exits 0 "LAVA's dispatcher runs it" "$LAVA/dispatcher.sh" run "$JOB" "$TMP/good"
exits 0 "it is collected" "$LAVA/collect.py" "$TMP/good/log.yaml" "$TMP/artefacts"
says "the scenario passed" "^brief 1: pass$"
says "and once more" "^brief 2: pass$"
verdicts=$(sed -n 's/^\([0-9]*\) verdicts, .*/\1/p' "$OUT")
says "there are as many cases as verdicts" "^$verdicts verdicts, $verdicts cases of LAVA$"
ok "and some" test "${verdicts:-0}" -gt 10
ok "a case has a measurement" grep -q '"case": ".*-p50".*"measurement": [0-9.]*.*"units": "ns"' "$TMP/good/log.yaml"
ok "the device was put back" test "$(cases "$TMP/good/log.yaml" '"case": "\(recovered\|unloaded\)".*"result": "pass"')" = 2
ok "it came back after a reboot" grep -q '"case": "rebooted".*"result": "pass"' "$TMP/good/log.yaml"
ok "with nothing left to put back" grep -q '"case": "recovered-after-reboot".*"result": "pass"' "$TMP/good/log.yaml"
for file in results.json host.json results.ktap console.log; do
	ok "$file was kept" test "$(find "$TMP/artefacts/brief-1" -name "$file" -size +0 | wc -l)" = 1
done
ok "the console was kept" grep -q "Linux version" "$TMP/artefacts/console.log"
exits 0 "what was kept is results" "$LABYRINTH" export "$TMP/artefacts/brief-1" --format summary

# ---- a log that is not whole ---------------------------------------------------------

grep -v '"case": "plenty-each-ok' "$TMP/good/log.yaml" >"$TMP/short.yaml"
exits 3 "a case that is missing" "$LAVA/collect.py" "$TMP/short.yaml" "$TMP/short"
sed '0,/labyrinth-device: data /s//labyrinth-device: data AAAA/' "$TMP/good/log.yaml" >"$TMP/garbled.yaml"
exits 0 "artefacts that the console has garbled" "$LAVA/collect.py" "$TMP/garbled.yaml" "$TMP/garbled"
says "are told of" "artefacts: none came whole"
ok "and not unpacked" test ! -e "$TMP/garbled/brief-1"
sed 's/labyrinth-device: end brief 1 0/labyrinth-device: end brief 1 2/' "$TMP/good/log.yaml" >"$TMP/refused.yaml"
exits 0 "a scenario that the device refused" "$LAVA/collect.py" "$TMP/refused.yaml" "$TMP/refused"
says "is skipped" "^brief 1: skip: the device was not fit for it"
sed '/labyrinth-device: \(begin\|end\|data\)/d; s/labyrinth-device: artefacts .*"/labyrinth-device: unfit the module does not load"/' \
	"$TMP/good/log.yaml" >"$TMP/unfit.yaml"
exits 3 "a device whose module does not load" "$LAVA/collect.py" "$TMP/unfit.yaml" "$TMP/unfit"
says "is told to be so" "^brief 2: unknown: the module does not load$"
exits 2 "what is no log" "$LAVA/collect.py" "$LAVA/job.sh" "$TMP/none"

# ---- a panic, and a device that is lost ------------------------------------------------

exits 0 "a job that takes long" "$LAVA/job.sh" -n 1 qemu "$KERNEL" "$JOB" "$TMP/endless.ini"
cp "$JOB/job.yaml" "$TMP/long.yaml"
sed -i 's,- \(/labyrinth/on-device.sh -n .*\),- (sleep 5; echo PANIC >/sys/kernel/debug/provoke-crash/DIRECT) \& \1,' "$JOB/job.yaml"
exits 1 "a kernel that panics" "$LAVA/dispatcher.sh" run "$JOB" "$TMP/panicked"
ok "is a failed case" test "$(cases "$TMP/panicked/log.yaml" '"case": "panic".*"result": "fail"')" = 1
exits 1 "it is collected as a failure" "$LAVA/collect.py" "$TMP/panicked/log.yaml" "$TMP/panicked.d"
says "of the scenario, by its message" "^endless 1: fail: .*Kernel panic - not syncing"
ok "whose console was kept" grep -q "Kernel panic" "$TMP/panicked.d/console.log"

cp "$TMP/long.yaml" "$JOB/job.yaml"
"$LAVA/dispatcher.sh" run "$JOB" "$TMP/lost" >/dev/null 2>&1 &
dispatcher=$!
end=$((SECONDS + 300))
until console_says "$TMP/lost" "labyrinth-device: begin endless" || ((SECONDS > end)); do
	sleep 1
done
emulator=$(ps -o pid=,comm= -p "$(below "$dispatcher" | paste -sd,)" | awk '$2 ~ /^qemu/ { print $1 }')
ok "there is a device" test -n "$emulator"
kill -KILL "$emulator"
wait "$dispatcher"
code=$?
ok "the job of a device that was lost fails" test "$code" = 1
ok "no case of it is a failure" test "$(cases "$TMP/lost/log.yaml" '"result": "fail"')" = 0
exits 3 "it is collected as unknown" "$LAVA/collect.py" "$TMP/lost/log.yaml" "$TMP/lost.d"
says "by its name" "^endless 1: unknown: the device was lost before it ended"

# ---- boards that are not here ------------------------------------------------------------

exits 0 "a job of U-Boot" "$LAVA/job.sh" -t beaglebone-black -u file://"$TMP/boot" -d file://"$TMP/boot/kernel" \
	u-boot "$KERNEL" "$TMP/boot" "$TMP/brief.ini"
exits 0 "LAVA takes it" "$LAVA/dispatcher.sh" validate "$TMP/boot" beaglebone-black
if command -v mkbootimg >/dev/null; then
	exits 0 "a job of fastboot" "$LAVA/job.sh" -t dragonboard-410c fastboot "$KERNEL" "$TMP/fast" "$TMP/brief.ini"
	exits 0 "LAVA takes it too" "$LAVA/dispatcher.sh" validate "$TMP/fast" dragonboard-410c
else
	exits 2 "a job of fastboot without its tool" "$LAVA/job.sh" fastboot "$KERNEL" "$TMP/fast" "$TMP/brief.ini"
	says "says what to install" "apt-get install mkbootimg"
fi
sed -i 's/^actions:/axions:/' "$TMP/boot/job.yaml"
exits 2 "LAVA refuses one with another key" "$LAVA/dispatcher.sh" validate "$TMP/boot" beaglebone-black
done_testing
