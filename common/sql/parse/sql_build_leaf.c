/* SPDX-License-Identifier: MIT */
/*
 * The leaves of typed trees: columns and parameters by their names, literals, and
 * what the clock says.
 */
#include "common/sql/parse/sql_build.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/num.h"

/*
 * A node that reads column ${k}, of type ${b}. A column's collation is kept
 * only as far as it matters here: byte order (C and POSIX), the database's
 * default, or another one, of which no order is known.
 */
static struct sql_node *column(struct sql_comp *c, uint32_t k, struct pg_base b,
	const char *collation, enum sql_status *st)
{
	struct sql_node *x = sql_node_new(c, SQL_COL, sql_type_from_pg(b.type), 0);

	if (x == NULL)
		return sql_oom(c, st);
	x->col = k;
	x->typmod = b.typmod;
	if (collation != NULL && x->coll != SQL_COLL_NONE)
		x->coll = strcmp(collation, "C") == 0 || strcmp(collation, "POSIX") == 0 ||
					  strcmp(collation, "pg_catalog.C") == 0 ||
					  strcmp(collation, "pg_catalog.POSIX") == 0
				  ? SQL_COLL_C
				  : SQL_COLL_OTHER;
	return x;
}

struct sql_node *sql_table_column(struct sql_comp *c, uint32_t k, enum sql_status *st)
{
	const struct pg_column *p = &c->scope->table->columns[k];

	return column(c, k, pg_base_of(p->type, p->typmod), p->collation, st);
}

/*
 * The argument given for a parameter of the function that is being inlined, by
 * its name.
 */
static struct sql_node *param(struct sql_comp *c, const char *name)
{
	for (uint32_t k = 0; k < c->nparams; k++)
		if (c->params[k].name != NULL && strcmp(c->params[k].name, name) == 0)
			return c->params[k].value;
	return NULL;
}

/*
 * A name in several parts, as fatura_id.data_emissao: the scope says which
 * column of a parent that is, and adds it to the table.
 */
static struct sql_node *named_column(
	struct sql_comp *c, const PgQuery__ColumnRef *r, enum sql_status *st)
{
	const char *part[8];
	uint32_t n = 0;
	int k;

	if (r->n_fields > 8)
		return sql_fail(c, st, "a name of more than 8 parts");
	for (; n < r->n_fields; n++)
		if ((part[n] = sql_str_of(r->fields[n])) == NULL)
			return sql_refuse(c, st, "a whole row");
	k = c->scope->names->column(c->scope->names->ctx, part, n, c->e);
	if (k == -1)
		*st = SQL_FAILED;
	return k == -1 ? NULL : sql_table_column(c, (uint32_t)k, st);
}

/*
 * A column reference. The order of meanings is: a parameter of the function
 * being inlined, VALUE of a domain's check, a qualified name that the scope
 * knows, a column of the scope's table.
 */
struct sql_node *sql_build_column(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__ColumnRef *r = n->column_ref;
	const char *name = sql_str_of(r->fields[r->n_fields - 1]);
	struct sql_node *p;
	int k;

	if (name == NULL)
		return sql_refuse(c, st, "a whole row");
	if ((p = param(c, name)) != NULL)
		return p;
	if (c->scope->domain != NULL && r->n_fields == 1 && strcmp(name, "value") == 0)
		return column(c, c->scope->domain_column,
			pg_base_of(c->scope->domain, c->scope->domain->typmod),
			c->scope->domain->collation, st);
	if (c->scope->table == NULL || c->nparams > 0)
		return sql_fail(c, st, "column %s does not exist", name);
	if (r->n_fields > 1 && c->scope->names != NULL)
		return named_column(c, r, st);
	if (r->n_fields > 1) {
		const char *t = sql_str_of(r->fields[r->n_fields - 2]);

		if (t == NULL || strcmp(t, c->scope->table->name) != 0)
			return sql_refuse(c, st, "%s.%s: a column of another table",
				t != NULL ? t : "?", name);
	}
	k = pg_column_named(c->scope->table, name);
	if (k < 0)
		return sql_fail(c, st, "column %s does not exist in %s.%s", name,
			c->scope->table->schema, c->scope->table->name);
	return sql_table_column(c, (uint32_t)k, st);
}

struct sql_node *sql_build_param(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	int32_t k = n->param_ref->number;

	if (k < 1 || (uint32_t)k > c->nparams)
		return sql_fail(c, st, "there is no parameter $%d", k);
	return c->params[k - 1].value;
}

/*
 * A literal with digits: integer if it fits 32 bits, bigint if 64, else
 * numeric, as make_const() of parse_node.c decides.
 */
static struct sql_node *number(struct sql_comp *c, const char *text, enum sql_status *st)
{
	struct sql_node *x = sql_const_text(c, text, strlen(text));
	int64_t i;

	if (x == NULL)
		return sql_oom(c, st);
	if (num_parse_i64(text, strlen(text), &i))
		return sql_checked(c,
			sql_const_int(
				c, i == (int32_t)i ? (unsigned)PG_INT4 : (unsigned)PG_INT8, i),
			st);
	return sql_coerce(c, x, sql_type_of(PG_NUMERIC), -1, SQL_IMPLICIT, st);
}

struct sql_node *sql_build_const(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__AConst *k = n->a_const;

	if (k->isnull)
		return sql_checked(c, sql_const_null(c, sql_type_of(SQL_UNKNOWN)), st);
	switch (k->val_case) {
	case PG_QUERY__A__CONST__VAL_IVAL:
		return sql_checked(c, sql_const_int(c, PG_INT4, k->ival->ival), st);
	case PG_QUERY__A__CONST__VAL_FVAL:
		return number(c, k->fval->fval, st);
	case PG_QUERY__A__CONST__VAL_BOOLVAL:
		return sql_checked(c, sql_const_int(c, PG_BOOL, k->boolval->boolval != 0), st);
	case PG_QUERY__A__CONST__VAL_SVAL:
		return sql_checked(c, sql_const_text(c, k->sval->sval, strlen(k->sval->sval)), st);
	default:
		return sql_refuse(c, st, "a bit string");
	}
}

/*
 * CURRENT_DATE and its kin. Time stands still at the scope's as_of, so these
 * are constants, but they are marked as coming from the clock: bounds made of
 * them keep a margin.
 */
struct sql_node *sql_build_clock(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	static const uint8_t cls[] = {
		[PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE] = PG_DATE,
		[PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP] = PG_TIMESTAMPTZ,
		[PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N] = PG_TIMESTAMPTZ,
		[PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP] = PG_TIMESTAMP,
		[PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N] = PG_TIMESTAMP,
	};
	unsigned op = n->sqlvalue_function->op;
	struct sql_node *x;

	if (op >= sizeof cls || cls[op] == 0)
		return sql_refuse(c, st, "%s",
			op >= PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE
				? "CURRENT_USER and its like"
				: "CURRENT_TIME");
	x = sql_const_int(c, cls[op], cls[op] == PG_DATE ? c->scope->as_of : sql_now(c->scope));
	if (x == NULL)
		return sql_oom(c, st);
	x->now = true;
	return x;
}

/*
 * Whether the node names the scope's whole row: t.* or t, unless a column is
 * called that.
 */
bool sql_whole_row(const struct sql_comp *c, const PgQuery__Node *n)
{
	const PgQuery__ColumnRef *r = n->column_ref;

	if (n->node_case != PG_QUERY__NODE__NODE_COLUMN_REF || c->scope->table == NULL ||
		c->nparams > 0)
		return false;
	if (r->fields[r->n_fields - 1]->node_case == PG_QUERY__NODE__NODE_A_STAR)
		return true;
	return r->n_fields == 1 && sql_str_of(r->fields[0]) != NULL &&
	       strcmp(sql_str_of(r->fields[0]), c->scope->table->name) == 0 &&
	       pg_column_named(c->scope->table, c->scope->table->name) < 0;
}
