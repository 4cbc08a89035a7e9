// SPDX-License-Identifier: GPL-2.0-only
/* cmd_doctor.c - "labyrinth doctor": what works here, what does not, and why. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "commands.h"
#include "device.h"
#include "inject/inject.h"
#include "lab/lab.h"
#include "paths.h"
#include "pressure/pressure.h"
#include "results.h"

/* One line: what was looked at, yes or no, and what to know or to do. */
static bool line(const char *what, bool ok, const char *text)
{
	printf("  %-3s %-28s %s\n", ok ? "yes" : "no", what, text);
	return ok;
}

static bool check_qemu(void)
{
	struct lab_qemu qemu;
	char text[400];

	if (lab_qemu_find(&qemu))
		return line("QEMU", false, "make setup installs it");
	snprintf(text, sizeof(text), "%s %s", qemu.program, qemu.version);
	line("QEMU", true, text);
	return line("several CPUs, counted", lab_qemu_counts_smp(&qemu),
		    lab_qemu_counts_smp(&qemu) ?
			    "deterministic guests with any number of CPUs" :
			    "needs QEMU 8.1: guests get one CPU (make setup)");
}

static bool check_scripts(void)
{
	char path[4200];
	const bool there = !lab_companion_path("guest.sh", path, sizeof(path));

	return line("scripts", there,
		    there ? path : "the installation lacks them");
}

static bool check_space(void)
{
	struct statvfs fs;
	char out[4096], text[100];
	double gib = 0;

	lab_results_path(out, sizeof(out));
	if (!statvfs(out, &fs) || !statvfs(".", &fs))
		gib = (double)fs.f_bavail * fs.f_frsize / (1 << 30);
	snprintf(text, sizeof(text), "%.1f GiB (a kernel takes 3)", gib);
	return line("disk space", gib >= 3, text);
}

static void check_here(void)
{
	struct lab_info info;
	char why[256];
	const char *reason;
	size_t i;
	int fd = lab_device_open(why, sizeof(why));

	line("labyrinth.ko", fd >= 0, fd >= 0 ? "loaded" : why);
	if (fd >= 0 && !lab_device_info(fd, &info))
		line("exact attribution", info.caps & LAB_CAP_ATTRIBUTION,
		     info.caps & LAB_CAP_ATTRIBUTION ?
			     "through mm_page_alloc" :
			     "the kernel has no tracepoints");
	if (fd >= 0)
		close(fd);
	for (i = 1; lab_injectors[i]; i++) {
		const bool ok = !lab_injectors[i]->probe(&reason);

		line(lab_injectors[i]->name, ok, ok ? "" : reason);
	}
	for (i = 1; lab_pressures[i]; i++) {
		const bool ok = !lab_pressures[i]->probe(&reason);

		line(lab_pressures[i]->name, ok, ok ? "" : reason);
	}
}

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int doctor_main(int argc, char **argv)
{
	bool ok = true;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return lab_command_usage(&lab_cmd_doctor, LAB_PASS);
	if (argc > 1)
		return lab_command_usage(&lab_cmd_doctor, LAB_USAGE);
	printf("For labyrinth lab:\n");
	ok &= check_qemu();
	ok &= check_scripts();
	ok &= check_space();
	printf("For labyrinth run --on-this-machine:\n");
	check_here();
	return ok ? LAB_PASS : LAB_FAIL;
}

const struct lab_command lab_cmd_doctor = {
	.name = "doctor",
	.usage = "",
	.help = "says what works here, what does not, and why",
	.details =
		"Exit code 0 when the lab can work on this machine, 1 when it cannot.\n",
	.options = options,
	.main = doctor_main,
};
