/* SPDX-License-Identifier: MIT */
/*
 * Whether the values of a key snapshot are values of the catalogue's columns.
 * That a file has values of its own types is known since it was opened
 * (common/snapshot/snap_values.c). Here the catalogue says what the types are:
 * how many labels an enum has, which integers a smallint holds, how many digits
 * a numeric has, and whether a column may be NULL. Opening noted the least and
 * the greatest value of every column and the longest text, so that the work is
 * proportional to the number of columns. Only texts that may be too long for
 * their column, and those that are digits, are looked at one by one.
 */
#include "common/keys/keys.h"

#include <string.h>

#include "common/base/err.h"

/* A column of a file, and what it is to be a column of. */
struct fit {
	const struct snap *s;
	const struct snap_column *have;
	const struct pg_column *want;
	struct pg_base base;
	struct err *e;
};

/* The error for a value that the column cannot have. */
static int unfit(const struct fit *f, const char *what)
{
	return err_set(f->e, ERR_INPUT, "%s: column %s: %s %s", f->s->path, f->have->name, what,
		f->want->formatted);
}

/* The vector's type and scale. */
static int fit_type(const struct fit *f)
{
	uint8_t scale;
	enum vtype type = pg_vtype(f->base, &scale);

	if (f->have->type != type)
		return err_set(f->e, ERR_INPUT, "%s: column %s: values of type %s, where %s is %s",
			f->s->path, f->have->name, vtype_name(f->have->type), f->want->formatted,
			vtype_name(type));
	if (type == VT_DEC && f->have->scale != scale)
		return err_set(f->e, ERR_INPUT, "%s: column %s: scale %u, where %s has scale %u",
			f->s->path, f->have->name, f->have->scale, f->want->formatted, scale);
	return 0;
}

/* ---- numbers ------------------------------------------------------------------------ */

static const struct {
	enum pg_class cls;
	int64_t least, most;
} integers[] = {
	{PG_INT2, INT16_MIN, INT16_MAX},
	{PG_INT4, INT32_MIN, INT32_MAX},
	{PG_OID, 0, UINT32_MAX},
};

/* The greatest number that so many digits hold, of those that a snapshot holds at all. */
static int64_t greatest_of(int digits)
{
	int64_t most = 1;

	for (int i = 0; i < digits && i < 18; i++)
		most *= 10;
	return most - 1;
}

/*
 * The range of an integer type, of an enum's labels, or of a numeric's digits.
 */
static int fit_number(const struct fit *f)
{
	const struct snap_column *h = f->have;
	int precision, scale;

	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		if (f->base.type->cls == integers[i].cls &&
			(h->least < integers[i].least || h->most > integers[i].most))
			return unfit(f, "a value out of the range of");
	if (h->type == VT_ENUM && h->most >= f->base.type->nlabels)
		return unfit(f, "a code beyond the labels of");
	pg_numeric_limits(f->base, &precision, &scale);
	if (h->type == VT_DEC && precision >= 0) {
		/* digits before the point, and those that the snapshot has after it */
		int64_t most = greatest_of(precision - scale + h->scale);

		if (h->least < -most || h->most > most)
			return unfit(f, "a value of more digits than");
	}
	return 0;
}

/* ---- texts -------------------------------------------------------------------------- */

/* Whether texts of a row group, NULLs aside, have at most so many characters. */
static bool lengths_fit(const struct snap_group *g, uint64_t limit)
{
	const struct snap_chunk *offsets = g->part[SNAP_OFFSETS], *nulls = g->part[SNAP_NULLS];
	const char *p = g->rows > 0 ? (const char *)g->part[SNAP_BYTES]->p : NULL;

	for (uint64_t i = 0; i < g->rows; i++) {
		uint64_t at[2];

		memcpy(at, offsets->p + 8 * i, sizeof(at));
		if (at[1] - at[0] > limit && utf8_len(p + at[0], at[1] - at[0]) > limit &&
			(nulls == NULL || (nulls->p[i / 8] >> i % 8 & 1) == 0))
			return false;
	}
	return true;
}

/*
 * Only if some text has more bytes than the column has characters, characters
 * are counted.
 */
static int fit_text(const struct fit *f)
{
	int32_t limit = pg_char_limit(f->base);

	if (limit < 0 || f->have->longest <= (uint64_t)limit)
		return 0;
	for (size_t i = 0; i < f->have->ngroup; i++)
		if (!lengths_fit(&f->have->group[i], (uint64_t)limit))
			return unfit(f, "a text too long for");
	return 0;
}

/* ---- wide numerics ------------------------------------------------------------------ */

/*
 * Whether a text is a number as wide columns hold it: a sign, digits, and after a point more of
 * them, so many in all as the format allows, and no more before the point than the type has.
 */
static bool is_wide(const char *p, uint64_t n, int before)
{
	enum { MOST = 38 };
	uint64_t i = n > 0 && p[0] == '-', start = i, point = n;

	for (; i < n; i++) {
		if (p[i] == '.' && point == n && i > start && i + 1 < n)
			point = i;
		else if (p[i] < '0' || p[i] > '9')
			return false;
	}
	while (start + 1 < point && p[start] == '0')
		start++;
	return start < n && n - start <= MOST + 1 && point - start <= (uint64_t)before;
}

/* Every text of the column is looked at: encoders take it for digits. */
static int fit_wide(const struct fit *f)
{
	int precision, scale;

	pg_numeric_limits(f->base, &precision, &scale);
	precision = precision < 0 || precision - scale > 38 ? 38 : precision - scale;
	for (size_t k = 0; k < f->have->ngroup; k++) {
		const struct snap_group *g = &f->have->group[k];
		const struct snap_chunk *nulls = g->part[SNAP_NULLS];

		for (uint64_t i = 0; i < g->rows; i++) {
			uint64_t at[2];

			if (nulls != NULL && (nulls->p[i / 8] >> i % 8 & 1) != 0)
				continue;
			memcpy(at, g->part[SNAP_OFFSETS]->p + 8 * i, sizeof(at));
			if (!is_wide((const char *)g->part[SNAP_BYTES]->p + at[0], at[1] - at[0],
				    precision))
				return unfit(f, "a text that is no number of");
		}
	}
	return 0;
}

/* ---- columns ------------------------------------------------------------------------ */

/* All checks of one column of one file. */
static int fit_column(const struct fit *f, bool not_null)
{
	if (fit_type(f) == -1)
		return -1;
	if (not_null && f->have->nulls > 0)
		return err_set(f->e, ERR_INPUT,
			"%s: column %s: a NULL, where the column is NOT NULL", f->s->path,
			f->have->name);
	if (f->have->any && fit_number(f) == -1)
		return -1;
	if (pg_is_wide(f->want))
		return fit_wide(f);
	return f->have->type == VT_TEXT ? fit_text(f) : 0;
}

/* The column ${name} of every file that has one holds values of ${c}. */
static int fit_named(const struct keys *k, const char *name, const struct pg_column *c,
	bool not_null, struct err *e)
{
	struct fit f = {.want = c, .base = pg_base_of(c->type, c->typmod), .e = e};

	for (uint32_t i = 0; i < keys_files(k); i++) {
		f.s = keys_file(k, i);
		for (size_t n = 0; n < f.s->ncol; n++) {
			f.have = &f.s->col[n];
			if (strcmp(f.have->name, name) == 0 && f.have->ngroup > 0 &&
				fit_column(&f, not_null) == -1)
				return -1;
		}
	}
	return 0;
}

/* The table and column that place ${at} of a snapshot has its values from; the place there. */
static const struct plan_table *origin(
	const struct plan *p, const struct plan_table *t, uint32_t *at)
{
	while (*at >= t->table->ncolumns) {
		const struct plan_inherited *c = &t->inherited[*at - t->table->ncolumns];

		*at = c->column;
		t = &p->tables[t->fks[c->fk].parent];
	}
	return t;
}

/* The columns of a run's snapshot, inherited ones included. */
int keys_fit(const struct keys *k, const struct plan *p, const struct plan_table *t, struct err *e)
{
	for (uint32_t i = 0; i < t->nkept; i++) {
		uint32_t at = t->kept[i];
		const struct plan_table *of = origin(p, t, &at);
		const struct pg_column *c = &of->table->columns[at];
		/* what is carried is NULL where there is no parent */
		bool not_null = of == t && at == t->kept[i] && pg_column_not_null(c) &&
				t->policy[PLAN_POLICY_NOT_NULL] == PLAN_ENFORCE;

		if (of->columns[at].ntransforms > 0) /* a transform may have made a text of it */
			continue;
		if (fit_named(k, plan_kept_name(t, t->kept[i]), c, not_null, e) == -1)
			return -1;
	}
	return 0;
}

/*
 * The same for a snapshot of existing rows, whose columns are those of the
 * catalogue's table.
 */
int keys_fit_table(const struct keys *k, const struct pg_table *t, struct err *e)
{
	for (uint32_t i = 0; i < t->ncolumns; i++) {
		const struct pg_column *c = &t->columns[i];

		if (fit_named(k, c->name, c, pg_column_not_null(c), e) == -1)
			return -1;
	}
	return 0;
}
