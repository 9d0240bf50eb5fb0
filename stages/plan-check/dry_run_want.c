/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/dry_run_int.h"

#include "common/base/err.h"
#include "common/generators/gen_children.h"

/*
 * What is to be made so that a question can be asked: of each ancestor the slice that makes the
 * columns that are read, and no more.
 */

/* ---- what is wanted ---------------------------------------------------------------------- */

static bool is_read(const struct plan_fk *f)
{
	return how_picks(f->how) && !f->computed;
}

/* Rows that the database has, and a NULL may be in what the foreign key refers to. */
static bool may_have_nulls(
	const struct dry_run *r, const struct plan_table *t, const struct plan_fk *f)
{
	const struct pg_constraint *con = &t->table->cons[f->con];
	bool any = false;

	for (uint32_t i = 0; r->p->tables[f->parent].existing && i < con->ncols; i++)
		any = any || !pg_column_not_null(&con->ref->columns[con->ref_cols[i]]);
	return any;
}

/* Whether who may be picked by a foreign key hangs on values of the parents. */
static bool asks(const struct dry_run *r, const struct plan_table *t, uint32_t fk)
{
	const struct plan_fk *f = &t->fks[fk];

	return how_picks(f->how) && (f->where != NULL || f->by != NULL || how_follows(f->how) ||
					    may_have_nulls(r, t, f));
}

/* All that making the table's rows reads. */
static void want_all(struct dry_run *r, uint32_t table)
{
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		const struct plan_table *t = &r->p->tables[i];

		if (!plan_reads(r->p, &r->p->tables[table], i))
			continue;
		r->wants.table[i] = true;
		for (uint32_t k = 0; k < t->nkept; k++)
			dry_run_places(r, i)[t->kept[k]] = true;
	}
}

static uint64_t folded_rows(const struct dry_run *r, const struct gen_children *x)
{
	for (uint32_t i = 0; i < r->p->ntables; i++)
		if (r->p->tables[i].table == x->child)
			return r->p->tables[i].rows;
	return 0;
}

/* What a slice reads.  Parents that are computed and rows that are aggregated are made of slices of
 * their own: then all that the table reads, and ${more}: how many rows those are. */
int dry_run_reads(struct dry_run *r, uint32_t table, const struct table_program *slice,
	uint64_t *more, struct err *e)
{
	const struct plan_table *t = slice->t;
	bool all = slice == r->bound[table];

	for (uint32_t f = 0; f < t->nfks; f++) {
		if (!how_picks(slice->fks[f].how))
			continue;
		all = all || t->fks[f].computed;
		if (!is_read(&t->fks[f])) {
			if (program_needs_values(slice, f)) /* they are written first */
				*more += r->p->tables[t->fks[f].parent].rows;
			continue;
		}
		r->wants.table[t->fks[f].parent] = true;
		if (program_needs_values(slice, f) &&
			program_needed_values(
				slice, f, dry_run_places(r, t->fks[f].parent), &r->a, e) == -1)
			return -1;
	}
	for (uint32_t i = 0; i < slice->ngathers; i++) {
		const struct program_gather *g = &slice->gathers[i];

		if (g->from == GEN_PARENT && is_read(&t->fks[g->fk]))
			dry_run_places(r, t->fks[g->fk].parent)[g->column] = true;
	}
	for (uint32_t i = 0; i < slice->norder; i++) {
		const struct gen_children *x =
			gen_children_of(&slice->columns[slice->order[i]].gen);

		all = all || x != NULL;
		*more += x != NULL ? folded_rows(r, x) : 0;
	}
	if (all)
		want_all(r, table);
	return 0;
}

/* The slice of a table that makes what is asked for; all of it where no slice can. */
static int slice_of(struct dry_run *r, uint32_t table, const struct slice_request *request,
	struct table_program **slice, uint64_t *more, struct err *e)
{
	struct err why = {.kind = ERR_NONE};

	if (program_slice(slice, r->bound[table], request, &r->a, &why) == -1) {
		if (why.kind != ERR_NO) {
			*e = why;
			return -1;
		}
		*slice = r->bound[table];
	}
	return dry_run_reads(r, table, *slice, more, e);
}

static int take_part(struct dry_run *r, uint32_t table, uint64_t *more, struct err *e)
{
	const struct plan_table *t = &r->mine.tables[table];
	struct slice_request request = {.fk = -1};
	uint32_t all = t->table->ncolumns + t->ninherited;
	uint32_t *cols = arena_array(&r->a, all + 1UL, sizeof(*cols));

	if (cols == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < all; i++)
		if (dry_run_places(r, table)[i])
			cols[request.ncols++] = i;
	request.cols = cols;
	return slice_of(r, table, &request, &r->slice[table], more, e);
}

/* The ancestors of what is wanted, parents being before their children; how many rows it takes. */
int dry_run_close(struct dry_run *r, uint64_t *rows, struct err *e)
{
	unsigned __int128 all = 0;

	for (uint32_t i = r->p->ntables; i-- > 0;) {
		uint64_t more = 0;

		for (const struct question *q = r->asked[i]; q != NULL; q = q->next)
			all += q->rows;
		if (!r->wants.table[i])
			continue;
		if (!r->p->tables[i].existing && !r->gone[i] && take_part(r, i, &more, e) == -1)
			return -1;
		all += more;
		all += r->p->tables[i].rows;
	}
	*rows = all > UINT64_MAX ? UINT64_MAX : (uint64_t)all;
	return 0;
}

/* ---- what is asked ------------------------------------------------------------------------ */

/* The row's own columns read the parent that was chosen by its values from the same file. */
static int want_read(struct dry_run *r, uint32_t table, struct err *e)
{
	const struct table_program *b = r->bound[table];

	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (how_picks(b->fks[f].how) && is_read(&b->t->fks[f]) &&
			program_needs_values(b, f) &&
			program_needed_values(
				b, f, dry_run_places(r, b->t->fks[f].parent), &r->a, e) == -1)
			return -1;
	return 0;
}

static bool is_known(const struct question *q, uint32_t fk)
{
	while (q != NULL && !how_picks(q->slice->fks[fk].how))
		q = q->next;
	return q != NULL;
}

int dry_run_want(struct dry_run *r, uint32_t table, struct err *e)
{
	const struct plan_table *t = &r->mine.tables[table];

	for (uint32_t f = t->nfks; f-- > 0;) { /* so that the list goes up */
		struct slice_request request = {.fk = (int)f};
		struct question *q;

		if (!asks(r, t, f) || is_known(r->asked[table], f))
			continue;
		if ((q = arena_alloc(&r->a, sizeof(*q))) == NULL)
			return err_nomem(e);
		if (slice_of(r, table, &request, &q->slice, &q->rows, e) == -1)
			return -1;
		q->fk = f;
		q->next = r->asked[table];
		r->asked[table] = q;
	}
	return r->asked[table] != NULL ? want_read(r, table, e) : 0;
}
