/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/rehearse_int.h"

#include "common/err.h"
#include "common/gen_children.h"
#include "common/sql.h"

/*
 * What is to be made so that a question can be asked: of each ancestor the part that makes the
 * columns that are read, and no more.
 */

static const struct pg_constraint *constraint_of(const struct plan_table *t, uint32_t fk)
{
	return &t->table->cons[t->fks[fk].con];
}

/* ---- what is wanted ---------------------------------------------------------------------- */

static bool is_read(const struct plan_fk *f)
{
	return plan_fk_picks(f->mode) && !f->computed;
}

/* Rows that the database has, and a NULL may be in what the foreign key refers to. */
static bool may_have_nulls(
	const struct rehearsal *r, const struct plan_table *t, const struct plan_fk *f)
{
	const struct pg_constraint *con = &t->table->cons[f->con];
	bool any = false;

	for (uint32_t i = 0; r->p->tables[f->parent].existing && i < con->ncols; i++)
		any = any || !pg_column_not_null(&con->ref->columns[con->ref_cols[i]]);
	return any;
}

/* Whether who may be picked by a foreign key hangs on values of the parents. */
static bool asks(const struct rehearsal *r, const struct plan_table *t, uint32_t fk)
{
	const struct plan_fk *f = &t->fks[fk];

	return is_read(f) && (f->where != NULL || f->by != NULL || f->mode == PLAN_FK_AMONG ||
				     may_have_nulls(r, t, f));
}

static int want_read_by(struct rehearsal *r, uint32_t parent, const char *text, struct err *e)
{
	struct plan_table *t = &r->mine.tables[parent];
	struct sql_scope scope = {
		.schema = r->c->schema, .table = t->table, .as_of = r->mine.as_of};
	const uint32_t *cols;
	struct sql_expr *x;
	uint32_t n;

	if (text == NULL)
		return 0;
	if (sql_compile(&x, &scope, text, &r->a, e) != SQL_OK)
		return -1;
	for (cols = sql_columns(x, &n); n > 0; n--, cols++)
		rehearse_places(r, parent)[*cols] = true;
	return 0;
}

/* The columns that an AMONG shares with its base, in the parents of both. */
static void want_shared(struct rehearsal *r, const struct plan_table *t, const struct plan_fk *f)
{
	const struct pg_constraint *x = constraint_of(t, f->base), *y = &t->table->cons[f->con];
	bool *base = rehearse_places(r, t->fks[f->base].parent),
	     *own = rehearse_places(r, f->parent);

	for (uint32_t i = 0; i < x->ncols; i++) {
		for (uint32_t k = 0; k < y->ncols; k++)
			if (x->cols[i] == y->cols[k])
				base[x->ref_cols[i]] = own[y->ref_cols[k]] = true;
		for (uint32_t s = 0; s < f->nsame; s++)
			if (x->cols[i] == f->same[s].column)
				base[x->ref_cols[i]] = own[f->same[s].parent] = true;
	}
}

/* What opening the context reads of the parents by one foreign key. */
static int want_parents(struct rehearsal *r, const struct plan_table *t, uint32_t fk, struct err *e)
{
	const struct plan_fk *f = &t->fks[fk];

	r->wants.table[f->parent] = true;
	if (f->mode == PLAN_FK_AMONG)
		want_shared(r, t, f);
	return want_read_by(r, f->parent, f->where, e) == -1 ||
			       want_read_by(r, f->parent, f->by, e) == -1
		       ? -1
		       : 0;
}

/* All that making the table's rows reads. */
static void want_all(struct rehearsal *r, uint32_t table)
{
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		const struct plan_table *t = &r->p->tables[i];

		if (!plan_reads(r->p, &r->p->tables[table], i))
			continue;
		r->wants.table[i] = true;
		for (uint32_t k = 0; k < t->nkeep; k++)
			rehearse_places(r, i)[t->keep[k]] = true;
	}
}

static uint64_t folded_rows(const struct rehearsal *r, const struct gen_children *x)
{
	for (uint32_t i = 0; i < r->p->ntables; i++)
		if (r->p->tables[i].table == x->child)
			return r->p->tables[i].rows;
	return 0;
}

/* What a part reads.  Parents that are computed and rows that are folded are made of parts of
 * their own: then all that the table reads. */
static int want_for_part(
	struct rehearsal *r, uint32_t table, const struct bound *part, struct err *e)
{
	const struct plan_table *t = part->t;
	bool all = part == r->bound[table];

	for (uint32_t f = 0; f < t->nfks; f++) {
		if (!plan_fk_picks(part->fks[f].mode))
			continue;
		all = all || t->fks[f].computed;
		if (is_read(&t->fks[f]) && want_parents(r, t, f, e) == -1)
			return -1;
	}
	for (uint32_t i = 0; i < part->ngathers; i++) {
		const struct bound_gather *g = &part->gathers[i];

		if (g->from == GEN_PARENT && is_read(&t->fks[g->fk]))
			rehearse_places(r, t->fks[g->fk].parent)[g->column] = true;
	}
	for (uint32_t i = 0; i < part->norder; i++) {
		const struct gen_children *x = gen_children_of(&part->columns[part->order[i]].gen);

		all = all || x != NULL;
		r->folded += x != NULL ? folded_rows(r, x) : 0;
	}
	if (all)
		want_all(r, table);
	return 0;
}

/* The part of a table that makes what is asked for; all of it where no part can. */
static int part_of(struct rehearsal *r, uint32_t table, const struct bound_wish *wish,
	struct bound **part, struct err *e)
{
	struct err why = {.kind = ERR_NONE};

	if (r->bound[table] == NULL &&
		table_bind(&r->bound[table], &r->mine, &r->mine.tables[table], r->c->schema, NULL,
			&r->a, e) == -1)
		return -1;
	if (bound_only(part, r->bound[table], wish, &r->a, &why) == -1) {
		if (why.kind != ERR_NO) {
			*e = why;
			return -1;
		}
		*part = r->bound[table];
	}
	return want_for_part(r, table, *part, e);
}

static int take_part(struct rehearsal *r, uint32_t table, struct err *e)
{
	const struct plan_table *t = &r->mine.tables[table];
	struct bound_wish wish = {.fk = -1};
	uint32_t all = t->table->ncolumns + t->ncarry;
	uint32_t *cols = arena_array(&r->a, all + 1UL, sizeof(*cols));

	if (cols == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < all; i++)
		if (rehearse_places(r, table)[i])
			cols[wish.ncols++] = i;
	wish.cols = cols;
	if (wish.ncols == 0)
		return 0; /* how many rows there are says all */
	return part_of(r, table, &wish, &r->part[table], e);
}

/* The ancestors of what is wanted, parents being before their children; how many rows it takes. */
int rehearse_close(struct rehearsal *r, uint64_t *rows, struct err *e)
{
	*rows = r->folded = 0;
	for (uint32_t i = r->p->ntables; i-- > 0;) {
		if (!r->wants.table[i])
			continue;
		if (__builtin_add_overflow(*rows, r->p->tables[i].rows, rows))
			*rows = UINT64_MAX / 2;
		if (!r->p->tables[i].existing && take_part(r, i, e) == -1)
			return -1;
	}
	if (__builtin_add_overflow(*rows, r->folded, rows))
		*rows = UINT64_MAX;
	return 0;
}

/* ---- what is asked ------------------------------------------------------------------------ */

static bool is_known(const struct question *q, uint32_t fk)
{
	while (q != NULL && !plan_fk_picks(q->part->fks[fk].mode))
		q = q->next;
	return q != NULL;
}

int rehearse_want(struct rehearsal *r, uint32_t table, struct err *e)
{
	const struct plan_table *t = &r->mine.tables[table];

	for (uint32_t f = t->nfks; f-- > 0;) { /* so that the list goes up */
		struct bound_wish wish = {.fk = (int)f};
		struct question *q;

		if (!asks(r, t, f) || is_known(r->asked[table], f))
			continue;
		if ((q = arena_alloc(&r->a, sizeof(*q))) == NULL)
			return err_nomem(e);
		if (part_of(r, table, &wish, &q->part, e) == -1)
			return -1;
		q->fk = f;
		q->next = r->asked[table];
		r->asked[table] = q;
	}
	return 0;
}
