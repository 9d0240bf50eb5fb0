/* SPDX-License-Identifier: MIT */
/*
 * What comparisons with constants leave of a wide numeric (pg_widen), and which columns are to be
 * wide at all.
 *
 * The bounds are those of sql_narrow_dom.c with integers of 128 bits: a value is counted in units
 * of the last decimal that is made for the column. A constant between two units is kept as the
 * lower one and the fact that it is not exact.
 *
 * Numbers of 64 bits are many times faster to make than texts of digits, so that a numeric column
 * is held so wherever it can be, whatever its type would allow: numeric(38,10) has 18 digits of its
 * own. Only where checks leave none of these numbers is the column widened. To find out, the
 * checks that read it are narrowed with the column being wide, and it stays so only if what they
 * leave lies beyond the 18 digits. Foreign keys then carry it on from a key to what refers to it.
 */
#include <ctype.h>
#include <stdlib.h>

#include "common/base/err.h"
#include "common/sql/narrow/sql_narrow.h"

enum { DIGITS = 18 };

/* ---- bounds ---------------------------------------------------------------------------------- */

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

/* ---- which columns are wide --------------------------------------------------------------------
 */

/*
 * Whether a text has a number as great as 10^digits, in figures, as PostgreSQL prints 1e20. Almost
 * no check has one, so that nothing is parsed for the others.
 */
static bool has_number_beyond(const char *text, unsigned digits)
{
	for (const char *p = text; *p != '\0';) {
		unsigned n = 0;

		while (*p == '0')
			p++;
		while (isdigit((unsigned char)p[n]))
			n++;
		if (n > digits)
			return true;
		p += n > 0 ? n : *p != '\0';
	}
	return false;
}

/* The digits before the point that a column has which is not wide. */
static unsigned whole_digits(const struct pg_column *c)
{
	uint8_t scale;

	(void)pg_vtype(pg_base_of(c->type, c->typmod), &scale);
	return DIGITS - scale;
}

/* Whether a check of the table, or of the column's domains, has a number that the column is not
 * made with. */
static bool is_candidate(const struct pg_table *t, const struct pg_column *c)
{
	const unsigned digits = whole_digits(c);

	if (!pg_may_widen(c) || pg_is_wide(c))
		return false;
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_CHECK && t->cons[i].expr != NULL &&
			has_number_beyond(t->cons[i].expr, digits))
			return true;
	for (const struct pg_type *d = c->type; d->cls == PG_DOMAIN; d = d->elem)
		for (uint32_t i = 0; i < d->nchecks; i++)
			if (has_number_beyond(d->checks[i].expr, digits))
				return true;
	return false;
}

/* Whether all that is left of the column lies beyond the 18 digits. */
static bool is_beyond(const struct sql_domain *d, const struct pg_column *was)
{
	struct pg_base base = pg_base_of(was->type, was->typmod);
	sql_i128 most = sql_num_pow10(DIGITS) - 1;
	bool beyond = d->nwide > 0;
	uint8_t scale;

	(void)pg_vtype(base, &scale);
	most *= sql_num_pow10(pg_wide_scale(base) - scale);
	for (uint32_t i = 0; beyond && i < d->nwide; i++)
		beyond = d->wide_set[i] > most || d->wide_set[i] < -most;
	return beyond || (d->has_wide_lo && d->wide_lo > most) ||
	       (d->has_wide_hi && d->wide_hi < -most);
}

/* Whether an expression reads the column. */
static bool reads(const struct sql_expr *x, uint32_t c)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	return pg_has_column(cols, n, c);
}

/*
 * What the checks that read a column leave of it. False where nothing is known: they contradict
 * each other, which is for plan-check to tell, or memory is out, which *nomem says.
 */
static bool left_by_checks(const struct schema *s, const struct pg_table *t, uint32_t c,
	struct sql_narrow *out, struct arena *a, bool *nomem)
{
	const struct sql_scope scope = {.schema = s, .table = t};
	struct sql_expr **checks = arena_array(a, t->ncons + 1UL, sizeof(struct sql_expr *));
	struct err why = {.kind = ERR_NONE};
	uint32_t n = 0;

	*nomem = checks == NULL;
	for (uint32_t i = 0; !*nomem && i < t->ncons; i++) {
		if (t->cons[i].kind != PG_CON_CHECK || t->cons[i].expr == NULL)
			continue;
		n += sql_compile(&checks[n], &scope, t->cons[i].expr, a, &why) == SQL_OK &&
		     reads(checks[n], c);
		*nomem = why.kind == ERR_TEMP;
	}
	if (*nomem)
		return false;
	why = (struct err){.kind = ERR_NONE};
	if (sql_narrow(out, &scope, checks, n, a, &why) == SQL_OK)
		return true;
	*nomem = why.kind == ERR_TEMP;
	return false;
}

/* Widens a column if it needs it; false when memory is out. */
static bool widen_column(const struct schema *s, struct pg_table *t, uint32_t c, struct arena *a)
{
	const struct pg_column was = t->columns[c];
	struct arena tmp = ARENA_INIT;
	struct sql_narrow left;
	bool nomem = !pg_widen(&t->columns[c], a);

	if (!nomem &&
		!(left_by_checks(s, t, c, &left, &tmp, &nomem) && is_beyond(&left.dom[c], &was)))
		t->columns[c].type = was.type;
	arena_free(&tmp);
	return !nomem;
}

/* Where a foreign key refers to wide columns, its own become so if their types can hold such
 * numbers. How many did. */
static int spread(struct pg_table *t, struct arena *a, bool *nomem)
{
	int n = 0;

	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];

		if (con->kind != PG_CON_FOREIGN || con->ref == NULL)
			continue;
		for (uint32_t k = 0; k < con->ncols; k++) {
			struct pg_column *own = &t->columns[con->cols[k]];

			if (!pg_is_wide(&con->ref->columns[con->ref_cols[k]]) || pg_is_wide(own) ||
				!pg_may_widen(own))
				continue;
			*nomem = *nomem || !pg_widen(own, a);
			n++;
		}
	}
	return n;
}

int sql_widen(struct schema *s, struct arena *a, struct err *e)
{
	bool nomem = false;
	int n = 1;

	for (uint32_t i = 0; i < s->ntables; i++) {
		struct pg_table *t = &s->tables[i];

		for (uint32_t c = 0; c < t->ncolumns; c++)
			if (is_candidate(t, &t->columns[c]) && !widen_column(s, t, c, a))
				return err_nomem(e);
	}
	while (n > 0 && !nomem) {
		n = 0;
		for (uint32_t i = 0; i < s->ntables; i++)
			n += spread(&s->tables[i], a, &nomem);
	}
	return nomem ? err_nomem(e) : 0;
}
