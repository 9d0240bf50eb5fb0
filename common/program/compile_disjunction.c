/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

#include "common/relation/foreign.h"

/*
 * Checks that can be met in several ways: a row draws its way first, then its columns from
 * what the way leaves of them.  Of a column that cannot be drawn so (a key, a sequence, a
 * foreign key) the value comes first, and the row draws among the ways it allows.
 */

/* ---- what a way says of a column ---------------------------------------------------- */

/* Whether d says more of the column's values than base, which holds for every
 * row. */
bool bind_of_values(const struct sql_domain *d, const struct sql_domain *base)
{
	return d->has_lo != base->has_lo || d->has_hi != base->has_hi || d->lo != base->lo ||
	       d->hi != base->hi || d->flo < base->flo || d->flo > base->flo ||
	       d->fhi < base->fhi || d->fhi > base->fhi || d->flo_open != base->flo_open ||
	       d->fhi_open != base->fhi_open || (d->set == NULL) != (base->set == NULL) ||
	       (d->texts == NULL) != (base->texts == NULL) || d->nset != base->nset ||
	       d->nnot != base->nnot || d->min_len != base->min_len ||
	       d->max_len != base->max_len || d->contains != base->contains ||
	       d->npatterns != base->npatterns || d->no_upper != base->no_upper ||
	       d->no_lower != base->no_lower || d->step != base->step ||
	       d->counted != base->counted || d->min_count != base->min_count ||
	       d->max_count != base->max_count;
}

/* Whether some branch restricts the column's values, and not only its NULLs. */
static bool any_values(const struct binder *k, const struct sql_choice *g, uint32_t i)
{
	for (uint32_t w = 0; w < g->n; w++)
		if (!g->dom[w][i].must_null &&
			bind_of_values(&g->dom[w][i], &k->narrow.dom[g->cols[i]]))
			return true;
	return false;
}

/* Whether it is a foreign key of one column whose NULLs nothing else decides. */
bool bind_loose_fk(const struct binder *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	struct plan_how how;

	if (k->b->columns[c].source != PLAN_FOREIGN)
		return false;
	how = k->b->fks[pc->fk].how;
	return bind_table(k)->cons[k->b->t->fks[pc->fk].con].ncols == 1 && !how_exact(how) &&
	       how_picks(how) && k->b->columns[c].nxforms == 0;
}

/* How a column takes part in a disjunction. A column that draws gets a generator
 * for each branch. One whose NULLs alone matter is NULL or not by branch. Keys,
 * sequences, aggregates and foreign keys are made first, and rule out branches
 * that they do not fit. */
static enum bind_part part_of(const struct binder *k, const struct sql_choice *g, uint32_t i)
{
	const uint32_t c = g->cols[i];
	const struct bound_column *b = &k->b->columns[c];
	const bool values = any_values(k, g, i);

	if (b->source == PLAN_ALWAYS_NULL)
		return BIND_PART_FIXED;
	if (b->source == PLAN_FOREIGN)
		return values || !bind_loose_fk(k, c) || k->not_null[c] ? BIND_PART_FIXED
									: BIND_PART_NULLS;
	if (b->source != PLAN_GENERATOR || b->gen.op == NULL)
		return BIND_PART_NONE;
	if (b->gen.op->folds)
		return BIND_PART_FIXED;
	if (bind_draws(k, c) && !k->member[c])
		return BIND_PART_DRAWN;
	if (!values && !k->not_null[c])
		return BIND_PART_NULLS;
	return b->gen.op->derives ? BIND_PART_NONE : BIND_PART_FIXED;
}

/* ---- ways ------------------------------------------------------------------------------ */

/* What one branch leaves of a column, with a generator of its own if values are
 * restricted. 1 means that the branch has no value for it. */
int bind_way(struct binder *k, uint32_t c, const struct sql_domain *d,
	const struct sql_domain *base, enum bind_part part, struct bound_way *to, struct err *why)
{
	struct bound_column *b = &k->b->columns[c];
	struct gen_column *gc;

	*to = (struct bound_way){.null = d->must_null	    ? BIND_NULL_ALWAYS
					 : d->must_not_null ? BIND_NULL_NEVER
							    : BIND_NULL_DRAWN};
	if (d->must_null && k->not_null[c])
		return 1;
	if (part != BIND_PART_DRAWN || d->must_null || !bind_of_values(d, base))
		return 0;
	gc = arena_alloc(k->a, sizeof(*gc));
	to->gen = arena_alloc(k->a, sizeof(*to->gen));
	if (gc == NULL || to->gen == NULL)
		return err_nomem(k->e);
	*gc = b->gc;
	gc->dom = d;
	if (gen_prepare(to->gen, b->gen.op, gc, k->b->t->columns[c].params, k->a, why) == -1) {
		if (why->kind != ERR_TEMP)
			return 1;
		*k->e = *why;
		return -1;
	}
	if (to->gen->ordinal && to->gen->space == 0)
		to->gen->space =
			((uint64_t)to->gen->hi - (uint64_t)to->gen->lo) / (uint64_t)to->gen->step +
			1;
	if (to->gen->max_bytes > b->ways_bytes)
		b->ways_bytes = to->gen->max_bytes;
	return 0;
}

/* Adds a branch if every column has values in it; if not, it is left out. */
static int add_way(struct binder *k, struct bound_choice *x, const struct sql_choice *g, uint32_t w,
	const enum bind_part *part, struct err *why)
{
	uint32_t nfixed = 0;

	for (uint32_t i = 0; i < g->ncols; i++) {
		struct bound_column *b = &k->b->columns[g->cols[i]];
		int rc;

		if (part[i] == BIND_PART_FIXED)
			x->dom[x->n][nfixed++] = g->dom[w][i];
		if (part[i] != BIND_PART_DRAWN && part[i] != BIND_PART_NULLS)
			continue;
		rc = bind_way(k, g->cols[i], &g->dom[w][i], &k->narrow.dom[g->cols[i]], part[i],
			&b->ways[x->n], why);
		if (rc != 0)
			return rc;
	}
	x->n++;
	return 0;
}

/* Divides the columns into those that are made before the branch is drawn and
 * those that depend on it. */
static int columns(
	struct binder *k, struct bound_choice *x, const struct sql_choice *g, enum bind_part *part)
{
	for (uint32_t i = 0; i < g->ncols; i++) {
		struct bound_column *b = &k->b->columns[g->cols[i]];

		part[i] = part_of(k, g, i);
		if (part[i] == BIND_PART_FIXED)
			x->fixed[x->nfixed++] = g->cols[i];
		if (part[i] != BIND_PART_DRAWN && part[i] != BIND_PART_NULLS)
			continue;
		b->choice = (int)k->b->nchoices;
		b->ways = arena_array(k->a, g->n, sizeof(b->ways[0]));
		if (b->ways == NULL)
			return err_nomem(k->e);
		if (b->source == PLAN_FOREIGN) {
			uint32_t f = k->b->t->columns[g->cols[i]].fk;

			x->nulls_of[i] = k->b->fks[f].null_rate;
			k->b->fks[f].null_rate = 0; /* the way decides */
		}
	}
	return 0;
}

static int refuse(struct binder *k, const struct sql_choice *g, const struct err *why)
{
	char shown[STR_SHOWN];

	return bind_problem(k, "check_unsatisfiable", false, bind_column(k, g->cols[0]), NULL,
		"no way to satisfy check %s, %s: %s", k->compiled[g->check].con->name,
		str_shown(shown, k->compiled[g->check].con->definition), why->msg);
}

/* One disjunction. It is refused only if none of its branches has values. */
static int choice(struct binder *k, const struct sql_choice *g)
{
	struct bound_choice *x = &k->b->choices[k->b->nchoices];
	enum bind_part *part = arena_array(k->a, g->ncols + 1UL, sizeof(*part));
	struct err why = {.kind = ERR_NONE};

	*x = (struct bound_choice){.key = bind_key_of(k, k->compiled[g->check].con->name, "way"),
		.cols = g->cols,
		.ncols = g->ncols,
		.nulls = g->nulls,
		.fixed = arena_array(k->a, g->ncols + 1UL, sizeof(x->fixed[0])),
		.nulls_of = arena_array(k->a, g->ncols + 1UL, sizeof(x->nulls_of[0])),
		.below = arena_array(k->a, g->n, sizeof(x->below[0])),
		.dom = arena_array(k->a, g->n, sizeof(x->dom[0]))};
	if (part == NULL || x->fixed == NULL || x->nulls_of == NULL || x->below == NULL ||
		x->dom == NULL)
		return err_nomem(k->e);
	if (columns(k, x, g, part) == -1)
		return -1;
	for (uint32_t w = 0; w < g->n; w++) {
		x->dom[x->n] = arena_array(k->a, x->nfixed + 1UL, sizeof(x->dom[0][0]));
		if (x->dom[x->n] == NULL)
			return err_nomem(k->e);
		if (add_way(k, x, g, w, part, &why) == -1)
			return -1;
	}
	x->nfree = x->n;
	k->b->nchoices++;
	return x->n > 0 ? 0 : refuse(k, g, &why);
}

int bind_choices(struct binder *k)
{
	struct bound *b = k->b;

	for (uint32_t c = 0; c < bind_table(k)->ncolumns; c++)
		b->columns[c].choice = -1;
	b->choices = arena_array(
		k->a, (size_t)k->narrow.nchoices + k->nsets + k->nspans + 1, sizeof(b->choices[0]));
	if (b->choices == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; k->narrow.dom != NULL && i < k->narrow.nchoices; i++)
		if (choice(k, &k->narrow.choices[i]) == -1)
			return -1;
	return 0;
}

/* ---- weights --------------------------------------------------------------------------- */

/* Branches are equally likely, except where the rates of NULLs rule one out.
 * Patterns of NULLs come as often as columns that are NULL independently would
 * have them. */
static double weight_of(const struct binder *k, const struct bound_choice *x, uint32_t w)
{
	double all = 1;

	for (uint32_t i = 0; i < x->ncols; i++) {
		const struct bound_column *b = &k->b->columns[x->cols[i]];
		double rate = b->source == PLAN_FOREIGN ? x->nulls_of[i]
							: k->b->t->columns[x->cols[i]].null_rate;

		if (b->ways == NULL || b->ways[w].null == BIND_NULL_DRAWN)
			continue;
		for (uint32_t t = 0; t < b->nxforms; t++)
			rate = 1 - (1 - rate) * (1 - b->xforms[t].null_rate);
		all *= b->ways[w].null == BIND_NULL_ALWAYS ? rate : 1 - rate;
	}
	return x->nulls || !(all > 0) ? all : 1;
}

/* Cumulates the weights into integers, so that a draw is the same on every
 * machine. Columns of a disjunction are tied together: when a check fails for
 * one of them, the branch and all that depends on it are drawn again. */
void bind_choice_weights(struct binder *k)
{
	for (uint32_t i = 0; i < k->b->nchoices; i++) {
		struct bound_choice *x = &k->b->choices[i];
		double total = 0, sum = 0;

		for (uint32_t w = 0; w < x->n; w++)
			total += weight_of(k, x, w);
		for (uint32_t w = 0; w < x->n; w++) {
			sum += total > 0 ? weight_of(k, x, w) / total : 1.0 / x->n;
			x->below[w] = (uint64_t)(sum * (double)BIND_WEIGHTS);
		}
		x->below[x->n > 0 ? x->n - 1 : 0] = BIND_WEIGHTS;
		for (uint32_t c = 0; c < x->ncols; c++) {
			struct bound_column *b = &k->b->columns[x->cols[c]];

			x->tied |= b->tied;
			if (b->source == PLAN_FOREIGN && b->ways != NULL)
				b->null_below = share_below(x->nulls_of[c]);
		}
		for (uint32_t c = 0; c < x->ncols; c++)
			if (k->b->columns[x->cols[c]].ways != NULL)
				k->b->columns[x->cols[c]].tied |= x->tied;
	}
}
