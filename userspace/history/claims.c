// SPDX-License-Identifier: GPL-2.0-only
/* history/claims.c - which steps are reported, and their common causes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/stats.h"
#include "lib/alloc.h"
#include "history.h"
#include "steps.h"

/* ---- a value for each kernel ------------------------------------------------ */

/* A point with its kernel. */
struct placed {
	struct lab_point point;
	size_t place;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->point.when > y->point.when) -
	       (x->point.when < y->point.when);
}

static void sort_points(struct lab_trend *trend,
			const struct lab_tested *kernel)
{
	struct placed *placed =
		xcheck(malloc((trend->points + 1) * sizeof(*placed)));
	size_t i;

	for (i = 0; i < trend->points; i++)
		placed[i] =
			(struct placed){ trend->point[i],
					 kernel[trend->point[i].kernel].place };
	qsort(placed, trend->points, sizeof(*placed), by_place);
	for (i = 0; i < trend->points; i++)
		trend->point[i] = placed[i].point;
	free(placed);
}

void lab_trend_levels(struct lab_trend *trend, const struct lab_tested *kernel)
{
	const size_t n = trend->points;
	double *values = xcheck(malloc((n + 1) * sizeof(*values)));
	size_t from, to;

	sort_points(trend, kernel);
	trend->level = xcheck(malloc((n + 1) * sizeof(*trend->level)));
	for (from = 0; from < n; from = to) {
		const struct lab_point *first = &trend->point[from];

		for (to = from;
		     to < n && trend->point[to].kernel == first->kernel; to++)
			values[to] = trend->point[to].value;
		trend->level[trend->levels++] = (struct lab_trend_level){
			.kernel = first->kernel,
			.when = first->when,
			.value = lab_median(values + from, to - from),
			.runs = to - from,
		};
	}
	free(values);
}

const struct lab_tested *lab_trend_kernel(const struct lab_trends *trends,
					  const struct lab_trend *trend,
					  size_t level)
{
	return &trends->kernel[trend->level[level].kernel];
}

/* ---- steps that matter ------------------------------------------------------ */

/*
 * Is the change large enough? As in compare: rates by percentage points, cliffs
 * by steps, latencies by percent.
 */
static bool matters(const struct lab_trend *trend, double before, double after,
		    double threshold)
{
	const double off = fabs(after - before);

	if (!strcmp(trend->metric, "cliff"))
		return off >= 1;
	if (!strcmp(trend->metric, "success"))
		return off >= threshold;
	return off >= threshold * fabs(before);
}

/*
 * Is it worse: fewer shots succeed, the cliff is at more free pages, or shots
 * take longer?
 */
static bool is_worse(const struct lab_trend *trend, double before, double after)
{
	return strcmp(trend->metric, "success") ? after > before :
						  after < before;
}

/* Steps of a series, and the levels between them: one more than steps. */
struct stairs {
	const double *values;
	size_t n;
	struct lab_step *step;
	double *level;
	size_t count;
};

static double level_of(const struct stairs *stairs, size_t i)
{
	const size_t from = i ? stairs->step[i - 1].at : 0;
	const size_t to = i < stairs->count ? stairs->step[i].at : stairs->n;

	return lab_median(stairs->values + from, to - from);
}

static void merge(struct stairs *stairs, size_t i)
{
	memmove(stairs->step + i, stairs->step + i + 1,
		(stairs->count - i - 1) * sizeof(*stairs->step));
	memmove(stairs->level + i, stairs->level + i + 1,
		(stairs->count - i) * sizeof(*stairs->level));
	stairs->count--;
	stairs->level[i] = level_of(stairs, i);
}

/*
 * Removes the smallest step that does not matter, and merges the levels on its
 * sides, until all steps that are left matter. So several small steps in one
 * direction are reported as one.
 */
static bool merge_smallest(const struct lab_trend *trend, struct stairs *stairs,
			   double threshold)
{
	size_t i, smallest = stairs->count;
	double least = INFINITY;

	for (i = 0; i < stairs->count; i++) {
		const double before = stairs->level[i];
		const double after = stairs->level[i + 1];

		if (matters(trend, before, after, threshold) ||
		    fabs(after - before) >= least)
			continue;
		least = fabs(after - before);
		smallest = i;
	}
	if (smallest == stairs->count)
		return false;
	merge(stairs, smallest);
	return true;
}

/* Maps a step to its index before small ones were merged. */
static size_t index_of(const struct lab_step *steps, size_t n, size_t at)
{
	size_t i = 0;

	while (i + 1 < n && steps[i].at < at)
		i++;
	return i;
}

static void add_jumps(struct lab_trend *trend, const struct stairs *all,
		      const struct stairs *left, double threshold)
{
	size_t i;

	trend->jump = xcheck(calloc(left->count + 1, sizeof(*trend->jump)));
	for (i = 0; i < left->count; i++) {
		const struct lab_step *step = &left->step[i];
		const size_t was = index_of(all->step, all->count, step->at);
		const struct stairs *levels = all;
		size_t at = was;

		/* Too small by itself: the merged step is reported instead. */
		if (!matters(trend, all->level[was], all->level[was + 1],
			     threshold)) {
			levels = left;
			at = i;
		}
		trend->jump[i] = (struct lab_jump){
			.at = step->at,
			.low = step->low,
			.high = step->high,
			.before = levels->level[at],
			.after = levels->level[at + 1],
			.p = step->p,
			.q = step->p,
			.worse = is_worse(trend, levels->level[at],
					  levels->level[at + 1]),
		};
	}
	trend->jumps = left->count;
}

static void *copy_of(const void *from, size_t size)
{
	return memcpy(xcheck(malloc(size)), from, size);
}

void lab_trend_split(struct lab_trend *trend, double threshold, double alpha)
{
	double *values = xcheck(malloc((trend->levels + 1) * sizeof(*values)));
	struct stairs all = { .values = values, .n = trend->levels }, left;
	size_t i;

	for (i = 0; i < trend->levels; i++)
		values[i] = trend->level[i].value;
	all.count = lab_steps_find(values, trend->levels, alpha, &all.step);
	if (all.count) {
		all.level =
			xcheck(malloc((all.count + 1) * sizeof(*all.level)));
		for (i = 0; i <= all.count; i++)
			all.level[i] = level_of(&all, i);
		left = all;
		left.step = copy_of(all.step, all.count * sizeof(*all.step));
		left.level = copy_of(all.level,
				     (all.count + 1) * sizeof(*all.level));
		while (merge_smallest(trend, &left, threshold))
			;
		add_jumps(trend, &all, &left, threshold);
		free(left.step);
		free(left.level);
	}
	free(all.step);
	free(all.level);
	free(values);
}

/* ---- over all series -------------------------------------------------------- */

void lab_trends_correct(struct lab_trends *trends, double alpha)
{
	size_t i, j, n = 0;
	double *p;

	for (i = 0; i < trends->count; i++)
		n += trends->trend[i].jumps ? trends->trend[i].jumps : 1;
	p = xcheck(malloc((n + 1) * sizeof(*p)));
	for (i = n = 0; i < trends->count; i++) {
		const struct lab_trend *trend = &trends->trend[i];

		for (j = 0; j < trend->jumps; j++)
			p[n++] = trend->jump[j].p;
		/* A series without steps was tested too, so it counts. */
		if (!trend->jumps)
			p[n++] = 1;
	}
	if (n)
		lab_benjamini_hochberg(p, n);
	for (i = n = 0; i < trends->count; i++) {
		struct lab_trend *trend = &trends->trend[i];

		for (j = 0; j < trend->jumps; j++) {
			trend->jump[j].q = p[n++];
			trend->jump[j].doubtful = trend->jump[j].q > alpha;
		}
		n += !trend->jumps;
	}
	free(p);
}

/* ---- causes ----------------------------------------------------------------- */

struct where {
	size_t trend, jump;
	double p;
};

static int clearest_first(const void *a, const void *b)
{
	const struct where *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	if (x->trend != y->trend)
		return x->trend < y->trend ? -1 : 1;
	return (x->jump > y->jump) - (x->jump < y->jump);
}

static size_t list_jumps(const struct lab_trends *trends, struct where **list)
{
	size_t i, j, n = 0;

	*list = NULL;
	for (i = 0; i < trends->count; i++)
		for (j = 0; j < trends->trend[i].jumps; j++) {
			if (trends->trend[i].jump[j].doubtful)
				continue;
			*list = xgrow(*list, n);
			(*list)[n++] =
				(struct where){ i, j,
						trends->trend[i].jump[j].p };
		}
	if (n)
		qsort(*list, n, sizeof(**list), clearest_first);
	return n;
}

/* The cause that a jump belongs to, or a new one. */
static struct lab_cause *cause_of(struct lab_trends *trends,
				  const struct where *where)
{
	const struct lab_trend *trend = &trends->trend[where->trend];
	const struct lab_jump *jump = &trend->jump[where->jump];
	const size_t after =
		lab_trend_kernel(trends, trend, jump->low - 1)->place;
	const size_t up_to = lab_trend_kernel(trends, trend, jump->high)->place;
	struct lab_cause *cause;
	size_t i;

	for (i = 0; i < trends->causes; i++) {
		cause = &trends->cause[i];
		if (strcmp(cause->branch, trend->branch) ||
		    cause->after >= up_to || after >= cause->up_to)
			continue;
		cause->after = after > cause->after ? after : cause->after;
		cause->up_to = up_to < cause->up_to ? up_to : cause->up_to;
		return cause;
	}
	trends->cause = xgrow(trends->cause, trends->causes);
	cause = &trends->cause[trends->causes++];
	*cause = (struct lab_cause){
		.branch = trend->branch,
		.after = after,
		.up_to = up_to,
		.kernel = trend->level[jump->at].kernel,
		.trend = where->trend,
		.jump = where->jump,
	};
	return cause;
}

void lab_trends_find_causes(struct lab_trends *trends)
{
	struct where *list;
	const size_t n = list_jumps(trends, &list);
	size_t i;

	for (i = 0; i < n; i++) {
		struct lab_jump *jump =
			&trends->trend[list[i].trend].jump[list[i].jump];
		struct lab_cause *cause = cause_of(trends, &list[i]);

		jump->cause = cause - trends->cause;
		cause->worse += jump->worse;
		cause->better += !jump->worse;
		cause->acknowledged += !!jump->acknowledged;
	}
	free(list);
}
