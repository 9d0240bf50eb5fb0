/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/program/compile_equation.h"
#include "common/program/compile_samples.h"

/*
 * Equations meet the generators.  A column is computed only if that keeps the check: a sum that is
 * rounded to the column's scale need not be the sum any more, and is then left to samples (see
 * sample_set.h).  And what is drawn has to leave room: where quantity * price does not fit its
 * numeric(8,2) in most rows, the ranges of the columns without a rule are made smaller, all by
 * the same share, towards the value next to 0, until it does in nearly all.
 */

enum {
	BLOCKS = 2,    /* of samples */
	HALVINGS = 40, /* a range of 2^40 values can become one of one */
	FEW = 20,
	NEARLY = 90, /* of a hundred */
};

/* ---- which hold ---------------------------------------------------------------------------- */

/* Whether a column is derived from another, through rules and equations. */
static bool derived_from(const struct compiler *k, uint32_t c, uint32_t from, uint32_t depth)
{
	const struct program_column *b = &k->b->columns[c];

	if (c == from || depth > compiler_table(k)->ncolumns)
		return true;
	for (uint32_t i = 0; compile_derives(b) && i < b->gen.nin; i++)
		if (b->gen.in[i].from == GEN_ROW &&
			derived_from(k, b->gen.in[i].column, from, depth + 1))
			return true;
	return false;
}

/* Whether one of the equation's inputs is derived from the column that it
 * computes. */
static bool is_circle(const struct compiler *k, uint32_t c)
{
	const struct gen *g = &k->b->columns[c].gen;

	for (uint32_t i = 0; i < g->nin; i++)
		if (derived_from(k, g->in[i].column, c, 0))
			return true;
	return false;
}

/* What was prepared for the columns of equations, as if there were none. */
struct settling {
	struct compiler *k;
	struct gen *others;
	uint32_t n; /* equations that have been looked at */
};

/* Gives up an equation: its column is drawn again as before. */
static void drop(struct settling *t, uint32_t i)
{
	t->k->equations[i].dropped = true;
	t->k->b->columns[t->k->equations[i].q.col].gen = t->others[i];
}

/* Whether the equation holds for most samples for which its value can be
 * computed. */
static int holds(struct compile_samples *s, const struct compile_equation *q, bool *yes)
{
	struct compiler const *k = s->k;
	struct arena tmp = ARENA_INIT;
	struct sql_expr *can = sql_computable(q->q.value, &k->scope, k->a);
	uint8_t computed[VEC_BLOCK], held[VEC_BLOCK];
	uint32_t n = 0, good = 0;
	int rc = can == NULL ? 0 : compile_samples_has(s, q->q.holds);

	*yes = true;
	if (rc < 1)
		return rc;
	rc = 0;
	if (sql_check(can, s->at, VEC_BLOCK, computed, &tmp, k->e) == -1 ||
		sql_check(q->q.holds, s->at, VEC_BLOCK, held, &tmp, k->e) == -1)
		rc = -1;
	for (uint32_t i = 0; rc == 0 && i < VEC_BLOCK; i++) {
		n += computed[i];
		good += computed[i] & held[i];
	}
	*yes = 2 * good >= n;
	arena_free(&tmp);
	return rc;
}

/* Drops equations that rounding breaks. */
static int drop_broken(struct settling *t)
{
	struct compiler *k = t->k;
	struct compile_samples s;
	int rc = compile_samples_open(&s, k);

	if (rc == 0)
		compile_samples_begin(&s, rng_subkey(k->b->plan->seed, 1));
	for (uint32_t i = t->n; rc == 0 && i < k->nequations; i++) {
		bool yes = true;

		if (!k->equations[i].dropped)
			rc = holds(&s, &k->equations[i], &yes);
		if (!yes && t->others[i].op != NULL)
			drop(t, i);
	}
	compile_samples_close(&s);
	return rc;
}

static int drop_circles(struct settling *t)
{
	struct compiler *k = t->k;

	for (uint32_t i = t->n; i < k->nequations; i++) {
		uint32_t c = k->equations[i].q.col;

		if (!is_circle(k, c))
			continue;
		drop(t, i);
		if (t->others[i].op == NULL &&
			compile_problem(k, "generator_cannot", false, compiler_column(k, c),
				"give the column a rule",
				"what check %s computes it from is derived from it",
				k->compiled[k->equations[i].check].con->name) == -1)
			return -1;
	}
	return 0;
}

/* When an equation is dropped another column of its check may be computed, so it
 * goes on until none is dropped. */
static int settle(struct settling *t)
{
	struct compiler *k = t->k;

	while (t->n < k->nequations) {
		for (uint32_t i = t->n; i < k->nequations; i++) {
			struct program_column *b = &k->b->columns[k->equations[i].q.col];

			t->others[i] = b->gen;
			if (compile_equation_generator(
				    k, &k->equations[i], &t->others[i], &b->gen) == -1)
				return -1;
		}
		if (drop_circles(t) == -1 || drop_broken(t) == -1)
			return -1;
		t->n = k->nequations;
		while (compile_choose_equation(k))
			;
	}
	return 0;
}

/* ---- room ---------------------------------------------------------------------------------- */

/* What is asked of the computed columns, as far as samples can tell. */
struct room {
	struct compiler *k;
	struct sql_expr **x;
	uint32_t n;
	uint32_t *cols, ncols; /* whose ranges may be made smaller */
	struct gen *was;       /* by place in cols */
};

/* Whether an expression reads a column that an equation computes. */
static bool reads_computed(const struct compiler *k, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (compile_equation_of(k, cols[i]) != NULL)
			return true;
	return false;
}

/* Whether the column's range may be made smaller: numbers without a rule. */
static bool is_shrinkable(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	return compile_draws(k, c) && b->gen.ordinal && (b->type == VT_INT || b->type == VT_DEC) &&
	       !b->gc.by_rule && !k->member[c] && !compile_has_range(k, c);
}

/* Collects the checks that read computed columns, and the columns whose ranges
 * may be made smaller. */
static int room_init(struct room *r, struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns;

	*r = (struct room){.k = k,
		.x = arena_array(k->a, k->ncompiled + k->nequations + 1UL, sizeof(r->x[0])),
		.cols = arena_array(k->a, n + 1UL, sizeof(r->cols[0])),
		.was = arena_array(k->a, n + 1UL, sizeof(r->was[0]))};
	if (r->x == NULL || r->cols == NULL || r->was == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++)
		if (reads_computed(k, k->compiled[i].expr))
			r->x[r->n++] = k->compiled[i].expr;
	for (uint32_t i = 0; i < k->nequations; i++) {
		struct sql_expr *can = sql_computable(k->equations[i].q.value, &k->scope, k->a);

		if (!k->equations[i].dropped && can != NULL)
			r->x[r->n++] = can;
	}
	for (uint32_t c = 0; c < n; c++) {
		bool input = false;

		for (uint32_t i = 0; i < k->nequations; i++)
			input = input || (!k->equations[i].dropped &&
						 derived_from(k, k->equations[i].q.col, c, 0));
		if (input && is_shrinkable(k, c)) {
			r->was[r->ncols] = k->b->columns[c].gen;
			r->cols[r->ncols++] = c;
		}
	}
	return 0;
}

/* Makes every range eighths / 2^(3 + halvings) of what it was, towards the value
 * next to 0. */
static void shrink(struct room *r, uint64_t eighths, uint32_t halvings)
{
	for (uint32_t i = 0; i < r->ncols; i++) {
		const struct gen *was = &r->was[i];
		struct gen *g = &r->k->b->columns[r->cols[i]].gen;
		uint64_t last = was->space - 1, zero, below, above;
		__int128 at = was->lo >= 0 ? 0 : -(__int128)was->lo / was->step;

		zero = at > (__int128)last ? last : (uint64_t)at;
		below = (uint64_t)(((unsigned __int128)zero * eighths) >> (3 + halvings));
		above = (uint64_t)(((unsigned __int128)(last - zero) * eighths) >> (3 + halvings));
		g->lo = (int64_t)((uint64_t)was->lo + (uint64_t)was->step * (zero - below));
		g->space = below + above + 1;
		g->hi = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * (g->space - 1));
	}
}

/* Samples of the columns that are in order by construction. */
static int sample_orders(struct compile_samples *s)
{
	const struct sql_narrow *all = &s->k->narrow;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < all->norders; i++) {
		const struct vec *v;

		rc = compile_samples_of(s, all->orders[i].left, &v);
		if (rc == 0)
			rc = compile_samples_of(s, all->orders[i].right, &v);
	}
	return rc;
}

/* Whether a sample respects the orders that rows have by construction; others do
 * not count. */
static bool in_order(const struct compile_samples *s, uint32_t row)
{
	const struct sql_narrow *all = &s->k->narrow;

	for (uint32_t i = 0; i < all->norders; i++) {
		const struct sql_order *o = &all->orders[i];
		const struct vec *l = s->at[o->left], *r = s->at[o->right];

		if (l == NULL || r == NULL || l->type != r->type || l->scale != r->scale ||
			!compile_draws(s->k, o->left) || !compile_draws(s->k, o->right) ||
			!vec_is_ordinal(l->type))
			continue;
		if ((__int128)l->v.i[row] < (__int128)r->v.i[row] + o->gap)
			return false;
	}
	return true;
}

/* How many of a hundred samples in order pass all that is asked; ${unknown} if too few
 * are in order to tell. */
static int share(
	const struct room *r, struct compile_samples *s, uint32_t unknown, uint32_t *percent)
{
	enum { ENOUGH = 64 };
	struct arena tmp = ARENA_INIT;
	uint32_t n = 0, good = 0;
	int rc = 0;

	for (uint64_t block = 0; rc == 0 && block < BLOCKS; block++) {
		uint8_t pass[VEC_BLOCK], one[VEC_BLOCK];

		memset(pass, 1, sizeof(pass));
		compile_samples_begin(s, rng_subkey(r->k->b->plan->seed, 2 + block));
		rc = sample_orders(s);
		for (uint32_t i = 0; rc == 0 && i < r->n; i++) {
			if ((rc = compile_samples_has(s, r->x[i])) < 1)
				continue;
			rc = sql_check(r->x[i], s->at, VEC_BLOCK, one, &tmp, r->k->e);
			for (uint32_t j = 0; rc >= 0 && j < VEC_BLOCK; j++)
				pass[j] &= one[j];
			rc = rc > 0 ? 0 : rc;
			arena_reset(&tmp);
		}
		for (uint32_t i = 0; rc == 0 && i < VEC_BLOCK; i++) {
			bool counts = in_order(s, i);

			n += counts;
			good += counts && pass[i];
		}
	}
	arena_free(&tmp);
	*percent = n < ENOUGH ? unknown : good * 100 / n;
	return rc;
}

/* Halves the ranges until nearly all samples pass, then gives back as much as
 * possible in eighths. Where at most some pass, as where a sum has a lower bound too, the ranges in
 * which most do are kept. If smaller ranges do not help, the reason is another one,
 * and all is left as it was. Where enough samples pass from the start nothing is
 * changed: drawing again, or a sample set, will do. */
static int make_room(struct room *r, struct compile_samples *s)
{
	uint32_t percent = 0, halvings = 0, best = 0, most = 0;

	if (share(r, s, 100, &percent) == -1)
		return -1;
	if (percent >= FEW)
		return 0; /* samples, or another draw, will do */
	while (percent < NEARLY && halvings < HALVINGS) {
		shrink(r, 8, ++halvings);
		if (share(r, s, 0, &percent) == -1)
			return -1;
		if (percent > most) {
			most = percent;
			best = halvings;
		}
	}
	if (percent < NEARLY) {
		shrink(r, 8, most >= FEW ? best : 0); /* 0: it is not for want of room */
		return 0;
	}
	for (uint64_t eighths = 15; eighths > 8; eighths--) {
		shrink(r, eighths, halvings);
		if (share(r, s, 0, &percent) == -1)
			return -1;
		if (percent >= NEARLY)
			return 0;
	}
	shrink(r, 8, halvings);
	return 0;
}

int compile_settle_equations(struct compiler *k)
{
	struct settling t = {
		.k = k, .others = arena_array(k->a, BIND_EQUATIONS + 1UL, sizeof(*t.others))};
	struct compile_samples s;
	struct room r;
	int rc;

	if (k->nequations == 0)
		return 0;
	if (t.others == NULL)
		return err_nomem(k->e);
	if (settle(&t) == -1 || room_init(&r, k) == -1)
		return -1;
	rc = compile_samples_open(&s, k);
	if (rc == 0 && r.n > 0 && r.ncols > 0)
		rc = make_room(&r, &s);
	compile_samples_close(&s);
	return rc;
}
