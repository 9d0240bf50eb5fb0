/* SPDX-License-Identifier: MIT */
/*
 * What comparisons with constants leave of a wide numeric (pg_widen).
 *
 * The bounds are those of sql_narrow_dom.c with integers of 128 bits: a value is counted in units
 * of the last decimal that is made for the column. A constant between two units is kept as the
 * lower one and the fact that it is not exact.
 */
#include <stdlib.h>

#include "common/sql/narrow/sql_narrow.h"

/* The unit at or below a constant; false: it is no number, or has too many digits. */
static bool units(const struct sql_dom *m, const struct sql_node *c, const struct sql_node *k,
	sql_i128 *floor, bool *exact)
{
	struct sql_num r, of;
	const char *why;

	if (!sql_is_value(k) || c->type.cls != PG_NUMERIC)
		return false;
	if (sql_kind_of(k->type.cls) == SQL_K_NUM)
		of = k->cval.v.n[0];
	else if (sql_kind_of(k->type.cls) == SQL_K_INT && k->type.cls != PG_ENUM)
		of = sql_num_int(k->cval.v.i[0]);
	else
		return false;
	if (of.kind != SQL_NUM_FINITE ||
		!sql_num_round(&r, &of, (int32_t)pg_wide_scale(m->base), SQL_ROUND_DOWN, &why))
		return false;
	*floor = r.v;
	*exact = sql_num_cmp(&r, &of) == 0;
	return true;
}

/* A new lower bound, if it is tighter; and an upper one. */
static void raise_lo(struct sql_dom *m, sql_i128 lo)
{
	if (!m->d.has_wide_lo || lo > m->d.wide_lo)
		m->d.wide_lo = lo;
	m->d.has_wide_lo = true;
}

static void lower_hi(struct sql_dom *m, sql_i128 hi)
{
	if (!m->d.has_wide_hi || hi < m->d.wide_hi)
		m->d.wide_hi = hi;
	m->d.has_wide_hi = true;
}

bool sql_dom_wide(struct sql_dom *m, int mask, const struct sql_node *c, const struct sql_node *k)
{
	sql_i128 floor;
	bool exact;

	if (mask == (SQL_LT | SQL_GT) || !units(m, c, k, &floor, &exact))
		return false;
	m->contradiction |= mask == SQL_EQ && !exact;
	if ((mask & SQL_GT) == 0)
		lower_hi(m, (mask & SQL_EQ) == 0 && exact ? floor - 1 : floor);
	if ((mask & SQL_LT) == 0)
		raise_lo(m, (mask & SQL_EQ) != 0 && exact ? floor : floor + 1);
	return true;
}

static int by_value(const void *l, const void *r)
{
	sql_i128 a, b;

	memcpy(&a, l, sizeof a);
	memcpy(&b, r, sizeof b);
	return (a > b) - (a < b);
}

/* A set that is there already stays: the other one is verified. */
int sql_dom_wide_set(struct sql_dom *m, const struct sql_node *c, struct sql_node *const *k,
	uint32_t n, struct arena *a)
{
	sql_i128 *to = arena_array(a, n + 1UL, sizeof *to);
	uint32_t got = 0;
	bool exact;

	if (to == NULL)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		if (k[i]->op != SQL_CONST || sql_null(&k[i]->cval, 0) ||
			!units(m, c, k[i], &to[got], &exact))
			return 0;
		got += exact;
	}
	if (m->d.wide_set != NULL)
		return 0;
	qsort(to, got, sizeof *to, by_value);
	m->d.wide_set = to;
	m->d.nwide = got;
	return 1;
}

bool sql_dom_wide_left(const struct sql_dom *m)
{
	bool left = m->d.wide_set == NULL;

	for (uint32_t i = 0; !left && i < m->d.nwide; i++)
		left = (!m->d.has_wide_lo || m->d.wide_set[i] >= m->d.wide_lo) &&
		       (!m->d.has_wide_hi || m->d.wide_set[i] <= m->d.wide_hi);
	return left && (!m->d.has_wide_lo || !m->d.has_wide_hi || m->d.wide_lo <= m->d.wide_hi);
}
