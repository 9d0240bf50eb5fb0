/* SPDX-License-Identifier: MIT */
#include "common/engine/engine.h"

#include "common/engine/engine_int.h"

/*
 * Looking into a row: what was drawn for it is in its block, or is drawn once more by the code
 * that drew it.
 */

uint64_t engine_row_parent(const struct engine_row *r, uint32_t fk, uint64_t *k)
{
	*k = r->block->k[fk][0];
	return r->block->parent[fk][0];
}

const struct vec *engine_row_member(const struct engine_row *r, uint32_t c)
{
	const struct program_column *b = &r->block->b->columns[c];

	return b->source == PLAN_FOREIGN ? &r->block->gathers[b->gather] : NULL;
}

/* Whether the row is NULL in part of a foreign key, and whose values it shows. */
bool engine_row_partial(const struct engine_row *r, uint32_t fk, uint64_t *other, uint32_t *nulls)
{
	const struct engine_block *k = r->block;

	if (k->relations[fk].partial.nmasks == 0 || k->other[fk][0] == UINT64_MAX)
		return false;
	*other = k->other[fk][0];
	*nulls = k->nulls[fk][0];
	return true;
}

const struct relation *engine_row_relation(const struct engine_row *r, uint32_t fk)
{
	return &r->block->relations[fk];
}

int engine_row_branch(const struct engine_row *r, uint32_t c)
{
	const struct program_column *b = &r->block->b->columns[c];

	return b->disjunction >= 0 ? r->block->branch[b->disjunction][0] : -1;
}

/* How the value of a column came about: the generator, the index, and the range
 * that it was drawn from. The index is computed again by the code that drew it,
 * so that both always agree. */
bool engine_row_draw(const struct engine_row *r, uint32_t c, struct engine_draw *d)
{
	const struct engine_block *k = r->block;
	const struct program_column *b = &k->b->columns[c];
	int branch = engine_row_branch(r, c);

	if (b->source != PLAN_GENERATOR || b->gen.op->derives)
		return false;
	*d = (struct engine_draw){.gen = &b->gen, .hi = b->gen.space - 1};
	if (b->gen.affine) {
		d->index = k->row[0];
		return true;
	}
	if (b->pick != DRAW_RANDOM)
		d->digits = k->digits[b->pick == DRAW_INTERVAL ? b->interval->key : b->key][0];
	if (b->pick != DRAW_DIGIT)
		d->redrawn = k->attempt > 0 && (b->tied & k->mask) != 0;
	if (branch >= 0 && b->branches[branch].gen != NULL) {
		d->gen = b->branches[branch].gen;
		d->hi = d->gen->space - 1;
		d->index = engine_index(
			k, b, d->gen, engine_attempt_stream(k, d->gen->key, b->tied), 0);
	} else {
		engine_draw_index(k, b, engine_attempt_stream(k, b->gen.key, b->tied));
		d->index = k->idx[0];
	}
	if ((b->nlimits > 0 || b->interval != NULL) && d->gen->ordinal && b->pick != DRAW_DIGIT)
		engine_bounds(k, b, d->gen, 0, &d->lo, &d->hi);
	return true;
}
