/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include "common/relation/foreign.h"

/*
 * Digits of keys.  A key is a bijection of the row's number, or of the row's rank among the
 * children of a parent; its value is read in mixed radix, and each column or foreign key that is
 * made distinct by it takes one digit.
 */

/* How many rows the parent of a foreign key has in the plan. */
uint64_t compile_parents_of(const struct compiler *k, uint32_t f)
{
	uint32_t p = k->b->t->fks[f].parent;

	return p < k->b->plan->ntables ? k->b->plan->tables[p].rows : 0;
}

/* Starts a bijection. With an anchor its argument is the rank among the anchor's
 * children, so the foreign key must know ranks from now on. */
int compile_take_key(struct compiler *k, const char *name, int ranking_fk, uint64_t need)
{
	const struct plan_taken *taken = plan_taken(k->b->t, name);
	struct table_program *b = k->b;

	b->keys[b->nkeys] = (struct program_key){.name = name,
		.ranking_fk = ranking_fk,
		.key = compile_key_of(k, name, "unique"),
		.size = 1,
		.need = need};
	if (ranking_fk < 0 && taken != NULL) {
		b->keys[b->nkeys].taken = taken->at;
		b->keys[b->nkeys].ntaken = taken->n;
	}
	if (ranking_fk >= 0 && how_free(b->fks[ranking_fk].how))
		b->fks[ranking_fk].how.ranked = true;
	return (int)b->nkeys++;
}

/* Gives the next digit of a key to a foreign key or a column: value / div %
 * size, div being the product of the digits before it. The key's size, the
 * product of all digits, never exceeds what a bijection can have. A foreign key
 * with a digit no longer picks by its own law. */
void compile_take_digit(struct compiler *k, int at, const struct key_unit *u)
{
	struct program_key *key = &k->b->keys[at];
	uint64_t most = KEY_SPACE_MAX / key->size, space = u->space < most ? u->space : most;

	if (u->is_fk) {
		k->b->fks[u->at].how = how_by(PLAN_LAW_UNIFORM);
		k->b->fks[u->at].completes = at;
		k->b->fks[u->at].div = key->size;
		k->b->fks[u->at].excluded = u->space < compile_parents_of(k, u->at);
	} else {
		struct program_column *c = &k->b->columns[u->at];

		c->pick = DRAW_DIGIT;
		c->key = (uint32_t)at;
		c->div = key->size;
		c->size = space;
	}
	key->size *= space;
}

void compile_take_column(struct compiler *k, uint32_t key, uint32_t c)
{
	compile_take_digit(k, (int)key, &(struct key_unit){false, c, k->b->columns[c].gen.space});
}

/* Whether nothing else decides the foreign key's parents, neither a digit nor an
 * order. */
bool compile_is_loose(const struct compiler *k, uint32_t f)
{
	for (uint32_t i = 0; i < k->b->ntwins; i++)
		if (k->b->twins[i].low >= 0 &&
			(k->b->twins[i].first == f || k->b->twins[i].second == f))
			return false;
	return k->b->fks[f].completes < 0;
}

/* Whether a key can be built on ranks among this foreign key's children. */
bool compile_may_rank(const struct compiler *k, uint32_t f)
{
	struct plan_how m = k->b->fks[f].how;

	return compile_parents_of(k, f) > 0 && compile_is_loose(k, f) &&
	       (how_enumerable(m) || how_free(m));
}

/* Whether another foreign key picks among the parents that agree with this one: parents with which
 * none agrees have no children then, and how many these are is known when the rows are made. */
static bool is_base(const struct compiler *k, uint32_t f)
{
	for (uint32_t g = 0; g < k->b->t->nfks; g++)
		if (g != f && how_agrees(k->b->fks[g].how) && k->b->t->fks[g].base == f)
			return true;
	return false;
}

/* The most children that any parent has by a foreign key that anchors a key.
 * Even sharing gives it by division; a fan-out is built once to see. If it
 * cannot be built, all rows are assumed, and that problem is reported elsewhere. */
uint64_t compile_most_children(const struct compiler *k, uint32_t f)
{
	const struct plan_fk *fk = &k->b->t->fks[f];
	uint64_t rows = k->b->t->rows, parents = compile_parents_of(k, f);
	struct fan fan;

	if (rows <= parents &&
		is_base(k, f)) /* at most one, but for parents that nobody agrees with */
		return how_exact(k->b->fks[f].how) && fk->fan.max < rows ? fk->fan.max : rows;
	if (!how_exact(k->b->fks[f].how))
		return rows / parents + (rows % parents != 0);
	if (fan_init(&fan, &fk->fan, 0, relation_linked(rows, k->b->fks[f].null_rate), parents,
		    k->a) != 0)
		return rows;
	return fan.most;
}

/* Whether the set holds all columns of the foreign key. */
bool compile_names(const struct compiler *k, const struct distinct_set *s, uint32_t f)
{
	const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[f].con];

	return con->ncols > 0 && compile_set_holds(s, con->cols, con->ncols);
}
