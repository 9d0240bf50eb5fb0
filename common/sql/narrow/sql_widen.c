/* SPDX-License-Identifier: MIT */
/*
 * Which numeric columns are wide: their values need more than 18 digits.
 *
 * Numbers of 64 bits are many times faster to make than texts of digits, so that a numeric column
 * is held so wherever it can be, whatever its type would allow: numeric(38,10) has 18 digits of its
 * own. Only where checks leave none of these numbers is the column widened. To find out, the
 * checks that read it are narrowed with the column being wide, and it stays so only if what they
 * leave lies beyond the 18 digits. Foreign keys then carry it on from a key to what refers to it.
 */
#include <ctype.h>

#include "common/base/err.h"
#include "common/sql/narrow/sql_narrow.h"

enum { DIGITS = 18 };

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
