/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/binomial.h - quantiles of the binomial distribution, for up to 2^40 trials. */
#ifndef LAB_BINOMIAL_H
#define LAB_BINOMIAL_H

#include <stdint.h>

/* P(X <= k) and P(X >= k) */
double lab_binomial_lower(uint64_t trials, double p, uint64_t k);
double lab_binomial_upper(uint64_t trials, double p, uint64_t k);

/* The lowest k with P(X <= k) >= tail: the quantile of tail. */
uint64_t lab_binomial_quantile(uint64_t trials, double p, double tail);

/* The lowest k with P(X > k) <= tail: the quantile of 1 - tail. */
uint64_t lab_binomial_quantile_upper(uint64_t trials, double p, double tail);

#endif /* LAB_BINOMIAL_H */
