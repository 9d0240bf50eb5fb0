/* SPDX-License-Identifier: MIT */
/*
 * Reading which columns a derived value depends on: columns of the row, and
 * columns of parents through a foreign key, possibly over several tables
 * (fk_column.column).
 */
#include "common/generators/gen_derive.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/generators/gen_path.h"

enum { MAX_INPUTS = 8 };

/* Input names are those of the catalogue; plans 0.2 also wrote them in other cases. */
static int column_of(const struct pg_table *t, const char *name)
{
	int i = pg_column_named(t, name);

	for (uint32_t k = 0; i == -1 && k < t->ncolumns; k++)
		if (strcasecmp(t->columns[k].name, name) == 0)
			i = (int)k;
	return i;
}

/*
 * Reads the parameter input_columns: at least ${least} columns of the same
 * table.
 */
int derive_inputs(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	uint32_t least, struct arena *a, struct err *e)
{
	const char *names[MAX_INPUTS];
	int n = gen_arg_columns(params, "input_columns", MAX_INPUTS, a, names);

	if (n < (int)least)
		return err_set(e, ERR_NO,
			"%s: parameter input_columns must name %u to %d columns of the table",
			g->op->id, least, MAX_INPUTS);
	for (int i = 0; i < n; i++) {
		int k = column_of(c->table, names[i]);

		if (k == -1)
			return err_set(e, ERR_NO, "%s: input column %s is not in the table",
				g->op->id, names[i]);
		if (&c->table->columns[k] == c->column)
			return err_set(e, ERR_NO, "%s: the column is its own input", g->op->id);
		g->in[i] = (struct gen_input){.from = GEN_ROW, .column = (uint32_t)k};
	}
	g->nin = (uint32_t)n;
	return 0;
}

/* ---- the parent's column -------------------------------------------------------------- */

/* What the parameters say of the parent. */
struct parent_args {
	const char *fk, *schema, *table;
};

/* Whether a foreign key refers to the table that is meant. */
static bool is_parent(const struct pg_constraint *k, const struct parent_args *p)
{
	return (p->schema == NULL || strcmp(p->schema, k->ref_schema) == 0) &&
	       (p->table == NULL || strcmp(p->table, k->ref_table) == 0);
}

/*
 * The foreign key that has the column and refers to the parent; one of that
 * column alone is preferred.
 */
static int find_fk(const struct gen_column *c, const struct parent_args *p, int col)
{
	int found = -1;

	for (uint32_t i = 0; i < c->table->ncons; i++) {
		const struct pg_constraint *k = &c->table->cons[i];
		bool has = false;

		if (k->kind != PG_CON_FOREIGN || !is_parent(k, p))
			continue;
		for (uint32_t j = 0; j < k->ncols; j++)
			has = has || k->cols[j] == (uint32_t)col;
		if (has && (found == -1 || (k->ncols == 1 && c->table->cons[found].ncols > 1)))
			found = (int)i;
	}
	return found;
}

static int read_parent_args(struct gen *g, const msgpack_object *params, struct arena *a,
	struct parent_args *p, struct err *e)
{
	const char *names[MAX_INPUTS];

	*p = (struct parent_args){0};
	if (gen_arg_columns(params, "input_columns", MAX_INPUTS, a, names) < 1)
		return err_set(e, ERR_NO,
			"%s: parameter input_columns must name the foreign key column", g->op->id);
	p->fk = names[0];
	(void)gen_arg_string(params, "parent_schema", a, &p->schema);
	(void)gen_arg_string(params, "parent_table", a, &p->table);
	return 0;
}

/*
 * The foreign key that the parameters mean, as its index among the table's
 * constraints.
 */
int derive_fk(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, uint32_t *fk, struct err *e)
{
	struct parent_args p;
	int col, found;

	if (read_parent_args(g, params, a, &p, e) == -1)
		return -1;
	if ((col = column_of(c->table, p.fk)) == -1)
		return err_set(
			e, ERR_NO, "%s: input column %s is not in the table", g->op->id, p.fk);
	if ((found = find_fk(c, &p, col)) == -1)
		return err_set(e, ERR_NO, "%s: %s is not in a foreign key to %s", g->op->id, p.fk,
			p.table != NULL ? p.table : "any table");
	*fk = (uint32_t)found;
	return 0;
}

/* Makes a column of the parent the generator's only input. */
int derive_parent(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct pg_constraint *k;
	const char *column = NULL;
	uint32_t fk;
	int in;

	if (derive_fk(g, c, params, a, &fk, e) == -1)
		return -1;
	if (!gen_arg_string(params, "parent_column", a, &column))
		return err_set(
			e, ERR_NO, "%s: parameter parent_column is required (a string)", g->op->id);
	if (column == NULL)
		return err_nomem(e);
	k = &c->table->cons[fk];
	if (k->ref == NULL)
		return err_set(e, ERR_NO, "%s: the parent %s.%s was not introspected", g->op->id,
			k->ref_schema, k->ref_table);
	g->nin = 1;
	if ((in = column_of(k->ref, column)) != -1) {
		g->in[0] = (struct gen_input){.from = GEN_PARENT, .column = (uint32_t)in, .fk = fk};
		return 0;
	}
	if (gen_path_text(c->table, fk, column, &g->in[0], e) == -1)
		return err_wrap(e, "%s", g->op->id);
	return 0;
}

const struct pg_column *derive_input(const struct gen *g, const struct gen_column *c, uint32_t i)
{
	return gen_input_column(c->table, &g->in[i]);
}

enum vtype derive_input_type(
	const struct gen *g, const struct gen_column *c, uint32_t i, uint8_t *scale)
{
	const struct pg_column *col = derive_input(g, c, i);

	return pg_vtype(pg_base_of(col->type, col->typmod), scale);
}

/* ---- texts ----------------------------------------------------------------------------------- */

/*
 * Value ${i} as text, written to ${to} (DERIVE_TEXT bytes) where it is not a
 * text already.
 */
struct vtext derive_text(const struct vec *v, uint32_t i, struct pg_base base, char *to)
{
	int64_t x = v->type <= VT_ENUM ? v->v.i[i] : 0;
	const char *label;

	switch (v->type) {
	case VT_BOOL:
		return x != 0 ? (struct vtext){"true", 4} : (struct vtext){"false", 5};
	case VT_INT:
		return (struct vtext){to, num_fmt_i64(to, x)};
	case VT_DEC:
		return (struct vtext){to, num_fmt_dec(to, x, v->scale)};
	case VT_DATE:
		return (struct vtext){to, cal_fmt_date(to, x)};
	case VT_TIME:
		return (struct vtext){to, cal_fmt_time(to, x)};
	case VT_TS:
		return (struct vtext){to, cal_fmt_ts(to, x, 'T')};
	case VT_TSTZ:
		return (struct vtext){to, cal_fmt_tstz(to, x, 'T')};
	case VT_ENUM:
		label = (uint64_t)x < base.type->nlabels ? base.type->labels[x] : "";
		return (struct vtext){label, strlen(label)};
	case VT_F64:
		return (struct vtext){to, num_fmt_f64(to, v->v.f[i])};
	case VT_UUID:
		return (struct vtext){to, gen_uuid_text(to, &v->v.u[i])};
	default:
		return v->v.t[i];
	}
}
