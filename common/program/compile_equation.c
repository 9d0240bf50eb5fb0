/* SPDX-License-Identifier: MIT */
#include "common/program/compile_equation.h"

#include <string.h>

#include "common/base/err.h"
#include "common/program/compile_written.h"

/*
 * Which column of an equation is computed: the one that the check names alone on one side, if it
 *has no rule, nor anything else that says what it is; else one that sums and differences lead to,
 *else quotients.  Equations with the fewest such columns choose first, so that
 *
 *	subtotal = quantity * price AND total = subtotal + shipping
 *
 * gives subtotal to the first and total to the second.  No column is computed from itself, through
 * whatever others.
 */

enum { MOST = 32 };

/* The equation that computes a column, or NULL. */
const struct compile_equation *compile_equation_of(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->nequations; i++)
		if (k->equations[i].q.col == c && !k->equations[i].dropped)
			return &k->equations[i];
	return NULL;
}

/* Whether the column is an end of a range in an exclusion constraint. */
bool compile_has_range(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->nintervals; i++)
		if (k->intervals[i].why == NULL &&
			(k->intervals[i].from == c || k->intervals[i].to == c))
			return true;
	return false;
}

/* Whether nothing else has said what the column's values are. */
static bool is_free(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	return b->source == PLAN_GENERATOR && !b->gc.by_rule && !k->member[c] &&
	       !k->complemented[c] && k->b->t->columns[c].ntransforms == 0 &&
	       !compile_has_range(k, c) && compile_equation_of(k, c) == NULL;
}

/* Whether c is computed from a column, through any number of others. */
static bool comes_from(const struct compiler *k, uint32_t c, uint32_t from, uint32_t depth)
{
	const struct compile_equation *q = compile_equation_of(k, c);
	const struct gen *g = &k->b->columns[c].gen; /* of a generated column, as it is prepared */
	uint32_t n = 0;
	const uint32_t *cols = q != NULL ? sql_columns(q->q.value, &n) : NULL;

	if (c == from || depth > k->nequations + compiler_table(k)->ncolumns)
		return true;
	for (uint32_t i = 0; i < n; i++)
		if (comes_from(k, cols[i], from, depth + 1))
			return true;
	for (uint32_t i = 0; k->b->columns[c].source == PLAN_GENERATED && i < g->nin; i++)
		if (g->in[i].from == GEN_ROW && comes_from(k, g->in[i].column, from, depth + 1))
			return true;
	return false;
}

/* A value is computed before transforms, which would change what the check sees
 * of its inputs. */
static bool reads_other_values(const struct compiler *k, uint32_t c)
{
	return !k->b->columns[c].made || compile_transformed(k, c);
}

/* Whether the value would be computed from its own column, or from values that
 * are not as they will be. */
static bool reads_itself(const struct compiler *k, const struct sql_equation *q)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(q->value, &n);

	for (uint32_t i = 0; i < n; i++)
		if (comes_from(k, cols[i], q->col, 0) || reads_other_values(k, cols[i]))
			return true;
	return false;
}

/* ---- choosing ------------------------------------------------------------------------------ */

/* The equations of a check. */
struct compile_candidates {
	struct sql_equation q[MOST];
	uint32_t n;
	uint32_t check;
};

/* Whether the equation was tried before, and did not hold for what is drawn. */
static bool was_dropped(const struct compiler *k, uint32_t check, const struct sql_equation *q)
{
	for (uint32_t i = 0; i < k->nequations; i++)
		if (k->equations[i].dropped && k->equations[i].check == check &&
			k->equations[i].q.part == q->part && k->equations[i].q.col == q->col)
			return true;
	return false;
}

/* Whether the equation's column is free, and its value can be computed from
 * other columns. */
static bool usable(const struct compiler *k, uint32_t check, const struct sql_equation *q)
{
	uint32_t n;

	(void)sql_columns(q->value, &n);
	return n <= GEN_INPUTS && is_free(k, q->col) && !reads_itself(k, q) &&
	       !was_dropped(k, check, q);
}

/* The cheapest equation of one part of a check, and how many of them are cheap.
 * A cheap one needs no division; the number of cheap ones says how much choice
 * the part leaves to others. */
static const struct sql_equation *best(const struct compiler *k, const struct compile_candidates *c,
	uint32_t part, uint32_t *branches)
{
	const struct sql_equation *to = NULL;

	*branches = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct sql_equation *q = &c->q[i];

		if (q->part != part || !usable(k, c->check, q))
			continue;
		*branches += q->cost < 2;
		if (to == NULL || q->cost < to->cost)
			to = q;
	}
	return to;
}

/* Whether a part of a check already has its equation. */
static bool is_taken(const struct compiler *k, uint32_t check, uint32_t part)
{
	for (uint32_t i = 0; i < k->nequations; i++)
		if (!k->equations[i].dropped && k->equations[i].check == check &&
			k->equations[i].q.part == part)
			return true;
	return false;
}

/* Takes one more equation: among the parts not taken yet, of the one with the
 * fewest columns to choose from. */
bool compile_choose_equation(struct compiler *k)
{
	const struct compile_candidates *all = k->candidates;
	const struct sql_equation *to = NULL;
	uint32_t fewest = UINT32_MAX, check = 0;

	for (uint32_t c = 0; c < k->ncandidates; c++)
		for (uint32_t i = 0; i < all[c].n; i++) {
			uint32_t branches;
			const struct sql_equation *q;

			if (is_taken(k, all[c].check, all[c].q[i].part))
				continue;
			q = best(k, &all[c], all[c].q[i].part, &branches);
			if (q == NULL || branches >= fewest)
				continue;
			fewest = branches;
			to = q;
			check = all[c].check;
		}
	if (to == NULL || k->nequations == BIND_EQUATIONS)
		return false;
	k->equations[k->nequations++] = (struct compile_equation){.q = *to, .check = check};
	return true;
}

static bool is_residual(const struct compiler *k, uint32_t check)
{
	for (uint32_t i = 0; i < k->narrow.nresidual; i++)
		if (k->narrow.residual[i] == check)
			return true;
	return false;
}

/* Collects the equations of all checks that narrowing does not settle, and
 * chooses among them. */
static int find(struct compiler *k)
{
	struct compile_candidates *all = arena_array(k->a, k->ncompiled + 1UL, sizeof(*all));
	uint32_t n = 0;

	k->equations = arena_array(k->a, BIND_EQUATIONS, sizeof(k->equations[0]));
	if (all == NULL || k->equations == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++) {
		if (!is_residual(k, i))
			continue;
		all[n].check = i;
		all[n].n = sql_equations(k->compiled[i].expr, &k->scope, all[n].q, MOST, k->a);
		n += all[n].n > 0;
	}
	k->candidates = all;
	k->ncandidates = n;
	while (compile_choose_equation(k))
		;
	return 0;
}

/* ---- what follows for the columns that are drawn
 * -------------------------------------------------- */

/* An expression with every computed column replaced by what it is computed from,
 * or NULL if there is none in it. */
static struct sql_expr *spelled_out(struct compiler *k, const struct sql_expr *x)
{
	struct sql_expr *to = NULL;

	for (uint32_t round = 0; round < k->nequations; round++)
		for (uint32_t i = 0; i < k->nequations; i++) {
			const struct sql_expr *from = to != NULL ? to : x;
			uint32_t n;
			const uint32_t *cols = sql_columns(from, &n);

			if (!pg_has_column(cols, n, k->equations[i].q.col))
				continue;
			if ((to = sql_substitute(from, &k->equations[i].q, &k->scope, k->a)) ==
				NULL)
				return NULL;
		}
	return to;
}

/* Whether the order is known already. */
static bool has_order(const struct sql_narrow *n, const struct sql_order *o)
{
	for (uint32_t i = 0; i < n->norders; i++)
		if (n->orders[i].left == o->left && n->orders[i].right == o->right &&
			n->orders[i].gap == o->gap)
			return true;
	return false;
}

/* Adds orders that the narrowing of the written-out checks has found. */
static int add_orders(struct compiler *k, const struct sql_narrow *more)
{
	struct sql_narrow *n = &k->narrow;
	struct sql_order *to = arena_array(k->a, n->norders + more->norders + 1UL, sizeof(*to));
	bool *kept = arena_array(k->a, n->norders + more->norders + 1UL, sizeof(*kept));

	if (to == NULL || kept == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < n->norders; i++)
		to[i] = n->orders[i];
	n->orders = to;
	k->order_kept = kept;
	for (uint32_t i = 0; i < more->norders; i++)
		if (!has_order(n, &more->orders[i]))
			to[n->norders++] = more->orders[i];
	return 0;
}

/* Lower bounds of a computed number as a condition, from its domain too. */
static struct sql_expr *at_least(struct compiler *k, uint32_t c)
{
	const struct sql_domain *d = &k->narrow.dom[c];
	const struct program_column *b = &k->b->columns[c];
	struct err ignored = {.kind = ERR_NONE};
	struct sql_expr *x = NULL;
	const char *text;

	if (!d->has_lo || d->lo != 0 || (b->type != VT_INT && b->type != VT_DEC))
		return NULL;
	text = arena_printf(k->a, "%s >= 0", compile_quoted(k, c));
	return text != NULL && sql_compile(&x, &k->scope, text, k->a, &ignored) == SQL_OK ? x
											  : NULL;
}

/* What is asked of computed columns is also asked of the drawn ones: total >=
 * discount, with total replaced by what it is computed from, limits the columns
 * that total is made of. Only orders are taken from it, as they can be kept by
 * construction; the checks themselves are verified anyway. */
static int implied_orders(struct compiler *k)
{
	struct sql_expr **x = arena_array(k->a, k->ncompiled + k->nequations + 1UL, sizeof(*x));
	struct err why = {.kind = ERR_NONE};
	struct sql_narrow more;
	uint32_t n = 0;

	if (x == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++)
		if ((x[n] = spelled_out(k, k->compiled[i].expr)) != NULL)
			n++;
	for (uint32_t i = 0; i < k->nequations; i++) {
		struct sql_expr *low = at_least(k, k->equations[i].q.col);

		if (low != NULL && (x[n] = spelled_out(k, low)) != NULL)
			n++;
	}
	if (sql_narrow(&more, &k->scope, x, n, k->a, &why) != SQL_OK) {
		if (why.kind != ERR_TEMP)
			return 0; /* what is asked apart is reported; this is only of use */
		*k->e = why;
		return -1;
	}
	return add_orders(k, &more);
}

int compile_equations(struct compiler *k)
{
	if (k->narrow.dom == NULL || k->b->t->policy[PLAN_POLICY_CHECK] != PLAN_ENFORCE)
		return 0;
	if (find(k) == -1)
		return -1;
	return k->nequations > 0 ? implied_orders(k) : 0;
}
