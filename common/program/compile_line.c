/* SPDX-License-Identifier: MIT */
/*
 * Line numbers: columns whose value is the row's rank among the children of its
 * parent, such as the line of an order. A rule of the plan can ask for one; an
 * integer that completes a unique key with a foreign key becomes one by default.
 * The value is the rank itself, so that it is distinct among siblings and has no
 * holes.
 */
#include "common/program/compile.h"

#include <string.h>

#include "common/base/num.h"
#include "common/generators/gen_kit.h"

/* Line numbers: columns whose value is the row's place among the children of its parent. */

static const struct pg_constraint *constraint_of(const struct compiler *k, uint32_t f)
{
	return &compiler_table(k)->cons[k->b->t->fks[f].con];
}

/*
 * Whether rows that agree in the set's columns have one parent by FK ${f}: the set has all its
 * columns, or as many as are a key of the parent.  Lines of an order are distinct by (order_id,
 * line) also where the foreign key is (tenant_id, order_id), because order_id alone is the orders'
 * key.  A row whose key is NULL in part has no parent but may have an order_id, so there only all
 * columns will do.
 */
static bool has_parent_key(const struct compiler *k, const struct distinct_set *s, uint32_t f)
{
	return compile_names(k, s, f) ||
	       (!(k->b->t->fks[f].partial_nulls > 0) && compile_tells(k, s, f));
}

/* Whether the set is distinct because one of its columns numbers the children of
 * a parent that the set names. */
bool compile_ranked(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++) {
		const struct program_column *b = &k->b->columns[s->cols[i]];

		if (b->source == PLAN_GENERATOR && b->pick == DRAW_DIGIT &&
			k->b->keys[b->key].ranked &&
			has_parent_key(k, s, (uint32_t)k->b->keys[b->key].ranking_fk))
			return true;
	}
	return false;
}

/* ---- by rule -------------------------------------------------------------------------------- */

/* Whether the name is that of the foreign key or of one of its columns. */
static bool is_called(const struct compiler *k, uint32_t f, const char *name)
{
	const struct pg_constraint *con = constraint_of(k, f);

	if (strcmp(con->name, name) == 0)
		return true;
	for (uint32_t i = 0; i < con->ncols; i++)
		if (strcmp(compiler_column(k, con->cols[i])->name, name) == 0)
			return true;
	return false;
}

/* The foreign key that is unique together with column c, or -1. One whose
 * columns are all in the set comes before one that only has a key of the parent
 * there. */
static int fk_made_unique(const struct compiler *k, uint32_t c)
{
	int found = -1;

	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		for (uint32_t i = 0; compile_may_rank(k, f) && i < k->nsets; i++) {
			if (!compile_set_has(&k->sets[i], c))
				continue;
			if (compile_names(k, &k->sets[i], f))
				return (int)f;
			if (found < 0 && has_parent_key(k, &k->sets[i], f))
				found = (int)f;
		}
	return found;
}

/* The foreign key whose children are numbered: the named one, that of a unique
 * key with the column, or the only one. -1 means that there is none, or several. */
static int fk_of(const struct compiler *k, uint32_t c)
{
	const char *name = k->b->columns[c].gen.of;
	int found = -1, n = 0;

	if (name == NULL && (found = fk_made_unique(k, c)) >= 0)
		return found;
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		if (name != NULL && is_called(k, f, name))
			return compile_may_rank(k, f) ? (int)f : -1;
		if (name != NULL || !compile_may_rank(k, f))
			continue;
		found = (int)f;
		n++;
	}
	return n == 1 ? found : -1;
}

/* A column that a rule has numbered gets a key of its own, with the rank as its
 * value. Refused if the foreign key cannot know ranks, or if a parent may have
 * more children than the column has numbers. */
static int by_rule(struct compiler *k, uint32_t c)
{
	struct program_column *b = &k->b->columns[c];
	int f = fk_of(k, c), key;
	uint64_t need;

	if (f < 0)
		return compile_problem(k, "generator_cannot", false, compiler_column(k, c),
			"name a foreign key whose children can be counted: not one to one, nor of "
			"the table to itself, nor picked with a weight",
			"%s: of no foreign key do rows know their place among siblings",
			b->gen.op->id);
	need = compile_most_children(k, (uint32_t)f);
	if (need > b->gen.space)
		return compile_problem(k, "key_space_too_small", false, compiler_column(k, c), NULL,
			"%s: a parent has up to %s children, it counts %s", b->gen.op->id,
			num_people(need).s, num_people(b->gen.space).s);
	key = compile_take_key(k, compiler_column(k, c)->name, f, need);
	k->b->keys[key].ranked = true;
	compile_take_column(k, (uint32_t)key, c);
	return 0;
}

int compile_lines(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++)
		if (k->b->columns[c].source == PLAN_GENERATOR && k->b->columns[c].gen.op != NULL &&
			k->b->columns[c].gen.sibling && by_rule(k, c) == -1)
			return -1;
	return 0;
}

/* ---- by default ---------------------------------------------------------------------------- */

/* An integer without a rule that is a key's only digit beside a foreign key is
 * numbered from 1, if no check says otherwise: people expect line numbers there. */
void compile_number_lines(struct compiler *k, uint32_t key, uint32_t c)
{
	struct program_column *b = &k->b->columns[c];
	const struct sql_domain *d = b->gc.dom;
	uint64_t need = k->b->keys[key].need;
	int64_t lo, hi, start;

	if (b->gc.by_rule || b->type != VT_INT || !b->gen.ordinal || b->gen.step != 1 ||
		b->nlimits > 0 || (d != NULL && (d->set != NULL || d->nnot > 0 || d->step > 1)))
		return;
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (k->narrow.orders[i].left == c || k->narrow.orders[i].right == c)
			return;
	gen_bounds(&b->gc, 0, &lo, &hi);
	start = lo > 1 || hi < 1 ? lo : 1;
	if (start > hi || (uint64_t)hi - (uint64_t)start < need)
		return;
	b->gen.lo = start;
	b->gen.hi = hi;
	b->gen.space = (uint64_t)hi - (uint64_t)start;
	k->b->keys[key].ranked = true;
}
