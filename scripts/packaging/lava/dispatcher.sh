#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# LAVA's own lava-run, of lava-dispatcher, in a Debian of its own: for trying jobs
# without a LAVA server. Needs root; nothing of it is installed on this machine.
#
# usage: dispatcher.sh run JOB-FOLDER OUTPUT-FOLDER	a job of an emulated device
#	 dispatcher.sh validate JOB-FOLDER DEVICE-TYPE	a job of a device that is not here
#
# The Debian is in the cache, 1.2 GB, and is made when it is missing. The job has no
# network: its files are below JOB-FOLDER. OUTPUT-FOLDER/log.yaml is the job's log,
# of which each line is a YAML list of one.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/packaging/lava}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=../../kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=../own_debian.bash
. "$SCRIPTS/packaging/own_debian.bash"

# What the dispatcher only recommends, and its actions call.
readonly WITH=lava-dispatcher,qemu-system-x86,git,cpio,tftpd-hpa,u-boot-tools

if (($# != 3)) || [[ $1 != run && $1 != validate ]]; then
	sed -n 's/^# \(usage:\|\t *dispatcher.sh\)/\1/p' "$0" >&2
	exit 2
fi
((EUID == 0)) || die 2 "a Debian of its own needs root"
[[ -e $2/job.yaml ]] || die 2 "there is no $2/job.yaml; job.sh makes one"
JOB=$(readlink -f "$2")

# Device types come with LAVA's server, of which nothing else is needed.
take_device_types() {
	local get=$ROOT.part/tmp/get

	mkdir -p "$get" && apt_root_init "$(apt_root_codename)" &&
		apt_root_download lava-server "$(apt_root_newest lava-server)" "$get" &&
		dpkg -x "$get"/lava-server_*.deb "$get" &&
		cp -r "$get/usr/share/lava-server/device-types" "$ROOT.part/usr/share/" && rm -rf "$get"
}

make_root() {
	local log=$ROOT.log

	need_space "$(cache_dir)" 2500 "a Debian with LAVA's dispatcher"
	say "making a Debian with LAVA's dispatcher, once; it takes some minutes"
	rm -rf "$ROOT.part"
	own_debian "$(apt_root_codename)" "$ROOT.part" "$WITH" >"$log" 2>&1 ||
		{ show_failure "$log"; die 3 "there is no Debian with LAVA's dispatcher"; }
	take_device_types >>"$log" 2>&1 || { show_failure "$log"; die 3 "LAVA's device types cannot be had"; }
	mv "$ROOT.part" "$ROOT"
}

# inside COMMAND...: in the Debian, with the job, and with a network of its own.
inside() {
	DEBIAN_BINDS=("$JOB" "$OUT")
	DEBIAN_NETWORK=none
	in_debian "$ROOT" "$@"
}

# The configuration that a LAVA server would send: the type, with the job's context.
# shellcheck disable=SC2016
device() {
	inside python3 -c '
import sys, jinja2, yaml
job = yaml.safe_load(open(sys.argv[1]))
types = jinja2.Environment(loader=jinja2.FileSystemLoader("/usr/share/device-types"), trim_blocks=True)
print(types.get_template(sys.argv[2] + ".jinja2").render(hostname="device", power_on_command="/bin/true",
      power_off_command="/bin/true", hard_reset_command="/bin/true", connection_command="/bin/cat", adb_serial_number="0",
      fastboot_serial_number="0", **job.get("context", {})))' "$JOB/job.yaml" "$1"
}

ROOT=$(cache_dir)/lava-$(apt_root_codename)
take_lock "$ROOT.lock" "$ROOT"
[[ -d $ROOT ]] || make_root
drop_lock

if [[ $1 == validate ]]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT"' EXIT
	mode=--validate
	type=$3
	inside python3 -c '
import sys, yaml
from lava_common.schemas import validate
validate(yaml.safe_load(open(sys.argv[1])), strict=False)' "$JOB/job.yaml" || exit 2
else
	mkdir -p "$3"
	OUT=$(readlink -f "$3")
	mode=
	type=$(sed -n 's/^device_type: //p' "$JOB/job.yaml")
fi
device "$type" >"$OUT/device.yaml"
printf 'dispatcher_ip: 127.0.0.1\n' >"$OUT/dispatcher.yaml"
code=0
inside lava-run --job-id 1 --output-dir "$OUT/work" --device "$OUT/device.yaml" --dispatcher "$OUT/dispatcher.yaml" \
	${mode:+"$mode"} "$JOB/job.yaml" >"$OUT/log.yaml" 2>&1 || code=$?
[[ -z $mode || $code == 0 ]] || grep -E '"lvl": "(error|results)"|Error' "$OUT/log.yaml" >&2
exit $((code ? 1 : 0))
