/* SPDX-License-Identifier: MIT */
/*
 * Transforms: from the value that a column draws to the one that is written. They
 * work on a block in place, one after the other, and may turn any type into text.
 */
#include "common/engine/engine_int.h"

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/str.h"

/* Transforms: from the value that a column draws to the one that is written. */

/* Columns with a sample set (sample_set.h) have their transformed values there
 * already, which have been checked together. The row draws the same place as its
 * value did. */
int engine_look_up(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_column *b = &k->b->columns[op->at];
	struct vec *v = &k->columns[op->at];
	uint64_t key = engine_attempt_stream(k, b->gen.key, b->tied);

	(void)e;
	v->type = b->written[0].type;
	for (uint32_t i = 0; i < k->n; i++) {
		uint64_t at = rng_below(rng_at(key, k->row[i]), b->pool->n);
		const struct vec *from = &b->written[at / VEC_BLOCK];

		vec_take(v, i, from, (uint32_t)(at % VEC_BLOCK));
	}
	return 0;
}

/* The text itself is not shown: it could be a real value. */
static int too_long(
	const struct engine_block *k, const struct program_column *b, uint32_t i, struct err *e)
{
	const struct pg_table *t = k->b->t->table;

	return err_no(e, "value_impossible",
		"table %s.%s: row %llu: column %s: after its transforms the text is longer than "
		"%s: truncate it, or draw shorter ones",
		t->schema, t->name, (unsigned long long)k->row[i], b->gc.column->name,
		b->gc.column->formatted);
}

/* A row whose check failed draws its transforms again too. What the last
 * transform leaves is written, so that it has to fit the column; it is never
 * cut. */
int engine_transform(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_column *b = &k->b->columns[op->at];
	struct vec *v = &k->columns[op->at];
	int32_t limit = gen_declared_limit(&b->gc);
	struct transform x = b->transforms[op->transform];

	x.key = engine_attempt_stream(k, x.key, b->tied);
	x.op->apply(&x, k->row, k->n, v, &k->heap);
	if (op->transform + 1 < b->ntransforms || v->type != VT_TEXT || limit < 0)
		return 0;
	for (uint32_t i = 0; i < k->n; i++)
		if (!vec_is_null(v, i) && v->v.t[i].n > (size_t)limit &&
			utf8_len(v->v.t[i].p, v->v.t[i].n) > (size_t)limit)
			return too_long(k, b, i, e);
	return 0;
}
