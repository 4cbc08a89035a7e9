// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/kvm.c - whether KVM works here.
 *
 * That /dev/kvm is there says little: in a guest of somebody's cloud it may open
 * and then never run an instruction. So a guest is booted, with a deadline.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/progress.h"
#include "scenario/shape.h"
#include "results/store.h"
#include "lab.h"

/* Seconds of the host's: the kernel that is slowest to boot takes two. */
#define DEADLINE 30
#define POLL_US 20000

static void wait_for(struct lab_guest *guest)
{
	while (!lab_guest_poll(guest)) {
		lab_progress("probing KVM, %.0f s", lab_now() - guest->started);
		usleep(POLL_US);
	}
	lab_progress_clear();
}

int lab_kvm_probe(const struct lab_qemu *qemu, const struct lab_bundle *bundle,
		  const char *out, char *why, size_t size)
{
	struct lab_request request = {
		.json = json_pack("{s:[s, s], s:[], s:[], s:i}", "argv",
				  "/bin/labyrinth", "--version", "files",
				  "modules", "deadline", DEADLINE)
	};
	const struct lab_machine machine = {
		.mode = LAB_KVM,
		.shape = lab_shape_plain(1, 1, 512u << 20),
		.deadline = DEADLINE,
		.boot_deadline = 2 * DEADLINE, /* the other comes first */
		.host_deadline = DEADLINE,
	};
	enum lab_ending ending = LAB_BROKE;
	struct lab_store store;
	struct lab_guest guest;
	int err = lab_store_make(&store, out, "kvm");

	if (!err)
		err = lab_guest_start(&guest, qemu, &machine, bundle,
				      store.work, &request);
	if (err) {
		snprintf(why, size, "cannot start a guest: %s", strerror(-err));
	} else {
		wait_for(&guest);
		ending = lab_guest_ending(&guest, why, size);
		if (ending == LAB_STALLED)
			snprintf(
				why, size,
				"it runs nothing: a guest did not boot within %d s",
				DEADLINE);
		lab_guest_finish(&guest);
		lab_store_drop(&store);
	}
	json_decref(request.json);
	return ending == LAB_ENDED ? 0 : -ENODEV;
}
