#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/disks.sh - disks as victims, on an unmodified kernel: requests that the
# driver can do without are served, and every boot makes the same ones.
#
# With LABYRINTH_EXPLORE=1 every disk and every layer of disks, three times each;
# otherwise one request of one driver.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/profiles.bash
. "$(dirname "$0")/profiles.bash"

if [[ -z ${LABYRINTH_EXPLORE:-} ]]; then
	exits 0 "a request of a driver fails" "$LABYRINTH" explore virtio_blk --kernel "$STOCK" \
		--site virtblk_prep_rq --occurrence 1 --out "$TMP"
	says "in its own function" '^  served +task .* virtblk_prep_rq[a-z0-9.]* \[virtio_blk\]'
	says "and is served" '^  1 served( [0-9]+ not tried)?$'
	ok "the disk's file is gone" test -z "$(find "$TMP" -name disk)"
	done_testing
fi

# Not three times the same: beside other work one profile in six differs by one
# request. QEMU's AHCI takes the next of several commands in its main loop
# (hw/ide/ahci.c, ahci_check_cmd_bh()); why it does so at another instruction was not
# found.
profile ahci
ok "ahci: passes io_submit_one" passes ahci io_submit_one
for disk in nvme virtio_blk virtio_scsi pvscsi megaraid_sas sym53c8xx \
	usb_storage uas; do
	three "$disk" io_submit_one
done
for disk in null_blk zram loop; do
	three "$disk" io_submit_one
done
three nvme+ext4 ext4_writepages
three nvme+xfs xfs_file_write_iter
three nvme+btrfs btrfs_writepages
three nvme+raid1+crypt+ext4 raid1_make_request kcryptd_crypt_write_convert ext4_writepages

exits 2 "two file systems on a disk" "$LABYRINTH" explore nvme+ext4+xfs --kernel "$STOCK"
says "are refused" 'a disk has one file system, not ext4 and xfs'
done_testing
