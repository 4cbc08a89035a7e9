// SPDX-License-Identifier: GPL-2.0-only
/* victim/table.c - every workload whose requests explore can make fail. */
#include <string.h>

#include "victim.h"

extern const struct lab_victim_ops lab_victim_e1000, lab_victim_e1000e,
	lab_victim_vmxnet3, lab_victim_e100, lab_victim_pcnet32,
	lab_victim_tulip, lab_victim_rtl8139, lab_victim_igb,
	lab_victim_virtio_net, lab_victim_veth, lab_victim_program,
	lab_victim_nvme, lab_victim_ahci, lab_victim_virtio_blk,
	lab_victim_virtio_scsi, lab_victim_sym53c8xx, lab_victim_megaraid_sas,
	lab_victim_pvscsi, lab_victim_usb_storage, lab_victim_uas,
	lab_victim_null_blk, lab_victim_zram, lab_victim_loop, lab_victim_bpf,
	lab_victim_io_uring, lab_victim_neighbours, lab_victim_timers,
	lab_victim_stress_ng, lab_victim_planted, lab_victim_planted_right;

const struct lab_victim_ops *const lab_victims[] = {
	&lab_victim_e1000e,
	&lab_victim_e1000,
	&lab_victim_igb,
	&lab_victim_vmxnet3,
	&lab_victim_virtio_net,
	&lab_victim_e100,
	&lab_victim_pcnet32,
	&lab_victim_tulip,
	&lab_victim_rtl8139,
	&lab_victim_veth,
	&lab_victim_nvme,
	&lab_victim_ahci,
	&lab_victim_virtio_blk,
	&lab_victim_virtio_scsi,
	&lab_victim_sym53c8xx,
	&lab_victim_megaraid_sas,
	&lab_victim_pvscsi,
	&lab_victim_usb_storage,
	&lab_victim_uas,
	&lab_victim_null_blk,
	&lab_victim_zram,
	&lab_victim_loop,
	&lab_victim_bpf,
	&lab_victim_io_uring,
	&lab_victim_neighbours,
	&lab_victim_timers,
	&lab_victim_program,
	&lab_victim_stress_ng,
	&lab_victim_planted,
	&lab_victim_planted_right,
	NULL,
};

const struct lab_victim_ops *lab_victim_find(const char *name)
{
	const struct lab_victim_ops *const *victim;

	for (victim = lab_victims; *victim; victim++)
		if (!strcmp((*victim)->name, name))
			return *victim;
	return NULL;
}
