/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/sql/sql_comp.h"

/*
 * A value of one column for another: what INSERT ... SELECT does between the two.
 *
 * PostgreSQL converts such a value with an assignment cast (pg_cast.castcontext 'a' or 'i') and
 * then fits it to the length, precision or scale of the column.  Most moves change nothing: a
 * foreign key has the type of the key it refers to.  Which those are is decided here, once a
 * column, by comparing what the two types can hold; they stay copies of vectors.  Any other move
 * becomes an expression of one column, the cast of it, which sql_assign() evaluates like any
 * other, with the casts that a plan's expressions have.  So there is one table of casts.
 *
 * A foreign key asks more: the value must still equal the key.  PostgreSQL compares the two with
 * the "=" of the constraint, having cast them to a type they share, and so does the second
 * expression of a move.
 */

/* ---- moves that change nothing ------------------------------------------------------------ */

/* Whether both are one type of the catalogue. */
static bool same_type(const struct pg_type *a, const struct pg_type *b)
{
	return a == b || (a->cls == b->cls && strcmp(a->name, b->name) == 0 &&
				 strcmp(a->schema, b->schema) == 0);
}

/*
 * Types whose values have no form of their own in a vector: the value is
 * unchanged only where nothing about the type differs.
 */
static bool holds_itself(struct pg_base from, struct pg_base to)
{
	return same_type(from.type, to.type) && (to.typmod == -1 || to.typmod == from.typmod);
}

/*
 * An integer fits a type that is at least as wide. Integers of other types (oid
 * and its kin) have to be of the same type.
 */
static bool holds_int(struct pg_base from, struct pg_base to)
{
	static const uint8_t bytes[PG_CLASS_COUNT] = {[PG_INT2] = 2, [PG_INT4] = 4, [PG_INT8] = 8};

	if (bytes[from.type->cls] == 0 || bytes[to.type->cls] == 0)
		return same_type(from.type, to.type); /* oid and its kin */
	return bytes[from.type->cls] <= bytes[to.type->cls];
}

/*
 * numeric(p, s) fits numeric(q, s) with q >= p, and every numeric fits one
 * without a precision.
 */
static bool holds_decimal(struct pg_base from, struct pg_base to)
{
	int p, s, q, r;

	pg_numeric_limits(from, &p, &s);
	pg_numeric_limits(to, &q, &r);
	return q < 0 || (p >= 0 && s == r && p <= q);
}

/*
 * A real is held as a double that may be finer than a real; only another real
 * prints it alike.
 */
static bool holds_float(struct pg_base from, struct pg_base to)
{
	return from.type->cls == to.type->cls;
}

static bool holds_time(struct pg_base from, struct pg_base to)
{
	return pg_time_precision(from) <= pg_time_precision(to);
}

/*
 * character(n) loses its trailing blanks in any other text type, and name and
 * "char" cut what is longer; among the others only the length matters.
 */
static bool holds_text(struct pg_base from, struct pg_base to)
{
	enum pg_class f = from.type->cls, t = to.type->cls;
	int32_t have = pg_char_limit(from), limit = pg_char_limit(to);

	if ((f == PG_BPCHAR) != (t == PG_BPCHAR) || (t == PG_CHAR && f != t) ||
		(t == PG_NAME && f != t && f != PG_CHAR))
		return false;
	return limit < 0 || (have >= 0 && have <= limit);
}

/*
 * Whether every value of ${from} is, unchanged and in the same kind of vector,
 * a value of ${to}.
 */
static bool holds(struct pg_base from, struct pg_base to)
{
	static bool (*const how[VT_COUNT])(struct pg_base, struct pg_base) = {
		[VT_BOOL] = holds_itself,
		[VT_INT] = holds_int,
		[VT_DEC] = holds_decimal,
		[VT_DATE] = holds_itself,
		[VT_TIME] = holds_time,
		[VT_TS] = holds_time,
		[VT_TSTZ] = holds_time,
		[VT_ENUM] = holds_itself,
		[VT_F64] = holds_float,
		[VT_UUID] = holds_itself,
		[VT_TEXT] = holds_text,
		[VT_BYTES] = holds_itself,
		[VT_RAW] = holds_itself,
	};
	uint8_t scale, other;
	enum vtype v = pg_vtype(from, &scale);

	return v == pg_vtype(to, &other) && scale == other && how[v](from, to);
}

/* ---- the others ------------------------------------------------------------------------------ */

/* A node for column 0, which is all that the expression of a move reads. */
static struct sql_node *source(struct sql_comp *c, struct pg_base from, enum sql_status *st)
{
	struct sql_node *x = sql_node_new(c, SQL_COL, sql_type_from_pg(from.type), 0);

	if (x == NULL)
		return sql_oom(c, st);
	x->typmod = from.typmod;
	return x;
}

/*
 * Decimals beyond those that a vector of the column has would be lost: a column
 * numeric without a scale is made with two.
 */
static bool loses_decimals(struct pg_base from, struct pg_base to)
{
	uint8_t scale, room;
	int precision, s;

	pg_numeric_limits(to, &precision, &s);
	return pg_vtype(from, &scale) == VT_DEC && pg_vtype(to, &room) == VT_DEC && scale > room &&
	       precision < 0;
}

/*
 * The assignment cast of column 0, and for a foreign key the comparison of its
 * result with the column.
 */
static struct sql_expr *expression(
	struct sql_comp *c, struct pg_base from, struct pg_base to, bool exact, enum sql_status *st)
{
	struct sql_expr *x = arena_alloc(c->a, sizeof(*x));
	struct sql_node *args[2], *column = source(c, from, st);

	if (x == NULL || column == NULL)
		return sql_oom(c, st);
	x->text = "";
	x->ntable = 1;
	if (loses_decimals(from, to))
		return sql_fail(c, st, "it has more decimals than are made for type numeric");
	if ((x->root = sql_as_column(c, column, to, st)) == NULL)
		return NULL;
	if (exact) {
		args[0] = x->root;
		args[1] = column;
		if ((x->equal = sql_call(c, "=", args, 2, st)) == NULL)
			return NULL;
	}
	x->to = arena_alloc(c->a, sizeof(*x->to));
	x->base = arena_alloc(c->a, sizeof(*x->base));
	if (x->to == NULL || x->base == NULL || !sql_list_columns(x, c->a))
		return sql_oom(c, st);
	*x->to = to;
	*x->base = from;
	return x;
}

/*
 * No expression is made where the value stays what it is. Whatever the compiler
 * refuses is reported with both types, since the caller's user wrote no
 * expression.
 */
enum sql_status sql_compile_move(struct sql_expr **x, const struct pg_column *from,
	const struct pg_column *to, bool exact, struct arena *a, struct err *e)
{
	static const struct sql_scope nothing = {.schema = NULL};
	struct pg_base source = pg_base_of(from->type, from->typmod);
	struct pg_base target = pg_base_of(to->type, to->typmod);
	struct arena tmp = ARENA_INIT;
	struct err why = {.kind = ERR_NONE};
	uint32_t calls = 0;
	struct sql_comp c = {.scope = &nothing, .a = a, .tmp = &tmp, .e = &why, .calls = &calls};
	enum sql_status st = SQL_OK;

	*x = NULL;
	if (holds(source, target))
		return SQL_OK;
	*x = expression(&c, source, target, exact, &st);
	arena_free(&tmp);
	if (*x == NULL && why.kind == ERR_TEMP) {
		*e = why;
		return st;
	}
	if (*x == NULL) {
		(void)err_set(e, ERR_NO, "a value of type %s does not become one of type %s: %s",
			from->formatted, to->formatted, why.msg);
		return SQL_FAILED;
	}
	(*x)->what = arena_printf(
		a, "a value of type %s does not fit type %s", from->formatted, to->formatted);
	return (*x)->what != NULL ? SQL_OK : err_nomem(e);
}
