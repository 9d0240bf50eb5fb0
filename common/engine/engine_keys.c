/* SPDX-License-Identifier: MIT */
/*
 * Columns that are an arithmetic sequence of the row's number need no values in a
 * key snapshot: the first value and the step say them all.
 */
#include "common/engine/engine.h"

/* Tells the writer of a snapshot which columns are such sequences: never NULL,
 * not transformed, and not stopped at their last value within the table. */
void engine_keys_affine(const struct table_program *b, struct keys_writer *w)
{
	const struct plan_table *t = b->t;

	for (uint32_t i = 0; i < t->nkept; i++) {
		const struct program_column *c = &b->columns[t->kept[i]];
		__int128 last;

		if (t->kept[i] >= t->table->ncolumns)
			break; /* carried: what a parent has */
		last = c->gen.lo + (__int128)c->gen.step * t->rows;
		if (c->source == PLAN_GENERATOR && c->gen.affine && c->type == VT_INT &&
			c->null_below == 0 && c->ntransforms == 0 &&
			(c->gen.step > 0 ? last <= c->gen.hi : last >= c->gen.hi))
			keys_writer_affine(w, t->kept[i], c->gen.lo, c->gen.step);
	}
}
