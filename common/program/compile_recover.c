/* SPDX-License-Identifier: MIT */
/*
 * Derived columns in unique keys that are distinct where what they are made from is: 'SKU-' || id,
 * a copy of a parent's unique value.  The set of the key then holds those columns in the place of
 * the derived one, and is planned as any other: they are distinct already, or become digits of the
 * key.
 */
#include "common/program/compile.h"

#include <string.h>

#include "common/generators/gen_derive.h"
#include "common/generators/gen_expr.h"
#include "common/relation/foreign.h"
#include "common/schema/keyset.h"
#include "common/sql/sql_recover.h"

/* Whether the column is a key of its table by itself, whose rows the plan keeps distinct. */
static bool is_key(const struct plan_table *t, uint32_t c)
{
	for (uint32_t i = 0; i < t->table->nkeys; i++) {
		const struct pg_key *key = &t->table->keys[i];
		enum plan_policy_kind kind =
			key->kind == KEY_PRIMARY ? PLAN_POLICY_PRIMARY_KEY : PLAN_POLICY_UNIQUE;

		if (key->nparts == 1 && key->cols[0] == c && key_is_plain(key) &&
			(t->existing || t->policy[kind] == PLAN_ENFORCE))
			return true;
	}
	return false;
}

/* Whether values of one column that are different are different in the other one too, which they
 * are assigned to. */
static bool is_alike(const struct pg_column *from, const struct pg_column *to)
{
	struct pg_base a = pg_base_of(from->type, from->typmod),
		       b = pg_base_of(to->type, to->typmod);
	bool text = a.type->cls == PG_TEXT || a.type->cls == PG_VARCHAR;

	return a.type->cls == b.type->cls && (text || a.typmod == b.typmod) &&
	       key_equality_of(from) == key_equality_of(to);
}

/* A copy of a parent's unique value tells which parent it is: the foreign key's columns. */
static uint32_t of_parent(const struct compiler *k, uint32_t c, const struct gen *g, uint32_t *to)
{
	const struct gen_input *in = &g->in[0];

	for (uint32_t f = 0;
		g->nin == 1 && in->from == GEN_PARENT && in->nhops == 0 && f < k->b->t->nfks; f++) {
		const struct plan_fk *fk = &k->b->t->fks[f];
		const struct pg_constraint *con = &compiler_table(k)->cons[fk->con];

		if (fk->con != in->fk || fk->parent >= k->b->plan->ntables ||
			!is_key(&k->b->plan->tables[fk->parent], in->column) || k->equiv[c] != 0 ||
			!is_alike(&con->ref->columns[in->column], compiler_column(k, c)))
			continue;
		memcpy(to, con->cols, con->ncols * sizeof(to[0]));
		return con->ncols;
	}
	return 0;
}

/* The greatest value of a column of whole numbers that are never negative; 0: it is no such. */
static uint64_t most_of(const struct compiler *k, uint32_t c)
{
	const struct gen *g = &k->b->columns[c].gen;

	if (k->b->columns[c].source != PLAN_GENERATOR || k->b->columns[c].type != VT_INT ||
		k->b->columns[c].disjunction >= 0 || g->op == NULL || (!g->ordinal && !g->affine) ||
		g->lo < 0 || g->hi < 0)
		return 0;
	return (uint64_t)(g->hi > g->lo ? g->hi : g->lo);
}

/* Whether a key over derived column c tells the values of its input apart: what is read is the
 * value before transforms, and where the key does not tell cases or blanks apart only numbers
 * differ in more. */
static bool may_tell(const struct compiler *k, uint32_t c, uint32_t in)
{
	bool exact = k->equiv[c] == 0 && key_equality_of(compiler_column(k, c)) == KEY_BYTES;

	return k->b->t->columns[in].ntransforms == 0 &&
	       (exact || k->b->columns[in].type == VT_INT) &&
	       key_equality_of(compiler_column(k, in)) == KEY_BYTES;
}

/* Whether ${x}, which makes derived column c, tells the values of its input apart.  A value that is
 * NULL is refused where the column is NOT NULL. */
static bool recovers(const struct compiler *k, const struct sql_expr *x, uint32_t c, uint32_t in)
{
	uint64_t most = most_of(k, in);

	return sql_recovers(x, in, most) ||
	       (pg_column_not_null(compiler_column(k, c)) && sql_recovers_or_null(x, in, most));
}

/* The columns that the value of derived column c tells; how many. */
static uint32_t told_by(const struct compiler *k, uint32_t c, uint32_t *to)
{
	const struct program_column *b = &k->b->columns[c];
	const struct sql_expr *x;
	const uint32_t *cols;
	uint32_t n = 0, ncols;

	if (!compile_derives(b) ||
		(k->b->t->columns[c].ntransforms > 0 && !compile_keeps_distinct(k, c, &b->gen)))
		return 0;
	if (derive_copies(&b->gen))
		return of_parent(k, c, &b->gen, to);
	if ((x = gen_expr_of(&b->gen)) == NULL)
		return 0;
	cols = sql_columns(x, &ncols);
	for (uint32_t i = 0; i < ncols; i++)
		if (may_tell(k, c, cols[i]) && recovers(k, x, c, cols[i]))
			to[n++] = cols[i];
	return n;
}

/* A column that is to be a digit has values of different indexes differ. */
static void become_member(struct compiler *k, uint32_t c)
{
	const struct gen_column was = k->b->columns[c].gc;
	struct err ignored = {.kind = ERR_NONE};
	struct gen g;

	if (k->member[c] || !compile_is_untouched(k, c) || k->b->t->columns[c].null_rate > 0)
		return;
	k->member[c] = true;
	if (compile_generator(k, c, false, k->b->t->rows, &g, &ignored) == 0 && !g.affine) {
		k->b->columns[c].gen = g;
		return;
	}
	k->b->columns[c].gc = was;
	k->member[c] = false;
}

bool compile_set_behind(struct compiler *k, const struct distinct_set *s, struct distinct_set *to)
{
	uint32_t n = compiler_table(k)->ncolumns, *told = arena_array(k->a, n + 1UL, sizeof(*told));
	bool any = false;

	*to = *s;
	to->cols = arena_array(k->a, (size_t)n * (s->ncols + 1UL) + 1, sizeof(to->cols[0]));
	to->ncols = 0;
	for (uint32_t i = 0; told != NULL && to->cols != NULL && i < s->ncols; i++) {
		uint32_t m = told_by(k, s->cols[i], told);

		any = any || m > 0;
		if (m == 0 && !compile_set_has(to, s->cols[i]))
			to->cols[to->ncols++] = s->cols[i];
		for (uint32_t j = 0; j < m; j++) {
			become_member(k, told[j]);
			if (!compile_set_has(to, told[j]))
				to->cols[to->ncols++] = told[j];
		}
	}
	return any;
}
