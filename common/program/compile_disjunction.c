/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

#include "common/base/rng.h"
#include "common/relation/foreign.h"

/*
 * Checks that can be met in several ways: a row draws its branch first, then its columns from
 * what the branch leaves of them.  Of a column that cannot be drawn so (a key, a sequence, a
 * foreign key) the value comes first, and the row draws among the ways it allows.
 */

/* ---- what a branch says of a column ---------------------------------------------------- */

/* Whether d says more of the column's values than base, which holds for every
 * row. */
bool compile_of_values(const struct sql_domain *d, const struct sql_domain *base)
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
	       d->max_count != base->max_count || d->members != base->members;
}

/* Whether some branch restricts the column's values, and not only its NULLs. */
static bool any_values(const struct compiler *k, const struct sql_choice *g, uint32_t i)
{
	for (uint32_t w = 0; w < g->n; w++)
		if (!g->dom[w][i].must_null &&
			compile_of_values(&g->dom[w][i], &k->narrow.dom[g->cols[i]]))
			return true;
	return false;
}

/* Whether a row that has a parent by the foreign key of column c can be left
 * without it, which is to make the column NULL, and with it those of the key's
 * other columns that may be NULL. MATCH SIMPLE, which asks nothing of a key that
 * is NULL in part, allows that; of MATCH FULL all columns have to be NULL. Keys
 * with an exact number of children, and those whose rules ask for NULLs in part,
 * stay as they are. */
static bool may_leave(const struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct pg_constraint *con;
	const struct plan_fk *fk;

	if (k->b->columns[c].source != PLAN_FOREIGN || k->b->columns[c].ntransforms > 0)
		return false;
	fk = &k->b->t->fks[pc->fk];
	con = &compiler_table(k)->cons[fk->con];
	for (uint32_t i = 0; con->match == PG_MATCH_FULL && i < con->ncols; i++)
		if (pg_column_not_null(compiler_column(k, con->cols[i])))
			return false;
	return how_picks(k->b->fks[pc->fk].how) && !how_exact(k->b->fks[pc->fk].how) &&
	       !(fk->partial_nulls > 0);
}

/* Whether the column is NULL in some rows whatever its rate of NULLs is: at the
 * roots of a tree, and where a key follows another one without a parent. */
static bool has_own_nulls(const struct compiler *k, uint32_t c)
{
	const uint32_t f = k->b->t->columns[c].fk;
	const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[f].con];

	return how_forest(k->b->fks[f].how) || (how_follows(k->b->fks[f].how) && con->ncols > 1);
}

bool compile_loose_fk(const struct compiler *k, uint32_t c)
{
	return may_leave(k, c) && !has_own_nulls(k, c);
}

/* How a column takes part in a disjunction. A column that draws gets a generator
 * for each branch. One whose NULLs alone matter is NULL or not by branch. Keys,
 * sequences, aggregates and foreign keys are made first, and rule out branches
 * that they do not fit. A foreign key that is NULL in some rows anyway does both:
 * its NULLs rule branches out, and a branch may leave other rows without their
 * parent. */
static enum disjunction_role role_of(
	const struct compiler *k, const struct sql_choice *g, uint32_t i)
{
	const uint32_t c = g->cols[i];
	const struct program_column *b = &k->b->columns[c];
	const bool values = any_values(k, g, i);

	if (b->source == PLAN_ALWAYS_NULL)
		return ROLE_FIXED;
	if (b->source == PLAN_FOREIGN && (values || !may_leave(k, c) || k->not_null[c]))
		return ROLE_FIXED;
	if (b->source == PLAN_FOREIGN)
		return has_own_nulls(k, c) ? ROLE_LEFT : ROLE_NULLS;
	if (b->source != PLAN_GENERATOR || b->gen.op == NULL)
		return ROLE_NONE;
	if (b->gen.op->aggregates)
		return ROLE_FIXED;
	if (compile_draws(k, c) && !k->member[c])
		return ROLE_DRAWN;
	if (!values && !k->not_null[c])
		return ROLE_NULLS;
	return b->gen.op->derives ? ROLE_NONE : ROLE_FIXED;
}

/* ---- ways ------------------------------------------------------------------------------ */

/* What one branch leaves of a column, with a generator of its own if values are
 * restricted. 1 means that the branch has no value for it. */
int compile_branch(struct compiler *k, uint32_t c, const struct sql_domain *d,
	const struct sql_domain *base, enum disjunction_role role, struct program_branch *to,
	struct err *why)
{
	struct program_column *b = &k->b->columns[c];
	struct gen_column *gc;

	*to = (struct program_branch){.null = d->must_null	 ? BRANCH_NULL_ALWAYS
					      : d->must_not_null ? BRANCH_NULL_NEVER
								 : BRANCH_NULL_DRAWN};
	if (d->must_null && k->not_null[c])
		return 1;
	if (role != ROLE_DRAWN || d->must_null || !compile_of_values(d, base))
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
	if (to->gen->max_bytes > b->branches_bytes)
		b->branches_bytes = to->gen->max_bytes;
	return 0;
}

/* Adds a branch if every column has values in it; if not, it is left out. */
static int add_branch(struct compiler *k, struct program_disjunction *x, const struct sql_choice *g,
	uint32_t w, const enum disjunction_role *role, struct err *why)
{
	uint32_t nfixed = 0;

	for (uint32_t i = 0; i < g->ncols; i++) {
		struct program_column *b = &k->b->columns[g->cols[i]];
		int rc;

		if (role[i] == ROLE_FIXED || role[i] == ROLE_LEFT)
			x->dom[x->n][nfixed++] = g->dom[w][i];
		if (role[i] == ROLE_NONE || role[i] == ROLE_FIXED)
			continue;
		rc = compile_branch(k, g->cols[i], &g->dom[w][i], &k->narrow.dom[g->cols[i]],
			role[i], &b->branches[x->n], why);
		if (rc != 0)
			return rc;
	}
	x->n++;
	return 0;
}

/* Divides the columns into those that are made before the branch is drawn and
 * those that depend on it. */
static int columns(struct compiler *k, struct program_disjunction *x, const struct sql_choice *g,
	enum disjunction_role *role)
{
	for (uint32_t i = 0; i < g->ncols; i++) {
		struct program_column *b = &k->b->columns[g->cols[i]];

		role[i] = role_of(k, g, i);
		if (role[i] == ROLE_NONE)
			continue;
		if (role[i] == ROLE_FIXED || role[i] == ROLE_LEFT)
			x->fixed[x->nfixed++] = g->cols[i];
		if (role[i] == ROLE_FIXED)
			continue;
		b->disjunction = (int)k->b->ndisjunctions;
		b->branches = arena_array(k->a, g->n, sizeof(b->branches[0]));
		if (b->branches == NULL)
			return err_nomem(k->e);
		if (b->source == PLAN_FOREIGN)
			x->nulls_of[i] = k->b->t->fks[k->b->t->columns[g->cols[i]].fk].null_rate;
		if (role[i] == ROLE_LEFT)
			x->leave[x->nfixed - 1] =
				x->nulls_of[i] > 0 ? LEAVE_FREELY : LEAVE_IF_NEEDED;
	}
	for (uint32_t i = 0; i < g->ncols; i++) /* the branch decides, for all of a key */
		if ((role[i] == ROLE_NULLS || role[i] == ROLE_LEFT) &&
			k->b->columns[g->cols[i]].source == PLAN_FOREIGN)
			k->b->fks[k->b->t->columns[g->cols[i]].fk].null_rate = 0;
	return 0;
}

static int refuse(struct compiler *k, const struct sql_choice *g, const struct err *why)
{
	char shown[STR_SHOWN];

	return compile_problem(k, "check_unsatisfiable", false, compiler_column(k, g->cols[0]),
		NULL, "no way to satisfy check %s, %s: %s", k->compiled[g->check].con->name,
		str_shown(shown, k->compiled[g->check].con->definition), why->msg);
}

/* One disjunction. It is refused only if none of its branches has values. */
static int disjunction(struct compiler *k, const struct sql_choice *g)
{
	struct program_disjunction *x = &k->b->disjunctions[k->b->ndisjunctions];
	enum disjunction_role *role = arena_array(k->a, g->ncols + 1UL, sizeof(*role));
	struct err why = {.kind = ERR_NONE};

	*x = (struct program_disjunction){
		.key = compile_key_of(k, k->compiled[g->check].con->name, "way"),
		.cols = g->cols,
		.ncols = g->ncols,
		.nulls = g->nulls,
		.fixed = arena_array(k->a, g->ncols + 1UL, sizeof(x->fixed[0])),
		.leave = arena_array(k->a, g->ncols + 1UL, sizeof(x->leave[0])),
		.nulls_of = arena_array(k->a, g->ncols + 1UL, sizeof(x->nulls_of[0])),
		.below = arena_array(k->a, g->n, sizeof(x->below[0])),
		.dom = arena_array(k->a, g->n, sizeof(x->dom[0]))};
	if (role == NULL || x->fixed == NULL || x->nulls_of == NULL || x->below == NULL ||
		x->dom == NULL || x->leave == NULL)
		return err_nomem(k->e);
	if (columns(k, x, g, role) == -1)
		return -1;
	for (uint32_t w = 0; w < g->n; w++) {
		x->dom[x->n] = arena_array(k->a, x->nfixed + 1UL, sizeof(x->dom[0][0]));
		if (x->dom[x->n] == NULL)
			return err_nomem(k->e);
		if (add_branch(k, x, g, w, role, &why) == -1)
			return -1;
	}
	x->nfree = x->n;
	k->b->ndisjunctions++;
	return x->n > 0 ? 0 : refuse(k, g, &why);
}

int compile_disjunctions(struct compiler *k)
{
	struct table_program *b = k->b;

	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++)
		b->columns[c].disjunction = -1;
	b->disjunctions =
		arena_array(k->a, (size_t)k->narrow.ndisjunctions + k->nsets + k->nintervals + 1,
			sizeof(b->disjunctions[0]));
	if (b->disjunctions == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; k->narrow.dom != NULL && i < k->narrow.ndisjunctions; i++)
		if (disjunction(k, &k->narrow.disjunctions[i]) == -1)
			return -1;
	return 0;
}

/* ---- weights --------------------------------------------------------------------------- */

/* Whether what a branch says of the NULLs of column i has no weight of its own:
 * the roots of a tree are NULL whatever the branches say, and the columns of a
 * foreign key are NULL together. */
static bool is_decided(
	const struct compiler *k, const struct program_disjunction *x, uint32_t w, uint32_t i)
{
	const struct program_column *b = &k->b->columns[x->cols[i]], *before;

	for (uint32_t f = 0; f < x->nfixed; f++)
		if (x->fixed[f] == x->cols[i] && x->leave[f] == LEAVE_IF_NEEDED)
			return true;
	for (uint32_t j = 0; j < i && b->source == PLAN_FOREIGN; j++) {
		before = &k->b->columns[x->cols[j]];
		if (before->source == PLAN_FOREIGN && before->branches != NULL &&
			k->b->t->columns[x->cols[j]].fk == k->b->t->columns[x->cols[i]].fk &&
			before->branches[w].null == b->branches[w].null)
			return true;
	}
	return false;
}

/* Whether column i is computed from another column of the disjunction that the branch has NULL: a
 * type's id. Its NULLs are then that column's. */
static bool follows_null(
	const struct compiler *k, const struct program_disjunction *x, uint32_t w, uint32_t i)
{
	const struct program_column *b = &k->b->columns[x->cols[i]], *in;

	for (uint32_t n = 0; compile_derives(b) && n < b->gen.nin; n++) {
		in = b->gen.in[n].from == GEN_ROW ? &k->b->columns[b->gen.in[n].column] : NULL;
		if (in != NULL && in->branches != NULL && in->disjunction == b->disjunction &&
			in->branches[w].null == BRANCH_NULL_ALWAYS)
			return k->b->t->columns[x->cols[i]].null_rate <= 0;
	}
	return false;
}

/* Branches are equally likely, except where the rates of NULLs rule one out.
 * Patterns of NULLs come as often as columns that are NULL independently would
 * have them. */
static double weight_of(const struct compiler *k, const struct program_disjunction *x, uint32_t w)
{
	double all = 1;

	for (uint32_t i = 0; i < x->ncols; i++) {
		const struct program_column *b = &k->b->columns[x->cols[i]];
		double rate = b->source == PLAN_FOREIGN ? x->nulls_of[i]
							: k->b->t->columns[x->cols[i]].null_rate;

		if (b->branches == NULL || b->branches[w].null == BRANCH_NULL_DRAWN ||
			is_decided(k, x, w, i) || follows_null(k, x, w, i))
			continue;
		all *= b->branches[w].null == BRANCH_NULL_ALWAYS ? rate : 1 - rate;
	}
	return x->nulls || !(all > 0) ? all : 1;
}

/* Cumulates the weights into integers, so that a draw is the same on every
 * machine. Columns of a disjunction are tied together: when a check fails for
 * one of them, the branch and all that depends on it are drawn again. */
void compile_branch_weights(struct compiler *k)
{
	for (uint32_t i = 0; i < k->b->ndisjunctions; i++) {
		struct program_disjunction *x = &k->b->disjunctions[i];
		double total = 0, sum = 0;

		for (uint32_t w = 0; w < x->n; w++)
			total += weight_of(k, x, w);
		for (uint32_t w = 0; w < x->n; w++) {
			sum += total > 0 ? weight_of(k, x, w) / total : 1.0 / x->n;
			x->below[w] = (uint64_t)(sum * (double)BRANCH_WEIGHTS);
		}
		x->below[x->n > 0 ? x->n - 1 : 0] = BRANCH_WEIGHTS;
		for (uint32_t c = 0; c < x->ncols; c++) {
			struct program_column *b = &k->b->columns[x->cols[c]];

			x->tied |= b->tied;
			if (b->source == PLAN_FOREIGN && b->branches != NULL)
				b->null_below = rng_share(x->nulls_of[c]);
		}
		for (uint32_t c = 0; c < x->ncols; c++)
			if (k->b->columns[x->cols[c]].branches != NULL)
				k->b->columns[x->cols[c]].tied |= x->tied;
	}
}
