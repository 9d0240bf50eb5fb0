/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "common/relation/foreign.h"
#include "stages/explain-row/look.h"

/* The row in words. */

typedef unsigned long long ull;

static const char *or_null(const char *s)
{
	return s != NULL ? s : "NULL";
}

static void stream(const struct look *x, struct look_stream s, struct buf *b)
{
	const struct pg_table *t = x->b->t->table;

	buf_addf(b, "      stream: seed %llu, %s, %s, %s, \"%s\"", (ull)x->b->plan->seed, t->schema,
		t->name, s.name, s.purpose);
	if (x->b->t->append)
		buf_addf(b, ", after %llu rows", (ull)x->b->t->after);
	buf_addf(b, "; at row %llu\n", (ull)x->row);
}

/* ---- parents ---------------------------------------------------------------------------- */

static void siblings(struct look *x, uint32_t fk, struct buf *b)
{
	struct siblings s = look_siblings(x, fk);

	if (!s.known)
		return;
	buf_addf(b, "      child %llu of %llu of this parent: row%s", (ull)s.k + 1, (ull)s.n,
		s.n > 1 ? "s" : "");
	for (uint32_t i = 0; i < s.nrows; i++)
		buf_addf(b, " %llu", (ull)s.rows[i]);
	if (s.n > s.nrows)
		buf_addf(b, " ... %llu", (ull)s.last);
	buf_addc(b, '\n');
}

/* NULL in all columns of the key, or in some; ${other}: the row that the rest is as. */
static void no_parent(struct look *x, uint32_t fk, uint64_t *other, struct buf *b)
{
	const struct plan_fk *f = &x->b->t->fks[fk];
	const struct pg_constraint *c = &x->b->t->table->cons[f->con];
	double rate = x->b->fks[fk].null_rate * 100, some = rate * f->partial_nulls;
	const char *sep = "";
	uint32_t nulls;

	*other = UINT64_MAX;
	if (!engine_row_partial(&x->how, fk, other, &nulls)) {
		buf_addf(b, "      no parent: NULL, as in %g %% of rows\n", rate - some);
		return;
	}
	buf_adds(b, "      no parent: ");
	for (uint32_t i = 0; i < c->ncols; i++)
		if (nulls >> i & 1) {
			buf_addf(b, "%s%s", sep, x->b->t->table->columns[c->cols[i]].name);
			sep = ", ";
		}
	buf_addf(b, " NULL and the rest not, as in %g %% of rows\n", some);
	buf_addf(b, "      the rest has the values of row %llu of %llu\n", (ull)*other,
		(ull)engine_row_relation(&x->how, fk)->parents);
}

static void parent(struct look *x, uint32_t fk, struct buf *b)
{
	const struct plan_fk *f = &x->b->t->fks[fk];
	const struct pg_table *t = x->b->t->table;
	const struct pg_constraint *c = &t->cons[f->con];
	uint64_t k, row, values;

	buf_addf(b, "  %s -> %s.%s\n      %s\n", c->name, c->ref_schema, c->ref_table,
		look_mode(x, fk));
	if (!how_picks(x->b->fks[fk].how))
		return;
	stream(x, look_fk_stream(x, fk), b);
	row = values = engine_row_parent(&x->how, fk, &k);
	if (row == UINT64_MAX)
		no_parent(x, fk, &values, b);
	else
		buf_addf(b, "      row %llu of %llu%s\n", (ull)row,
			(ull)engine_row_relation(&x->how, fk)->parents,
			f->computed				 ? ", whose key is made anew"
			: x->b->plan->tables[f->parent].existing ? ", which the database has"
								 : "");
	for (uint32_t i = 0; i < c->ncols && values != UINT64_MAX; i++)
		buf_addf(b, "      %s = %s = %s\n", t->columns[c->cols[i]].name, c->ref_names[i],
			or_null(look_picked(x, c->cols[i])));
	siblings(x, fk, b);
}

/* ---- columns ------------------------------------------------------------------------------ */

static void key(struct look *x, uint32_t c, const struct engine_draw *d, struct buf *b)
{
	const struct program_column *col = &x->b->columns[c];
	const struct program_key *k = &x->b->keys[col->key];

	buf_addf(b, "      distinct by %s: ", k->name);
	if (k->ranking_fk < 0 && k->ntaken > 0)
		buf_addf(b, "row %llu, %u places passed over whose values are in the database,",
			(ull)x->row, k->ntaken);
	else if (k->ranking_fk < 0)
		buf_addf(b, "row %llu", (ull)x->row);
	else
		buf_addf(b, "its place among the children by %s",
			x->b->t->table->cons[x->b->t->fks[k->ranking_fk].con].name);
	if (k->ranked)
		buf_addf(b, " is counted: %llu", (ull)d->digits);
	else
		buf_addf(b, " is %llu in a bijection of %llu", (ull)d->digits, (ull)k->size);
	if (k->size != col->size || col->div != 1)
		buf_addf(b, "; the digit of this column, / %llu %% %llu", (ull)col->div,
			(ull)col->size);
	buf_addf(b, ": index %llu of %llu\n", (ull)d->index, (ull)d->gen->space);
}

static void interval(struct look *x, uint32_t c, const struct engine_draw *d, struct buf *b)
{
	const struct program_interval *s = x->b->columns[c].interval;
	const struct program_key *k = &x->b->keys[s->key];

	buf_addf(b, "      apart by %s: slot %llu of %llu, that of ", k->name,
		(ull)(d->digits / s->div + 1), (ull)(k->size / s->div));
	if (k->ranking_fk < 0)
		buf_addf(b, "row %llu\n", (ull)x->row);
	else
		buf_addf(b, "its place among the children by %s\n",
			x->b->t->table->cons[x->b->t->fks[k->ranking_fk].con].name);
}

static void draw(struct look *x, uint32_t c, const struct engine_draw *d, struct buf *b)
{
	const struct program_column *col = &x->b->columns[c];

	if (d->gen->affine) {
		buf_addf(b, "      a sequence: %lld + %lld * %llu\n", (long long)d->gen->lo,
			(long long)d->gen->step, (ull)x->row);
		return;
	}
	stream(x, look_stream(x, c), b);
	if (col->pick == DRAW_DIGIT) {
		key(x, c, d, b);
		return;
	}
	if (col->pick == DRAW_INTERVAL)
		interval(x, c, d, b);
	buf_addf(b, "      index %llu of %llu", (ull)d->index, (ull)d->gen->space);
	if (d->gen->ordinal)
		buf_addf(b, ", from %s to %s", look_index(x, c, d->gen, 0),
			look_index(x, c, d->gen, d->gen->space - 1));
	buf_addc(b, '\n');
	if (d->lo > 0 || d->hi < d->gen->space - 1)
		buf_addf(b, "      in this row from %s to %s, by the columns drawn before\n",
			look_index(x, c, d->gen, d->lo), look_index(x, c, d->gen, d->hi));
	if (d->redrawn)
		buf_addf(b, "      of attempt %u: a check had it drawn again\n", x->how.attempts);
}

static void computed(struct look *x, uint32_t c, struct buf *b)
{
	uint32_t n;
	const struct look_read *r = look_reads(x, c, &n);

	buf_addf(b, "      computed from %s\n", look_inputs(x, c));
	for (uint32_t i = 0; i < n; i++)
		buf_addf(b, "      where %s.%s is %s\n", r[i].fk->ref_table, r[i].column,
			or_null(r[i].value));
}

static void generator(struct look *x, uint32_t c, struct buf *b)
{
	const struct program_column *col = &x->b->columns[c];
	const char *params = look_params(x, c), *narrowed = look_narrowed(x, c);
	struct engine_draw d;

	buf_addf(b, "      %s%s%s, %s\n", x->b->t->columns[c].gen, params != NULL ? " " : "",
		params != NULL ? params : "",
		col->gc.by_rule ? "by a rule of the plan" : "the default of the type");
	if (narrowed != NULL)
		buf_addf(b, "      the checks leave: %s\n", narrowed);
	if (engine_row_draw(&x->how, c, &d))
		draw(x, c, &d, b);
	else
		computed(x, c, b);
	if (engine_row_branch(&x->how, c) >= 0)
		buf_addf(b, "      way %d of the %u in which its checks can be met\n",
			engine_row_branch(&x->how, c) + 1, x->b->disjunctions[col->disjunction].n);
	if (col->pool != NULL)
		buf_addf(b, "      drawn together with others: one of %llu combinations\n",
			(ull)col->pool->n);
	if (col->null_below > 0)
		buf_addf(b, "      NULL in %g %% of rows, %s\n",
			(double)col->null_below / 18446744073709551616.0 * 100,
			look_value(x, c) == NULL ? "and here" : "not here");
	for (uint32_t i = 0; i < col->ntransforms; i++)
		buf_addf(b, "      then %s\n", col->transforms[i].op->id);
}

static void column(struct look *x, uint32_t c, struct buf *b)
{
	const struct plan_column *pc = &x->b->t->columns[c];
	const struct pg_column *col = &x->b->t->table->columns[c];

	buf_addf(b, "  %s %s = %s\n", col->name, col->formatted,
		look_made(x, c) ? or_null(look_value(x, c)) : "what the server makes of it");
	switch (pc->source) {
	case PLAN_GENERATOR:
		generator(x, c, b);
		break;
	case PLAN_FOREIGN:
		buf_addf(b, "      of the parent by %s\n",
			x->b->t->table->cons[x->b->t->fks[pc->fk].con].name);
		break;
	case PLAN_ALWAYS_NULL:
		buf_adds(b, "      NULL in every row\n");
		break;
	case PLAN_GENERATED:
		buf_addf(b, "      generated by the server: %s\n", col->generated);
		break;
	case PLAN_SERVER_DEFAULT:
		buf_adds(b, "      left out: the server's default\n");
		break;
	case PLAN_EXISTING:
		break;
	}
}

/* ---- the row -------------------------------------------------------------------------------- */

static void checks(struct look *x, struct buf *b)
{
	uint32_t n;
	const struct look_check *k = look_checks(x, &n);

	if (n > 0)
		buf_adds(b, "\nchecks\n");
	for (uint32_t i = 0; i < n; i++) {
		buf_addf(b, "  %s, %s\n      %s", k[i].name, k[i].definition, k[i].words);
		if (k[i].failed_draws > 0)
			buf_addf(b, "; failed by %u draw%s before this one", k[i].failed_draws,
				k[i].failed_draws > 1 ? "s" : "");
		buf_addc(b, '\n');
	}
}

void look_words(struct look *x, struct buf *b)
{
	const struct plan_table *t = x->b->t;

	buf_addf(b, "%s.%s, row %llu of %llu, counted from 0; seed %llu; %s\n%s\n",
		t->table->schema, t->table->name, (ull)x->row, (ull)t->rows, (ull)x->b->plan->seed,
		x->how.attempts == 0 ? "as it was first drawn"
				     : look_printf(x, "drawn again %u times", x->how.attempts),
		x->csv);
	if (t->nfks > 0)
		buf_adds(b, "\nparents\n");
	for (uint32_t f = 0; f < t->nfks; f++)
		parent(x, f, b);
	buf_adds(b, "\ncolumns\n");
	for (uint32_t c = 0; c < t->table->ncolumns; c++)
		column(x, c, b);
	checks(x, b);
}
