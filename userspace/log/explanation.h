/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/explanation.h - why a request failed, as far as its report bears it.
 *
 * The rules of every version that the report may be of are tried. What they
 * agree on is said; what they do not is said to be undecided.
 */
#ifndef LAB_EXPLANATION_H
#define LAB_EXPLANATION_H

#include "culprit.h"
#include "watermark_rules.h"

/* Names for programs; words for people are in lab_explanation.sentence. */
#define LAB_VERDICTS(X)                                                       \
	X(BELOW_MARK, "below-mark", "less is free than has to stay")          \
	X(BOOST, "boost", "a boosted mark refused what the plain one allows") \
	X(RESERVE, "reserve",                                                 \
	  "what is free is kept for requests that can have no other zone")    \
	X(CMA, "cma", "what is free belongs to CMA")                          \
	X(HIGHATOMIC, "highatomic", "what is free is kept for high orders")   \
	X(ORDER_MARK, "order-mark", "the mark of its order, as up to 4.3")    \
	X(FRAGMENTED, "fragmented", "enough is free, in blocks too small")    \
	X(WRONG_ZONE, "wrong-zone",                                           \
	  "the zones that it may use have no memory")                         \
	X(TRANSIENT, "transient", "enough by the time of the report")         \
	X(ADDRESS_SPACE, "address-space", "no room to map it at")             \
	X(POOL, "pool", "a pool of its own ran dry")                          \
	X(SIZE, "size", "a size that no state of memory can serve")           \
	X(CGROUP, "cgroup", "the limit of a control group")                   \
	X(UNDECIDED, "undecided", "the report does not bear a verdict")

#define LAB_VERDICT_ID(id, name, help) LAB_VERDICT_##id,
enum lab_verdict { LAB_VERDICTS(LAB_VERDICT_ID) LAB_VERDICT_COUNT };

extern const char *const lab_verdict_names[];
extern const char *const lab_verdict_help[];

struct lab_explained_zone {
	const struct lab_report_zone *zone;
	bool allowed; /* this request may use it */
	struct lab_zone_pages pages;
	struct lab_zone_check check;
	enum lab_verdict cause; /* of an allowed one */
	bool differs; /* between the rules that are possible */
	int64_t short_by; /* pages, of one that is below; else 0 */
	bool boost_inferred, boost_unknown;
	/*
	 * Up to 5.5 the highatomic reserve is not printed: pages.highatomic is
	 * 0 then, and it has this many pages at most; else 0.
	 */
	int64_t highatomic_most;
};

#define LAB_ADVICE_MAX 8

struct lab_explanation {
	const struct lab_kernel_report *report;
	struct lab_version_range range;
	size_t rules_first, rules_last; /* rows of the rules */
	struct lab_request request;
	struct lab_request_facts facts;
	bool request_inferred; /* from the trace, for the head is not there */
	bool request_assumed; /* an atomic page, to have something to say */
	struct lab_culprit culprit;
	int64_t page_kib; /* LAB_UNSAID */
	bool page_assumed; /* 4 KiB, as nothing says otherwise */
	struct lab_explained_zone zone[LAB_REPORT_ZONES];
	unsigned int zones;
	int main_zone; /* the verdict is of; -1: none */
	enum lab_verdict verdict;
	char sentence[1000];
	char advice[LAB_ADVICE_MAX][420];
	unsigned int advices;
	char missing[600]; /* what the report lacks, in words; "" */
};

/* The report must outlive the explanation. */
void lab_explain(const struct lab_kernel_report *report,
		 struct lab_explanation *explanation);

/* The subject in words: "an order-0 GFP_ATOMIC request". */
void lab_explain_subject(const struct lab_explanation *explanation, char *words,
			 size_t size);

/*
 * Whether the highatomic reserve is more than 4 % of the main zone. It should be
 * 1 %, in whole pageblocks; before 6.8 it was two pageblocks at least.
 */
bool lab_reserve_is_large(const struct lab_explanation *explanation);

/* log/advice.c */
void lab_advise(struct lab_explanation *explanation);

#endif /* LAB_EXPLANATION_H */
