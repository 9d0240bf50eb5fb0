/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"

/*
 * Operations: each makes one thing of every row of the block.  A program is an array of them, and
 * running it is the loop at the end.
 */

/* ---- columns ----------------------------------------------------------------------------- */

static const struct program_column *column_of(
	const struct engine_block *k, const struct operation *op)
{
	return &k->b->columns[op->at];
}

/* A column's vector, emptied: a transform may have made the last block's values text. */
static struct vec *emptied(struct engine_block *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	struct vec *v = &k->columns[c];

	v->type = b->type;
	v->scale = b->scale;
	v->n = k->n;
	v->has_null = false;
	return v;
}

/* The value of a foreign key's member, converted to the column's type as
 * PostgreSQL assigns it. A value that does not fit stops the table, with its
 * row. */
static int run_assign(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_column *b = column_of(k, op);
	const struct vec *const from = &k->gathers[b->gather];
	const struct pg_table *t = k->b->t->table;
	const struct plan_fk *fk = &k->b->t->fks[k->b->gathers[b->gather].fk];
	struct sql_fault fault;

	if (sql_assign(b->move, &from, k->n, NULL, emptied(k, op->at), &fault, &k->heap.arena, e) ==
		-1)
		return -1;
	if (fault.why == NULL)
		return 0;
	return err_no(e, "value_impossible", "%s.%s.%s: row %llu, foreign key %s: %s", t->schema,
		t->name, b->gc.column->name, (unsigned long long)k->row[fault.row],
		t->cons[fk->con].name, fault.why);
}

static int run_always_null(struct engine_block *k, const struct operation *op, struct err *e)
{
	struct vec *v = emptied(k, op->at);

	(void)e;
	for (uint32_t i = 0; i < k->n; i++)
		vec_set_null(v, i);
	return 0;
}

static int run_sequence(struct engine_block *k, const struct operation *op, struct err *e)
{
	(void)e;
	engine_sequence(k, &column_of(k, op)->gen, emptied(k, op->at));
	return 0;
}

static int run_draw(struct engine_block *k, const struct operation *op, struct err *e)
{
	(void)e;
	engine_draw(k, column_of(k, op), emptied(k, op->at));
	return 0;
}

static int run_draw_branches(struct engine_block *k, const struct operation *op, struct err *e)
{
	(void)e;
	engine_draw_branches(k, column_of(k, op), &k->columns[op->at]);
	return 0;
}

/* A row whose expression has no value, for instance a division by zero, is an
 * error: PostgreSQL would refuse it too. */
static int no_value(const struct engine_block *k, const struct program_column *b, struct err *e)
{
	const struct pg_table *t = k->b->t->table;

	return err_no(e, "value_impossible", "%s.%s.%s: row %llu, %s: %s", t->schema, t->name,
		b->gc.column->name, (unsigned long long)k->row[k->heap.row], b->gen.op->id,
		k->heap.why);
}

/* Values from other columns or parents. The generator is copied so that an
 * attempt can have a stream of its own. */
static int run_derive(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_column *b = column_of(k, op);
	const struct vec *in[GEN_INPUTS];
	struct gen g = b->gen;

	for (uint32_t i = 0; i < g.nin; i++)
		in[i] = g.in[i].from == GEN_ROW ? k->cols[b->in[i]] : &k->gathers[b->in[i]];
	g.key = engine_attempt_stream(k, g.key, b->tied);
	g.op->derive(&g, in, k->row, k->n, emptied(k, op->at), &k->heap);
	if (k->heap.nomem)
		return err_nomem(e);
	return k->heap.why != NULL ? no_value(k, b, e) : 0;
}

/* Values from the rows of children. */
static int run_aggregate(struct engine_block *k, const struct operation *op, struct err *e)
{
	if (engine_children_make(k, op->at, emptied(k, op->at), e) == -1)
		return -1;
	if (k->heap.nomem)
		return err_nomem(e);
	return k->heap.why != NULL ? no_value(k, column_of(k, op), e) : 0;
}

/* ---- NULLs ------------------------------------------------------------------------------- */

/* Sets NULLs by the branch that a row has taken, by its combination in a sample
 * set, or at the column's rate. */
static int run_set_nulls(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_column *b = column_of(k, op);
	struct vec *v = &k->columns[op->at];
	uint64_t key = engine_attempt_stream(k, b->null_key, b->tied);

	(void)e;
	if (b->disjunction >= 0) {
		for (uint32_t i = 0; i < k->n; i++)
			if (engine_branch_null(k, b, key, i))
				vec_set_null(v, i);
		return 0;
	}
	if (b->null_of != NULL) {
		key = engine_attempt_stream(k, b->pool->key, b->pool->tied);
		for (uint32_t i = 0; i < k->n; i++)
			if (b->null_of[rng_below(rng_at(key, k->row[i]), b->pool->n)])
				vec_set_null(v, i);
		return 0;
	}
	for (uint32_t i = 0; i < k->n; i++)
		if (rng_at(key, k->row[i]) < b->null_below || b->null_below == UINT64_MAX)
			vec_set_null(v, i);
	return 0;
}

/* Leaves row i without a parent by a foreign key, and by those that must agree
 * with it. A key's columns that are NOT NULL keep their values: with another of
 * its columns NULL the key refers to nothing. */
static void leave(struct engine_block *k, uint32_t fk, uint32_t i)
{
	const struct plan_table *t = k->b->t;

	k->parent[fk][i] = UINT64_MAX;
	for (uint32_t g = 0; g < k->b->ngathers; g++)
		if (k->b->gathers[g].fk == fk && !k->b->gathers[g].keeps)
			vec_set_null(&k->gathers[g], i);
	for (uint32_t f = 0; f < t->nfks && !how_follows(t->fks[fk].how); f++)
		if (how_follows(t->fks[f].how) && t->fks[f].nsame > 0 && t->fks[f].base == fk)
			leave(k, f, i);
}

/* Rows whose branch leaves them without a parent after all. This comes before
 * anything is computed from the parent's values. */
static int run_orphan(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_column *b = column_of(k, op);
	uint64_t key = engine_attempt_stream(k, b->null_key, b->tied);

	(void)e;
	for (uint32_t i = 0; i < k->n; i++)
		if (engine_branch_null(k, b, key, i))
			leave(k, k->b->t->columns[op->at].fk, i);
	return 0;
}

static int run_branch(struct engine_block *k, const struct operation *op, struct err *e)
{
	(void)e;
	engine_take_branch(k, op->at);
	return 0;
}

/* ---- all of them ---------------------------------------------------------------------------- */

typedef int run_fn(struct engine_block *k, const struct operation *op, struct err *e);

static run_fn *const run[OP_COUNT] = {
	[OP_PICK] = engine_pick,
	[OP_FOLLOW] = engine_pick,
	[OP_COMPLETE] = engine_complete,
	[OP_TWINS] = engine_twins,
	[OP_RECOMPUTE] = engine_recompute,
	[OP_CLIMB] = engine_climb,
	[OP_READ] = engine_read,
	[OP_RANK] = engine_rank,
	[OP_DIGITS] = engine_digits,
	[OP_BRANCH] = run_branch,
	[OP_ORPHAN] = run_orphan,
	[OP_ASSIGN] = run_assign,
	[OP_ALWAYS_NULL] = run_always_null,
	[OP_SEQUENCE] = run_sequence,
	[OP_DRAW] = run_draw,
	[OP_DRAW_BRANCHES] = run_draw_branches,
	[OP_DERIVE] = run_derive,
	[OP_AGGREGATE] = run_aggregate,
	[OP_SET_NULLS] = run_set_nulls,
	[OP_SUFFIX] = engine_suffix,
	[OP_TRANSFORM] = engine_transform,
	[OP_LOOK_UP] = engine_look_up,
};

/* An operation of a column whose values are those of samples is done as if the
 * block's rows were these. */
static int run_sampled(struct engine_block *k, const struct operation *op, struct err *e)
{
	uint64_t *row = k->row;
	bool neighbours = k->neighbours;
	int rc;

	k->row = k->sample;
	k->neighbours = false;
	rc = run[op->code](k, op, e);
	k->row = row;
	k->neighbours = neighbours;
	return rc;
}

/* Runs the program: one call for each operation and block. Every function keeps
 * to the rows of its block, so that an operation's order among the others is all
 * that matters. */
int engine_block_fill(struct engine_block *k, uint64_t attempt, uint64_t mask, struct err *e)
{
	const struct operation *op = k->b->ops, *end = op + k->b->nmake;

	gen_heap_reset(&k->heap);
	k->attempt = attempt;
	k->mask = mask;
	engine_samples(k);
	for (; op < end; op++)
		if ((op->sampled && k->sample != NULL ? run_sampled : run[op->code])(k, op, e) ==
			-1)
			return -1;
	return 0;
}
