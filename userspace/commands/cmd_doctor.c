// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_doctor.c - "labyrinth doctor": what works here, what does not, and what
 * to do about it.
 *
 * A check is a row of one of the tables at the end.
 */
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "command.h"
#include "lib/file.h"
#include "sys/device.h"
#include "run/preflight.h"
#include "inject/inject.h"
#include "lab/lab.h"
#include "lib/paths.h"
#include "pressure/pressure.h"
#include "results/build.h"
#include "sys/meminfo.h"
#include "sys/restore.h"

#define KERNEL_GIB 3 /* that a kernel's source and its build take */
#define SETUP "make setup, or scripts/setup.sh, installs what is needed"
#define DEBUGFS "/sys/kernel/debug"

struct finding {
	bool ok;
	char text[512]; /* what was found */
	char remedy[512]; /* what to do about a no */
};

__attribute__((format(printf, 2, 3))) static void say(char text[512],
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, 512, format, args);
	va_end(args);
}

static bool print(const char *what, const struct finding *found)
{
	printf("  %-3s  %-24s %s\n", found->ok ? "yes" : "no", what,
	       found->text);
	if (!found->ok && *found->remedy)
		printf("       %-24s -> %s\n", "", found->remedy);
	return found->ok;
}

/* ---- for the lab ------------------------------------------------------- */

/* Called once, because it prints a message when there is no QEMU. */
static const struct lab_qemu *qemu_found(void)
{
	static struct lab_qemu qemu;
	static int err = 1;

	if (err > 0)
		err = lab_qemu_find(&qemu, &lab_arch_x86_64);
	return err ? NULL : &qemu;
}

static void look_qemu(struct finding *found)
{
	const struct lab_qemu *qemu = qemu_found();

	found->ok = qemu;
	if (qemu)
		say(found->text, "%s %s", qemu->program, qemu->version);
	else
		say(found->text, "none that runs");
	say(found->remedy, SETUP);
}

static void look_smp(struct finding *found)
{
	const struct lab_qemu *qemu = qemu_found();

	found->ok = qemu && lab_qemu_counts_smp(qemu);
	say(found->text,
	    found->ok ? "deterministic guests with any number of CPUs" :
			"before QEMU 8.1 guests that are counted get one CPU");
	say(found->remedy, "a newer QEMU: scripts/setup.sh finds backports");
}

static void look_scripts(struct finding *found)
{
	char path[4200];

	found->ok = !lab_companion_path("guest.sh", path, sizeof(path));
	say(found->text, "%s", found->ok ? path : "guest.sh is not there");
	say(found->remedy,
	    "the program was moved away from what it came with: make install");
}

/* Programs, and the Debian packages that have them. */
static const struct {
	const char *program, *package;
} tools[] = {
	{ "gcc", "gcc" },     { "make", "make" },   { "ld", "binutils" },
	{ "flex", "flex" },   { "bison", "bison" }, { "bc", "bc" },
	{ "xz", "xz-utils" }, { "cpio", "cpio" },
};

static void look_tools(struct finding *found)
{
	size_t i, missing = 0;
	char list[200] = "", path[PATH_MAX];

	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (!lab_program_path(tools[i].program, path, sizeof(path)))
			continue;
		strcat(list, " ");
		strcat(list, tools[i].package);
		missing++;
	}
	found->ok = !missing;
	if (missing)
		say(found->text, "missing:%s", list);
	else
		say(found->text, "all there");
	say(found->remedy, "apt-get install%s; " SETUP, list);
}

/* Shortens the path to the nearest folder that exists. */
static void nearest(char *path)
{
	char *slash;

	while (access(path, F_OK) && (slash = strrchr(path, '/')) &&
	       slash != path)
		*slash = '\0';
}

static void look_cache(struct finding *found)
{
	char path[4096];
	struct statvfs fs;
	double gib = 0;

	lab_cache_path(path, sizeof(path));
	nearest(path);
	if (!statvfs(path, &fs))
		gib = (double)fs.f_bavail * fs.f_frsize / (1 << 30);
	found->ok = !access(path, W_OK) && gib >= KERNEL_GIB;
	say(found->text, "%.400s: %s, %.1f GiB free (a kernel takes %d)", path,
	    access(path, W_OK) ? "not writable" : "writable", gib, KERNEL_GIB);
	say(found->remedy,
	    "free some, or name another place with XDG_CACHE_HOME");
}

/* ---- for this machine -------------------------------------------------- */

static void look_root(struct finding *found)
{
	found->ok = !geteuid();
	say(found->text, found->ok ? "" : "this is user %d", (int)geteuid());
	say(found->remedy, "sudo labyrinth doctor, which also sees more");
}

static void look_lockdown(struct finding *found)
{
	char line[128], enforce[8];

	lab_file_line("/sys/kernel/security/lockdown", line, sizeof(line));
	lab_file_line("/sys/module/module/parameters/sig_enforce", enforce,
		      sizeof(enforce));
	found->ok = !strstr(line, "[integrity]") &&
		    !strstr(line, "[confidentiality]") && *enforce != 'Y';
	say(found->text,
	    found->ok ? "the kernel takes modules that are not signed" :
			"the kernel takes signed modules only");
	say(found->remedy,
	    "turn off Secure Boot, or sign the module with a key that it knows");
}

static void look_module(struct finding *found)
{
	char why[256], headers[400];
	struct utsname kernel;
	int fd = lab_device_open(why, sizeof(why));

	found->ok = fd >= 0;
	say(found->text, "%s", found->ok ? "loaded" : why);
	if (found->ok) {
		close(fd);
		return;
	}
	uname(&kernel);
	snprintf(headers, sizeof(headers), "/lib/modules/%s/build",
		 kernel.release);
	if (fd == -EACCES || fd == -EPERM)
		say(found->remedy, "sudo");
	else if (access(headers, F_OK))
		say(found->remedy,
		    "no headers to build it: apt-get install linux-headers-%s",
		    kernel.release);
	else
		say(found->remedy,
		    "modprobe labyrinth (package labyrinth-dkms), or insmod what make -C %s M=$PWD/module builds",
		    headers);
}

static void look_attribution(struct finding *found)
{
	struct lab_info info = {};
	char why[256];
	int fd = lab_device_open(why, sizeof(why));

	if (fd >= 0) {
		lab_device_info(fd, &info);
		close(fd);
	}
	found->ok = info.caps & LAB_CAP_ATTRIBUTION;
	say(found->text, found->ok ? "through mm_page_alloc" :
			 fd < 0	   ? "the module would know" :
				     "the kernel has no tracepoints");
	say(found->remedy,
	    fd < 0 ? "load the module" : "a kernel with CONFIG_TRACEPOINTS=y");
}

static void look_debugfs(struct finding *found)
{
	struct statfs fs;

	found->ok = !statfs(DEBUGFS, &fs) && fs.f_type == DEBUGFS_MAGIC;
	say(found->text, found->ok ? "mounted" : "not mounted at " DEBUGFS);
	say(found->remedy, "mount -t debugfs none " DEBUGFS);
}

static void look_floor(struct finding *found, const char *name, uint64_t floor,
		       const char *remedy)
{
	const uint64_t bytes = lab_meminfo(name);

	found->ok = bytes >= floor;
	say(found->text, "%llu MiB (the floor is %llu)",
	    (unsigned long long)bytes >> 20, (unsigned long long)floor >> 20);
	say(found->remedy, "%s", remedy);
}

static void look_memory(struct finding *found)
{
	look_floor(found, "MemAvailable", LAB_MEMORY_FLOOR,
		   "end something, or run --memory-floor BYTES");
}

static void look_swap(struct finding *found)
{
	look_floor(
		found, "SwapFree", LAB_SWAP_FLOOR,
		"add swap, or run --swap-floor 0 and let the OOM killer choose");
}

static void look_left(struct finding *found)
{
	found->ok = access(LAB_RESTORE_DIR "/undo", F_OK);
	say(found->text,
	    found->ok ? "no run has left settings changed" :
			"a run has changed settings, and is killed or active");
	say(found->remedy, "labyrinth recover");
}

struct check {
	const char *what;
	bool needed; /* required: without it nothing of this table works */
	void (*look)(struct finding *found);
};

static const struct check lab_checks[] = {
	{ "QEMU", true, look_qemu },
	{ "several CPUs, counted", false, look_smp },
	{ "scripts", true, look_scripts },
	{ "tools that build kernels", true, look_tools },
	{ "room for kernels", true, look_cache },
	{},
};

static const struct check here_checks[] = {
	{ "root", true, look_root },
	{ "modules", true, look_lockdown },
	{ "labyrinth.ko", true, look_module },
	{ "exact attribution", false, look_attribution },
	{ "debugfs", false, look_debugfs },
	{ "memory", true, look_memory },
	{ "swap", false, look_swap },
	{ "nothing left to undo", true, look_left },
	{},
};

/* True when all required rows are fine. */
static bool check_all(const struct check *check)
{
	struct finding found;
	bool all = true;

	for (; check->what; check++) {
		found = (struct finding){};
		check->look(&found);
		if (!print(check->what, &found) && check->needed)
			all = false;
	}
	return all;
}

static void print_probe(const char *kind, const char *name, int err,
			const char *why)
{
	struct finding found = { .ok = !err };
	char what[64];

	snprintf(what, sizeof(what), "%s %s", kind, name);
	say(found.text, "%s", err ? why : "");
	say(found.remedy,
	    geteuid() ? "sudo; guests of labyrinth lab have it in any case" :
			"guests of labyrinth lab have it");
	print(what, &found);
}

static void check_tables(void)
{
	const char *why;
	size_t i;
	int err;

	for (i = 1; lab_injectors[i]; i++) {
		err = lab_injectors[i]->probe(&why);
		print_probe("injector", lab_injectors[i]->name, err, why);
	}
	for (i = 1; lab_pressures[i]; i++) {
		err = lab_pressures[i]->probe(&why);
		print_probe("pressure", lab_pressures[i]->name, err, why);
	}
}

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int doctor_main(int argc, char **argv)
{
	bool lab, here;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return lab_command_usage(&lab_cmd_doctor, LAB_PASS);
	if (argc > 1)
		return lab_command_usage(&lab_cmd_doctor, LAB_USAGE);
	printf("For labyrinth lab:\n");
	lab = check_all(lab_checks);
	printf("For labyrinth run --on-this-machine:\n");
	here = check_all(here_checks);
	check_tables();
	printf("%s in guests; %s on this machine.\n",
	       lab ? "Scenarios can run" : "Scenarios cannot run",
	       here ? "they can" : "they cannot");
	return lab ? LAB_PASS : LAB_FAIL;
}

const struct lab_command lab_cmd_doctor = {
	.name = "doctor",
	.usage = "",
	.help = "says what works here, what does not, and why",
	.details =
		"A line for each thing that is needed, and below a no what to do about it.\n"
		"Exit code 0 when the lab can work on this machine, 1 when it cannot.\n",
	.options = options,
	.main = doctor_main,
};
