// SPDX-License-Identifier: GPL-2.0-only
/* journal/losses.c - see journal/losses.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal.h"
#include "losses.h"

struct place {
	char phase[128], at[256];
	enum lab_moment moment;
	pid_t pid; /* of the process that is there */
};

static struct place own, *place = &own;

void lab_losses_share(void)
{
	void *shared = mmap(NULL, sizeof(*place), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared != MAP_FAILED)
		place = shared;
}

void lab_losses_at(const char *phase, const char *at, enum lab_moment moment)
{
	snprintf(place->phase, sizeof(place->phase), "%s", phase);
	snprintf(place->at, sizeof(place->at), "%s", at);
	place->moment = moment;
	place->pid = getpid();
}

bool lab_killed_by_kernel(int status)
{
	return WIFSIGNALED(status) &&
	       (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGBUS);
}

bool lab_refused_by_kernel(int err)
{
	return err == -ENOMEM || err == -EAGAIN;
}

bool lab_lost_to_kernel(int err)
{
	return err == -EOWNERDEAD || lab_refused_by_kernel(err);
}

/* What is told of here has nothing in it that JSON would have to escape. */
static void write_loss(const char *process, pid_t pid, int number,
		       const char *error, bool offered, bool ended)
{
	static const char *const moments[] = {
		[LAB_MOMENT_BETWEEN] = "between",
		[LAB_MOMENT_PRESSING] = "pressing",
		[LAB_MOMENT_FIRING] = "firing",
	};
	static const char *const flag[] = { "false", "true" };
	char text[800];

	snprintf(
		text, sizeof(text),
		"{\"record\":\"loss\",\"process\":\"%s\",\"pid\":%d,\"signal\":%d,\"error\":\"%s\",\"phase\":\"%s\",\"at\":\"%s\",\"moment\":\"%s\",\"offered\":%s,\"ended\":%s}",
		process, (int)(pid ? pid : place->pid), number, error,
		place->phase, place->at, moments[place->moment], flag[offered],
		flag[ended]);
	lab_journal_text(text);
}

void lab_loss_killed(const char *process, pid_t pid, int status, bool offered,
		     bool ended)
{
	write_loss(process, pid, WTERMSIG(status), "", offered, ended);
}

void lab_loss_refused(const char *process, int err, bool ended)
{
	write_loss(process, getpid(), 0, strerrordesc_np(-err), false, ended);
}
