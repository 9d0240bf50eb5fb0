/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_int.h"

#include <math.h>
#include <string.h>

/*
 * Columns of a block as registers.  What is held as the register wants it is used
 * in place; decimals are widened, uuids pointed at, and what a vector carries as text
 * (VT_RAW: intervals, arrays, jsonb ...) goes through the type's input function.
 */

/* Decimals of 64 bits, widened to numerics. */
static void load_dec(const struct vec *v, struct sql_reg *out, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		out->v.n[i] = (struct sql_num){.v = v->v.i[i], .scale = v->scale};
}

/*
 * A generator draws a real as a double; PostgreSQL stores the nearest real, so
 * that is what expressions see.
 */
static void load_real(struct sql_eval *ev, const struct vec *v, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		out->v.f[i] = (double)(float)v->v.f[i];
		if (isinf(out->v.f[i]) && !isinf(v->v.f[i]))
			sql_raise(ev, out, i, "out of range for type real");
	}
}

/* A uuid is a text of 16 bytes in a register; the bytes stay in the vector. */
static void load_uuid(const struct vec *v, struct sql_reg *out, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		out->v.t[i] = (struct vtext){(const char *)v->v.u[i].b, 16};
}

/* char(n) is stored padded with blanks, whatever the generator wrote. */
static void load_padded(struct sql_eval *ev, const struct vec *v, struct sql_reg *out, size_t limit)
{
	SQL_EACH(i)
	{
		struct vtext t = v->v.t[i];
		size_t have = utf8_len(t.p, t.n);
		char *p;

		out->v.t[i] = t;
		if (have >= limit)
			continue;
		p = sql_alloc(ev, t.n + limit - have);
		if (p == NULL)
			return;
		memcpy(p, t.p, t.n);
		memset(p + t.n, ' ', limit - have);
		out->v.t[i] = (struct vtext){p, t.n + limit - have};
	}
}

/* Values that a vector carries as text go through the type's input function. */
static void load_text(
	struct sql_eval *ev, const struct sql_node *x, const struct vec *v, struct sql_reg *out)
{
	const char *why = "invalid text for the column's type";

	SQL_EACH(i)
	if (!sql_input(ev, x->type, v->v.t[i], out, i, &why))
		sql_raise(ev, out, i, why);
}

/*
 * Whether the vector's array of values is already what the register wants; then
 * nothing is copied.
 */
static bool in_place(const struct sql_node *x, const struct vec *v)
{
	switch (sql_kind_of(x->type.cls)) {
	case SQL_K_INT:
		return vec_is_ordinal(v->type);
	case SQL_K_F64:
		return v->type == VT_F64 && x->type.cls != PG_FLOAT4;
	case SQL_K_STR:
		return (v->type == VT_TEXT || v->type == VT_BYTES || v->type == VT_RAW) &&
		       x->type.cls != PG_UUID && !(x->type.cls == PG_BPCHAR && x->typmod > 4) &&
		       !(x->type.cls == PG_BYTEA && v->type != VT_BYTES);
	default:
		return false;
	}
}

/*
 * A column of the block as a register. A value that the vector cannot hold as
 * the column's type fails the rows, which would be a fault of the caller.
 */
bool sql_load(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	const struct vec *v = ev->cols[x->col];
	enum sql_kind kind = sql_kind_of(x->type.cls);

	if (in_place(x, v)) {
		*out = (struct sql_reg){
			.kind = kind, .mask = UINT32_MAX, .null = v->has_null ? v->null : NULL};
		out->v.i = v->v.i;
		return true;
	}
	if (!sql_reg_new(ev, kind, out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++)
		out->null[i] = live[i] == 0 || vec_is_null(v, i);
	if (kind == SQL_K_NUM && v->type == VT_DEC)
		load_dec(v, out, ev->n);
	else if (x->type.cls == PG_FLOAT4 && v->type == VT_F64)
		load_real(ev, v, out);
	else if (x->type.cls == PG_UUID && v->type == VT_UUID)
		load_uuid(v, out, ev->n);
	else if (x->type.cls == PG_BPCHAR && (v->type == VT_TEXT || v->type == VT_RAW))
		load_padded(ev, v, out, (size_t)x->typmod - 4);
	else if (v->type == VT_TEXT || v->type == VT_RAW)
		load_text(ev, x, v, out);
	else
		SQL_EACH(i) sql_raise(ev, out, i, "the vector does not hold the column's type");
	return !ev->nomem;
}
