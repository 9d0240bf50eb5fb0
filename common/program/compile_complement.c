/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

#include "common/relation/foreign.h"

/*
 * Rows that a partial key has no room for must not meet its predicate: of the conditions it
 * joins, one is denied, by what the columns it reads are drawn from in those rows.  They are
 * ways of a choice, beside those of the rows that may meet it; the row's place in the key,
 * not a draw, says which of the two kinds it takes one of.
 */

enum { CONDITIONS = 16 };

/* ---- what can be denied ----------------------------------------------------------------- */

/* Narrows by the checks, by the complements so far, and by one more. */
static enum sql_status narrow(
	struct compiler *k, struct sql_expr *more, struct sql_narrow *to, struct err *why)
{
	uint32_t n = k->ncompiled;
	struct sql_expr **x = arena_array(k->a, n + k->ncomplements + 2UL, sizeof(*x));

	if (x == NULL)
		return err_nomem(why);
	if (n > 0)
		memcpy(x, k->exprs, n * sizeof(*x));
	for (uint32_t i = 0; i < k->ncomplements; i++)
		x[n++] = k->complements[i].not ;
	if (more != NULL)
		x[n++] = more;
	return sql_narrow(to, &k->scope, x, n, k->a, why);
}

/* Whether the column's transforms leave values as they are, except for NULLs, which are no
 * transform any more in a plan that plan-check resolved. */
bool compile_only_nulls(const struct plan_column *c)
{
	return c->ntransforms == 0;
}

/* Whether a disjunction reads the column as it is, so that no branch can change
 * it. */
static bool is_fixed(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->b->ndisjunctions; i++)
		for (uint32_t f = 0; f < k->b->disjunctions[i].nfixed; f++)
			if (k->b->disjunctions[i].fixed[f] == c)
				return true;
	return false;
}

/* How a complement may use column c, d being what it leaves of it. */
static enum disjunction_role part_of(const struct compiler *k, uint32_t c,
	const struct sql_domain *d, const struct sql_domain *base, uint32_t key)
{
	const struct program_column *b = &k->b->columns[c];
	bool values = !d->must_null && compile_of_values(d, base);

	if (is_fixed(k, c) || (d->must_null && k->not_null[c]))
		return ROLE_NONE;
	if (b->source == PLAN_FOREIGN)
		return !values && !k->not_null[c] && compile_loose_fk(k, c) ? ROLE_NULLS
									    : ROLE_NONE;
	if (b->source != PLAN_GENERATOR || b->gen.op == NULL || b->gen.op->aggregates)
		return ROLE_NONE;
	if (!values)
		return ROLE_NULLS;
	return compile_draws(k, c) && (b->pick == DRAW_RANDOM || b->key == key) &&
			       compile_only_nulls(&k->b->t->columns[c])
		       ? ROLE_DRAWN
		       : ROLE_NONE;
}

/* Whether the narrowing does not say all that an expression asks. */
static bool is_residual(const struct sql_narrow *n, uint32_t i)
{
	for (uint32_t r = 0; r < n->nresidual; r++)
		if (n->residual[r] == i)
			return true;
	return false;
}

/* Whether a branch decides about the column. */
static bool in_choice(const struct sql_narrow *n, uint32_t c)
{
	for (uint32_t i = 0; i < n->ndisjunctions; i++)
		for (uint32_t j = 0; j < n->disjunctions[i].ncols; j++)
			if (n->disjunctions[i].cols[j] == c)
				return true;
	return false;
}

/* Whether rows can be kept outside a predicate by denying this condition: each
 * of its columns must be free to take a value that denies it. */
static bool usable(struct compiler *k, struct sql_expr * not, const struct sql_narrow *with,
	const struct sql_narrow *base, uint32_t key)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(not, &n);

	if (is_residual(with, k->ncompiled + k->ncomplements))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const struct sql_domain *d = &with->dom[cols[i]];
		enum disjunction_role p = part_of(k, cols[i], d, &base->dom[cols[i]], key);
		struct program_branch ignored;
		struct err why = {.kind = ERR_NONE};

		if (p == ROLE_NONE)
			return false;
		if (!in_choice(with, cols[i]) &&
			compile_branch(k, cols[i], d, &base->dom[cols[i]], p, &ignored, &why) != 0)
			return false;
	}
	return true;
}

/* Chooses the first condition of a predicate that can be denied. Each is tried
 * by narrowing the checks together with its negation: if that leaves values for
 * every column that it reads, rows can be kept outside the predicate. Returns 1
 * if there is such a condition. */
int compile_complement(struct compiler *k, const struct distinct_set *s, uint32_t key)
{
	struct sql_expr * not [CONDITIONS];
	uint32_t n = s->where != NULL ? sql_denials(s->where, not, CONDITIONS, k->a) : 0;
	struct sql_narrow base, with;
	struct err why = {.kind = ERR_NONE};

	if (n > 0 && narrow(k, NULL, &base, &why) != SQL_OK)
		return why.kind == ERR_TEMP ? (*k->e = why, -1) : 0;
	for (uint32_t i = 0; i < n; i++) {
		enum sql_status st = narrow(k, not [i], &with, &why);
		uint32_t ncols;
		const uint32_t *cols = sql_columns(not [i], &ncols);

		if (st == SQL_FAILED && why.kind == ERR_TEMP)
			return *k->e = why, -1;
		if (st != SQL_OK || !usable(k, not [i], &with, &base, key))
			continue;
		k->complements[k->ncomplements++] = (struct complement){not [i], key};
		for (uint32_t c = 0; c < ncols; c++)
			k->complemented[cols[c]] = true;
		return 1;
	}
	return 0;
}

/* Which columns the predicate makes constant: in UNIQUE (a, b) WHERE b = 1 only
 * a tells rows apart. */
int compile_pinned(struct compiler *k, struct sql_expr *where, bool *pinned)
{
	struct err why = {.kind = ERR_NONE};
	struct sql_narrow n;

	if (sql_narrow(&n, &k->scope, &where, 1, k->a, &why) != SQL_OK)
		return why.kind == ERR_TEMP ? (*k->e = why, -1) : 0;
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		const struct sql_domain *d = &n.dom[c];

		pinned[c] = d->must_null || d->nset == 1 ||
			    (d->has_lo && d->has_hi && d->lo == d->hi &&
				    vec_is_ordinal(k->b->columns[c].type));
	}
	return 0;
}

/* ---- the ways ------------------------------------------------------------------------------ */

/* Columns that are chosen together, and what is there of them already. */
struct group {
	uint32_t *cols, ncols;
	int disjunction; /* in bound.choices, or -1 */
	bool several;
	bool *complement;	       /* [k->ncomplements] */
	const struct sql_domain *base; /* by column: what holds in every row */
	const struct sql_narrow *with;
	const struct sql_choice *correlated; /* of with, or NULL: its domains are the only branch */
};

/* Takes in n columns if one of them is in the group already. */
static bool join(struct group *g, const uint32_t *cols, uint32_t n)
{
	bool shares = g->ncols == 0;

	for (uint32_t i = 0; i < n; i++)
		shares = shares || pg_has_column(g->cols, g->ncols, cols[i]);
	for (uint32_t i = 0; i < n && shares; i++)
		if (!pg_has_column(g->cols, g->ncols, cols[i]))
			g->cols[g->ncols++] = cols[i];
	return shares;
}

/* Takes in a disjunction that shares columns with the group. Two of them cannot
 * be combined. */
static bool join_choice(const struct compiler *k, struct group *g, uint32_t i)
{
	const struct program_disjunction *x = &k->b->disjunctions[i];

	if (g->disjunction == (int)i || !join(g, x->cols, x->ncols))
		return false;
	g->several = g->several || g->disjunction >= 0;
	g->disjunction = (int)i;
	return true;
}

/* Grows the group until no complement and no disjunction shares a column with it.
 * Columns that are chosen by one draw must all be in it; two disjunctions in one
 * group would need every combination of their branches, which is refused. */
static void grow(const struct compiler *k, struct group *g, uint32_t first)
{
	uint32_t n;

	for (bool more = true; more && !g->several;) {
		more = false;
		for (uint32_t d = first; d < k->ncomplements; d++) {
			const uint32_t *cols = sql_columns(k->complements[d].not, &n);

			if (!g->complement[d] && join(g, cols, n))
				more = g->complement[d] = true;
		}
		for (uint32_t i = 0; i < k->b->ndisjunctions && !g->several; i++)
			more = join_choice(k, g, i) || more;
		for (uint32_t i = 0; i < g->with->ndisjunctions; i++)
			if (g->correlated != &g->with->disjunctions[i] &&
				join(g, g->with->disjunctions[i].cols,
					g->with->disjunctions[i].ncols)) {
				g->several = g->several || g->correlated != NULL;
				g->correlated = &g->with->disjunctions[i];
				more = true;
			}
	}
}

/* What a branch leaves of column c. */
static const struct sql_domain *domain(const struct group *g, uint32_t branch, uint32_t c)
{
	for (uint32_t i = 0; g->correlated != NULL && i < g->correlated->ncols; i++)
		if (g->correlated->cols[i] == c)
			return &g->correlated->dom[branch][i];
	return &g->with->dom[c];
}

/* Makes room for n branches and copies those of the rows inside the predicate. */
static int begin(struct compiler *k, struct group *g, struct program_disjunction *x, uint32_t n)
{
	static const struct program_branch as_ever = {.gen = NULL, .null = BRANCH_NULL_DRAWN};
	struct program_disjunction was = *x;

	if (g->disjunction < 0) {
		was = (struct program_disjunction){.n = 1};
		x->key = compile_key_of(k, compiler_column(k, g->cols[0])->name, "outside");
		x->nulls = false;
		x->fixed = was.fixed = NULL;
		x->nfixed = 0;
	}
	x->nfree = x->n = was.n;
	x->below = arena_array(k->a, n, sizeof(x->below[0]));
	x->dom = arena_array(k->a, n, sizeof(x->dom[0]));
	x->keys = arena_array(k->a, k->ncomplements, sizeof(x->keys[0]));
	x->nulls_of = arena_array(k->a, g->ncols + 1UL, sizeof(x->nulls_of[0]));
	if (x->below == NULL || x->dom == NULL || x->keys == NULL || x->nulls_of == NULL)
		return err_nomem(k->e);
	for (uint32_t w = 0; w < was.n && was.dom != NULL; w++)
		x->dom[w] = was.dom[w];
	for (uint32_t i = 0; i < g->ncols; i++) {
		struct program_column *b = &k->b->columns[g->cols[i]];
		struct program_branch *old = b->branches, *branches;

		if (pg_has_column(x->fixed, x->nfixed, g->cols[i]) && old == NULL)
			continue;
		if ((branches = arena_array(k->a, n, sizeof(*branches))) == NULL)
			return err_nomem(k->e);
		for (uint32_t w = 0; w < was.n; w++)
			branches[w] = old != NULL ? old[w] : as_ever;
		for (uint32_t j = 0; j < was.ncols; j++)
			if (was.cols[j] == g->cols[i])
				x->nulls_of[i] = was.nulls_of[j];
		if (b->source == PLAN_FOREIGN && old == NULL) {
			struct program_fk *f = &k->b->fks[k->b->t->columns[g->cols[i]].fk];

			x->nulls_of[i] = f->null_rate;
			f->null_rate = 0; /* the branch decides */
		}
		b->branches = branches;
		b->disjunction = (int)(x - k->b->disjunctions);
	}
	x->cols = g->cols;
	x->ncols = g->ncols;
	return 0;
}

/* Whether a branch would change what another key makes of the column. The
 * column's value is then a digit that makes that key distinct, and no other
 * value may take its place. */
static bool decided(const struct compiler *k, const struct group *g, uint32_t c,
	const struct program_branch *branch)
{
	const struct program_column *b = &k->b->columns[c];

	if (b->source == PLAN_FOREIGN)
		return branch->null != BRANCH_NULL_DRAWN && !compile_loose_fk(k, c);
	const uint32_t key = b->pick == DRAW_INTERVAL ? b->interval->key : b->key;

	if (branch->gen == NULL || b->pick == DRAW_RANDOM)
		return false;
	for (uint32_t d = 0; d < k->ncomplements; d++)
		if (g->complement[d] && k->complements[d].key == key)
			return false;
	return true;
}

/* Adds one branch for the rows outside the predicate; 1 means that it has no
 * values. */
static int add_branch(struct compiler *k, const struct group *g, struct program_disjunction *x,
	uint32_t branch, struct err *why)
{
	x->dom[x->n] = arena_array(k->a, x->nfixed + 1UL, sizeof(x->dom[0][0]));
	if (x->dom[x->n] == NULL)
		return err_nomem(k->e);
	for (uint32_t f = 0; f < x->nfixed; f++)
		x->dom[x->n][f] = *domain(g, branch, x->fixed[f]);
	for (uint32_t i = 0; i < g->ncols; i++) {
		uint32_t c = g->cols[i];
		const struct sql_domain *d = domain(g, branch, c);
		enum disjunction_role part = compile_draws(k, c) ? ROLE_DRAWN : ROLE_NULLS;
		int rc;

		if (pg_has_column(x->fixed, x->nfixed, c) && k->b->columns[c].branches == NULL)
			continue;
		rc = compile_branch(
			k, c, d, &g->base[c], part, &k->b->columns[c].branches[x->n], why);
		if (rc != 0)
			return rc;
		if (decided(k, g, c, &k->b->columns[c].branches[x->n]))
			return err_set(why, ERR_NO, "%s is decided by another key",
				       compiler_column(k, c)->name),
			       1;
	}
	x->n++;
	return 0;
}

/* Orders with a column that is drawn from another range in some rows have to be
 * verified. */
static void doubt_orders(struct compiler *k, const struct group *g)
{
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (pg_has_column(g->cols, g->ncols, k->narrow.orders[i].left) ||
			pg_has_column(g->cols, g->ncols, k->narrow.orders[i].right))
			k->order_kept[i] = false;
}

static int refuse(struct compiler *k, const struct group *g, const char *why)
{
	for (uint32_t d = 0; d < k->ncomplements; d++) {
		const char *name = k->b->keys[k->complements[d].key].name;

		if (!g->complement[d])
			continue;
		if (k->quiet)
			k->failed = name;
		return compile_problem(k, "unsupported_unique", false, NULL,
			"give the columns of its predicate rules that leave rows outside",
			"unique index %s: rows beyond those it has room for cannot be kept "
			"outside its predicate: %s",
			name, why);
	}
	return 0;
}

/* Makes the branches for the rows that a partial key has no room for. The row's
 * place in the key says whether it takes one of these. */
static int outside(struct compiler *k, struct group *g, uint32_t first)
{
	struct program_disjunction *x;
	struct err why = {.kind = ERR_NO, .msg = "its columns take part in several choices"};
	uint32_t n, had;

	g->disjunction = -1;
	g->complement = arena_array(k->a, k->ncomplements, sizeof(bool));
	g->cols = arena_array(k->a, compiler_table(k)->ncolumns + 1UL, sizeof(g->cols[0]));
	if (g->complement == NULL || g->cols == NULL)
		return err_nomem(k->e);
	grow(k, g, first);
	if (g->several)
		return refuse(k, g, why.msg);
	x = &k->b->disjunctions[g->disjunction >= 0 ? (uint32_t)g->disjunction
						    : k->b->ndisjunctions++];
	n = g->correlated != NULL ? g->correlated->n : 1;
	had = g->disjunction >= 0 ? x->n : 1;
	if (begin(k, g, x, had + n) == -1)
		return -1;
	for (uint32_t w = 0; w < n; w++)
		if (add_branch(k, g, x, w, &why) == -1)
			return -1;
	for (uint32_t d = 0; d < k->ncomplements; d++)
		if (g->complement[d])
			x->keys[x->nkeys++] = k->complements[d].key;
	doubt_orders(k, g);
	return x->n > x->nfree ? 0 : refuse(k, g, why.msg);
}

/* What holds of every column where no check is enforced: nothing. */
static const struct sql_domain *anything(struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns;
	struct sql_domain *d = arena_array(k->a, n + 1UL, sizeof(*d));

	for (uint32_t c = 0; d != NULL && c < n; c++)
		d[c].max_len = UINT32_MAX;
	return d;
}

/* Each group of columns is handled once, although several keys may share it. */
int compile_complements(struct compiler *k)
{
	const struct sql_domain *base = k->narrow.dom;
	struct sql_narrow with;
	struct err why = {.kind = ERR_NONE};
	bool *done = arena_array(k->a, k->ncomplements + 1UL, sizeof(bool));

	if (k->ncomplements == 0)
		return 0;
	if (done == NULL || (base == NULL && (base = anything(k)) == NULL))
		return err_nomem(k->e);
	if (narrow(k, NULL, &with, &why) != SQL_OK) {
		struct group all = {.complement = done};

		if (why.kind == ERR_TEMP)
			return *k->e = why, -1;
		done[0] = true;
		return refuse(k, &all, why.msg);
	}
	for (uint32_t d = 0; d < k->ncomplements; d++) {
		struct group g = {.with = &with, .base = base};

		if (done[d])
			continue;
		if (outside(k, &g, d) == -1)
			return -1;
		for (uint32_t i = d; i < k->ncomplements; i++)
			done[i] = done[i] || g.complement[i];
	}
	return 0;
}
