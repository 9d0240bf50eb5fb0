/* SPDX-License-Identifier: MIT */
/*
 * derive.children: a column that aggregates the rows of another table that
 * refer to this row (sum, count, min, max, avg).
 *
 * This file reads the parameters: which table and which of its foreign keys,
 * what is aggregated (an SQL expression over the child's columns) and over
 * which rows (a condition), and what a row without children gets.
 * gen_children_add.c computes. The children need not have been written yet:
 * the program of the parent's table generates the columns of the children that
 * the expression reads.
 */
#include "common/generators/gen_children.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"

/* ---- which rows --------------------------------------------------------------------------- */

/*
 * The table that SCHEMA.TABLE means. Either part may have dots, so the text is
 * compared with each table's name.
 */
static const struct pg_table *child_named(const struct gen_column *c, const char *name)
{
	for (uint32_t i = 0; i < c->schema->ntables; i++) {
		const struct pg_table *t = &c->schema->tables[i];
		size_t n = strlen(t->schema);

		if (strncmp(name, t->schema, n) == 0 && name[n] == '.' &&
			strcmp(name + n + 1, t->name) == 0)
			return t;
	}
	return schema_table(c->schema, c->table->schema, name);
}

/* Whether a foreign key has a column of that name. */
static bool has_column(const struct pg_table *t, const struct pg_constraint *k, struct view name)
{
	for (uint32_t i = 0; i < k->ncols; i++)
		if (view_eq(name, view_of(t->columns[k->cols[i]].name)))
			return true;
	return false;
}

/*
 * Whether a foreign key is the one that the parameter names, by its own name or
 * by its columns; without the parameter any is.
 */
static bool is_meant(
	const struct pg_table *t, const struct pg_constraint *k, const msgpack_object *key)
{
	if (key == NULL || key->type == MSGPACK_OBJECT_NIL)
		return true;
	if (key->type == MSGPACK_OBJECT_STR)
		return view_eq(
			(struct view){key->via.str.ptr, key->via.str.size}, view_of(k->name));
	if (key->type != MSGPACK_OBJECT_ARRAY || key->via.array.size != k->ncols)
		return false;
	for (uint32_t i = 0; i < k->ncols; i++) {
		const msgpack_object_str *s = &key->via.array.ptr[i].via.str;

		if (!has_column(t, k, (struct view){s->ptr, s->size}))
			return false;
	}
	return true;
}

/*
 * The foreign key of the child that refers to this table. More than one that
 * would do is an error that names two of them.
 */
static int find_key(struct gen_children *x, const struct gen_column *c, const msgpack_object *key,
	struct err *e)
{
	const char *first = NULL, *second = NULL;

	for (uint32_t i = 0; i < x->child->ncons; i++) {
		const struct pg_constraint *k = &x->child->cons[i];

		/* a type and an id refer to several tables: the rule has to name which */
		if ((k->kind != PG_CON_FOREIGN && !(k->kind == PG_CON_REFERENCE && key != NULL &&
							  key->type == MSGPACK_OBJECT_STR)) ||
			k->ref != c->table || !is_meant(x->child, k, key))
			continue;
		second = first != NULL ? k->name : NULL;
		if (second != NULL)
			break;
		first = k->name;
		x->con = i;
	}
	if (first == NULL)
		return err_set(e, ERR_NO, "derive.children: %s.%s has no %sforeign key to %s.%s",
			x->child->schema, x->child->name, key != NULL ? "such " : "",
			c->table->schema, c->table->name);
	if (second != NULL)
		return err_set(e, ERR_NO,
			"derive.children: %s.%s has several foreign keys to %s.%s, as %s and %s: "
			"name one in foreign_key",
			x->child->schema, x->child->name, c->table->schema, c->table->name, first,
			second);
	return 0;
}

/* The child's table and foreign key. */
static int find_child(struct gen_children *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	const char *name = mp_get_str(params, "child", a);

	if (name == NULL)
		return err_set(e, ERR_NO, "derive.children: parameter child is required");
	if ((x->child = child_named(c, name)) == NULL)
		return err_set(e, ERR_NO, "derive.children: there is no table %.200s", name);
	if (x->child == c->table)
		return err_set(e, ERR_NO, "derive.children: a table is not its own child here");
	return find_key(x, c, mp_get(params, "foreign_key"), e);
}

/* ---- what of them --------------------------------------------------------------------------- */

/* Which aggregate it is. */
static int find_fold(
	struct gen_children *x, const msgpack_object *params, struct arena *a, struct err *e)
{
	static const char *const names[] = {
		[CHILDREN_SUM] = "sum",
		[CHILDREN_COUNT] = "count",
		[CHILDREN_MIN] = "min",
		[CHILDREN_MAX] = "max",
		[CHILDREN_AVG] = "avg",
	};
	const char *word = mp_get_str(params, "aggregate", a);

	for (size_t i = 0; word != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(word, names[i]) == 0) {
			x->aggregate = (enum children_aggregate)i;
			return 0;
		}
	return err_set(e, ERR_NO, "derive.children: aggregate is sum, count, min, max or avg");
}

/* An error of the compiler of expressions, with the text. */
static int refused(enum sql_status st, const char *text, struct err *e)
{
	if (e->kind == ERR_TEMP)
		return -1;
	e->kind = ERR_NO;
	return err_wrap(
		e, "derive.children: %s%.200s", st == SQL_UNSUPPORTED ? "not covered: " : "", text);
}

/*
 * Sums and averages are taken of integers and numerics only: the result has to
 * be the same whatever order the children come in, and floating-point addition
 * is not associative.
 */
static int check_number(const struct gen_children *x, const char *text, struct err *e)
{
	static const char *const exact[] = {"smallint", "integer", "bigint", "numeric"};
	const char *type = sql_result_name(x->x);

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (strcmp(type, exact[i]) == 0)
			return 0;
	return err_set(e, ERR_NO,
		"derive.children: %.200s is of type %s: sums and averages are of integers and "
		"numeric: cast it",
		text, type);
}

/*
 * The expression, over the child's columns. With a condition it becomes CASE
 * WHEN condition THEN expression END, so that it is not evaluated in rows that
 * are left out.
 */
static int compile_expr(struct gen_children *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	const struct sql_scope scope = {.schema = c->schema, .table = x->child, .as_of = c->as_of};
	const char *expr = mp_get_str(params, "expr", a);
	const char *where = mp_get_str(params, "where", a), *text = expr;
	enum sql_status st;

	if (expr == NULL && x->aggregate != CHILDREN_COUNT)
		return err_set(e, ERR_NO, "derive.children: parameter expr says what of the rows");
	x->bare = expr != NULL ? pg_column_named(x->child, expr) : -1;
	x->filtered = where != NULL;
	if (expr == NULL && where == NULL)
		return 0;
	/* the expression is not looked at in rows that are left out */
	if (where != NULL)
		text = arena_printf(
			a, "CASE WHEN (%s) THEN (%s) END", where, expr != NULL ? expr : "true");
	if (text == NULL)
		return err_nomem(e);
	st = gen_children_extreme(x) ? sql_compile_as(&x->x, &scope, text, c->base, a, e)
				     : sql_compile(&x->x, &scope, text, a, e);
	if (st != SQL_OK)
		return refused(st, text, e);
	return gen_children_extreme(x) || x->aggregate == CHILDREN_COUNT ? 0
									 : check_number(x, text, e);
}

/* ---- what it makes of the column --------------------------------------------------------------
 */

static const struct pg_type total_numeric = {
	.schema = "pg_catalog", .name = "numeric", .cls = PG_NUMERIC, .typmod = -1};
static const struct pg_type total_bigint = {
	.schema = "pg_catalog", .name = "int8", .cls = PG_INT8, .typmod = -1};

/*
 * A table with the columns "total" and "number", over which the result is an
 * expression.
 */
static const struct pg_table *totals_new(struct arena *a)
{
	struct pg_table *t = arena_alloc(a, sizeof(*t));
	struct pg_column *cols = arena_array(a, CHILDREN_COLUMNS, sizeof(*cols));

	if (t == NULL || cols == NULL)
		return NULL;
	cols[CHILDREN_TOTAL] =
		(struct pg_column){.name = "total", .type = &total_numeric, .typmod = -1};
	cols[CHILDREN_NUMBER] =
		(struct pg_column){.name = "number", .type = &total_bigint, .typmod = -1};
	t->schema = t->name = "";
	t->columns = cols;
	t->ncolumns = CHILDREN_COLUMNS;
	return t;
}

/*
 * How the result is made from the sum and the number of values, as an SQL
 * expression that is assigned to the column: an average is total / number,
 * rounded as PostgreSQL rounds.
 */
static int compile_result(
	struct gen_children *x, const struct gen_column *c, struct arena *a, struct err *e)
{
	struct sql_scope scope = {.schema = c->schema, .as_of = c->as_of};
	const char *text = x->aggregate == CHILDREN_SUM ? "total" : "number";
	enum sql_status st;

	if (gen_children_extreme(x))
		return vec_is_ordinal(c->type) || c->type == VT_F64
			       ? 0
			       : err_set(e, ERR_NO,
					 "derive.children: min and max of this type are "
					 "not covered");
	if ((gen_family(c->base) & (GF_INT | GF_NUM | GF_FLOAT)) == 0)
		return err_set(e, ERR_NO, "derive.children: the column is no number");
	if (x->aggregate == CHILDREN_AVG)
		text = arena_printf(a,
			c->type == VT_DEC ? "round(total / number, %d)" : "total / number",
			c->scale);
	x->totals = totals_new(a);
	if (x->totals == NULL || text == NULL)
		return err_nomem(e);
	scope.table = x->totals;
	st = sql_compile_as(&x->result, &scope, text, c->base, a, e);
	return st == SQL_OK ? 0 : refused(st, text, e);
}

/* A constant of the plan as SQL has it; NULL when out of memory. */
static const char *literal(const msgpack_object *o, struct arena *a)
{
	char *to, *p;

	if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
		return arena_printf(a, "%" PRIu64, o->via.u64);
	if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		return arena_printf(a, "%" PRId64, o->via.i64);
	if (o->type != MSGPACK_OBJECT_STR)
		return arena_printf(a, "%.15g", o->via.f64);
	if ((to = p = arena_alloc(a, 2 * (size_t)o->via.str.size + 3)) == NULL)
		return NULL;
	*p++ = '\'';
	for (uint32_t i = 0; i < o->via.str.size; i++) {
		if (o->via.str.ptr[i] == '\'')
			*p++ = '\'';
		*p++ = o->via.str.ptr[i];
	}
	*p++ = '\'';
	*p = '\0';
	return to;
}

/*
 * The value of a row without children, computed once: what the plan says, else
 * 0 for counts and NULL for the others.
 */
static int find_empty(struct gen_children *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	const struct sql_scope scope = {.schema = c->schema, .table = c->table, .as_of = c->as_of};
	const msgpack_object zero = {.type = MSGPACK_OBJECT_POSITIVE_INTEGER};
	const msgpack_object *o = mp_get(params, "empty");
	struct sql_fault fault;
	struct sql_expr *value;
	enum sql_status st;
	const char *text;
	struct vec v;

	x->not_null = pg_column_not_null(c->column);
	if (o == NULL && (x->aggregate == CHILDREN_SUM || x->aggregate == CHILDREN_COUNT))
		o = &zero;
	x->empty_null = o == NULL || o->type == MSGPACK_OBJECT_NIL;
	if (x->empty_null)
		return 0;
	if ((text = literal(o, a)) == NULL || !vec_init(&v, c->type, a))
		return err_nomem(e);
	v.scale = c->scale;
	if ((st = sql_compile_as(&value, &scope, text, c->base, a, e)) != SQL_OK)
		return refused(st, "empty", e);
	if (sql_assign(value, NULL, 1, NULL, &v, &fault, a, e) == -1)
		return -1;
	if (fault.why != NULL)
		return err_set(e, ERR_NO, "derive.children: empty: %s", fault.why);
	if (c->type == VT_F64)
		x->empty.f = v.v.f[0];
	else
		x->empty.i = v.v.i[0];
	return 0;
}

static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_children *x = arena_alloc(a, sizeof(*x));

	if (x == NULL)
		return err_nomem(e);
	g->state = x;
	if (find_child(x, c, params, a, e) == -1 || find_fold(x, params, a, e) == -1 ||
		compile_expr(x, c, params, a, e) == -1 || compile_result(x, c, a, e) == -1)
		return -1;
	return find_empty(x, c, params, a, e);
}

static const struct gen_param params[] = {
	{"child", GP_STRING, true, NULL, "SCHEMA.TABLE, whose rows refer to this table"},
	{"foreign_key", GP_KEY, false, NULL, "of the child, when several lead here"},
	{"aggregate", GP_STRING, true, NULL, "what is made of their values",
		.one_of = "sum count min max avg"},
	{"expr", GP_STRING, false, NULL,
		"SQL over the child's columns (quantidade * preco_unitario); required unless "
		"aggregate is count"},
	{"where", GP_STRING, false, NULL, "SQL over the child's columns: the rows that count"},
	{"empty", GP_CONSTANT, false, "0 of sum and count, else null",
		"what a parent without such rows has"},
	{NULL, GP_STRING, false, NULL, NULL},
};

const struct gen_op gen_children_ops[] = {
	{.id = "derive.children",
		.help = "an aggregate of the rows of another table that refer to this row",
		.params = params,
		.example = "{\"child\": \"shop.items\", \"aggregate\": \"sum\", "
			   "\"expr\": \"quantity * price\"}",
		.families = GF_INT | GF_NUM | GF_FLOAT | GF_DATE | GF_TIME | GF_TS | GF_ENUM,
		.output = GF_NUM,
		.reads = GR_CHILDREN,
		.derives = true,
		.aggregates = true,
		.prepare = prepare},
	{.id = NULL},
};
