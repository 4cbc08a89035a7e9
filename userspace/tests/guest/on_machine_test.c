// SPDX-License-Identifier: GPL-2.0-only
/*
 * on_machine_test.c - "labyrinth run --on-this-machine" on a machine that may
 * be lost, a guest: what it refuses, and that a setting is what it was however
 * a run ends.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "journal/channel.h"
#include "guest_test.h"

#define PROGRAM "/bin/labyrinth"
#define OUTPUT "/tmp/output"
#define UNDO "/run/labyrinth/undo"
#define MIN_FREE "/proc/sys/vm/min_free_kbytes"
#define HERE "--on-this-machine", "--out", "/tmp/results"
#define ALLOWED                                                                \
	HERE, "--inject-system-wide", "--memory-floor", "64M", "--swap-floor", \
		"0"

/* Long enough to be ended in its middle, with pages in hand. */
static const char endless[] = "[scenario]\n"
			      "claim = c\n"
			      "[phase a]\n"
			      "context = task\n"
			      "shots = 4000000000\n"
			      "hold = 256\n"
			      "min-free = 8M\n"
			      "inject = fail_page_alloc\n"
			      "inject.probability = 50\n"
			      "inject.interval = 3\n"
			      "expect = each held == 0\n";

static const char brief[] = "[scenario]\n"
			    "claim = c\n"
			    "[phase a]\n"
			    "context = task\n"
			    "shots = 1000\n"
			    "min-free = 8M\n"
			    "inject = fail_page_alloc\n"
			    "inject.probability = 50\n"
			    "expect = total injected > 0\n";

static const char pressing[] = "[scenario]\n"
			       "claim = c\n"
			       "[phase a]\n"
			       "context = task\n"
			       "pressure = anon\n"
			       "expect = each held == 0\n";

static const char quiet[] = "[scenario]\n"
			    "claim = c\n"
			    "[phase a]\n"
			    "context = task\n"
			    "expect = each success == 100%\n";

/* Of the module's own injector, which can do either. */
static const char own[] = "[scenario]\n"
			  "claim = c\n"
			  "[phase a]\n"
			  "context = task\n"
			  "inject = kprobe\n"
			  "inject.probability = 50\n"
			  "expect = total injected > 0\n";

static const char others[] = "[scenario]\n"
			     "claim = c\n"
			     "[phase a]\n"
			     "context = task\n"
			     "inject = kprobe\n"
			     "inject.system = Y\n"
			     "expect = each held == 0\n";

#define OWN "/tmp/own.ini"
#define OTHERS "/tmp/others.ini"
#define ENDLESS "/tmp/endless.ini"
#define BRIEF "/tmp/brief.ini"
#define PRESSING "/tmp/pressing.ini"
#define QUIET "/tmp/quiet.ini"

/* What a run of these changes. */
static const char *const settings[] = {
	MIN_FREE,      FAULT "probability", FAULT "interval", FAULT "times",
	FAULT "space", FAULT "min-order",   FAULT "verbose",
};

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static void read_settings(long values[SETTINGS])
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		values[i] = read_number(settings[i]);
}

static void become(char *const argv[], uid_t uid)
{
	int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	/* As if the lab had never been. */
	unsetenv(LAB_CHANNEL_ENV);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (!uid || !setuid(uid))
		execv(PROGRAM, argv);
	_exit(127);
}

static pid_t start_as(uid_t uid, char *const argv[])
{
	pid_t pid = fork();

	if (!pid)
		become(argv, uid);
	return pid;
}

/* As a shell does: 128 and the signal. */
static int finish(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define ARGV(...) ((char *const[]){ "labyrinth", __VA_ARGS__, NULL })
#define START(...) start_as(0, ARGV(__VA_ARGS__))
#define CALL(...) finish(START(__VA_ARGS__))

static bool said(const char *text)
{
	static char output[16384];
	FILE *f = fopen(OUTPUT, "re");
	size_t n = f ? fread(output, 1, sizeof(output) - 1, f) : 0;

	if (f)
		fclose(f);
	output[n] = '\0';
	return strstr(output, text);
}

/* The first process that has this one as its parent. */
static pid_t child_of(pid_t parent)
{
	char path[32], state;
	int pid, above;
	FILE *f;

	for (pid = parent + 1; pid < parent + 1000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fscanf(f, "%*d (%*[^)]) %c %d", &state, &above) != 2)
			above = 0;
		fclose(f);
		if (above == parent)
			return pid;
	}
	return 0;
}

FIXTURE(here)
{
	long before[SETTINGS];
	int fd; /* of the device */
	char why[256];
	pid_t run;
};

FIXTURE_SETUP(here)
{
	write_to(ENDLESS, endless);
	write_to(BRIEF, brief);
	write_to(PRESSING, pressing);
	write_to(QUIET, quiet);
	read_settings(self->before);
	self->fd = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, self->fd);
	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
}

FIXTURE_TEARDOWN(here)
{
	close(self->fd);
}

/* The first setting that is not what it was, or "". */
static const char *changed(const long before[SETTINGS])
{
	long now[SETTINGS];
	size_t i;

	read_settings(now);
	for (i = 0; i < SETTINGS; i++)
		if (now[i] != before[i])
			return settings[i];
	return "";
}

#define EXPECT_UNCHANGED() EXPECT_STREQ("", changed(self->before))

/* Until it fires, with its settings in force and pages in hand. */
#define START_ENDLESS()                                                  \
	do {                                                             \
		self->run = START("run", ENDLESS, ALLOWED);              \
		while (read_number(FAULT "probability") != 50 ||         \
		       !pages_held(self->fd))                            \
			ASSERT_EQ(0, waitpid(self->run, NULL, WNOHANG)); \
		ASSERT_EQ(8192, read_number(MIN_FREE));                  \
	} while (0)

/* Of all of it at once: the one that would put things back is held first. */
#define KILL_ALL()                                                          \
	do {                                                                \
		pid_t shooter = child_of(self->run);                        \
		ASSERT_NE(0, shooter);                                      \
		kill(self->run, SIGSTOP);                                   \
		kill(shooter, SIGKILL);                                     \
		kill(self->run, SIGKILL);                                   \
		ASSERT_EQ(128 + SIGKILL, finish(self->run));                \
		while (pages_held(self->fd))                                \
			usleep(1000);                                       \
		/* That is, the test would see if nothing were put back. */ \
		ASSERT_EQ(50, read_number(FAULT "probability"));            \
		ASSERT_EQ(8192, read_number(MIN_FREE));                     \
	} while (0)

TEST_F_TIMEOUT(here, a_run_leaves_settings_as_they_were, SLOW_S)
{
	EXPECT_EQ(0, CALL("run", BRIEF, QUIET, ALLOWED));
	EXPECT_TRUE(
		said("make requests fail (fail_page_alloc), those of others"));
	EXPECT_TRUE(said("change vm.min_free_kbytes"));
	EXPECT_UNCHANGED();
	EXPECT_EQ(-1, access(UNDO, F_OK));
}

TEST_F_TIMEOUT(here, a_dry_run_does_nothing, SLOW_S)
{
	char words[64];

	EXPECT_EQ(0, finish(start_as(1000, ARGV("run", ENDLESS, "--dry-run"))));
	/* Of each CPU. */
	snprintf(words, sizeof(words), "fire %ld atomic requests",
		 4000000000 * sysconf(_SC_NPROCESSORS_ONLN));
	EXPECT_TRUE(said(words));
	EXPECT_UNCHANGED();
}

TEST_F_TIMEOUT(here, needs_root, SLOW_S)
{
	EXPECT_EQ(2, finish(start_as(1000, ARGV("run", QUIET, ALLOWED))));
	EXPECT_TRUE(said("needs root"));
	EXPECT_EQ(2, finish(start_as(1000, ARGV("recover"))));
	EXPECT_TRUE(said("root's to put back"));
}

TEST_F_TIMEOUT(here, system_wide_injection_is_asked_for, SLOW_S)
{
	EXPECT_EQ(2, CALL("run", QUIET, BRIEF, HERE, "--memory-floor", "64M"));
	EXPECT_TRUE(said("--inject-system-wide"));
	EXPECT_TRUE(said(BRIEF ":3: [phase a]"));
	/* Nor was the one before it fired. */
	EXPECT_FALSE(said("on this machine, is going to"));
	EXPECT_UNCHANGED();
}

TEST_F_TIMEOUT(here, an_injector_that_strikes_nobody_else_is_not, SLOW_S)
{
	write_to(OWN, own);
	write_to(OTHERS, others);
	EXPECT_EQ(0, CALL("run", OWN, HERE, "--memory-floor", "64M"));
	EXPECT_TRUE(
		said("make requests fail (kprobe), its own and nobody else's"));
	EXPECT_EQ(2, CALL("run", OTHERS, HERE, "--memory-floor", "64M"));
	EXPECT_TRUE(said("--inject-system-wide"));
}

/* The guest has less memory than the floor, and no swap. */
TEST_F_TIMEOUT(here, floors, SLOW_S)
{
	EXPECT_EQ(2, CALL("run", QUIET, HERE));
	EXPECT_TRUE(said("less than 512 MiB is too little"));
	EXPECT_EQ(2, CALL("run", PRESSING, HERE, "--memory-floor", "64M"));
	EXPECT_TRUE(said("0 MiB of swap are free, and less than 256 MiB"));
	EXPECT_EQ(0, CALL("run", QUIET, HERE, "--memory-floor", "64M"));
	EXPECT_EQ(2, CALL("run", QUIET, HERE, "--memory-floor", "lots"));
	EXPECT_TRUE(said("--memory-floor: "));
}

TEST_F_TIMEOUT(here, one_at_a_time, SLOW_S)
{
	char process[40];

	START_ENDLESS();
	snprintf(process, sizeof(process), "process %d", self->run);
	EXPECT_EQ(2, CALL("run", QUIET, ALLOWED));
	EXPECT_TRUE(said("another run is active"));
	EXPECT_TRUE(said(process));
	EXPECT_EQ(2, CALL("recover"));
	EXPECT_TRUE(said("a run is active"));
	EXPECT_TRUE(said(process));
	/* What is active was not disturbed. */
	EXPECT_EQ(50, read_number(FAULT "probability"));
	kill(self->run, SIGTERM);
	EXPECT_EQ(3, finish(self->run));
	EXPECT_UNCHANGED();
}

FIXTURE(ended)
{
	long before[SETTINGS];
	int fd;
	char why[256];
	pid_t run;
};

FIXTURE_VARIANT(ended)
{
	int number;
};

FIXTURE_SETUP(ended)
{
	write_to(ENDLESS, endless);
	read_settings(self->before);
	self->fd = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, self->fd);
	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
}

FIXTURE_TEARDOWN(ended)
{
	close(self->fd);
}

FIXTURE_VARIANT_ADD(ended, by_sigint){ .number = SIGINT };
FIXTURE_VARIANT_ADD(ended, by_sigterm){ .number = SIGTERM };
FIXTURE_VARIANT_ADD(ended, by_sighup){ .number = SIGHUP };
FIXTURE_VARIANT_ADD(ended, by_sigquit){ .number = SIGQUIT };

/* Given to the process that was started, as kill(1) and systemd do. */
TEST_F_TIMEOUT(ended, and_all_is_put_back, SLOW_S)
{
	START_ENDLESS();
	kill(self->run, variant->number);
	EXPECT_EQ(3, finish(self->run));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, pages_held(self->fd));
}

TEST_F_TIMEOUT(ended, and_so_is_what_the_shooter_changed, SLOW_S)
{
	START_ENDLESS();
	kill(child_of(self->run), variant->number);
	EXPECT_EQ(3, finish(self->run));
	EXPECT_UNCHANGED();
}

TEST_F_TIMEOUT(here, the_shooter_is_killed, SLOW_S)
{
	START_ENDLESS();
	kill(child_of(self->run), SIGKILL);
	EXPECT_EQ(3, finish(self->run));
	EXPECT_TRUE(said("killed by signal 9"));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, pages_held(self->fd));
}

/* The OOM killer, as it is: what it is made to choose is what is tested. */
static void let_oom_killer_take(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	write_to(path, "1000");
	write_to("/proc/sysrq-trigger", "f");
}

TEST_F_TIMEOUT(here, the_kernel_takes_the_shooter, SLOW_S)
{
	START_ENDLESS();
	let_oom_killer_take(child_of(self->run));
	EXPECT_EQ(1, finish(self->run));
	EXPECT_TRUE(said(
		"the process that fires was killed by signal 9 (Killed), in the shots of a: task order 0"));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, pages_held(self->fd));
}

/* As the lab starts it: what became of it goes into the channel. */
TEST_F_TIMEOUT(here, the_kernel_takes_the_shooter_of_a_guest, SLOW_S)
{
	const struct lab_frame_head *frame;
	struct lab_channel channel;
	uint64_t at = 0;
	bool told = false;

	ASSERT_EQ(0, lab_channel_open(&channel, getenv(LAB_CHANNEL_ENV)));
	while (lab_channel_next(&channel, &at))
		;
	self->run = fork();
	if (!self->run) {
		execv(PROGRAM, ARGV("run", ENDLESS));
		_exit(127);
	}
	while (!pages_held(self->fd))
		ASSERT_EQ(0, waitpid(self->run, NULL, WNOHANG));
	let_oom_killer_take(child_of(self->run));
	EXPECT_EQ(1, finish(self->run));
	while ((frame = lab_channel_next(&channel, &at)))
		told |= frame->type == LAB_FRAME_RECORD &&
			memmem(lab_frame_data(frame), frame->size,
			       "\"signal\":9,\"error\":\"\",\"phase\":\"a\"",
			       33);
	EXPECT_TRUE(told);
	EXPECT_UNCHANGED();
	lab_channel_close(&channel);
}

TEST_F_TIMEOUT(here, the_guard_is_killed, SLOW_S)
{
	START_ENDLESS();
	kill(self->run, SIGKILL);
	ASSERT_EQ(128 + SIGKILL, finish(self->run));
	/* The shooter, which is nobody's child now, winds down by itself. */
	while (CALL("recover") == 2)
		usleep(1000);
	EXPECT_TRUE(said("no run has left anything"));
	EXPECT_UNCHANGED();
}

TEST_F_TIMEOUT(here, all_is_killed_and_recovered, SLOW_S)
{
	START_ENDLESS();
	KILL_ALL();
	while (CALL("recover") == 2)
		usleep(1000);
	EXPECT_TRUE(said(FAULT "probability = 0"));
	EXPECT_TRUE(said("put back "));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, CALL("recover"));
	EXPECT_TRUE(said("no run has left anything"));
}

TEST_F_TIMEOUT(here, all_is_killed_and_the_next_run_recovers, SLOW_S)
{
	START_ENDLESS();
	KILL_ALL();
	while (CALL("run", QUIET, ALLOWED) == 2)
		ASSERT_TRUE(said("another run is active"));
	EXPECT_TRUE(said("settings that an earlier run had left"));
	EXPECT_UNCHANGED();
}

/* What cannot be put back stays on the list, and nothing is fired until then. */
TEST_F_TIMEOUT(here, what_cannot_be_put_back_is_not_forgotten, SLOW_S)
{
	write_to(UNDO, "/proc/sys/vm/no_such_thing\t1\n");
	EXPECT_EQ(3, CALL("recover"));
	EXPECT_TRUE(said("/proc/sys/vm/no_such_thing is not 1 again"));
	EXPECT_EQ(2, CALL("run", QUIET, ALLOWED));
	EXPECT_TRUE(said("remove " UNDO));
	EXPECT_EQ(0, unlink(UNDO));
	EXPECT_EQ(0, CALL("run", QUIET, ALLOWED));
}

TEST_HARNESS_MAIN
