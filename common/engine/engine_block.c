/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include <assert.h>
#include <string.h>

#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_children.h"

/* ---- memory ------------------------------------------------------------------------ */

static int block_columns(struct engine_block *k, struct arena *a, struct err *e)
{
	uint32_t n = k->b->t->table->ncolumns;

	k->columns = arena_array(a, n + 1UL, sizeof(k->columns[0]));
	k->cols = arena_array(a, n + k->b->t->ncarry + 1UL, sizeof(k->cols[0]));
	if (k->columns == NULL || k->cols == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < k->b->t->ncarry; i++)
		if (k->b->carry[i] != UINT32_MAX)
			k->cols[n + i] = &k->gathers[k->b->carry[i]];
	for (uint32_t i = 0; i < k->b->norder; i++) {
		uint32_t c = k->b->order[i];
		const struct bound_column *b = &k->b->columns[c];

		k->cols[c] = &k->columns[c];
		k->heap_need += (size_t)b->max_bytes * VEC_BLOCK;
		/* an FK's member is its gather, unless a transform will write to it */
		if (b->source == PLAN_FOREIGN && b->nxforms == 0)
			k->cols[c] = &k->gathers[b->gather];
		else if (!vec_init(&k->columns[c], b->nxforms > 0 ? VT_TEXT : b->type, a))
			return err_nomem(e); /* a transform makes a text of any value */
		k->columns[c].scale = b->scale;
	}
	return 0;
}

static int block_gathers(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct bound *b = k->b;

	k->gathers = arena_array(a, b->ngathers + 1UL, sizeof(k->gathers[0]));
	k->handles = arena_array(a, b->ngathers + 1UL, sizeof(k->handles[0]));
	if (k->gathers == NULL || k->handles == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < b->ngathers; i++) {
		const struct bound_gather *g = &b->gathers[i];
		const struct plan_table *of = &b->plan->tables[b->t->fks[g->fk].parent];
		const struct pg_table *parent = of->table;
		const struct keys *keys = foreign_keys(k->fc, g->fk);
		const char *name = plan_kept_name(of, g->column);
		uint8_t scale;

		if (!vec_init(&k->gathers[i], g->type, a))
			return err_nomem(e);
		if (keys == NULL || g->from != GEN_PARENT) {
			k->handles[i] = -1; /* an FK that is NULL in every row, or a place */
			continue;
		}
		if ((k->handles[i] = keys_column(keys, name)) == -1)
			return err_set(e, ERR_INPUT,
				"the keys of %s.%s have no column %s: rerun plan-check",
				parent->schema, parent->name, name);
		if (keys_type(keys, k->handles[i], &scale) != g->type || scale != g->scale)
			return err_set(e, ERR_INPUT,
				"the keys of %s.%s hold column %s as %s, not as %s", parent->schema,
				parent->name, name,
				vtype_name(keys_type(keys, k->handles[i], &scale)),
				vtype_name(g->type));
	}
	return 0;
}

static int block_peers(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct plan_fk *fks = k->b->t->fks;

	k->peers = arena_array(a, k->b->t->nfks + 1UL, sizeof(k->peers[0]));
	if (k->peers == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (fks[f].computed && plan_fk_picks(k->b->fks[f].mode) &&
			engine_peer_open(&k->peers[f], k->b, k->fc, f, a, e) == -1)
			return -1;
	return 0;
}

static int block_children(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct bound *b = k->b;

	k->children = arena_array(a, b->t->table->ncolumns + 1UL, sizeof(k->children[0]));
	if (k->children == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; k->first == NULL && i < b->norder; i++) {
		uint32_t c = b->order[i];

		if (gen_children_of(&b->columns[c].gen) != NULL &&
			engine_children_open(&k->children[c], b, c, k->fc, a, e) == -1)
			return -1;
	}
	return 0;
}

void engine_block_free(struct engine_block *k)
{
	for (uint32_t c = 0; k->children != NULL && c < k->b->t->table->ncolumns; c++)
		engine_children_close(k->children[c]);
	for (uint32_t f = 0; k->peers != NULL && f < k->b->t->nfks; f++)
		engine_peer_close(k->peers[f]);
	gen_heap_free(&k->heap);
	arena_free(&k->texts);
}

static uint64_t *rows(struct arena *a)
{
	return arena_array(a, VEC_BLOCK, sizeof(uint64_t));
}

int engine_block_init(struct engine_block *k, const struct engine_block *first,
	const struct bound *b, const struct foreign *fc, const struct bound_key *keys,
	struct arena *a, struct err *e)
{
	uint32_t nfks = b->t->nfks;

	*k = (struct engine_block){
		.b = b, .fc = fc, .keys = keys, .heap = GEN_HEAP_INIT, .first = first};
	k->relations = arena_array(a, nfks + 1UL, sizeof(k->relations[0]));
	k->parent = arena_array(a, nfks + 1UL, sizeof(k->parent[0]));
	k->k = arena_array(a, nfks + 1UL, sizeof(k->k[0]));
	k->other = arena_array(a, nfks + 1UL, sizeof(k->other[0]));
	k->nulls = arena_array(a, nfks + 1UL, sizeof(k->nulls[0]));
	k->digits = arena_array(a, b->nkeys + 1UL, sizeof(k->digits[0]));
	k->beyond = arena_array(a, b->nkeys + 1UL, sizeof(k->beyond[0]));
	if ((k->row = rows(a)) == NULL || (k->idx = rows(a)) == NULL || k->relations == NULL ||
		k->parent == NULL || k->k == NULL || k->other == NULL || k->nulls == NULL ||
		k->digits == NULL || k->beyond == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < nfks; i++)
		if ((k->parent[i] = rows(a)) == NULL || (k->k[i] = rows(a)) == NULL)
			return err_nomem(e);
	for (uint32_t i = 0; i < nfks; i++)
		if (b->fks[i].partial.nmasks > 0 &&
			((k->other[i] = rows(a)) == NULL || (k->nulls[i] = arena_array(a, VEC_BLOCK,
								     sizeof(uint32_t))) == NULL))
			return err_nomem(e);
	for (uint32_t i = 0; i < b->nkeys; i++)
		if ((k->digits[i] = rows(a)) == NULL ||
			(k->beyond[i] = arena_array(a, VEC_BLOCK, sizeof(bool))) == NULL)
			return err_nomem(e);
	if (block_gathers(k, a, e) == -1 || block_columns(k, a, e) == -1 ||
		engine_ways_init(k, a, e) == -1 || block_peers(k, a, e) == -1 ||
		block_children(k, a, e) == -1)
		return -1;
	return gen_heap_reserve(&k->heap, k->heap_need + 1) ? 0 : err_nomem(e);
}

uint64_t engine_again(const struct engine_block *k, uint64_t key, uint64_t tied)
{
	return k->attempt > 0 && (tied & k->mask) != 0 ? rng_subkey(key, k->attempt) : key;
}

/* ---- base columns ------------------------------------------------------------------------ */

/* The indexes [*lo, *hi] that the columns drawn before leave to row i. */
void engine_bounds(const struct engine_block *k, const struct bound_column *b, const struct gen *g,
	uint32_t i, uint64_t *lo, uint64_t *hi)
{
	__int128 first = 0, last = (__int128)g->space - 1;

	for (uint32_t l = 0; l < b->nlimits; l++) {
		const struct bound_limit *m = &b->limits[l];
		const struct vec *v = k->cols[m->other];
		__int128 x;

		if (vec_is_null(v, i))
			continue;
		x = (__int128)v->v.i[i] * m->other_mul;
		if (m->low) {
			x = -divide_floor(-(x + m->gap), m->mul);
			x = -divide_floor(g->lo - x, g->step);
			first = x > first ? x : first;
		} else {
			x = divide_floor(x - m->gap, m->mul);
			x = divide_floor(x - g->lo, g->step);
			last = x < last ? x : last;
		}
	}
	/* no room: one end, and the check that says so will have it drawn again */
	if (first > (__int128)g->space - 1)
		first = (__int128)g->space - 1;
	if (last < first)
		last = first;
	if (b->slot != NULL && g == &b->gen) /* not outside a predicate */
		engine_slot_bounds(k, b->slot, g, i, &first, &last);
	*lo = (uint64_t)first;
	*hi = (uint64_t)last;
}

uint64_t engine_index(const struct engine_block *k, const struct bound_column *b,
	const struct gen *g, uint64_t key, uint32_t i)
{
	uint64_t lo = 0, hi = g->space - 1;

	if ((b->nlimits > 0 || b->slot != NULL) && g->ordinal)
		engine_bounds(k, b, g, i, &lo, &hi);
	return lo + rng_below(rng_at(key, k->row[i]), hi - lo + 1);
}

/* x / div % size of a key's values x < total, which a key of one column has no need of. */
static void digit(const struct engine_block *k, const uint64_t *x, uint64_t div, uint64_t size,
	uint64_t total)
{
	struct divisor by_div = divisor_of(div), by_size = divisor_of(size);

	if (div == 1 && total <= size) {
		memcpy(k->idx, x, k->n * sizeof(x[0]));
		return;
	}
	assert(total <= INT64_MAX);
	for (uint32_t i = 0; i < k->n; i++)
		(void)divide_rest(&by_size, divide(&by_div, x[i]), &k->idx[i]);
}

void engine_draw_index(const struct engine_block *k, const struct bound_column *b, uint64_t key)
{
	uint64_t space = b->gen.space;

	if (b->pick == BIND_KEY) {
		digit(k, k->digits[b->key], b->div, b->size, k->keys[b->key].size);
	} else if (b->pick == BIND_SLOT && !b->gen.ordinal) {
		for (uint32_t i = 0; i < k->n; i++)
			k->idx[i] = engine_slot_range(k, b, key, i);
	} else if (b->nlimits > 0 || b->pick == BIND_SLOT) {
		for (uint32_t i = 0; i < k->n; i++)
			k->idx[i] = engine_index(k, b, &b->gen, key, i);
	} else {
		for (uint32_t i = 0; i < k->n; i++)
			k->idx[i] = rng_below(rng_at(key, k->row[i]), space);
	}
}

static void sequence(const struct engine_block *k, const struct gen *g, struct vec *v)
{
	for (uint32_t i = 0; i < k->n; i++) {
		__int128 x = g->lo + (__int128)g->step * k->row[i];

		if (g->step > 0 ? x > g->hi : x < g->hi)
			x = g->hi;
		v->v.i[i] = (int64_t)x;
	}
}

/* The plainest columns, in one pass. */
static void draw_ordinals(
	const struct engine_block *k, const struct gen *g, uint64_t key, int64_t *to)
{
	uint64_t lo = (uint64_t)g->lo, step = (uint64_t)g->step, space = g->space, row0 = k->row[0];
	const uint64_t *row = k->row;
	uint32_t n = k->n;

	if (k->neighbours) /* a sum instead of a product */
		for (uint32_t i = 0; i < n; i++)
			to[i] = (int64_t)(lo + step * rng_below(rng_at(key, row0 + i), space));
	else
		for (uint32_t i = 0; i < n; i++)
			to[i] = (int64_t)(lo + step * rng_below(rng_at(key, row[i]), space));
}

static void base_column(struct engine_block *k, const struct bound_column *b, struct vec *v)
{
	const struct gen *g = &b->gen;

	if (g->affine && vec_is_ordinal(v->type)) {
		sequence(k, g, v);
		return;
	}
	if (g->ordinal && b->pick == BIND_DRAW && b->nlimits == 0 && vec_is_ordinal(v->type)) {
		draw_ordinals(k, g, engine_again(k, g->key, b->tied), v->v.i);
		return;
	}
	engine_draw_index(k, b, engine_again(k, g->key, b->tied));
	if (g->ordinal && vec_is_ordinal(v->type))
		for (uint32_t i = 0; i < k->n; i++)
			v->v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * k->idx[i]);
	else
		g->op->value(g, k->idx, k->n, v, &k->heap);
}

/* ---- all columns ------------------------------------------------------------------------- */

/* A row without a value: division by zero, out of range ... */
static int no_value(const struct engine_block *k, const struct bound_column *b, struct err *e)
{
	const struct pg_table *t = k->b->t->table;

	return err_set(e, ERR_NO, "table %s.%s: row %llu: column %s, %s: %s", t->schema, t->name,
		(unsigned long long)k->row[k->heap.row], b->gc.column->name, b->gen.op->id,
		k->heap.why);
}

static int derived_column(struct engine_block *k, uint32_t c, struct vec *v, struct err *e)
{
	const struct bound_column *b = &k->b->columns[c];
	const struct vec *in[GEN_INPUTS];
	struct gen g = b->gen;

	for (uint32_t i = 0; i < g.nin; i++)
		in[i] = g.in[i].from == GEN_ROW ? k->cols[b->in[i]] : &k->gathers[b->in[i]];
	g.key = engine_again(k, g.key, b->tied);
	if (g.op->folds && engine_children_make(k, c, v, e) == -1)
		return -1;
	if (!g.op->folds)
		g.op->derive(&g, in, k->row, k->n, v, &k->heap);
	if (k->heap.nomem)
		return err_nomem(e);
	return k->heap.why != NULL ? no_value(k, b, e) : 0;
}

static void some_nulls(const struct engine_block *k, const struct bound_column *b, struct vec *v)
{
	uint64_t key = engine_again(k, b->null_key, b->tied);

	if (b->choice >= 0) {
		for (uint32_t i = 0; i < k->n; i++)
			if (engine_way_null(k, b, key, i))
				vec_set_null(v, i);
		return;
	}
	if (b->null_of != NULL) {
		key = engine_again(k, b->pool->key, b->pool->tied);
		for (uint32_t i = 0; i < k->n; i++)
			if (b->null_of[rng_below(rng_at(key, k->row[i]), b->pool->n)])
				vec_set_null(v, i);
		return;
	}
	for (uint32_t i = 0; i < k->n; i++)
		if (rng_at(key, k->row[i]) < b->null_below || b->null_below == UINT64_MAX)
			vec_set_null(v, i);
}

/* Row i has no parent by a foreign key, nor by one that is tied to it. */
static void leave(struct engine_block *k, uint32_t fk, uint32_t i)
{
	const struct plan_table *t = k->b->t;

	k->parent[fk][i] = UINT64_MAX;
	for (uint32_t g = 0; g < k->b->ngathers; g++)
		if (k->b->gathers[g].fk == fk)
			vec_set_null(&k->gathers[g], i);
	for (uint32_t f = 0; f < t->nfks && t->fks[fk].mode != PLAN_FK_AMONG; f++)
		if (t->fks[f].mode == PLAN_FK_AMONG && t->fks[f].nsame > 0 && t->fks[f].base == fk)
			leave(k, f, i);
}

/* Rows that have no parent after all: nothing of it is read. */
static void orphan(struct engine_block *k, const struct bound_column *b, uint32_t fk)
{
	uint64_t key = engine_again(k, b->null_key, b->tied);

	for (uint32_t i = 0; i < k->n; i++)
		if (engine_way_null(k, b, key, i))
			leave(k, fk, i);
}

static int make_column(struct engine_block *k, uint32_t c, struct err *e)
{
	const struct bound_column *b = &k->b->columns[c];
	struct vec *v = &k->columns[c];

	if (b->choice >= 0)
		engine_choose(k, b);
	if (b->choice >= 0 && b->source == PLAN_FOREIGN)
		orphan(k, b, k->b->t->columns[c].fk);
	if (k->cols[c] != v)
		return 0;  /* a gather */
	v->type = b->type; /* a transform may have made the last block's text */
	v->scale = b->scale;
	v->n = k->n;
	v->has_null = false;
	if (b->source == PLAN_FOREIGN) {
		const struct vec *g = &k->gathers[b->gather];

		for (uint32_t i = 0; i < k->n; i++)
			if (vec_is_null(g, i))
				vec_set_null(v, i);
		memcpy(v->v.i, g->v.i,
			k->n * (g->type == VT_UUID || g->type >= VT_TEXT ? (size_t)16 : 8));
	} else if (b->source == PLAN_ALWAYS_NULL) {
		for (uint32_t i = 0; i < k->n; i++)
			vec_set_null(v, i);
	} else if (b->gen.op->derives) {
		if (derived_column(k, c, v, e) == -1)
			return -1;
	} else {
		base_column(k, b, v);
		if (b->choice >= 0)
			engine_ways(k, b, v);
	}
	if (b->null_below > 0 || b->choice >= 0 || b->null_of != NULL)
		some_nulls(k, b, v);
	return 0;
}

int engine_block_fill(struct engine_block *k, uint64_t attempt, uint64_t mask, struct err *e)
{
	const struct bound *b = k->b;

	gen_heap_reset(&k->heap);
	k->attempt = attempt;
	k->mask = mask;
	if (b->nchoices > 0)
		memset(k->chosen, 0, b->nchoices * sizeof(k->chosen[0]));
	if (engine_parents(k, e) == -1)
		return -1;
	for (uint32_t i = 0; i < b->nkeys; i++)
		engine_key_values(k, i);
	for (uint32_t i = 0; i < b->norder; i++)
		if (make_column(k, b->order[i], e) == -1)
			return -1;
	for (uint32_t i = 0; i < b->norder; i++) {
		const struct bound_column *c = &b->columns[b->order[i]];

		for (uint32_t x = 0; x < c->nxforms; x++)
			c->xforms[x].op->apply(
				&c->xforms[x], k->row, k->n, &k->columns[b->order[i]], &k->heap);
	}
	return 0;
}
