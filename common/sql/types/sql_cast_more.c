/* SPDX-License-Identifier: MIT */
/*
 * Casts of texts to dates and times, and of jsonb to numbers and booleans.
 */
#include "common/sql/types/sql_cast_more.h"

#include <string.h>

#include "common/sql/types/sql_json.h"

static const char int_range[] = "integer out of range";

/* The bytes of ${form} that the text has: digits where it has a 0, else the same. */
static size_t has_form(struct vtext t, const char *form)
{
	size_t n = strlen(form);

	if (t.n < n)
		return 0;
	for (size_t k = 0; k < n; k++)
		if (form[k] == '0' ? t.p[k] < '0' || t.p[k] > '9' : t.p[k] != form[k])
			return 0;
	return n;
}

/* Whether a text is a date or a time as ISO 8601 writes it, without a zone other than UTC. */
static bool is_iso(struct vtext t, unsigned cls)
{
	size_t n = has_form(t, "0000-00-00");
	struct vtext rest = {t.p + n, t.n - n};

	if (n == 0 || cls == PG_DATE)
		return n > 0 && rest.n == 0;
	n = has_form(rest, " 00:00:00");
	n = n > 0 ? n : has_form(rest, "T00:00:00");
	rest = (struct vtext){rest.p + n, rest.n - n};
	if (n > 0 && (n = has_form(rest, ".0")) > 0)
		while (n < rest.n && n < 7 && rest.p[n] >= '0' && rest.p[n] <= '9')
			n++;
	rest = (struct vtext){rest.p + n, rest.n - n};
	if (cls == PG_TIMESTAMPTZ && rest.n == 3 && memcmp(rest.p, "+00", 3) == 0)
		return true;
	return rest.n == 0;
}

/* A date or a time from a string: PostgreSQL reads many forms, of which this is one. */
void sql_cast_via_iso(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = "invalid input syntax";

	SQL_EACH(i)
	if (!is_iso(SQL_T(0, i), x->type.cls))
		sql_raise(ev, out, i,
			"a date or time that is not written as ISO 8601 is not covered");
	else if (!sql_input(ev, x->type, SQL_T(0, i), out, i, &why))
		sql_raise(ev, out, i, why);
}

/* jsonb_numeric() and its kin: of a number alone. */
static bool json_number(struct sql_eval *ev, const struct sql_reg *a, struct sql_reg *out,
	uint32_t i, struct sql_num *to)
{
	const struct sql_json *j = SQL_P(0, i);

	if (j->kind == SQL_J_NUMBER)
		*to = j->num;
	else if (j->kind == SQL_J_NULL)
		sql_differs(ev, out, i); /* NULL from 18 on */
	else
		sql_raise(ev, out, i, "cannot cast jsonb of this kind to a number");
	return j->kind == SQL_J_NUMBER;
}

void sql_cast_json_to_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)(void) json_number(ev, a, out, i, &out->v.n[i]);
}

void sql_cast_json_to_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = int_range;
	struct sql_num n;

	SQL_EACH(i)
	if (json_number(ev, a, out, i, &n) && (!sql_num_to_i64(&n, &out->v.i[i], &why) ||
						      !sql_int_fits(x->type.cls, out->v.i[i])))
		sql_raise(ev, out, i, why);
}

void sql_cast_json_to_bool(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_json *j = SQL_P(0, i);

		out->v.i[i] = j->kind == SQL_J_TRUE;
		if (j->kind == SQL_J_NULL)
			sql_differs(ev, out, i);
		else if (j->kind != SQL_J_TRUE && j->kind != SQL_J_FALSE)
			sql_raise(ev, out, i, "cannot cast jsonb of this kind to type boolean");
	}
}
