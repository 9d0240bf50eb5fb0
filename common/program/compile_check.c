/* SPDX-License-Identifier: MIT */
#include "common/program/compile_equation.h"

#include <string.h>

#include "common/program/reads.h"

/*
 * CHECKs: compiled, narrowed, and at the end held against what the generators draw from:
 * a check is left out of the block's verification only if it holds for every value they
 * can make.
 */

static enum plan_policy policy_of(const struct compiler *k)
{
	return k->b->t->policy[PLAN_POLICY_CHECK];
}

/* A check that cannot be evaluated here is a warning, unless the plan is strict. */
static int unsupported(struct compiler *k, const struct pg_column *c, const char *name,
	const char *text, const char *why)
{
	bool warning = policy_of(k) != PLAN_ENFORCE || !k->b->plan->strict;
	char shown[STR_SHOWN];

	return compile_problem(k, "check_unsupported", warning, c,
		"set the policy of checks to warn or ignore, or options.strict to false",
		"check %s, %s: %s", name, str_shown(shown, text), why);
}

/* A check over a column that the server fills can only be made by the server. */
static int keep(struct compiler *k, const struct pg_constraint *con, struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (!k->b->columns[cols[i]].made)
			return unsupported(k, compiler_column(k, cols[i]), con->name,
				con->definition, "it reads a column that the server fills");
	k->compiled[k->ncompiled] = (struct compiled_check){con, x};
	k->exprs[k->ncompiled++] = x;
	return 0;
}

/* Compiles a CHECK. What cannot be compiled is reported, not ignored. */
static int compile(struct compiler *k, const struct pg_constraint *con)
{
	struct err why = {.kind = ERR_NONE};
	struct sql_expr *x = NULL;

	switch (sql_compile(&x, &k->scope, con->expr, k->a, &why)) {
	case SQL_OK:
		return keep(k, con, x);
	case SQL_UNSUPPORTED:
		return unsupported(k, NULL, con->name, con->definition, why.msg);
	case SQL_FAILED:
		break;
	}
	*k->e = why;
	return err_wrap(k->e, "check %s of %s.%s", con->name, compiler_table(k)->schema,
		compiler_table(k)->name);
}

/* Turns all checks into what they leave of each column, before anything is
 * drawn. */
static int narrow(struct compiler *k)
{
	struct err why = {.kind = ERR_NONE};

	switch (sql_narrow(&k->narrow, &k->scope, k->exprs, k->ncompiled, k->a, &why)) {
	case SQL_OK:
		break;
	case SQL_UNSUPPORTED:
		k->narrow = (struct sql_narrow){.dom = NULL};
		return compile_problem(k, "check_unsupported", true, NULL, NULL, "%s", why.msg);
	case SQL_FAILED:
		k->narrow = (struct sql_narrow){.dom = NULL};
		if (why.kind != ERR_NO) {
			*k->e = why;
			return -1;
		}
		return compile_problem(k, "check_unsatisfiable", false, NULL, NULL, "%s", why.msg);
	}
	k->order_kept = arena_array(k->a, k->narrow.norders + 1UL, sizeof(bool));
	return k->order_kept != NULL ? 0 : err_nomem(k->e);
}

/* Whether the column is a foreign key's, and a parent may be NULL in what it refers to. */
static bool reads_nullable(const struct compiler *k, uint32_t c)
{
	const struct plan_column *col = &k->b->t->columns[c];
	const struct pg_constraint *con;

	if (col->source != PLAN_FOREIGN)
		return false;
	con = &compiler_table(k)->cons[k->b->t->fks[col->fk].con];
	for (uint32_t i = 0; con->kind == PG_CON_FOREIGN && i < con->ncols; i++)
		if (con->cols[i] == c)
			return !pg_column_not_null(&con->ref->columns[con->ref_cols[i]]);
	return false;
}

/* A column that may not be NULL ties what it is computed from, or its choice of a parent. */
static int filled_not_null(struct compiler *k, uint32_t c)
{
	const struct pg_column *col = compiler_column(k, c);
	struct pg_constraint *con;
	bool generated = k->b->columns[c].source == PLAN_GENERATED && k->b->columns[c].made;

	if (!pg_column_not_null(col) || (!generated && !reads_nullable(k, c)))
		return 0;
	if ((con = arena_alloc(k->a, sizeof(*con))) == NULL)
		return err_nomem(k->e);
	*con = (struct pg_constraint){.kind = PG_CON_CHECK,
		.name = col->name,
		.expr = arena_printf(k->a, "(%s) IS NOT NULL",
			generated ? col->generated : compile_quoted(k, c)),
		.definition = "NOT NULL"};
	return con->expr == NULL ? err_nomem(k->e) : compile(k, con);
}

/* A range that an exclusion constraint makes of two columns needs them in order,
 * since PostgreSQL refuses a range that ends before it begins. */
static int ends_in_order(struct compiler *k, const struct range_exclusion *s)
{
	struct pg_constraint *con = arena_alloc(k->a, sizeof(*con));

	if (con == NULL)
		return err_nomem(k->e);
	*con = (struct pg_constraint){.kind = PG_CON_CHECK,
		.name = s->of.name,
		.expr = s->order,
		.definition = s->of.definition};
	return compile(k, con);
}

static size_t count_domain_checks(const struct compiler *k)
{
	size_t n = 0;

	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++)
		n += pg_domain_checks(compiler_column(k, c)->type);
	return n;
}

/* Whether a condition can be met in several ways. */
static bool has_branches(const char *expr)
{
	return strstr(expr, " OR ") != NULL || strstr(expr, "CASE") != NULL;
}

/* A check of a column's domain that has branches is a check of the table like others, so that rows
 * draw among them. */
static int domain_branches(struct compiler *k, uint32_t c)
{
	struct sql_scope scope = k->scope;

	scope.table = NULL;
	scope.domain_column = c;
	for (const struct pg_type *t = compiler_column(k, c)->type; t->cls == PG_DOMAIN;
		t = t->elem)
		for (uint32_t i = 0; i < t->nchecks; i++) {
			struct pg_constraint *con;
			struct err ignored;
			struct sql_expr *x;

			scope.domain = t;
			if (!has_branches(t->checks[i].expr) ||
				sql_compile(&x, &scope, t->checks[i].expr, k->a, &ignored) !=
					SQL_OK)
				continue;
			if ((con = arena_alloc(k->a, sizeof(*con))) == NULL)
				return err_nomem(k->e);
			*con = (struct pg_constraint){.kind = PG_CON_CHECK,
				.name = t->checks[i].name,
				.expr = t->checks[i].expr,
				.definition = t->checks[i].expr};
			if (keep(k, con, x) == -1)
				return -1;
		}
	return 0;
}

/* CHECK constraints, NOT NULL of generated columns and the order of ranges' ends
 * are all treated as checks. */
int compile_checks(struct compiler *k)
{
	const struct pg_table *t = compiler_table(k);
	size_t most = t->ncons + t->ncolumns + k->nintervals + count_domain_checks(k) + 1UL;

	k->compiled = arena_array(k->a, most, sizeof(k->compiled[0]));
	k->exprs = arena_array(k->a, most, sizeof(k->exprs[0]));
	if (k->compiled == NULL || k->exprs == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < t->ncons && policy_of(k) != PLAN_IGNORE; i++)
		if (t->cons[i].kind == PG_CON_CHECK && compile(k, &t->cons[i]) == -1)
			return -1;
	for (uint32_t c = 0; c < t->ncolumns && policy_of(k) != PLAN_IGNORE; c++)
		if (filled_not_null(k, c) == -1)
			return -1;
	for (uint32_t c = 0; c < t->ncolumns && policy_of(k) != PLAN_IGNORE; c++)
		if (k->b->columns[c].made && domain_branches(k, c) == -1)
			return -1;
	for (uint32_t i = 0; i < k->nintervals; i++)
		if (interval_asked(&k->intervals[i]) && k->intervals[i].order != NULL &&
			ends_in_order(k, &k->intervals[i]) == -1)
			return -1;
	return policy_of(k) == PLAN_IGNORE && k->ncompiled == 0 ? 0 : narrow(k);
}

/* ---- proofs ------------------------------------------------------------------------- */

/* Whether a sorted set has a value. */
static bool in_set(const struct sql_domain *d, int64_t v)
{
	uint32_t lo = 0, hi = d->nset;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->set[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < d->nset && d->set[lo] == v;
}

/* Whether every value of an ordinal generator is one that the narrowing allows.
 * The bounds are compared first; excluded values must lie outside the range; a
 * set is compared value by value if the generator has few enough values, and
 * otherwise counts as not proven. */
static bool within(const struct gen *g, const struct sql_domain *d)
{
	enum { ENUMERABLE = 4096 };
	int64_t last = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * (g->space - 1));

	if ((d->has_lo && g->lo < d->lo) || (d->has_hi && last > d->hi))
		return false;
	for (uint32_t i = 0; d->not_set != NULL && i < d->nnot; i++)
		if (d->not_set[i] >= g->lo && d->not_set[i] <= last)
			return false;
	if (d->set == NULL)
		return true;
	for (uint64_t i = 0; i < g->space && g->space <= ENUMERABLE; i++)
		if (!in_set(d, (int64_t)((uint64_t)g->lo + (uint64_t)g->step * i)))
			return false;
	return g->space <= ENUMERABLE;
}

/* Whether all that checks ask of the column alone holds for everything its
 * generator draws. */
static bool column_proven(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	const struct sql_domain *d = &k->narrow.dom[c];

	return compile_draws(k, c) && b->gen.ordinal && b->ntransforms == 0 && !d->must_null &&
	       !d->must_not_null && within(&b->gen, d);
}

static bool reads(const struct sql_expr *x, uint32_t column)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (cols[i] == column)
			return true;
	return false;
}

/* A check is proven if three things hold: the narrowing says all of it, its
 * columns are drawn within the narrowing, and the orders and differences between
 * columns that it asks hold by construction. Such a check is not evaluated on
 * rows. When in doubt it is, which only costs time. */
bool compile_proven(const struct compiler *k, uint32_t i)
{
	const struct sql_narrow *n = &k->narrow;
	const struct sql_expr *x = k->compiled[i].expr;
	uint32_t ncols;
	const uint32_t *cols = sql_columns(x, &ncols);

	if (n->dom == NULL)
		return false;
	for (uint32_t r = 0; r < n->nresidual; r++)
		if (n->residual[r] == i)
			return false;
	for (uint32_t c = 0; c < ncols; c++)
		if (!column_proven(k, cols[c]))
			return false;
	for (uint32_t o = 0; o < n->norders; o++)
		if (!k->order_kept[o] && reads(x, n->orders[o].left) &&
			reads(x, n->orders[o].right))
			return false;
	for (uint32_t d = 0; d < n->ndiffers; d++)
		if (reads(x, n->differs[d].left) && reads(x, n->differs[d].right))
			return false;
	return true;
}

/* A check ties what may be drawn again for it. */
struct tying {
	struct table_program *b;
	const bool *counted;
	uint64_t bit;
};

/* Marks the check's columns, what derived ones are computed from, and the
 * foreign keys whose parents the values come from. */
static int tie(void *ctx, struct thing t, struct thing reader)
{
	const struct tying *y = ctx;

	(void)reader;
	if (t.kind == THING_COLUMN && y->counted[t.at])
		return 1; /* others count on it */
	if (t.kind == THING_COLUMN)
		y->b->columns[t.at].tied |= y->bit;
	if (t.kind == THING_PARENT)
		y->b->fks[t.at].tied |= y->bit;
	return t.kind == THING_PARENT;
}

/* Adds a check that is evaluated on every row. From the 64th on checks share a
 * bit, which only means that more columns are drawn again. */
static int add_check(struct compiler *k, struct program_check check)
{
	struct table_program *b = k->b;
	uint64_t bit = UINT64_C(1) << (b->nchecks < 63 ? b->nchecks : 63);
	struct tying y = {.b = b, .counted = k->counted, .bit = bit};
	struct program_walk w = {
		.b = b, .follow = READ_INPUT | READ_VALUE, .enter = tie, .ctx = &y};
	uint32_t n = 0;
	const uint32_t *cols = sql_columns(check.expr, &n);

	if (program_walk_init(&w, k->a) == -1)
		return err_nomem(k->e);
	check.bit = bit;
	b->checks[b->nchecks++] = check;
	for (uint32_t i = 0; i < (check.column >= 0 ? 1 : n); i++) {
		struct thing column = {
			THING_COLUMN, check.column >= 0 ? (uint32_t)check.column : cols[i]};

		(void)program_walk_from(&w, column, column);
	}
	return 0;
}

/* Adds compiled check ${i}, unless it holds for all that can be drawn. */
static int add_unproven(struct compiler *k, uint32_t i)
{
	const struct compiled_check *c = &k->compiled[i];
	uint32_t n;
	const uint32_t *cols = sql_columns(c->expr, &n);
	int rc = 1;

	if (!compile_proven(k, i))
		rc = n == 1 ? compile_enumerates(k, c->expr, cols[0], cols[0], k->e) : 0;
	return rc != 0 ? rc
		       : add_check(k, (struct program_check){.name = c->con->name,
					      .definition = c->con->definition,
					      .expr = c->expr,
					      .column = -1,
					      .policy = policy_of(k)});
}

/* Adds a check of a domain, in the same way. */
static int add_domain_check(
	struct compiler *k, uint32_t c, const struct pg_check *check, struct sql_expr *x)
{
	int rc = compile_enumerates(k, x, c, 0, k->e);

	return rc != 0 ? rc
		       : add_check(k, (struct program_check){.name = check->name,
					      .definition = check->expr,
					      .expr = x,
					      .column = (int)c,
					      .policy = policy_of(k)});
}

/* A domain's own checks, and those of the domains it is built on. */
static int domain_checks(struct compiler *k, uint32_t c)
{
	const struct pg_type *t = compiler_column(k, c)->type;

	if (k->narrow.dom != NULL && !k->narrow.dom[c].more && column_proven(k, c))
		return 0;
	for (; t->cls == PG_DOMAIN; t = t->elem)
		for (uint32_t i = 0; i < t->nchecks; i++) {
			struct sql_scope scope = k->scope;
			struct err why = {.kind = ERR_NONE};
			struct sql_expr *x = NULL;
			enum sql_status rc;

			scope.table = NULL;
			scope.domain = t;
			rc = sql_compile(&x, &scope, t->checks[i].expr, k->a, &why);
			if (rc == SQL_OK && has_branches(t->checks[i].expr))
				continue; /* it is verified with the table's */
			if (rc == SQL_OK) {
				if (add_domain_check(k, c, &t->checks[i], x) == -1)
					return -1;
			} else if (rc == SQL_UNSUPPORTED) {
				if (unsupported(k, compiler_column(k, c), t->checks[i].name,
					    t->checks[i].expr, why.msg) == -1)
					return -1;
			} else {
				*k->e = why;
				return err_wrap(k->e, "check %s of domain %s.%s", t->checks[i].name,
					t->schema, t->name);
			}
		}
	return 0;
}

/* Where an equation's value does not fit its column the row must be drawn again.
 * Without this check the column would be NULL, which its own check lets pass. */
static int computable(struct compiler *k)
{
	for (uint32_t i = 0; i < k->nequations; i++) {
		const struct compile_equation *q = &k->equations[i];
		const struct pg_constraint *con = k->compiled[q->check].con;
		struct sql_expr *x;

		if (q->dropped)
			continue;
		if ((x = sql_computable(q->q.value, &k->scope, k->a)) == NULL)
			return err_nomem(k->e);
		add_check(k, (struct program_check){.name = con->name,
				     .definition = con->definition,
				     .expr = x,
				     .column = -1,
				     .policy = policy_of(k)});
	}
	return 0;
}

/* Keeps the checks that are not proven. */
int compile_proofs(struct compiler *k)
{
	struct table_program *b = k->b;

	b->checks = arena_array(k->a, k->ncompiled + k->nequations + count_domain_checks(k) + 1,
		sizeof(b->checks[0]));
	if (b->checks == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++)
		if (add_unproven(k, i) == -1)
			return -1;
	if (computable(k) == -1)
		return -1;
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns && policy_of(k) != PLAN_IGNORE; c++)
		if (b->columns[c].made && domain_checks(k, c) == -1)
			return -1;
	return 0;
}
