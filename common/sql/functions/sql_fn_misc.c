/* SPDX-License-Identifier: MIT */
/*
 * Functions that belong to no other file: NOT, counting NULLs, and bytea.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

#include "common/base/digest.h"

/* Computed for all rows, without a branch on NULL. */
static void bool_not(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	for (uint32_t i = 0; i < ev->n; i++)
		out->v.i[i] = out->null[i] ? 0 : SQL_I(0, i) == 0;
}

/*
 * num_nulls (param 1) and num_nonnulls: not strict, of any number of arguments
 * of any types.
 */
static void count_nulls(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		int64_t nulls = 0;

		for (uint32_t k = 0; k < x->nargs; k++)
			nulls += sql_null(&a[k], i);
		out->v.i[i] = x->fn->param ? nulls : x->nargs - nulls;
	}
}

static void hex_to(char *to, const void *from, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *b = from;

	for (size_t k = 0; k < n; k++) {
		to[2 * k] = hex[b[k] >> 4];
		to[2 * k + 1] = hex[b[k] & 15];
	}
}

static void bytes_encode_hex(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext b = SQL_T(0, i);
		char *to = sql_alloc(ev, 2 * b.n);

		if (to == NULL)
			return;
		hex_to(to, b.p, b.n);
		out->v.t[i] = (struct vtext){to, 2 * b.n};
	}
}

/* encode() is covered for the format 'hex' only. */
static struct sql_node *prepare_encode(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *f = x->args[1];

	if (f->op == SQL_CONST && !sql_null(&f->cval, 0) && f->cval.v.t[0].n == 3 &&
		memcmp(f->cval.v.t[0].p, "hex", 3) == 0)
		return x;
	return sql_refuse(c, st, "encode() other than as 'hex'");
}

/* md5 of a text or bytea, as 32 hexadecimal digits (RFC 1321). */
static void bytes_md5(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		uint8_t sum[MD5_BYTES];
		char *to = sql_alloc(ev, 2UL * MD5_BYTES);

		if (to == NULL)
			return;
		digest_md5(t.p, t.n, sum);
		hex_to(to, sum, MD5_BYTES);
		out->v.t[i] = (struct vtext){to, 2 * MD5_BYTES};
	}
}

static void bytes_concat(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext l = SQL_T(0, i), r = SQL_T(1, i);
		char *to = sql_alloc(ev, l.n + r.n);

		if (to == NULL)
			return;
		if (l.n > 0)
			memcpy(to, l.p, l.n);
		if (r.n > 0)
			memcpy(to + l.n, r.p, r.n);
		out->v.t[i] = (struct vtext){to, l.n + r.n};
	}
}

static const struct sql_fn rows[] = {
	{"not", {PG_BOOL}, 1, PG_BOOL, 0, 0, bool_not, NULL},
	{"num_nulls", {SQL_ANY}, 1, PG_INT4, SQL_F_NULLS | SQL_F_VARIADIC, 1, count_nulls, NULL},
	{"num_nonnulls", {SQL_ANY}, 1, PG_INT4, SQL_F_NULLS | SQL_F_VARIADIC, 0, count_nulls, NULL},
	{"encode", {PG_BYTEA, PG_TEXT}, 2, PG_TEXT, 0, 0, bytes_encode_hex, prepare_encode},
	{"md5", {PG_TEXT}, 1, PG_TEXT, 0, 0, bytes_md5, NULL},
	{"md5", {PG_BYTEA}, 1, PG_TEXT, 0, 0, bytes_md5, NULL},
	{"||", {PG_BYTEA, PG_BYTEA}, 2, PG_BYTEA, 0, 0, bytes_concat, NULL},
};

const struct sql_fn_table sql_fns_misc = {rows, sizeof rows / sizeof rows[0]};
