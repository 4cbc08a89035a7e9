// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/vm.c - one guest, from its start to what it left behind.
 *
 * How it ended is read from what it wrote, not from how the emulator exited:
 * a guest that panicked, one that powered off and one that was reset all let
 * QEMU exit with 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal/losses.h"
#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "boot_deadline.h"
#include "lab.h"

/*
 * Seconds of the host's that the slowest emulation takes for one of guest time,
 * when nothing keeps it waiting: far above what was seen (one, with a kernel that
 * checks itself), as a kernel would be blamed for a slow host; and those in which
 * a kernel that panics at the deadline has written its console.
 */
#define BOOT_SLOWEST 8
#define BOOT_ANSWER 10

double lab_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int find_preload(const char *name, char *path, size_t size)
{
	if (!lab_companion_path(name, path, size))
		return 0;
	fprintf(stderr,
		"labyrinth: %s is not there: is the installation whole?\n",
		name);
	return -ENOENT;
}

/*
 * The loader splits LD_PRELOAD at blanks and colons, and knows no way to quote
 * them (ld.so(8)): a file whose path has any is named by an open descriptor. What this
 * program was itself started with is loaded after it.
 */
static void set_preload(const char *path)
{
	const char *others = getenv("LD_PRELOAD");
	char value[8400], opened[64];

	if (strpbrk(path, " :")) {
		snprintf(opened, sizeof(opened), "/proc/self/fd/%d",
			 open(path, O_RDONLY));
		path = opened;
	}
	snprintf(value, sizeof(value), "%s%s%s", path, others ? ":" : "",
		 others ? others : "");
	setenv("LD_PRELOAD", value, 1);
}

/* What is inherited stays open; 0: nothing is. */
__attribute__((noreturn)) static void
become(char **argv, const char *log, const char *preloaded, int inherited)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int null = open("/dev/null", O_RDONLY);

	/* The emulator is killed when the lab ends, even by SIGKILL. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/*
	 * In a session of its own, so that the terminal's signals do not
	 * reach it: the lab ends its guests itself.
	 */
	setsid();
	if (inherited)
		fcntl(inherited, F_SETFD, 0);
	if (*preloaded)
		set_preload(preloaded);
	dup2(null, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(argv[0], argv);
	fprintf(stderr, "cannot execute %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* All zeros, and without blocks of the host's file system until it is written. */
static int make_disk(const char *folder, unsigned int mib)
{
	char path[4200];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/disk", folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)mib << 20))
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

/* Starts the emulator. 0 or a negative errno. */
static int launch(struct lab_guest *guest, const struct lab_machine *machine)
{
	char log[4200], preloaded[4200] = "";
	struct lab_machine monitored = *machine;
	char **argv;
	int err = 0;

	snprintf(log, sizeof(log), "%s/qemu.log", guest->folder);
	if (guest->counted)
		err = find_preload("qemu_lockstep.so", preloaded,
				   sizeof(preloaded));
	if (!err)
		err = lab_snapshot_open(guest, &monitored);
	if (err)
		return err;
	argv = lab_qemu_argv(guest->qemu, &monitored, guest->bundle,
			     guest->folder);
	fflush(NULL);
	guest->pid = fork();
	if (!guest->pid)
		become(argv, log, preloaded, monitored.monitor);
	lab_qemu_free(argv);
	if (monitored.monitor)
		close(monitored.monitor);
	return guest->pid < 0 ? -errno : 0;
}

int lab_guest_start(struct lab_guest *guest, const struct lab_qemu *qemu,
		    const struct lab_machine *machine,
		    const struct lab_bundle *bundle, const char *folder,
		    const struct lab_request *request)
{
	char channel[4200], console[4200], rom[4200], build[4200];
	struct lab_machine monitored = *machine;
	char *text;
	int err;

	memset(guest, 0, sizeof(*guest));
	guest->qemu = qemu;
	guest->bundle = bundle;
	guest->console.fd = -1;
	snprintf(guest->folder, sizeof(guest->folder), "%s", folder);
	snprintf(channel, sizeof(channel), "%s/channel", folder);
	snprintf(console, sizeof(console), "%s/console.log", folder);
	snprintf(rom, sizeof(rom), "%s/boot.rom", folder);
	guest->counted = machine->mode == LAB_DETERMINISTIC;

	if (qemu->arch->write_boot_rom) {
		err = qemu->arch->write_boot_rom(rom, machine->boot_deadline);
		if (err)
			return err;
	}
	if (machine->disk) {
		err = make_disk(folder, machine->disk);
		if (err)
			return err;
	}
	text = json_dumps(request->json, JSON_COMPACT);
	if (!text)
		return -ENOMEM;
	err = lab_channel_create(&guest->channel, channel, text,
				 request->program, request->program_size);
	free(text);
	if (err)
		return err;
	guest->channel.head->stand = machine->stand;
	guest->channel.head->reseed = machine->reseed;
	err = lab_console_open(&guest->console, console);
	if (err) {
		lab_channel_close(&guest->channel);
		return err;
	}
	if (machine->vmcore) {
		snprintf(build, sizeof(build), "%s/build", bundle->folder);
		err = lab_vmcore_open(
			&guest->vmcore, build,
			bundle->arch == &lab_arch_x86_64 ? "x86_64" : "aarch64",
			&monitored.monitor);
		if (err) {
			lab_console_close(&guest->console);
			lab_channel_close(&guest->channel);
			return err;
		}
	}
	guest->boot_deadline = machine->boot_deadline;
	guest->host_deadline = machine->host_deadline;
	guest->started = lab_now();
	guest->machine = *machine;
	return launch(guest, &monitored);
}

static void show_progress(struct lab_guest *guest)
{
	const struct lab_frame_head *frame;

	while ((frame = lab_channel_next(&guest->channel, &guest->seen)))
		if (frame->type == LAB_FRAME_PROGRESS)
			snprintf(guest->progress, sizeof(guest->progress),
				 "%.*s", (int)frame->size,
				 lab_frame_data(frame));
}

/* Ends the emulator; what it wrote stays. */
static void stop(struct lab_guest *guest)
{
	guest->killed = true;
	kill(guest->pid, SIGKILL);
}

/* Concludes a guest whose emulator has ended, in whatever way. */
static void conclude(struct lab_guest *guest)
{
	guest->ended = lab_now();
	lab_vmcore_conclude(guest);
	lab_snapshot_conclude(guest);
	lab_console_close(&guest->console);
}

/* The same, after its core was written if it is to leave one. */
static void stop_late(struct lab_guest *guest)
{
	if (lab_vmcore_force(guest))
		guest->killed = true;
	else
		stop(guest);
}

/*
 * A kernel that hangs is sent an NMI by the watchdog, and panics. One that does
 * not take NMIs, or not yet, does not end: it is ended when the deadline in
 * guest time has passed for certain.
 */
static bool boots_no_more(const struct lab_guest *guest)
{
	const double seconds = lab_now() - guest->started;
	const double limit = guest->boot_deadline * BOOT_SLOWEST + BOOT_ANSWER;

	return guest->channel.head->state == LAB_STATE_NONE &&
	       seconds > limit && lab_undelayed(guest->pid, seconds) > limit;
}

/* Ends a guest that takes more time or room than it may. */
static void enforce_limits(struct lab_guest *guest)
{
	if (!guest->deadline_passed &&
	    lab_now() - guest->started > guest->host_deadline) {
		guest->deadline_passed = true;
		stop_late(guest);
	}
	if (!guest->flooded && !lab_console_look(&guest->console)) {
		guest->flooded = true;
		stop(guest);
	}
	if (!guest->boot_deadline_passed && boots_no_more(guest)) {
		guest->boot_deadline_passed = true;
		stop_late(guest);
	}
}

bool lab_guest_poll(struct lab_guest *guest)
{
	if (guest->ended)
		return true;
	show_progress(guest);
	if (!guest->shooting &&
	    guest->channel.head->state >= LAB_STATE_SHOOTING)
		guest->shooting = lab_now();
	lab_vmcore_poll(guest);
	lab_snapshot_poll(guest);
	if (!lab_vmcore_busy(&guest->vmcore) &&
	    !lab_snapshot_busy(&guest->snapshot))
		enforce_limits(guest);
	if (waitpid(guest->pid, &guest->status, WNOHANG) != guest->pid)
		return false;
	if (lab_snapshot_again(guest) && !launch(guest, &guest->machine))
		return false;
	conclude(guest);
	return true;
}

void lab_guest_kill(struct lab_guest *guest)
{
	if (guest->ended)
		return;
	stop(guest);
	waitpid(guest->pid, &guest->status, 0);
	conclude(guest);
}

json_t *lab_guest_records(const struct lab_guest *guest)
{
	const struct lab_frame_head *frame;
	json_t *records = json_array();
	uint64_t at = 0;

	while ((frame = lab_channel_next(&guest->channel, &at))) {
		json_t *record;

		if (frame->type != LAB_FRAME_RECORD)
			continue;
		record =
			json_loadb(lab_frame_data(frame), frame->size, 0, NULL);
		if (record)
			json_array_append_new(records, record);
	}
	return records;
}

char *lab_guest_output(const struct lab_guest *guest)
{
	const struct lab_frame_head *frame;
	size_t size = 0;
	char *text = NULL;
	uint64_t at = 0;
	FILE *f = open_memstream(&text, &size);

	while ((frame = lab_channel_next(&guest->channel, &at)))
		if (frame->type == LAB_FRAME_OUTPUT)
			fwrite(lab_frame_data(frame), 1, frame->size, f);
	fclose(f);
	return text;
}

/*
 * A whole small file, malloc()ed and ended by NUL; "" when it is not there. It
 * is a text, whatever a guest wrote: a NUL in it would hide the rest.
 */
static char *read_text(const char *folder, const char *name)
{
	char path[4200];
	size_t size = 0;
	char *text, *at;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	text = lab_file_read(path, &size) ?: xstrdup("");
	while ((at = memchr(text, '\0', size)))
		*at = '?';
	return text;
}

char *lab_guest_console(const struct lab_guest *guest)
{
	return read_text(guest->folder, "console.log");
}

/* The line of the console that starts at or holds a text. */
static bool console_line(const struct lab_guest *guest, const char *text,
			 char *line, size_t size)
{
	char *console = lab_guest_console(guest);
	const char *at = strstr(console, text);

	if (at)
		snprintf(line, size, "%.*s", (int)strcspn(at, "\r\n"), at);
	free(console);
	return at;
}

/* What process 1 said when it gave up. */
static bool trouble(const struct lab_guest *guest, enum lab_frame_type type,
		    char *why, size_t size)
{
	const struct lab_frame_head *frame;
	uint64_t at = 0;

	while ((frame = lab_channel_next(&guest->channel, &at))) {
		if (frame->type != type)
			continue;
		snprintf(why, size, "%.*s", (int)frame->size,
			 lab_frame_data(frame));
		return true;
	}
	return false;
}

/*
 * Says how the emulator itself ended: then this machine ended the guest, not
 * the guest's kernel.
 */
static void how_emulator_ended(const struct lab_guest *guest, char *why,
			       size_t size)
{
	const char *when = guest->channel.head->state == LAB_STATE_NONE ?
				   "before the guest's init ran" :
				   "while the guest ran";
	char *log = read_text(guest->folder, "qemu.log");

	log[strcspn(log, "\n")] = '\0';
	if (WIFSIGNALED(guest->status))
		snprintf(
			why, size,
			"QEMU was killed by signal %d (%s) %s, from outside%s%s%.200s",
			WTERMSIG(guest->status),
			strsignal(WTERMSIG(guest->status)), when,
			WTERMSIG(guest->status) == SIGKILL ?
				"; did this machine run out of memory?" :
				"",
			*log ? "; it said: " : "", log);
	else
		snprintf(why, size, "QEMU exited with %d %s; it said: %.200s",
			 WEXITSTATUS(guest->status), when,
			 *log ? log : "nothing");
	free(log);
}

/* The reason of a panic as the module wrote it, which needs no console. */
static bool panic_note(const struct lab_guest *guest, char *why, size_t size)
{
	char *note = read_text(guest->folder, "panic");
	const bool panicked = *note;

	if (panicked)
		snprintf(
			why, size,
			"Kernel panic - not syncing: %.*s (told by the module)",
			(int)strcspn(note, "\r\n"), note);
	free(note);
	return panicked;
}

/*
 * Nothing in a guest ends it without a word but its kernel: a panic that no
 * console shows, and a fault that cannot be handled, both reset it, upon which
 * QEMU exits with 0. It does so too when it is sent a signal, and says that
 * (system/runstate.c, qemu_kill_report()).
 */
static bool was_reset(const struct lab_guest *guest)
{
	char *log = read_text(guest->folder, "qemu.log");
	const bool asked = strstr(log, "terminating on signal");

	free(log);
	return WIFEXITED(guest->status) && !WEXITSTATUS(guest->status) &&
	       !asked;
}

/*
 * What process 1 said on the console, without the words that it begins with: it
 * ran, so that the kernel did boot.
 */
static bool last_word(const struct lab_guest *guest, const char *begins,
		      char *why, size_t size)
{
	char line[600];

	if (!console_line(guest, begins, line, sizeof(line)))
		return false;
	snprintf(why, size, "%s", line + strlen(begins));
	return true;
}

/* The format has the deadline in it. */
__attribute__((format(printf, 4, 0))) static void
did_not_boot(const struct lab_guest *guest, char *why, size_t size,
	     const char *format)
{
	const int n = snprintf(why, size, "the kernel did not boot: ");

	snprintf(why + n, size - n, format, guest->boot_deadline);
}

/* Of what process 1 started, and sends no signal but at the deadline. */
static enum lab_ending ending_of_program(int status, char *why, size_t size)
{
	const bool killed = lab_killed_by_kernel(status);

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return LAB_ENDED;
	if (WIFSIGNALED(status))
		snprintf(why, size,
			 "%swhat ran in the guest was killed by signal %d (%s)",
			 killed ? "the kernel's doing: " : "", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(why, size, "what ran in the guest exited with %d",
			 WEXITSTATUS(status));
	return killed ? LAB_KILLED : LAB_BROKE;
}

enum lab_ending lab_guest_ending(const struct lab_guest *guest, char *why,
				 size_t size)
{
	const int status = guest->channel.head->status;
	bool booted;

	why[0] = '\0';
	if (guest->channel.head->state == LAB_STATE_DONE)
		return ending_of_program(status, why, size);
	booted = guest->channel.head->state != LAB_STATE_NONE;
	if (guest->boot_deadline_passed) {
		did_not_boot(
			guest, why, size,
			guest->counted ?
				"within %u s of guest time, and does not answer the watchdog's NMI" :
				"in the time in which every kernel executes what takes it %u s; what the emulator waited for the host is not counted");
		return LAB_HUNG;
	}
	if (guest->deadline_passed) {
		snprintf(why, size,
			 "the guest did not end within %u s of the host's time",
			 guest->host_deadline);
		return LAB_STALLED;
	}
	/* The watchdog's NMI panics the kernel: it hung first. */
	if (console_line(guest, "NMI received for unknown reason", why, size)) {
		if (booted)
			snprintf(
				why, size,
				"the guest hung: the watchdog fired at the deadline of guest time");
		else
			did_not_boot(
				guest, why, size,
				"within %u s of guest time: the watchdog fired");
		return LAB_HUNG;
	}
	if (console_line(guest, "Kernel panic", why, size) ||
	    panic_note(guest, why, size))
		return LAB_PANICKED;
	if (trouble(guest, LAB_FRAME_UNFIT, why, size) ||
	    (!booted && last_word(guest, LAB_GUEST_UNFIT, why, size)))
		return LAB_UNFIT;
	if (!booted && last_word(guest, LAB_GUEST_GAVE_UP, why, size))
		return LAB_BROKE;
	if (trouble(guest, LAB_FRAME_REFUSED, why, size) ||
	    (!booted && last_word(guest, LAB_GUEST_REFUSED, why, size))) {
		/* A file that is missing or cut may come of that. */
		console_line(guest, "Initramfs unpacking failed", why, size);
		return LAB_KILLED;
	}
	if (trouble(guest, LAB_FRAME_TROUBLE, why, size))
		return strstr(why, "deadline") ? LAB_HUNG : LAB_BROKE;

	if (guest->flooded) {
		snprintf(
			why, size,
			"the guest flooded its console: %u MiB, of which this file system cannot give any back",
			LAB_CONSOLE_MAX >> 20);
		return LAB_BROKE;
	}
	if (was_reset(guest)) {
		if (booted)
			snprintf(
				why, size,
				"the kernel reset the machine, and no console says why");
		else
			did_not_boot(
				guest, why, size,
				"it reset the machine, after %u s of guest time at the latest, and no console says why");
		return LAB_PANICKED;
	}
	how_emulator_ended(guest, why, size);
	return LAB_BROKE;
}

char *lab_guest_console_tail(const struct lab_guest *guest, unsigned int lines)
{
	char *console = lab_guest_console(guest);
	char *at = console + strlen(console), *tail;

	if (at > console && at[-1] == '\n')
		at--;
	while (at > console && (at[-1] != '\n' || --lines))
		at--;
	tail = strdup(at);
	free(console);
	return tail;
}

void lab_guest_finish(struct lab_guest *guest)
{
	static const char *const own[] = { "channel", "boot.rom", "panic",
					   "qemu.log", "disk" };
	char path[4200];
	size_t i;

	lab_guest_kill(guest);
	lab_vmcore_close(&guest->vmcore);
	lab_channel_close(&guest->channel);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", guest->folder, own[i]);
		unlink(path);
	}
}
