/* SPDX-License-Identifier: MIT */
/*
 * enum_first(), enum_last() and enum_range() (enum.c of PostgreSQL): constants of the argument's
 * type, whatever its value is.  A value of an enum is the place of its label.
 */
#include "common/sql/sql_comp.h"

enum { FIRST, LAST };

static struct sql_node *prepare_end(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct pg_type *t = x->args[0]->type.pg;
	struct sql_node *k;

	if (x->args[0]->type.cls != PG_ENUM || t == NULL || t->nlabels == 0)
		return sql_refuse(c, st, "%s() of an enum without labels", x->fn->name);
	k = sql_const_new(c, x->args[0]->type);
	if (k == NULL)
		return sql_oom(c, st);
	k->cval.v.i[0] = x->fn->param == FIRST ? 0 : t->nlabels - 1;
	k->late = true;
	return k;
}

/* The bound that an argument of enum_range() is; NULL: the first or the last. */
static bool bound(const struct sql_node *x, int64_t otherwise, int64_t *to)
{
	if (x->op != SQL_CONST)
		return false;
	*to = sql_null(&x->cval, 0) ? otherwise : x->cval.v.i[0];
	return true;
}

static struct sql_node *prepare_range(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	struct sql_type type = x->args[0]->type;
	const struct pg_type *t = type.pg;
	int64_t lo = 0, hi = t != NULL ? (int64_t)t->nlabels - 1 : -1;
	struct sql_array *v = arena_alloc(c->a, sizeof(*v));
	struct sql_node *k;

	if (type.cls != PG_ENUM || t == NULL)
		return sql_refuse(c, st, "enum_range() of this type");
	if (x->nargs == 2 && (!bound(x->args[0], lo, &lo) || !bound(x->args[1], hi, &hi)))
		return sql_refuse(c, st, "enum_range() from or to what is not a constant");
	k = sql_const_new(c, (struct sql_type){.cls = PG_ARRAY, .elem = PG_ENUM, .pg = t});
	if (v == NULL || k == NULL)
		return sql_oom(c, st);
	v->n = hi >= lo ? (uint32_t)(hi - lo + 1) : 0;
	v->elem = PG_ENUM;
	v->ndim = v->n > 0;
	v->dim[0] = (int32_t)v->n;
	v->lower[0] = 1;
	v->e = (struct sql_reg){.kind = SQL_K_INT, .mask = UINT32_MAX};
	v->e.v.i = arena_array(c->a, v->n + 1UL, sizeof(int64_t));
	v->e.null = arena_array(c->a, v->n + 1UL, 1);
	if (v->e.v.i == NULL || v->e.null == NULL)
		return sql_oom(c, st);
	for (uint32_t i = 0; i < v->n; i++)
		v->e.v.i[i] = lo + i;
	k->cval.v.p[0] = v;
	k->late = true;
	return k;
}

#define E SQL_ANYENUM

/* None has a kernel: prepare() makes a constant of every call, or refuses it. */
static const struct sql_fn rows[] = {
	{"enum_first", {E}, 1, E, SQL_F_NULLS, FIRST, NULL, prepare_end},
	{"enum_last", {E}, 1, E, SQL_F_NULLS, LAST, NULL, prepare_end},
	{"enum_range", {E}, 1, PG_ARRAY, SQL_F_NULLS, 0, NULL, prepare_range},
	{"enum_range", {E, E}, 2, PG_ARRAY, SQL_F_NULLS, 0, NULL, prepare_range},
};

const struct sql_fn_table sql_fns_enum = {rows, sizeof rows / sizeof rows[0]};
