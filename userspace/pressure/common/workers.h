/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/workers.h - the workers of a pressure, and how they are heard.
 *
 * A worker that has pressed says so without a page to say it with: its words
 * are in memory shared beforehand, and an eventfd rings. It then works on, or
 * holds still, until it is killed. Its words outlive it.
 */
#ifndef LAB_TEAM_H
#define LAB_TEAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LAB_TEAM_MAX 64
#define LAB_WORD_COUNT 16

/* What a worker says; what its words mean is between it and its pressure. */
struct lab_words_of {
	int error;
	uint64_t word[LAB_WORD_COUNT];
};

struct lab_member {
	pid_t pid; /* 0: there is none */
	int pidfd;
	int bell; /* an eventfd */
};

/* Static and zero before the first start. */
struct lab_team {
	const char *pressure;
	bool polite; /* SIGTERM ends a worker, not SIGKILL */
	struct lab_member member[LAB_TEAM_MAX];
	struct lab_words_of *said; /* shared, one a member */
	int said_fd;
};

/*
 * Starts member number @index, "PRESSURE INDEX ARGS...", and waits until it
 * rings or dies: 0, its error, or -EOWNERDEAD. args end with NULL.
 */
int lab_team_start(struct lab_team *team, unsigned int index,
		   char *const args[]);
/* The same with numbers for arguments. */
int lab_team_start_numbers(struct lab_team *team, unsigned int index,
			   const uint64_t *number, size_t count);
const struct lab_words_of *lab_team_said(const struct lab_team *team,
					 unsigned int index);
bool lab_team_has(const struct lab_team *team, unsigned int index);

/* Ends all. -EOWNERDEAD when one was gone before it was told to go. */
int lab_team_stop(struct lab_team *team);

/* In a worker, whose argv[1] is its index: where it puts its words, or NULL. */
struct lab_words_of *lab_team_speak(int argc, char **argv);
/* Wakes the one that waits in lab_team_start(). */
void lab_team_ring(void);
/* Rings with an error, or with 0, and holds still until the end. */
__attribute__((noreturn)) void lab_team_rest(struct lab_words_of *words,
					     int err);
/*
 * The same, and does something before it ends: such a worker ends when it was
 * asked to, if the team is polite.
 */
__attribute__((noreturn)) void lab_team_rest_until(struct lab_words_of *words,
						   int err, void (*last)(void));

#endif /* LAB_TEAM_H */
