// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest/init.c - process 1 of a lab guest.
 *
 * The channel holds a request:
 *
 *	{ "argv": ["labyrinth", "run", ...],
 *	  "files": [ { "path": "/scenarios/x.ini", "text": "..." } ],
 *	  "modules": [ "/modules/labyrinth.ko" ],
 *	  "deadline": 120 }
 *
 * With "symbols": true in place of the rest, the guest writes where the module and
 * the kernel are, and powers off: lab/symbols.c.
 * An executable that the channel holds beside it becomes /tmp/program.
 * Its output and how it ended go back the same way. Then the guest powers off.
 * Two deadlines in guest time watch over it: a timer here ends a program that
 * takes too long, and the emulated watchdog, some seconds later, ends a kernel
 * that does not come back.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <labyrinth.h>

#include "journal/channel.h"
#include "journal/losses.h"
#include "lib/exit.h"
#include "guest.h"
#include "addresses.h"
#include "sys/pci.h"
#include "sys/watchdog.h"

#define IVSHMEM_VENDOR 0x1af4
#define IVSHMEM_DEVICE 0x1110

/* Seconds between the timer's deadline and that of the watchdog. */
#define GRACE 10

static struct lab_channel channel;
static bool channel_open;

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

/* Tells the console and the lab, and powers off. */
__attribute__((noreturn)) static void end_with(enum lab_frame_type type,
					       const char *why)
{
	printf("%s%s\n",
	       type == LAB_FRAME_UNFIT	 ? LAB_GUEST_UNFIT :
	       type == LAB_FRAME_REFUSED ? LAB_GUEST_REFUSED :
					   LAB_GUEST_GAVE_UP,
	       why);
	fflush(stdout);
	if (channel_open)
		lab_channel_write(&channel, type, why, strlen(why));
	power_off();
	abort();
}

__attribute__((format(printf, 2, 3), noreturn)) static void
give_up(enum lab_frame_type type, const char *format, ...)
{
	char why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	end_with(type, why);
}

/* The same after a call that failed, the error of which is errno's. */
__attribute__((format(printf, 1, 2), noreturn)) static void
fail(const char *format, ...)
{
	const int err = errno;
	char what[400], why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(why, sizeof(why), "%s: %s", what, strerror(err));
	end_with(lab_refused_by_kernel(-err) ? LAB_FRAME_REFUSED :
					       LAB_FRAME_TROUBLE,
		 why);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *where;
		bool needed;
	} mounts[] = {
		{ "proc", "/proc", true },
		{ "sysfs", "/sys", true },
		{ "devtmpfs", "/dev", true },
		{ "tmpfs", "/tmp", true },
		{ "tmpfs", "/run", true },
		{ "debugfs", "/sys/kernel/debug", false },
		{ "cgroup2", "/sys/fs/cgroup", false },
		{ "configfs", "/sys/kernel/config", false },
	};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0,
			  NULL) &&
		    mounts[i].needed && errno != EBUSY)
			fail("cannot mount %s", mounts[i].where);
	}
}

static void open_channel(void)
{
	char path[200], file[256];
	int err;

	err = lab_pci_find(IVSHMEM_VENDOR, IVSHMEM_DEVICE, path, sizeof(path));
	if (err)
		give_up(LAB_FRAME_TROUBLE,
			"no ivshmem device: is this a guest of the lab?");
	lab_pci_enable(path);
	/*
	 * The file whose mapping is memory to the CPU and not a device: on arm64 a
	 * device must not be accessed unaligned (drivers/pci/pci-sysfs.c,
	 * pci_mmap_resource_wc()). It is there where the architecture can do it.
	 */
	snprintf(file, sizeof(file), "%s/resource2_wc", path);
	if (access(file, F_OK))
		snprintf(file, sizeof(file), "%s/resource2", path);
	err = lab_channel_open(&channel, file);
	/* drivers/pci/pci-sysfs.c, pci_mmap_resource(): LOCKDOWN_PCI_ACCESS */
	if (err == -EPERM)
		give_up(LAB_FRAME_UNFIT,
			"this kernel is locked down: it lets no program map a PCI device, by which results leave a guest; boot without lockdown=, module.sig_enforce=1 is what can be tested");
	if (err)
		give_up(LAB_FRAME_TROUBLE, "cannot map %s: %s", file,
			strerror(-err));
	channel_open = true;
	setenv(LAB_CHANNEL_ENV, file, 1);
	lab_channel_reach(&channel, LAB_STATE_BOOTED);
}

static json_t *read_request(void)
{
	const struct lab_channel_head *head = channel.head;
	json_error_t error;
	json_t *request;

	request = json_loadb((const char *)head + head->request,
			     head->request_size, 0, &error);
	if (!request)
		give_up(LAB_FRAME_TROUBLE, "the request is not JSON: %s",
			error.text);
	return request;
}

static void make_folders(const char *path)
{
	char *copy = strdup(path), *slash;

	if (!copy)
		return;
	for (slash = strchr(copy + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	free(copy);
}

static void write_file(const char *path, const char *text)
{
	FILE *f;

	make_folders(path);
	f = fopen(path, "we");
	if (!f || fputs(text, f) < 0 || fclose(f))
		fail("cannot write %s", path);
}

static void write_files(const json_t *files)
{
	const char *path, *text;
	json_t *file;
	size_t i;

	json_array_foreach(files, i, file) {
		if (json_unpack(file, "{s:s, s:s}", "path", &path, "text",
				&text))
			give_up(LAB_FRAME_TROUBLE,
				"the request has a file without path or text");
		write_file(path, text);
	}
}

static void write_program(void)
{
	const struct lab_channel_head *head = channel.head;
	int fd;

	if (!head->program_size)
		return;
	fd = open("/tmp/program", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, (const char *)head + head->program,
			    head->program_size) != (ssize_t)head->program_size)
		fail("cannot write /tmp/program");
	close(fd);
}

/* kernel/module/signing.c, module_sig_check(): EPERM is that of lockdown. */
__attribute__((noreturn)) static void loading_failed(const char *path)
{
	if (errno == ENOKEY || errno == EKEYREJECTED || errno == EPERM)
		give_up(LAB_FRAME_UNFIT,
			"cannot load %s: %s; this kernel takes only modules that are signed with a key it knows (module.sig_enforce, or lockdown): name that key with --module-key, or boot without",
			path, strerror(errno));
	fail("cannot load %s", path);
}

static void load_module(const char *path, const char *parameters, int tolerated)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail("cannot open %s", path);
	if (syscall(SYS_finit_module, fd, parameters, 0) && errno != EEXIST &&
	    errno != tolerated)
		loading_failed(path);
	close(fd);
}

/*
 * Loads the modules of a vendor's kernel in the order of their dependencies. A
 * module for another CPU model, such as an accelerated checksum, fails with
 * ENODEV, which is fine.
 */
static void load_vendor_modules(void)
{
	FILE *f = fopen("/modules/load", "re");
	char path[256];

	while (f && fgets(path, sizeof(path), f)) {
		path[strcspn(path, "\n")] = '\0';
		load_module(path, "", ENODEV);
	}
	if (f)
		fclose(f);
}

static void load_modules(const json_t *modules)
{
	char parameters[32] = "";
	json_t *module;
	size_t i;

#ifdef __x86_64__
	/* Elsewhere there are no ports, and the module does not know the name. */
	snprintf(parameters, sizeof(parameters), "panic_port=%#x",
		 LAB_PANIC_PORT);
#endif
	json_array_foreach(modules, i, module)
		load_module(json_string_value(module), parameters, 0);
}

static pid_t start(const json_t *argv, int *output)
{
	char *args[64] = {};
	int pipes[2], err;
	json_t *arg;
	pid_t pid;
	size_t i;

	json_array_foreach(argv, i, arg) {
		if (i + 1 == sizeof(args) / sizeof(args[0]))
			give_up(LAB_FRAME_TROUBLE,
				"the request has too many arguments");
		args[i] = (char *)json_string_value(arg);
	}
	if (!args[0])
		give_up(LAB_FRAME_TROUBLE, "the request names no program");
	if (pipe2(pipes, O_CLOEXEC))
		fail("no pipe");

	pid = fork();
	if (pid < 0)
		fail("cannot fork");
	if (!pid) {
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		setsid();
		execv(args[0], args);
		err = errno;
		fprintf(stderr, "cannot execute %s: %s\n", args[0],
			strerror(err));
		_exit(lab_refused_by_kernel(-err) ? LAB_FAIL : 127);
	}
	close(pipes[1]);
	*output = pipes[0];
	return pid;
}

static int ms_left(const struct timespec *end)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (end->tv_sec - now.tv_sec) * 1000LL +
	     (end->tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? ms : 0;
}

/*
 * Forwards the output of the program until it ends or the deadline has passed.
 */
static bool pump(int output, unsigned int seconds)
{
	struct pollfd pollfd = { .fd = output, .events = POLLIN };
	struct timespec end;
	char buffer[4096];
	ssize_t n;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (;;) {
		n = poll(&pollfd, 1, ms_left(&end));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		n = read(output, buffer, sizeof(buffer));
		if (n <= 0)
			return true;
		lab_channel_write(&channel, LAB_FRAME_OUTPUT, buffer, n);
	}
}

/* Reaps children until pid has ended. Process 1 also inherits orphans. */
static int reap(pid_t pid)
{
	int status;
	pid_t gone;

	do {
		gone = wait(&status);
	} while (gone != pid && (gone > 0 || errno == EINTR));
	return status;
}

int lab_guest_init(void)
{
	unsigned int deadline;
	json_t *request;
	bool in_time;
	int output;
	pid_t pid;

	mount_all();
	open_channel();
	load_vendor_modules();
	lab_guest_stand_still();
	request = read_request();
	deadline = json_integer_value(json_object_get(request, "deadline"));

	if (lab_watchdog_start(deadline + GRACE))
		give_up(LAB_FRAME_TROUBLE,
			"no watchdog: a hang could not be told from slowness");
	load_modules(json_object_get(request, "modules"));
	if (json_is_true(json_object_get(request, "symbols"))) {
		lab_guest_symbols(&channel);
		lab_channel_reach(&channel, LAB_STATE_DONE);
		power_off();
	}
	write_files(json_object_get(request, "files"));
	write_program();

	pid = start(json_object_get(request, "argv"), &output);
	lab_channel_reach(&channel, LAB_STATE_STARTED);
	in_time = pump(output, deadline);
	if (!in_time) {
		kill(-pid, SIGKILL);
		give_up(LAB_FRAME_TROUBLE,
			"the deadline of %u s of guest time passed", deadline);
	}
	channel.head->status = reap(pid);
	lab_channel_reach(&channel, LAB_STATE_DONE);
	power_off();
	return 0;
}
