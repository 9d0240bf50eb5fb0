/* SPDX-License-Identifier: MIT */
/*
 * A condition taken apart into the branches by which it can be met, each a
 * conjunction: the branches of an OR or a CASE, and the NULL patterns of
 * num_nonnulls() and its kin. In terms of logic this is the disjunctive normal
 * form, bounded in size.
 *
 * A branch excludes the simple conditions of those before it (in id <> 1 OR
 * name = 'root' the second branch is for the row with id 1), so that branches
 * overlap little.
 */
#include "common/sql/narrow/sql_narrow_branch.h"

#include <string.h>

#include "common/base/err.h"

enum { NULL_COLUMNS = 8 }; /* of one expression whose NULL patterns are tried */

/* The state while a check is taken apart. */
struct caser {
	struct sql_narrowing *w;
	const struct sql_expr *check;
};

/* ---- combining ---------------------------------------------------------------------- */

static struct sql_branches none(void)
{
	return (struct sql_branches){.n = 0};
}

/* A single alternative that is the condition itself. */
static struct sql_branches one(struct caser *c, const struct sql_node *x, bool negated)
{
	struct sql_branch *branch = arena_alloc(c->w->a, sizeof *branch);
	struct sql_literal *l = arena_alloc(c->w->a, sizeof *l);

	if (branch == NULL || l == NULL) {
		c->w->nomem = true;
		return none();
	}
	*l = (struct sql_literal){x, negated};
	*branch = (struct sql_branch){l, 1};
	return (struct sql_branches){.branch = branch, .n = 1};
}

/* The conjunction of two alternatives. */
static bool join(struct sql_narrowing *w, struct sql_branch *to, const struct sql_branch *l,
	const struct sql_branch *r)
{
	to->lit = arena_array(w->a, l->n + r->n + 1UL, sizeof *to->lit);
	if (to->lit == NULL)
		return false;
	to->n = l->n + r->n;
	memcpy(to->lit, l->lit, l->n * sizeof *to->lit);
	memcpy(to->lit + l->n, r->lit, r->n * sizeof *to->lit);
	return true;
}

/* Each of the one with each of the other. */
struct sql_branches sql_branches_both(
	struct sql_narrowing *w, struct sql_branches l, struct sql_branches r)
{
	struct sql_branches to = {.n = l.n * r.n, .nulls = l.nulls && r.nulls};

	if (to.n == 0 || to.n > SQL_BRANCHES)
		return none();
	to.branch = arena_array(w->a, to.n, sizeof *to.branch);
	for (uint32_t i = 0; to.branch != NULL && i < to.n; i++)
		if (!join(w, &to.branch[i], &l.branch[i / r.n], &r.branch[i % r.n]))
			to.branch = NULL;
	w->nomem |= to.branch == NULL;
	return to.branch != NULL ? to : none();
}

/* The alternatives of both. */
static struct sql_branches either(struct caser *c, struct sql_branches l, struct sql_branches r)
{
	struct sql_branches to = {.n = l.n + r.n, .nulls = l.nulls && r.nulls};

	if (l.n == 0 || r.n == 0 || to.n > SQL_BRANCHES)
		return none();
	to.branch = arena_array(c->w->a, to.n, sizeof *to.branch);
	if (to.branch == NULL) {
		c->w->nomem = true;
		return none();
	}
	memcpy(to.branch, l.branch, l.n * sizeof *to.branch);
	memcpy(to.branch + l.n, r.branch, r.n * sizeof *to.branch);
	return to;
}

/* ---- NULL patterns -------------------------------------------------------------------- */

/* IS [NOT] NULL of a column. */
static bool is_null_test(const struct sql_node *x)
{
	return x->op == SQL_IS && x->param <= SQL_IS_NOT_NULL && x->args[0]->op == SQL_COL;
}

/* num_nulls() or num_nonnulls(). */
static bool counts_nulls(const struct sql_node *x)
{
	return (x->op == SQL_CALL || x->op == SQL_CALL_NULLS) &&
	       (strcmp(x->fn->name, "num_nonnulls") == 0 || strcmp(x->fn->name, "num_nulls") == 0);
}

/*
 * coalesce(...) IS [NOT] NULL, which asks of each argument whether it is NULL and
 * no more.
 */
static bool tests_coalesce(const struct sql_node *x)
{
	return x->op == SQL_IS && x->param <= SQL_IS_NOT_NULL && x->args[0]->op == SQL_COALESCE;
}

/*
 * The columns of an expression that asks nothing of them but whether they are
 * NULL; false if it asks more.
 */
static bool null_columns(struct sql_node *x, struct sql_node **col, uint32_t *n, bool counted)
{
	uint32_t i = 0;

	if (x->op == SQL_COL) {
		while (i < *n && col[i]->col != x->col)
			i++;
		if (!counted || (i == *n && i == NULL_COLUMNS))
			return false;
		col[i] = x;
		*n += i == *n;
		return true;
	}
	counted = is_null_test(x) || counts_nulls(x) || tests_coalesce(x) ||
		  (counted && x->op == SQL_COALESCE);
	for (i = 0; i < x->nargs; i++)
		if (!null_columns(x->args[i], col, n, counted))
			return false;
	return true;
}

/* A block with a row a pattern: row r has column k NULL where bit k of r is set. */
static bool pattern_rows(struct caser *c, struct sql_node *const *col, uint32_t n,
	const struct vec **cols, uint32_t rows)
{
	for (uint32_t k = 0; k < n; k++) {
		const struct sql_dom *m = &c->w->dom[col[k]->col];
		struct vec *v = arena_alloc(c->w->a, sizeof *v);

		if (v == NULL || !vec_init(v, m->vt, c->w->a))
			return false;
		v->scale = m->scale;
		v->n = rows;
		for (uint32_t r = 0; r < rows; r++)
			if (r >> k & 1)
				vec_set_null(v, r);
		cols[col[k]->col] = v;
	}
	return true;
}

/* The alternative of one NULL pattern. */
static bool pattern_way(
	struct caser *c, struct sql_node *const *col, uint32_t n, uint32_t r, struct sql_branch *to)
{
	to->lit = arena_array(c->w->a, n, sizeof *to->lit);
	to->n = n;
	for (uint32_t k = 0; to->lit != NULL && k < n; k++) {
		struct sql_node *is = arena_alloc(c->w->a, sizeof *is + sizeof is->args[0]);

		if (is == NULL)
			return false;
		*is = (struct sql_node){.op = SQL_IS,
			.type = {.cls = PG_BOOL},
			.param = SQL_IS_NULL,
			.nargs = 1,
			.args = (struct sql_node **)(is + 1)};
		is->args[0] = col[k];
		to->lit[k] = (struct sql_literal){is, (r >> k & 1) == 0};
	}
	return to->lit != NULL;
}

/*
 * The patterns that pass. All combinations are evaluated as a block of rows, so
 * that nothing has to be known about the expression.
 */
static struct sql_branches patterns(
	struct caser *c, struct sql_node *x, bool negated, struct sql_node *const *col, uint32_t n)
{
	const uint32_t rows = 1U << n, nc = sql_narrow_width(c->w);
	struct sql_expr alone = *c->check;
	struct sql_branches to = {
		.branch = arena_array(c->w->a, rows, sizeof *to.branch), .nulls = true};
	const struct vec **cols = arena_array(c->w->a, nc + 1UL, sizeof *cols);
	uint32_t *read = arena_array(c->w->a, n, sizeof *read);
	uint8_t pass[1 << NULL_COLUMNS];
	struct arena tmp = ARENA_INIT;
	struct err ignored;

	if (to.branch == NULL || cols == NULL || read == NULL ||
		!pattern_rows(c, col, n, cols, rows)) {
		c->w->nomem = true;
		return none();
	}
	for (uint32_t k = 0; k < n; k++)
		read[k] = col[k]->col;
	alone.root = x;
	alone.cols = read;
	alone.ncols = n;
	if (sql_check(&alone, cols, rows, pass, &tmp, &ignored) != 0)
		memset(pass, negated, sizeof pass);
	arena_free(&tmp);
	for (uint32_t r = 0; r < rows; r++)
		if ((pass[r] != 0) != negated)
			c->w->nomem |= !pattern_way(c, col, n, r, &to.branch[to.n++]);
	return to.n <= SQL_BRANCHES && !c->w->nomem ? to : none();
}

/* ---- taking apart ------------------------------------------------------------------------ */

static struct sql_branches branches_of(struct caser *c, struct sql_node *x, bool negated);

/* All conditions hold: the product of their alternatives. */
static struct sql_branches all_of(
	struct caser *c, struct sql_node *const *x, uint32_t n, bool negated)
{
	struct sql_branches to = branches_of(c, x[0], negated);

	for (uint32_t k = 1; k < n && to.n > 0; k++)
		to = sql_branches_both(c->w, to, branches_of(c, x[k], negated));
	return to;
}

/*
 * Any condition holds. A branch that is one simple condition is excluded from
 * those after it, so that alternatives overlap little.
 */
static struct sql_branches any_of(
	struct caser *c, struct sql_node *const *x, uint32_t n, bool negated)
{
	struct sql_branches to = none(), but = none();

	for (uint32_t simple = 2; simple-- > 0;)
		for (uint32_t k = 0; k < n; k++) {
			struct sql_branches branch = branches_of(c, x[k], negated), all;

			if ((branch.n == 1 && branch.branch[0].n == 1) != (simple != 0))
				continue;
			all = but.n > 0 ? sql_branches_both(c->w, branch, but) : branch;
			to = to.n > 0 ? either(c, to, all) : all;
			if (to.n == 0)
				return to;
			if (simple) {
				struct sql_literal l = branch.branch[0].lit[0];
				struct sql_branches not = one(c, l.x, !l.negated);

				not .nulls = is_null_test(l.x);
				but = but.n > 0 ? sql_branches_both(c->w, but, not ) : not ;
			}
		}
	return to;
}

/* when, then, ..., else: the conditions before a branch do not hold in it */
static struct sql_branches cases(struct caser *c, struct sql_node *x, bool negated)
{
	struct sql_branches to = none(), but = none();

	for (uint32_t k = 0; k < x->nargs; k += 2) {
		const bool otherwise = k + 1 == x->nargs;
		struct sql_branches branch =
			otherwise ? branches_of(c, x->args[k], negated)
				  : sql_branches_both(c->w, branches_of(c, x->args[k], false),
					    branches_of(c, x->args[k + 1], negated));

		if (but.n > 0)
			branch = sql_branches_both(c->w, branch, but);
		to = k > 0 ? either(c, to, branch) : branch;
		if (to.n == 0)
			return to;
		if (!otherwise) {
			struct sql_branches not = branches_of(c, x->args[k], true);

			but = k > 0 ? sql_branches_both(c->w, but, not ) : not ;
		}
	}
	return to;
}

/* P = Q, or P <> Q, of conditions */
static struct sql_branches alike(struct caser *c, struct sql_node *x, bool same)
{
	struct sql_node *p = x->args[0], *q = x->args[1];

	return either(c,
		sql_branches_both(c->w, branches_of(c, p, false), branches_of(c, q, !same)),
		sql_branches_both(c->w, branches_of(c, p, true), branches_of(c, q, same)));
}

/* a ~ ANY (ARRAY[k, l]) as a ~ k OR a ~ l */
static struct sql_branches one_by_one(struct caser *c, struct sql_node *x, bool negated)
{
	struct sql_node **arm = arena_array(c->w->a, x->nargs, sizeof *arm);

	for (uint32_t k = 1; arm != NULL && k < x->nargs; k++) {
		struct sql_node *y = arena_alloc(c->w->a, sizeof *y + 2 * sizeof y->args[0]);

		if (y == NULL) {
			arm = NULL;
			break;
		}
		*y = *x;
		y->op = SQL_CALL;
		y->nargs = 2;
		y->args = (struct sql_node **)(y + 1);
		y->args[0] = x->args[0];
		y->args[1] = x->args[k];
		arm[k - 1] = y;
	}
	if (arm == NULL) {
		c->w->nomem = true;
		return none();
	}
	return (x->param != 0) != negated ? all_of(c, arm, x->nargs - 1, negated)
					  : any_of(c, arm, x->nargs - 1, negated);
}

/* l op r, of a mask of orders; for narrowing alone. */
static struct sql_node *compared(struct caser *c, struct sql_node *l, struct sql_node *r, int mask)
{
	static const char *const names[] = {[SQL_LT] = "<",
		[SQL_EQ] = "=",
		[SQL_LT | SQL_EQ] = "<=",
		[SQL_GT] = ">",
		[SQL_GT | SQL_EQ] = ">="};
	struct sql_node *x = arena_alloc(c->w->a, sizeof *x + 2 * sizeof x->args[0]);
	size_t it = 0;

	if (x == NULL)
		return NULL;
	*x = (struct sql_node){.op = SQL_CALL,
		.type = {.cls = PG_BOOL},
		.fn = sql_fn_next(names[mask], 2, &it),
		.nargs = 2,
		.args = (struct sql_node **)(x + 1)};
	x->args[0] = l;
	x->args[1] = r;
	return x;
}

/*
 * (a, b) >= (k, l) as a > k OR a = k AND b >= l: the first pair that differs decides.
 */
static struct sql_branches rows(struct caser *c, struct sql_node *x, bool negated)
{
	const int mask = negated ? (SQL_LT | SQL_EQ | SQL_GT) ^ x->param : x->param;
	struct sql_branches to = none(), equal = none();

	for (uint32_t k = 0; k + 1 < x->nargs; k += 2) {
		bool last = k + 2 == x->nargs;
		struct sql_node *l = x->args[k], *r = x->args[k + 1];
		struct sql_node *differs = compared(c, l, r, last ? mask : mask & ~SQL_EQ);
		struct sql_node *same = compared(c, l, r, SQL_EQ);
		struct sql_branches way;

		if (differs == NULL || same == NULL) {
			c->w->nomem = true;
			return none();
		}
		way = one(c, differs, false);
		way = k > 0 ? sql_branches_both(c->w, equal, way) : way;
		to = k > 0 ? either(c, to, way) : way;
		equal = k > 0 ? sql_branches_both(c->w, equal, one(c, same, false))
			      : one(c, same, false);
	}
	return to;
}

/* A boolean expression that is not a constant. */
static bool is_condition(const struct sql_node *x)
{
	return x->type.cls == PG_BOOL && x->op != SQL_CONST;
}

/* NOT, and equality of two conditions. */
static struct sql_branches call(struct caser *c, struct sql_node *x, bool negated)
{
	bool equal = strcmp(x->fn->name, "=") == 0;

	if (strcmp(x->fn->name, "not") == 0)
		return branches_of(c, x->args[0], !negated);
	if (x->nargs == 2 && (equal || strcmp(x->fn->name, "<>") == 0) &&
		is_condition(x->args[0]) && is_condition(x->args[1]))
		return alike(c, x, equal != negated);
	return one(c, x, negated);
}

static struct sql_branches test(struct caser *c, struct sql_node *x, bool negated)
{
	static const bool says_true[] = {[SQL_IS_TRUE] = true, [SQL_IS_NOT_FALSE] = true};

	if (x->param == SQL_IS_NULL || x->param == SQL_IS_NOT_NULL || x->args[0]->op == SQL_COL)
		return one(c, x, negated);
	return branches_of(c, x->args[0],
		((size_t)x->param >= sizeof says_true || !says_true[x->param]) != negated);
}

/* Takes a condition apart; a condition that has no alternatives is one. */
static struct sql_branches branches_of(struct caser *c, struct sql_node *x, bool negated)
{
	struct sql_node *col[NULL_COLUMNS];
	uint32_t n = 0;

	if (is_null_test(x)) {
		struct sql_branches to = one(c, x, negated);

		to.nulls = true;
		return to;
	}
	if (null_columns(x, col, &n, false) && n > 0)
		return patterns(c, x, negated, col, n);
	switch (x->op) {
	case SQL_AND:
	case SQL_OR:
		return (x->op == SQL_AND) != negated ? all_of(c, x->args, x->nargs, negated)
						     : any_of(c, x->args, x->nargs, negated);
	case SQL_CASE:
		return cases(c, x, negated);
	case SQL_IS:
		return test(c, x, negated);
	case SQL_ROWCMP:
		return rows(c, x, negated);
	case SQL_CALL:
		return call(c, x, negated);
	case SQL_ANY_OF:
		return strcmp(x->fn->name, "=") == 0 || strcmp(x->fn->name, "<>") == 0
			       ? one(c, x, negated)
			       : one_by_one(c, x, negated);
	default:
		return one(c, x, negated);
	}
}

struct sql_branches sql_branches(struct sql_narrowing *w, const struct sql_expr *check)
{
	return branches_of(&(struct caser){w, check}, check->root, false);
}
