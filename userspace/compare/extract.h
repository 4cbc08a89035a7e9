/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/extract.h - the part of a run's results that comparing needs: about a
 * hundredth of it.
 *
 * It is one block of memory, which can be stored as it is (cache.h). Texts are
 * offsets into a part of that block.
 */
#ifndef LAB_EXTRACT_H
#define LAB_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/load.h"
#include "cliff.h"

/* The values of a cell in one run. */
struct lab_sample {
	double success; /* success rate; NaN: no shot was ok or exhausted */
	double shots; /* ok + exhausted */
	double min, p50, p99, max; /* latencies; NaN: no shot succeeded */
	double p50_exhausted; /* NaN: few were, or older results */
	double refill; /* see refill_of(); NaN: too few shots refilled a list */
	/* Mean latency by passage; NaN: too few shots took it. */
	double mean[LAB_PASSAGE_COUNT];
};

struct lab_extract_cell {
	uint64_t violations, held, unattributed;
	uint64_t victim_wrong, victim_stuck;
	struct lab_sample sample;
	uint32_t phase, context, api, gfp, refusal; /* texts */
	uint32_t order;
	uint32_t where; /* lab_cell_words() with the phase */
	uint32_t what; /* and without it */
	uint32_t row, rows; /* rows of its cliff: index of the first, number */
	bool refused; /* the cell was not fired: other members are not set */
	bool busy; /* a shot failed, or did not take the fast path */
	bool time_shared; /* lab_time_shared() */
	bool usable; /* its cliff is over usable pages: LAB_CLIFF_OVER */
};

/* An expectation or an oracle. */
struct lab_extract_claim {
	uint32_t name;
	bool exact; /* its result does not depend on chance */
	bool failed, ran;
};

struct lab_extract_head {
	size_t cells, rows, claims, text;
	uint64_t seed, cpus, nodes, memory, icount_shift;
	uint32_t release, build_id, program, scenario,
		scenario_sha256; /* offsets of texts */
	uint32_t mode, qemu, unit, boot;
	bool broken; /* the harness broke: it says nothing of the kernel */
};

struct lab_extract {
	char fingerprint[LAB_FINGERPRINT]; /* of the run */
	void *memory; /* the head, and what it describes, in the order of its members */
	struct lab_extract_head *head;
	struct lab_extract_cell *cell;
	struct lab_cliff_row *row;
	struct lab_extract_claim *claim;
	char *text;
};

void lab_extract(struct lab_extract *extract, const struct lab_run *run);
void lab_extract_free(struct lab_extract *extract);

/* The size of the block that a head describes, in bytes. */
size_t lab_extract_size(const struct lab_extract_head *head);
/* Takes ownership of such a block, malloc()ed, whose head was checked. */
void lab_extract_lay_out(struct lab_extract *extract, void *memory);

static inline const char *lab_extract_text(const struct lab_extract *extract,
					   uint32_t text)
{
	return extract->text + text;
}

#endif /* LAB_EXTRACT_H */
