/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_int.h"

#include <string.h>

#include "common/sql/types/sql_json.h"

/* The order of values, type by type, as the btree operator classes of PostgreSQL have it. */

struct vtext sql_unpadded(struct vtext t)
{
	while (t.n > 0 && t.p[t.n - 1] == ' ')
		t.n--;
	return t;
}

int sql_scalar_cmp(
	unsigned cls, const struct sql_reg *a, uint32_t i, const struct sql_reg *b, uint32_t j)
{
	i &= a->mask;
	j &= b->mask;
	switch (sql_kind_of(cls)) {
	case SQL_K_INT:
		return (a->v.i[i] > b->v.i[j]) - (a->v.i[i] < b->v.i[j]);
	case SQL_K_F64:
		return sql_f64_order(a->v.f[i], b->v.f[j]);
	case SQL_K_NUM:
		return sql_num_cmp(&a->v.n[i], &b->v.n[j]);
	case SQL_K_IVL:
		return sql_ivl_cmp(&a->v.iv[i], &b->v.iv[j]);
	case SQL_K_STR:
		if (cls == PG_BPCHAR)
			return sql_str_order(sql_unpadded(a->v.t[i]), sql_unpadded(b->v.t[j]));
		return sql_str_order(a->v.t[i], b->v.t[j]);
	default:
		return sql_json_cmp(a->v.p[i], b->v.p[j]);
	}
}
