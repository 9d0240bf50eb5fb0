/* SPDX-License-Identifier: MIT */
/*
 * The row that explain-row asks about, and what expressions of a plan may ask about
 * its parents. The context makes one row with the table's engine when it is first
 * needed and keeps it until another row is sought. A foreign key's value is read
 * from that row, so that the answer is the one that gen-children writes.
 */
#include "common/context/context_int.h"

#include <string.h>

#include "common/base/err.h"

/* ---- opening ----------------------------------------------------------------- */

/* The engine and the foreign context stay the caller's. Only the parents that
 * had to be made again are the context's own, and are closed with it. */
int context_open(struct context **out, const struct table_program *b, struct foreign *fc,
	struct engine *g, struct arena *a, struct err *e)
{
	struct context *c = arena_alloc(a, sizeof(*c));

	if (c == NULL)
		return err_nomem(e);
	*c = (struct context){.b = b, .fc = fc, .g = g, .a = a};
	if ((c->again = arena_array(a, b->t->nfks + 1UL, sizeof(c->again[0]))) == NULL)
		return err_nomem(e);
	*out = c;
	return 0;
}

void context_close(struct context *c)
{
	if (c == NULL)
		return;
	for (uint32_t f = 0; f < c->b->t->nfks; f++)
		keys_close(c->again[f]);
}

/* ---- rows ---------------------------------------------------------------------- */

/* Nothing is made yet. A row that was made stays if the same one is asked for
 * again. */
void context_seek(struct context *c, uint64_t row)
{
	c->made = c->made && c->row == row;
	c->row = row;
}

const struct engine_row *context_row(struct context *c, struct err *e)
{
	if (!c->made && engine_row(c->g, c->row, &c->how, e) == -1)
		return NULL;
	c->made = true;
	return &c->how;
}

/* Takes the first value of a vector out of it. Texts are not copied: they live
 * as long as the vector's memory. */
void context_value(const struct vec *v, struct fvalue *out)
{
	*out = (struct fvalue){.type = v->type, .scale = v->scale, .null = vec_is_null(v, 0)};
	if (out->null)
		return;
	if (vec_is_ordinal(v->type))
		out->v.i = v->v.i[0];
	else if (v->type == VT_F64)
		out->v.f = v->v.f[0];
	else if (v->type == VT_UUID)
		out->v.u = v->v.u[0];
	else
		out->v.t = v->v.t[0];
}

/* Whether the column belongs to a foreign key that is NULL in every row. Such a
 * column has no gather, so it must be answered before a row is made. */
static bool always_null(const struct context *c, uint32_t column)
{
	const struct plan_table *t = c->b->t;
	bool in = false;

	for (uint32_t f = 0; f < t->nfks; f++) {
		const struct pg_constraint *con = &t->table->cons[t->fks[f].con];

		in = in || pg_has_column(con->cols, con->ncols, column);
	}
	return in && c->b->columns[column].source == PLAN_ALWAYS_NULL;
}

int context_pick_fk(struct context *c, const char *schema, const char *table, const char *fk_column,
	struct fvalue *out, struct err *e)
{
	const struct pg_table *t = c->b->t->table;
	bool ours = strcmp(t->schema, schema) == 0 && strcmp(t->name, table) == 0;
	int column = ours ? pg_column_named(t, fk_column) : -1;
	const struct engine_row *r;
	const struct vec *v;

	if (column == -1)
		return err_set(e, ERR_INPUT, "no column %s.%s.%s in this context", schema, table,
			fk_column);
	if (always_null(c, (uint32_t)column)) {
		*out = (struct fvalue){.type = c->b->columns[column].type,
			.scale = c->b->columns[column].scale,
			.null = true};
		return 0;
	}
	if ((r = context_row(c, e)) == NULL)
		return -1;
	if ((v = engine_row_member(r, (uint32_t)column)) == NULL)
		return err_set(e, ERR_INPUT,
			"%s.%s.%s is in no foreign key that rows are picked for", schema, table,
			fk_column);
	context_value(v, out);
	return 0;
}
