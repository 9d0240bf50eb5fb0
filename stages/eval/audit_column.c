/* SPDX-License-Identifier: MIT */
/*
 * What the makers of rules ask of a table's columns: how they are called, whether their
 * values are at hand, and what an expression over them is.
 */
#include "stages/eval/audit_int.h"

#include "common/base/err.h"

/* "schema.table" and, with columns, ".c1,c2"; NULL when memory is out. */
const char *audit_path(struct audit *u, const struct pg_table *t, const uint32_t *cols, uint32_t n)
{
	struct buf b = BUF_INIT;
	const char *path = NULL;

	buf_addf(&b, "%s.%s", t->schema, t->name);
	for (uint32_t i = 0; i < n; i++) {
		buf_addc(&b, i == 0 ? '.' : ',');
		buf_adds(&b, cols[i] < t->ncolumns ? t->columns[cols[i]].name : "(expression)");
	}
	if (buf_ok(&b))
		path = arena_strdup(u->a, b.p);
	buf_free(&b);
	return path;
}

enum pg_class audit_class(const struct pg_column *c)
{
	return pg_base_of(c->type, c->typmod).type->cls;
}

bool audit_is_raw(const struct pg_column *c)
{
	uint8_t scale;

	return pg_vtype(pg_base_of(c->type, c->typmod), &scale) == VT_RAW && !pg_is_wide(c);
}

/* Types held as text whose COPY BINARY form is that text, or the text after a version. */
static bool is_text_in_binary(enum pg_class cls)
{
	return cls == PG_JSON || cls == PG_JSONB || cls == PG_XML;
}

/* Why the values of a column are not at hand, or NULL where they are: in the files in a form that
 * is read, or computed here. */
static const char *absent(struct audit *u, const struct audit_table *t, uint32_t col)
{
	const struct pg_column *c = &t->plan->table->columns[col];

	if (data_written(t->plan, col)) {
		if (t->files == NULL || t->files[0].format != DATA_BINARY || !audit_is_raw(c) ||
			is_text_in_binary(audit_class(c)))
			return NULL;
		return arena_printf(u->a,
			"the COPY BINARY form of %s, which column %s has, is not read",
			c->formatted, c->name);
	}
	for (uint32_t i = 0; i < t->ncomputed; i++)
		if (t->computed[i].col == col)
			return NULL;
	return arena_printf(u->a, "column %s is not in the files: the server %s it", c->name,
		c->generated != NULL ? "computes" : "fills");
}

const char *audit_absent(
	struct audit *u, const struct audit_table *t, const uint32_t *cols, uint32_t n)
{
	const char *why = NULL;

	for (uint32_t i = 0; why == NULL && i < n; i++)
		if (cols[i] < t->plan->table->ncolumns)
			why = absent(u, t, cols[i]);
	return why;
}

struct sql_scope audit_scope(const struct audit *u, const struct pg_table *t)
{
	return (struct sql_scope){.schema = u->schema, .table = t, .as_of = u->plan->as_of};
}

/* What is not covered is told in ${why} and leaves *x NULL.  -1: out of memory. */
int audit_compiled(
	struct audit *u, enum sql_status st, struct sql_expr **x, const char **why, struct err *e)
{
	if (st == SQL_OK)
		return 0;
	*x = NULL;
	if (e->kind == ERR_TEMP)
		return -1;
	*why = arena_strdup(u->a, e->msg);
	*e = (struct err){0};
	return *why != NULL ? 0 : err_nomem(e);
}

int audit_compile(struct audit *u, const struct sql_scope *scope, const char *text,
	struct sql_expr **x, const char **why, struct err *e)
{
	return audit_compiled(u, sql_compile(x, scope, text, u->a, e), x, why, e);
}

int audit_compile_row(struct audit *u, struct audit_table *t, const char *text, struct sql_expr **x,
	const char **why, struct err *e)
{
	struct sql_scope scope = audit_scope(u, t->plan->table);
	const uint32_t *cols;
	uint32_t n;

	if (audit_compile(u, &scope, text, x, why, e) == -1)
		return -1;
	if (*x != NULL) {
		cols = sql_columns(*x, &n);
		*why = audit_absent(u, t, cols, n);
	}
	return 0;
}
