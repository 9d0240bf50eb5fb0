/* SPDX-License-Identifier: MIT */
/*
 * context RUN DIR: of every table of the plan that is made, ask the ForeignContext for the parents
 * of every row, one value at a time, and look up what the parents have; write the answers to
 * DIR/SCHEMA.TABLE.csv, to be held against the rows of RUN.
 *
 * A column of such a file is either one of the table's that a foreign key fills, by its name, or
 * "CONSTRAINT>COLUMN": a column of the parent by that foreign key, looked up by the key that was
 * picked.  What is looked up of a parent with a snapshot are the snapshot's columns; of one that is
 * made anew all columns that its rows have.
 */
#include "common/context/context.h"

#include <stdio.h>

#include "common/base/err.h"
#include "common/codec/enc.h"
#include "common/program/program.h"
#include "tests/unit/check.h"
#include "tests/unit/run_fixture.h"
#include "tests/unit/open_context.h"

enum { MOST = 200 };

/* What is asked of each row. */
struct question {
	int fk; /* look up ${column} of its parent; -1: pick the value of ${column} */
	uint32_t column;
};

struct asking {
	struct context *c;
	const struct plan *plan;
	const struct plan_table *t;
	struct question q[MOST];
	struct enc_column cols[MOST];
	struct vec vecs[MOST];
	const struct vec *list[MOST];
	uint32_t n;
	struct arena a;
};

static const struct pg_constraint *constraint_of(const struct asking *x, uint32_t fk)
{
	return &x->t->table->cons[x->t->fks[fk].con];
}

/* ---- what is asked ------------------------------------------------------------------- */

static void add(struct asking *x, int fk, uint32_t column, const struct pg_column *of)
{
	const char *name = of->name;
	struct question *q = &x->q[x->n];

	if (x->n == MOST)
		return;
	if (fk >= 0)
		name = arena_printf(&x->a, "%s>%s", constraint_of(x, (uint32_t)fk)->name, of->name);
	*q = (struct question){fk, column};
	x->cols[x->n] = (struct enc_column){
		.name = name, .vec = x->n, .base = pg_base_of(of->type, of->typmod)};
	x->n++;
}

static bool filled_by(const struct asking *x, uint32_t c, uint32_t fk)
{
	const struct plan_column *pc = &x->t->columns[c];

	return (pc->source == PLAN_FOREIGN && pc->fk == fk && pc->ntransforms == 0) ||
	       pc->source == PLAN_ALWAYS_NULL;
}

/* The columns of a parent that may be asked for. */
static bool offers(const struct plan_table *parent, const struct plan_fk *f, uint32_t c)
{
	if (f->computed)
		return parent->columns[c].source == PLAN_GENERATOR ||
		       parent->columns[c].source == PLAN_FOREIGN;
	for (uint32_t i = 0; i < parent->nkept; i++)
		if (parent->kept[i] == c)
			return true;
	return false;
}

static void ask_about(struct asking *x, uint32_t fk)
{
	const struct plan_fk *f = &x->t->fks[fk];
	const struct pg_constraint *con = constraint_of(x, fk);
	const struct plan_table *parent = &x->plan->tables[f->parent];
	bool all = true;

	for (uint32_t i = 0; i < con->ncols; i++)
		all = all && x->t->columns[con->cols[i]].source == PLAN_FOREIGN &&
		      x->t->columns[con->cols[i]].ntransforms == 0;
	for (uint32_t c = 0; all && c < parent->table->ncolumns; c++)
		if (offers(parent, f, c))
			add(x, (int)fk, c, &parent->table->columns[c]);
}

static void questions(struct asking *x)
{
	for (uint32_t f = 0; f < x->t->nfks; f++) {
		const struct pg_constraint *con = constraint_of(x, f);

		for (uint32_t i = 0; i < con->ncols; i++)
			if (filled_by(x, con->cols[i], f))
				add(x, -1, con->cols[i], &x->t->table->columns[con->cols[i]]);
	}
	for (uint32_t f = 0; f < x->t->nfks; f++)
		if (how_picks(x->t->fks[f].how))
			ask_about(x, f);
}

/* ---- asking ------------------------------------------------------------------------------ */

static int pick(struct asking *x, uint32_t column, struct fvalue *v, struct err *e)
{
	const struct pg_table *t = x->t->table;

	return context_pick_fk(x->c, t->schema, t->name, t->columns[column].name, v, e);
}

static int look_up(struct asking *x, const struct question *q, struct fvalue *v, struct err *e)
{
	const struct pg_constraint *con = constraint_of(x, (uint32_t)q->fk);
	const struct pg_table *parent = x->plan->tables[x->t->fks[q->fk].parent].table;
	struct context_key key[32];
	bool null = false;
	int rc;

	for (uint32_t i = 0; i < con->ncols; i++) {
		key[i].column = con->ref_names[i];
		if (pick(x, con->cols[i], &key[i].value, e) == -1)
			return -1;
		null = null || key[i].value.null;
	}
	rc = context_lookup_parent(x->c, parent->schema, parent->name, key, con->ncols,
		parent->columns[q->column].name, v, e);
	if (rc == 0) {
		CHECK(null);
		*v = (struct fvalue){.null = true, .type = VT_TEXT};
		rc = 1;
	}
	CHECK(rc == 1);
	return rc == 1 ? 0 : -1;
}

/* The answer becomes the row's cell of a vector of one row, kept until the row is written. */
static void put(struct asking *x, uint32_t at, const struct fvalue *v)
{
	struct vec *to = &x->vecs[at];

	to->type = v->type;
	to->scale = v->scale;
	to->n = 1;
	to->has_null = false;
	if (v->null)
		vec_set_null(to, 0);
	else if (vec_is_ordinal(v->type))
		to->v.i[0] = v->v.i;
	else if (v->type == VT_F64)
		to->v.f[0] = v->v.f;
	else if (v->type == VT_UUID)
		to->v.u[0] = v->v.u;
	else
		to->v.t[0] = v->v.t;
	x->cols[at].type = v->type;
	x->cols[at].scale = v->scale;
}

static int row(struct asking *x, uint64_t at, struct buf *b, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct enc *enc;
	struct fvalue v;

	context_seek(x->c, at);
	for (uint32_t i = 0; i < x->n; i++) {
		if ((x->q[i].fk < 0 ? pick(x, x->q[i].column, &v, e)
				    : look_up(x, &x->q[i], &v, e)) == -1)
			return -1;
		put(x, i, &v);
	}
	if (enc_open(&enc, DATA_CSV, x->cols, x->n, &a, e) == -1)
		return -1;
	if (at == 0)
		enc_header(enc, b);
	enc_rows(enc, x->list, 1, b);
	arena_free(&a);
	return 0;
}

/* What nobody can answer is an error, not a value. */
static void refusals(struct asking *x)
{
	const struct pg_table *t = x->t->table;
	struct context_key key = {.column = "id"};
	struct err e = {.kind = ERR_NONE};
	struct fvalue v;

	CHECK(context_pick_fk(x->c, t->schema, t->name, "no such column", &v, &e) == -1);
	CHECK(context_pick_fk(x->c, t->schema, "no such table", "id", &v, &e) == -1);
	CHECK(context_lookup_parent(x->c, t->schema, "no such table", &key, 1, "id", &v, &e) == -1);
}

static int table(struct asking *x, const struct rundir *run, const char *dir, struct err *e)
{
	const struct pg_table *t = x->t->table;
	struct opened o;
	struct buf b = BUF_INIT;
	char path[4096];
	FILE *f;
	int rc = 0;

	x->n = 0;
	questions(x);
	if (x->n == 0)
		return 0;
	for (uint32_t i = 0; i < x->n; i++) {
		x->list[i] = &x->vecs[i];
		if (!vec_init(&x->vecs[i], VT_UUID, &x->a))
			return err_nomem(e);
	}
	if (open_context(&o, run, x->plan, x->t, &x->a, e) == -1)
		return -1;
	x->c = o.c;
	for (uint64_t r = 0; rc == 0 && r < x->t->rows; r++)
		rc = row(x, r, &b, e);
	if (rc == 0)
		refusals(x);
	close_context(&o);
	(void)snprintf(path, sizeof(path), "%s/%s.%s.csv", dir, t->schema, t->name);
	if (rc == 0 && (f = fopen(path, "w")) != NULL) {
		CHECK(fwrite(b.p, 1, b.n, f) == b.n);
		CHECK(fclose(f) == 0);
	}
	buf_free(&b);
	return rc;
}

int main(int argc, char **argv)
{
	static struct asking x;
	static struct run_fixture r;
	struct err e = {.kind = ERR_NONE};

	if (argc != 3 || run_fixture_open(&r, argv[1]) == -1)
		return 2;
	x.plan = &r.plan;
	for (uint32_t i = 0; i < r.plan.ntables; i++) {
		x.t = &r.plan.tables[i];
		x.a = ARENA_INIT;
		if (!x.t->existing && table(&x, &r.run, argv[2], &e) == -1) {
			fprintf(stderr, "%s.%s: %s\n", x.t->table->schema, x.t->table->name, e.msg);
			CHECK(!"the context answers");
		}
		arena_free(&x.a);
	}
	arena_free(&r.a);
	return check_done();
}
