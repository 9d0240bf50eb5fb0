/* SPDX-License-Identifier: MIT */
#include "common/io/json.h"
#include "common/relation/foreign.h"
#include "stages/explain-row/look.h"

/* The row as JSON: one object, the same facts as the words. */

static void stream(const struct look *x, struct look_stream s, struct jsonw *j)
{
	jw_key(j, "stream");
	jw_array(j);
	jw_uint(j, x->b->plan->seed);
	jw_str(j, x->b->t->table->schema);
	jw_str(j, x->b->t->table->name);
	jw_str(j, s.name);
	jw_str(j, s.purpose);
	jw_uint(j, x->row);
	jw_end(j);
}

static void siblings(struct look *x, uint32_t fk, struct jsonw *j)
{
	struct siblings s = look_siblings(x, fk);

	jw_key(j, "siblings");
	if (!s.known) {
		jw_null(j);
		return;
	}
	jw_object(j);
	jw_kuint(j, "position", s.k);
	jw_kuint(j, "count", s.n);
	jw_key(j, "first_rows");
	jw_array(j);
	for (uint32_t i = 0; i < s.nrows; i++)
		jw_uint(j, s.rows[i]);
	jw_end(j);
	jw_kuint(j, "last_row", s.last);
	jw_end(j);
}

static void parent(struct look *x, uint32_t fk, struct jsonw *j)
{
	const struct plan_fk *f = &x->b->t->fks[fk];
	const struct pg_table *t = x->b->t->table;
	const struct pg_constraint *c = &t->cons[f->con];
	bool picks = how_picks(x->b->fks[fk].how);
	uint64_t k, row = picks ? engine_row_parent(&x->how, fk, &k) : UINT64_MAX, other;
	uint32_t nulls;

	jw_object(j);
	jw_kstr(j, "constraint", c->name);
	jw_kstr(j, "parent_schema", c->ref_schema);
	jw_kstr(j, "parent_table", c->ref_table);
	jw_kstr(j, "mode", how_word(x->b->fks[fk].how));
	jw_kstr(j, "how", look_mode(x, fk));
	stream(x, look_fk_stream(x, fk), j);
	jw_kdouble(j, "null_rate", x->b->fks[fk].null_rate);
	jw_kdouble(j, "partial_nulls", f->partial_nulls);
	jw_kbool(j, "existing", picks && x->b->plan->tables[f->parent].existing);
	jw_kbool(j, "computed", f->computed);
	jw_key(j, "row");
	if (row == UINT64_MAX)
		jw_null(j);
	else
		jw_uint(j, row);
	jw_key(j, "values_of_row"); /* in the columns that are not NULL */
	if (picks && engine_row_partial(&x->how, fk, &other, &nulls))
		row = other;
	if (row == UINT64_MAX)
		jw_null(j);
	else
		jw_uint(j, row);
	if (picks)
		jw_kuint(j, "rows", engine_row_relation(&x->how, fk)->parents);
	jw_key(j, "columns");
	jw_array(j);
	for (uint32_t i = 0; i < c->ncols; i++) {
		jw_object(j);
		jw_kstr(j, "column", t->columns[c->cols[i]].name);
		jw_kstr(j, "parent_column", c->ref_names[i]);
		jw_kstr(j, "value", look_picked(x, c->cols[i]));
		jw_end(j);
	}
	jw_end(j);
	siblings(x, fk, j);
	jw_end(j);
}

static void key(const struct look *x, uint32_t c, const struct engine_draw *d, struct jsonw *j)
{
	const struct program_column *col = &x->b->columns[c];
	const bool interval = col->pick == DRAW_INTERVAL;
	const struct program_key *k = &x->b->keys[interval ? col->interval->key : col->key];

	jw_key(j, "bijection");
	jw_object(j);
	jw_kstr(j, "key", k->name);
	jw_kstr(j, "children_of",
		k->ranking_fk < 0 ? NULL
				  : x->b->t->table->cons[x->b->t->fks[k->ranking_fk].con].name);
	jw_kuint(j, "size", k->size);
	jw_kuint(j, "value", d->digits);
	jw_kuint(j, "divisor", interval ? col->interval->div : col->div);
	jw_kuint(j, "passed_over", k->ntaken);
	jw_end(j);
}

static void parent_values(struct look *x, uint32_t c, struct jsonw *j)
{
	uint32_t n;
	const struct look_read *r = look_reads(x, c, &n);

	jw_key(j, "parent_values");
	jw_array(j);
	for (uint32_t i = 0; i < n; i++) {
		jw_object(j);
		jw_kstr(j, "constraint", r[i].fk->name);
		jw_kstr(j, "column", r[i].column);
		jw_kstr(j, "value", r[i].value);
		jw_end(j);
	}
	jw_end(j);
}

static void draw(struct look *x, uint32_t c, struct jsonw *j)
{
	const struct program_column *col = &x->b->columns[c];
	struct engine_draw d;

	if (!engine_row_draw(&x->how, c, &d)) {
		jw_kstr(j, "computed_from", look_inputs(x, c));
		parent_values(x, c, j);
		return;
	}
	jw_key(j, "draw");
	jw_object(j);
	jw_kstr(j, "pick",
		d.gen->affine		     ? "sequence"
		: col->pick == DRAW_DIGIT    ? "bijection"
		: col->pick == DRAW_INTERVAL ? "slot"
					     : "random");
	jw_kuint(j, "index", d.index);
	if (d.gen->affine) {
		jw_kint(j, "start", d.gen->lo);
		jw_kint(j, "step", d.gen->step);
	} else {
		stream(x, look_stream(x, c), j);
		jw_kuint(j, "of", d.gen->space);
		jw_kuint(j, "first", d.lo);
		jw_kuint(j, "last", d.hi);
		jw_kbool(j, "redrawn", d.redrawn);
		if (col->pick != DRAW_RANDOM)
			key(x, c, &d, j);
	}
	jw_end(j);
}

static void generator(struct look *x, uint32_t c, struct jsonw *j)
{
	const struct program_column *col = &x->b->columns[c];
	const msgpack_object *params = x->b->t->columns[c].params;

	jw_kstr(j, "generator", x->b->t->columns[c].gen);
	jw_kbool(j, "by_rule", col->gc.by_rule);
	if (params != NULL) {
		jw_key(j, "params");
		jw_object_of(j, params);
	}
	jw_kstr(j, "narrowed", look_narrowed(x, c));
	draw(x, c, j);
	if (engine_row_branch(&x->how, c) >= 0)
		jw_kint(j, "way", engine_row_branch(&x->how, c));
	if (col->pool != NULL)
		jw_kuint(j, "combinations", col->pool->n);
	jw_kdouble(j, "null_share", (double)col->null_below / 18446744073709551616.0);
	jw_key(j, "transforms");
	jw_array(j);
	for (uint32_t i = 0; i < col->ntransforms; i++)
		jw_str(j, col->transforms[i].op->id);
	jw_end(j);
}

static void column(struct look *x, uint32_t c, struct jsonw *j)
{
	const struct plan_column *pc = &x->b->t->columns[c];
	const struct pg_column *col = &x->b->t->table->columns[c];

	jw_object(j);
	jw_kstr(j, "column", col->name);
	jw_kstr(j, "type", col->formatted);
	jw_kbool(j, "made", look_made(x, c));
	jw_kstr(j, "value", look_value(x, c));
	jw_kstr(j, "source", plan_source_name(pc->source));
	if (pc->source == PLAN_GENERATOR)
		generator(x, c, j);
	else if (pc->source == PLAN_FOREIGN)
		jw_kstr(j, "foreign_key", x->b->t->table->cons[x->b->t->fks[pc->fk].con].name);
	else if (pc->source == PLAN_GENERATED)
		jw_kstr(j, "expression", col->generated);
	jw_end(j);
}

static void checks(struct look *x, struct jsonw *j)
{
	uint32_t n;
	const struct look_check *k = look_checks(x, &n);

	jw_key(j, "checks");
	jw_array(j);
	for (uint32_t i = 0; i < n; i++) {
		jw_object(j);
		jw_kstr(j, "name", k[i].name);
		jw_kstr(j, "definition", k[i].definition);
		jw_kstr(j, "status", k[i].status);
		jw_kuint(j, "failed_draws", k[i].failed_draws);
		jw_end(j);
	}
	jw_end(j);
}

void look_json(struct look *x, struct buf *b)
{
	const struct plan_table *t = x->b->t;
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "schema", t->table->schema);
	jw_kstr(&j, "table", t->table->name);
	jw_kuint(&j, "row", x->row);
	jw_kuint(&j, "rows", t->rows);
	jw_kuint(&j, "seed", x->b->plan->seed);
	if (t->append)
		jw_kuint(&j, "after_rows", t->after);
	jw_kstr(&j, "table_digest", t->digest);
	jw_kstr(&j, "csv", x->csv);
	jw_kuint(&j, "attempts", x->how.attempts + 1);
	jw_key(&j, "parents");
	jw_array(&j);
	for (uint32_t f = 0; f < t->nfks; f++)
		parent(x, f, &j);
	jw_end(&j);
	jw_key(&j, "columns");
	jw_array(&j);
	for (uint32_t c = 0; c < t->table->ncolumns; c++)
		column(x, c, &j);
	jw_end(&j);
	checks(x, &j);
	jw_end(&j);
	buf_addc(b, '\n');
}
