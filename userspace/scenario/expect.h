/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/expect.h - what must hold of a phase, and whether it did.
 *
 *	expect = each success == 100%
 *	expect = each injected binomial 1e-6
 *	expect = total exhausted > 0
 *	expect = each cliff == 6/16
 *
 * SCOPE METRIC OPERATOR VALUE. "each" asks it of every cell of the phase,
 * "total" of the sum over its cells.
 */
#ifndef LAB_EXPECT_H
#define LAB_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics.h"

enum lab_scope { LAB_EACH, LAB_TOTAL };

enum lab_operator {
	LAB_EQ,
	LAB_NE,
	LAB_LT,
	LAB_LE,
	LAB_GT,
	LAB_GE,
	/*
	 * "injected binomial ALPHA": the count lies between the ALPHA/2 and
	 * the 1 - ALPHA/2 quantile of the exact binomial distribution of
	 * attempts - refused trials with the injector's probability. ALPHA is
	 * the chance of a false alarm, per cell.
	 */
	LAB_BINOMIAL,
};

struct lab_expect {
	char *words; /* canonical spelling, for reports */
	const char *file;
	unsigned int line;
	enum lab_scope scope;
	const struct lab_metric *metric;
	enum lab_operator op;
	double value; /* percent for rates, sixteenths for steps */
};

/*
 * 0, or -EINVAL with a message in why[]: what was found and what is allowed.
 */
int lab_expect_parse(const char *text, struct lab_expect *expect, char *why,
		     size_t size);
void lab_expect_free(struct lab_expect *expect);

/*
 * Does it hold for these counts? A rate over no shots never holds: an
 * expectation about something that did not happen has failed. probability (0 to
 * 1) is that of the phase's injector, for LAB_BINOMIAL. why[] gets what was
 * found, "success was 99.2 % (992 of 1000)", in both cases.
 */
bool lab_expect_holds(const struct lab_expect *expect,
		      const struct lab_counts *counts, double probability,
		      char *why, size_t size);

/*
 * Do these counts tell whether the expectation holds? Not where it asks for a step
 * of the min watermark, no shot succeeded, and all met their zone below that step or,
 * where at least that step is asked for, at it:
 * such shots fail on a good kernel, and the ones that the expectation is about were
 * never there. Nor where it asks for a lower cliff than was found and no shot met the
 * steps between. why[] gets the reason.
 */
bool lab_expect_decided(const struct lab_expect *expect,
			const struct lab_counts *counts, char *why,
			size_t size);

/* Prints scopes, metrics and operators with their meaning. */
void lab_expect_print(void);

#endif /* LAB_EXPECT_H */
