#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Process 1 of a device that job.sh has made a ramdisk for: mounts, the kernel's own
# drivers, and a shell on the console, which LAVA speaks to.

# On a machine that runs it would hide its folders and add commands to it.
[ $$ = 1 ] || {
	echo "$0 is the first process of a device, and does nothing elsewhere" >&2
	exit 2
}
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t debugfs debugfs /sys/kernel/debug
mount -t cgroup2 cgroup2 /sys/fs/cgroup
while read -r module; do
	insmod "$module"
done 2>/dev/null </modules/load
ip link set lo up

# What LAVA waits for. The job names it too.
export HOME=/root PS1='labyrinth-device# '
while :; do
	setsid cttyhack sh
	sleep 1
done
