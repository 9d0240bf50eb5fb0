/* SPDX-License-Identifier: MIT */
#include "stages/eval/sweep.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

enum {
	LEAST = 4096, /* intervals of a run at least, whatever memory there is */
	READ = 256,   /* intervals that a merge reads of a run at a time */
};

/* A sorted run: in the file, or the last one in memory. */
struct run {
	uint64_t at;	    /* of what is not read yet, in the file */
	uint64_t left;	    /* intervals of it */
	struct interval *p; /* those that are read: [next, n) are still to come */
	uint32_t next, n;
};

struct sweep {
	struct spill *pool;
	struct interval *p; /* the run being filled */
	size_t n, cap;
	struct run *runs;
	uint32_t nruns, cap_runs;
};

struct sweep *sweep_new(struct spill *p, struct err *e)
{
	struct sweep *s = calloc(1, sizeof(*s));

	if (s == NULL)
		err_nomem(e);
	else
		s->pool = p;
	return s;
}

void sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->nruns; i++)
		free(s->runs[i].p);
	free(s->runs);
	s->pool->used -= s->cap * sizeof(*s->p);
	free(s->p);
	free(s);
}

/* ---- filling ------------------------------------------------------------------------ */

static int order(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	if (x->group.hi != y->group.hi)
		return x->group.hi < y->group.hi ? -1 : 1;
	if (x->group.lo != y->group.lo)
		return x->group.lo < y->group.lo ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Sort what is in memory and move it to the file. */
static int end_run(struct sweep *s, struct err *e)
{
	if (s->nruns == s->cap_runs) {
		uint32_t cap = s->cap_runs == 0 ? 16 : s->cap_runs * 2;
		struct run *more = realloc(s->runs, cap * sizeof(*more));

		if (more == NULL)
			return err_nomem(e);
		s->runs = more;
		s->cap_runs = cap;
	}
	qsort(s->p, s->n, sizeof(*s->p), order);
	s->runs[s->nruns] = (struct run){.left = s->n};
	if (spill_write(s->pool, s->p, s->n * sizeof(*s->p), &s->runs[s->nruns].at, e) == -1)
		return -1;
	s->nruns++;
	s->n = 0;
	return 0;
}

/* Twice the room, where the pool has it. */
static bool grow(struct sweep *s)
{
	size_t cap = s->cap == 0 ? LEAST : s->cap * 2, more = (cap - s->cap) * sizeof(*s->p);
	struct interval *p;

	if (s->cap > 0 && s->pool->used + more > s->pool->budget)
		return false;
	p = realloc(s->p, cap * sizeof(*p));
	if (p == NULL)
		return false;
	s->pool->used += more;
	s->p = p;
	s->cap = cap;
	return true;
}

int sweep_add(struct sweep *s, const struct interval *x, struct err *e)
{
	if (s->n == s->cap && !grow(s)) {
		if (s->cap == 0)
			return err_nomem(e);
		if (end_run(s, e) == -1)
			return -1;
	}
	s->p[s->n++] = *x;
	return 0;
}

/* ---- merging -------------------------------------------------------------------------- */

/* The next interval of a run, or NULL at its end. */
static int refill(struct sweep *s, struct run *r, struct err *e)
{
	uint32_t n = r->left < READ ? (uint32_t)r->left : READ;

	if (r->next < r->n || n == 0)
		return 0;
	if (r->p == NULL && (r->p = malloc(READ * sizeof(*r->p))) == NULL)
		return err_nomem(e);
	if (spill_read(s->pool, r->at, r->p, n * sizeof(*r->p), e) == -1)
		return -1;
	r->at += n * sizeof(*r->p);
	r->left -= n;
	r->next = 0;
	r->n = n;
	return 0;
}

static bool before(const struct run *a, const struct run *b)
{
	return order(&a->p[a->next], &b->p[b->next]) < 0;
}

/* Let heap[at] sink to where no child comes before it. */
static void sink(struct run **heap, uint32_t n, uint32_t at)
{
	for (;;) {
		uint32_t least = at, left = 2 * at + 1;
		struct run *swap;

		for (uint32_t k = left; k < n && k < left + 2; k++)
			if (before(heap[k], heap[least]))
				least = k;
		if (least == at)
			return;
		swap = heap[at];
		heap[at] = heap[least];
		heap[least] = swap;
		at = least;
	}
}

/* ---- sweeping --------------------------------------------------------------------------- */

struct sweeping {
	keyhashes_fn *fn;
	void *ctx;
	struct interval last, reach; /* the interval before, and the one that ends last so far */
	uint64_t other;		     /* one that ${last} overlaps, or 0 */
	bool any;
};

/* ${last} has met all that can overlap it. */
static void leave(const struct sweeping *w)
{
	if (w->any && w->other != 0)
		w->fn(w->ctx, w->last.row, w->other);
}

static void meet(struct sweeping *w, const struct interval *x)
{
	bool same = w->any && w->last.group.hi == x->group.hi && w->last.group.lo == x->group.lo;
	uint64_t other = 0;

	if (same && w->other == 0 && x->from < w->last.to)
		w->other = x->row;
	leave(w);
	if (same && x->from < w->reach.to)
		other = w->reach.row;
	if (!same || x->to > w->reach.to)
		w->reach = *x;
	w->last = *x;
	w->other = other;
	w->any = true;
}

static int merge(struct sweep *s, struct sweeping *w, struct err *e)
{
	struct run **heap = malloc(s->nruns * sizeof(struct run *));
	uint32_t n = 0;
	int rc = heap != NULL ? 0 : err_nomem(e);

	for (uint32_t i = 0; rc == 0 && i < s->nruns; i++) {
		rc = refill(s, &s->runs[i], e);
		heap[n++] = &s->runs[i];
	}
	for (uint32_t i = n; rc == 0 && i-- > 0;)
		sink(heap, n, i);
	while (rc == 0 && n > 0) {
		struct run *r = heap[0];

		meet(w, &r->p[r->next++]);
		rc = refill(s, r, e);
		if (r->next == r->n)
			heap[0] = heap[--n];
		sink(heap, n, 0);
	}
	free(heap);
	return rc;
}

int sweep_overlaps(struct sweep *s, keyhashes_fn *fn, void *ctx, struct err *e)
{
	struct sweeping w = {.fn = fn, .ctx = ctx};

	if (s->nruns > 0) {
		if (s->n > 0 && end_run(s, e) == -1)
			return -1;
		if (merge(s, &w, e) == -1)
			return -1;
	} else if (s->n > 0) {
		qsort(s->p, s->n, sizeof(*s->p), order);
		for (size_t i = 0; i < s->n; i++)
			meet(&w, &s->p[i]);
	}
	leave(&w);
	return 0;
}
